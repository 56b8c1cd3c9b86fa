"""Dates in both calendars, and numbers that rounding does not falsify."""

from __future__ import annotations

from datetime import date

import pytest

from governance.reports.language.dates import jalali, moment
from governance.reports.language.digits import number, numerals, share


@pytest.mark.parametrize(
    ("day", "fa", "en"),
    [
        (date(2025, 3, 20), "۳۰ اسفند ۱۴۰۳", "30 Esfand 1403"),  # a leap year's last day
        (date(2025, 3, 21), "۱ فروردین ۱۴۰۴", "1 Farvardin 1404"),
        (date(2026, 3, 20), "۲۹ اسفند ۱۴۰۴", "29 Esfand 1404"),
        (date(2026, 9, 22), "۳۱ شهریور ۱۴۰۵", "31 Shahrivar 1405"),
        (date(2026, 11, 22), "۱ آذر ۱۴۰۵", "1 Azar 1405"),
    ],
)
def test_the_persian_calendar(day: date, fa: str, en: str) -> None:
    assert jalali(day, "fa") == fa
    assert jalali(day, "en") == en


@pytest.mark.parametrize(
    "text", ["2026-11-21T22:00:00Z", "2026-11-21T22:00:00+00:00", "2026-11-22T01:30:00+03:30", "2026-11-21T22:00:00"]
)
def test_a_moment_is_told_in_tehran_time(text: str) -> None:
    at = moment(text, "en")
    assert (at.iso, at.gregorian, at.time) == ("2026-11-21T22:00:00Z", "2026-11-22", "01:30")
    assert at.jalali == "1 Azar 1405"
    assert moment(text, "fa").time == "۰۱:۳۰"


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (312, 84_200, "0.37%"),
        (1, 84_200, ""),
        (0, 10, "0%"),
        (10, 10, "100%"),
        (99_999, 100_000, ""),
        (1, 2, "50%"),
        (1, 0, ""),
    ],
)
def test_a_share_is_left_out_where_rounding_would_lie(part: int, whole: int, shown: str) -> None:
    assert share(part, whole, "en") == shown


def test_persian_numbers() -> None:
    assert share(312, 84_200, "fa") == "۰٫۳۷٪"
    assert number(1_234, "fa") == "۱٬۲۳۴"
    assert numerals("3.2.0", "fa") == "۳.۲.۰"
    assert numerals("v3", "fa") == "v3"
