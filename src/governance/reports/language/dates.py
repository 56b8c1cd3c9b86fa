"""Moments in both calendars. Tehran has been UTC+3:30 all year since 1401, so no time zone database is needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from persiantools.jdatetime import MONTH_NAMES_EN, MONTH_NAMES_FA, JalaliDate

from governance.reports.language.digits import localise
from governance.results import Period

TEHRAN = timezone(timedelta(hours=3, minutes=30))


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment as a page shows it: `iso` for machines, the rest for people, in Tehran time."""

    iso: str
    jalali: str
    gregorian: str
    time: str


def moment(text: str, language: str) -> Moment:
    """A moment from ISO 8601 text; UTC if it names no zone."""
    parsed = datetime.fromisoformat(text)
    utc = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    local = utc.astimezone(TEHRAN)
    return Moment(
        iso=utc.replace(tzinfo=None).isoformat() + "Z",
        jalali=jalali(local.date(), language),
        gregorian=local.date().isoformat(),
        time=localise(f"{local:%H:%M}", language),
    )


def jalali(day: date, language: str) -> str:
    """A day of the Persian calendar, with the month's name."""
    persian = JalaliDate(day)  # type: ignore[no-untyped-call]
    names = MONTH_NAMES_FA if language == "fa" else MONTH_NAMES_EN
    written = f"{localise(str(persian.day), language)} {names[persian.month]} {localise(str(persian.year), language)}"
    return str(written)


def spanned(period: Period, language: str) -> tuple[str, str]:
    """A period in the Persian calendar, "" where that lacks such days, and as given."""
    found = list(dict.fromkeys((period.first, period.last)))
    try:
        persian = [jalali(date.fromisoformat(day), language) for day in found]
    except ValueError:
        persian = []
    return " – ".join(persian), " – ".join(found)
