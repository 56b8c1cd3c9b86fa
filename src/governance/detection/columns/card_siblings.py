"""Parts of one card number that are called so, side by side: `{"bin": …, "middle": …, "last4": …}`."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from governance.detection.columns.texts import is_text
from governance.detection.kinds import issuers
from governance.detection.kinds.checksums import luhn as is_right
from governance.detection.sieve.superset import DIGIT
from governance.detection.text.folding import fold

_FIRST: Final = r"bin|iin|first|prefix|head|begin|start|اول|نخست|ابتدا|پیش\W?شماره"
_MIDDLE: Final = r"mid|hidden|inner|rest|میان|وسط|پنهان|باقی|بقیه"
_LAST: Final = r"last|tail|suffix|end|آخر|پایان|انتها"
_NUMBERED: Final = r"(?:card|pan|part|کارت|بخش|قسمت)[^0-9:=\"]{0,10}[1-4۱-۴]"
_PARTS: Final = (_FIRST, _MIDDLE, _LAST)
_CARD = re.compile(r"card|(?<![a-z])(?:pan|bin|iin)(?![a-z])|کارت", re.IGNORECASE)
_GIVEN: Final = r"""[\\"'»]*\s*[:=]\s*[\\"'«]*"""
# A part's name and its digits: for RE2, which reads what is not folded, and for Python.
_HINT: Final = rf"(?:{'|'.join(_PARTS)}|{_NUMBERED})[^:=,;]{{0,24}}?{_GIVEN}[{DIGIT}]{{2,12}}(?:[^{DIGIT}A-Za-z*]|$)"
_WRITTEN: Final = _HINT.replace("ی", "[یيى]").replace("ک", "[کك]")
_PAIR = re.compile(rf"""([^:=,;{{}}"'\\]{{2,40}}){_GIVEN}([0-9]{{2,12}})(?![0-9A-Za-z*]|[.][0-9])""")
_SIZE, _FEWEST = 16, 2
_MOST = 8  # parts in one cell that are tried


def siblings(texts: pa.Array) -> list[int]:
    """The cells whose parts, in the order that their names tell, are a card number of a known issuer."""
    counts = pc.fill_null(pc.count_substring_regex(texts, _WRITTEN, ignore_case=True), 0).to_numpy()
    return [row for row in np.flatnonzero(counts >= _FEWEST).tolist() if _hold_card(fold(texts[row].as_py()))]


def named_columns(batch: pa.RecordBatch) -> Iterator[pa.Array]:
    """The cells of columns that are called parts of a card number, as a text: a first and a last one, or numbered."""
    labels = {name: fold(name) for name in batch.schema.names}
    placed = {name: place for name, label in labels.items() if (place := _place(label)) is not None}
    places = set(placed.values())
    whole = {0.0, 2.0} <= places or len(places - {0.0, 1.0, 2.0}) >= _FEWEST
    if not whole or not any(_CARD.search(labels[name]) for name in placed):
        return
    cells = [column for name in placed if (column := _written(labels[name], batch.column(name))) is not None]
    if cells:
        # Where all are null, Arrow's "skip" makes no row, and those behind would be taken for others.
        yield pc.binary_join_element_wise(*cells, pa.scalar("; ", pa.large_string()), null_handling="replace")


def _written(name: str, column: pa.Array) -> pa.Array | None:
    if not (pa.types.is_integer(column.type) or is_text(column.type)):
        return None
    return pc.binary_join_element_wise(
        pa.scalar(name, pa.large_string()), pc.cast(column, pa.large_string()), pa.scalar(": ", pa.large_string())
    )


def _place(name: str) -> float | None:
    """Where a part of this name stands: 0 first, 1 between, 2 last, by number where it has one; None for no part."""
    for place, words in enumerate(_PARTS):
        if re.search(words, name, re.IGNORECASE):
            return float(place)
    numbered = re.search(rf"{_NUMBERED}\W*$", name, re.IGNORECASE)
    return int(re.sub("[^1-4]", "", numbered[0])) / 10 if numbered else None


def _hold_card(text: str) -> bool:
    parts = [(place, digits) for name, digits in _PAIR.findall(text) if (place := _place(name)) is not None][:_MOST]
    announced = _CARD.search(text) is not None
    return any(
        _is_card("".join(digits for _, digits in sorted(run, key=lambda part: part[0])), announced=announced)
        for start in range(len(parts))
        for run in (parts[start:end] for end in range(start + _FEWEST, len(parts) + 1))
        if _are_parts([place for place, _ in run])
    )


def _are_parts(places: Sequence[float]) -> bool:
    """Whether parts are of one number: a first and a last one, each place once; or numbered ones."""
    return len(set(places)) == len(places) and ({0.0, 2.0} <= set(places) or all(0 < place < 1 for place in places))


def _is_card(digits: str, *, announced: bool) -> bool:
    if len(digits) != _SIZE or not is_right(digits):
        return False
    return issuers.is_iranian(digits) or (announced and issuers.is_international(digits))
