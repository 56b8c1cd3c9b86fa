"""The moments of a world: within its period, busy at the hours of people, and heaped up at no instant."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from governance.synthetic.company.calendar import DAY, Calendar

SHARES = np.arange(50_000) / 50_000


@pytest.mark.parametrize("hours", [0, 1, 6, 13.6, 20, 23.99])
def test_a_period_that_ends_within_a_day_heaps_nothing_up_at_its_end(hours: float) -> None:
    until = 20_000 * DAY + timedelta(hours=hours) // timedelta(microseconds=1)
    calendar = Calendar(until - 1100 * DAY, until - 30 * DAY, until)
    for moments in (calendar.in_period(SHARES), calendar.registration(SHARES)):
        assert (np.diff(moments) >= 0).all()
        assert moments[-1] < until
        assert np.unique(moments, return_counts=True)[1].max() == 1
    for share in (0.1, 0.5, 0.999):
        (moment,) = calendar.in_period(np.array([share]))
        assert calendar.share_of(int(moment)) == pytest.approx(share, abs=1e-9)
