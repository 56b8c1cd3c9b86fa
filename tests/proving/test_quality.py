"""Detection's quality on the project's own cases; others are kept apart."""

from pathlib import Path

from governance.proving.prove import detection_quality
from governance.proving.quality import LOOKALIKES, NOTHING, Case, measure, read_cases

FILE = Path(__file__).parents[2] / "synthetic_data" / "detection_cases.jsonl"
CLEAR = {"payment_card_number", "track_data", "iban"}


def test_every_clear_number_is_found_and_hardly_anything_else() -> None:
    cases = read_cases(FILE.read_text("utf-8"))
    measured = measure(cases)
    required = [one for one in measured if one.kind in CLEAR and "known limit" not in one.form]
    assert sum(one.cases for one in required) > 230
    assert [one.form for one in required if one.found < one.cases] == []
    alarms = [one for one in measured if one.form == LOOKALIKES]
    lookalikes = sum(case.kind == NOTHING for case in cases)
    assert {one.lookalikes for one in alarms} == {lookalikes}
    assert sum(one.alarms for one in alarms) * 84 <= lookalikes


def test_a_miss_and_a_false_alarm_are_counted() -> None:
    cases = [
        Case("6037990000123451", "payment_card_number", "bare"),
        Case("6037990000123452", "payment_card_number", "bare"),
        Case("sara@post.example", "none", "a trap"),
    ]
    card, card_alarms, email = measure(cases)
    assert (card.form, card.cases, card.found) == ("bare", 2, 1)
    assert (card_alarms.form, card_alarms.lookalikes, card_alarms.alarms) == (LOOKALIKES, 1, 0)
    assert (email.kind, email.cases, email.lookalikes, email.alarms) == ("email_address", 0, 1, 1)


def test_a_proof_carries_it() -> None:
    measured = detection_quality(FILE.parents[1])
    assert sum(one.cases for one in measured) == sum(
        case.kind != NOTHING for case in read_cases(FILE.read_text("utf-8"))
    )
    assert detection_quality(FILE.parent) == ()
