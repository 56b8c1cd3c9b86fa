"""One person's data: found wherever it stands, erased or not, and copied out for them alone."""

from __future__ import annotations

import csv
import json
import shutil
import stat
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from governance.cli.main import main
from governance.detection import LONGEST_CELL
from governance.encryption.keys import load_keys
from governance.errors import UsageError
from governance.planning.checks import Plan
from governance.subjects import DataPlace, export_subject, find_subject, place_lines
from governance.synthetic import Dataset, load_recipe
from governance.synthetic.company.tables import people
from governance.synthetic.company.world import EXPORTED, World
from tests.conftest import PROJECT, ROWS

PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


@pytest.fixture(scope="module")
def world(plan: Plan) -> World:
    recipe = load_recipe(PROJECT / "synthetic_data" / "recipe.yaml")
    return World.of(plan.policy, recipe, seed=recipe.seed, users=ROWS)


def rows(dataset: Dataset, table: str) -> list[dict[str, Any]]:
    return list(pq.read_table(dataset.data / f"{table}.parquet").to_pylist())


def ghost(dataset: Dataset, world: World) -> tuple[str, str]:
    """The mobile number of somebody who was erased, and their id."""
    done = [r for r in rows(dataset, "subject_requests") if r["right"] == "erasure" and r["fulfilled_at"]]
    tokens = {row["mobile_token"] for row in done}
    for number in range(people.ERASED, people.ERASED + 200):
        who = np.array([number])
        mobile = people.mobiles(world, who)[0]
        if world.keys.token(mobile) in tokens:
            return mobile, str(people.user_ids(who)[0])
    raise AssertionError("nobody was erased")


def test_of_an_erased_person_nothing_is_found_but_what_is_kept(clean_world: Dataset, world: World) -> None:
    for written in ghost(clean_world, world):
        found = find_subject(written, clean_world.data, keys=clean_world.keys, project=PROJECT)
        assert (found.known, found.places, found.requests) == (False, (), 1)
        assert {place.table for place in found.kept} == {"subject_requests"}
        assert list(place_lines(found))[-1] == "found: nothing; 1 request of theirs"


def test_one_number_in_hex_in_a_review_is_found_by_table_and_column(
    clean_world: Dataset, world: World, tmp_path: Path
) -> None:
    mobile, number = ghost(clean_world, world)
    data = Path(shutil.copytree(clean_world.data, tmp_path / "data"))
    reviews = pq.read_table(data / "reviews.parquet")
    bodies = reviews["body"].to_pylist()
    bodies[7] = f"ref {('0' + mobile.removeprefix('+98')).encode().hex()}"
    place = reviews.schema.names.index("body")
    pq.write_table(reviews.set_column(place, "body", pa.array(bodies)), data / "reviews.parquet")
    for written in (mobile, number, "0098" + mobile.removeprefix("+98"), mobile.translate(PERSIAN)):
        found = find_subject(written, data, keys=clean_world.keys, project=PROJECT)
        assert found.places == (DataPlace("reviews", "body", 1, ("phone_number",)),)
        assert next(iter(place_lines(found))) == "reviews.body: 1 row (phone_number)"


