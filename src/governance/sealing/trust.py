"""Whose signature counts: keys named by the caller, by the environment, or in a file beside the policy."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from governance.errors import KeysError, UsageError
from governance.regular_files import read_regular
from governance.sealing.signing import PublicKey, decode_key, read_public_key

TRUSTED_KEYS_VARIABLE: Final = "GOVERNANCE_TRUSTED_KEYS"


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A public key, and where it was named; a signature counts on the days `since` to `until`, if these are given."""

    key: PublicKey
    source: str
    since: str = ""
    until: str = ""

    def counts_on(self, day: date | None) -> bool:
        """Whether a signature of this day counts; of an unknown day only where no days are given."""
        if not self.since:
            return True
        return day is not None and self.since <= day.isoformat() <= self.until


def trusted_keys(
    run: Path, *, key: Sequence[Path] = (), keys: Path | None = None, trust: Path | None = None
) -> tuple[TrustedKey, ...]:
    """The keys that count for a run: those of `key` and `keys` alone if given, else the environment's and the file's.

    The file of trusted signers is never one in or beside the run, where whoever made the run could have put it.
    """
    if key or keys is not None:
        return (*(TrustedKey(read_public_key(path), str(path)) for path in key), *_own(keys))
    return (*_of_environment(), *_of_file(trust, run))


def historic_keys(own: bytes, trust: Path) -> frozenset[PublicKey]:
    """The keys whose lines in the log are history: one's own, the environment's, and those of the policy's signers."""
    signers = _signers(trust) if trust.is_file() else ()
    return frozenset({PublicKey.of(own), *(one.key for one in (*_of_environment(), *signers))})


def _of_environment() -> tuple[TrustedKey, ...]:
    listed = os.environ.get(TRUSTED_KEYS_VARIABLE, "").split(os.pathsep)
    return tuple(TrustedKey(read_public_key(Path(text)), f"{TRUSTED_KEYS_VARIABLE}: {text}") for text in listed if text)


def _own(keys: Path | None) -> tuple[TrustedKey, ...]:
    if keys is None:
        return ()
    from governance.encryption.keys import load_keys  # noqa: PLC0415  arrays, which a public key needs not

    return (TrustedKey(PublicKey.of(load_keys(keys).signing_key), str(keys)),)


def _of_file(path: Path | None, run: Path) -> tuple[TrustedKey, ...]:
    if path is None:
        return ()
    if path.resolve().is_relative_to(run.resolve().parent):
        raise UsageError(
            "expected a file of trusted signers apart from the run, found one in or beside it, where whoever made the "
            "run could have put it; name the public key, or the file of your own project.",
            argument="trust",
            given=path,
        )
    return _signers(path)


def _signers(path: Path) -> tuple[TrustedKey, ...]:
    from governance.policy.trusted_signers import read_trusted_signers  # noqa: PLC0415  reads policy files

    signers = read_trusted_signers(path)
    try:
        fingerprint = hashlib.sha256(read_regular(path)).hexdigest()
    except OSError as error:
        raise KeysError(f"{path}: expected a file of trusted signers, found {type(error).__name__}.") from None
    found = []
    for signer in signers:
        key = decode_key(signer.public_key)
        if key is not None:
            found.append(TrustedKey(key, f"{path} (SHA-256 {fingerprint}): {signer.name}", signer.since, signer.until))
    return tuple(found)
