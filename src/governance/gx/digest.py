"""A keyed digest of a table's rows: independent of their order and of an engine's types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import blake2b
from math import isfinite

import pyarrow as pa
import pyarrow.compute as pc

_BITS = 256
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_TRUTH = {"true": True, "True": True, "false": False, "False": False}
_LARGEST_EXACT = 2.0**53


def digest(batches: Iterable[pa.Table | pa.RecordBatch], columns: Sequence[str], key: bytes) -> tuple[int, int]:
    """The number of rows and the sum of their keyed hashes, which distinguishes two sets of rows."""
    rows = total = 0
    for batch in batches:
        cells = [_texts(batch.column(name)) for name in columns]
        for row in zip(*cells, strict=True):
            total += int.from_bytes(blake2b(repr(row).encode(), key=key, digest_size=_BITS // 8).digest())
        rows += batch.num_rows
    return rows, total % 2**_BITS


def _texts(column: pa.Array | pa.ChunkedArray) -> list[str | None]:
    """Each cell as a text that is equal for equal values, whichever engine delivers it, as text or not."""
    kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        zone = "UTC" if pa.types.is_timestamp(kind) and kind.tz else None
        moments = pc.cast(column, pa.timestamp("us", zone), safe=False)
        return pc.cast(pc.cast(moments, pa.timestamp("us")), pa.string()).to_pylist()  # type: ignore[no-any-return]
    if pa.types.is_integer(kind):
        return pc.cast(column, pa.string()).to_pylist()  # type: ignore[no-any-return]
    return [_text(value) for value in column.to_pylist()]


def _text(value: object) -> str | None:
    match value:
        case None | "":
            return None  # CSV does not distinguish them
        case str():
            return _moment(value) if _MOMENT.fullmatch(value) else _written(value)
        case bool() | int() | float() | Decimal():
            return _number(value)
        case date():
            moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001  days are in UTC here
            return _utc(moment)
        case Mapping():
            return repr(sorted((str(name), _text(inner)) for name, inner in value.items()))
        case list() | tuple():
            return repr([_text(inner) for inner in value])
        case _:
            return value.hex() if isinstance(value, bytes) else str(value)


def _number(value: float | Decimal) -> str | None:
    if isinstance(value, int):
        return str(int(value))
    if not isfinite(value):
        return None if value != value else repr(float(value))  # noqa: PLR0124  not a number is no value
    exact = isinstance(value, Decimal) or abs(value) < _LARGEST_EXACT
    return str(int(value)) if exact and value == int(value) else repr(float(value))


def _written(text: str) -> str | None:
    """A text that says a number or a truth as the value that it says."""
    if text in _TRUTH:
        return _number(_TRUTH[text])
    if not _NUMBER.fullmatch(text) or not isfinite(float(text)):
        return text
    number = float(text)
    return _number(number) if Decimal(repr(number)) == Decimal(text) else text


def _moment(text: str) -> str:
    try:
        return _utc(datetime.fromisoformat(text))
    except ValueError:
        return text


def _utc(moment: datetime) -> str:
    zoned = moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
    return zoned.isoformat(sep=" ", timespec="microseconds")
