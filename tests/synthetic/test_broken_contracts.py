"""The ledger names each planted row that breaks its contract, whatever it was planted for, and no other."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
import pytest

from governance.planning.checks import Plan
from governance.sources.typing import typed
from governance.synthetic import Recipe
from governance.synthetic.company.world import FIRST_KEY, World
from governance.synthetic.planting.broken_contracts import record_broken, sizes
from governance.synthetic.planting.company import new_row
from governance.synthetic.planting.everything import planters
from governance.synthetic.planting.planter import Planter


@pytest.fixture
def planter(policy_plan: Plan, recipe: Recipe) -> Planter:
    world = World.of(policy_plan.policy, recipe, seed=recipe.seed, users=50)
    return Planter(world, policy_plan, planters(policy_plan))


def told(planter: Planter) -> list[tuple[str, str | None, tuple[str, ...]]]:
    record_broken(planter, "a form", {})
    return [(entry.table, entry.row, entry.fires) for entry in planter.additions.entries]


@pytest.mark.parametrize(
    ("table", "column", "fine", "wrong"),
    [
        ("transactions", "status", " PAID", "unheard of"),
        ("transfers", "protocol", "tls v۱٫۳", "telepathy"),
        ("messages", "address_token", "0" * 64, None),
        ("messages", "address_token", "0" * 64, " \u200c"),
        ("reviews", "book_id", FIRST_KEY["books"], FIRST_KEY["books"] - 1),
        ("users", "email", None, None),
    ],
)
def test_a_row_is_named_for_the_cell_that_breaks_a_promise(
    planter: Planter, table: str, column: str, fine: object, wrong: object
) -> None:
    new_row(planter, table)[column] = fine
    broken = new_row(planter, table)
    broken[column] = wrong
    key = planter.key(table, broken)
    assert told(planter) == ([(table, key, (f"contracts-kept/{table}",))] if fine != wrong else [])


@pytest.mark.parametrize("cell", ["tls-v1_3", "TLSV1 3", "TLSv13", "-TLSv1.3", "TLSv1.3.", "T.L.S.v1.3", "TLS/v1.3"])
def test_the_ledger_and_the_rules_agree_on_a_spelling(planter: Planter, cell: str) -> None:
    new_row(planter, "transfers")["protocol"] = cell
    protocol = planter.contracts["transfers"].column("protocol")
    assert protocol is not None
    assert bool(told(planter)) == typed(pa.array([cell]), protocol).unknown.tolist()[0]


def test_each_row_of_a_shared_key_is_a_thing_of_its_own(planter: Planter) -> None:
    rows = [new_row(planter, "books") for _ in range(3)]
    rows[1]["book_id"] = rows[0]["book_id"]
    assert [row for _, row, _ in told(planter)] == [str(rows[0]["book_id"])] * 2
    assert len({entry.thing for entry in planter.additions.entries}) == 2


def test_nothing_twice_is_no_value_twice(planter: Planter) -> None:
    for _ in range(2):
        new_row(planter, "books")["isbn"] = None
    assert told(planter) == []
    for row in planter.additions.rows["books"]:
        row["isbn"] = "9789640000000"
    assert len(told(planter)) == 2


def test_a_reference_may_lead_to_another_added_row(planter: Planter) -> None:
    user = new_row(planter, "users")
    new_row(planter, "reviews")["user_id"] = user["user_id"]
    assert told(planter) == []


def test_rows_that_were_there_before_are_not_told_again(planter: Planter) -> None:
    new_row(planter, "transactions")["status"] = "unheard of"
    before = sizes(planter)
    new_row(planter, "transactions")
    record_broken(planter, "a form", before)
    assert not Counter(entry.table for entry in planter.additions.entries)
