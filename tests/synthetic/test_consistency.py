"""The tables of a clean world tell one story."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from governance.encryption.envelope import additional_data, parse, unseal
from governance.encryption.keys import load_keys
from governance.planning.checks import Plan
from governance.spelling import normalise
from governance.synthetic import Dataset, Recipe

Rows = list[dict[str, Any]]
Worlds = Callable[[str], Dataset]
Read = Callable[[Dataset, str], Rows]
SHARED = ("shared_payment_gateway", "shared_sms", "shared_email", "shared_analytics")


@pytest.fixture(scope="session")
def tables(world_of: Worlds, read: Read) -> dict[str, Rows]:
    world = world_of("clean")
    return {table: read(world, table) for table in world.tables}


@pytest.fixture(scope="session")
def opened(world_of: Worlds, tables: dict[str, Rows]) -> dict[str, tuple[int, dict[str, str]]]:
    """Each user's number and values, by tokens."""
    ring = load_keys(world_of("clean").keys)
    found = {}
    for row in tables["users"]:
        values = {"name": row["name"]}
        for column in ("mobile", "email"):
            if row[column] is not None:
                values[column] = _open(ring, "users", column, str(row["user_id"]), row[column])
                found[row[f"{column}_token"]] = (row["user_id"], values)
        found[ring.token(f"user:{row['user_id']}")] = (row["user_id"], values)
    return found


def test_nobody_is_written_to_before_registering(
    tables: dict[str, Rows], opened: dict[str, tuple[int, dict[str, str]]]
) -> None:
    registered = {row["user_id"]: row["registered_at"] for row in tables["users"]}
    for table, column, moment in (
        ("subscriptions", "address_token", "occurred_at"),
        ("messages", "address_token", "sent_at"),
        ("shared_sms", "mobile_token", "sent_at"),
        ("shared_email", "email_token", "sent_at"),
    ):
        for row in tables[table]:
            user, _ = opened[row[column]]
            assert registered[user] <= row[moment]


def test_offers_respect_the_latest_word(tables: dict[str, Rows]) -> None:
    said: defaultdict[tuple[str, str], list[tuple[datetime, str]]] = defaultdict(list)
    for event in tables["subscriptions"]:
        said[event["address_token"], event["channel"]].append((event["occurred_at"], event["action"]))
    offers = [row for row in tables["messages"] if row["purpose"].startswith("marketing")]
    spared = 0
    for row in tables["messages"]:
        before = [word for word in said[row["address_token"], row["channel"]] if word[0] <= row["sent_at"]]
        if before and max(before)[1] == "unsubscribe":
            assert row not in offers
            spared += 1
    assert len(offers) > 100
    assert spared > 3
    assert all(row["purpose"].endswith(f".{row['channel']}") for row in tables["messages"])


def test_every_transfer_is_agreed_and_carries_its_rows(tables: dict[str, Rows], policy_plan: Plan) -> None:
    agreed = {agreement.payload: agreement for agreement in policy_plan.policy.agreements}
    carried = {table: Counter(row["transfer_id"] for row in tables[table]) for table in SHARED}
    for transfer in tables["transfers"]:
        agreement = agreed[transfer["payload"]]
        assert transfer["recipient"] == agreement.recipient
        assert transfer["purpose"] in agreement.purposes
        assert agreement.valid_from <= transfer["sent_at"].date().isoformat() <= agreement.valid_until
        assert (transfer["consideration"], transfer["consideration_amount"]) == ("none", 0)
        assert carried[transfer["payload"]].pop(transfer["transfer_id"]) == transfer["row_count"]
    assert not any(carried.values())


def test_shared_orders_are_orders_already_paid(tables: dict[str, Rows]) -> None:
    orders = {row["order_number"]: row for row in tables["transactions"]}
    for row in tables["shared_payment_gateway"]:
        assert row["amount"] == orders[row["order_number"]]["amount"]
        assert orders[row["order_number"]]["paid_at"] <= row["sent_at"]


def test_shared_addresses_open_in_their_own_place(
    world_of: Worlds, tables: dict[str, Rows], opened: dict[str, tuple[int, dict[str, str]]]
) -> None:
    ring = load_keys(world_of("clean").keys)
    for table, column in (("shared_sms", "mobile"), ("shared_email", "email")):
        for row in tables[table]:
            value = _open(ring, table, column, str(row["payload_id"]), row[column])
            assert opened[row[f"{column}_token"]][1][column] == value


