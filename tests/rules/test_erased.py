"""Kind `erased`: whatever is left of somebody who was erased is found; what is of others, or newer, is not."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pytest

from governance.encryption.ciphers import AES_SIV
from governance.encryption.envelope import additional_data, seal
from governance.encryption.formats import FERNET_ALGORITHM
from governance.encryption.keys import Keyring
from governance.policy import Policy, Where
from governance.results import Evidence, Reason, RowReference, Verdict
from governance.rules.kinds.erased import Erased
from tests.rules.conftest import AS_OF, KEYS, SEALINGS, Seen, column, contract, emptied, policy, rule, sealed_with

T = datetime(2025, 6, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MOMENT = pa.timestamp("us", "UTC")
MOBILE, EMAIL, NAME, USER = "+989121234567", "sara.ahmadi7@mail.example", "سارا احمدی", "user:100009"
DIGESTS = [
    hashlib.new(kind, text.encode()).hexdigest()
    for text in ("100009", "09121234567", EMAIL)
    for kind in ("md5", "sha1", "sha256")
]
USERS = replace(
    contract(
        "users",
        column("user_id", "integer", category="user.unique_id"),
        column("name", classification="confidential"),
        column("mobile", classification="restricted", plaintext="phone_number", category="user.contact"),
        column("mobile_token", classification="confidential", category="user.contact"),
        column("registered_at", "timestamp", category="user.account"),
    ),
    event_time="registered_at",
)
REVIEWS = contract(
    "reviews", column("review_id", "integer"), column("user_id", "integer", references="users.user_id"), column("body")
)
REQUESTS = contract(
    "subject_requests",
    *(column(n) for n in ("request_id", "right", "id_token", "mobile_token", "email_token", "name_token")),
    column("old_token", classification="confidential"),
    column("digest_tokens", "array"),
    column("fulfilled_at", "timestamp"),
)
WHERE = Where(undeclared=True)


def made(*others: Any, **parameters: Any) -> Policy:
    contracts = others or (USERS, REVIEWS, REQUESTS)
    return policy(*contracts, rules=(rule("erased", Erased(**parameters), WHERE),))


def request(**changes: Any) -> dict[str, Any]:
    tokens = {"id_token": USER, "mobile_token": MOBILE, "email_token": EMAIL, "name_token": NAME}
    row: dict[str, Any] = {
        "request_id": "r1",
        "right": "erasure",
        "digest_tokens": [KEYS.token(digest) for digest in DIGESTS],
    }
    row |= {"old_token": None}
    return row | {name: KEYS.token(text) for name, text in tokens.items()} | {"fulfilled_at": T} | changes


def user(**changes: Any) -> dict[str, Any]:
    row = {"user_id": 100001, "name": "علی رضایی", "mobile": None, "mobile_token": KEYS.token("+989350000000")}
    return row | {"registered_at": T - 100 * DAY} | changes


def tables(
    bodies: Iterable[Any] = ("خوب بود",),
    *,
    requests: Iterable[dict[str, Any]] = (request(),),
    users: Iterable[dict[str, Any]] = (user(),),
) -> dict[str, pa.Table]:
    body = pa.array(list(bodies))
    asked = pa.schema(
        [
            *((c.name, pa.string()) for c in REQUESTS.columns[:-2]),
            ("digest_tokens", pa.list_(pa.string())),
            ("fulfilled_at", MOMENT),
        ]
    )
    people = pa.schema(
        [
            ("user_id", pa.int64()),
            *((n, pa.string()) for n in ("name", "mobile", "mobile_token")),
            ("registered_at", MOMENT),
        ]
    )
    return {
        "users": pa.Table.from_pylist(list(users), people),
        "reviews": pa.table({"review_id": range(len(body)), "user_id": [100001] * len(body), "body": body}),
        "subject_requests": pa.Table.from_pylist(list(requests), asked),
    }


def judged(
    data: dict[str, pa.Table], check: str = "erased/reviews", keys: Keyring | None = KEYS, **more: Any
) -> Evidence:
    return Seen(data, made(**more), keys)[check]


def test_of_somebody_erased_nothing_is_left() -> None:
    found = Seen(tables(), made())
    for check in ("erased/users", "erased/reviews", "erased/subject_requests", "erased/*"):
        assert found.verdict(check) == (Verdict.PASSED, Reason.HOLDS), check
    assert dict(found["erased/reviews"].facts) == {"erased_people": 1, "columns": 3}


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("شماره‌ام ۰۹۱۲ ۱۲۳ ۴۵۶۷ است", "phone_number"),
        ("00989121234567", "phone_number"),
        (b"09121234567".hex(), "phone_number"),
        (base64.b64encode(b"+989121234567").decode(), "phone_number"),
        (quote("?to=+989121234567"), "phone_number"),
        (EMAIL.upper(), "email_address"),
        ("سارا احمدي", "person_name"),
        ("نظر سارا احمدی: عالی", "person_name"),
        ("user_id=100009", "user_id"),
        (hashlib.sha256(b"09121234567").hexdigest(), "digest"),
        (hashlib.md5(b"100009", usedforsecurity=False).hexdigest().upper(), "digest"),
        (f"t={KEYS.token(MOBILE)}", "token"),
        (f"{NAME} 09121234567", "phone_number"),
    ],
)
def test_a_residue_is_found_in_any_form_and_named(written: str, problem: str) -> None:
    found = judged(tables(["خوب", written]))
    assert (found.problems, found.columns) == (((problem, 1),), (("body", 1),))
    assert found.rows == (RowReference(KEYS.reference("reviews", "1"), problem, "reviews"),)


@pytest.mark.parametrize(
    "written", ["09121234568", "شماره 9121234567", "sara.ahmadi@mail.example", "سارا", "100009", None]
)
def test_what_is_of_somebody_else_is_left_alone(written: str | None) -> None:
    found = judged(tables([written, "خوب"]))
    assert dict(found.problems) == ({"phone_number": 1} if written and "شماره" in written else {})


def test_rows_of_nobody_are_told_apart_and_a_residue_comes_first() -> None:
    data = tables(["خوب"] * 4)
    data["reviews"] = data["reviews"].set_column(1, "user_id", pa.array([100001, 100500, 100009, None]))
    found = judged(data)
    assert found.problems == (("orphan_key", 1), ("user_id", 1))
    assert found.columns == (("user_id", 2),)
    # Nobody's rows are nobody's without keys too; but then nobody can be looked for.
    keyless = Seen(data, made(), keys=None)
    assert keyless["erased/reviews"].problems == (("orphan_key", 2),)
    assert keyless.verdict("erased/users") == (Verdict.NOT_EVALUATED, Reason.NO_KEY)


def test_undeclared_columns_and_tables_are_searched_too() -> None:
    data = tables(["خوب"])
    data["reviews"] = data["reviews"].append_column("imported", pa.array([[{"to": "09121234567"}]]))
    data["backup"] = pa.table({"x": [EMAIL, "nothing"], "n": [1, 2]})
    found = Seen(data, made())
    assert found["erased/reviews"].columns == (("imported", 1),)
    rest = found["erased/*"]
    assert (rest.violations, rest.unit, rest.problems, rest.names) == (
        1,
        "tables",
        (("email_address", 1),),
        ("backup",),
    )


def test_the_record_of_the_request_keeps_tokens_and_nothing_else() -> None:
    data = tables()
    assert judged(data, "erased/subject_requests").violations == 0
    told = data["subject_requests"].append_column("note", pa.array([f"for {EMAIL}"]))
    assert judged(data | {"subject_requests": told}, "erased/subject_requests").problems == (("email_address", 1),)


def test_who_registers_again_has_new_rows_and_not_the_old_ones() -> None:
    same = KEYS.token(MOBILE)
    again = user(user_id=100777, mobile_token=same, registered_at=T + DAY)
    assert judged(tables(users=[user(), again]), "erased/users").violations == 0
    restored = user(user_id=100777, mobile_token=same, registered_at=T - DAY)
    assert judged(tables(users=[user(), restored]), "erased/users").problems == (("token", 1),)


def test_a_name_that_somebody_living_bears_says_nothing() -> None:
    namesake = user(user_id=100777, name=NAME)
    assert judged(tables([f"نظر {NAME}"], users=[user(), namesake])).violations == 0


def test_a_value_that_was_put_right_is_for_another_kind_to_tell() -> None:
    asked = request(right="rectification", old_token=KEYS.token(MOBILE))
    found = judged(tables(["با ۰۹۱۲۱۲۳۴۵۶۷ تماس بگیرید", NAME], requests=[asked]))
    assert (found.violations, found.unproven) == (0, None)
    assert dict(found.facts)["erased_people"] == 0


@pytest.mark.parametrize("algorithm", SEALINGS)
def test_a_sealed_value_without_a_token_is_opened_in_any_format(algorithm: str) -> None:
    for row, problems in (("100001", (("phone_number", 1),)), ("100002", ())):
        value = sealed_with(algorithm, MOBILE, "users", "mobile", row)
        moves = algorithm in {AES_SIV, FERNET_ALGORITHM}  # bound to no row
        data = tables(users=[user(mobile=value, mobile_token=None)])
        assert judged(data, "erased/users").problems == ((("phone_number", 1),) if moves else problems)
        data = tables(users=[user(mobile=value, mobile_token=KEYS.token("somebody else's"))])
        told = judged(data, "erased/users").problems
        assert told == ((("phone_number", 1),) if moves else problems), "a token of another value hides nothing"
        data = tables(users=[user(mobile=value, mobile_token=KEYS.token(MOBILE))])
        assert judged(data, "erased/users").problems == (("token", 1),), "its own token says whose it is"


def test_a_sealed_value_that_does_not_open_is_nobody_s() -> None:
    bound = additional_data("users", "mobile", "100001")
    sealed = seal(MOBILE, key=bytes(32), kid="k1", nonce=bytes(12), bound_to=bound)
    for value in (sealed, "09121234567"):
        data = tables(users=[user(mobile=value, mobile_token=None)])
        assert judged(data, "erased/users").problems == (("phone_number", 1),)
    foreign = seal("+989350000000", key=bytes(32), kid="k1", nonce=bytes(12), bound_to=bound)
    for value in (foreign, sealed[:-4], "enc:nothing", sealed.replace("k1", "k0")):
        assert judged(tables(users=[user(mobile=value, mobile_token=None)]), "erased/users").violations == 0


@pytest.mark.parametrize(
    "changes", [{"right": "access"}, {"fulfilled_at": None}, {"fulfilled_at": AS_OF + DAY}], ids=str
)
def test_only_who_was_erased_by_now_is_looked_for(changes: dict[str, Any]) -> None:
    assert judged(tables([EMAIL], requests=[request(**changes)])).violations == 0


def test_what_was_not_searched_for_is_not_evaluated() -> None:
    data = tables()
    check = "erased/reviews"
    nobody = dict.fromkeys(("id_token", "mobile_token", "email_token", "name_token"))
    assert Seen(tables(requests=[request(**nobody)]), made()).verdict(check)[1] is Reason.INCOMPLETE
    assert Seen(tables(requests=[]), made()).verdict(check) == (Verdict.NOT_EVALUATED, Reason.NO_ROWS)
    assert Seen(tables(requests=[]), made(USERS, REVIEWS, emptied(REQUESTS))).verdict(check)[0] is Verdict.PASSED
    less = {name: table for name, table in data.items() if name != "subject_requests"}
    assert Seen(less, made()).verdict(check) == (Verdict.NOT_EVALUATED, Reason.MISSING_TABLE)
    less["subject_requests"] = data["subject_requests"].drop_columns(["name_token"])
    assert Seen(less, made()).verdict(check) == (Verdict.NOT_EVALUATED, Reason.MISSING_COLUMN)
    text = (
        data["subject_requests"].drop_columns(["fulfilled_at"]).append_column("fulfilled_at", pa.array(["1404-03-20"]))
    )
    assert Seen(data | {"subject_requests": text}, made()).verdict(check) == (Verdict.NOT_EVALUATED, Reason.MISTYPED)
    for name in ("erased/*", "erased/users"):
        assert Seen(data, made(), keys=None).verdict(name) == (Verdict.NOT_EVALUATED, Reason.NO_KEY)
