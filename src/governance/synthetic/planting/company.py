"""Adds rows with those that they need: a shared row and its transfer, an export and its request, an actor and grant."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from governance.synthetic.additions import Row
from governance.synthetic.company.shipping import PAYLOADS
from governance.synthetic.company.tables import people
from governance.synthetic.company.world import EXPORTED, FIRST_KEY
from governance.synthetic.planting.planter import Planter

_ANSWERED, _FULFILLED = timedelta(hours=5), timedelta(hours=20)
_LONG_BEFORE = timedelta(days=30)


def new_row(planter: Planter, table: str) -> Row:
    """A fresh row of a declared table, with the rows that it needs; change it in place.

    A shared row brings a transfer of its own, an item of an export the whole export and its request.
    """
    if table == "export_items":
        return export(planter)[1][0]
    row = planter.lone_row(table)
    if table in PAYLOADS and "transfers" in planter.contracts:
        carrier = transfer(planter, table, rows=1)
        row["transfer_id"], row["sent_at"] = carrier["transfer_id"], carrier["sent_at"]
    return row


def unload(planter: Planter, row: Row) -> None:
    """Take a fresh shared row off its transfer, which then carried nothing."""
    for carrier in planter.additions.rows["transfers"]:
        if carrier["transfer_id"] == row["transfer_id"]:
            carrier["row_count"] -= 1


def row_with(planter: Planter, table: str, column: str) -> Row:
    """A fresh row that holds a value in a column."""
    while True:
        row = new_row(planter, table)
        if row[column] is not None:
            return row


def hire(planter: Planter, role: str, begins: datetime, ends: datetime) -> str:
    """A new actor with one grant."""
    row = new_row(planter, "grants")
    row.update(role=role, valid_from=begins, valid_until=ends)
    return str(row["actor_id"])


def newcomer(planter: Planter) -> int:
    """The number of a fresh user, registered before any request, who occurs in no other table."""
    user = new_row(planter, "users")
    # An export holds the rows at its time, so nobody may register after their own.
    user["registered_at"] = min(user["registered_at"], planter.world.recipe.period_from - _LONG_BEFORE)
    return int(user["user_id"]) - FIRST_KEY["users"]


def ask(planter: Planter, right: str, number: int) -> Row:
    """A fresh request of a person by number, answered and fulfilled within a day; other tables stay unchanged.

    Numbers from `people.ERASED` on belong to nobody else; a rectification still needs its field and two tokens.
    """
    row = new_row(planter, "subject_requests")
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


def transfer(planter: Planter, payload: str, *, rows: int = 0) -> Row:
    """A fresh transfer of a payload, in order, that carried so many rows."""
    row = new_row(planter, "transfers")
    sharing = planter.world.sharings[payload]
    row.update(payload=payload, recipient=sharing.recipient, purpose=sharing.purpose, row_count=rows)
    row["protocol"] = "TLSv1.3"
    return row


def _one(array: pa.Array) -> str | None:
    value: str | None = array[0].as_py()
    return value
