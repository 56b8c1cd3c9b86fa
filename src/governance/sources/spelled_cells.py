"""Cells as texts in one spelling for all formats, and texts as values of a type: null where one says something else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from governance.detection.columns.texts import as_json
from governance.sources.written_lists import read_list

# No sign or zero in front, which a number would lose.
_WHOLE: Final = r"^-?(0|[1-9][0-9]*)$|^-?(0|[1-9][0-9]{0,14})\.0+$"
_FLOAT: Final = r"^-?[1-9][0-9]*(\.[0-9]+)?([eE]\+?[0-9]+)?$"
_NUMBER: Final = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$"
_SHORT: Final = r"^-?[0-9.]{1,15}$"  # no more digits, which every float keeps
_DAY: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ]00:00(:00(\.0+)?)?(Z|[+-]00(:?00)?)?)?$"
_MOMENT: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?$"
)
_ZONE: Final = r"(Z|[+-][0-9]{2}(:?[0-9]{2})?)$"
_TIME: Final = r"^[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?$"
_TRUTH: Final = {"true": True, "t": True, "1": True, "1.0": True, "false": False, "f": False, "0": False, "0.0": False}
_LARGEST: Final = 2**63
EXACT: Final = 2.0**53  # beyond it a float skips whole numbers
# A float of many digits of which few are told: written out, it would look like a number that is told in full.
ROUNDED: Final = r"^-?[0-9](\.[0-9]{1,8})?[eE]\+?1[2-8]$"
_EXACT_NARROW: Final = 2.0**24  # beyond it a float of 32 bits does
# Other years than 1 to 9999 are no times or days, as Python has none: Arrow's type and range decide nothing.
_YEARS: Final = {
    pa.date32(): (date.min, date.max),
    pa.timestamp("us", "UTC"): (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)),
}


def decoded(array: pa.Array) -> pa.Array:
    """The cells without dictionaries, runs, extensions, and wider layouts of texts and bytes."""
    while True:
        kind = array.type
        if isinstance(kind, pa.UuidType):
            array = pa.array([cell and str(cell) for cell in array.to_pylist()], pa.string())
        elif isinstance(kind, pa.BaseExtensionType):
            array = array.storage
        elif pa.types.is_dictionary(kind):
            array = array.dictionary_decode()
        elif pa.types.is_run_end_encoded(kind):
            array = pc.run_end_decode(array)
        elif pa.types.is_string_view(kind) or (pa.types.is_large_string(kind) and array.nbytes < 2**31):
            array = pc.cast(array, pa.string())
        elif pa.types.is_float16(kind):
            array = pc.cast(array, pa.float32())
        else:
            return array


def is_nested(array: pa.Array) -> bool:
    """Whether cells hold cells."""
    return bool(pa.types.is_nested(array.type))


def is_bytes(kind: pa.DataType) -> bool:
    """Whether cells hold bytes, which may be texts."""
    return bool(
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
        or kind == pa.binary_view()
    )


def as_texts(array: pa.Array) -> pa.Array:
    """Each decoded cell in one spelling: whole floats without a point, times in UTC, nested cells as JSON.

    Bytes that are no text are null.
    """
    kind = array.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return array
    if is_bytes(kind):
        return _of_bytes(array)
    if pa.types.is_nested(kind):
        return as_json(array).cast(pa.string())
    if pa.types.is_floating(kind):
        return _of_floats(array)
    if pa.types.is_timestamp(kind):
        return _of_times(array)
    try:
        texts = pc.cast(array, pa.string())
    except pa.ArrowNotImplementedError:  # intervals
        return pa.array([None if cell is None else str(cell) for cell in array.to_pylist()], pa.string())
    if pa.types.is_decimal(kind):  # zeros that fill up its scale say nothing
        texts = pc.replace_substring_regex(texts, r"\.0+$|(\.[0-9]*?)0+$", r"\1")
    return texts


def _of_bytes(array: pa.Array) -> pa.Array:
    try:
        return pc.cast(pc.cast(array, pa.large_binary()), pa.string())
    except pa.ArrowInvalid:
        return pa.array(map(_text, array.to_pylist()), pa.string())


def _text(cell: bytes | None) -> str | None:
    try:
        return cell.decode() if cell is not None else None
    except UnicodeDecodeError:
        return None


def _of_floats(array: pa.Array) -> pa.Array:
    texts = pc.cast(array, pa.string())
    wide = pc.cast(array, pa.float64())
    exact = EXACT if pa.types.is_float64(array.type) else _EXACT_NARROW
    whole = pc.and_(pc.equal(pc.floor(wide), wide), pc.less(pc.abs(wide), exact))
    if pc.any(whole).as_py():
        digits = pc.cast(pc.if_else(whole, wide, pa.scalar(None, pa.float64())), pa.int64())
        texts = pc.coalesce(pc.cast(digits, pa.string()), texts)
    return pc.if_else(pc.is_nan(wide), pa.scalar(None, pa.string()), texts)


def _of_times(array: pa.Array) -> pa.Array:
    zoned = array if array.type.tz else pc.assume_timezone(array, "UTC")
    try:
        return pc.cast(pc.cast(zoned, pa.timestamp("us", "UTC")), pa.string())
    except pa.ArrowInvalid:  # less than microseconds, or beyond their range
        return pc.cast(pc.cast(zoned, pa.timestamp(array.type.unit, "UTC")), pa.string())


def _fitting(texts: pa.Array, pattern: str) -> pa.Array:
    """The texts that fit a pattern, the others null."""
    fit = pc.match_substring_regex(texts, pattern)
    return texts if pc.all(fit).as_py() is not False else pc.if_else(fit, texts, pa.scalar(None, texts.type))


def _parsed(texts: pa.Array, kind: pa.DataType, one_by_one: Callable[[str], Any]) -> pa.Array:
    """The texts cast at once or, if one of them is no such value, each distinct one by itself."""
    try:
        return within_years(pc.cast(texts, kind))
    except pa.ArrowInvalid:
        return _each(texts, kind, one_by_one)


def within_years(array: pa.Array) -> pa.Array:
    """The times or days of the years 1 to 9999 UTC, the others null; other values as they are."""
    if array.type not in _YEARS:
        return array
    first, last = (pa.scalar(end, array.type) for end in _YEARS[array.type])
    known = pc.and_(pc.greater_equal(array, first), pc.less_equal(array, last))
    return array if pc.all(known).as_py() is not False else pc.if_else(known, array, pa.scalar(None, array.type))


def _each(texts: pa.Array, kind: pa.DataType, parse: Callable[[str], Any]) -> pa.Array:
    encoded = texts.dictionary_encode()
    found = []
    for text in encoded.dictionary.to_pylist():
        try:
            found.append(None if text is None else parse(text))
        except (ValueError, OverflowError, RecursionError):
            found.append(None)
    return pa.array(found, kind).take(encoded.indices)


def _integers(texts: pa.Array) -> pa.Array:
    """Whole numbers, also as floats are written out."""
    whole = _fitting(texts, _WHOLE)
    found = _parsed(pc.replace_substring_regex(whole, r"\.0+$", ""), pa.int64(), _integer)
    if whole.null_count == texts.null_count:
        return found
    left = _fitting(pc.if_else(pc.is_valid(whole), pa.scalar(None, pa.string()), texts), _FLOAT)
    return pc.coalesce(found, _each(left, pa.int64(), _whole)) if left.null_count < len(left) else found


def _whole(text: str) -> int | None:
    number = _number(text)
    return int(number) if number is not None and number.is_integer() and abs(number) < EXACT else None


def _integer(text: str) -> int | None:
    number = int(text) if len(text) <= 20 else _LARGEST
    return number if -_LARGEST <= number < _LARGEST else None


def _numbers(texts: pa.Array) -> pa.Array:
    """Numbers that a float keeps digit by digit."""
    fit = _fitting(texts, _NUMBER)
    if pc.all(pc.match_substring_regex(fit, _SHORT)).as_py() is not False:
        return pc.cast(fit, pa.float64())
    return _each(fit, pa.float64(), _number)


def _number(text: str) -> float | None:
    number = float(text)
    return number if isfinite(number) and Decimal(repr(number)) == Decimal(text) else None


def _booleans(texts: pa.Array) -> pa.Array:
    return _each(texts, pa.bool_(), lambda text: _TRUTH.get(text.casefold()))


def _days(texts: pa.Array) -> pa.Array:
    return _parsed(pc.utf8_slice_codeunits(_fitting(texts, _DAY), 0, 10), pa.date32(), date.fromisoformat)


def _moments(texts: pa.Array) -> pa.Array:
    """ISO times in UTC; those without a zone are in UTC already, and a day is no time."""
    fit = _fitting(pc.replace_substring_regex(texts, r"(\.[0-9]{6})0+", r"\1"), _MOMENT)
    zoned = pc.match_substring_regex(fit, _ZONE)
    if pc.all(zoned).as_py() is False:
        fit = pc.if_else(zoned, fit, pc.binary_join_element_wise(fit, "Z", ""))
    return _parsed(fit, pa.timestamp("us", "UTC"), lambda text: datetime.fromisoformat(text).astimezone(UTC))


def _times(texts: pa.Array) -> pa.Array:
    fit = _fitting(pc.replace_substring_regex(texts, r"(\.[0-9]{6})0+", r"\1"), _TIME)
    return _each(fit, pa.time64("us"), time.fromisoformat)


def _lists(texts: pa.Array) -> pa.Array:
    return _each(texts, pa.list_(pa.string()), read_list)


PARSERS: Final[Mapping[str, Callable[[pa.Array], pa.Array]]] = {
    "integer": _integers,
    "number": _numbers,
    "boolean": _booleans,
    "date": _days,
    "timestamp": _moments,
    "time": _times,
    "array": _lists,
}
