"""Kind `rectified`: whatever is left of a value that was put right is found; what is of somebody else is not."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pyarrow as pa
import pytest

from governance import detection
from governance.encryption.envelope import additional_data, seal
from governance.policy import Policy
from governance.results import Evidence, Reason, RowReference, Verdict
from governance.rules.kinds.erased import Erased
from governance.rules.kinds.rectified import Rectified
from tests.rules.conftest import AS_OF, KEYS, Seen, emptied, policy, rule
from tests.rules.test_erased import DAY, EMAIL, MOBILE, NAME, REQUESTS, REVIEWS, USERS, WHERE, request, tables, user


def made(*others: Any, **parameters: Any) -> Policy:
    rules = (rule("rectified", Rectified(**parameters), WHERE), rule("erased", Erased(), WHERE))
    return policy(*(others or (USERS, REVIEWS, REQUESTS)), rules=rules)


def put_right(old: str = MOBILE, **changes: Any) -> dict[str, Any]:
    """A rectification of somebody whose tokens are those of the tests' living user."""
    own = dict.fromkeys(("id_token", "email_token", "name_token"), KEYS.token("user:100001"))
    own |= {"mobile_token": KEYS.token("+989350000000")}
    return request(right="rectification", digest_tokens=[], old_token=KEYS.token(old), **own) | changes


def judged(data: dict[str, pa.Table], check: str = "rectified/reviews", **parameters: Any) -> Evidence:
    return Seen(data, made(**parameters))[check]


def test_of_a_value_that_was_put_right_nothing_is_left() -> None:
    found = Seen(tables(requests=[put_right()]), made())
    for check in ("rectified/users", "rectified/reviews", "rectified/subject_requests", "rectified/*"):
        assert found.verdict(check) == (Verdict.PASSED, Reason.HOLDS), check
    assert dict(found["rectified/reviews"].facts) == {"rectified_values": 1, "columns": 3}


@pytest.mark.parametrize(
    ("old", "written"),
    [
        (MOBILE, "با ۰۹۱۲ ۱۲۳ ۴۵۶۷ تماس بگیرید"),
        (MOBILE, b"+989121234567".hex()),
        (MOBILE, base64.b64encode(b"+989121234567").decode()),
        (MOBILE, f"t={KEYS.token(MOBILE)}"),
        (EMAIL, f"to={EMAIL.upper()}"),
        (NAME, "نظر سارا احمدي: عالی"),
    ],
)
def test_an_old_value_is_found_in_any_form_and_is_no_erased_persons(old: str, written: str) -> None:
    data = tables(["خوب", written], requests=[put_right(old), request(**nobody())])
    found = Seen(data, made())
    left = found["rectified/reviews"]
    assert (left.problems, left.columns) == ((("old_value", 1),), (("body", 1),))
    assert left.rows == (RowReference(KEYS.reference("reviews", "1"), "old_value", "reviews"),)
    assert found.verdict("erased/reviews") == (Verdict.PASSED, Reason.HOLDS)


def nobody() -> dict[str, Any]:
    """Somebody erased of whom nothing else is in the tests."""
    who = {f"{name}_token": KEYS.token(f"gone {name}") for name in ("id", "mobile", "email", "name")}
    return {"request_id": "r9", "digest_tokens": [], **who}


def test_what_is_left_of_the_erased_is_no_old_value() -> None:
    for written in ("09121234567", EMAIL, NAME, "user_id=100009", KEYS.token(MOBILE)):
        found = Seen(tables(["خوب", written]), made())
        assert found.verdict("rectified/reviews") == (Verdict.PASSED, Reason.HOLDS)
        assert found["erased/reviews"].violations == 1
    # Told once, where the same number was put right and, later, erased.
    both = Seen(tables(["09121234567"], requests=[request(), put_right(request_id="r2")]), made())
    assert both["rectified/reviews"].violations == 0
    assert both["erased/reviews"].problems == (("phone_number", 1),)


def test_what_somebody_living_has_and_what_is_new_are_left_alone() -> None:
    taken = user(user_id=100777, mobile_token=KEYS.token(MOBILE))
    assert judged(tables(["09121234567"], requests=[put_right()], users=[user(), taken])).violations == 0
    assert judged(tables(["09350000000", EMAIL, NAME], requests=[put_right()])).violations == 0


