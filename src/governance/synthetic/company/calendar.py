"""The times of events: registrations that accelerate over the years, and a daily curve of activity in local time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
from persiantools.jdatetime import JalaliDate

from governance.synthetic.draws import Floats, Ints
from governance.synthetic.recipe import Recipe

LOCAL = timezone(timedelta(hours=3.5))  # Iran, without summer time since 2022
DAY = 86_400_000_000  # microseconds
_MARGIN = 1_000_000
# Activity by local hour: quiet at night, a first hill at noon, the higher one before midnight.
_BY_HOUR = (5, 3, 2, 1, 1, 1, 2, 3, 5, 6, 7, 7, 8, 7, 7, 6, 6, 7, 8, 9, 11, 13, 13, 9)


def _day_curve() -> Floats:
    """Share of a UTC day's activity before each half hour."""
    offset = int(LOCAL.utcoffset(None) / timedelta(minutes=30))
    weights = [_BY_HOUR[(half + offset) % 48 // 2] for half in range(48)]
    return np.concatenate([[0.0], np.cumsum(weights) / sum(weights)])


_CURVE = _day_curve()
_HALF_HOURS = np.arange(49) / 48


def microseconds(moment: datetime) -> int:
    """Since 1970, exact."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The spans of a world, in microseconds since 1970; `until` is excluded everywhere."""

    registered_from: int
    period_from: int
    until: int

    @classmethod
    def of(cls, recipe: Recipe) -> Calendar:
        return cls(*(microseconds(t) for t in (recipe.registered_from, recipe.period_from, recipe.as_of)))

    def in_period(self, share: Floats, *, spare: int = 0) -> Ints:
        """Shares of the period's activity as moments, rising; `spare` microseconds at the end stay free."""
        linear = self.period_from + share * (self.until - spare - self.period_from)
        return np.minimum(_by_day(linear, self.until), self.until - spare - 1)

    def share_of(self, moment: int) -> float:
        """The share of the period's activity before a moment."""
        return float(_evenly(np.array([moment]), self.until)[0] - self.period_from) / (self.until - self.period_from)

    def registration(self, share: Floats) -> Ints:
        """The registration times of users by share, ascending; after a share t of the span, t² have registered."""
        # A square root is rounded alike on every machine, unlike powers in general.
        linear = self.registered_from + np.sqrt(share) * (self.until - self.registered_from)
        return np.minimum(_by_day(linear, self.until), self.until - 1)

    def registered(self, moment: Ints) -> Floats:
        """The share of users that had certainly registered by a moment: the inverse, with a second to spare."""
        linear = _evenly(moment, self.until) - self.registered_from - _MARGIN
        return np.square(np.clip(linear / (self.until - self.registered_from), 0, 1))

    def jalali_days(self) -> dict[int, str]:
        """Local day number since 1970 to its Jalali date, for every day of the period."""
        first, last = (int(local_days(np.array([t]))[0]) for t in (self.period_from, self.until))
        days = {n: date(1970, 1, 1) + timedelta(days=n) for n in range(first, last + 1)}
        return {n: JalaliDate(day).strftime("%Y%m%d") for n, day in days.items()}  # type: ignore[no-untyped-call]


def local_days(moment: Ints) -> Ints:
    """Local day numbers since 1970."""
    return (moment + int(LOCAL.utcoffset(None) / timedelta(microseconds=1))) // DAY


def _by_day(linear: Floats, end: int) -> Ints:
    """Moments that are busy at the hours of people; the last day, which `end` may cut short, holds all of its own."""
    day, part = np.divmod(linear / DAY, 1)
    last, hours, busy = _last_day(end)
    within = np.interp(np.where(day == last, part / hours * busy, part), _CURVE, _HALF_HOURS)
    return (day * DAY).astype(np.int64) + (within * DAY).astype(np.int64)


def _evenly(moment: Ints, end: int) -> Floats:
    """The inverse of `_by_day`."""
    day = moment // DAY
    last, hours, busy = _last_day(end)
    within = np.interp((moment - day * DAY) / DAY, _HALF_HOURS, _CURVE)
    found: Floats = day * DAY + np.where(day == last, within / busy * hours, within) * DAY
    return found


def _last_day(end: int) -> tuple[int, float, float]:
    """The day in which a span ends, how much of it has passed by then, and the share of its activity."""
    day, rest = divmod(end, DAY)
    hours = rest / DAY or 1.0
    return day, hours, float(np.interp(hours, _HALF_HOURS, _CURVE))
