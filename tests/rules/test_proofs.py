"""The tokens of a table are believed as far as the values beside them prove them, whatever those are sealed with."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from governance.encryption.ciphers import AES_SIV, ALGORITHMS
from governance.encryption.envelope import bound, seal
from governance.encryption.formats import FERNET_ALGORITHM
from governance.encryption.keys import Keyring
from governance.policy import Classification, Column, Encryption, Policy, Where
from governance.results import Reason, RowReference, Verdict
from governance.rules.kinds.constrained import Constrained
from governance.rules.kinds.encrypted import Encrypted
from governance.rules.kinds.erased import Erased
from governance.rules.kinds.fulfilled import Fulfilled
from governance.rules.kinds.rectified import Rectified
from governance.rules.kinds.untwinned import Untwinned
from governance.rules.people import proofs
from governance.rules.scope import Scope
from governance.sources import open_source
from governance.subjects import exporting, finding
from governance.subjects.finding import people_of
from governance.subjects.identity import identify
from tests.rules.conftest import AS_OF, KEYS, SEALINGS, Seen, column, contract, policy, retold, rule, sealed_with
from tests.rules.test_fulfilled import DAY, REQUESTS, Row, T, put_right, table
from tests.rules.test_fulfilled import USERS as PEOPLE

OLD, NEW, OTHER = "+989121234567", "+989350000000", "+989351111111"
NOTES = contract("notes", column("note_id", "integer"), column("body"))
ALL = Where(undeclared=True)
RULES = (
    rule("enc", Encrypted(), Where(columns=True, classifications=(Classification.RESTRICTED,))),
    rule("kept", Constrained(), Where(tables=("users",))),
    rule("rectified", Rectified(), ALL),
    rule("erased", Erased(), ALL),
    rule("twin", Untwinned(), ALL),
    rule("done", Fulfilled("rectification", 30), Where(tables=("subject_requests",))),
)
SEALED, NEEDED, DONE, KEPT = "enc/users/mobile", "rectified/users", "done/subject_requests", "kept/users"
FINE = (Verdict.PASSED, Reason.PROVEN)
token = KEYS.token


def stolen(text: str) -> str:
    return Keyring({}, b"t" * 32, b"r" * 32, b"s" * 32).token(text)


def made(change: Any = None) -> Policy:
    usual = policy(PEOPLE, NOTES, REQUESTS, rules=RULES)
    return retold(usual, change, "users") if change else usual


def user(number: int, text: str | None, cell: str | None = "", algorithm: str = "A256GCM") -> Row:
    """A person whose number is sealed in their row, with the token of it or another cell beside."""
    mobile = None if text is None else sealed(text, number, algorithm)
    beside = token(text) if cell == "" and text else cell
    return {"user_id": number, "name": f"n{number}", "mobile": mobile, "mobile_token": beside, "registered_at": T}


def sealed(text: str, number: int, algorithm: str = "A256GCM") -> str:
    """A number sealed for a row, under a nonce of its own."""
    if algorithm == FERNET_ALGORITHM:
        return sealed_with(algorithm, text, "users", "mobile", str(number))
    nonce = (number + 1).to_bytes(ALGORITHMS[algorithm].nonce_bytes) if ALGORITHMS[algorithm].nonce_bytes else b""
    place = bound(algorithm, "users", "mobile", str(number))
    return seal(text, key=KEYS.data_keys["k1"], kid="k1", nonce=nonce, bound_to=place, algorithm=algorithm)


def others(algorithm: str = "A256GCM", count: int = 40) -> list[Row]:
    """People in whose rows nothing is wrong; each has a nonce and a number of their own."""
    return [user(100 + n, f"+98936000{n:04d}", algorithm=algorithm) for n in range(count)]


def seen(
    *users: Row,
    asked: Iterable[Row] = (),
    bodies: Iterable[str] = ("x",),
    change: Any = None,
    keys: Any = KEYS,
    algorithm: str = "A256GCM",
) -> Seen:
    told = list(bodies)
    data = {
        "users": table(PEOPLE, [*users, *others(algorithm)]),
        "notes": pa.table({"note_id": range(len(told)), "body": told}),
        "subject_requests": table(REQUESTS, asked or [put_right("name", "n100", id_token=token("user:100"))]),
    }
    return Seen(data, made(change), keys)


def in_bytes(one: Column) -> Column:
    return replace(one, encryption=Encryption(lookup=True)) if one.name == "mobile" else one


def in_fernet(one: Column) -> Column:
    return replace(one, encryption=Encryption(format="fernet")) if one.name == "mobile" else one


CHANGES = {FERNET_ALGORITHM: in_fernet, AES_SIV: in_bytes}
RAW = hmac.digest(KEYS.token_key, OLD.encode(), "sha256")


@pytest.mark.parametrize("algorithm", SEALINGS)
@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        (token(OLD), ""),
        (token(OLD).upper(), ""),
        (base64.b64encode(RAW).decode(), ""),
        *((token(spelling), "") for spelling in ("09121234567", "9121234567", "989121234567", "00989121234567")),
        (None, ""),
        (token(NEW), "foreign_token"),
        (stolen(OLD), "foreign_token"),
        ("0" * 64, "foreign_token"),
        (OLD, "foreign_token"),
        (hashlib.sha256(b"x" + OLD.encode()).hexdigest(), "foreign_token"),
        (hashlib.sha256(OLD.encode()).hexdigest(), "unkeyed_token"),
        (hashlib.md5(b"09121234567").hexdigest().upper(), "unkeyed_token"),  # noqa: S324  what is looked for
        (base64.b64encode(hashlib.sha512(b"9121234567").digest()).decode(), "unkeyed_token"),
        ("sha1:" + hashlib.sha1(b"989121234567").hexdigest(), "unkeyed_token"),  # noqa: S324
    ],
)
def test_a_token_is_its_values_own(cell: str | None, problem: str, algorithm: str) -> None:
    found = seen(user(1, OLD, cell, algorithm), change=CHANGES.get(algorithm), algorithm=algorithm)[SEALED]
    assert found.rows == ((RowReference(KEYS.reference("users", "1"), problem, "users"),) if problem else ())


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("Sara.Ahmadi@Mail.Example", token("sara.ahmadi@mail.example")),
        ("sara+shop@mail.example", token("sara@mail.example")),
        ("علي  رضایی", token("علی رضایی")),
        ("+44 20 7946 0958", token("+442079460958")),
        ("(021) 8888-1234", token("02188881234")),
        ("۰۹۱۲۱۲۳۴۵۶۷", token(OLD)),
    ],
)
def test_a_value_is_spelled_as_its_token_is_made(text: str, cell: str) -> None:
    anything = seen(user(1, text, cell), change=lambda one: replace(one, plaintext=""))
    assert anything.verdict(SEALED) == FINE
    assert seen(user(1, text, token(OTHER)), change=lambda one: replace(one, plaintext=""))[SEALED].violations == 1


def test_how_many_are_proven_is_told_and_a_row_counts_once() -> None:
    found = seen(user(1, OLD), user(2, NEW, None), user(3, None, None))
    assert found.verdict(SEALED) == FINE
    facts = dict(found[SEALED].facts)
    assert (facts["tokens"], facts["proven_tokens"]) == (41, 41)
    wrong = user(1, OLD, token(NEW)) | {"mobile": sealed(OLD, 2)}
    assert seen(wrong)[SEALED].problems == (("does_not_decrypt", 1),)


def test_a_token_without_its_value_is_found_unless_the_contract_asks_for_the_value() -> None:
    found = seen(user(1, OLD), user(2, None, token(OTHER)), bodies=["09351111111"])
    assert found[SEALED].problems == (("lone_token", 1),)
    assert found["twin/notes"].violations == 1, "nothing speaks against it"
    required = seen(user(2, None, token(OTHER)), change=lambda one: replace(one, required=one.name == "mobile"))
    assert (required[SEALED].violations, required[KEPT].problems) == (0, (("missing_value", 1),))


def test_without_keys_a_token_is_anybodys() -> None:
    assert seen(user(1, OLD), keys=None).verdict(SEALED) == (Verdict.NOT_EVALUATED, Reason.NO_KEY)


def test_what_is_beyond_the_sample_is_opened_too() -> None:
    broken = user(1, OLD) | {"mobile": sealed(OLD, 2)}
    rules = (replace(RULES[0], parameters=Encrypted(sample=1)), *RULES[1:])
    data = {"users": table(PEOPLE, [broken, *others()]), "notes": pa.table({"note_id": [1], "body": ["x"]})}
    found = Seen(data, replace(made(), rules=rules))[SEALED]
    assert dict(found.facts)["sampled"] == 1
    assert found.violations == 1


def mine(**changes: Any) -> Row:
    """The rectification of the first person's number."""
    return put_right("mobile", NEW, id_token=token("user:1"), old_token=token(OLD), **changes)


