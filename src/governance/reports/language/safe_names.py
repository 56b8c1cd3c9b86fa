"""Makes names from data or policy files safe to display and safe as file names."""

from __future__ import annotations

import hashlib
import re
import unicodedata

# Inside a Persian word a zero-width non-joiner is spelling; anywhere else it hides.
_SPELLING = re.compile(r"(?<=[\u0620-\u06ff])\u200c(?=[\u0620-\u06ff])")
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
_LONGEST = 120


def visible(name: str) -> str:
    """A name with every control, direction and unassigned character, and every unusual space, written as its code."""
    spelling = {match.start() for match in _SPELLING.finditer(name)}
    return "".join(c if _shows(c) or i in spelling else _as_code(c) for i, c in enumerate(name))


def _shows(character: str) -> bool:
    return character == " " or unicodedata.category(character)[0] not in "CZ"


def _as_code(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def row_file(check_id: str) -> str:
    """The name of the CSV file of a check's row references, one name for one check.

    A part of the id that is ambiguous or invalid as a file name gets a digest.
    """
    return "--".join(_piece(piece) for piece in check_id.split("/")) + ".csv"


def _piece(piece: str) -> str:
    if piece == "*":
        return "rest"
    ambiguous = piece == "rest" or "--" in piece or piece.endswith("-")
    if _PLAIN.fullmatch(piece) and not ambiguous and len(piece) <= _LONGEST:
        return piece
    digest = hashlib.sha256(piece.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return re.sub(r"[^A-Za-z0-9_]+", "_", piece)[:_LONGEST] + "." + digest
