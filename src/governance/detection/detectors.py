"""All detectors that the modules of `kinds` declare, and their kinds in order; contradictions fail at import.

A policy looks with `Detectors` of its own regions and kinds; they are values, so that no policy changes another's.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import MappingProxyType, ModuleType
from typing import Any, Final

from governance.detection import kinds
from governance.detection.contacts import spelled
from governance.detection.kinds.detector import Data, Detector, Kind, Regions
from governance.errors import DeclarationError

HOME: Final[Regions] = ("IR",)  # the regions of a policy that names none
_CONTACT: Final = "user.contact"
_NONE: Final[Mapping[str, Detector]] = MappingProxyType({})
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


@dataclass(frozen=True, slots=True, eq=False)
class Detectors:
    """The detectors of some regions and of a policy's own kinds; `names` are all kinds, the gravest first.

    `unsieved` are kinds that some detector finds without a sieve, `sieved` those that a sieve can rule out for a cell,
    and `known_only` those that are found only by comparison with known people.
    """

    by_name: Mapping[str, Detector] = field(repr=False)
    regions: Regions
    own: tuple[str, ...]
    declared: Mapping[str, Kind] = field(repr=False)
    names: tuple[str, ...]
    known_only: frozenset[str]
    unsieved: frozenset[str]
    sieved: frozenset[str]
    places: Mapping[str, int] = field(repr=False)
    recipe: tuple[Any, ...] = field(repr=False)  # what makes them in another process
    contacts: frozenset[str] = frozenset()  # the company's own, as `contacts.spelled` spells them

    @classmethod
    def of(
        cls,
        by_name: Mapping[str, Detector],
        regions: Regions,
        own: Mapping[str, Detector] = _NONE,
        recipe: tuple[Any, ...] = (),
        contacts: frozenset[str] = frozenset(),
    ) -> "Detectors":
        """These detectors, and those of own kinds; `recipe` is a function with its arguments that makes them."""
        found = {**by_name, **{f"own {name}": detector for name, detector in own.items()}}
        declared = {**kinds_of(by_name), **{name: detector.kinds[0] for name, detector in own.items()}}
        known_only = frozenset(kind.name for one in found.values() if one.known_only for kind in one.kinds)
        blind = frozenset[str]().union(*(one.finds for one in found.values() if not one.has_sieve)) - known_only
        sieved = frozenset(declared) - blind - known_only
        names, places = tuple(declared), {name: place for place, name in enumerate(declared)}
        return cls(found, regions, tuple(own), declared, names, known_only, blind, sieved, places, recipe, contacts)

    def __reduce__(self) -> tuple[Any, ...]:
        return self.recipe or (_default, ())

    def of_data(self, data: Data, *, usual: bool = False) -> tuple[str, ...]:
        """The kinds of one family; with `usual`, only those that are looked for unless a rule names others."""
        found = self.declared.items()
        return tuple(name for name, kind in found if kind.data is data and (kind.usual or not usual))

    def label_of(self, kind: str) -> str:
        """A column's name that announces a kind, "" for one that is found without."""
        if kind in self.own:
            return self.by_name[f"own {kind}"].announced_by
        return "" if self.declared[kind].usual else kind

    def is_own(self, kind: str, text: str) -> bool:
        """Whether a value, as a whole, is a contact of the company's own."""
        asked = self.contacts and self.declared[kind].category.startswith(_CONTACT)
        return bool(asked) and spelled(text, self.regions) in self.contacts

    def finders(self, wanted: frozenset[str]) -> tuple[Detector, ...]:
        """The detectors that find any of these kinds."""
        return _finders(self, wanted)


def _default() -> Detectors:
    return DEFAULT


@lru_cache(maxsize=128)
def _finders(among: Detectors, wanted: frozenset[str]) -> tuple[Detector, ...]:
    every = among.by_name.values()
    return tuple(one for one in every if one.find is not None and not one.finds.isdisjoint(wanted))


DETECTORS: Final = detectors_in([*_modules()])
DEFAULT: Final = Detectors.of(DETECTORS, HOME)
DECLARED: Final = DEFAULT.declared
KINDS: Final = DEFAULT.names  # gravest first
BANK_DATA: Final = DEFAULT.of_data(Data.BANK, usual=True)
PERSONAL_DATA: Final = DEFAULT.of_data(Data.PERSONAL, usual=True)
