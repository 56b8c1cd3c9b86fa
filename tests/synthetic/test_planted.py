from __future__ import annotations

import base64
import html
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import unquote

import pyarrow.parquet as pq
import pytest

from governance.planning.checks import Plan
from governance.policy import Classification
from governance.synthetic import Dataset, LedgerEntry, Recipe, load_ledger
from governance.synthetic.company.world import SEALED, World
from governance.synthetic.planting import VALUES, plant, violations

Worlds = Callable[[str], Dataset]
Read = Callable[[Dataset, str], list[dict[str, Any]]]
BANK = {form.name for values in VALUES.values() if not values.category for form in (*values.forms, *values.replies)}


@pytest.fixture(scope="session")
def planted(world_of: Worlds) -> Dataset:
    return world_of("planted")


@pytest.fixture(scope="session")
def cells(planted: Dataset, policy_plan: Plan, read: Read) -> dict[tuple[str, str], dict[str, Any]]:
    """Rows by table and primary key."""
    keys = {contract.table: contract.primary_key for contract in policy_plan.policy.contracts}
    return {(table, str(row[key])): row for table, key in keys.items() for row in read(planted, table)}


def test_every_check_of_the_plan_is_violated(planted: Dataset, policy_plan: Plan) -> None:
    fired = planted.ledger.fired()
    assert fired.keys() == {check.id for check in policy_plan.checks if not check.rule.where.nowhere}


def test_every_violation_can_be_planted_alone(planted: Dataset, policy_plan: Plan, recipe: Recipe) -> None:
    world = World.of(policy_plan.policy, recipe, seed=recipe.seed, users=300)
    alone: Counter[tuple[str, str, str]] = Counter()
    for violation in (some for some in violations(policy_plan, world) if some.amend is None):
        entries = plant(policy_plan, world, [violation]).entries
        assert entries, violation.name
        assert all(violation.form == entry.form or "undeclared" in entry.form for entry in entries), violation.name
        alone.update((e.form, e.table, e.column) for e in entries)
    together = Counter((e.form, e.table, e.column) for e in planted.ledger.entries)
    assert alone.keys() == together.keys()
    assert all(alone[thing] == count for thing, count in together.items() if "undeclared" not in thing[0])


def test_every_form_of_bank_data_stands_in_free_text(planted: Dataset) -> None:
    free = {("transactions", "note"), ("transactions", "gateway_reply"), ("reviews", "body")}
    forms = {entry.form for entry in planted.ledger.entries if (entry.table, entry.column) in free}
    assert forms >= BANK


def test_every_sealed_column_holds_many_bad_ciphers(planted: Dataset) -> None:
    for place in ((table, column) for table, columns in SEALED.items() for column in columns):
        own = [e for e in planted.ledger.entries if (e.table, e.column) == place and e.form not in BANK]
        assert len({entry.form for entry in own}) >= 16


def test_ledger_rows_exist_exactly_once(planted: Dataset, policy_plan: Plan, read: Read) -> None:
    for contract in policy_plan.policy.contracts:
        counts = Counter(str(row[contract.primary_key]) for row in read(planted, contract.table))
        rows = {e.row for e in planted.ledger.entries if e.table == contract.table and e.row is not None}
        twice = {e.row for e in planted.ledger.entries if e.table == contract.table and e.copy}
        assert rows
        assert all(counts[row] == 1 + (row in twice) for row in rows)
        assert {row for row, count in counts.items() if count > 1} == twice


def test_columns_and_tables_of_the_ledger_exist(planted: Dataset, policy_plan: Plan) -> None:
    for entry in planted.ledger.entries:
        if entry.row is None:
            names = pq.read_schema(planted.data / f"{entry.table}.parquet").names
            declared = policy_plan.policy.tables.get(entry.table)
            assert (declared is None) == (entry.column == "")
            if declared:
                assert entry.column in names
                # The column of a key stands for a row without one.
                assert declared.column(entry.column) is None or entry.column in declared.key


def test_planted_rows_are_not_the_last(planted: Dataset, read: Read) -> None:
    order = [str(row["transaction_id"]) for row in read(planted, "transactions")]
    rows = {entry.row for entry in planted.ledger.entries if entry.table == "transactions"}
    places = [n for n, key in enumerate(order) if key in rows]
    assert places[0] < len(order) / 10
    assert sum(place < len(order) / 2 for place in places) > len(places) / 4


# Forms of which no cell shows a whole number.
PARTS = ("mask", "hidden digits", "shorten", "parts")


