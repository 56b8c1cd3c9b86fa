"""Makes a run evidence: digests of all its files, an attestation over them, an append-only log.

It knows no engine, no policy files and no data, so verifying takes milliseconds and needs no network.
"""

from governance.sealing.log import LOG, Log, LogEntry
from governance.sealing.run_files import (
    ATTESTATION,
    MANIFEST,
    OUTSIDE,
    RUN_FACTS,
    RUN_FORMAT,
    copy_of,
    digest,
    files_of,
)
from governance.sealing.seal import seal
from governance.sealing.signing import PublicKey, read_public_key
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
    "PublicKey",
    "Verified",
    "copy_of",
    "digest",
    "files_of",
    "read_public_key",
    "seal",
    "verify",
]
