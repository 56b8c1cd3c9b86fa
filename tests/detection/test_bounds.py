"""Texts made to be slow. The limit is generous: it tells linear from quadratic, not fast from slow."""

import time
import zlib
from base64 import b64encode

import pyarrow as pa
import pytest

from governance.detection import BANK_DATA, KINDS, LONGEST_CELL, Known, classify, look, scan, scan_known

pytestmark = pytest.mark.slow

SIZE = 1 << 17
LIMIT = 4.0  # seconds of the processor; an eighth of a megabyte takes about half of one on a slow machine
SEEDS = {
    "card numbers": "6037990000123451",
    "digits and spaces": "1 ",
    "fours": "4111 ",
    "hyphens": "-",
    "spaces": " ",
    "backslashes": "\\",
    "percent signs": "%25",
    "escapes": "\\u0036",
    "entities": "&#54;",
    "open tags": "<a",
    "at signs": "a@",
    "dots": "1.",
    "colons": "f:",
    "letters": "a",
    "labels": "cvv ",
    "expiry labels": "exp month 1 ",
    "expiries": "تاریخ انقضای کارت 07/09 ",
    "cards until": "کارت تا ",
    "lines of base64": "A" * 76 + "\n",
    "masks": "1234xxx",
    "masks between digits apart": "1 1 1 1 1 1 1 1 1 1 1 1 1 1 1x",
    "invisible characters": "\u200c",
    "IR": "IR12",
    "tokens": "NjAzNzk5MDAwMDEyMzQ1MQ== ",
    "compressed tokens": b64encode(zlib.compress(b"exp 12/25 " * 5000)).decode() + " ",
    "base32": "GYYDGNZZ",
    "pins": "pin 4821 ",
    "mobile prefixes": "0912 ",
    "hexadecimal": "37",
    "digits": "7",
    "rows of fours": "4539 5787 6362 1486\n",
    "rows of decimals": "75.09228515625,-1.09234\n",
    "signs that change": "1-2/",
    "words between": "1 and 2 ",
    "misread digits": "Û¶Û¶Û¶ غ¶غ¶غ¶ ",
    "misread dashes": "1â€“",
}


@pytest.mark.parametrize("seed", SEEDS.values(), ids=SEEDS)
def test_repetition_takes_bounded_time(seed: str) -> None:
    text = (seed * (SIZE // len(seed)))[:SIZE]
    start = time.process_time()
    classify(text)
    assert time.process_time() - start < LIMIT


def test_a_cell_of_a_megabyte_is_survived_in_a_column() -> None:
    start = time.process_time()
    hits = scan(pa.array(["کوتاه", "7" * (1 << 20), "6037990000123451", "ا " * (1 << 19)]), KINDS)
    assert time.process_time() - start < LIMIT
    assert hits.rows.tolist() == [2]


LONG, CARD = "7" * (LONGEST_CELL + 1), "6037990000123451"
COLUMNS = {
    "texts": pa.array([CARD, LONG, None]),
    "letters of two bytes": pa.array([CARD, "ا" * (LONGEST_CELL // 2 + 1), None]),
    "bytes": pa.array([CARD.encode(), b"\xff" * (LONGEST_CELL + 1), None]),
    "views": pa.array([CARD, LONG, None], pa.string_view()),
    "chunks": pa.chunked_array([[CARD], [LONG, None]]),
    "a dictionary": pa.array([CARD, LONG, None]).dictionary_encode(),
    "runs": pa.RunEndEncodedArray.from_arrays([1, 2, 3], pa.array([CARD, LONG, None])),
    "lists": pa.array([[CARD], ["x", LONG], None]),
    "a list as it is written out": pa.array([[CARD], [LONG[: LONGEST_CELL // 2]] * 2, None]),
    "maps": pa.array([[("a", CARD)], [("a", LONG)], None], pa.map_(pa.string(), pa.string())),
    "a dictionary of structs": pa.DictionaryArray.from_arrays([0, 1, None], pa.array([{"a": CARD}, {"a": LONG}])),
}


@pytest.mark.parametrize("column", COLUMNS.values(), ids=COLUMNS)
def test_a_cell_too_long_to_be_judged_is_reported_and_hides_no_other(column: pa.Array) -> None:
    known = Known({CARD: "x"}, lambda text: text)
    sightings, hits = look(column), scan(column, BANK_DATA)
    found = scan_known(column, known)
    assert hits.rows.tolist() == [0]
    assert hits.too_large.tolist() == sightings.too_large.tolist() == found.too_large.tolist() == [1]
    few = column.slice(2)
    assert not [*look(few).too_large, *scan_known(few, known).too_large]


@pytest.mark.parametrize("text", ["a" * LONGEST_CELL, "ا" * (LONGEST_CELL // 2)])
def test_the_longest_text_is_judged_and_one_byte_more_is_refused(text: str) -> None:
    assert classify(text) == ()
    assert not len(look(pa.array([text])).too_large)
    with pytest.raises(ValueError, match=r"^text: expected at most 4,194,304 bytes of UTF-8, found more$"):
        classify(text + "a")


def test_a_cell_whose_encodings_hold_too_much_is_too_large_and_not_silent() -> None:
    text = "word " * 600_000 + "%25252541 6037990000123451"
    with pytest.raises(ValueError, match="expected at most 8,388,608 characters in all its readings"):
        classify(text)
    column = pa.array(["nothing", text])
    assert look(column).too_large.tolist() == [1]
    assert scan_known(column, Known({}, str)).too_large.tolist() == [1]