def test_card_numbers_pass_the_check_digit(planted: Dataset, cells: dict[tuple[str, str], dict[str, Any]]) -> None:
    whole = [
        e
        for e in planted.ledger.entries
        if e.form.startswith("card:") and e.row and e.column and not any(word in e.form for word in PARTS)
    ]
    issuers = set()
    assert len(whole) > 100
    for entry in whole:
        row = cells[entry.table, str(entry.row)]
        # In two columns, no cell holds the whole of a number.
        before = row["issuer_part"] if entry.form == "card: in two columns" else ""
        found = _numbers(f"{before}{row[entry.column]}" if before else row[entry.column])
        assert any(_luhn(number[:size]) for number in found for size in (15, 16)), entry.form
        issuers |= {number[:6] for number in found if _luhn(number[:16])}
    assert len(issuers) >= 10


def test_shebas_pass_their_check(planted: Dataset, cells: dict[tuple[str, str], dict[str, Any]]) -> None:
    own = [entry for entry in planted.ledger.entries if entry.form.startswith("sheba") and entry.column]
    assert own
    for entry in own:
        (number,) = _numbers(cells[entry.table, str(entry.row)][entry.column])
        assert int(number[2:] + "1827" + number[:2]) % 97 == 1


def test_a_card_in_a_sealed_column_is_no_ciphertext_either(planted: Dataset) -> None:
    own = [entry for entry in planted.ledger.entries if entry.column == "mobile" and entry.form in BANK]
    assert own
    assert all(len(entry.fires) == 2 for entry in own)


def test_shared_values_and_nonces_are_listed_with_both_rows(
    planted: Dataset, cells: dict[tuple[str, str], dict[str, Any]]
) -> None:
    for form, part in {"value copied from another row": slice(None), "nonce used twice": slice(0, 37)}.items():
        for table, column in ((table, column) for table, columns in SEALED.items() for column in columns):
            pair = [e for e in planted.ledger.entries if (e.form, e.table, e.column) == (form, table, column)]
            values = [cells[table, str(entry.row)][column] for entry in pair]
            assert len(values) == 2
            assert values[0][part] == values[1][part]


def test_reads_violate_exactly_where_the_ledger_says(planted: Dataset, policy_plan: Plan, read: Read) -> None:
    policy = policy_plan.policy
    grants = read(planted, "grants")
    emergency = {role.id for role in policy.roles if role.break_glass}
    guarded = {Classification.CONFIDENTIAL, Classification.RESTRICTED}

    def allowed(event: dict[str, Any]) -> bool:
        table = policy.tables.get(event["table_name"])
        column = table.column(event["column_name"]) if table else None
        if column is None or column.classification not in guarded:
            return column is not None
        readers = policy.readers(event["table_name"], event["column_name"])
        # An account that several people share is nobody's own.
        own = re.fullmatch("(staff|service|new)-[0-9]+", event["actor_id"] or "")
        return bool(own) and any(
            _holds(grant, event["actor_id"], event["occurred_at"])
            for grant in grants
            if grant["role"] in readers
            and (grant["role"] not in emergency or re.fullmatch("REQ-[0-9]{4}", grant["ticket"] or ""))
        )

    violating = {str(event["event_id"]) for event in read(planted, "access_events") if not allowed(event)}
    kinds = {check.id: check.rule.kind for check in policy_plan.checks}
    fired = {e.row for e in planted.ledger.entries if any(kinds[check] == "authorised" for check in e.fires)}
    assert violating == fired


def test_the_ledger_reads_back(planted: Dataset) -> None:
    assert load_ledger(planted.out / "ledger.json") == planted.ledger


def test_things_are_named_by_what_violates() -> None:
    row, column, table = (
        LedgerEntry("", "users", "name", "7", ()),
        LedgerEntry("", "users", "x", None, ()),
        LedgerEntry("", "y", "", None, ()),
    )
    assert [e.thing for e in (row, column, table)] == [("row", "users", "7"), ("column", "users", "x"), ("table", "y")]


def _holds(grant: dict[str, Any], actor: str, t: datetime) -> bool:
    begins, until = grant["valid_from"], grant["valid_until"]
    return bool(grant["actor_id"] == actor and begins is not None and begins <= t and (until is None or t < until))


def _numbers(value: Any) -> list[str]:
    """The long digit runs of a cell, after undoing what the forms do."""
    if isinstance(value, float):
        value = int(value)
    text = value.decode() if isinstance(value, bytes) else str(value)
    with suppress(ValueError):
        text = json.dumps(json.loads(text), ensure_ascii=False)
    text = html.unescape(unquote(text))
    text = re.sub("(?:3[0-9]){16}", lambda match: bytes.fromhex(match[0]).decode(), text)
    text = re.sub("eyJ[A-Za-z0-9+/]+=*", lambda match: base64.b64decode(match[0]).decode(), text)  # eyJ is {"
    folded = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    return re.findall("[0-9]{15,}", re.sub(r"(?<=[0-9])[ .\-\u00a0\u200c\u200e\u2013]+(?=[0-9])", "", folded))


def _luhn(number: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(number)):
        total += sum(divmod(int(digit) * (1 + place % 2), 10))
    return total % 10 == 0
