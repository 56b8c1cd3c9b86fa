"""The index of people, and that a column is searched once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from governance.rules.batch import Batch
from governance.rules.people.tokens import find_subjects
from governance.rules.scope import Scope
from governance.sources import open_source
from tests.rules.conftest import AS_OF, KEYS, column, contract, policy

TOKENS = ("id_token", "mobile_token", "email_token", "name_token")
NAME, MOBILE = "سارا احمدی", "+989121234567"
MOMENT = "timestamp"
PEOPLE = contract(
    "people",
    column("person", "integer", category="user.unique_id"),
    column("name", classification="confidential"),
    column("mobile", classification="restricted", category="user.contact"),
    column("mobile_token", classification="confidential", category="user.contact"),
)
REQUESTS = contract(
    "subject_requests",
    *(column(name) for name in ("request_id", "right", *TOKENS, "old_token")),
    column("digest_tokens", "array"),
    column("fulfilled_at", MOMENT),
)
TOKEN = KEYS.token


def request(right: str, done: datetime | None, **more: Any) -> dict[str, Any]:
    empty = dict.fromkeys((*TOKENS, "old_token", "digest_tokens"))
    return {"request_id": right, "right": right, **empty, "fulfilled_at": done, **more}


def scope(requests: list[dict[str, Any]], *, keyed: bool = True) -> Scope:
    made = policy(PEOPLE, REQUESTS)
    people = {"person": [1], "name": [NAME], "mobile": ["sealed"], "mobile_token": [TOKEN(MOBILE)]}
    tables: dict[str, Any] = {"people": pa.table(people)}
    if requests:
        tables["subject_requests"] = pa.Table.from_pylist(requests)
    return Scope(made, open_source(tables, made.tables), KEYS if keyed else None, AS_OF)


def of(column: str, value: Any) -> dict[str, Any]:
    return {f"{column}_token": value}


def origins(*requests: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    found = find_subjects(scope(list(requests)))
    assert found is not None
    return dict(found.known.tokens)


def test_people_of_today() -> None:
    assert origins() == {
        TOKEN(NAME): ("current:people.name",),
        TOKEN(MOBILE): ("current:people.mobile",),
    }


def test_people_who_were_erased_by_now() -> None:
    now, later = AS_OF, AS_OF + timedelta(seconds=1)
    reference = KEYS.reference("subject_requests", "erasure")
    found = origins(
        request("erasure", now, **of("email", "e"), **of("name", TOKEN(NAME)), digest_tokens=["d"]),
        request("erasure", later, **of("email", "later")),
        request("erasure", None, **of("email", "never")),
        request("access", now, **of("email", "access")),
    )
    assert found["e"] == found["d"] == (f"erased:{reference}",)
    assert found[TOKEN(NAME)] == ("current:people.name", f"erased:{reference}")
    assert not {"later", "never", "access"} & found.keys()


def test_values_that_were_rectified_by_now() -> None:
    found = origins(
        request("rectification", datetime(2025, 1, 1, tzinfo=UTC), **of("old", "old"), **of("mobile", "kept"))
    )
    assert found["old"] == ("rectified:" + KEYS.reference("subject_requests", "rectification"),)
    assert "kept" not in found


def test_nobody_is_known_without_keys() -> None:
    assert find_subjects(scope([], keyed=False)) is None


def test_the_index_is_made_once_and_a_column_searched_once() -> None:
    shared = scope([])
    found = find_subjects(shared)
    assert found is not None
    assert find_subjects(shared) is found
    batch = Batch(pa.record_batch({"a": [NAME, "x"], "b": ["y", MOBILE]}))
    first = found.search(batch, "a")
    assert found.search(batch, "a") is first
    assert (first.rows.tolist(), first.origins) == ([0], (("current:people.name",),))
    assert found.search(batch, "b").kinds == ("phone_number",)
    assert found.search(Batch(pa.record_batch({"a": ["z"]})), "a").rows.tolist() == []