def test_cells_too_long_to_be_searched_are_named_beside_what_was_found(
    clean_world: Dataset,
    world: World,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mobile, _ = ghost(clean_world, world)
    data = Path(shutil.copytree(clean_world.data, tmp_path / "data"))
    reviews = pq.read_table(data / "reviews.parquet")
    bodies = reviews["body"].to_pylist()
    bodies[3:5] = [mobile, "x" * (LONGEST_CELL + 1)]
    place = reviews.schema.names.index("body")
    pq.write_table(reviews.set_column(place, "body", pa.array(bodies)), data / "reviews.parquet")
    keys = ["--keys", str(clean_world.keys), "--project", str(PROJECT)]
    monkeypatch.setattr(sys, "argv", ["governance", "subject", "find", mobile, "--data", str(data), *keys])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr().out.splitlines()
    assert ended.value.code == 2
    assert told[0] == "reviews.body: 1 row (phone_number)"
    assert "not searched: 1 cell of more than 4,194,304 bytes in reviews.body" in told


def test_a_living_person_is_found_in_every_table_with_their_rows(clean_world: Dataset, world: World) -> None:
    user = rows(clean_world, "users")[0]
    mobile = people.mobiles(world, np.array([user["user_id"] - 100_001]))[0]
    found = find_subject(f"tel:{mobile}", clean_world.data, keys=clean_world.keys, project=PROJECT)
    counts = {(place.table, place.column): place.rows for place in found.places}
    assert found.known
    assert counts["users", "mobile"] == counts["users", "user_id"] == counts["users", "mobile_token"] == 1
    bought = [r for r in rows(clean_world, "transactions") if r["user_id"] == user["user_id"]]
    assert counts.get(("transactions", "user_id"), 0) == len(bought)
    assert mobile not in "\n".join(place_lines(found))


def test_an_export_is_whole_private_and_of_nobody_else(clean_world: Dataset, world: World, tmp_path: Path) -> None:
    keys = load_keys(clean_world.keys)
    asked = [r for r in rows(clean_world, "subject_requests") if r["right"] == "access" and r["fulfilled_at"]]
    users = {keys.token(f"user:{row['user_id']}"): row for row in rows(clean_world, "users")}
    user = users[asked[0]["id_token"]]
    out = tmp_path / "copies" / "export"
    counts = export_subject(str(user["user_id"]), clean_world.data, out, keys=clean_world.keys, project=PROJECT)
    # At least what the company itself once gave out.
    held = {r["table_name"]: r["row_count"] for r in rows(clean_world, "export_items")
            if r["request_id"] == asked[0]["request_id"]}  # fmt: skip
    assert set(counts) == set(EXPORTED) == set(held)
    assert all(counts[table] >= count for table, count in held.items())
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()} == {0o600}
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    (record,) = json.loads((out / "users.json").read_text("utf-8"))["rows"]
    mobile = people.mobiles(world, np.array([user["user_id"] - 100_001]))[0]
    assert (record["user_id"], record["mobile"]) == (user["user_id"], mobile)
    text = "".join(path.read_text("utf-8") for path in out.iterdir())
    assert not any(
        token in text for other in users.values() for token in (other["mobile_token"], other["email_token"]) if token
    )
    bought = json.loads((out / "transactions.json").read_text("utf-8"))["rows"]
    assert {row["user_id"] for row in bought} <= {user["user_id"]}
    index = json.loads((out / "export.json").read_text("utf-8"))
    assert {entry["table"]: entry["rows"] for entry in index["tables"]} == dict(counts)
    assert "books" in index["without_rows_of_people"]


def test_an_export_has_what_went_to_a_former_address(clean_world: Dataset, tmp_path: Path) -> None:
    """What the check of access requests expects: rows at a value that was theirs, until it was rectified."""
    keys = load_keys(clean_world.keys)
    users = {keys.token(f"user:{row['user_id']}"): row["user_id"] for row in rows(clean_world, "users")}
    change = next(
        row
        for row in rows(clean_world, "subject_requests")
        if row["field"] in {"mobile", "email"} and row["fulfilled_at"] and row["id_token"] in users
    )
    data = Path(shutil.copytree(clean_world.data, tmp_path / "data"))
    messages = pq.read_table(data / "messages.parquet")

    def exported(name: str) -> list[dict[str, Any]]:
        user = str(users[change["id_token"]])
        export_subject(user, data, tmp_path / name, keys=clean_world.keys, project=PROJECT)
        found: list[dict[str, Any]] = json.loads((tmp_path / name / "messages.json").read_text("utf-8"))["rows"]
        return found

    own = {row["message_id"] for row in exported("as it is")}
    others = [row for row in messages.to_pylist() if row["message_id"] not in own][:2]
    moved = {
        row["message_id"]: {**row, "address_token": change["old_token"], "sent_at": change["fulfilled_at"] + later}
        for row, later in zip(others, (timedelta(hours=-1), timedelta(hours=1)), strict=True)
    }
    edited = [moved.get(row["message_id"], row) for row in messages.to_pylist()]
    pq.write_table(pa.Table.from_pylist(edited, schema=messages.schema), data / "messages.parquet")
    assert {row["message_id"] for row in exported("moved")} == own | {others[0]["message_id"]}


