"""What a rule kind lacks in its file of words is named when the kinds are imported, before a page would show a code."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final, Protocol

from governance import detection
from governance.policy.wording import LANGUAGES, read_blocks

DETECTED: Final = Path(detection.__file__).parent / "kinds"  # problems that are kinds of data have their words there
SHARED: Final = "shared.words.yaml"  # the words of problems and facts that several kinds have


class Declared(Protocol):
    """What of a kind needs words."""

    @property
    def name(self) -> str: ...
    @property
    def problems(self) -> tuple[str, ...]: ...
    @property
    def facts(self) -> tuple[str, ...]: ...


def check_words(folder: Path, kinds: Iterable[Declared]) -> None:
    """TypeError for the first kind without a word for its name, a problem or a fact, or with one that it doesn't need."""
    shared = [read_blocks(path) for path in (folder / SHARED, *DETECTED.glob("*.words.yaml"))]
    for kind in kinds:
        path = folder / f"{kind.name}.words.yaml"
        start = f"rules/kinds/{path.name}: expected"
        if not path.is_file():
            raise TypeError(f"{start} the words of the kind {kind.name!r}, found no such file.")
        needed = [f"kind.{kind.name}"]
        needed += [f"problem.{name}" for name in kind.problems]
        needed += [f"fact.{name}" for name in kind.facts]
        for language in LANGUAGES:
            own = read_blocks(path).get(language)
            if own is None:
                raise TypeError(f"{start} a block {language!r} with the words of the kind {kind.name!r}, found none.")
            known = set(own).union(*(blocks.get(language, ()) for blocks in shared))
            for key in needed:
                if key not in known:
                    wanted = "name" if key.startswith("kind.") else key
                    raise TypeError(
                        f"{start} the word {wanted!r} of the kind {kind.name!r} in {language!r}, found none."
                    )
            for key in own:
                if key.startswith(("problem.", "fact.")) and key not in needed:
                    raise TypeError(
                        f"{start} in {language!r} only problems and facts of the kind {kind.name!r}, found {key!r}."
                    )