def test_undeclared_columns_and_tables_are_searched_too() -> None:
    data = tables(["خوب"], requests=[put_right(), request(**nobody() | {"email_token": KEYS.token(EMAIL)})])
    data["reviews"] = data["reviews"].append_column("imported", pa.array([[{"to": "09121234567"}]]))
    data["backup"] = pa.table({"x": ["09121234567", "nothing"], "n": [1, 2]})
    data["mail"] = pa.table({"x": [EMAIL, EMAIL, "09121234567"]})
    found = Seen(data, made())
    assert found["rectified/reviews"].columns == (("imported", 1),)
    old, gone = found["rectified/*"], found["erased/*"]
    assert (old.violations, old.problems, old.names) == (2, (("old_value", 2),), ("backup", "mail"))
    assert (gone.violations, gone.problems, gone.names) == (1, (("email_address", 2),), ("mail",))
    assert dict(old.facts) == {"rows_hit": 2, "rows_read": 5}


def test_the_record_of_the_request_keeps_tokens_and_nothing_else() -> None:
    data = tables(requests=[put_right()])
    assert judged(data, "rectified/subject_requests").violations == 0
    told = data["subject_requests"].append_column("note", pa.array(["was 09121234567"]))
    assert judged(data | {"subject_requests": told}, "rectified/subject_requests").violations == 1


def test_a_sealed_copy_without_a_token_is_opened() -> None:
    bound = additional_data("users", "mobile", "100001")
    sealed = seal(MOBILE, key=bytes(32), kid="k1", nonce=bytes(12), bound_to=bound)
    for value, violations in ((sealed, 1), ("09121234567", 1), (sealed[:-4], 0)):
        data = tables(users=[user(mobile=value, mobile_token=None)], requests=[put_right()])
        assert judged(data, "rectified/users").violations == violations


def test_both_kinds_share_one_search_of_a_column(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []
    scan = detection.scan_known

    def counted(column: pa.Array, known: Any, *, label: str = "", **how: bool) -> Any:
        searched.append(label)
        return scan(column, known, label=label, **how)

    monkeypatch.setattr(detection, "scan_known", counted)
    data = tables(["09121234567"], requests=[put_right()])
    Seen(data | {"backup": pa.table({"x": ["09121234567"]})}, made())
    names = [name for table in (*data.values(), {"x": ()}) for name in _names(table)]
    assert sorted(searched) == sorted("user id" if name == "user_id" else name for name in names)


def _names(table: Any) -> list[str]:
    return list(getattr(table, "column_names", table))


@pytest.mark.parametrize(
    "changes", [{"right": "access"}, {"fulfilled_at": None}, {"fulfilled_at": AS_OF + DAY}], ids=str
)
def test_only_what_was_put_right_by_now_is_looked_for(changes: dict[str, Any]) -> None:
    assert judged(tables(["09121234567"], requests=[put_right(**changes)])).violations == 0


def test_what_was_not_searched_for_is_not_evaluated() -> None:
    check = "rectified/reviews"
    unknown = tables(requests=[put_right(old_token=None)])
    assert Seen(unknown, made()).verdict(check) == (Verdict.NOT_EVALUATED, Reason.INCOMPLETE)
    # Erasures are another matter; and there was nothing before, where the request says so.
    assert Seen(unknown, made()).verdict("erased/reviews") == (Verdict.PASSED, Reason.HOLDS)
    assert Seen(tables([""], requests=[put_right("")]), made()).verdict(check) == (Verdict.PASSED, Reason.HOLDS)
    assert Seen(tables(requests=[]), made()).verdict(check) == (Verdict.NOT_EVALUATED, Reason.NO_ROWS)
    assert Seen(tables(requests=[]), made(USERS, REVIEWS, emptied(REQUESTS))).verdict(check)[0] is Verdict.PASSED
    data = tables(requests=[put_right()])
    less = {name: table for name, table in data.items() if name != "subject_requests"}
    assert Seen(less, made()).verdict(check) == (Verdict.NOT_EVALUATED, Reason.MISSING_TABLE)
    less["subject_requests"] = data["subject_requests"].drop_columns(["old_token"])
    assert Seen(less, made()).verdict(check) == (Verdict.NOT_EVALUATED, Reason.MISSING_COLUMN)
    for name in ("rectified/*", "rectified/users"):
        assert Seen(data, made(), keys=None).verdict(name) == (Verdict.NOT_EVALUATED, Reason.NO_KEY)


@pytest.mark.parametrize("old", [MOBILE, hashlib.md5(MOBILE.encode()).hexdigest()])  # noqa: S324  no keyed token
def test_what_is_no_keyed_token_finds_nothing_and_says_so(old: str) -> None:
    found = Seen(tables(requests=[put_right(old_token=old)]), made())
    assert found.verdict("rectified/reviews") == (Verdict.NOT_EVALUATED, Reason.INCOMPLETE)
