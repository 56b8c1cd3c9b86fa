"""What a detector declares: its kinds, its search, and what the rest of the package needs to know of them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from functools import cached_property
from typing import Protocol

from governance.detection.findings import Finding
from governance.detection.text.page import Page

Regions = tuple[str, ...]  # countries as ISO 3166-1 writes them, IR


class Data(StrEnum):
    """The families of kinds, the gravest first."""

    BANK = "bank data"
    PERSONAL = "personal data"


class Numbers(Enum):
    """The numbers that the sieve tells from others by arithmetic."""

    CARDS = auto()  # card and Sheba numbers, by their check digits
    PHONES = auto()
    NATIONAL_IDS = auto()


class Sign(Protocol):
    """A regular expression, compiled now or later."""

    @property
    def pattern(self) -> str: ...

    @property
    def flags(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of data.

    `gravity` is its place among the kinds of the same data, the smallest first. `category` is the fideslang category of
    columns that may hold it, required for personal data. `shortest` is the length of the shortest value, `example` a
    synthetic text that holds one. Kinds that are not `usual` are looked for only where a rule names them.
    """

    name: str
    data: Data
    gravity: int
    category: str = ""
    shortest: int = 1
    example: str = ""
    usual: bool = True


class Labels(Protocol):
    """A pattern of words."""

    def search(self, text: str, /) -> object:
        """A match if the text contains one of the words."""


@dataclass(frozen=True, kw_only=True)
class Detector:
    """Finds some kinds of data in a page.

    - `kinds` are declared here; `also` names kinds that this detector finds and another one declares.
    - `find` yields the findings of a page, of which those in its heading don't count; with `known_only` it yields none:
      only known people are found.
    - `labels` are the words that announce a value. With `label_decides`, digits are a value only beside a label.
    - `regions` are the countries whose formats `find` knows, empty if formats are the same everywhere. `local` makes
      the detector of other regions; without it, one is the same for all policies.
    - Every text with a finding has one of the `numbers`, or a match of one of the `signs` and `fewest` digits: the
      sieve asks about no other cell of a column. Without both, `classify` judges every cell. `hints` are small patterns
      that match wherever a sign does, for the first pass; by default the signs themselves. `dated` values may also
      stand in columns of dates and times, under a name that is a label.
    - `announced_by` is a label, for kinds whose name is none.
    - `in_digits` is a faster `find` for fewer than 24 ASCII digits in a column whose name is no label that decides.
    """

    kinds: tuple[Kind, ...] = ()
    also: tuple[str, ...] = ()
    find: Callable[[Page], Iterator[Finding]] | None = None
    known_only: bool = False
    labels: Labels | None = None
    label_decides: bool = True
    regions: Regions = ()
    local: Callable[[Regions], "Detector"] | None = None
    numbers: tuple[Numbers, ...] = ()
    signs: tuple[Sign, ...] = ()
    hints: tuple[Sign, ...] = ()
    fewest: int = 0
    dated: bool = False
    announced_by: str = ""
    in_digits: Callable[[str, str], Iterable[Finding]] | None = None

    @cached_property
    def finds(self) -> frozenset[str]:
        """The names of all kinds that it finds."""
        return frozenset([*(kind.name for kind in self.kinds), *self.also])

    @property
    def has_sieve(self) -> bool:
        """Whether it declares which cells it must be asked about."""
        return bool(self.numbers or self.signs)

    def is_named_by(self, heading: str) -> bool:
        """Whether a column's name is one of the labels that decide."""
        return self.label_decides and self.labels is not None and bool(self.labels.search(heading))


def nothing(_digits: str, _heading: str) -> Iterable[Finding]:
    """`in_digits` of a detector that finds nothing in digits alone."""
    return ()
