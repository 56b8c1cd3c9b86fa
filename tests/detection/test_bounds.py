"""Texts made to be slow. The limit is generous: it tells linear from quadratic, not fast from slow."""

import time
import zlib
from base64 import b64encode

import pyarrow as pa
import pytest

from governance.detection import KINDS, classify, scan

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
