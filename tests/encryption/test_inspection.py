# ruff: noqa: S311, S324  the same values in every run; weak digests are what is looked for
"""Genuine columns are clean, and everything that only looks encrypted is found, by its name."""

from __future__ import annotations

import base64
import bz2
import codecs
import gzip
import hashlib
import json
import lzma
import random
import zlib
from collections.abc import Callable

import pyarrow as pa
import pytest

from governance.encryption.inspection import ColumnInspection, EncryptedColumn
from governance.encryption.keys import Keyring
from tests.encryption.columns import (
    COLUMN,
    KEYS,
    KID,
    TABLE,
    fixed,
    genuine,
    inspect,
    plaintexts,
    problems,
    raw_of,
    row_keys,
    sealed,
    sealed_with,
    written,
)

PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
KEYED = pytest.mark.parametrize("keys", [None, KEYS], ids=["without keys", "with keys"])
WHATS = pytest.mark.parametrize("what", ["phones", "e-mails"])


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


# Genuine columns


@KEYED
@WHATS
@pytest.mark.parametrize("count", [1, 5, 30, 300])
def test_a_genuine_column_is_clean(what: str, count: int, keys: Keyring | None) -> None:
    findings = inspect(genuine(what, count), keys=keys, what=what)
    assert findings.problems == ()
    assert (findings.values, findings.distinct) == (count, count)
    assert findings.decrypted == (count if keys else 0)
    assert findings.proven == (keys is not None)


@WHATS
def test_two_hundred_genuine_columns_raise_no_false_alarm(what: str) -> None:
    alarms = 0
    for seed in range(100):
        nonces = random.Random(seed)
        values = [
            sealed(text, key, nonce=nonces.randbytes(12))
            for text, key in zip(plaintexts(what, 30, seed), row_keys(30), strict=True)
        ]
        alarms += bool(inspect(values, keys=KEYS if seed % 2 else None, what=what).problems)
    assert alarms == 0


def test_a_value_under_an_older_key_of_the_ring_is_genuine() -> None:
    values = [*genuine("phones", 30)[:-1], sealed("09121234567", row_keys(30)[-1], kid="k2025")]
    assert inspect(values, keys=KEYS).proven


@KEYED
def test_null_cells_are_no_values(keys: Keyring | None) -> None:
    values = genuine("phones", 30)
    held = [None if number % 3 == 0 else value for number, value in enumerate(values)]
    findings = inspect(held, keys=keys)
    assert (findings.values, findings.distinct, findings.problems) == (20, 20, ())


@KEYED
def test_a_column_of_nulls_proves_nothing(keys: Keyring | None) -> None:
    findings = inspect(pa.nulls(30, pa.string()), keys=keys)
    assert (findings.values, findings.distinct, findings.decrypted, findings.proven) == (0, 0, 0, False)


@pytest.mark.parametrize(
    "kind",
    [pa.binary(), pa.large_binary(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())],
)
def test_the_same_envelopes_in_columns_of_another_type_are_genuine(kind: pa.DataType) -> None:
    values = [value.encode() if "binary" in str(kind) else value for value in genuine("phones", 30)]
    column = pa.array(values).dictionary_encode() if pa.types.is_dictionary(kind) else pa.array(values, kind)
    assert inspect(column, keys=KEYS).proven
    assert inspect(column).problems == ()


# Fakes: every value of the column is one


