"""Labels before and behind their values, in every cell that `scan` sees too."""

import json
import random
from pathlib import Path

import pyarrow as pa
import pytest

from governance.detection import KINDS, Grade, classify, scan
from governance.detection.kinds import code_labels, expiry_labels
from governance.detection.text.folding import fold
from governance.detection.text.page import Page
from tests.detection.conftest import Maker
from tests.detection.test_superset import adversarial_texts

CVV, EXPIRY, PIN, OTP = "card_verification_code", "card_expiry", "card_pin", "one_time_password"
PHONE, NATIONAL = "phone_number", "national_id"
_CASES = Path(__file__).parents[2] / "synthetic_data" / "detection_cases.jsonl"
_WORDS = (
    "exp EXP expM expiry Expiration_Date expDate validThru good till mm / yy cvv CVV2 cv_d csc CardPin "
    "mPIN iPin userPin: pin_code otp OTPCode one time pass second password staticPass dynamic pin "
    "security code verification ramze poya kode amniati enghza ENQEZA month: year = YY سی وی وی کد امنیتی "
    "پشت کارت رمز دوم پویا خرید یکبار ورود تایید پین انقضا ماه سال اعتبار معتبر منقضی تا ı İ ſ K 12/27 "
    "1405 345 8 X"
)
BEHIND = {
    CVV: ("731", "cvv2", "شماره"),
    EXPIRY: ("07/29", "تاریخ انقضا", "صفحه"),
    PIN: ("77316", "رمز کارت", "شماره"),
    OTP: ("77316", "رمز پویا", "شماره"),
    PHONE: ("9121234567", "شماره موبایل", "سفارش"),
    NATIONAL: ("0084575948", "کد ملی", "پیگیری"),
}


@pytest.mark.parametrize("kind", BEHIND)
@pytest.mark.parametrize("sentence", ["{} {}", "سلام، {} {}", "متن\n{} {}", "({} {})", "{} ({})", "\u200f{} {}"])
def test_a_label_behind_its_value_is_sure(kind: str, sentence: str) -> None:
    value, label, _ = BEHIND[kind]
    text = sentence.format(value, label)
    found = [one for one in classify(text) if one.kind == kind]
    assert [(one.grade, text[slice(*one.span)]) for one in found] == [(Grade.FAIL, value)]


@pytest.mark.parametrize("kind", BEHIND)
@pytest.mark.parametrize("sentence", ["{2} {0} {1}", "{2} {0}: {1}", "{0} نفر {1}", "{0}\n\n{1} ندارم"])
def test_a_label_behind_what_is_anothers_is_none(kind: str, sentence: str) -> None:
    value, label, other = BEHIND[kind]
    sure = {one.kind for one in classify(sentence.format(value, label, other)) if one.grade is Grade.FAIL}
    assert kind not in sure


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("PIN: 5000", True),
        ("my pin is 5000", True),
        ("پین کارت من ۵۰۰۰ است", True),
        ("pin this post: 5000", False),
        ("pin 3 photos, 5000 likes", False),
        ("پین کنید ۵۰۰۰ بار دیدم", False),
        ("رمز کارت ۱۳۶۴", True),
        ("رمز دوم ۱۳۶۴", False),
        ("otp is 2024", True),
        ("otp since 2024", False),
    ],
)
def test_common_words_and_years_need_more_than_nearness(text: str, found: bool) -> None:  # noqa: FBT001
    assert bool(classify(text)) is found


@pytest.mark.parametrize("name", ["id", "status", "retries", "expires_in", "template_id", "created_at", "timeout_ms"])
@pytest.mark.parametrize("label", ["otp", "cvv2", "card_pin"])
@pytest.mark.parametrize("form", ['{{"{}": 48213}}', "{}=4821&x=1", "{}: 300", "INSERT INTO t ({}) VALUES (482)"])
def test_a_property_named_after_a_code_is_none(label: str, name: str, form: str) -> None:
    camel = label + "".join(word.title() for word in name.split("_"))
    assert [classify(form.format(key)) for key in (f"{label}_{name}", camel)] == [(), ()]


