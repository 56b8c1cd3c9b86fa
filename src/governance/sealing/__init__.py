"""Makes a run evidence: digests of all its files, an attestation over them, an append-only log.

It knows no engine, no policy files and no data, so verifying takes milliseconds and needs no network.
"""

from governance.sealing.log import LOG, Log, LogState
from governance.sealing.log_lines import LogEntry
from governance.sealing.run_files import (
    ATTESTATION,
    MANIFEST,
    OUTSIDE,
    RUN_FACTS,
    RUN_FORMAT,
    copy_of,
    digest,
    files_of,
    is_litter,
)
from governance.sealing.seal import attestation
from governance.sealing.signing import PublicKey, read_public_key
from governance.sealing.trust import historic_keys
from governance.sealing.verification import Verified, verify

__all__ = [
    "ATTESTATION",
    "LOG",
    "MANIFEST",
    "OUTSIDE",
    "RUN_FACTS",
    "RUN_FORMAT",
    "Log",
    "LogEntry",
    "LogState",
    "PublicKey",
    "Verified",
    "attestation",
    "copy_of",
    "digest",
    "files_of",
    "historic_keys",
    "is_litter",
    "read_public_key",
    "verify",
]
