"""What `classify` says of a value is asked once in a scan, and never for another value, name or kind."""

from __future__ import annotations

import pytest

from governance.detection import DEFAULT, Finding, Grade
from governance.detection.columns import verdicts
from governance.detection.columns.marks import TOO_LARGE, mark
from governance.detection.columns.verdicts import Verdicts
from governance.detection.text.layers import TooLongError

CARD, EMAIL = "payment_card_number", "email_address"
PAN = "6037990000123451"
PLACES = {CARD: 0, EMAIL: 5, "card_verification_code": 2}
ALL = frozenset(PLACES)


@pytest.mark.parametrize(
    ("value", "label", "kinds", "marks"),
    [
        (PAN, "", ALL, mark(0, Grade.FAIL)),
        (PAN.encode(), "", ALL, mark(0, Grade.FAIL)),
        ("4539578763621486", "", ALL, mark(0, Grade.SUSPECT)),
        (f"{PAN} a@b.ir", "", ALL, mark(0, Grade.FAIL) | mark(5, Grade.FAIL)),
        (f"{PAN} a@b.ir", "", frozenset({EMAIL}), mark(5, Grade.FAIL)),
        ("731", "cvv2", ALL, mark(2, Grade.FAIL)),
        ("731", "pages", ALL, 0),
    ],
)
def test_a_value_has_the_marks_of_its_findings(
    value: str | bytes, label: str, kinds: frozenset[str], marks: int
) -> None:
    asked = Verdicts(DEFAULT, PLACES)
    for _ in range(2):
        assert asked.of(value, label, kinds) == marks


@pytest.mark.parametrize(("length", "times"), [(256, 1), (257, 2)])
def test_short_values_are_judged_once(length: int, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[str] = []

    def judge(text: str, *_: object) -> tuple[Finding, ...]:
        judged.append(text)
        return ()

    monkeypatch.setattr(verdicts, "findings_of", judge)
    asked = Verdicts(DEFAULT, PLACES)
    assert [asked.of("x" * length, "", ALL) for _ in range(2)] == [0, 0]
    assert len(judged) == times
    for label, kinds in (("", ALL), ("name", ALL), ("", frozenset({CARD}))):
        asked.of("y", label, kinds)
    assert len(judged) == times + 3


def test_a_value_that_holds_too_much_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise TooLongError

    monkeypatch.setattr(verdicts, "findings_of", refuse)
    assert Verdicts(DEFAULT, PLACES).of("x", "", ALL) == int(TOO_LARGE)


@pytest.mark.parametrize(
    ("value", "kinds", "found"),
    [
        (9037690000001235, ALL, True),
        (9037690000001235, frozenset({EMAIL}), False),
        (1111110000001235, ALL, False),
    ],
)
def test_a_float_that_may_be_a_card_number_is_a_suspect(value: int, kinds: frozenset[str], found: bool) -> None:  # noqa: FBT001
    assert Verdicts(DEFAULT, PLACES).of_rounded(value, 20, kinds) == mark(0, Grade.SUSPECT) * found
