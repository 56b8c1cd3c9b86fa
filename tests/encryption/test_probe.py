"""Keys in a service, keys that are no more, and columns that a contract declares otherwise than usual."""

from __future__ import annotations

import base64
import hashlib

import pyarrow as pa
import pytest

from governance.encryption.ciphers import AES_SIV
from governance.encryption.envelope import Envelope, bound, seal
from governance.encryption.inspected import InspectedPart
from governance.encryption.inspection import ColumnFindings, ColumnInspection, EncryptedColumn
from governance.encryption.opening import Decrypt, opener
from governance.proving.scheme_table import judged
from governance.synthetic.ciphers.schemes import CORPORA, SCHEMES
from tests.encryption.columns import COLUMN, KEYS, KID, TABLE, fixed, genuine, plaintexts, problems, row_keys, written

BATCH = 7  # so that every test merges parts
PHONES = EncryptedColumn(TABLE, COLUMN, "phone_number")


def looked_at(
    values: list[str],
    *,
    decrypt: Decrypt | None = None,
    states: dict[str, str] | None = None,
    declared: EncryptedColumn = PHONES,
    canaries: tuple[str, ...] = (),
    occasion: str = "",
    keyed: bool = True,
) -> ColumnFindings:
    state = (states or {}).get
    inspection = ColumnInspection(
        declared,
        KEYS if keyed else None,
        100,
        state=lambda kid: state(kid, ""),
        decrypt=decrypt,
        canaries=canaries,
        occasion=occasion,
    )
    part, rows, keys = InspectedPart(), pa.array(values), pa.array(row_keys(len(values)))
    for start in range(0, len(values), BATCH):
        part = part.merge(inspection.fold(rows.slice(start, BATCH), keys.slice(start, BATCH)))
    return inspection.finish(part)


def test_a_key_service_opens_in_place_of_keys() -> None:
    found = looked_at(genuine("phones", 40), decrypt=opener(KEYS), keyed=False)
    assert found.proven
    assert found.problems == ()


def test_a_key_service_that_is_down_says_nothing_about_the_values() -> None:
    def down(sealed: Envelope, bound_to: bytes) -> bytes | None:
        raise ConnectionError(f"no answer about {sealed} at {bound_to!r}")

    found = looked_at(genuine("phones", 40), decrypt=down)
    assert (found.service_down, found.problems, found.decrypted) == (True, (), 0)


def test_a_key_service_that_answers_no_bytes_is_down() -> None:
    assert looked_at(genuine("phones", 40), decrypt=lambda *_: "09121234567").service_down  # type: ignore[arg-type]


def test_a_key_service_that_opens_anything_is_found_out() -> None:
    found = looked_at(genuine("phones", 40), decrypt=lambda *_: b"09121234567")
    assert problems(found) == {"not_bound_to_row": 40}


def test_a_key_service_that_does_not_authenticate_is_found_out() -> None:
    """It compares the place and not the text."""
    honest = opener(KEYS)
    known = {value.rsplit(":", 1)[-1]: value for value in genuine("phones", 40)}

    def careless(sealed: Envelope, bound_to: bytes) -> bytes | None:
        place = bound_to.decode().split("\0")
        if place[0] == TABLE and place[1] == COLUMN and any(sealed.nonce in _raw(value) for value in known.values()):
            return honest(sealed, bound_to) or (b"09121234567" if _is_changed(sealed, bound_to) else None)
        return None

    def _is_changed(sealed: Envelope, bound_to: bytes) -> bool:
        return any(
            _raw(value)[:12] == sealed.nonce
            and _raw(value)[12:] != sealed.sealed
            and row == bound_to.split(b"\0")[2].decode()
            for value, row in zip(genuine("phones", 40), row_keys(40), strict=True)
        )

    assert problems(looked_at(genuine("phones", 40), decrypt=careless)) == {"not_authenticated": 40}


def _raw(value: str) -> bytes:
    text = value.rsplit(":", 1)[-1]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.mark.parametrize("state", ["unknown_kid", "overdue_kid"])
def test_values_under_a_key_that_is_not_in_order_are_found(state: str) -> None:
    assert problems(looked_at(genuine("phones", 40), states={KID: state})) == {state: 40}
    assert problems(looked_at(genuine("phones", 40), states={KID: state}, keyed=False)) == {state: 40}


def test_a_value_that_still_opens_under_a_destroyed_key_is_told_from_one_that_does_not() -> None:
    values = genuine("phones", 40)
    values[3] = written(hashlib.sha512(b"x").digest()[:39])
    found = {key: problem for problem, key in looked_at(values, states={KID: "destroyed_kid"}).problems}
    assert found.pop(row_keys(40)[3]) == "destroyed_kid"
    assert set(found.values()) == {"opens_under_destroyed_key"}


@pytest.mark.parametrize("place", [3, 20, 39])
def test_a_value_under_a_destroyed_key_is_reported_at_its_own_row_in_whichever_batch(place: int) -> None:
    values = genuine("phones", 40)
    values[place] = values[place].replace(KID, "k1999")
    found = looked_at(values, states={"k1999": "destroyed_kid"}, decrypt=opener(KEYS))
    assert [key for _, key in found.problems] == [row_keys(40)[place]]


def test_a_destroyed_key_of_which_nothing_is_left_opens_nothing() -> None:
    values = [value.replace(KID, "k2001") for value in genuine("phones", 40)]
    assert problems(looked_at(values, states={"k2001": "destroyed_kid"})) == {"destroyed_kid": 40}


def test_equal_values_are_fine_where_a_contract_allows_look_up() -> None:
    place = bound(AES_SIV, TABLE, COLUMN, "")
    texts = plaintexts("phones", 40)
    texts[5:9] = texts[:1] * 4
    values = [seal(text, key=fixed("data"), kid=KID, nonce=b"", bound_to=place, algorithm=AES_SIV) for text in texts]
    allowed = looked_at(values, declared=EncryptedColumn(TABLE, COLUMN, "phone_number", lookup=True))
    assert allowed.proven
    assert allowed.problems == ()
    assert problems(looked_at(values)) == {"deterministic": 40}


def test_a_hash_of_a_known_number_is_told_from_other_hashes() -> None:
    values = [hashlib.sha256(text.encode()).hexdigest() for text in plaintexts("phones", 40)]
    canary = "+98" + plaintexts("phones", 40)[7].removeprefix("0")
    assert problems(looked_at(values, canaries=(canary,))) == {"unsalted_digest": 1, "digest": 39}


def test_the_sample_is_drawn_anew_on_another_day() -> None:
    first, again, other = (looked_at(genuine("phones", 200), occasion=day).seed for day in ("mon", "mon", "tue"))
    assert first == again != other


@pytest.mark.parametrize("scheme", [scheme for scheme in SCHEMES if scheme.shown_by == "genuine"], ids=lambda s: s.name)
def test_genuine_columns_raise_no_alarm(scheme: object) -> None:
    verdicts = [
        judged(scheme, corpus, 30, keyed=False, seed=seed)  # type: ignore[arg-type]
        for corpus in CORPORA
        for seed in range(25)
    ]
    assert [verdict for verdict in verdicts if not verdict.right] == []