def test_a_record_that_still_seals_the_old_value_is_not_put_right() -> None:
    right = seen(user(1, NEW), asked=[mine()])
    assert [right[check].violations for check in (SEALED, NEEDED, DONE)] == [0, 0, 0]
    token_only = seen(user(1, OLD, token(NEW)), asked=[mine()], bodies=["x", "09121234567"])
    assert token_only[SEALED].problems == (("foreign_token", 1),)
    assert (token_only[NEEDED].problems, token_only[NEEDED].columns) == ((("old_value", 1),), (("mobile", 1),))
    assert token_only["rectified/notes"].violations == 1
    assert token_only["twin/notes"].violations == 1
    assert token_only[DONE].problems == (("new_value_missing", 1),)
    nothing = seen(user(1, OLD), asked=[mine()])
    assert [nothing[check].violations for check in (SEALED, NEEDED, DONE)] == [0, 1, 1]
    no_token = seen(user(1, OLD, None), asked=[mine()])
    assert [no_token[check].violations for check in (SEALED, NEEDED, DONE)] == [0, 1, 1]


def test_an_old_token_kept_beside_the_new_value_is_found() -> None:
    found = seen(user(1, NEW, token(OLD)), asked=[mine()])
    assert [found[check].violations for check in (SEALED, NEEDED, DONE)] == [1, 1, 0]
    assert found[NEEDED].columns == (("mobile_token", 1),)


