"""The transfers of shared rows: each payload's rows go in transfers of a fixed number of rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from governance.synthetic.company.calendar import Calendar
from governance.synthetic.draws import Ints, uniform

PAYLOADS = ("shared_payment_gateway", "shared_sms", "shared_email", "shared_analytics")
_FIRST = 0.02  # of a payload's time so far, by which a transfer may be early


@dataclass(frozen=True, slots=True)
class Transfers:
    """Every transfer of a world by its row: which payload, which of that payload's transfers, when, how many rows."""

    payload: Ints
    number: Ints
    sent_at: Ints
    rows: Ints
    places: tuple[Ints, ...]  # by payload and number: the row


def ship(sizes: Mapping[str, int], size: int, calendar: Calendar, seed: int) -> Transfers:
    """The transfers of payloads of these sizes, `size` rows each, in the order of time."""
    totals = [sizes[table] for table in PAYLOADS]
    counts = [-(-total // size) for total in totals]
    payload = np.repeat(np.arange(len(PAYLOADS)), counts)
    number = np.concatenate([np.arange(count) for count in counts])
    total = np.array(totals)[payload]
    rows = np.minimum(size, total - number * size)
    share = (number * size + rows) / total * (1 - _FIRST * uniform(seed, "transfer", np.arange(len(number))))
    sent_at = calendar.in_period(share)
    order = np.argsort(sent_at, kind="stable")
    row_of = np.empty_like(order)
    row_of[order] = np.arange(len(order))
    ends = np.cumsum(counts)[:-1]
    return Transfers(payload[order], number[order], sent_at[order], rows[order], tuple(np.split(row_of, ends)))
