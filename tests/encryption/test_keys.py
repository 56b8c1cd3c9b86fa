"""Keys come from a file that only its owner can read, and nothing shows one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from governance.encryption.keys import Keyring, load_keys
from governance.errors import KeysError
from tests.encryption.columns import KEYS, fixed


def key_file(path: Path, text: str | bytes, mode: int = 0o600) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(mode)
    return path


def refusal(path: Path) -> KeysError:
    with pytest.raises(KeysError) as caught:
        load_keys(path)
    return caught.value


def test_a_key_file_is_read_back_as_written(tmp_path: Path) -> None:
    path = key_file(tmp_path / "keys.json", KEYS.to_json())
    assert load_keys(path) == KEYS
    assert load_keys(path).to_json() == KEYS.to_json()


@pytest.mark.parametrize("mode", [0o400, 0o600, 0o700])
def test_a_file_of_the_owner_alone_is_read(mode: int, tmp_path: Path) -> None:
    assert load_keys(key_file(tmp_path / "keys.json", KEYS.to_json(), mode)) == KEYS


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o666, 0o620, 0o601])
def test_a_file_that_others_may_touch_is_refused(mode: int, tmp_path: Path) -> None:
    path = key_file(tmp_path / "keys.json", KEYS.to_json(), mode)
    assert str(refusal(path)) == (
        f"{path}: expected a key file that only its owner can read (mode 0600), found mode {mode:04o}; "
        f"run `chmod 600 {path}`, and replace the keys if others may have read them."
    )


def linked(path: Path) -> None:
    path.symlink_to(key_file(path.with_name("real.json"), KEYS.to_json()))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda _: None, "expected a key file, found none that can be read (FileNotFoundError)."),
        (Path.mkdir, "expected a regular file with keys, found something else."),
        (lambda path: os.mkfifo(path, 0o600), "expected a regular file with keys, found something else."),
        (linked, "expected a key file, found a symbolic link."),
        (lambda path: path.symlink_to("/dev/zero"), "expected a key file, found a symbolic link."),
    ],
    ids=["missing", "a folder", "a pipe", "a link", "a link to a device"],
)
def test_what_is_no_regular_file_is_refused_and_not_waited_for(
    make: Callable[[Path], object], message: str, tmp_path: Path
) -> None:
    path = tmp_path / "keys.json"
    make(path)
    assert str(refusal(path)) == f"{path}: {message}"


def test_a_path_that_cannot_be_is_refused() -> None:
    assert "expected a regular file with keys, found something else" in str(refusal(Path("a\0b")))


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    descriptors = Path("/proc/self/fd")
    before = len(list(descriptors.iterdir()))
    for _ in range(5):
        refusal(tmp_path)
        refusal(key_file(tmp_path / "keys.json", "{", 0o644))
        refusal(key_file(tmp_path / "keys.json", "{"))
        load_keys(key_file(tmp_path / "keys.json", KEYS.to_json()))
    assert len(list(descriptors.iterdir())) == before


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    raw = json.loads(KEYS.to_json())
    change(raw)
    return json.dumps(raw)


def encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


WRONG: dict[str, str | bytes] = {
    "nothing": "",
    "no JSON": "{",
    "a list": "[]",
    "a text": '"keys"',
    "very deep JSON": "[" * 100_000,
    "bytes": b"\xff\xfe\x00",
    "more than a megabyte": KEYS.to_json() + " " * 1_000_001 + "x",
    "another format": changed(lambda raw: raw.update(format="governance-keys/2")),
    "no format": changed(lambda raw: raw.pop("format")),
    "a missing key": changed(lambda raw: raw.pop("reference_key")),
    "an unknown key": changed(lambda raw: raw.update(signing_kay=encoded(fixed("x")))),
    "data keys in a list": changed(lambda raw: raw.update(data_keys=["k"])),
    "no data keys": changed(lambda raw: raw.pop("data_keys")),
    "a key of 31 bytes": changed(lambda raw: raw.update(token_key=encoded(b"x" * 31))),
    "a key of 33 bytes": changed(lambda raw: raw.update(token_key=encoded(b"x" * 33))),
    "a data key of 16 bytes": changed(lambda raw: raw["data_keys"].update(k=encoded(b"x" * 16))),
    "an empty key": changed(lambda raw: raw.update(token_key="")),
    "a key that is a number": changed(lambda raw: raw.update(token_key=7)),
    "a key that is null": changed(lambda raw: raw.update(signing_key=None)),
    "a key in hex": changed(lambda raw: raw.update(token_key=fixed("x").hex())),
    "a key with a line end": changed(lambda raw: raw.update(token_key=encoded(fixed("x")) + "\n")),
    "a key in Persian": changed(lambda raw: raw.update({"token_key": "کلید"})),
    "a key id with a colon": changed(lambda raw: raw["data_keys"].update({"k:1": encoded(fixed("x"))})),
    "an empty key id": changed(lambda raw: raw["data_keys"].update({"": encoded(fixed("x"))})),
    "one key under two ids": changed(lambda raw: raw["data_keys"].update(k9=raw["data_keys"]["k2026"])),
    "one key for two uses": changed(lambda raw: raw.update(token_key=raw["reference_key"])),
    "a data key that is the token key": changed(lambda raw: raw.update(token_key=raw["data_keys"]["k2026"])),
    "a duplicate key": KEYS.to_json().replace("{", '{"token_key": "' + encoded(fixed("x")) + '",', 1),
    "a duplicate key id": KEYS.to_json().replace('"k2025"', '"k2026"'),
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_what_is_no_key_file_is_refused_without_a_word_of_it(text: str | bytes, tmp_path: Path) -> None:
    path = key_file(tmp_path / "keys.json", text)
    error = refusal(path)
    assert str(error) == (
        f"{path}: expected JSON of the format governance-keys/1 with data_keys, token_key, reference_key and "
        "signing_key, each 32 bytes in base64 and no two the same, found something else."
    )
    assert error.__context__ is None
    frames = traceback.TracebackException.from_exception(error, capture_locals=True).format()
    secrets = [encoded(key) for key in (*KEYS.data_keys.values(), KEYS.token_key, KEYS.signing_key)]
    inside = [line for line in frames if "keys.py" in line]
    assert inside
    assert not any(secret[:12] in line for line in inside for secret in secrets)


def test_a_keyring_shows_the_ids_of_its_keys_and_nothing_else() -> None:
    assert repr(KEYS) == str(KEYS) == f"{KEYS}" == "Keyring(k2025, k2026)"
    assert repr([KEYS]) == "[Keyring(k2025, k2026)]"


def test_a_token_is_the_keyed_digest_of_a_value() -> None:
    assert KEYS.token("9121234567") == hmac.new(fixed("token"), b"9121234567", hashlib.sha256).hexdigest()
    assert KEYS.token("a") != KEYS.token("b")


def test_a_reference_is_sixteen_characters_bound_to_table_and_key() -> None:
    digest = hmac.new(fixed("reference"), b"users\x007", hashlib.sha256).digest()
    assert KEYS.reference("users", "7") == base64.b32encode(digest).decode()[:16]
    assert (
        len({KEYS.reference(*place) for place in [("users", "7"), ("users", "8"), ("books", "7"), ("user", "s7")]}) == 4
    )
    other = Keyring(KEYS.data_keys, KEYS.token_key, fixed("x"), KEYS.signing_key)
    assert other.reference("users", "7") != KEYS.reference("users", "7")
