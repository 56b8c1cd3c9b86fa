"""Rows that come with others: a shared row and its transfer, an item of an export with the rest and its request."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from governance.synthetic.additions import Row
from governance.synthetic.tables import people
from governance.synthetic.world import EXPORTED, FIRST_KEY

if TYPE_CHECKING:
    from governance.synthetic.planting.planter import Planter

_ANSWERED, _FULFILLED = timedelta(hours=5), timedelta(hours=20)


def newcomer(planter: Planter) -> int:
    """The number of a fresh user, of whom no other table knows anything."""
    return int(planter.new_row("users")["user_id"]) - FIRST_KEY["users"]


def ask(planter: Planter, right: str, number: int) -> Row:
    """A fresh request of somebody by number, answered and fulfilled within a day; other tables are left as they are.

    Numbers from `people.ERASED` on are of nobody else; a rectification still needs its field and two tokens.
    """
    row = planter.new_row("subject_requests")
    who = np.array([number])
    world = planter.world
    received = min(row["received_at"], world.recipe.as_of - 2 * _FULFILLED)
    row.update(
        right=right,
        id_token=_one(people.id_tokens(world, who)),
        mobile_token=_one(people.tokens(world, people.mobiles(world, who))),
        email_token=_one(people.tokens(world, people.emails(world, who))),
        name_token=_one(people.name_tokens(world, who)),
        digest_tokens=people.digest_tokens(world, who)[0],
        received_at=received,
        answered_at=received + _ANSWERED,
        fulfilled_at=received + _FULFILLED,
        outcome="fulfilled",
    )
    return row


def export(planter: Planter) -> tuple[Row, list[Row]]:
    """A fresh user's request for access and the complete export: one row in users, none elsewhere."""
    number = newcomer(planter)
    request = ask(planter, "access", number)
    items = [planter.lone_row("export_items") for _ in EXPORTED]
    for item, table in zip(items, EXPORTED, strict=True):
        item.update(request_id=request["request_id"], subject_token=request["id_token"], table_name=table)
        item["row_count"] = int(table == "users")
    return request, items


def transfer(planter: Planter, payload: str, *, rows: int = 1) -> Row:
    """A fresh transfer of a payload, in order."""
    row = planter.new_row("transfers")
    sharing = planter.world.sharings[payload]
    row.update(payload=payload, recipient=sharing.recipient, purpose=sharing.purpose, row_count=rows)
    row["protocol"] = "TLSv1.3"
    return row


def _one(array: pa.Array) -> str | None:
    value: str | None = array[0].as_py()
    return value