Write = Callable[[str, str], object]
FAKES: dict[str, tuple[Write, str]] = {
    "plaintext": (lambda text, _: text, "plaintext"),
    "plaintext in Persian digits": (lambda text, _: text.translate(PERSIAN), "plaintext"),
    "plaintext in capitals": (lambda text, _: text.upper(), "plaintext"),
    "plaintext as bytes": (lambda text, _: text.encode(), "plaintext"),
    "plaintext behind the prefix": (lambda text, _: f"enc:v1:A256GCM:{KID}:{text}", "plaintext or too_short"),
    "base64": (lambda text, _: b64(text.encode()), "decodable"),
    "base64 of a line": (lambda text, _: b64(text.encode() + b"\n"), "decodable"),
    "base64 of UTF-16": (lambda text, _: b64(text.encode("utf-16-le")), "decodable"),
    "base64url": (lambda text, _: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="), "decodable"),
    "hex": (lambda text, _: text.encode().hex(), "decodable"),
    "hex in capitals": (lambda text, _: text.encode().hex().upper(), "decodable"),
    "base64 twice": (lambda text, _: b64(b64(text.encode()).encode()), "decodable"),
    "hex in base64": (lambda text, _: b64(text.encode().hex().encode()), "decodable"),
    "gzip and base64": (lambda text, _: b64(gzip.compress(text.encode(), mtime=0)), "decodable"),
    "zlib and base64": (lambda text, _: b64(zlib.compress(text.encode())), "decodable"),
    # An address that was turned round or rotated looks like another address.
    "rot13": (lambda text, _: codecs.encode(text, "rot13"), "decodable or plaintext"),
    "reversed": (lambda text, _: text[::-1], "decodable or plaintext"),
    "JSON in base64": (lambda text, _: b64(json.dumps({"v": text}).encode()), "decodable"),
    "JSON of several lines in base64": (lambda text, _: b64(json.dumps({"v": text}, indent=1).encode()), "decodable"),
    "MD5": (lambda text, _: hashlib.md5(text.encode()).hexdigest(), "digest"),
    "SHA-1": (lambda text, _: hashlib.sha1(text.encode()).hexdigest(), "digest"),
    "SHA-256": (lambda text, _: hashlib.sha256(text.encode()).hexdigest(), "digest"),
    "SHA-512 in capitals": (lambda text, _: hashlib.sha512(text.encode()).hexdigest().upper(), "digest"),
    "base64 in the envelope": (lambda text, _: written(text.encode()), "decodable"),
    "base64 of a line in the envelope": (lambda text, _: written(text.encode() + b"\r\n"), "decodable"),
    "UTF-16 in the envelope": (lambda text, _: written(text.encode("utf-16")[2:] * 2), "decodable"),
    "Persian with a joiner in the envelope": (lambda text, _: written(f"می‌گوید {text}".encode()), "decodable"),
    "JSON in the envelope": (lambda text, _: written(json.dumps({"phone": text}, indent=2).encode()), "decodable"),
    "hex in the envelope": (lambda text, _: written(text.encode().hex().encode()), "decodable"),
    "gzip in the envelope": (lambda text, _: written(gzip.compress(text.encode(), mtime=0)), "decodable"),
    "digest in hex in the envelope": (
        lambda text, _: written(hashlib.sha256(text.encode()).hexdigest().encode()),
        "decodable",
    ),
    "MD5 in the envelope": (lambda text, _: written(hashlib.md5(text.encode()).digest()), "too_short"),
    "an unknown algorithm": (lambda text, key: sealed(text, key).replace("A256GCM", "A128CBC"), "unknown_algorithm"),
    "no encryption as algorithm": (lambda text, key: sealed(text, key).replace("A256GCM", "none"), "unknown_algorithm"),
    "cut short": (lambda text, key: written(raw_of(sealed(text, key))[:27]), "too_short"),
    "an empty text sealed": (lambda _, key: sealed(b"", key), "too_short"),
    "another version": (lambda text, key: sealed(text, key).replace("enc:v1", "enc:v2"), "not_an_envelope"),
    "a space behind the envelope": (lambda text, key: sealed(text, key) + " ", "not_an_envelope"),
    "a line end behind the envelope": (lambda text, key: sealed(text, key) + "\n", "not_an_envelope"),
    "plaintext behind the envelope": (lambda text, key: f"{sealed(text, key)} {text}", "plaintext"),
    "raw bytes without the envelope": (lambda text, key: raw_of(sealed(text, key)), "not_an_envelope"),
    "bzip2 and base64": (lambda text, _: b64(bz2.compress(text.encode())), "decodable"),
    "xz and base64": (lambda text, _: b64(lzma.compress(text.encode())), "decodable"),
    "bzip2 in the envelope": (lambda text, _: written(bz2.compress(text.encode())), "decodable"),
    "SHA-256 in the envelope": (lambda text, _: written(hashlib.sha256(text.encode()).digest()), "too_short"),
    "the prefix only": (lambda _, __: "enc:", "not_an_envelope"),
    "an empty text": (lambda _, __: "", "not_an_envelope"),
    "a word": (lambda _, __: "encrypted", "not_an_envelope"),
}


@KEYED
@WHATS
@pytest.mark.parametrize("count", [5, 30])
@pytest.mark.parametrize(("write", "code"), FAKES.values(), ids=FAKES)
def test_a_fake_is_found_with_its_name(write: Write, code: str, count: int, what: str, keys: Keyring | None) -> None:
    values = [write(text, key) for text, key in zip(plaintexts(what, count), row_keys(count), strict=True)]
    found = problems(inspect(values, keys=keys, what=what))
    assert sum(found.values()) == count
    assert set(found) <= set(code.split(" or "))


@KEYED
@pytest.mark.parametrize("kind", [pa.int64(), pa.float64(), pa.decimal128(20, 0)], ids=str)
def test_phone_numbers_as_numbers_are_no_envelopes(kind: pa.DataType, keys: Keyring | None) -> None:
    column = pa.array([int(text) for text in plaintexts("phones", 30)], pa.int64()).cast(kind)
    found = problems(inspect(column, keys=keys))
    assert sum(found.values()) == 30
    assert set(found) <= {"plaintext", "not_an_envelope"}


@KEYED
def test_one_fake_among_genuine_values_is_the_only_finding(keys: Keyring | None) -> None:
    values: list[object] = [*genuine("phones", 300)]
    values[123] = "09123456789"
    assert inspect(values, keys=keys).problems == (("plaintext", row_keys(300)[123]),)


@KEYED
def test_a_phone_number_as_the_name_of_the_key_is_found(keys: Keyring | None) -> None:
    values = [
        written(raw_of(value), kid=text)
        for value, text in zip(genuine("phones", 30), plaintexts("phones", 30), strict=True)
    ]
    assert problems(inspect(values, keys=keys)) == {"plaintext": 30}


# Fakes that only a comparison or a key shows


@KEYED
def test_a_repeated_value_is_found_in_every_row_that_has_it(keys: Keyring | None) -> None:
    values = genuine("phones", 30)
    values[7] = values[3]
    found = {key: problem for problem, key in inspect(values, keys=keys).problems}
    assert found == {row_keys(30)[3]: "repeated_value", row_keys(30)[7]: "repeated_value"}


@KEYED
def test_a_repeated_nonce_is_found_in_every_row_that_has_it(keys: Keyring | None) -> None:
    values = genuine("phones", 30)
    for row in (2, 9, 17):
        values[row] = sealed(plaintexts("phones", 30)[row], row_keys(30)[row], nonce=b"twelve bytes")
    assert problems(inspect(values, keys=keys)) == {"repeated_nonce": 3}


@KEYED
def test_another_spelling_of_the_same_bytes_is_no_envelope(keys: Keyring | None) -> None:
    """The last character of base64 may hold bits that decode to nothing: two texts, one value."""
    value = next(value for value in genuine("e-mails", 9) if len(raw_of(value)) % 3)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = value[:-1] + alphabet[alphabet.index(value[-1]) + 1]
    assert raw_of(twin) == raw_of(value)
    assert problems(inspect([twin], keys=keys)) == {"not_an_envelope": 1}


def flipped(raw: bytes, at: int) -> bytes:
    return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


KEYED_FAKES: dict[str, tuple[Write, str]] = {
    "random bytes": (lambda _, key: written(random.Random(key).randbytes(39)), "does_not_decrypt"),
    "sealed for another column": (lambda text, key: sealed(text, key, column="email"), "does_not_decrypt"),
    "sealed for no row": (
        lambda text, _: sealed_with(text, f"{TABLE}\0{COLUMN}\0".encode()),
        "does_not_decrypt",
    ),
    "sealed without a place": (
        lambda text, key: sealed_with(text, None, nonce=key.zfill(12).encode()),
        "not_bound_to_row",
    ),
    "sealed with an empty place": (
        lambda text, key: sealed_with(text, b"", nonce=key.zfill(12).encode()),
        "not_bound_to_row",
    ),
    "a bit of the nonce flipped": (
        lambda text, key: written(flipped(raw_of(sealed(text, key)), 3)),
        "does_not_decrypt",
    ),
    "a bit of the text flipped": (
        lambda text, key: written(flipped(raw_of(sealed(text, key)), 14)),
        "does_not_decrypt",
    ),
    "a bit of the tag flipped": (lambda text, key: written(flipped(raw_of(sealed(text, key)), -1)), "does_not_decrypt"),
    "a byte less": (lambda text, key: written(raw_of(sealed(text, key))[:-1]), "does_not_decrypt"),
    "a byte more": (
        lambda text, key: written(raw_of(sealed(text, key)) + hashlib.sha256(key.encode()).digest()[:1]),
        "does_not_decrypt",
    ),
    "the name of another key": (lambda text, key: sealed(text, key).replace(KID, "k2025"), "does_not_decrypt"),
    "a key that is not on the ring": (lambda text, key: sealed(text, key).replace(KID, "k1999"), "unknown_kid"),
    "junk in a good envelope": (lambda _, key: sealed(f"lorem ipsum {key}", key), "implausible_plaintext"),
    "bytes in a good envelope": (lambda _, key: sealed(b"\xff\xfe" + key.encode() * 3, key), "implausible_plaintext"),
}


@WHATS
@pytest.mark.parametrize(("write", "code"), KEYED_FAKES.values(), ids=KEYED_FAKES)
def test_what_only_a_key_can_tell_is_found_with_keys(write: Write, code: str, what: str) -> None:
    values = [write(text, key) for text, key in zip(plaintexts(what, 30), row_keys(30), strict=True)]
    found = inspect(values, keys=KEYS, what=what)
    assert problems(found) == {code: 30}
    assert not found.proven
    assert problems(inspect(values, what=what)) == {}


def test_swapped_rows_are_found_with_keys() -> None:
    values = genuine("phones", 30)
    values[4], values[20] = values[20], values[4]
    found = inspect(values, keys=KEYS)
    assert {key for _, key in found.problems} == {row_keys(30)[4], row_keys(30)[20]}
    assert {problem for problem, _ in found.problems} <= {"does_not_decrypt", "not_bound_to_row"}
    assert found.decrypted == 28


def test_a_value_that_opens_in_a_neighbours_row_too_is_not_bound() -> None:
    """Two rows, so that each is the other's neighbour."""
    values = genuine("phones", 2)
    found = inspect(values[::-1], keys=KEYS)
    assert problems(found) == {"not_bound_to_row": 2}


# How it looks


@KEYED
@pytest.mark.parametrize("batch", [1, 7, 64])
def test_batches_of_any_size_give_the_same_findings(batch: int, keys: Keyring | None) -> None:
    values: list[object] = [*genuine("phones", 60)]
    values[5], values[6], values[40], values[41] = values[50], None, "09121234567", "enc:"
    assert inspect(values, keys=keys, batch=batch) == inspect(values, keys=keys)


def test_without_a_primary_key_forms_are_judged_and_nothing_is_opened() -> None:
    values: list[object] = [*genuine("phones", 30)]
    values[3] = "09121234567"
    found = inspect(values, keys=KEYS, names=None)
    assert found.problems == (("plaintext", None),)
    assert found.decrypted == 0
    assert not found.proven


def test_a_column_of_no_declared_kind_is_proven_by_opening_alone() -> None:
    values = [sealed(f"note {key}", key) for key in row_keys(30)]
    assert inspect(values, keys=KEYS, what="notes").proven


def opened_rows(values: list[str], names: list[str], keys: Keyring = KEYS) -> set[str | None]:
    """Which rows a sample of ten looks into: those whose junk it notices."""
    return {key for _, key in inspect(values, keys=keys, names=names, sample=10).problems}


def test_the_sample_is_the_same_in_any_order_of_the_rows() -> None:
    names = row_keys(200)
    values = [written(random.Random(name).randbytes(39)) for name in names]
    first = opened_rows(values, names)
    assert len(first) == 10
    for seed in range(3):
        order = random.Random(seed).sample(range(200), 200)
        assert opened_rows([values[i] for i in order], [names[i] for i in order]) == first


def test_nobody_without_the_keys_can_foresee_the_sample() -> None:
    names = row_keys(200)
    values = [written(random.Random(name).randbytes(39)) for name in names]
    other = Keyring(KEYS.data_keys, KEYS.token_key, fixed("another reference key"), KEYS.signing_key)
    assert opened_rows(values, names) != opened_rows(values, names, other)


def test_a_sample_counts_what_it_opened_and_does_not_prove_the_rest() -> None:
    found = inspect(genuine("phones", 60), keys=KEYS, sample=10)
    assert (found.values, found.decrypted, found.proven) == (60, 10, False)


@KEYED
def test_neither_findings_nor_inspection_show_a_value_or_a_primary_key(keys: Keyring | None) -> None:
    inspection = ColumnInspection(EncryptedColumn(TABLE, COLUMN, "phone_number"), keys, 100)
    values = [*genuine("phones", 5), "09121234567"]
    names = [f"secret-row-{number}" for number in range(6)]
    part = inspection.fold(pa.array(values), pa.array(names))
    findings = inspection.finish(part)
    assert findings.problems
    for text in (repr(inspection), repr(part), repr(findings)):
        assert "secret-row" not in text
        assert "0912" not in text
        assert "enc:" not in text
        assert repr(fixed("data")) not in text
