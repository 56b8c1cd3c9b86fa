"""Kind `encrypted`: proven with keys, consistent without, and nothing for too few."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from governance.encryption.envelope import additional_data, seal
from governance.planning.checks import plan
from governance.policy import Encryption, KeyState, Policy
from governance.results import Reason, RowReference, Verdict
from governance.rules.batch import Batch
from governance.rules.evaluation import evaluate, judge
from governance.rules.kernel import Kernel
from governance.rules.kinds import KINDS
from governance.rules.scope import Scope, Target
from governance.sources import open_source
from tests.rules.conftest import AS_OF, CARD, KEYS, USERS, Seen, emptied, policy, users

CHECK = "enc/users/mobile"


def sealed(row: object, nonce: int | None = None, kid: str = "k1") -> str:
    number = int(str(row)) + 1 if nonce is None else nonce
    place = additional_data("users", "mobile", str(row))
    return seal("09121234567", key=KEYS.data_keys["k1"], kid=kid, nonce=number.to_bytes(12), bound_to=place)


def seen(values: list[Any] | pa.Array, ids: list[Any] | None = None, keys: Any = KEYS) -> Seen:
    return Seen(users(["x"] * len(values), ids, mobile=values), keys=keys)


GOOD = [sealed(row) for row in range(40)]


def test_a_column_that_opens_row_by_row_is_proven() -> None:
    assert seen(GOOD).verdict(CHECK) == (Verdict.PASSED, Reason.PROVEN)
    facts = {name: count for name, count in seen(GOOD)[CHECK].facts if ":" not in name}
    assert facts.pop("seed") > 0
    assert facts == {"values": 40, "distinct": 40, "decrypted": 40, "sampled": 40}


def test_a_sealed_number_that_is_the_companys_own_too_is_a_number_all_the_same() -> None:
    made = replace(policy(), recognised=replace(policy().recognised, own_contacts=("09121234567",)))
    data = users(["x"] * 40, mobile=[sealed(row) for row in range(40)])
    assert Seen(data, made).verdict("enc/users/mobile") == (Verdict.PASSED, Reason.PROVEN)
    data = users(["x"] * 40, mobile=[*(sealed(row) for row in range(39)), "09121234567"])
    assert Seen(data, made)["enc/users/mobile"].problems == (("plaintext", 1),)


def test_without_keys_it_is_consistent_at_best() -> None:
    assert seen(GOOD, keys=None).verdict(CHECK) == (Verdict.PASSED, Reason.CONSISTENT)


def test_rows_that_cannot_be_opened_for_want_of_a_primary_key_are_not_evaluated() -> None:
    assert seen(GOOD, [0, *[None] * 39]).verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.NO_ROW_KEY)


def test_too_few_values_pass_only_when_all_are_opened() -> None:
    assert seen(GOOD[:5]).verdict(CHECK) == (Verdict.PASSED, Reason.PROVEN)
    assert seen(GOOD[:5], keys=None).verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.TOO_FEW_ROWS)
    assert seen([None] * 50).verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.TOO_FEW_ROWS)


def test_no_rows_pass_only_where_the_contract_says_so() -> None:
    assert seen([]).verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.NO_ROWS)
    assert Seen(users([]), policy(emptied(USERS))).verdict(CHECK)[1] is Reason.DECLARED_EMPTY


def test_a_missing_column_is_not_evaluated() -> None:
    found = Seen({"users": pa.table({"id": [1], "name": ["x"]})})
    assert found.verdict(CHECK) == (Verdict.NOT_EVALUATED, Reason.MISSING_COLUMN)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("09121234567", "plaintext"),
        ("9121234567", "not_an_envelope"),
        ("MDkxMjEyMzQ1Njc=", "decodable"),
        ("5d41402abc4b2a76b9719d911017c592", "digest"),
        ("?", "not_an_envelope"),
        (sealed(4, nonce=99), "does_not_decrypt"),
        (sealed(3, nonce=9), "repeated_nonce"),
        (sealed(3, kid="k9"), "unknown_kid"),
    ],
)
def test_a_wrong_value_is_found_and_its_row_is_named(value: str, problem: str) -> None:
    found = seen([*GOOD[:3], value, *GOOD[4:]])[CHECK]
    assert problem in dict(found.problems)
    assert KEYS.reference("users", "3") in [row.reference for row in found.rows]


def test_every_wrong_row_counts_once() -> None:
    found = seen([*GOOD, "09121234567", "09121234567"], list(range(42)))[CHECK]
    assert (found.examined, found.violations) == (42, 2)
    assert found.rows == tuple(
        sorted(RowReference(KEYS.reference("users", key), "plaintext", "users") for key in ("40", "41"))
    )


def test_violations_fail_however_few_rows_there_are() -> None:
    assert seen(["09121234567"], keys=None).verdict(CHECK)[0] is Verdict.FAILED


@pytest.mark.parametrize("kind", ["string_view", "dictionary", "binary"])
def test_the_layout_of_the_column_does_not_matter(kind: str) -> None:
    array = pa.array(GOOD)
    made = array.dictionary_encode() if kind == "dictionary" else array.cast(getattr(pa, kind)())
    assert seen(made).verdict(CHECK) == (Verdict.PASSED, Reason.PROVEN)


def test_what_is_being_looked_at_shows_in_no_repr() -> None:
    made = policy()
    with closing(open_source(users(["x"]), made.tables)) as source:
        checks = [check for check in plan(made).checks if check.id in {CHECK, "free/users/name"}]
        for check in checks:
            start = KINDS[check.rule.kind].kernel
            kernel = start(
                check.rule.parameters, Target(check, source.schemas()["users"], Scope(made, source, KEYS, AS_OF))
            )
            assert isinstance(kernel, Kernel)
            record = pa.record_batch({"mobile": ["09121234567"], "name": [CARD]})
            part = kernel.fold(Batch(record, pa.array(["key 555"])))
            for secret in ("0912", CARD, "key 555"):
                assert secret not in repr(kernel)
                assert secret not in repr(part)


def declared(encryption: Encryption, *states: KeyState) -> Policy:
    columns = tuple(replace(c, encryption=encryption) if c.name == "mobile" else c for c in USERS.columns)
    return replace(policy(replace(USERS, columns=columns)), keys=states)


def of_policy(made: Policy, keys: Any = KEYS) -> tuple[Verdict, Reason]:
    return Seen(users(["x"] * 40, mobile=GOOD), made, keys).verdict(CHECK)


def test_a_contract_may_demand_that_encryption_is_proven() -> None:
    made = declared(Encryption(proof="keyed"))
    assert of_policy(made, None) == (Verdict.NOT_EVALUATED, Reason.NO_KEY)
    assert of_policy(made) == (Verdict.PASSED, Reason.PROVEN)


@pytest.mark.parametrize(
    ("state", "problem"),
    [
        (KeyState("k1", "active", "2025-01-01", "2026-12-31"), ""),
        (KeyState("k1", "active", "2025-01-01", "2026-01-01"), ""),
        (KeyState("k1", "active", "2025-01-01", "2025-12-31"), "overdue_kid"),
        (KeyState("k1", "decrypt-only", "2025-01-01", "2025-12-31"), ""),
        (KeyState("k1", "destroyed", "2025-01-01", "", "2025-12-31"), "opens_under_destroyed_key"),
        (KeyState("k7", "active", "2025-01-01", "2026-12-31"), "unknown_kid"),
    ],
)
def test_the_state_of_the_key_decides(state: KeyState, problem: str) -> None:
    found = Seen(users(["x"] * 40, mobile=GOOD), declared(Encryption(), state))[CHECK]
    assert dict(found.problems) == ({problem: 40} if problem else {})


def test_a_key_service_that_is_down_is_an_error() -> None:
    made = policy()

    def down(sealed: object, place: bytes) -> bytes | None:
        raise TimeoutError(f"{sealed} {place!r}")

    with closing(open_source(users(["x"] * 40, mobile=GOOD), made.tables)) as source:
        check = next(check for check in plan(made).checks if check.id == CHECK)
        found = evaluate("users", [check], Scope(made, source, None, AS_OF, down))[CHECK]
    assert judge(check, found, made) == (Verdict.ERROR, Reason.KEY_SERVICE_DOWN)


def test_lengths_that_only_a_key_can_tell_are_not_evaluated_without_one() -> None:
    """Four characters under AES-GCM have the length of one block under CBC, with its start."""
    texts = [f"{row:04d}" for row in range(40)]
    bound = [additional_data("users", "mobile", str(row)) for row in range(40)]
    values = [
        seal(text, key=KEYS.data_keys["k1"], kid="k1", nonce=(row + 1).to_bytes(12), bound_to=place)
        for row, (text, place) in enumerate(zip(texts, bound, strict=True))
    ]
    columns = tuple(replace(c, plaintext="") if c.name == "mobile" else c for c in USERS.columns)
    made = policy(replace(USERS, columns=columns))
    assert Seen(users(["x"] * 40, mobile=values), made, None).verdict(CHECK)[1] is Reason.ONLY_A_KEY_CAN_TELL
    assert Seen(users(["x"] * 40, mobile=values), made).verdict(CHECK) == (Verdict.PASSED, Reason.PROVEN)
