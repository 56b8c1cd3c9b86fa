"""What a planted cell violates besides the rule that it was planted for: names and purposes that it overwrites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.synthetic.additions import Row

if TYPE_CHECKING:
    from governance.synthetic.planting.planter import Planter


def of_cell(planter: Planter, table: str, column: str, row: Row) -> tuple[str, ...]:
    """The checks that fire because this cell of a fresh row no longer says what it should."""
    fires = planter.fires
    match table, column:
        case "access_events", "table_name" | "column_name":
            return (
                *fires.of_column("authorised", row["table_name"], row["column_name"]),
                *fires.of_table("purposed", row["table_name"]),
            )
        case "access_events", "actor_id" | "purpose":
            return fires.of_table("purposed", row["table_name"])
        case "grants", "role":
            return fires.of_table("granted", table)
        case "transfers", "recipient":
            return (*fires.of_table("never_sold", table), *fires.of_table("minimal", row["payload"]))
        case "transfers", "payload" | "purpose":
            return fires.of_table("minimal", row["payload"])
        case "transfers", "protocol":
            return fires.of_table("protected_transport", table)
        case "transfers", "consideration" | "consideration_amount":
            return fires.of_table("never_sold", table)
        case "announcements", "policy_version" | "clauses":
            return fires.of_table("announced", table)
        case _, "transfer_id":
            return fires.of_table("minimal", table) if table != "transfers" else ()
        case _:
            return ()
