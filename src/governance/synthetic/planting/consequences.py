"""What a planted cell violates besides the rule that it was planted for: names and purposes that it overwrites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.synthetic.additions import Row

if TYPE_CHECKING:
    from governance.synthetic.planting.planter import Planter


def of_cell(planter: Planter, table: str, column: str, row: Row, *, form: str) -> tuple[str, ...]:
    """The checks that fire because this cell of a fresh row no longer says what it should.

    What another row thereby violates is written down at once, under the same form.
    """
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
            return _of_rights(planter, table, column, row, form=form)


def _of_rights(planter: Planter, table: str, column: str, row: Row, *, form: str) -> tuple[str, ...]:
    """The same for visits, messages and requests, and for rows that refer to a user."""
    fires = planter.fires
    match table, column:
        case "messages", "purpose":
            return fires.of_table("opted_out", table)
        case "subscriptions", "action":
            # What isn't `subscribe` unsubscribes: of an address that nobody writes to.
            row["address_token"] = "0" * 64
            return ()
        case "subject_requests", "right":
            return fires.of_table("fulfilled", table, right="any")
        case "export_items", "request_id" | "subject_token" | "table_name" | "row_count":
            # The export that the item was part of is not what it should be either; its request came with it.
            asked = planter.additions.rows["subject_requests"][-1]
            spoilt = fires.of_table("fulfilled", "subject_requests", right="access")
            planter.record(form, "subject_requests", "", planter.key("subject_requests", asked), spoilt)
            return spoilt if column == "request_id" else ()
        case _, "device" | "os" | "browser":
            return fires.of_table("unlinkable", table)
        case _, "user_id" if table != "users":
            return fires.of_table("erased", table)
        case _:
            return ()
