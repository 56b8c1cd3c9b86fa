"""Cells read as the type that their contract declares: what casts without a loss, and what does not.

The physical type decides nothing: a number is the same in Parquet, CSV, a frame, or a dictionary. A cell that cannot be
cast is mistyped: null among the typed cells, and its text among the scanned ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from governance.policy import Encryption, Term
from governance.sources.spelled_cells import EXACT, PARSERS, ROUNDED, as_texts, decoded, is_nested, within_years
from governance.spelling import folded, normalise

Mask = npt.NDArray[np.bool_]
_MANY_DIGITS: Final = 10**12
_NO_NUMBER: Final = "^(nan|NaN)?$"  # how a missing float is written
ARROW: Final[dict[str, pa.DataType]] = {
    "string": pa.string(),
    "object": pa.string(),  # as JSON
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", "UTC"),
    "time": pa.time64("us"),
    "array": pa.list_(pa.string()),
}
_TEXTS: Final = ("string", "object")


class Reading(Protocol):
    """How a column is read: a column of a contract, or what was inferred of one without."""

    @property
    def logical_type(self) -> str: ...

    @property
    def vocabulary(self) -> Sequence[Term]: ...

    @property
    def encryption(self) -> Encryption | None: ...


@dataclass(frozen=True, slots=True)
class Inferred:
    """How a column without a contract is read; "" leaves nested cells and bytes as they are."""

    logical_type: str
    vocabulary: tuple[Term, ...] = ()
    encryption: None = None


AS_IT_IS: Final = Inferred("")


@dataclass(frozen=True, slots=True)
class Typed:
    """A column in two forms, and which cells fit neither its type nor its vocabulary.

    `array` has the contract's type, is null where a cell is missing or mistyped, and holds the meanings of members.
    """

    array: pa.Array
    mistyped: Mask
    unknown: Mask
    _searched: Callable[[], pa.Array] = field(repr=False)

    @property
    def cells(self) -> pa.Array:
        """What is searched: the same where nothing is lost by it, else the text of each cell; made when asked for."""
        return self._searched()


def typed(cells: pa.Array, column: Reading) -> Typed:
    """The cells of a column as its contract declares them; typing `Typed.cells` gives the same again."""
    held, logical_type = decoded(cells), type_of(column)
    kind = ARROW.get(logical_type)
    nothing = np.zeros(len(held), dtype=np.bool_)
    if kind is None:
        return Typed(held, nothing, nothing, lambda: held)
    array = _as_it_is(held, logical_type)
    texts, mistyped = None, nothing
    if array is None:
        texts = as_texts(held)
        array = texts if logical_type in _TEXTS else PARSERS[logical_type](texts)
        mistyped = _valid(held) & ~_valid(array)
        if logical_type not in _TEXTS and mistyped.any():
            nothing_said = _NO_NUMBER if logical_type in {"integer", "number"} else "^$"
            mistyped &= ~_flags(pc.match_substring_regex(pc.utf8_trim_whitespace(texts), nothing_said))
    if logical_type in _TEXTS:
        known, unknown = _meanings(array, tuple(column.vocabulary)) if column.vocabulary else (array, nothing)
        searched = held if is_nested(held) or mistyped.any() else array
        return Typed(known, mistyped, unknown, lambda: searched)
    return Typed(array, mistyped, nothing, partial(_scanned, held, array, texts, mistyped))


def type_of(column: Reading) -> str:
    """The logical type of a column's cells: a sealed one is a text, whatever it seals."""
    return "string" if column.encryption is not None else column.logical_type


def matches(kind: pa.DataType, column: Reading) -> bool:
    """Whether cells of a physical type are of the contract's type as they stand."""
    wanted = ARROW.get(type_of(column))
    return wanted is None or kind == wanted or (wanted == pa.string() and pa.types.is_large_string(kind))


def _as_it_is(held: pa.Array, logical_type: str) -> pa.Array | None:
    """Cells that their physical type alone casts without a loss; None where their texts must be read."""
    kind, wanted = held.type, ARROW[logical_type]
    if held.null_count == len(held):
        return pa.nulls(len(held), wanted)
    try:
        if pa.types.is_floating(kind):
            return _floats(held, logical_type)
        if kind == wanted or _CASTS.get(logical_type, _never)(kind):
            found = pc.cast(held, wanted)
            # A time of no year that has texts is its own text.
            return found if within_years(found).null_count == found.null_count else None
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        pass  # a cell that loses something
    return None


