"""The attestation: an in-toto statement over the manifest and the facts of a run, written last, then logged."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from governance.errors import EvidenceError
from governance.sealing.log import Log, LogEntry
from governance.sealing.run_files import ATTESTATION, MANIFEST, RUN_FACTS, digest
from governance.sealing.signing import PublicKey, enclose

STATEMENT: Final = "https://in-toto.io/Statement/v1"
PREDICATE: Final = "https://governance.invalid/attestation/assessment/v1"
UNSIGNED: Final = "UNSIGNED"
SUBJECTS: Final = (MANIFEST, RUN_FACTS)


def seal(folder: Path, summary: dict[str, Any], log: Log, *, name: str, signing_key: bytes | None) -> None:
    """Attest the finished files of a run and log it; nothing but the rename to its final name may follow.

    The line comes first: a run that was killed in between is in the log only, and a run with its final name is always
    logged. `summary` is what the log keeps of the run.
    """
    try:
        with log.continued() as writer:
            statement = {
                "_type": STATEMENT,
                "subject": [{"name": one, "digest": {"sha256": digest(folder / one)}} for one in SUBJECTS],
                "predicateType": PREDICATE,
                "predicate": {
                    "name": name,
                    "previous": writer.head,
                    "signer": PublicKey.of(signing_key).raw.hex() if signing_key is not None else UNSIGNED,
                    "summary": summary,
                },
            }
            path = folder / ATTESTATION
            path.write_text(enclose(statement, signing_key), "utf-8")
            writer.append(LogEntry(writer.head, name, digest(path), summary))
    except OSError as error:
        raise EvidenceError(f"{name}: expected to attest the run, found {type(error).__name__}.") from None
