"""The look for leaks finds a value however it is written, and takes nothing else for one."""

from __future__ import annotations

import base64
import gzip
import hashlib
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from governance.detection.digests import HASHES
from governance.encryption.envelope import additional_data, parse, unseal
from governance.encryption.keys import Keyring, load_keys
from governance.errors import EvidenceError
from governance.evidence import find_leaks
from governance.policy import Policy
from governance.sources import open_source
from governance.synthetic import Dataset

PNG = b"\x89PNG\r\n\x1a\n\x00\xff\xfe\x80"
WRITTEN: dict[str, Callable[[str], bytes]] = {
    "base64 in lines": lambda value: base64.encodebytes(f"{'some words before it, ' * 5}{value}{'; ' * 40}".encode()),
    "base64 in lines of JSON": lambda value: base64.encodebytes(f"{'x' * 99} {value} {'y' * 99}".encode()).replace(
        b"\n", b"\\n"
    ),
    "base64 amid binary": lambda value: base64.b64encode(PNG + value.encode() + PNG),
    "base64 in a path": lambda value: b"data/" + base64.b64encode(value.encode()) + b"/x",
    "amid binary": lambda value: PNG + value.encode() + PNG,
    "gzip": lambda value: gzip.compress(value.encode()),
    "gzip in base64": lambda value: base64.b64encode(gzip.compress(value.encode())),
    "zlib in base64": lambda value: base64.urlsafe_b64encode(zlib.compress(value.encode())),
    "gzip in base64 in lines": lambda value: base64.encodebytes(gzip.compress((value + " " + "é*%" * 99).encode())),
    "gzip in hex": lambda value: gzip.compress(value.encode()).hex().encode(),
    "base32": lambda value: base64.b32encode(value.encode()),
    "base32 in small letters": lambda value: base64.b32encode(value.encode()).lower().rstrip(b"="),
    "UTF-16": lambda value: value.encode("utf-16"),
    "UTF-16 without its mark": lambda value: f"before {value} after".encode("utf-16-le"),
    "UTF-16 the other way round": lambda value: f"before {value} after".encode("utf-16-be"),
    "UTF-16 in base64": lambda value: base64.b64encode(value.encode("utf-16-le")),
    "UTF-16 in hex": lambda value: value.encode("utf-16-le").hex().encode(),
    "bytes of Python": lambda value: repr(value.encode()).encode(),
    "escapes of bytes": lambda value: "".join(f"\\x{byte:02x}" for byte in value.encode()).encode(),
    "escapes of characters": lambda value: "".join(f"\\u{ord(c):04x}" for c in value).encode(),
    "escapes in braces": lambda value: "".join(f"\\u{{{ord(c):x}}}" for c in value).encode(),
    "escapes within base64": lambda value: base64.b64encode("".join(f"\\x{b:02x}" for b in value.encode()).encode()),
    "in capitals": lambda value: value.upper().encode(),
}
Look = Callable[[bytes], str]


@pytest.fixture(scope="module")
def keys(clean_world: Dataset) -> Keyring:
    return load_keys(clean_world.keys)


@pytest.fixture(scope="module")
def values(clean_world: Dataset, keys: Keyring) -> dict[str, str]:
    found: dict[str, str] = {}
    for user in pq.read_table(clean_world.data / "users.parquet").to_pylist():
        found.setdefault("name", user["name"])
        for column in ("mobile", "email"):
            envelope = parse(user[column] or "")
            if envelope:
                place = additional_data("users", column, str(user["user_id"]))
                plain = unseal(envelope, key=keys.data_keys[envelope.kid], bound_to=place)
                found.setdefault(column, (plain or b"").decode())
    return found


@pytest.fixture
def look(policy: Policy, clean_world: Dataset, keys: Keyring, tmp_path: Path) -> Look:
    def find(content: bytes) -> str:
        (tmp_path / "page.html").write_bytes(content)
        source = open_source(clean_world.data, policy.tables)
        try:
            find_leaks(tmp_path, policy, source, keys, public=[])
        except EvidenceError as error:
            return str(error)
        finally:
            source.close()
        return ""

    return find


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN.keys())
@pytest.mark.parametrize("column", ["name", "mobile", "email"])
def test_a_value_is_found_however_it_is_written(
    values: dict[str, str], look: Look, column: str, written: Callable[[str], bytes]
) -> None:
    content = written(values[column])
    # What is compressed or wide is so from a file's start on.
    said = look(content if content.startswith((b"\x1f", b"\xff")) or b"\0" in content else b"one\ntwo\n" + content)
    assert f"found one of users.{column};" in said
    assert values[column] not in said


