"""`scan_known`: finds people in a column by their keyed tokens."""

import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from governance.detection.columns.leaves import leaves
from governance.detection.ids import USUAL, Habits
from governance.detection.kinds.abroad import LEAST
from governance.detection.kinds.names import NAME
from governance.detection.kinds.phones import PHONE, REFERENCE
from governance.detection.sieve.sifting import able
from governance.detection.sieve.text_buffers import Flags
from governance.detection.subjects import DIGEST, TOKEN, candidates, user
from governance.detection.text.folding import fold_label
from governance.detection.text.layers import TooLongError

T = TypeVar("T", bound=Hashable)

_MOST = 1 << 16  # cells remembered
_LONGEST = 256  # longest cell that is remembered
_COUNT = re.compile(r"[1-9][0-9]*(?:\.0*)?")
_LEAST_PHONE = 10**9  # ten digits


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """People by their keyed tokens.

    `tokens` maps each token to an origin, which the caller chooses; `token` makes the keyed token of a text. The texts
    are mobile numbers as +98…, e-mail addresses in small letters, names as `normalise(name).casefold()`, user ids as
    `user:…`, and hex digests in small letters. `habits` are how the company writes of its people. Names whose tokens
    are `public` are nobody's; `digests` is asked of each digest, with what the tokens say of it.
    """

    tokens: Mapping[str, T] = field(repr=False)
    token: Callable[[str], str] = field(repr=False)
    habits: Habits = USUAL
    public: AbstractSet[str] = field(default=frozenset(), repr=False)
    digests: Callable[[str, T | None], T | None] = field(default=lambda _, found: found, repr=False)
    _cells: dict[tuple[str, str], tuple[tuple[str, T], ...]] = field(default_factory=dict, repr=False, compare=False)

    def find(self, text: str, label: str = "") -> tuple[tuple[str, T], ...]:
        """Kind and origin of each known value in one cell of a column of this name."""
        cell = (text, label)
        found = self._cells.get(cell)
        if found is None:
            found = tuple(dict.fromkeys(self._found(text, label)))
            if len(text) <= _LONGEST:
                if len(self._cells) >= _MOST:
                    self._cells.clear()
                self._cells[cell] = found
        return found

    def _found(self, text: str, label: str) -> Iterator[tuple[str, T]]:
        for kind, written in candidates(text, label, self.habits):
            token = written if kind == TOKEN else self.token(written)
            found = self.tokens.get(token)
            if kind == DIGEST:
                found = self.digests(written, found)
            if found is not None and not (kind == NAME and token in self.public):
                yield kind, found

    def whole(self, text: str, label: str) -> Iterator[tuple[str, T]]:
        """Kind and origin of the person whose id a cell is, whatever the form of ids."""
        for kind, written in map(user, self.habits.whole(text, label)):
            if (token := self.token(written)) in self.tokens:
                yield kind, self.tokens[token]


@dataclass(frozen=True, slots=True)
class KnownHits(Generic[T]):
    """The people that were found: `kinds` and `origins` run parallel to `rows`, which repeat a cell for each hit.

    A kind is `phone_number`, `email_address`, `person_name`, `user_id`, `digest` (a hash of a phone number, address or
    id) or `token` (a known token itself). `too_large` are cells that are not searched, or not in every part.
    """

    rows: npt.NDArray[np.int64]
    kinds: tuple[str, ...]
    origins: tuple[T, ...] = field(repr=False)
    too_large: npt.NDArray[np.int64]  # ascending


def scan_known(
    column: pa.Array | pa.ChunkedArray, known: Known[T], *, label: str = "", whole: bool = False, counted: bool = False
) -> KnownHits[T]:
    """The known people in a column, in every written form; `label` is the column's name.

    With `whole`, a cell may be an id without any word that says so, and of any form. `counted` cells are numbers that a
    program counts up: where its name says so, they are no telephone numbers. Positions count from the start of the
    array given, slices and nulls included.
    """
    finds: dict[tuple[int, str, T], None] = {}
    too_large = [np.zeros(0, dtype=np.int64)]
    counted = counted and REFERENCE.search(fold_label(label)) is not None
    whole = whole and not (_holds_numbers(column) and known.habits.announces(label))  # their digits are found anyway
    for leaf in () if not whole and _names_nobody(column, label, known.habits) else leaves(column, label):
        too_large.append(leaf.too_large)
        for value, rows in leaf.cells(partial(able, label=leaf.label, habits=known.habits)):
            try:
                found = known.find(value, leaf.label)
            except TooLongError:
                too_large.append(rows)
                continue
            if counted and _COUNT.fullmatch(value):
                found = tuple(one for one in found if one[0] != PHONE)
            finds |= {(row, *one): None for one in found for row in rows.tolist()}
        for value, rows in leaf.cells(_all) if whole else ():
            finds |= {(row, *one): None for one in known.whole(value, leaf.label) for row in rows.tolist()}
    ordered = sorted(finds, key=lambda find: find[0])
    return KnownHits(
        np.array([row for row, _, _ in ordered], dtype=np.int64),
        tuple(kind for _, kind, _ in ordered),
        tuple(origin for _, _, origin in ordered),
        np.unique(np.concatenate(too_large)),
    )


def _all(texts: pa.Array) -> Flags:
    return np.ones(len(texts), dtype=np.bool_)


def _holds_numbers(column: pa.Array | pa.ChunkedArray) -> bool:
    return bool(pa.types.is_integer(column.type))


def _names_nobody(column: pa.Array | pa.ChunkedArray, label: str, habits: Habits) -> bool:
    """Whether a column holds only numbers shorter than a phone number, under a name that announces no ids."""
    if not _holds_numbers(column) or habits.announces(label):
        return False
    least = LEAST if habits.abroad else _LEAST_PHONE
    bounds = pc.min_max(column).as_py()
    return bounds["min"] is None or -least < bounds["min"] <= bounds["max"] < least
