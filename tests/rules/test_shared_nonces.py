"""Nonces are compared per key, over all encrypted columns of all tables, whichever check asks."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from cryptography.fernet import Fernet

from governance.encryption.envelope import bound, seal
from governance.encryption.keys import Keyring
from governance.planning.checks import plan
from governance.policy import Encryption, Policy
from governance.results import Evidence
from governance.rules.evaluation import evaluate
from governance.rules.kinds import KINDS
from governance.rules.scope import Scope
from governance.sources import open_source
from tests.rules.conftest import AS_OF, KEYS, USERS, Seen, column, contract, policy

RING = Keyring({"k1": bytes(32), "k2": b"2" * 32}, KEYS.token_key, KEYS.reference_key, KEYS.signing_key)
MOBILE, EMAIL, SENT = "enc/users/mobile", "enc/users/email", "enc/sent/mobile"
ROWS = 40


def made(encryption: Encryption | None = None) -> Policy:
    def sealed_column(name: str) -> Any:
        return column(name, classification="restricted", encryption=encryption)

    people = replace(USERS, columns=(*USERS.columns[:2], sealed_column("mobile"), sealed_column("email")))
    return policy(people, contract("sent", column("sent_id", "integer"), sealed_column("mobile")))


def sealed(place: str, row: int, nonce: int, kid: str = "k1", algorithm: str = "A256GCM") -> str:
    table, name = place.split("/")[1:]
    size = 0 if algorithm == "AES-SIV" else 12
    return seal(
        f"text {place} {row}",
        key=RING.data_keys[kid],
        kid=kid,
        nonce=nonce.to_bytes(12)[:size],
        bound_to=bound(algorithm, table, name, str(row)),
        algorithm=algorithm,
    )


def world(**changed: Mapping[int, str]) -> dict[str, pa.Table]:
    """Three columns whose nonces are all different, but for the changed rows."""
    cells = {
        place: [sealed(place, row, 1000 * number + row) for row in range(ROWS)]
        for number, place in enumerate((MOBILE, EMAIL, SENT), 1)
    }
    for place, rows in zip(
        (MOBILE, EMAIL, SENT), (changed.get(n, {}) for n in ("mobile", "email", "sent")), strict=True
    ):
        for row, value in rows.items():
            cells[place][row] = value
    return {
        "users": pa.table(
            {"id": range(ROWS), "name": ["x"] * ROWS, "mobile": cells[MOBILE], "email": cells[EMAIL]},
        ),
        "sent": pa.table({"sent_id": range(ROWS), "mobile": cells[SENT]}),
    }


def problems(found: Evidence) -> dict[str, int]:
    return dict(found.problems)


def test_different_nonces_are_fresh() -> None:
    seen = Seen(world(), made(), RING)
    assert not any(seen[check].violations for check in (MOBILE, EMAIL, SENT))


@pytest.mark.parametrize("keys", [RING, None], ids=["with keys", "without"])
def test_a_nonce_that_two_columns_of_a_row_share_fails_both(keys: Keyring | None) -> None:
    seen = Seen(world(email={7: sealed(EMAIL, 7, 1007)}), made(), keys)
    for check in (MOBILE, EMAIL):
        assert problems(seen[check]) == {"nonce_of_another_column": 1}
        if keys:
            assert [row.reference for row in seen[check].rows] == [RING.reference("users", "7")]
    assert not seen[SENT].violations


def test_a_nonce_that_two_tables_share_fails_both_whatever_the_rows() -> None:
    seen = Seen(world(sent={3: sealed(SENT, 3, 1030)}), made(), RING)
    assert problems(seen[MOBILE]) == problems(seen[SENT]) == {"nonce_of_another_column": 1}
    assert [row.reference for row in seen[MOBILE].rows] == [RING.reference("users", "30")]
    assert [row.reference for row in seen[SENT].rows] == [RING.reference("sent", "3")]


def test_a_value_that_stands_in_two_columns_is_named_as_a_copy() -> None:
    seen = Seen(world(email={7: sealed(MOBILE, 7, 1007)}), made(), RING)
    assert problems(seen[MOBILE]) == problems(seen[EMAIL]) == {"value_of_another_column": 1}


def test_the_same_nonce_under_another_key_is_another_nonce() -> None:
    others = {row: sealed(EMAIL, row, 1000 + row, "k2") for row in range(ROWS)}
    seen = Seen(world(email=others), made(), RING)
    assert not seen[MOBILE].violations
    assert not seen[EMAIL].violations


def test_counters_that_begin_anew_with_each_key_are_fresh_in_one_column() -> None:
    later = {row: sealed(MOBILE, row, 1000 + row - 20, "k2") for row in range(20, ROWS)}
    assert not Seen(world(mobile=later), made(), RING)[MOBILE].violations


def test_a_cipher_without_nonces_shares_none() -> None:
    looked_up = Encryption(lookup=True)
    equal = {row: sealed(MOBILE, 0, 0, algorithm="AES-SIV") for row in range(ROWS)}
    seen = Seen(world(mobile=equal, email=equal), made(looked_up), None)
    assert not any("nonce" in code or "value" in code for check in (MOBILE, EMAIL) for code in problems(seen[check]))


def test_the_iv_of_a_token_is_fresh_whatever_its_time() -> None:
    fernet = Fernet(base64.urlsafe_b64encode(bytes(32)))
    ivs = [os.urandom(16) for _ in range(2 * ROWS - 2)]

    def token(text: str, time: int, iv: bytes) -> str:
        return fernet._encrypt_from_parts(text.encode(), time, iv).decode()

    mobile = {row: token(f"m{row}", row, ivs[row]) for row in range(ROWS)}
    email = {
        row: token(f"e{row}", row + 900, ivs[(row + ROWS) % len(ivs)]) for row in range(ROWS)
    }  # the last two again
    mobile[5] = token("again", 5_000, ivs[9])
    seen = Seen(world(mobile=mobile, email=email), made(Encryption(format="fernet")), RING)
    assert problems(seen[MOBILE]) == {"repeated_nonce": 2, "nonce_of_another_column": 2}
    assert problems(seen[EMAIL]) == {"nonce_of_another_column": 2}


def test_one_check_alone_and_any_batches_find_the_same() -> None:
    tables, chosen = world(email={7: sealed(EMAIL, 7, 1007)}), made()
    whole = Seen(tables, chosen, RING)[MOBILE]
    check = next(check for check in plan(chosen).checks if check.id == MOBILE)
    split = {name: pa.concat_tables([table.slice(20), table.slice(0, 20)]) for name, table in tables.items()}
    for given in (tables, split):
        with closing(open_source(given, chosen.tables)) as source:
            found = evaluate("users", [check], Scope(chosen, source, RING, AS_OF))[MOBILE]
        assert (found.problems, found.rows) == (whole.problems, whole.rows)


def test_the_proof_knows_which_tables_it_reads() -> None:
    check = next(check for check in plan(made()).checks if check.id == MOBILE)
    assert set(KINDS["encrypted"].besides(check.rule.parameters, made()) or ()) == {"users", "sent"}