def test_an_old_value_that_is_somebodys_again_is_theirs() -> None:
    back = mine(request_id="r2", fulfilled_at=T + 3 * DAY)
    back |= {"old_token": token(NEW), "new_token": token(OLD)}
    for users, asked in (
        ([user(1, NEW), user(2, OLD)], [mine()]),  # the number has a new owner
        ([user(1, OLD)], [mine(), back]),  # it was put right twice
        ([user(1, OLD)], [mine(new_token=token(OLD))]),  # nothing was changed
    ):
        found = seen(*users, asked=asked)
        assert [found[check].violations for check in (SEALED, NEEDED, DONE)] == [0, 0, 0], len(users)


def test_swapped_tokens_lead_to_nobody_else() -> None:
    found = seen(user(1, OLD, token(OTHER)), user(2, OTHER, token(OLD)), bodies=["09121234567", "09350000000"])
    assert found[SEALED].problems == (("foreign_token", 2),)
    assert found["twin/notes"].violations == 1


def test_a_value_is_known_though_its_token_is_not() -> None:
    for cell in (None, token(OTHER), hashlib.sha256(OLD.encode()).hexdigest()):
        assert seen(user(1, OLD, cell), bodies=["09121234567"])["twin/notes"].violations == 1
    taken = seen(user(1, NEW, token(OTHER)), bodies=["09351111111"])
    assert not taken["twin/notes"].violations, "a token of another value is not theirs"
    closed = user(1, OTHER) | {"mobile": "enc:v1:A256GCM:gone:" + "A" * 60}
    assert seen(closed, bodies=["09351111111"])["twin/notes"].violations == 1, "nothing speaks against it"


def test_tokens_of_another_key_are_told_once() -> None:
    strange = [row | {"mobile_token": stolen(str(row["user_id"]))} for row in others()]
    data = {
        "users": table(PEOPLE, strange),
        "notes": pa.table({"note_id": [1], "body": ["x"]}),
        "subject_requests": table(REQUESTS, [put_right("mobile", NEW, id_token=token("user:100"))]),
    }
    found = Seen(data, made())
    assert found[SEALED].problems == (("foreign_token", 40),)
    for check in (NEEDED, "rectified/notes", "erased/notes", DONE):
        assert found[check].violations == 0
        if check != "erased/notes":
            assert found.verdict(check) == (Verdict.NOT_EVALUATED, Reason.OTHER_KEY), check


