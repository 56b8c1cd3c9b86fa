"""`scan` may look at fewer cells than `classify`, but must not find less."""

import json
import random
from functools import cache
from pathlib import Path

import pyarrow as pa
import pytest

from governance.detection import BANK_DATA, KINDS, PERSONAL_DATA, Grade, classify, scan
from governance.detection.findings import Finding

_FILE = Path(__file__).parents[2] / "synthetic_data" / "detection_cases.jsonl"
_WORDS = ("\\u06f6", "%36", "%DB%B6", "&#54;", "&nbsp;", "<b>", "E15", "कार्ड ", "خرید ", "cvv", "09", "IR", "[at]")
_PIECES = (*_WORDS, *" \u200c\u200f\u2060x*Aیك/.:\n=^20٫٬\ufeffée😀６٣६_ｖ+@\u0301\u3164\x00𝟔ـ(){}|\\%&;#‐−")
_DIGITS = "۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥0123456789०१２３"


def _mutated(text: str, seeds: list[str], chance: random.Random) -> str:
    signs = list(text)
    for _ in range(chance.randrange(5)):
        place, way = chance.randrange(len(signs) + 1), chance.randrange(5)
        if way == 0:
            signs.insert(place, chance.choice(_PIECES))
        elif way == 1 and signs:
            signs.pop(min(place, len(signs) - 1))
        elif way == 2:
            signs.extend(chance.choice([*_PIECES, *seeds]))
        elif way == 3:
            signs[:0] = chance.choice([*_PIECES, *seeds])
        elif place < len(signs) and signs[place].isdigit():
            signs[place] = chance.choice(_DIGITS)
    return "".join(signs)


@cache
def _adversarial() -> tuple[tuple[str, tuple[Finding, ...]], ...]:
    chance = random.Random(1404)  # noqa: S311 - the same strings every time
    seeds = [json.loads(line)["text"] for line in _FILE.read_text(encoding="utf-8").splitlines()]
    texts = [_mutated(chance.choice(seeds), seeds, chance) for _ in range(6000)]
    return tuple((text, classify(text)) for text in texts)


@pytest.mark.parametrize(
    "kinds",
    [BANK_DATA, PERSONAL_DATA, *((kind,) for kind in KINDS), KINDS],
    ids=lambda kinds: f"{len(kinds)}-{kinds[0]}",
)
def test_scan_finds_what_classify_finds(kinds: tuple[str, ...]) -> None:
    hits = scan(pa.array([text for text, _ in _adversarial()]), kinds)
    sure, unsure = set(hits.rows.tolist()), set(hits.review.tolist())
    wrong = []
    for place, (_, findings) in enumerate(_adversarial()):
        asked = [finding for finding in findings if finding.kind in kinds]
        fails = any(finding.grade is Grade.FAIL for finding in asked)
        if (place in sure, place in unsure) != (fails, bool(asked) and not fails):
            wrong.append(place)
    assert wrong == []


@pytest.mark.parametrize("label", ["cvv2", "card_number", "exp", "pin", "otp", "national_code", "mobile", "note"])
def test_scan_reads_a_column_name_as_classify_does(label: str) -> None:
    texts = [text for text, _ in _adversarial()[:800]]
    hits = scan(pa.array(texts), KINDS, label=label)
    expected = [
        place
        for place, text in enumerate(texts)
        if any(finding.grade is Grade.FAIL for finding in classify(text, label=label))
    ]
    assert hits.rows.tolist() == expected


def test_bytes_are_read_as_the_text_they_hold() -> None:
    texts = [text for text, _ in _adversarial()[:2000]]
    as_text = scan(pa.array(texts), KINDS)
    as_bytes = scan(pa.array([text.encode() for text in texts]), KINDS)
    assert as_bytes.rows.tolist() == as_text.rows.tolist()
    assert as_bytes.kinds == as_text.kinds
