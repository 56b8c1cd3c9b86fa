import json
from pathlib import Path

import pytest

from governance.detection import KINDS, Grade, classify
from governance.detection.detectors import DEFAULT

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "synthetic_data" / "detection_cases.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]


def _named(*, found: bool) -> list[object]:
    return [
        pytest.param(case["text"], case["kind"], id=f"{case['kind']}-{place}-{case['why']}")
        for place, case in enumerate(CASES)
        if (case["kind"] != "none") == found and not case["why"].startswith("STRETCH")
    ]


@pytest.mark.parametrize(("text", "kind"), _named(found=True))
def test_finds_what_a_reader_would_find(text: str, kind: str) -> None:
    assert kind in {finding.kind for finding in classify(text)}


@pytest.mark.parametrize(("text", "kind"), _named(found=False))
def test_stays_silent_on_look_alikes(text: str, kind: str) -> None:
    assert kind == "none"
    assert classify(text) == ()


@pytest.mark.parametrize("kind", ["payment_card_number", "track_data", "iban"])
def test_clear_bank_numbers_are_sure(kind: str) -> None:
    unsure = {
        case["why"]
        for case in CASES
        if case["kind"] == kind
        and not case["why"].startswith("STRETCH")
        and all(finding.grade is Grade.SUSPECT for finding in classify(case["text"]))
    }
    assert (
        unsure
        == {
            "payment_card_number": {
                "bare Visa: suspect",
                "a field of a row: an unlabelled Visa",
                "bare Mastercard 2-series: suspect",
                "an order label only lowers a bare number to suspect",
                "spreadsheet: six sure digits and a size",
            },
            "track_data": set(),
            "iban": {"no IR, no label", "no IR, fours"},
        }[kind]
    )


def test_the_known_limits_are_still_limits() -> None:
    missed = [case for case in CASES if case["why"].startswith("STRETCH")]
    assert len(missed) == sum(classify(case["text"]) == () for case in missed)


def test_the_set_is_broad() -> None:
    assert len(CASES) >= 250
    assert {case["kind"] for case in CASES} == {*KINDS, "none"} - DEFAULT.known_only
    assert sum(case["kind"] == "none" for case in CASES) >= 100
