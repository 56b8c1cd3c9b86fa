"""What a detector declares: the kinds it finds, how it finds them, and what the rest of the package asks of them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from functools import cached_property
from typing import Protocol

from governance.detection.findings import Finding
from governance.detection.text.page import Page


class Data(StrEnum):
    """What a kind is part of; the gravest first."""

    BANK = "bank data"
    PERSONAL = "personal data"


class Sieve(Enum):
    """The searches over whole columns that a detector can rely on: each passes every cell that it is named for."""

    CARDS = auto()  # card and Sheba numbers by their check digits, and numbers of which masks hide too little
    FLOATS = auto()  # numbers with an exponent
    IBANS = auto()  # account numbers that begin with a country's letters
    CODES = auto()  # the labels of codes, PINs, passwords and expiry dates
    PHONES = auto()
    NATIONAL_IDS = auto()
    EMAILS = auto()
    HOSTS = auto()  # two dots or colons between digits


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of data.

    `gravity` is its place among the kinds of the same data, the smallest first. `category` is the fideslang category of
    columns that may hold it; personal data has one. `shortest` is the fewest characters of a value.
    """

    name: str
    data: Data
    gravity: int
    category: str = ""
    shortest: int = 1


class Labels(Protocol):
    """A pattern of words."""

    def search(self, text: str, /) -> object:
        """Something if one of the words stands in a text."""


@dataclass(frozen=True, kw_only=True)
class Detector:
    """Finds some kinds of data in a page.

    - `kinds` are declared here; `also` are kinds that another detector declares and this one finds too.
    - `find` yields the findings of a page; `known_only` kinds have none: only comparison with people does.
    - `labels` are the words that announce a value. If `label_decides`, digits can be a value only because of a label.
    - `regions` are the countries whose formats `find` knows; none if they are the same everywhere.
    - Without a `sieve` every cell of a column is asked.
    - `in_digits` is a faster `find` for fewer than 24 ASCII digits in a column whose name is no label that decides.
    """

    kinds: tuple[Kind, ...] = ()
    also: tuple[str, ...] = ()
    find: Callable[[Page], Iterator[Finding]] | None = None
    known_only: bool = False
    labels: Labels | None = None
    label_decides: bool = True
    regions: tuple[str, ...] = ()
    sieve: tuple[Sieve, ...] | None = None
    in_digits: Callable[[str, str], Iterable[Finding]] | None = None

    @cached_property
    def finds(self) -> frozenset[str]:
        """The names of all kinds that it finds."""
        return frozenset([*(kind.name for kind in self.kinds), *self.also])

    def is_named_by(self, heading: str) -> bool:
        """Whether a column's name is one of the labels that decide."""
        return self.label_decides and self.labels is not None and bool(self.labels.search(heading))


def nothing(_digits: str, _heading: str) -> Iterable[Finding]:
    """`in_digits` of a detector that finds nothing in digits alone."""
    return ()