def _never(_: pa.DataType) -> bool:
    return False


_CASTS: Final[dict[str, Callable[[pa.DataType], bool]]] = {
    "integer": lambda kind: pa.types.is_integer(kind) or pa.types.is_decimal(kind),
    "number": pa.types.is_integer,
    "timestamp": pa.types.is_timestamp,
    "date": pa.types.is_date,
    "time": pa.types.is_time,
    "array": lambda kind: pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind),
}


def _floats(held: pa.Array, logical_type: str) -> pa.Array | None:
    """Floats as numbers; a float that is no number is a missing cell, one without an end is no number."""
    if logical_type not in {"integer", "number"} or not pa.types.is_float64(held.type):
        return None  # the shortest text of a narrow float says what was meant
    if pc.any(pc.is_nan(held)).as_py():
        held = pc.if_else(pc.is_nan(held), pa.scalar(None, held.type), held)
    if logical_type == "number":
        return held if pc.all(pc.is_finite(held)).as_py() is not False else None
    if pc.all(pc.less(pc.abs(held), EXACT)).as_py() is False:
        return None
    return pc.cast(held, pa.int64())


def _scanned(held: pa.Array, array: pa.Array, texts: pa.Array | None, mistyped: Mask) -> pa.Array:
    """The typed cells, or the text of each where one is mistyped or rounded; those of the type in one spelling."""
    rounded = _rounded(held, array)
    if rounded is None and not mistyped.any():
        return array
    if texts is not None and not np.array_equal(_valid(texts), _valid(held)):
        return held  # bytes that are no text
    written = as_texts(array) if rounded is None else pc.coalesce(rounded, as_texts(array))
    return written if texts is None else pc.if_else(pa.array(mistyped), texts, written)


def _rounded(held: pa.Array, array: pa.Array) -> pa.Array | None:
    """The floats that tell few of their many digits as `6.04e+15`, all other cells null; None without any."""
    numbers = pa.types.is_floating(array.type) or pa.types.is_integer(array.type)
    floats = pa.types.is_floating(held.type) or pa.types.is_string(held.type)
    if not (numbers and floats) or not pc.any(pc.greater_equal(pc.abs(array), _MANY_DIGITS)).as_py():
        return None
    written = pc.cast(pc.cast(array, pa.float64(), safe=False), pa.string())
    few = pc.match_substring_regex(written, ROUNDED)
    if pa.types.is_string(held.type):
        few = pc.and_(few, pc.match_substring_regex(held, r"\.0+$|[eE]"))
    return pc.if_else(few, written, pa.scalar(None, pa.string())) if pc.any(few).as_py() else None


def _meanings(texts: pa.Array, vocabulary: tuple[Term, ...]) -> tuple[pa.Array, Mask]:
    """Each member as what it means, each blank cell as null; and which cells are no member."""
    members = _members(vocabulary)
    encoded = texts.dictionary_encode()
    spelled: list[Any] = encoded.dictionary.to_pylist()
    found = [members.get(folded(text)) for text in spelled]
    blank = [not normalise(text) for text in spelled]
    values = [
        means if means is not None else None if empty else text
        for text, means, empty in zip(spelled, found, blank, strict=True)
    ]
    strange = [means is None and not empty for means, empty in zip(found, blank, strict=True)]
    if values == spelled and not any(strange):
        return texts, np.zeros(len(texts), dtype=np.bool_)
    unknown = pa.array(strange, pa.bool_()).take(encoded.indices)
    return pa.array(values, pa.string()).take(encoded.indices), _flags(unknown)


@lru_cache(maxsize=1024)
def _members(vocabulary: tuple[Term, ...]) -> dict[str, str]:
    return {folded(term.value): term.means for term in vocabulary}


def _valid(array: pa.Array) -> Mask:
    found: Mask = pc.is_valid(array).to_numpy(zero_copy_only=False)
    if pa.types.is_floating(array.type):
        found = found & ~_flags(pc.is_nan(array))
    return found


def _flags(flags: pa.Array) -> Mask:
    found: Mask = pc.fill_null(flags, False).to_numpy(zero_copy_only=False)  # noqa: FBT003  Arrow's signature
    return found
