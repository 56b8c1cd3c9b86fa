import pytest

from governance.detection import Grade, classify

DATES = (
    "07/09",
    "۰۷/۰۹",
    "09/07",
    "1409/07",
    "07-1409",
    "2029/07",
    "07/29",
    "98.12",
    "00/01",
    "20-12",
    "0709",
    "140907",
)


@pytest.mark.parametrize("date", DATES)
@pytest.mark.parametrize(
    "sentence",
    [
        "طبق تماس امروز، تاریخ انقضای کارت: {}",
        "تاریخ انقضای کارت بانکی من {} است",
        "سفارش ثبت شد؛ انقضای کارتم {}",
        '{{"cardExpiry":"{}"}}',
    ],
)
def test_a_label_that_says_card_is_sure(sentence: str, date: str) -> None:
    found = [one for one in classify(sentence.format(date)) if one.kind == "card_expiry"]
    assert [one.grade for one in found] == [Grade.FAIL]
    assert sentence.format(date)[slice(*found[0].span)] == date


@pytest.mark.parametrize(
    "thing",
    [
        "اشتراک",
        "تخفیف",
        "کتاب",
        "کد تخفیف",
        "عضویت",
        "کارت هدیه",
        "کارت ملی",
        "گذرنامه",
        "لینک",
        "طرح کارت",
        "امانت",
        "دارو",
    ],
)
@pytest.mark.parametrize("date", ["07/09", "۱۴۰۹/۰۷"])
def test_other_things_expire_too(thing: str, date: str) -> None:
    assert classify(f"تاریخ انقضای {thing}: {date}") == ()
    assert classify(f"با کارت خریدم. تاریخ انقضای {thing} {date}") == ()


@pytest.mark.parametrize(
    "text", ["تاریخ انقضا: 1405", '{"expires_in":1209}', "اعتبار کیف پول: 1205", "انقضا 1404/05/30"]
)
def test_years_seconds_and_days_are_no_month_and_year(text: str) -> None:
    assert classify(text) == ()
