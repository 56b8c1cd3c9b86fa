"""The tables that can be made. Each module draws one table's rows: `draw(world, rng, index, share)`.

`index` counts rows from zero and decides the keys; `share`, from 0 to 1, is a row's position in its table's time.
Rows beyond a table's size can be drawn too: violations are planted in them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa

from governance.synthetic.company.tables import (
    access_events,
    announcements,
    books,
    export_items,
    grants,
    interactions,
    messages,
    reviews,
    shared_analytics,
    shared_email,
    shared_payment_gateway,
    shared_sms,
    subject_requests,
    subscriptions,
    transactions,
    transfers,
    users,
)
from governance.synthetic.company.world import World
from governance.synthetic.draws import Floats, Ints

Draw = Callable[[World, np.random.Generator, Ints, Floats], dict[str, pa.Array]]

TABLES: Mapping[str, Draw] = {
    "access_events": access_events.draw,
    "announcements": announcements.draw,
    "books": books.draw,
    "export_items": export_items.draw,
    "grants": grants.draw,
    "interactions": interactions.draw,
    "messages": messages.draw,
    "reviews": reviews.draw,
    "shared_analytics": shared_analytics.draw,
    "shared_email": shared_email.draw,
    "shared_payment_gateway": shared_payment_gateway.draw,
    "shared_sms": shared_sms.draw,
    "subject_requests": subject_requests.draw,
    "subscriptions": subscriptions.draw,
    "transactions": transactions.draw,
    "transfers": transfers.draw,
    "users": users.draw,
}
