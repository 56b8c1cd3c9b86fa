"""The attestation: an in-toto statement over the manifest and the facts of a run, written last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from governance.sealing.run_files import MANIFEST, RUN_FACTS
from governance.sealing.signing import PublicKey, enclose

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
