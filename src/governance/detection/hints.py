"""Patterns for Arrow's RE2 that are wider than the rules they stand for: whatever folding would join, they allow.

The classes are coarse on purpose. Exact Unicode ones make automata that outgrow RE2's memory, and it turns slow.
"""

import re
from collections.abc import Iterator
from typing import Final

from governance.detection.accounts import STRUCTURES

_LETTERS = r"\x{620}-\x{63F}\x{641}-\x{64A}\x{66E}-\x{6D3}"  # of the Arabic script
_JUNK = r"[\x00\x{80}-\x{61F}\x{640}\x{64B}-\x{65F}\x{66A}-\x{66D}\x{6D4}-\x{6EF}\x{6FA}-\x{10FFFF}]*"
_GAP = rf"[^0-9A-Za-z{_LETTERS}]*"
_DIGIT = r"[0-9\x{660}-\x{669}\x{6F0}-\x{6F9}\x{7C0}-\x{10FFFF}]"
_SAME = {"ی": "[یيىئ]", "ک": "[کك]", "ا": "[اأإ]", "و": "[وؤ]", "ه": "[هة]", " ": _GAP}
_WIDE = r"[！-／：-～]"  # full-width signs and letters, which folding turns into ASCII


def _word(word: str) -> str:
    return _JUNK.join(_SAME.get(char, char) for char in word)


def _any(*patterns: str) -> str:
    return "(?i:" + "|".join(patterns) + ")"


_HEX = "[0-9a-f]"
_ESCAPES = (
    rf"%{_JUNK}{_HEX}{_JUNK}{_HEX}",
    rf"={_JUNK}{_HEX}{_JUNK}{_HEX}{_JUNK}=",
    r"\\",
    rf"&{_JUNK}(?:#|[a-z]{_JUNK}[a-z])",
    rf"<{_JUNK}/?{_JUNK}[a-z]",
    _WIDE,
)
# Persian labels, and Latin ones without their first letter.
_WORDS = "سی وی|امنیت|پشت|انقضا|اعتبار|معتبر|منقضی|پین|رمز|پویا|یک بار|تایی"
_LATIN = (
    ("c", f"{_GAP}(?:v{_GAP}[vcn]|s{_GAP}c)"),
    ("e", _word("xp")),
    ("v", f"{_word('alid')}{_GAP}(?:t{_JUNK}[hi]|u)"),
    ("g", f"{_word('ood')}{_GAP}(?:t{_JUNK}[hi]|u)"),
    ("m", _word("pin")),
    ("a", _word("tmpin")),
    ("c", _word("ardpin")),
    ("p", _word("in")),
    ("o", f"{_word('tp')}|{_word('ne time')}"),
    ("d", _word("ynamic")),
    ("c", _word("ard verif")),
    ("s", _word("ecurity code")),
    ("v", _word("erification")),
)


_AFTER_DIGITS = r"[0-9\x00\x{80}-\x{10FFFF}][0-9]"


def _labels() -> Iterator[str]:
    """Latin labels at their three borders; after digits and in camelCase they are keys, so a sign follows them."""
    for first, rest in _LATIN:
        yield rf"(?:^|[^0-9A-Za-z]){first}{_JUNK}(?:{rest})"
        for border in (rf"{_AFTER_DIGITS}{_JUNK}{first}", rf"(?-i:[a-z]{_JUNK}{first.upper()})"):
            yield rf"{border}{_JUNK}(?:{rest})(?s:.*)[:=]"


def _country(entry: re.Pattern[str]) -> str:
    """What follows a country: check digits, then two letters or digits, as its account numbers begin."""
    first = entry.pattern.split("}", 2)[2]
    sign = _DIGIT if first.startswith("[0-9]") else f"(?:[A-Za-z]|{_WIDE})" if first.startswith("[A-Z]") else ""
    return f"{_JUNK}[ -]?{_JUNK}".join([_DIGIT + _JUNK + _DIGIT, sign + _JUNK + sign]) if sign else _DIGIT


def _countries() -> Iterator[str]:
    for follows in {_country(entry) for entry in STRUCTURES.values()}:
        names = sorted(name for name, entry in STRUCTURES.items() if _country(entry) == follows)
        yield f"(?:{'|'.join(map(_word, names))}){_JUNK}[ -]?{_JUNK}{follows}"


CODES: Final = _any(*_labels(), *map(_word, _WORDS.split("|")))
# In cells of nothing but ASCII letters and digits a label can only come first.
FIRST_CODES: Final = _any(
    "^(?:cv[vcn]|csc|exp|valid|good|m?pin|cardpin|atmpin|otp|onetime|dynamic|security|verif|cardv)"
)
FLOATS: Final = _any(rf"[.,٫٬]{_JUNK}(?:{_DIGIT}{_JUNK}){{4}}[0-9\x{{80}}-\x{{10FFFF}}]*e{_JUNK}\+?{_JUNK}{_DIGIT}")
IBANS: Final = _any(rf"(?:^|[^A-Za-z0-9])(?:{'|'.join(sorted(_countries()))})")
FIRST_IBANS: Final = _any(rf"^(?:{'|'.join(sorted(STRUCTURES))})[0-9][0-9]")
ESCAPES: Final = _any(*_ESCAPES)
FOREIGN_PHONES: Final = _any(rf"\+{_JUNK}{_DIGIT}")
NATIONAL_IDS: Final = _any(*map(_word, ("ملی", "national", "mell")))
EMAILS: Final = _any("@", rf"[\[({{<]{_JUNK} ?{_JUNK}{_word('at')}", *_ESCAPES)
HOSTS: Final = _any(
    rf"{_DIGIT}{_JUNK}[.٫]{_JUNK}(?:{_DIGIT}{_JUNK}){{1,3}}[.٫]{_JUNK}{_DIGIT}",
    rf":{_JUNK}:",
    rf"(?::{_JUNK}(?:(?:{_DIGIT}|[a-f]){_JUNK}){{1,4}}){{3}}",
    *_ESCAPES,
)


def narrow(hint: str) -> str:
    """The same for ASCII cells, where nothing is invisible: a far smaller automaton."""
    for wide, ascii_only in ((_GAP, "[^0-9A-Za-z]*"), (_AFTER_DIGITS, "[0-9][0-9]"), (_JUNK, ""), (_DIGIT, "[0-9]")):
        hint = hint.replace(wide, ascii_only)
    return hint
