"""`scan` may look at fewer cells than `classify`, but must not find less."""

import base64
import json
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
import pytest

from governance.detection import BANK_DATA, KINDS, PERSONAL_DATA, Grade, classify, scan
from governance.detection.findings import Finding

pytestmark = pytest.mark.slow

_FILE = Path(__file__).parents[2] / "synthetic_data" / "detection_cases.jsonl"
_WORDS = ("\\u06f6", "%36", "%DB%B6", "&#54;", "&nbsp;", "<b>", "E15", "कार्ड ", "خرید ", "cvv", "09", "IR", "[at]")
_JOINTS = (" و ", "ؤ", "3٦:", "36 ", "Û¶Û°Û³")
_PIECES = (*_WORDS, *_JOINTS, *" \u200c\u200f\u2060x*Aیك/.:\n=^20٫٬\ufeffée😀６٣६_ｖ+@\u0301\u3164\x00𝟔ـ(){}|\\%&;#‐−")
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


def adversarial_texts(count: int) -> list[str]:
    chance = random.Random(1404)  # noqa: S311 - the same strings every time
    seeds = [json.loads(line)["text"] for line in _FILE.read_text(encoding="utf-8").splitlines()]
    return [_mutated(chance.choice(seeds), seeds, chance) for _ in range(count)]


@cache
def adversarial(count: int = 6000) -> tuple[tuple[str, tuple[Finding, ...]], ...]:
    return tuple((text, classify(text)) for text in adversarial_texts(count))


@pytest.mark.parametrize(
    "kinds",
    [BANK_DATA, PERSONAL_DATA, *((kind,) for kind in KINDS), KINDS],
    ids=lambda kinds: f"{len(kinds)}-{kinds[0]}",
)
def test_scan_finds_what_classify_finds(kinds: tuple[str, ...]) -> None:
    hits = scan(pa.array([text for text, _ in adversarial()]), kinds)
    sure, unsure = set(hits.rows.tolist()), set(hits.review.tolist())
    wrong = []
    for place, (_, findings) in enumerate(adversarial()):
        asked = [finding for finding in findings if finding.kind in kinds]
        fails = any(finding.grade is Grade.FAIL for finding in asked)
        if (place in sure, place in unsure) != (fails, bool(asked) and not fails):
            wrong.append(place)
    assert wrong == []


@pytest.mark.parametrize("label", ["cvv2", "card_number", "exp", "pin", "otp", "national_code", "mobile", "note"])
def test_scan_reads_a_column_name_as_classify_does(label: str) -> None:
    texts = [text for text, _ in adversarial()[:800]]
    hits = scan(pa.array(texts), KINDS, label=label)
    expected = [
        place
        for place, text in enumerate(texts)
        if any(finding.grade is Grade.FAIL for finding in classify(text, label=label))
    ]
    assert hits.rows.tolist() == expected


def test_bytes_are_read_as_the_text_they_hold() -> None:
    texts = [text for text, _ in adversarial()[:2000]]
    as_text = scan(pa.array(texts), KINDS)
    as_bytes = scan(pa.array([text.encode() for text in texts]), KINDS)
    assert as_bytes.rows.tolist() == as_text.rows.tolist()
    assert as_bytes.kinds == as_text.kinds


_PAN = "6037990000123451"
_HIDING: tuple[Callable[[str], str], ...] = (
    str,
    quote,
    lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    lambda text: base64.b64encode(text.encode()).decode(),
    lambda text: base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode(),
    lambda text: base64.b64encode(base64.b64encode(text.encode())).decode(),
    lambda text: text.encode().hex(),
    json.dumps,
    lambda text: json.dumps({"n": text}),
)
_SECRETS = (
    _PAN,
    f"card {_PAN}",
    f"۶۰۳۷ {_PAN[4:]}",
    "603799**00123451",
    "cvv2: 123 " + "." * 9,
    "شبا IR110170000000123456789001",
)
_COLUMNS = (
    "{}",
    "enc:v1:A256GCM:k2026:{}",
    '{{"code":100,"authority":"A00000000000000000000000000nqu72evbw","ref_id":775905138558,"card_pan":"{}"}}',
    '{{"authority":"{}","fee":0}}',
    "https://ketab.example/pay?Authority={}&Status=OK",
    "مشتری گفت {} و رفت",
    "A0000000000000000000 {}",
    "id-{}-9f86d081",
    "\u200c{}\u200c",
)


def _random_tokens(chance: random.Random, count: int) -> list[str]:
    signs = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/-_=xX*:. "
    return [
        "".join(chance.choices(signs[: chance.choice((10, 16, 36, 62, 66, 74))], k=chance.randint(8, 80)))
        for _ in range(count)
    ]


def test_columns_of_tokens_hide_nothing_that_classify_finds() -> None:
    chance = random.Random(2026)  # noqa: S311 - the same strings every time
    texts = [column.format(hide(secret)) for column in _COLUMNS for hide in _HIDING for secret in _SECRETS]
    assert sum(bool(classify(text)) for text in texts) > 0.8 * len(texts)
    texts += [_mutated(text, ["cvv", "603799", "IR"], chance) for text in texts for _ in range(2)]
    texts += _random_tokens(chance, 4000)
    texts += [column.format(token) for column, token in zip(_COLUMNS * 200, _random_tokens(chance, 1800), strict=True)]
    hits = scan(pa.array(texts), BANK_DATA)
    found = [[one.grade for one in classify(text) if one.kind in BANK_DATA] for text in texts]
    assert hits.rows.tolist() == [place for place, grades in enumerate(found) if Grade.FAIL in grades]
    assert hits.review.tolist() == [place for place, grades in enumerate(found) if set(grades) == {Grade.SUSPECT}]


def test_a_column_is_read_the_same_whatever_stands_beside_a_cell() -> None:
    texts = [text for text, _ in adversarial()[:500]]
    alone = [place for place, text in enumerate(texts) if len(scan(pa.array([text]), BANK_DATA).rows)]
    assert scan(pa.array(texts), BANK_DATA).rows.tolist() == alone
