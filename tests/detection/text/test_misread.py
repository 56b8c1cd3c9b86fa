"""Persian that an editor or an import read in another encoding hides nothing, and adds nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pytest

from governance.detection import KINDS, Grade, classify, scan
from governance.detection.text.folding import fold
from governance.detection.text.misread import meant
from governance.proving.quality import NOTHING, read_cases

CASES = read_cases((Path(__file__).parents[3] / "synthetic_data" / "detection_cases.jsonl").read_text("utf-8"))
# Digits of the Arabic script, and what stands between them.
PERSIAN = [case.text for case in CASES if re.search("[۰-۹٠-٩]{3}", case.text) and case.kind != NOTHING]
ENCODINGS = ("latin-1", "cp1252", "cp1256")
CARD = "کارت ۶۰۳۷ ۹۹۱۲ ۳۴۵۶ ۷۸۹۳"


def misread(text: str, encoding: str) -> str:
    return "".join(bytes([byte]).decode(encoding, "ignore") or chr(byte) for byte in text.encode())


def sure(text: str) -> set[str]:
    return {finding.kind for finding in classify(text) if finding.grade is Grade.FAIL}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_what_is_found_is_found_misread(encoding: str) -> None:
    assert len(PERSIAN) > 50
    lost = [text for text in PERSIAN if not sure(text) <= sure(misread(text, encoding))]
    assert lost == []


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_search_of_a_column_finds_it_among_many(encoding: str) -> None:
    column = pa.array([*["a note"] * 300, misread(CARD, encoding), misread("6037–9912–3456–7893", encoding)])
    assert scan(column, KINDS).rows.tolist() == [300, 301]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_it_stands_where_it_is_written(encoding: str) -> None:
    text = f"سفارش {misread('شمارهٔ ' + CARD, encoding)} ok"
    (found,) = classify(text)
    start, end = found.span
    assert misread("۶۰۳۷", encoding) == text[start : start + 8]
    assert text[end:] == " ok"


@pytest.mark.parametrize(
    "text", ["حفظ، ۱۲ طبع", "Ûber 100 €", "Ù¹ Û²", "â€œquotedâ€\x9d", "5â€\x93", "عکس طپش غچ ظ، ٪"]
)
def test_other_texts_hold_nothing(text: str) -> None:
    assert classify(text) == ()


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_each_character_stands_where_its_bytes_are_written(encoding: str) -> None:
    raw = f"no {misread('۶۰۳۷', encoding)} or {misread('کد', encoding)}"
    found = [*meant(raw, range(len(raw) + 1), fold)]
    assert ("no 6037 or کد", [0, 1, 2, 3, 5, 7, 9, 11, 12, 13, 14, 15, 17, 19]) in found
    for other in ("ÛÀ", "Ü¶", "ÄÀ", "×À", "âÀ€"):
        beside = misread("۶۰۳۷", encoding) + other
        assert ("6037" + fold(other)) in [text for text, _ in meant(beside, range(len(beside) + 1), fold)], other
    assert not [*meant("no 6037", range(8), fold)]
    assert not [*meant("نه", range(3), fold)]
