"""Checks at import that every rule kind has its words, before a page would show a code."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final

from governance import detection
from governance.errors import DeclarationError
from governance.policy.wording import LANGUAGES, read_blocks

DETECTED: Final = Path(detection.__file__).parent / "kinds"  # problems named like kinds of data have their words there
SHARED: Final = "shared.words.yaml"  # the words of problems and facts that several kinds have


def check_words(folder: Path, kinds: Iterable[tuple[str, Collection[str], Collection[str]]]) -> None:
    """DeclarationError for the first kind that lacks a word or has an unnecessary one."""
    shared = [read_blocks(path) for path in (folder / SHARED, *DETECTED.glob("*.words.yaml"))]
    for kind, problems, facts in kinds:
        path = folder / f"{kind}.words.yaml"
        start = f"rules/kinds/{path.name}: expected"
        if not path.is_file():
            raise DeclarationError(f"{start} the words of the kind {kind!r}, found no such file.")
        needed = [f"kind.{kind}", f"unseen.{kind}"]
        needed += [f"problem.{name}" for name in problems]
        needed += [f"fact.{name}" for name in facts]
        for language in LANGUAGES:
            own = read_blocks(path).get(language)
            if own is None:
                raise DeclarationError(f"{start} a block {language!r} with the words of the kind {kind!r}, found none.")
            known = set(own).union(*(blocks.get(language, ()) for blocks in shared))
            for key in needed:
                if key not in known:
                    wanted = {f"kind.{kind}": "name", f"unseen.{kind}": "unseen"}.get(key, key)
                    raise DeclarationError(
                        f"{start} the word {wanted!r} of the kind {kind!r} in {language!r}, found none."
                    )
            for key in own:
                if key.startswith(("problem.", "fact.")) and key not in needed:
                    raise DeclarationError(
                        f"{start} in {language!r} only problems and facts of the kind {kind!r}, found {key!r}."
                    )
