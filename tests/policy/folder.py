"""The project's own expectations, copied so that one thing can be broken at a time."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from governance.errors import PolicyError
from governance.policy import Policy, load
from governance.rules.kinds import KINDS

EXPECTATIONS = Path(__file__).resolve().parents[2] / "expectations"


@dataclass(frozen=True)
class Folder:
    """A copy of `expectations/`; `at` is where the last change was made."""

    path: Path

    def text(self, name: str) -> str:
        return (self.path / name).read_text("utf-8")

    def write(self, name: str, text: str) -> None:
        (self.path / name).write_text(text, "utf-8")

    def change(self, name: str, old: str, new: str) -> int:
        """Put `new` for the first `old`; the line where that is."""
        text = self.text(name)
        assert old in text, f"{name} no longer has {old!r}"
        self.write(name, text.replace(old, new, 1))
        return text[: text.index(old)].count("\n") + 1

    def load(self) -> Policy:
        return load(self.path, KINDS)

    def problems(self) -> list[str]:
        with pytest.raises(PolicyError) as caught:
            self.load()
        return str(caught.value).split("\n")


def copied(into: Path) -> Folder:
    path = into / "expectations"
    shutil.copytree(EXPECTATIONS, path, ignore=shutil.ignore_patterns("suites"))
    return Folder(path)


def placed(message: str, line: int) -> str:
    """A message in which `@2` stands for two lines below `line`."""
    return re.sub(r"@(-?\d+)", lambda match: str(line + int(match[1])), message)
