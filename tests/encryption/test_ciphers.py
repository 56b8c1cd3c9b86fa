"""Each algorithm opens its own values in their place and nothing else; Fernet tokens open under the ring's keys."""

from __future__ import annotations

import base64

import pytest
from cryptography.fernet import Fernet

from governance.encryption.ciphers import A256GCM, A256GCMSIV, AES_SIV, ALGORITHMS, CHACHA20
from governance.encryption.envelope import Envelope, bound, parse, seal, unseal
from governance.encryption.formats import FERNET_ALGORITHM
from governance.encryption.opening import opener
from tests.encryption.columns import KEYS, KID, fixed

EVERY = pytest.mark.parametrize("algorithm", [A256GCM, A256GCMSIV, CHACHA20, AES_SIV])


def value(algorithm: str, row: str = "7", text: str = "09121234567") -> str:
    nonce = b"twelve bytes"[: ALGORITHMS[algorithm].nonce_bytes]
    place = bound(algorithm, "users", "mobile", row)
    return seal(text, key=fixed("data"), kid=KID, nonce=nonce, bound_to=place, algorithm=algorithm)


def opened(sealed: Envelope | None, algorithm: str, row: str = "7", column: str = "mobile") -> bytes | None:
    assert sealed is not None
    return unseal(sealed, key=fixed("data"), bound_to=bound(algorithm, "users", column, row))


@EVERY
def test_a_value_opens_in_its_place_and_in_no_other_column(algorithm: str) -> None:
    sealed = parse(value(algorithm))
    assert opened(sealed, algorithm) == b"09121234567"
    assert opened(sealed, algorithm, column="email") is None
    assert opened(parse(value(algorithm)), algorithm, row="7") is not None


@EVERY
def test_a_value_opens_in_its_row_only_unless_it_can_be_looked_up(algorithm: str) -> None:
    assert (opened(parse(value(algorithm)), algorithm, row="8") is None) == (algorithm != AES_SIV)


@EVERY
def test_equal_texts_have_equal_values_only_where_they_can_be_looked_up(algorithm: str) -> None:
    assert (value(algorithm, "7") == value(algorithm, "8")) == (algorithm == AES_SIV)


@EVERY
def test_no_flipped_bit_opens(algorithm: str) -> None:
    sealed = parse(value(algorithm))
    assert sealed is not None
    for bit in range(len(sealed.sealed) * 8):
        changed = bytearray(sealed.sealed)
        changed[bit // 8] ^= 1 << bit % 8
        assert opened(Envelope(algorithm, KID, sealed.nonce, bytes(changed)), algorithm) is None


@EVERY
def test_a_value_in_another_algorithms_name_does_not_open(algorithm: str) -> None:
    for other in ALGORITHMS.keys() - {algorithm}:
        assert opened(parse(value(algorithm).replace(f":{algorithm}:", f":{other}:")), algorithm) is None


@pytest.mark.parametrize(("algorithm", "nonce"), [(AES_SIV, b"twelve bytes"), (CHACHA20, b""), ("ROT13", b"")])
def test_what_could_not_be_read_back_is_not_sealed(algorithm: str, nonce: bytes) -> None:
    with pytest.raises(ValueError, match=r"^expected a key id"):
        seal("x", key=fixed("data"), kid=KID, nonce=nonce, bound_to=b"", algorithm=algorithm)


def test_a_fernet_token_opens_under_a_key_of_the_ring() -> None:
    decrypt = opener(KEYS)
    own = Fernet(base64.urlsafe_b64encode(KEYS.data_keys[KID])).encrypt(b"09121234567")
    other = Fernet(Fernet.generate_key()).encrypt(b"09121234567")
    assert decrypt(Envelope(FERNET_ALGORITHM, "", b"", own), b"") == b"09121234567"
    assert decrypt(Envelope(FERNET_ALGORITHM, "", b"", other), b"") is None
    assert decrypt(Envelope(FERNET_ALGORITHM, "", b"", own[:-4] + b"AAA="), b"") is None
