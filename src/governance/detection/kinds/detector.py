"""What a detector declares: its kinds, its search, and what the rest of the package needs to know of them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from functools import cached_property
from typing import Protocol

from governance.detection.findings import Finding
from governance.detection.text.page import Page


class Data(StrEnum):
    """The families of kinds, the gravest first."""

    BANK = "bank data"
    PERSONAL = "personal data"


class Sieve(Enum):
    """The searches over whole columns that a detector can rely on: each selects every cell with what it names."""

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
    columns that may hold it, required for personal data. `shortest` is the length of the shortest value.
    """

    name: str
    data: Data
    gravity: int
    category: str = ""
    shortest: int = 1


class Labels(Protocol):
    """A pattern of words."""

    def search(self, text: str, /) -> object:
        """A match if the text contains one of the words."""


@dataclass(frozen=True, kw_only=True)
class Detector:
    """Finds some kinds of data in a page.

    - `kinds` are declared here; `also` names kinds that this detector finds and another one declares.
    - `find` yields the findings of a page; with `known_only` it yields none: only known people are found.
    - `labels` are the words that announce a value. With `label_decides`, digits are a value only beside a label.
    - `regions` are the countries whose formats `find` knows, empty if formats are the same everywhere.
    - Without a `sieve`, `classify` judges every cell of a column.
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