def test_every_group_of_devices_is_large(world_of: Worlds, read: Read) -> None:
    world = world_of("smallest clean")
    for table in ("interactions", "shared_analytics"):
        groups = defaultdict(set)
        for number, row in enumerate(read(world, table)):
            groups[row["device"], row["os"], row["browser"]].add(row.get("session_id", number))
        assert min(map(len, groups.values())) >= 10


def test_requests_are_answered_in_time(tables: dict[str, Rows], recipe: Recipe) -> None:
    rights = Counter(row["right"] for row in tables["subject_requests"])
    assert rights.keys() == {"access", "rectification", "erasure", "objection"}
    for row in tables["subject_requests"]:
        answered, done = row["answered_at"], row["fulfilled_at"]
        assert ((answered or recipe.as_of) - row["received_at"]).total_seconds() <= 2 * 86_400
        assert ((done or recipe.as_of) - row["received_at"]).total_seconds() <= 8 * 86_400
        assert done is None or answered <= done
        assert (row["right"] == "rectification") == (row["new_token"] is not None)


def test_rectified_values_stand_everywhere_and_erased_people_nowhere(
    world_of: Worlds, tables: dict[str, Rows], opened: dict[str, tuple[int, dict[str, str]]]
) -> None:
    ring = load_keys(world_of("clean").keys)
    known = set(opened) | {ring.token(normalise(row["name"]).casefold()) for row in tables["users"]}
    known |= {ring.token(normalise(row["author"]).casefold()) for row in tables["books"]}
    for row in tables["subject_requests"]:
        own = {row["id_token"], row["mobile_token"], row["name_token"]}
        if row["right"] == "erasure":
            assert not own & known
        else:
            user, values = opened[row["id_token"]]
            digest = hashlib.sha1(str(user).encode(), usedforsecurity=False).hexdigest()
            of_old = row["right"] == "rectification"
            assert (ring.token(digest) in row["digest_tokens"]) == (not of_old)
            forms = {"mobile": 5, "email": 1, "name": 1}[row["field"]] if of_old else 7 if "email" in values else 6
            assert len(row["digest_tokens"]) == 8 * forms
            assert ring.token(normalise(values["name"]).casefold()) == row["name_token"]
        if row["right"] == "rectification":
            assert row["new_token"] == row[f"{row['field']}_token"]
            assert row["old_token"] not in known


def test_exports_hold_what_there_was(tables: dict[str, Rows], opened: dict[str, tuple[int, dict[str, str]]]) -> None:
    access = {row["request_id"]: row for row in tables["subject_requests"] if row["right"] == "access"}
    seen = Counter(row["request_id"] for row in tables["export_items"])
    assert seen == dict.fromkeys(access, 7)
    for item in tables["export_items"]:
        request = access[item["request_id"]]
        user, _ = opened[item["subject_token"]]
        assert item["subject_token"] == request["id_token"]
        own = [row for row in tables[item["table_name"]] if _of(row, user, opened)]
        moment = next(name for name in (own or [{"none": 0}])[0] if name.endswith("_at") or name == "none")
        assert item["row_count"] == sum(row[moment] <= request["fulfilled_at"] for row in own)


def test_changes_are_announced_before_they_take_effect(tables: dict[str, Rows], policy_plan: Plan) -> None:
    first, *later = policy_plan.policy.history
    for version in later:
        said = [row for row in tables["announcements"] if row["policy_version"] == version.version]
        assert {row["channel"] for row in said} == {"web", "email", "app"}
        assert all(row["published_at"].date().isoformat() < version.effective for row in said)
        assert all(
            set(row["clauses"]) == {c for c, text in version.clauses.items() if first.clauses.get(c) != text}
            for row in said
        )
        first = version


def test_every_grant_ends(tables: dict[str, Rows]) -> None:
    assert all(row["valid_from"] < row["valid_until"] and row["ticket"] for row in tables["grants"])


def _of(row: dict[str, Any], user: int, opened: dict[str, tuple[int, dict[str, str]]]) -> bool:
    token = next((row[name] for name in ("address_token", "mobile_token", "email_token") if row.get(name)), "")
    return bool(row.get("user_id") == user or ("user_id" not in row and opened[token][0] == user))


def _open(ring: Any, table: str, column: str, key: str, value: str) -> str:
    envelope = parse(value)
    assert envelope is not None
    plaintext = unseal(envelope, key=ring.data_keys[envelope.kid], bound_to=additional_data(table, column, key))
    assert plaintext is not None
    return plaintext.decode()