@pytest.mark.parametrize("algorithm", HASHES)
def test_a_digest_of_a_telephone_or_an_address_is_found(values: dict[str, str], look: Look, algorithm: str) -> None:
    national = "0" + values["mobile"].removeprefix("+98")
    for column, spelled in (("mobile", values["mobile"]), ("mobile", national), ("email", values["email"].upper())):
        digest = hashlib.new(algorithm, spelled.encode()).hexdigest()
        assert f"page.html:2: expected no value of the data, found one of users.{column};" in look(
            f"first\nsha {digest}".encode()
        )
        assert look(hashlib.new(algorithm, f"{spelled}?".encode()).hexdigest().encode()) == ""


def test_a_name_is_found_without_its_space(values: dict[str, str], look: Look) -> None:
    for joined in (values["name"].replace(" ", ""), values["name"].replace(" ", "_"), values["name"].replace(" ", "‌")):
        assert "found one of users.name;" in look(f"by {joined}, there".encode())
        assert look(f"by {joined}ها, there".encode()) == ""


def test_the_message_names_the_file_its_line_the_table_and_the_column(values: dict[str, str], look: Look) -> None:
    lines = "\n".join(["a", "b", base64.b64encode(values["email"].encode()).decode(), values["name"]])
    assert look(lines.encode()).startswith(("page.html:3: ", "page.html:4: "))
    assert look(f"a\n\nb {values['name']}\nc".encode()).startswith("page.html:3: ")


def test_values_without_a_token_or_with_another_ones_are_opened(
    policy: Policy, clean_world: Dataset, keys: Keyring, values: dict[str, str], tmp_path: Path
) -> None:
    users = pq.read_table(clean_world.data / "users.parquet")
    place = users.column_names.index("mobile_token")
    (tmp_path / "page.html").write_text(values["mobile"], "utf-8")
    for tokens in (pa.nulls(len(users), pa.string()), pa.array(["0" * 64] * len(users))):
        source = open_source({"users": users.set_column(place, "mobile_token", tokens)}, policy.tables)
        with pytest.raises(EvidenceError, match=r"found one of users\.mobile;"):
            find_leaks(tmp_path, policy, source, keys, public=[])
        source.close()


INNOCENT = {
    "a seed": "seed 12345678",
    "the end of a number": "207283021832990 and 3232107283021832990",
    "digits within a digest": "sha256 a1832990123b" + "a1832990123b" * 4 + "abcd",
    "digits within an identifier": "18329901-2345-4a1b-8c2d-183299012345",
    "the id of a cell": '"id": "183299012a78",',
    "places in a drawing": '<path d="M183.29,90.12,34.5 183 29 90 12 34L1832,9901,2345"/>',
    "a day and an hour": "2026-11-18 10:00 and 2026-11-18T10:00:00",
}


@pytest.mark.parametrize("written", INNOCENT.values(), ids=INNOCENT.keys())
def test_a_number_of_another_kind_is_no_value(policy: Policy, tmp_path: Path, written: str) -> None:
    """Every number that a part of ours could be is in the data, and none of ours is one."""
    (tmp_path / "page.html").write_text(written, "utf-8")
    held = [1832990123, 183299012, 183299012345, 3021832990, 1832990123451832, 2026111810, 20261118, 7283021832990]
    source = open_source({"users": pa.table({"user_id": range(len(held)), "name": pa.array(held)})}, policy.tables)
    find_leaks(tmp_path, policy, source, None, public=[])
    (tmp_path / "page.html").write_text(f"{written} x3021832990y", "utf-8")
    source = open_source({"users": pa.table({"user_id": range(len(held)), "email": pa.array(held)})}, policy.tables)
    with pytest.raises(EvidenceError, match=r"page\.html:1: .* users\.email"):
        find_leaks(tmp_path, policy, source, None, public=[])


def test_a_million_numbers_meet_none_of_ours(policy: Policy, tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    digests = "\n".join(hashlib.sha256(bytes([number])).hexdigest() for number in range(200))
    (tmp_path / "manifest.json").write_text(digests, "utf-8")
    numbers = pa.array(rng.integers(10**8, 10**9, 10**6)).cast(pa.string())
    source = open_source({"users": pa.table({"user_id": range(10**6), "email": numbers})}, policy.tables)
    find_leaks(tmp_path, policy, source, None, public=[], own=digests.split())
