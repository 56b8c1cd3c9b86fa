"""Kind `unlinkable`: no way from a visit to a person, declared or not, and nobody alone in the crowd."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import md5, sha256
from typing import Any
from urllib.parse import quote

import numpy as np
import pyarrow as pa
import pytest

from governance.encryption.keys import Keyring
from governance.policy import Policy, Where
from governance.policy.contract_quality import UNIQUE
from governance.policy.contracts import Quality
from governance.results import Evidence, Reason, RowReference, Verdict
from governance.rules.kinds.unlinkable import Unlinkable
from tests.rules.conftest import KEYS, Seen, column, contract, policy, retold, rule

CHECK = "unlinkable/visits"
TOKEN = KEYS.token("+989121234567")
USERS = contract(
    "users",
    column("user_id", "integer", category="user.unique_id"),
    column("mobile", classification="restricted", plaintext="phone_number"),
    column("mobile_token", classification="confidential"),
)
ORDERS = contract(
    "orders", column("order_id", "integer"), column("user_id", "integer", references="users.user_id"), column("note")
)
BOOKS = contract("books", column("book_id", "integer"))
VISITS = contract(
    "visits",
    column("visit_id", "integer"),
    column("session_id"),
    column("page"),
    column("device"),
    column("browser"),
    column("duration", "integer"),
)
ROWS = 12
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def made(visits: Any = VISITS, **more: Any) -> Policy:
    given: dict[str, Any] = {"k": 3, "columns": ("device", "browser")} | more
    parameters = Unlinkable(**given)
    return policy(USERS, ORDERS, BOOKS, visits, rules=(rule("unlinkable", parameters, Where(tables=("visits",))),))


def visits(**columns: list[Any]) -> dict[str, pa.Table]:
    """Three pages by each of four visits, all with the same device."""
    usual: dict[str, Any] = {
        "visit_id": list(range(ROWS)),
        "session_id": [f"v1{'abcd'[n // 3]}" for n in range(ROWS)],
        "page": ["/", "/search", "/book/1001"] * 4,
        "device": ["mobile"] * ROWS,
        "browser": ["Chrome"] * ROWS,
        "duration": list(range(90_000, 90_000 + ROWS)),
    }
    return {
        "users": pa.table(
            {"user_id": [100001, 100002, 90_001], "mobile": [None] * 3, "mobile_token": [TOKEN, None, None]}
        ),
        "orders": pa.table({"order_id": [20_000_001], "user_id": [100001], "note": ["all well"]}),
        "books": pa.table({"book_id": [1001]}),
        "visits": pa.table(usual | columns),
    }


def only(value: Any, row: int = 4) -> list[Any]:
    return [value if n == row else None for n in range(ROWS)]


def judged(tables: dict[str, pa.Table], made_policy: Policy | None = None, keys: Keyring | None = KEYS) -> Evidence:
    return Seen(tables, made_policy or made(), keys)[CHECK]


def test_visits_that_lead_nowhere_hold_and_show_the_sizes_of_the_smallest_groups() -> None:
    browsers = ["Chrome"] * 3 + ["Safari"] * 9
    found = Seen(visits(browser=browsers), made(k=1, columns=("device", "browser")))
    assert found.verdict(CHECK) == (Verdict.PASSED, Reason.HOLDS)
    assert {name: count for name, count in found[CHECK].facts if ":" not in name} == {
        "visits_counted": 4, "groups": 2, "groups_below_k": 0, "smallest_group": 1, "second_smallest_group": 3,
    }  # fmt: skip


def test_a_measured_number_leads_nowhere_though_its_file_holds_texts() -> None:
    texts = [str(duration) for duration in range(90_000, 90_000 + ROWS)]  # 90,001 is somebody's key as well
    assert judged(visits(duration=texts)) == judged(visits())
    assert not judged(visits()).violations


def test_a_text_where_a_number_is_declared_is_searched() -> None:
    assert judged(visits(duration=only("user 100001"))).problems == (("user_key", 1),)


def test_a_row_with_a_key_of_a_person_is_named() -> None:
    found = judged(visits(owner=only("100001")))
    assert (found.problems, found.columns) == ((("user_key", 1),), (("owner", 1),))
    assert found.rows == (RowReference(KEYS.reference("visits", "4"), "user_key", "visits"),)


@pytest.mark.parametrize(
    ("columns", "problem", "count"),
    [
        ({"owner": only(100001)}, "user_key", 1),
        ({"user_id": only("nobody's")}, "user_key", 1),
        ({"User_ID": [7] * ROWS}, "user_key", ROWS),
        ({"page": ["/"] * 11 + ["100002"]}, "user_key", 1),
        ({"page": ["/"] * 11 + ["/users/100002/orders"]}, "user_key", 1),
        ({"page": ["/"] * 11 + ["/list?uid=100001&x=1"]}, "user_key", 1),
        ({"page": ["/"] * 11 + ["/profile/۱۰۰۰۰۱"]}, "user_key", 1),
        ({"page": ["/"] * 11 + ["/user%2F100001"]}, "user_key", 1),
        ({"page": ["/"] * 11 + ["کاربر: ۱۰۰۰۰۱"]}, "user_key", 1),
        ({"tag": only(TOKEN)}, "person_token", 1),
        ({"page": ["/"] * 11 + [f"/mail/open?t={TOKEN}"]}, "person_token", 1),
        ({"ref": only("20000001")}, "joinable_id", 1),
        ({"ref": only(20_000_001)}, "joinable_id", 1),
    ],
)
def test_whatever_leads_to_a_person_is_found(columns: dict[str, Any], problem: str, count: int) -> None:
    assert judged(visits(**columns)).problems == ((problem, count),)


@pytest.mark.parametrize(
    "columns",
    [
        {"page": ["/"] * 11 + ["/users/200001"]},
        {"page": ["/"] * 11 + ["/book/100001"]},
        {"page": ["/"] * 11 + ["/users/1000019"]},
        {"page": ["/"] * 11 + ["/superusers90001"]},
        {"ref": only("1001")},
        {"ref": only(TOKEN[:-1])},
        # 90001 is somebody's key and somebody else's duration.
        {"duration": [*range(90_001, 90_001 + ROWS)]},
    ],
)
def test_what_only_looks_like_a_key_leads_nowhere(columns: dict[str, Any]) -> None:
    assert judged(visits(**columns)).violations == 0


PERSON = KEYS.token("user:100001")
ENVELOPE = "enc:v1:k7:MDEyMzQ1Njc4OWFi:" + urlsafe_b64encode(bytes(range(150, 200))).decode().rstrip("=")


def in_base64(token: str) -> str:
    return urlsafe_b64encode(bytes.fromhex(token)).decode().rstrip("=")


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        (f"/k/{PERSON}", "person_token"),
        (f"/k?t={PERSON.upper()}", "person_token"),
        (f"/k?t={in_base64(PERSON)}", "person_token"),
        (f"/k/{in_base64(TOKEN)}", "person_token"),
        (f"/k?k={in_base64(TOKEN)}=", "person_token"),
        (f"/k/{TOKEN[:32]}", "person_token"),
        (f"/k/{TOKEN[:16]}", "person_token"),
        (f"/k?m={ENVELOPE}", "joinable_id"),
        (f"/k?m={quote(ENVELOPE, safe='')}", "joinable_id"),
    ],
)
def test_a_cell_copied_out_of_a_row_about_a_person_leads_to_them(page: str, problem: str) -> None:
    data = visits(page=["/"] * 11 + [page])
    data["users"] = data["users"].set_column(1, "mobile", pa.array([ENVELOPE, None, None]))
    assert judged(data).problems == ((problem, 1),)
    data["users"] = data["users"].slice(2)
    data["orders"] = data["orders"].slice(0, 0)
    assert not judged(data).violations


def test_the_token_of_an_id_needs_the_key_that_makes_it() -> None:
    page = ["/"] * 11 + [f"/k/{KEYS.token('user:100009')}"]
    assert not judged(visits(page=page)).violations
    assert not judged(visits(page=["/"] * 11 + [f"/k/{PERSON}"]), keys=None).violations


GLUED = ("s-{}-1", "a-{}-b", "u_{}", "V{}", "{}.html", "id-{}.html", "s-1-{}", "kunde{}", "{}-x")


@pytest.mark.parametrize("form", GLUED)
def test_a_key_that_is_glued_to_a_word_or_sign_is_found(form: str) -> None:
    written = form.format(100001)
    assert judged(visits(page=["/"] * 11 + [f"/x/{written}"])).problems == (("user_key", 1),)
    assert judged(visits(tag=only(written))).problems == (("user_key", 1),)
    assert not judged(visits(page=["/"] * 11 + [f"/x/{form.format(200001)}"])).violations
    # Among many such numbers one is somebody's by accident.
    people = pa.table({"user_id": range(100_001, 102_001), "mobile": [None] * 2000, "mobile_token": [None] * 2000})
    drawn = [f"/x/{form.format(100_253 + n * 4_001)}" for n in range(200)]
    many = {name: [cells[0]] * 200 for name, cells in visits()["visits"].to_pydict().items()}
    many |= {"visit_id": list(range(200)), "page": drawn, "session_id": [f"v{n}" for n in range(200)]}
    assert not judged(visits() | {"users": people, "visits": pa.table(many)}).violations


@pytest.mark.parametrize(
    "page",
    [
        "/v/1.2.100001",
        "/v1.2.100001",
        "/x/100001.50",
        "/isbn/978-964-100001-3",
        "/x/978-964-100001-3",
        "/call/021-100001",
        "/log/2026-11-100001",
        "/log/20261130T100001Z",
        "/x/a9b100001",
        "/x/100001c3d",
        "/price-100001",
        "/book/some-title-100001",
        "/book/100001.html",
        "saved 100001 pages",
        "It was 100001. Then",
    ],
)
def test_a_number_that_is_part_of_another_or_of_what_is_public_leads_nowhere(page: str) -> None:
    assert not judged(visits(page=["/"] * 11 + [page])).violations


REQUESTS = contract(
    "subject_requests",
    column("request_id", "integer"),
    column("right"),
    column("id_token", classification="confidential"),
    column("fulfilled_at", "timestamp"),
)


@pytest.mark.parametrize("page", ["/u/{}", "/x/{}", "/x/s-{}-1", "/x/V{}", "/user/{}", "?uid={}"])
def test_the_id_of_an_erased_person_leads_to_them(page: str) -> None:
    whole = policy(USERS, ORDERS, BOOKS, VISITS, REQUESTS, rules=made().rules)
    asked = pa.table(
        {
            "request_id": [1],
            "right": ["erasure"],
            "id_token": [KEYS.token("user:300001")],
            "fulfilled_at": pa.array([datetime(2025, 1, 1, tzinfo=UTC)], pa.timestamp("us", "UTC")),
        }
    )
    data = visits(page=["/"] * 11 + [page.format(300001)]) | {"subject_requests": asked}
    assert judged(data, whole).problems == (("user_key", 1),)
    other = visits(page=["/"] * 11 + [page.format(300002)]) | {"subject_requests": asked}
    assert not judged(other, whole).violations
    right = asked.set_column(1, "right", pa.array(["access"]))
    assert not judged(data | {"subject_requests": right}, whole).violations


ORDER, AUTHORITY, SHORT = "1405080114050901", "A0000000000000000000w2y65bv2", "77"
LISTED = replace(
    ORDERS,
    columns=(
        *ORDERS.columns,
        column("number", unique=True, business_name="order number"),
        column("authority", unique=True),
        column("seat"),
        column("paid_at", "timestamp"),
    ),
    key=("order_id",),
)


def ordered(paid: Any = None, **columns: list[Any]) -> dict[str, pa.Table]:
    """The same visits beside two orders with numbers that no other order has."""
    numbers = {"order_id": [7, 20_000_002], "user_id": [100001, 100002], "note": [None, "all well"]}
    more = {"number": [ORDER, SHORT], "authority": [AUTHORITY, None], "seat": ["B-1200-77", None]}
    paid_at = pa.array([paid, None], pa.timestamp("us", "UTC"))
    return visits(**columns) | {"orders": pa.table({**numbers, **more, "paid_at": paid_at})}


def listed(visited: Any = VISITS) -> Policy:
    whole = made(visited)
    return replace(whole, contracts=tuple(LISTED if one.table == "orders" else one for one in whole.contracts))


@pytest.mark.parametrize(
    "page",
    [
        f"/order/{ORDER}",
        f"/pay/callback?Authority={AUTHORITY}&Status=OK",
        f"/pay/{AUTHORITY.lower()}",
        f"/receipt/{ORDER.translate(PERSIAN)}",
        f"/go?to=%2Fo%2F{ORDER}",
        f"/go?to=%252Fo%252F{ORDER}",
        f"/order/{ORDER[:4]}-{ORDER[4:8]}-{ORDER[8:12]}-{ORDER[12:]}",
        "/r/" + b64encode(ORDER.encode()).decode(),
        "/r/" + ORDER.encode().hex(),
        "/r/" + b64encode(b"20000002").decode(),
        '{"path": "/thanks", "order": "' + ORDER + '"}',
        f"/invoice{ORDER}.pdf",
        f"/r/{sha256(ORDER.encode()).hexdigest()}",
        f"/r?h={md5(AUTHORITY.encode(), usedforsecurity=False).hexdigest().upper()}",
        f"thanks for order no. {SHORT}!",
        f"/orders/{SHORT}",
        "/order?id=7",
        "/receipt/20000002",
        "/goto?x=20000002",
    ],
)
def test_what_one_row_about_a_person_has_alone_leads_to_them(page: str) -> None:
    found = judged(ordered(page=["/"] * 11 + [page]), listed())
    assert (found.problems, found.columns) == ((("joinable_id", 1),), (("page", 1),))
    # In a table about nobody, the same values lead nowhere.
    of_nobody = replace(LISTED, columns=tuple(replace(c, references="") for c in LISTED.columns))
    contracts = tuple(of_nobody if one is LISTED else one for one in listed().contracts)
    assert not judged(ordered(page=["/"] * 11 + [page]), replace(listed(), contracts=contracts)).violations


@pytest.mark.parametrize(
    "page",
    [
        "/book/20000002",
        "/product/20000002",
        "/order/new",
        "/order/form?step=7",
        "I want to order 7 books",
        f"/page/{SHORT}",
        "/search?q=77",
        f"/c/{ORDER[:-1]}",
        f"/c/9{ORDER}",
        "/seat/B-1200-77",
        f"/static/{sha256(b'app.js').hexdigest()}.js",
        "/archive/20260115",
        "20000002 visitors came",
    ],
)
def test_what_only_looks_like_such_a_value_leads_nowhere(page: str) -> None:
    assert not judged(ordered(page=["/"] * 11 + [page]), listed()).violations


def test_a_quality_rule_makes_a_column_unique_and_a_token_or_envelope_is_none() -> None:
    page = ["/"] * 11 + ["/seat/B-1200-77"]
    by_rule = replace(LISTED, quality=(Quality(UNIQUE, "seat", {}, "", 1),))
    ruled = replace(listed(), contracts=tuple(by_rule if one is LISTED else one for one in listed().contracts))
    assert judged(ordered(page=page), ruled).problems == (("joinable_id", 1),)


@pytest.mark.parametrize("cell", [{"path": f"/order/{ORDER}"}, [f"/order/{ORDER}"]])
def test_texts_within_a_cell_are_searched(cell: Any) -> None:
    assert judged(ordered(trail=only(cell)), listed()).problems == (("joinable_id", 1),)


def test_a_key_of_several_columns_is_one_value() -> None:
    lines = replace(
        contract("lines", column("number"), column("line", "integer"), column("user_id", references="users.user_id")),
        key=("number", "line"),
    )
    data = ordered(page=["/"] * 11 + ["/line/B77410-2"])
    data["lines"] = pa.table({"number": ["B77410", "B77410"], "line": [1, 2], "user_id": [100001, 100001]})
    both = replace(listed(), contracts=(*listed().contracts, lines))
    assert judged(data, both).problems == (("joinable_id", 1),)
    assert not judged(data | {"lines": data["lines"].slice(0, 1)}, both).violations


def test_a_number_that_chance_explains_leads_nowhere() -> None:
    """A thousand people with six digits: among many numbers some are equal by accident, among few they are not."""
    people = pa.table({"user_id": range(100_001, 101_001), "mobile": [None] * 1000, "mobile_token": [None] * 1000})
    drawn = [f"/c/{number}" for number in range(100_900, 400_000, 100)]
    many = {name: [table_[0]] * len(drawn) for name, table_ in visits()["visits"].to_pydict().items()}
    many |= {"visit_id": list(range(len(drawn))), "page": drawn, "session_id": [f"v{n}" for n in range(len(drawn))]}
    assert not judged(visits() | {"users": people, "visits": pa.table(many)}).violations
    few = visits(page=["/"] * 11 + ["/c/100900"]) | {"users": people}
    assert judged(few).problems == (("user_key", 1),)


def test_a_key_of_letters_only_is_sought_beside_its_word_and_nothing_is_proven_of_others() -> None:
    data = visits(page=["/"] * 12)
    data["users"] = pa.table({"user_id": ["darkknight"], "mobile": [None], "mobile_token": pa.nulls(1, pa.string())})
    data["orders"] = data["orders"].set_column(1, "user_id", pa.array(["darkknight"]))
    in_texts = retold(made(), _in_texts)
    assert Seen(data, in_texts).verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.INCOMPLETE)
    data["visits"] = visits(page=["/"] * 11 + ["/profile/Dark-Knight"])["visits"]
    assert judged(data, in_texts).problems == (("user_key", 1),)


TIMED = replace(VISITS, columns=(*VISITS.columns, column("seen_at", "timestamp")))


def times(first: datetime, step: timedelta, **at: datetime) -> list[datetime]:
    found = [first + n * step for n in range(ROWS)]
    for row, moment in at.items():
        found[int(row[1:])] = moment
    return found


def test_a_visit_at_the_very_moment_of_a_purchase_leads_to_it() -> None:
    paid = datetime(2025, 6, 1, 10, 0, 0, 123_457, tzinfo=UTC)
    first, step = datetime(2025, 5, 1, 9, 1, 2, 345, tzinfo=UTC), timedelta(days=5, hours=3, microseconds=41)
    near = judged(ordered(paid, seen_at=times(first, step, r4=paid + timedelta(microseconds=1))), listed(TIMED))
    assert not near.violations
    found = judged(ordered(paid, seen_at=times(first, step, r4=paid)), listed(TIMED))
    assert (found.problems, found.columns) == ((("shared_time", 1),), (("seen_at", 1),))
    facts = dict(found.facts)
    assert (facts["equal_times"], facts["equal_times_moved"]) == (1, 0)


def test_equal_seconds_of_many_rows_and_schedules_are_chance() -> None:
    start = datetime(2025, 6, 1, tzinfo=UTC)
    rng = np.random.default_rng(3)

    def seconds(count: int) -> list[datetime]:
        return [start + timedelta(seconds=int(n)) for n in rng.integers(1, 20_000, count)]

    many = {name: [cells[0]] * 2000 for name, cells in visits()["visits"].to_pydict().items()}
    many |= {"visit_id": list(range(2000)), "session_id": [f"v{n}" for n in range(2000)]}
    paid = seconds(900)
    bought: dict[str, Any] = {
        "order_id": range(900),
        "user_id": [100001] * 900,
        "note": [None] * 900,
        "number": [f"n{n}" for n in range(900)],
    }
    bought |= {"authority": [None] * 900, "seat": [None] * 900, "paid_at": paid}
    data = visits() | {"visits": pa.table(many | {"seen_at": seconds(2000)}), "orders": pa.table(bought)}
    found = judged(data, listed(TIMED))
    assert (found.violations, dict(found.facts)["equal_times"] > 20) == (0, True)
    nightly = start + timedelta(hours=2)
    assert not judged(ordered(nightly, seen_at=[nightly] * ROWS), listed(TIMED)).violations
    # More of them than chance explains are all named, but for whole minutes.
    same = [at for at in paid for _ in range(2)] + seconds(200)
    data["visits"] = pa.table(many | {"seen_at": same})
    assert judged(data, listed(TIMED)).violations > 1700


def test_a_time_that_many_people_share_leads_to_nobody() -> None:
    paid = datetime(2025, 6, 1, 10, 0, 0, 123_457, tzinfo=UTC)
    data = ordered(paid, seen_at=times(paid - timedelta(days=9), timedelta(days=1, microseconds=7), r4=paid))
    both = data["orders"].set_column(
        data["orders"].schema.get_field_index("paid_at"), "paid_at", pa.array([paid] * 2, pa.timestamp("us", "UTC"))
    )
    assert not judged(data | {"orders": both}, listed(TIMED)).violations


def test_whole_cells_need_no_keys() -> None:
    assert judged(visits(tag=only(TOKEN)), keys=None).problems == (("person_token", 1),)


@pytest.mark.parametrize(
    ("references", "problem"),
    [("users.user_id", "user_key"), ("orders.order_id", "joinable_id"), ("books.book_id", "")],
)
def test_a_contract_that_calls_a_column_a_reference_is_believed(references: str, problem: str) -> None:
    linked = replace(VISITS, columns=(*VISITS.columns, column("of", "integer", references=references)))
    found = judged(visits(of=only(999)), made(linked))
    assert found.problems == (((problem, 1),) if problem else ())


def test_a_declared_token_is_a_token_whosever_it_is() -> None:
    linked = replace(VISITS, columns=(*VISITS.columns, column("who_token", classification="confidential")))
    assert judged(visits(who_token=only("ab" * 32)), made(linked)).problems == (("person_token", 1),)


@pytest.mark.parametrize("place", ["note", "undeclared"])
def test_a_session_that_stands_in_another_table_leads_there(place: str) -> None:
    data = visits()
    held = data["orders"].drop_columns(["note"]) if place == "note" else data["orders"]
    data["orders"] = held.append_column(place, pa.array(["v1b"]))
    assert judged(data).problems == (("shared_session", 3),)
    data = visits() | {"audit": pa.table({"entry": ["v1b"]})}
    assert judged(data).problems == (("shared_session", 3),)


def test_a_session_within_a_text_of_another_table_leads_there() -> None:
    sessions = [f"v1a9{'abcd'[n // 3]}77" for n in range(ROWS)]
    data = visits(session_id=sessions)
    for note in ("came by v1a9b77, twice", '{"visit": "V1A9B77"}', "visit=v1a9b77&paid=1"):
        data["orders"] = data["orders"].set_column(2, "note", pa.array([note]))
        assert judged(data).problems == (("shared_session", 3),)
    for note in ("v1a9b777", "v1a9 b77", "xv1a9b77"):
        data["orders"] = data["orders"].set_column(2, "note", pa.array([note]))
        assert not judged(data).violations


def test_a_combination_of_too_few_visits_is_found_by_visits_not_by_rows() -> None:
    browsers = ["Chrome"] * 6 + ["Lynx"] * 6
    found = judged(visits(browser=browsers))
    assert found.problems == (("rare_combination", ROWS),)
    assert dict(found.facts) == {
        "visits_counted": 4,
        "groups": 2,
        "groups_below_k": 2,
        "smallest_group": 2,
        "second_smallest_group": 2,
        "k:2-4": 2,
    }
    assert judged(visits(browser=browsers), made(k=2)).violations == 0


def test_without_sessions_rows_are_counted_and_an_empty_cell_is_a_value() -> None:
    browsers = ["Chrome"] * 10 + [None] * 2
    bare = replace(VISITS, columns=tuple(c for c in VISITS.columns if c.name != "session_id"))
    data = visits(browser=browsers)
    data["visits"] = data["visits"].drop_columns(["session_id"])
    found = judged(data, made(bare))
    assert found.problems == (("rare_combination", 2),)
    facts = dict(found.facts)
    assert (facts["rows_counted"], "visits_counted" in facts) == (ROWS, False)


def test_rows_without_a_session_are_one_visit_together() -> None:
    data = visits(session_id=[None] * ROWS)
    assert judged(data).problems == (("rare_combination", ROWS),)


def test_a_row_counts_once_for_the_gravest() -> None:
    browsers = ["Chrome"] * 11 + ["Lynx"]
    found = judged(visits(browser=browsers, owner=only("100001", 11), tag=only(TOKEN, 11)))
    assert (found.problems, found.columns) == ((("user_key", 1),), (("owner", 1), ("tag", 1)))


def test_columns_stored_as_dictionaries_are_read_alike() -> None:
    data = visits(owner=only("100001"), page=["/"] * 11 + ["/users/100002"])
    table = data["visits"]
    for name in ("owner", "page", "session_id", "device"):
        table = table.set_column(table.schema.names.index(name), name, table[name].dictionary_encode())
    assert judged(data | {"visits": table}).problems == (("user_key", 2),)


def test_keys_that_are_texts_are_compared_as_texts() -> None:
    data = visits(page=["/"] * 12, owner=only("u-7"))
    data["users"] = pa.table({"user_id": ["u-7"], "mobile": [None], "mobile_token": pa.nulls(1, pa.string())})
    data["orders"] = data["orders"].set_column(1, "user_id", pa.array(["u-7"]))
    usual = made()
    assert judged(data, retold(usual, _in_texts)).problems == (("user_key", 1),)
    # Keys that are no numbers where the contract says so cannot be compared.
    assert Seen(data, usual).verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.MISTYPED)


def _in_texts(one: Any) -> Any:
    return replace(one, logical_type="string") if one.name == "user_id" else one


def test_what_cannot_be_compared_is_not_evaluated() -> None:
    data = visits()
    less = data | {"visits": data["visits"].drop_columns(["device"])}
    assert Seen(less, made()).verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.MISSING_COLUMN)
    alone = Seen({"visits": data["visits"]}, made())
    assert alone.verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.MISSING_TABLE)
    assert alone[CHECK].lacks == ("users",)
    empty = data | {"visits": data["visits"].slice(0, 0)}
    assert Seen(empty, made()).verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.NO_ROWS)
