from __future__ import annotations

import json
import re
import stat
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from governance.encryption.envelope import additional_data, parse, unseal
from governance.encryption.keys import load_keys
from governance.planning.checks import Plan
from governance.policy import Classification
from governance.synthetic import Dataset, Recipe

Worlds = Callable[[str], Dataset]
Read = Callable[[Dataset, str], list[dict[str, Any]]]
BINS = (
    "603799|589210|627353|585983|610433|991975|603769|903769|621986|622106|627884|639194|"
    "502229|639347|589463|504172|628023|603770|639217|627412|636214|606373"
)


@pytest.fixture(scope="session")
def clean(world_of: Worlds) -> Dataset:
    return world_of("clean")


def test_tables_and_columns_are_those_of_the_contracts(clean: Dataset, policy_plan: Plan) -> None:
    types = {
        "integer": pa.int64(),
        "timestamp": pa.timestamp("us", tz="UTC"),
        "date": pa.date32(),
        "array": pa.list_(pa.string()),
    }
    assert {path.stem for path in clean.data.glob("*.parquet")} == set(policy_plan.policy.tables)
    for contract in policy_plan.policy.contracts:
        schema = pq.read_schema(clean.data / f"{contract.table}.parquet")
        expected = [(column.name, types.get(column.logical_type, pa.string())) for column in contract.columns]
        assert list(zip(schema.names, schema.types, strict=True)) == expected


def test_sizes_follow_the_ratios(clean: Dataset) -> None:
    about = json.loads((clean.data / "dataset.json").read_text("utf-8"))
    counted = {path.stem: pq.read_metadata(path).num_rows for path in clean.data.glob("*.parquet")}
    assert about["tables"] == counted == dict(clean.tables)
    assert about["as_of"] == "2026-11-22T00:00:00+00:00"
    assert counted["transactions"] == 10 * counted["users"] == 3000


def test_primary_keys_are_unique(clean: Dataset, policy_plan: Plan, read: Read) -> None:
    for contract in policy_plan.policy.contracts:
        keys = [row[contract.primary_key] for row in read(clean, contract.table)]
        assert len(keys) == len(set(keys))


def test_nobody_acts_before_registering_and_nothing_happens_after_the_end(
    clean: Dataset, recipe: Recipe, read: Read
) -> None:
    registered = {row["user_id"]: row["registered_at"] for row in read(clean, "users")}
    books = {row["book_id"] for row in read(clean, "books")}
    assert max(registered.values()) < recipe.as_of
    for table, moment in {"transactions": "paid_at", "reviews": "created_at"}.items():
        for row in read(clean, table):
            assert row["book_id"] in books
            assert registered[row["user_id"]] <= row[moment]
            assert recipe.period_from <= row[moment] < recipe.as_of
    assert all(recipe.period_from <= row["occurred_at"] < recipe.as_of for row in read(clean, "interactions"))


def test_every_guarded_read_is_by_an_entitled_role_in_force(clean: Dataset, policy_plan: Plan, read: Read) -> None:
    policy = policy_plan.policy
    grants = read(clean, "grants")
    guarded = {Classification.CONFIDENTIAL, Classification.RESTRICTED}
    seen = set()
    for event in read(clean, "access_events"):
        column = policy.tables[event["table_name"]].column(event["column_name"])
        assert column is not None
        if column.classification in guarded:
            t, readers = event["occurred_at"], policy.readers(event["table_name"], event["column_name"])
            end = datetime.max.replace(tzinfo=UTC)
            held = [
                grant
                for grant in grants
                if grant["actor_id"] == event["actor_id"]
                and grant["role"] in readers
                and grant["valid_from"] <= t < (grant["valid_until"] or end)
            ]
            assert held
            seen.add(any(grant["valid_from"] == t for grant in held))
    assert seen == {True, False}
    assert {grant["role"] for grant in grants} == {role.id for role in policy.roles}


def test_some_grants_are_renewed_back_to_back_and_some_have_expired(clean: Dataset, recipe: Recipe, read: Read) -> None:
    grants = read(clean, "grants")
    begins = {(grant["actor_id"], grant["role"], grant["valid_from"]) for grant in grants}
    ends = {(grant["actor_id"], grant["role"], grant["valid_until"]) for grant in grants}
    assert begins & ends
    assert any(grant["valid_until"] and grant["valid_until"] < recipe.period_from for grant in grants)


def test_envelopes_open_in_their_own_row_and_column_only(clean: Dataset, read: Read) -> None:
    ring = load_keys(clean.keys)
    rows = read(clean, "users")
    nonces = set()
    for row, following in zip(rows, rows[1:] + rows[:1], strict=True):
        for column, other in (("mobile", "email"), ("email", "mobile")):
            if row[column] is None:
                assert column == "email"
                assert row["email_token"] is None
                continue
            envelope = parse(row[column])
            assert envelope is not None
            key = ring.data_keys[envelope.kid]
            plaintext = unseal(envelope, key=key, bound_to=additional_data("users", column, str(row["user_id"])))
            assert plaintext is not None
            assert row[f"{column}_token"] == ring.token(plaintext.decode())
            assert re.fullmatch(rb"\+989[0-9]{9}" if column == "mobile" else rb"[a-z.0-9]+@[a-z]+\.example", plaintext)
            for wrong in ((column, following["user_id"]), (other, row["user_id"])):
                assert unseal(envelope, key=key, bound_to=additional_data("users", wrong[0], str(wrong[1]))) is None
            nonces.add(envelope.nonce)
    assert len(nonces) == sum(row[column] is not None for row in rows for column in ("mobile", "email"))
    without = sum(row["email"] is None for row in rows)
    assert 10 <= without <= 60


def test_keys_are_private(clean: Dataset) -> None:
    assert stat.S_IMODE(clean.keys.stat().st_mode) == 0o600


def test_no_visit_leads_to_a_user(clean: Dataset, read: Read) -> None:
    rows = read(clean, "interactions")
    elsewhere = (clean.out / "data" / "users.parquet").read_bytes()
    sessions = {row["session_id"] for row in rows}
    assert len(rows) / 8 < len(sessions) < len(rows) / 3
    assert not any(session.encode() in elsewhere for session in list(sessions)[:200])
    for family in ("device", "os", "browser"):
        assert len({row[family] for row in rows}) <= 4


def test_no_cell_of_the_clean_world_holds_an_iranian_card(clean: Dataset, read: Read) -> None:
    for table in clean.tables:
        for row in read(clean, table):
            for value in row.values():
                assert not _cards(value), f"a card number in {table}"


def test_order_numbers_look_like_cards(clean: Dataset, read: Read) -> None:
    rows = read(clean, "transactions")
    orders = {row["order_number"] for row in rows}
    assert len(orders) == len(rows)
    assert all(re.fullmatch("14050[89][0-3][0-9]{9}", order) for order in orders)


def _cards(value: Any) -> list[str]:
    text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in str(value))
    packed = re.sub(r"[\s\-_.\u200c\u200e\u2013\u2067\u2069]", "", text)
    windows = [packed[n : n + 16] for n in range(len(packed) - 15) if re.match(BINS, packed[n:])]
    return [window for window in windows if re.fullmatch("[0-9]{16}", window) and luhn(window)]


def luhn(number: str) -> bool:
    doubled = [int(d) * (2 - n % 2) for n, d in enumerate(number)]
    return sum(d // 10 + d % 10 for d in doubled) % 10 == 0
