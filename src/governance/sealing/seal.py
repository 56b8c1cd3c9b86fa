"""The attestation: an in-toto statement over the manifest and the facts of a run, written last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from governance.errors import EvidenceError
from governance.regular_files import read_regular
from governance.sealing.log_lines import LogEntry
from governance.sealing.run_files import ATTESTATION, MANIFEST, RUN_FACTS, digest
from governance.sealing.signing import PublicKey, SignedEnvelope, decode_key, enclose

STATEMENT: Final = "https://in-toto.io/Statement/v1"
PREDICATE: Final = "https://governance.invalid/attestation/assessment/v1"
UNSIGNED: Final = "UNSIGNED"
SUBJECTS: Final = (MANIFEST, RUN_FACTS)


def attestation(
    digests: Mapping[str, str], summary: dict[str, Any], *, name: str, previous: str, signing_key: bytes | None
) -> str:
    """The envelope that attests a run by the digests of its `SUBJECTS`.

    `summary` is what the log keeps of the run, `previous` the head of the log before it.
    """
    statement = {
        "_type": STATEMENT,
        "subject": [{"name": one, "digest": {"sha256": digests[one]}} for one in SUBJECTS],
        "predicateType": PREDICATE,
        "predicate": {
            "name": name,
            "previous": previous,
            "signer": PublicKey.of(signing_key).raw.hex() if signing_key is not None else UNSIGNED,
            "summary": summary,
        },
    }
    return enclose(statement, signing_key)


@dataclass(frozen=True, slots=True)
class Attested:
    """What the attestation of a run says: who signed it, None for one without keys; its line; its subjects' digests."""

    signer: PublicKey | None
    entry: LogEntry
    subjects: dict[str, str]


def attested(run: Path) -> Attested:
    """The attestation of a run, after its signature was verified; EvidenceError for none of ours."""
    path = run / ATTESTATION
    another = EvidenceError(f"{path}: expected an attestation of ours, found something else.")
    try:
        found = digest(path)
        envelope = SignedEnvelope.read(read_regular(path).decode())
    except (FileNotFoundError, NotADirectoryError):
        raise EvidenceError(
            f"{run}: expected a finished run with {ATTESTATION}, found none; it is incomplete, or no run at all."
        ) from None
    except (OSError, ValueError, RecursionError):
        raise another from None
    try:
        statement = envelope.statement()
        predicate = statement["predicate"]
        signer = _signer(envelope, predicate["signer"], run)
        subjects = {one["name"]: one["digest"]["sha256"] for one in statement["subject"]}
        if (
            statement["_type"] != STATEMENT
            or statement["predicateType"] != PREDICATE
            or set(statement) != {"_type", "subject", "predicateType", "predicate"}
            or sorted(subjects) != sorted(SUBJECTS)
            or len(statement["subject"]) != len(SUBJECTS)
        ):
            raise ValueError("another statement")
        entry = LogEntry(predicate["previous"], predicate["name"], found, predicate["summary"])
    except (ValueError, KeyError, TypeError):
        raise another from None
    return Attested(signer, entry, subjects)


def _signer(envelope: SignedEnvelope, named: object, run: Path) -> PublicKey | None:
    """The key that signed; None for a run that says that it is unsigned."""
    if not envelope.signatures and named == UNSIGNED:
        return None
    key = decode_key(named)
    if key is None or len(envelope.signatures) != 1 or not envelope.signed_by(key):
        raise EvidenceError(f"{run}: expected the signature of the key that it names, found none that holds.")
    return key
