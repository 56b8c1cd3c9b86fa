"""`governance keys`: makes key files, shows what of them is public, and replaces their keys."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli.console import say

if TYPE_CHECKING:
    from governance.encryption.keys import Keyring

keys_app = typer.Typer(
    rich_markup_mode=None, no_args_is_help=True, help="Make key files, show their public keys, replace their keys."
)

OutOption = Annotated[Path, typer.Option(help="The key file to write, mode 0600; never an existing one.")]
KeysOption = Annotated[Path | None, typer.Option(help="The key file; else the one that GOVERNANCE_KEYS names.")]
DataKeyOption = Annotated[str | None, typer.Option(help="The id of a data key, such as k2026.")]


@keys_app.command()
def new(*, out: OutOption, data_key: DataKeyOption = None) -> None:
    """Write a key file with a fresh key for tokens, one for references of rows, one to sign, and a data key.

    Example: governance keys new --out keys.json --data-key k2026
    """
    from governance.encryption.keys import KEY_BYTES, Keyring

    kid = data_key or f"k{datetime.now(UTC).year}"
    data, *others = (os.urandom(KEY_BYTES) for _ in range(4))
    _write(out, Keyring({kid: data}, *others), kid)


@keys_app.command()
def public(
    *,
    keys: KeysOption = None,
    out: Annotated[Path | None, typer.Option(help="A file for the public key, in PEM.")] = None,
) -> None:
    """Print the public half of the signing key, in PEM and as an entry of trusted_signers.yaml.

    Example: governance keys public --keys keys.json --out signer.pem
    """
    from governance.sealing import PublicKey

    key = PublicKey.of(_opened(keys).signing_key)
    if out is not None:
        _exclusively(out, key.pem, 0o666)
    say(key.pem, end="")
    _print_entry(key.raw.hex(), key.id)


@keys_app.command()
def rotate(
    *,
    out: OutOption,
    keys: KeysOption = None,
    signing: Annotated[bool, typer.Option("--signing", help="Replace the key that signs reports.")] = False,
    data_key: DataKeyOption = None,
) -> None:
    """Write a key file with a new signing key, or with one more data key; the other keys stay as they are.

    Earlier data keys stay, to open what they sealed. Example: governance keys rotate --out next.json --signing
    """
    from dataclasses import replace

    from governance.encryption.keys import KEY_BYTES
    from governance.errors import UsageError

    ring = _opened(keys)
    if not signing and data_key is None:
        raise UsageError("expected --signing or --data-key, which say what to replace, found neither.")
    if data_key is not None and data_key in ring.data_keys:
        raise UsageError("expected the id of a new key, found one that the file holds.", argument="data_key")
    if signing:
        ring = replace(ring, signing_key=os.urandom(KEY_BYTES))
    if data_key is not None:
        ring = replace(ring, data_keys={**ring.data_keys, data_key: os.urandom(KEY_BYTES)})
    _write(out, ring, data_key)


def _opened(keys: Path | None) -> Keyring:
    from governance.errors import KeysError
    from governance.inputs import open_keys

    found = open_keys(keys)
    if found is None:
        raise KeysError("expected a key file, found none; name it with --keys or in GOVERNANCE_KEYS.")
    return found


def _write(out: Path, ring: Keyring, kid: str | None) -> None:
    """Write a key file, and print what belongs into the files of the policy."""
    from governance.encryption.envelope import KID
    from governance.errors import UsageError
    from governance.sealing import PublicKey

    if kid is not None and not KID.fullmatch(kid):
        raise UsageError("expected an id of letters, digits, - and _, found something else.", argument="data_key")
    _exclusively(out, ring.to_json(), 0o600)
    say(f"{out}: written; only its owner can read it. Keep a copy apart, and let nobody send it.")
    if kid is not None:
        say("add to expectations/keys.yaml:")
        today, due = _year_from_now()
        say(f'  {kid}: {{state: active, created: "{today}", rotation_due: "{due}"}}')
    key = PublicKey.of(ring.signing_key)
    _print_entry(key.raw.hex(), key.id)


def _print_entry(raw: str, fingerprint: str) -> None:
    today, until = _year_from_now()
    say(f"signs as key {fingerprint}; whoever verifies adds to the `signers` of trusted_signers.yaml:")
    say(f'  - {{name: WHO SIGNS, public_key: "{raw}", since: "{today}", until: "{until}"}}')


def _year_from_now() -> tuple[date, date]:
    """Today and a day in a year, which every month has."""
    today = datetime.now(UTC).date()
    return today, today.replace(year=today.year + 1, day=min(today.day, 28))


def _exclusively(out: Path, text: str, mode: int) -> None:
    from governance.errors import KeysError
    from governance.regular_files import create_regular

    try:
        create_regular(out, text, mode)
    except (OSError, ValueError) as error:
        raise KeysError(f"{out}: expected a new name to write to, found {type(error).__name__}.") from None
