from base64 import b64encode
from collections.abc import Callable

import pytest

from governance.detection import KINDS, Finding, Grade, classify
from governance.detection.kinds.issuers import IRANIAN

MELLI = "6037990000123451"
VISA = "4539578763621486"


def kinds(text: str, label: str = "") -> list[str]:
    return [finding.kind for finding in classify(text, label=label)]


def test_a_finding_says_where_and_not_what() -> None:
    (finding,) = classify(f"کارت {MELLI} است")
    assert finding == Finding("payment_card_number", "iranian", Grade.FAIL, (5, 21))
    assert MELLI not in repr(finding)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("\u200e6\u200c037990000123451", (1, 18)),
        ("x %36037990000123451 y", (2, 20)),
        ("a &#54;037990000123451 b", (2, 22)),
        ("a NjAzNzk5MDAwMDEyMzQ1MQ== b", (2, 24)),
    ],
)
def test_spans_are_of_the_text_as_given(text: str, span: tuple[int, int]) -> None:
    assert [finding.span for finding in classify(text)] == [span]


@pytest.mark.parametrize(
    ("text", "label", "rule", "grade"),
    [
        (VISA, "", "bare", Grade.SUSPECT),
        (VISA, "card_number", "labelled", Grade.FAIL),
        (VISA, "cardNumber", "labelled", Grade.FAIL),
        (VISA, "شماره_کارت", "labelled", Grade.FAIL),
        (VISA, "order_id", "bare", Grade.SUSPECT),
        ("4539 5787 6362 1486", "", "grouped", Grade.FAIL),
        ("45395787 63621486", "", "grouped", Grade.SUSPECT),
        ("4111111111111111", "", "test_number", Grade.FAIL),
        (f"7{MELLI}55", "", "iranian_inside", Grade.SUSPECT),
        (f"{MELLI}555", "", "iranian_glued", Grade.FAIL),
        (f"000{MELLI}", "", "iranian_led", Grade.FAIL),
        ("603799XXX0123451", "", "mask_too_short", Grade.FAIL),
        ("6.037990000123451E15", "", "float", Grade.FAIL),
        ("6.03799E+15", "", "float", Grade.SUSPECT),
    ],
)
def test_grades_of_card_numbers(text: str, label: str, rule: str, grade: Grade) -> None:
    (finding,) = classify(text, label=label)
    assert (finding.kind, finding.rule, finding.grade) == ("payment_card_number", rule, grade)


@pytest.mark.parametrize(
    ("text", "label", "kind"),
    [
        ("123", "cvv2", "card_verification_code"),
        ("۱۲۳", "CVV", "card_verification_code"),
        ("0123", "card_cvc", "card_verification_code"),
        ("12/29", "expiry", "card_expiry"),
        ("0529", "exp_date", "card_expiry"),
        ("0529", "expDate", "card_expiry"),
        ("1408/05", "تاریخ انقضا", "card_expiry"),
        ("1234", "pin", "card_pin"),
        ("1234", "رمز_کارت", "card_pin"),
        ("123456", "otp", "one_time_password"),
        ("84575948", "national_code", "national_id"),
        ("9123456789", "mobile", "phone_number"),
        ("060620000000200345678901", "sheba", "iban"),
    ],
)
def test_a_column_name_is_a_label(text: str, label: str, kind: str) -> None:
    assert kind in kinds(text, label)
    assert kind not in {finding.kind for finding in classify(text, label="quantity") if finding.grade is Grade.FAIL}


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("کتاب خوبی بود ولی ۱۲۳ صفحه‌اش تکراری است", "cvv2_note_of_the_very_long_named_column"),
        ("2025-01-01T00:00:00", "expires_at"),
        ("1404/05/30", "expiry"),
        ("***", "cvv2"),
        ("", "cvv2"),
        ("12345", "passenger"),
        ("12345", "opinion"),
        ("347800000000005", "imei"),
        ("1403", "year"),
    ],
)
def test_a_column_name_alone_proves_nothing(text: str, label: str) -> None:
    assert classify(text, label=label) == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("کاربر از 185.55.226.26 وارد شد", "ip_address"),
        ("ip=10.0.0.12", "ip_address"),
        ("۱۸۵٫۵۵٫۲۲۶٫۲۶", "ip_address"),
        ("2001:db8:85a3::8a2e:370:7334", "ip_address"),
        ("+49 151 23456789", "phone_number"),
        ("رمز دوم: 54321", "card_pin"),
        ("پین کد: ۱۲۳۴", "card_pin"),
        ("0084575948", "national_id"),
        ("کد تایید: 12345", "one_time_password"),
    ],
)
def test_other_kinds(text: str, kind: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize("text", ["127.0.0.1", "::1", "12:30:45", "ff:ff:ff:ff:ff:ff", "1.2.3.4", "نسخه 10.20.30.40"])
def test_addresses_of_nobody(text: str) -> None:
    assert classify(text) == ()


def test_every_iranian_prefix_is_found(pan: Callable[..., str]) -> None:
    missed = [prefix for prefix in IRANIAN if kinds(pan(prefix)) != ["payment_card_number"]]
    assert missed == []


def test_findings_come_by_place_and_once() -> None:
    text = f"{MELLI} و sara@example.com و {MELLI}"
    found = classify(text)
    assert [finding.kind for finding in found] == ["payment_card_number", "email_address", "payment_card_number"]
    assert [finding.span[0] for finding in found] == sorted(finding.span[0] for finding in found)
    assert set(kinds(text)) <= set(KINDS)


@pytest.mark.parametrize(
    ("text", "found"), [("OTP 2025", False), ("پین 1404", False), ("OTP: 2025", True), ("otp 2599", True)]
)
def test_a_year_right_after_a_bare_label_is_a_year(text: str, found: bool) -> None:  # noqa: FBT001
    assert bool(classify(text)) is found


def test_a_second_password_that_changes_is_no_pin() -> None:
    assert kinds("رمز دوم پویا: 65432") == ["one_time_password"]
    assert "card_pin" in kinds("رمز دوم: 65432")


def test_base64_in_lines_is_read_from_where_it_begins() -> None:
    letter = b64encode(f"name: sara, note: {MELLI}, and more words, so that there are two lines".encode()).decode()
    lines = f"{letter[:76]}\n{letter[76:]}"
    assert "payment_card_number" in kinds(lines)
    assert "payment_card_number" not in kinds(f"AAAAAAAAAAAAAAA{lines}"), "no decoder begins inside a token"
