"""Key files are made, shown and replaced; whoever trusts what `keys public` prints trusts the runs they sign."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from governance.encryption.keys import load_keys
from governance.sealing import PublicKey, read_public_key, verify
from tests.commands import govern
from tests.sealing.conftest import publish


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    made = govern("keys", "new", "--out", tmp_path / "keys.json", "--data-key", "k1")
    assert made.code == 0, made.err
    assert "k1: {state: active" in made.out
    return tmp_path / "keys.json"


def test_a_key_file_is_its_owners_alone_and_never_replaced(keys: Path) -> None:
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert set(load_keys(keys).data_keys) == {"k1"}
    before = keys.read_bytes()
    for command in (("new",), ("rotate", "--keys", keys, "--signing")):
        done = govern("keys", *command, "--out", keys)
        assert (done.code, "expected a new name" in done.complaint) == (3, True)
    assert keys.read_bytes() == before


def test_what_is_public_is_enough_to_trust_a_run_and_holds_no_secret(keys: Path, tmp_path: Path) -> None:
    ring = load_keys(keys)
    run = publish(tmp_path / "made" / "run", key=ring.signing_key)
    done = govern("keys", "public", "--keys", keys, "--out", tmp_path / "signer.pem")
    assert done.code == 0, done.err
    assert read_public_key(tmp_path / "signer.pem") == PublicKey.of(ring.signing_key)
    assert verify(run, key=tmp_path / "signer.pem").signer == PublicKey.of(ring.signing_key)
    entry = re.sub(r'(since|until): "[0-9-]+"', r'\1: "2026-11-22"', done.out.splitlines()[-1])
    (tmp_path / "trusted_signers.yaml").write_text(f"signers:\n{entry}\n", "utf-8")
    assert verify(run, trust=tmp_path / "trusted_signers.yaml").trusted
    secret = keys.read_text("utf-8")
    assert not [word for word in re.findall(r"[A-Za-z0-9+/]{43}=", secret) if word in done.out]


@pytest.mark.parametrize(
    ("options", "signing", "data"), [(["--signing"], True, {"k1"}), (["--data-key", "k2"], False, {"k1", "k2"})]
)
def test_only_what_is_named_is_replaced(
    keys: Path, tmp_path: Path, options: list[str], data: set[str], *, signing: bool
) -> None:
    assert govern("keys", "rotate", "--keys", keys, "--out", tmp_path / "next.json", *options).code == 0
    before, after = load_keys(keys), load_keys(tmp_path / "next.json")
    assert (before.signing_key != after.signing_key) is signing
    assert (before.token_key, before.reference_key) == (after.token_key, after.reference_key)
    assert set(after.data_keys) == data
    assert after.data_keys["k1"] == before.data_keys["k1"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "expected --signing or --data-key"),
        (["--data-key", "k1"], "found one that the file holds"),
        (["--data-key", "k 2"], "expected an id of letters"),
    ],
)
def test_what_cannot_be_replaced_is_said(keys: Path, tmp_path: Path, options: list[str], told: str) -> None:
    done = govern("keys", "rotate", "--keys", keys, "--out", tmp_path / "next.json", *options)
    assert (done.code, told in done.complaint) == (3, True)
    assert not (tmp_path / "next.json").exists()
