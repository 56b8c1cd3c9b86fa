"""All detectors that the modules of `kinds` declare, and their kinds in order; contradictions fail at import."""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Final

from governance.detection import kinds
from governance.detection.kinds.detector import Data, Detector, Kind
from governance.errors import DeclarationError

MOST_KINDS: Final = 31  # two bits each in the marks of a cell, which have one bit of their own
_NAME = re.compile("[a-z][a-z0-9_]*")
_REGION = re.compile("[A-Z]{2}")
_REFERS = re.compile(r"(?<!\\)(?:\\\\)*(?:\\[1-9]|\(\?P=|\(\?\()")


def detectors_in(modules: Collection[ModuleType]) -> Mapping[str, Detector]:
    """The detectors by the names of their modules; DeclarationError for an incomplete or contradictory declaration."""
    found: dict[str, Detector] = {}
    for module in modules:
        name = module.__name__.rpartition(".")[2]
        detector = getattr(module, "DETECTOR", None)
        if isinstance(detector, Detector):
            found[name] = detector
        elif detector is not None or hasattr(module, "find"):
            _fail(name, "DETECTOR = Detector(...) is missing" if detector is None else "DETECTOR is no Detector")
    for name, detector in found.items():
        for problem in _problems_of(detector):
            _fail(name, problem)
    _agree(found)
    for module in modules:
        name = module.__name__.rpartition(".")[2]
        words = Path(module.__file__ or "").with_name(f"{name}.words.yaml")
        if name in found and found[name].kinds and not words.is_file():
            _fail(name, f"the names of its kinds are missing ({words.name} beside it)")
    return found


def kinds_of(detectors: Mapping[str, Detector]) -> Mapping[str, Kind]:
    """The kinds that detectors declare, the gravest first."""
    declared = [kind for detector in detectors.values() for kind in detector.kinds]
    order = [*Data]
    return {kind.name: kind for kind in sorted(declared, key=lambda kind: (order.index(kind.data), kind.gravity))}


def _problems_of(detector: Detector) -> Iterator[str]:
    """What is wrong with one detector by itself."""
    if not detector.finds:
        yield "it finds no kind: declare one in `kinds`, or name one of another detector in `also`"
    if (detector.find is None) != detector.known_only:
        yield "`find` is missing" if detector.find is None else "`find` is given though its kinds are `known_only`"
    if detector.known_only and (detector.has_sieve or detector.also):
        yield "kinds that are `known_only` have no sieve, and no other detector finds them"
    if (detector.fewest and not detector.has_sieve) or (detector.hints and not detector.signs):
        yield "`fewest` and `hints` say nothing without `signs`: every cell is asked"
    if any(_REFERS.search(sign.pattern) for sign in (*detector.signs, *detector.hints)):
        yield "a sign refers back to a group, which RE2 can't: leave the reference out, the sieve may ask too often"
    for kind in detector.kinds:
        if not _NAME.fullmatch(kind.name):
            yield f"expected a kind's name in small letters, digits and _, found {kind.name!r}"
        if kind.data is Data.PERSONAL and not kind.category:
            yield f"the category of {kind.name} is missing: personal data has one"
    if strangers := [region for region in detector.regions if not _REGION.fullmatch(region)]:
        yield f"expected regions as two capital letters, found {', '.join(strangers)}"


def _agree(detectors: Mapping[str, Detector]) -> None:
    """Fail if two detectors contradict each other."""
    owners: dict[str, str] = {}
    places: dict[tuple[Data, int], str] = {}
    for name, detector in detectors.items():
        for kind in detector.kinds:
            if kind.name in owners:
                _fail(name, f"the kind {kind.name} is declared by {owners[kind.name]}.py already")
            owners[kind.name] = name
            other = places.setdefault((kind.data, kind.gravity), kind.name)
            if other != kind.name:
                _fail(name, f"the gravity of {kind.name} is that of {other} already ({kind.gravity})")
    if len(owners) > MOST_KINDS:
        _fail(owners[[*owners][MOST_KINDS]], f"{[*owners][MOST_KINDS]} is one kind too many: {MOST_KINDS} have a mark")
    for name, detector in detectors.items():
        for kind_name in detector.also:
            if kind_name not in owners:
                _fail(name, f"the kind {kind_name} in `also` is declared by no detector")
            if detectors[owners[kind_name]].known_only:
                _fail(name, f"the kind {kind_name} in `also` is `known_only`")


def _fail(name: str, problem: str) -> None:
    raise DeclarationError(f"detection/kinds/{name}.py: {problem}.")


def _modules() -> Iterator[ModuleType]:
    for module in iter_modules(kinds.__path__, f"{kinds.__name__}."):
        yield import_module(module.name)


DETECTORS: Final = detectors_in([*_modules()])
DECLARED: Final = kinds_of(DETECTORS)
KINDS: Final = tuple(DECLARED)  # gravest first
BANK_DATA: Final = tuple(name for name, kind in DECLARED.items() if kind.data is Data.BANK)
PERSONAL_DATA: Final = tuple(name for name, kind in DECLARED.items() if kind.data is Data.PERSONAL)
KNOWN_ONLY: Final = frozenset(kind.name for one in DETECTORS.values() if one.known_only for kind in one.kinds)
# The kinds that some detector finds without a sieve, and the kinds that a sieve can rule out for a cell.
UNSIEVED: Final = frozenset().union(*(one.finds for one in DETECTORS.values() if not one.has_sieve)) - KNOWN_ONLY
SIEVED: Final = frozenset(KINDS) - UNSIEVED - KNOWN_ONLY


@lru_cache(maxsize=64)
def finders(wanted: frozenset[str]) -> tuple[Detector, ...]:
    """The detectors that find any of these kinds."""
    return tuple(one for one in DETECTORS.values() if one.find is not None and not one.finds.isdisjoint(wanted))
