"""The signers whose reports count, beside the policy; it is no part of the policy, whose digest it does not change."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from governance.policy.fields import ANSWERING, DAY, SHA256, expects, read_record
from governance.policy.strict_yaml import Problems, load

TRUSTED_SIGNERS: Final = "trusted_signers.yaml"


@dataclass(frozen=True, slots=True)
class TrustedSigner:
    """A public key, raw and in hex, with who signs with it and the days between which its signatures count."""

    name: str = field(metadata=expects(form=ANSWERING))
    public_key: str = field(metadata=expects(form=SHA256))
    since: str = field(metadata=expects(form=DAY))
    until: str = field(metadata=expects(form=DAY, not_before="since"))


def read_trusted_signers(path: Path) -> tuple[TrustedSigner, ...]:
    """Every entry of a file of `signers`; PolicyError with every problem."""
    node, problems = load(path), Problems()
    entries = problems.items(problems.fields(node, ["signers"]).get("signers"), least="a signer")
    found = tuple(read_record(TrustedSigner, entry, problems) for entry in entries)
    problems.stop()
    return found
