"""Every exception of the package.

    GovernanceError            one sentence: the place, what was expected, what was found, what to do
    ├── UsageError             exit 3: an argument, name or folder that does not fit
    ├── PolicyError            exit 3: the policy files; carries every problem at once
    ├── SourceError            exit 3: the data cannot be opened or is damaged
    ├── KeysError              exit 3: the key file
    ├── DeclarationError       exit 3: a kind, detector, planter or words file of the package is incomplete
    └── EvidenceError          exit 4: evidence could not be written, signed or verified

No message holds a value of the data: messages of other libraries are dropped, only their type is named.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar


class GovernanceError(Exception):
    """An error that the user sees as one sentence, without a traceback."""

    exit_code: ClassVar[int] = 3

    def __init__(self, sentence: str, *, argument: str = "", given: object = "") -> None:
        """`argument` is the one that does not fit, as Python names it, and `given` its value if that may be shown."""
        self.sentence, self.argument, self.given = sentence, argument, str(given)
        super().__init__(self.named(argument))

    def named(self, argument: str) -> str:
        """The sentence, with the argument called as the caller knows it."""
        place = " ".join(filter(None, (argument, self.given)))
        return f"{place}: {self.sentence}" if place else self.sentence

    def _render_traceback_(self) -> list[str]:
        """The error as a notebook shows it: the sentence without a traceback."""
        return [f"{type(self).__name__}: {self}"]


class UsageError(GovernanceError):
    """An argument, a name or a folder does not fit."""


class SourceError(GovernanceError):
    """The data cannot be opened, or is damaged."""


class KeysError(GovernanceError):
    """The key file is missing, readable by others, or not a key file."""


class DeclarationError(GovernanceError, TypeError):
    """Something that the package declares of itself is incomplete: a kind, a detector, a planter, a file of words."""


class EvidenceError(GovernanceError):
    """Evidence could not be written, signed or verified."""

    exit_code: ClassVar[int] = 4


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong in a policy file."""

    file: str
    line: int
    path: str
    expected: str
    found: str
    near: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: {self.path}" if self.path else f"{self.file}:{self.line}"
        hint = f"; did you mean {self.near!r}?" if self.near else ""
        return f"{place}: expected {self.expected}, found {self.found}{hint}"


class PolicyError(GovernanceError):
    """The policy files are wrong; `problems` lists every problem, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def near(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """The known word closest in spelling to `word`, in capitals or not; "" when none is as close as `cutoff`."""
    return _near(word.casefold(), tuple(known), cutoff)


@lru_cache(maxsize=1024)  # a slip is often repeated in every column of a contract
def _near(word: str, known: tuple[str, ...], cutoff: float) -> str:
    folded = {name.casefold(): name for name in known}
    return next((folded[name] for name in difflib.get_close_matches(word, folded, n=1, cutoff=cutoff)), "")


def but_found(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown name: what was found, and the nearest known spelling."""
    close = near(word, known)
    return f"found {word!r}; did you mean {close!r}?" if close else f"found {word!r}."
