"""Two spellings of one sentence get one fingerprint."""

from __future__ import annotations

import hashlib

from governance.spelling import normalise


def fingerprint(text: str) -> str:
    """SHA-256 of the normalised text, as hex."""
    return hashlib.sha256(normalise(text).encode()).hexdigest()
