"""Persian and Arabic in UTF-8 that was once read as Windows-1252, Latin-1 or Windows-1256, so that `۶` reads `Û¶`."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from governance.detection.text.folding import origins

_LEADS: Final = range(0xD8, 0xDC)  # bytes that begin the letters and digits of the Arabic script
_REST: Final = range(0x80, 0xC0)


def _signs(encoding: str) -> dict[str, int]:
    """The bytes beyond ASCII by what they are read as; those that the encoding leaves open are read as in Latin-1."""
    return {bytes([byte]).decode(encoding, "ignore") or chr(byte): byte for byte in range(0x80, 0x100)}


def _class(signs: dict[str, int], codes: Sequence[int]) -> str:
    return f"[{''.join(sign for sign, byte in signs.items() if byte in codes)}]"


# An editor takes one of the first two for the other.
_READ: Final = (_signs("cp1252") | _signs("latin-1"), _signs("cp1256"))
_MARKS: Final = tuple(_class(signs, (0xC2, 0xC3)) + _class(signs, _REST) for signs in _READ)  # such as × and ·
_LETTERS: Final = tuple(_class(signs, _LEADS) + _class(signs, _REST) for signs in _READ)
# Such as dashes, and the sign that keeps two letters apart.
_PUNCTUATION: Final = tuple("".join(_class(signs, some) for some in ([0xE2], [0x80], _REST)) for signs in _READ)
# Three letters or digits, or a dash behind a digit, as no language writes them.
_NEVER: Final = tuple(
    f"(?:{letter}[ -]?){{2}}{letter}|[0-9]{dash}" for letter, dash in zip(_LETTERS, _PUNCTUATION, strict=True)
)
MISREAD: Final = "|".join(_NEVER)  # for RE2 too
_WAYS: Final = tuple(
    (re.compile(never), re.compile(f"(?:{letter}|{dash}|{mark})+"), {ord(sign): chr(signs[sign]) for sign in signs})
    for never, letter, dash, mark, signs in zip(_NEVER, _LETTERS, _PUNCTUATION, _MARKS, _READ, strict=True)
)


def meant(raw: str, places: Sequence[int], folding: Callable[[str], str]) -> Iterator[tuple[str, list[int]]]:
    """A misread text as it was meant, folded, and where its characters and its end stand; nothing for any other.

    `places` are those of the folded text's characters and its end.
    """
    if raw.isascii():
        return
    kept = origins(raw)
    for never, run, table in _WAYS:
        if not never.search(raw):
            continue
        text, found, done = "", list[int](), 0
        for start, end in [*(match.span() for match in run.finditer(raw)), (len(raw), len(raw))]:
            misread = raw[start:end].translate(table).encode("latin-1").decode("utf-8")
            for piece, first, last in ((raw[done:start], done, start), (misread, start, end)):
                written = folding(piece)
                text += written
                stand = (first + (last - first) * place // len(written) for place in range(len(written)))
                found += (places[bisect_left(kept, place)] for place in stand)
            done = end
        yield text, [*found, places[-1]]