@pytest.mark.parametrize(
    "row",
    [
        "{}|05|08|731",
        "{},731,0508",
        "{}\t05/08\t731",
        "{}:0508:731",
        "'{}', '05', '08', '731'",
        "{} تاریخ 05/08 cvv2 731",
    ],
)
def test_what_follows_a_card_number_is_its_date_and_code(row: str, pan: Maker) -> None:
    found = {(one.kind, one.grade) for one in classify(row.format(pan("603799")))}
    assert found >= {(EXPIRY, Grade.FAIL), (CVV, Grade.FAIL)}


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("cvv2: 731", Grade.FAIL),
        ("cvv2 endpoint returned 731", Grade.SUSPECT),
        ("سامانه رمز پویا 87870", Grade.SUSPECT),
        ("card exp 07/29", Grade.FAIL),
        ("bond exp 07/29", Grade.SUSPECT),
        ("card expiry 2029-07-31", Grade.FAIL),
        ("sara@weights.unknown", Grade.SUSPECT),
    ],
)
def test_a_word_that_no_label_has_beside_it_makes_a_suspect(text: str, grade: Grade) -> None:
    assert [one.grade for one in classify(text)] == [grade]


@pytest.mark.parametrize("month", ["فروردین", "تیر", "مهر ماه", "دی", "ژانویه", "May", "Sept", "december"])
@pytest.mark.parametrize(
    ("sentence", "found"), [("انقضا: {} 1409", True), ("انقضا: 5 {} 1409", False), ("در {} 1409", False)]
)
def test_a_month_may_have_a_name(month: str, sentence: str, found: bool) -> None:  # noqa: FBT001
    text = sentence.format(month)
    dates = [text[slice(*one.span)] for one in classify(text) if one.kind == EXPIRY]
    assert dates == ([f"{month} 1409"] if found else [])


@pytest.mark.slow
def test_every_case_is_found_in_a_column_too() -> None:
    texts = [json.loads(line)["text"] for line in _CASES.read_text("utf-8").splitlines()]
    for kind in KINDS:
        hits = scan(pa.array(texts, pa.large_string()), [kind])
        grades = [{one.grade for one in classify(text) if one.kind == kind} for text in texts]
        assert hits.rows.tolist() == [row for row, seen in enumerate(grades) if Grade.FAIL in seen]
        assert hits.review.tolist() == [row for row, seen in enumerate(grades) if seen == {Grade.SUSPECT}]


def test_what_asks_for_labels_first_lets_every_label_through() -> None:
    words = _WORDS.split()
    chance = random.Random(7)  # noqa: S311 - the same texts every time
    gaps = ["", "", " ", " ", "_", "-", ": ", "\n"]
    texts = ["".join(chance.choice(words) + chance.choice(gaps) for _ in range(6)) for _ in range(20_000)]
    pages = [Page(fold(text)) for text in (*texts, *adversarial_texts(6000))]
    asked = [(code_labels.may_announce, code_labels.ANY), (expiry_labels.may_announce, expiry_labels.LABEL)]
    asked += [(may_be, pattern) for _, may_be, pattern in expiry_labels.PHRASES]
    asked += [(expiry_labels.may_announce, pattern) for _, _, pattern in expiry_labels.PHRASES]
    for may_be, pattern in asked:
        held = [page for page in pages if pattern.search(page.text)]
        assert not [page.text for page in held if not may_be(page)]
    assert sum(bool(code_labels.ANY.search(page.text)) for page in pages) > 5_000
    for rule in code_labels.RULES:
        held = [page for page in pages if rule.label.search(page.text)]
        assert len(held) > 20
        assert not [page.text for page in held if not any(letters in page.small for letters in rule.needed)]
