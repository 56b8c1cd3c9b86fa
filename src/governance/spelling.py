"""Makes texts comparable: one spelling for all variants of the same characters, and one of JSON."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable
from math import isfinite
from typing import Any

# Joiners, direction marks and the tatweel change how a word is drawn, not what it says.
_INVISIBLE = dict.fromkeys(
    [0x00AD, 0x0640, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF]
)
_LETTERS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ۀ": "ه", "ة": "ه"})


class _Spelling(dict[int, int | str | None]):
    """A translation table that learns each character at its first use: a digit of any script becomes ASCII."""

    def __missing__(self, code: int) -> int | str | None:
        self[code] = ord("0") + unicodedata.decimal(chr(code)) if chr(code).isdecimal() else code
        return self[code]


_SPELLING = _Spelling({**_INVISIBLE, **_LETTERS})
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_DASHES = dict.fromkeys([*range(0x2010, 0x2016), 0x2212], "-")
# Between two digits a separator tells `1.0` from `10`; beside a letter it says nothing, and a sign stands alone.
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[\s.,_\u00b7\u066b-]+(?=[0-9])")
_VERSION = re.compile(r"(?<=[a-z])v(?=[0-9])")
_BESIDE_LETTERS = re.compile(r"(?<=[^\W_]|[\u064b-\u065f])[\s_-]+(?=[^\W_])|\s+")
# What people write where they must write something, without its signs.
FOR_NOTHING = ("na", "none", "nil", "null", "tbd", "todo", "unknown", "ندارد", "هیچ", "نامشخص", "نامعلوم")
# Ends of lines, commands to a terminal, turns of the direction of text; a joiner is part of Persian names.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_HEH_YEH = re.compile("ه[\u0654]")


def normalise(text: str) -> str:
    """One spelling for white space, joiners, yeh and kaf, and the digits of every script."""
    if not text.isascii():
        # Character by character is slow, and most of a page is markup.
        spelled = _FOREIGN.sub(_respelled, unicodedata.normalize("NFC", text))
        text = _HEH_YEH.sub("ه", spelled)
    return " ".join(text.split())


def folded(text: str) -> str:
    """What the spellings of a word of a vocabulary share: `TLS_v۱٫۳`, `tlsv1.3`, `TLSV1_3` and `TLS 1,3` are one.

    `10` and `1.0`, `1` and `-1`, `A` and `A-` are two.
    """
    word = normalise(unicodedata.normalize("NFKC", text)).casefold().translate(_DASHES)
    return _VERSION.sub("", _BESIDE_LETTERS.sub("", _BETWEEN_DIGITS.sub(".", word)))


def says_something(text: str) -> bool:
    """Whether a text that must be filled is more than blanks, signs and words for nothing: not `-`, not `n/a`."""
    word = "".join(sign for sign in folded(text) if sign.isalnum())
    return bool(word) and word not in FOR_NOTHING


def is_a_name(text: str) -> bool:
    """Whether a text can be whoever answers for something: it says something, in one line, as a terminal shows it."""
    return says_something(text) and _CONTROL.search(text) is None


def fingerprint(text: str) -> str:
    """SHA-256 of the normalised text, as hex."""
    return hashlib.sha256(normalise(text).encode()).hexdigest()


def _respelled(match: re.Match[str]) -> str:
    return match[0].translate(_SPELLING)


def canonical_json(value: object) -> str:
    """Canonical JSON: its bytes depend on the value only."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n"


def strict_json(text: str) -> Any:  # noqa: ANN401  JSON is of any type
    """JSON without duplicate keys, NaN or infinity, all of which `json` lets pass; ValueError."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("a key twice")
        return found

    def refuse(_: str) -> None:
        raise ValueError("a number that is none")

    def finite(digits: str) -> float:
        number = float(digits)
        if not isfinite(number):
            raise ValueError("a number that is none")
        return number

    return json.loads(text, object_pairs_hook=once, parse_constant=refuse, parse_float=finite)


class _Bare(_Spelling):
    """A translation table to letters and ASCII digits: what joins words goes, what parts them becomes `between`."""

    def __init__(self, between: str | None) -> None:
        super().__init__({**_INVISIBLE, **_LETTERS, 0: "\0"})
        self._between = between

    def __missing__(self, code: int) -> int | str | None:
        character = chr(code)
        if character.isdecimal() or character.isalnum():
            return super().__missing__(code)
        self[code] = None if unicodedata.category(character)[0] == "M" else self._between
        return self[code]


_SPACES = re.compile(" {2,}")
_BARE, _WORDS = _Bare(None), _Bare(" ")


def bare(text: str) -> str:
    """The letters and digits of a text in one spelling, without whatever parts its words but for NUL."""
    return unicodedata.normalize("NFC", text).casefold().translate(_BARE)


def bare_texts(texts: Iterable[str]) -> list[str]:
    """The words of each text with a space in between: of all texts at once, as there may be very many."""
    joined = "\0".join(text.replace("\0", " ") for text in texts)
    spaced = _SPACES.sub(" ", unicodedata.normalize("NFC", joined).casefold().translate(_WORDS))
    return spaced.replace(" \0", "\0").replace("\0 ", "\0").strip(" ").split("\0")


def bare_words(text: str) -> list[str]:
    """The words of a text, of which `bare` is made."""
    return unicodedata.normalize("NFC", text).casefold().translate(_WORDS).replace("\0", " ").split()
