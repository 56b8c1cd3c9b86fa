"""Columns that should be encrypted and only look like it: encoded, hashed, repeated, moved, random, without a tag."""

from __future__ import annotations

import base64
import codecs
import gzip
import hashlib
import random
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from governance.results import Reason, Verdict
from tests.faults.company import FAILED, Company, unlooked

CHECK = "restricted-encrypted/users/mobile"
PROVEN = (Verdict.PASSED, Reason.PROVEN)
LONG = "restricted-encrypted/users/email"
KID = "k2026"
PHONES = [f"0912{1234567 + 7919 * step}" for step in range(300)]
EMAILS = [f"{phone}.book@mail.example.or{'g' * (1 + step % 20)}" for step, phone in enumerate(PHONES)]
SECRET = bytes(range(32))
chance = random.Random(17)  # noqa: S311  the same values in every run
KEYED = pytest.mark.parametrize("keyed", [True, False], ids=["keys", "no keys"])
NOISE = [chance.randbytes(40) for _ in PHONES]


def envelope(raw: bytes) -> str:
    return f"enc:v1:A256GCM:{KID}:{base64.urlsafe_b64encode(raw).decode().rstrip('=')}"


def put(company: Company, values: list[str], check: str = CHECK) -> list[str]:
    """Put values for encrypted ones; what may not be printed of them."""
    company.put_cells("users", check.rpartition("/")[2], values)
    return [*PHONES, *filter(None, values)]


def fails(company: Company, values: list[str], *problems: str, keyed: bool = True, check: str = CHECK) -> None:
    """The check finds these problems, and shows none of the values."""
    said = company.check(check, keyed=keyed, secrets=put(company, values, check))
    assert (said.code, said.verdict(check)) == (1, FAILED)
    assert set(problems) <= set(said.problems(check)), said.problems(check)


def test_nothing_is_said_of_what_is_encrypted(company: Company) -> None:
    said = company.check(CHECK, LONG)
    assert (said.code, said.verdict(CHECK), said.verdict(LONG)) == (0, PROVEN, PROVEN)


ENCODINGS: dict[str, Callable[[str], str]] = {
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "rot13": lambda text: codecs.encode(f"tel {text}", "rot13"),
    "gzip": lambda text: base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode(),
    "base64 in an envelope": lambda text: envelope(text.encode()),
}


@KEYED
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_24_an_encoding_is_no_encryption(company: Company, encoding: str, *, keyed: bool) -> None:
    fails(company, [ENCODINGS[encoding](phone) for phone in PHONES], keyed=keyed)


@KEYED
@pytest.mark.parametrize("name", ["md5", "sha256"])
def test_25_an_unsalted_hash_is_no_encryption(company: Company, name: str, *, keyed: bool) -> None:
    fails(company, [hashlib.new(name, phone.encode()).hexdigest() for phone in PHONES], "digest", keyed=keyed)


def ecb(text: str) -> bytes:
    padder = padding.PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES256(SECRET), modes.ECB()).encryptor()  # noqa: S305  the fault
    return encryptor.update(padder.update(text.encode()) + padder.finalize()) + encryptor.finalize()


def cbc(text: str, iv: bytes) -> bytes:
    padder = padding.PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES256(SECRET), modes.CBC(iv)).encryptor()
    return iv + encryptor.update(padder.update(text.encode()) + padder.finalize()) + encryptor.finalize()


@KEYED
def test_26_a_constant_nonce_fails(company: Company, *, keyed: bool) -> None:
    sealed = [envelope(bytes(12) + AESGCM(SECRET).encrypt(bytes(12), phone.encode(), None)) for phone in PHONES]
    fails(company, sealed, "repeated_nonce", keyed=keyed)


@KEYED
def test_26_blocks_without_a_nonce_fail(company: Company, *, keyed: bool) -> None:
    fails(company, [envelope(ecb(email)) for email in EMAILS], "repeated_block", keyed=keyed, check=LONG)


@KEYED
def test_26_one_ciphertext_in_every_row_fails(company: Company, *, keyed: bool) -> None:
    fails(company, [envelope(NOISE[0])] * len(PHONES), "repeated_value", keyed=keyed)


@KEYED
def test_27_blocks_without_a_tag_fail(company: Company, *, keyed: bool) -> None:
    sealed = [envelope(cbc(email, iv[:16])) for email, iv in zip(EMAILS, NOISE, strict=True)]
    fails(company, sealed, "unauthenticated_blocks", keyed=keyed, check=LONG)


@KEYED
def test_27_a_tag_of_four_bytes_fails(company: Company, *, keyed: bool) -> None:
    sealed = []
    for phone, noise in zip(PHONES, NOISE, strict=True):
        encryptor = Cipher(algorithms.AES256(SECRET), modes.GCM(noise[:12])).encryptor()
        cut = encryptor.update(phone.encode()) + encryptor.finalize()
        sealed.append(envelope(noise[:12] + cut + encryptor.tag[:4]))
    fails(company, sealed, "too_short", keyed=keyed)


def test_28_noise_is_not_proven_without_keys_and_fails_with_them(company: Company) -> None:
    secrets = put(company, [envelope(noise) for noise in NOISE])
    said = company.check(CHECK, keyed=False, secrets=secrets)
    assert (said.code, said.verdict(CHECK)) == (2, unlooked(Reason.NO_KEY))
    said = company.check(CHECK, secrets=secrets)
    assert (said.code, said.verdict(CHECK)) == (1, FAILED)
    assert said.problems(CHECK) == {"does_not_decrypt": len(NOISE)}


def test_29_five_encrypted_rows_prove_nothing_without_keys(company: Company) -> None:
    """With keys every one of them is opened, which proves it however few they are."""
    few = company.table("users").slice(0, 5)
    company.put("users", few)
    secrets = few["mobile"].to_pylist()
    said = company.check(CHECK, keyed=False, secrets=secrets)
    assert (said.code, said.of(CHECK).verdict) == (2, Verdict.NOT_EVALUATED)
    said = company.check(CHECK, secrets=secrets)
    assert (said.code, said.verdict(CHECK)) == (0, PROVEN)


def test_30_ciphertexts_of_two_rows_that_changed_places_fail(company: Company) -> None:
    cells = company.table("users")["mobile"].to_pylist()
    first, second = [place for place, cell in enumerate(cells) if cell][:2]
    cells[first], cells[second] = cells[second], cells[first]
    secrets = [cell for cell in put(company, cells) if cell]
    said = company.check(CHECK, secrets=secrets)
    assert (said.code, said.verdict(CHECK)) == (1, FAILED)
    assert sum(said.problems(CHECK).values()) == 2
