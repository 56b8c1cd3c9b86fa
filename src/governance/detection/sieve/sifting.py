"""The cells that could name a known person: a superset of those with a candidate, by Arrow's RE2 over all at once.

All cells with more than ASCII count, as folding may change them in any way.
"""

import re
from functools import cache
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from governance.detection.ids import USUAL, Habits
from governance.detection.sieve.encoded import spelling
from governance.detection.sieve.text_buffers import Flags, TextBuffer

_GAP = "[^0-9A-Za-z]*"
_BASE64 = "[0-9A-Za-z+/_-]"
# Ten to fifteen digits in base64: shorter than what is read as encoded text otherwise, and what a bare number becomes.
BASE64_DIGITS: Final = "(?:[MNO][A-Za-z0-9]{3}){3}[MNO][A-Za-z0-9]{1,7}"
_SIGNS = (
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]",  # dropped by folding, so they can stand anywhere
    r"@|[\[({<] ?[Aa][Tt] ?[\])}>]|[ _-][Aa][Tt][ _-]",
    r"%[0-9A-Fa-f]{2}|(?:=[0-9A-F]{2}){2}|\\|&[#A-Za-z]|</?[A-Za-z]",  # escapes
    rf"(?:^|[^0-9])[09](?:{_GAP}[0-9]){{9,14}}(?:$|[^0-9])",  # phones
    rf"[0-9]{_GAP}(?i:and|then|dash|space)",  # words that join the parts of a number
    r"[0-9]\.[0-9]{1,14}[eE]\+?[0-9]",
    "[0-9A-Fa-f]{32}|[0-9A-Fa-f]{2}(?:[: -][0-9A-Fa-f]{2}){15}",  # digests
    rf"(?:^|[^0-9A-Za-z+/_=-])(?:{_BASE64}{{22}}|{_BASE64}{{27}}|{_BASE64}{{43}})(?:$|[^0-9A-Za-z+/_-])",
    "(?:3[0-9]){10}",  # digits in hexadecimal
    BASE64_DIGITS,
    r"(?i:user|usr|uid|customer|account|member|client|subscriber|subject|reader|/u/)(?s:.*)[0-9]",
)
# Longer digests in base64, apart: with them the automaton of the others is slow.
_LONG_DIGESTS = rf"(?:^|[^0-9A-Za-z+/_=-])(?:{_BASE64}{{38}}|{_BASE64}{{64}}|{_BASE64}{{86}})(?:$|[^0-9A-Za-z+/_-])"
_ABROAD = "[0-9](?:[^0-9A-WYZa-wyz]*[0-9]){6}"  # an x may stand before an extension
# No part of a name: the key of a JSON object when it looks like an identifier, and a sealed value.
NAMELESS: Final = r'"[A-Za-z0-9_]{1,40}"\s*:|\benc:v1:[A-Za-z0-9-]{1,40}:[A-Za-z0-9_.-]{1,40}:[A-Za-z0-9_-]{32,}'
_SIDE = "[^0-9A-Za-z]{0,2}"
_TWO_WORDS: Final = r"[A-Za-z](?:\s+|[^0-9A-Za-z\s:={}\[\]]){1,3}[A-Za-z]"
_TWO_FIELDS: Final = rf'[A-Za-z]{_SIDE}"\s*,\s*"[^"\n]{{1,40}}"\s*:\s*"{_SIDE}[A-Za-z]'


def able(array: pa.Array, *, label: str = "", habits: Habits = USUAL) -> Flags:
    """Which texts could hold a candidate, in a column of this name."""
    if not pa.types.is_large_string(array.type):
        return np.ones(len(array), dtype=np.bool_)
    found = ~_matches(pc.string_is_ascii(array)) | _matches(pc.match_substring_regex(array, _pattern(habits)))
    found |= _matches(pc.match_substring_regex(array, _LONG_DIGESTS))
    if habits.texts or habits.announces(label):
        found |= _matches(pc.match_substring_regex(array, "[0-9]"))
    rows = np.flatnonzero(~found)
    left = array.take(pa.array(rows))
    found[rows] = _matches(pc.match_substring_regex(left, _TWO_FIELDS)) | _matches(
        pc.match_substring_regex(pc.replace_substring_regex(left, NAMELESS, ":"), _TWO_WORDS)
    )
    rows = np.flatnonzero(~found)
    found[rows[spelling(TextBuffer.of(array.take(pa.array(rows))))]] = True
    return found


@cache
def _pattern(habits: Habits) -> str:
    words = [re.escape(word.split()[0]) for word in habits.words if word.isascii()]
    more = [f"(?i:{'|'.join(words)})(?s:.*)[0-9]"] if words else []
    return "|".join(f"(?:{sign})" for sign in (*_SIGNS, *more, *([_ABROAD] if habits.abroad else [])))


def _matches(flags: pa.Array) -> Flags:
    found: Flags = pc.fill_null(flags, False).to_numpy(zero_copy_only=False)  # noqa: FBT003  Arrow's signature
    return found.astype(np.bool_)
