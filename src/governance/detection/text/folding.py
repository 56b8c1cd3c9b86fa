"""One spelling for every way of writing the same characters, so that the rules read only one."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

_CHOSEN: dict[int, int | None] = {
    0x00: None,  # UTF-16 read as bytes: a NUL beside every digit
    0x640: None,  # tatweel
    0x66B: ord("."),
    0x66C: ord(","),
    0x2212: ord("-"),
    0x2800: ord(" "),  # the blank braille cell
    0x2028: ord(" "),
    0x2029: ord(" "),
    0x115F: None,  # Hangul fillers: letters by category, invisible on paper
    0x1160: None,
    0x3164: None,
    0xFFA0: None,
    ord("ي"): ord("ی"),
    ord("ى"): ord("ی"),
    ord("ئ"): ord("ی"),
    ord("ك"): ord("ک"),
    ord("أ"): ord("ا"),
    ord("إ"): ord("ا"),
    ord("ؤ"): ord("و"),
    ord("ة"): ord("ه"),
}
_INVISIBLE = frozenset({"Cf", "Mn", "Me"})


class _Folding(dict[int, int | None]):
    """A translation table that learns each character at its first use, so that nothing is built at import."""

    def __missing__(self, code: int) -> int | None:
        char = chr(code)
        category = unicodedata.category(char)
        folded: int | None = code
        if category == "Nd":
            folded = ord("0") + unicodedata.decimal(char)
        elif category in _INVISIBLE:
            folded = None
        elif category == "Zs":
            folded = ord(" ")
        elif category == "Pd":
            folded = ord("-")
        elif 0xFF01 <= code <= 0xFF5E:
            folded = code - 0xFEE0
        self[code] = folded
        return folded


_FOLDING = _Folding(_CHOSEN)
_CHANGED = _INVISIBLE | {"Nd", "Zs", "Pd"}  # the categories whose characters folding changes
# Everything except the most frequent characters that stay unchanged: translating each character is slow.
_OTHER = re.compile("[^\x01-\x7f،؛؟«»آءابت-غفقل-وپچژکگی]+")


def fold(text: str) -> str:
    """The text with ASCII digits, plain spaces and hyphens, Persian yeh and kaf, and nothing invisible."""
    return text if text.isascii() and "\0" not in text else _OTHER.sub(_folded, text)


def _folded(match: re.Match[str]) -> str:
    return match[0].translate(_FOLDING)


def changed(codes: Iterable[int]) -> Iterator[tuple[int, str]]:
    """Those characters that folding changes, and what becomes of them."""
    for code in codes:
        if code in _CHOSEN or 0xFF01 <= code <= 0xFF5E or unicodedata.category(chr(code)) in _CHANGED:
            yield code, chr(code).translate(_FOLDING)


def origins(text: str) -> Sequence[int]:
    """For each character of `fold(text)`, and for its end, the position in `text`."""
    kept = [place for place, char in enumerate(text) if _FOLDING[ord(char)] is not None]
    kept.append(len(text))
    return kept


@lru_cache(maxsize=256)
def fold_label(label: str) -> str:
    """A column name or JSON key as words: `cardNumber` and `card_number` both read `card number`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", fold(label))
    return re.sub(r"[\W_]+", " ", spaced).strip()


def decoded(value: bytes) -> str:
    """Bytes as UTF-8, else as Latin-1."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
