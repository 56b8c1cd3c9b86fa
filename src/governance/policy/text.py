"""Persian text, made comparable: two spellings of one sentence get one fingerprint."""

from __future__ import annotations

import hashlib
import re
import unicodedata

# Joiners, direction marks and the tatweel change how a word is drawn, not what it says.
_INVISIBLE = dict.fromkeys(
    [0x00AD, 0x0640, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF]
)
_LETTERS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ۀ": "ه", "ة": "ه"})
_HEH_YEH = re.compile("ه[\u0654]")


def normalise(text: str) -> str:
    """One spelling for white space, joiners, yeh and kaf, and the digits of every script."""
    composed = unicodedata.normalize("NFC", text).translate(_INVISIBLE)
    letters = _HEH_YEH.sub("ه", composed.translate(_LETTERS))
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in letters)
    return " ".join(digits.split())


def fingerprint(text: str) -> str:
    """SHA-256 of the normalised text, as hex."""
    return hashlib.sha256(normalise(text).encode()).hexdigest()