def test_a_sample_may_fail_and_never_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "OPENED_AT_MOST", 20)
    found = seen(user(1, NEW), asked=[mine()])
    for check in (SEALED, NEEDED, "rectified/notes", "twin/notes"):
        assert found.verdict(check) == (Verdict.NOT_EVALUATED, Reason.SAMPLED), check
    facts = dict(found[SEALED].facts)
    assert 0 < facts["proven_tokens"] < facts["tokens"] == 41
    swapped = [user(row["user_id"], f"+98937000{n:04d}", token(OTHER)) for n, row in enumerate(others())]
    data = {"users": table(PEOPLE, swapped), "notes": pa.table({"note_id": [1], "body": ["x"]})}
    failed = Seen(data, made())
    assert failed.verdict(SEALED) == (Verdict.FAILED, Reason.VIOLATED)
    assert 0 < failed[SEALED].violations < 40


def in_clear(one: Column) -> Column:
    return replace(one, classification=Classification.CONFIDENTIAL) if one.name == "mobile" else one


@pytest.mark.parametrize(
    ("cell", "problems"),
    [
        (token(OLD), ()),
        (None, ()),
        (token(OTHER), (("foreign_token", 1),)),
        (hashlib.sha256(b"09121234567").hexdigest(), (("unkeyed_token", 1),)),
    ],
)
def test_a_token_of_a_value_in_the_clear_is_compared_too(cell: str | None, problems: Any) -> None:
    rows = [{**user(n, None, token(f"+98936000{n:04d}")), "mobile": f"0936000{n:04d}"} for n in range(100, 140)]
    rows.append({**user(1, None, cell), "mobile": "0912 123 4567"})
    data = {"users": table(PEOPLE, rows), "notes": pa.table({"note_id": [1], "body": ["x"]})}
    assert Seen(data, made(in_clear))[KEPT].problems == problems
    assert Seen(data, made(in_clear), None).verdict(KEPT) == (Verdict.NOT_EVALUATED, Reason.NO_KEY)


def test_a_token_may_be_of_either_of_two_values_or_of_a_whole_name() -> None:
    targets = ("users.mobile", "users.name")
    either = replace(made(), contracts=tuple(_with_targets(one, targets) for one in made().contracts))

    def judged(cell: str, *, parts: bool = False) -> int:
        told = retold(either, _in_parts, "users") if parts else either
        rows = [{**user(1, None, cell), "mobile": "Lind", "name": "Otto"}]
        data = {"users": table(PEOPLE, rows), "notes": pa.table({"note_id": [1], "body": ["x"]})}
        return Seen(data, retold(told, in_clear, "users"))[KEPT].violations

    assert [judged(token(text)) for text in ("otto", "lind", "otto lind")] == [0, 0, 1]
    assert [judged(token(text), parts=True) for text in ("otto lind", "lind otto", "otto olsen")] == [0, 0, 1]


def _with_targets(one: Any, targets: tuple[str, ...]) -> Any:
    told = (replace(c, token_of=targets) if c.name == "mobile_token" else c for c in one.columns)
    return replace(one, columns=tuple(told)) if one.table == "users" else one


def _in_parts(one: Column) -> Column:
    return replace(one, name_part={"name": 1, "mobile": 2}.get(one.name, 0))


def test_a_person_is_found_by_the_sealed_value_and_not_by_anothers_token() -> None:
    data = {
        "users": table(PEOPLE, [user(1, OLD, token(OTHER)), user(2, OTHER, None), user(3, NEW)]),
        "notes": pa.table({"note_id": [1, 2], "body": ["0912 123 4567", token(OTHER)]}),
        "subject_requests": table(REQUESTS, []),
    }
    scope = Scope(made(), open_source(data, made().tables), KEYS, AS_OF)
    for written, key in ((OLD, "1"), (OTHER, "2"), (NEW, "3")):
        who = identify(written, scope, people_of(scope))
        assert who.key == key
        assert who.own == {token(f"user:{key}"), token(written)}
        [row] = exporting._rows(scope, scope.policy.tables["users"], who)[0]
        assert row["mobile"] == written
    who = identify(OLD, scope, people_of(scope))
    places = {(p.table, p.column): p.kinds for t in ("users", "notes") for p in finding._in_table(scope, t, who)}
    assert places == {
        ("users", "user_id"): ("key",),
        ("users", "mobile"): ("phone_number",),
        ("notes", "body"): ("phone_number",),
    }