def test_rows_at_a_former_address_are_found_and_exported(clean_world: Dataset, world: World, tmp_path: Path) -> None:
    data = Path(shutil.copytree(clean_world.data, tmp_path / "data"))
    users = {world.keys.token(f"user:{row['user_id']}"): str(row["user_id"]) for row in rows(clean_world, "users")}
    requests = pq.read_table(data / "subject_requests.parquet")
    asked = next(r for r in requests.to_pylist() if r["id_token"] in users)
    user, other = users[asked["id_token"]], next(one for one in users.values() if one != users[asked["id_token"]])
    changed, former = asked["received_at"] + timedelta(days=2), world.keys.token("+989350000001")
    change = asked | {"request_id": 9_999_999, "right": "rectification", "fulfilled_at": changed, "field": "mobile"}
    change |= {"old_token": former, "digest_tokens": None}
    wishes = pq.read_table(data / "subscriptions.parquet")
    moments = (changed - timedelta(days=1), changed, changed + timedelta(microseconds=1))  # the last may be another's
    added = [wishes.to_pylist()[0] | {"event_id": 9_999_990 + n, "occurred_at": at, "address_token": former}
             for n, at in enumerate(moments)]  # fmt: skip

    def counted(out: str, who: str) -> tuple[int, int]:
        held = export_subject(who, data, tmp_path / out, keys=clean_world.keys, project=PROJECT)["subscriptions"]
        places = find_subject(who, data, keys=clean_world.keys, project=PROJECT).places
        return held, sum(p.rows for p in places if (p.table, p.column) == ("subscriptions", "address_token"))

    pq.write_table(
        pa.concat_tables([wishes, pa.Table.from_pylist(added, wishes.schema)]), data / "subscriptions.parquet"
    )
    before, others = counted("before", user), counted("other's", other)
    pq.write_table(
        pa.concat_tables([requests, pa.Table.from_pylist([change], requests.schema)]), data / "subject_requests.parquet"
    )
    assert counted("after", user) == (before[0] + 2, before[1] + 2)
    assert counted("still other's", other) == others


def test_no_cell_of_an_export_is_a_formula(clean_world: Dataset, tmp_path: Path) -> None:
    data = Path(shutil.copytree(clean_world.data, tmp_path / "data"))
    reviews = pq.read_table(data / "reviews.parquet")
    place = reviews.schema.names.index("body")
    bodies = ["=1+1", "\u200e@cmd", " +1", "\uff1dA1", "-2", "\tx", "خوب"] * (len(reviews) // 7 + 1)
    pq.write_table(reviews.set_column(place, "body", pa.array(bodies[: len(reviews)])), data / "reviews.parquet")
    for user in sorted({row["user_id"] for row in reviews.to_pylist()})[:5]:
        export_subject(str(user), data, tmp_path / str(user), keys=clean_world.keys, project=PROJECT)
        lines = list(csv.reader((tmp_path / str(user) / "reviews.csv").read_text("utf-8-sig").splitlines()))
        bodies = [line[lines[0].index("body")] for line in lines[1:]]
        assert all(body == "خوب" or body.startswith("'") for body in bodies)


def test_nobody_is_exported_by_mistake(clean_world: Dataset, world: World, tmp_path: Path) -> None:
    data, keys = clean_world.data, clean_world.keys
    out = tmp_path / "export"
    for written in ("somebody", "", ghost(clean_world, world)[0], "42"):
        with pytest.raises(UsageError, match="Expected"):
            export_subject(written, data, out, keys=keys, project=PROJECT)
    with pytest.raises(UsageError, match="keys"):
        export_subject("100001", data, out, project=PROJECT)
    assert list(tmp_path.iterdir()) == []
    out.mkdir()
    with pytest.raises(UsageError, match="new name"):
        export_subject("100001", data, out, keys=keys, project=PROJECT)
