"""Patterns for Arrow's RE2 that match a superset of the rules: they allow whatever folding would join.

The classes are coarse on purpose. Exact Unicode classes make automata that exceed RE2's memory limit and slow it down.
"""

import re
from collections.abc import Iterator
from typing import Final

from governance.detection.kinds.accounts import STRUCTURES

_LETTERS = r"\x{620}-\x{63F}\x{641}-\x{64A}\x{66E}-\x{6D3}"  # of the Arabic script
_JUNK = r"[\x00\x{80}-\x{61F}\x{640}\x{64B}-\x{65F}\x{66A}-\x{66D}\x{670}\x{6D4}-\x{6EF}\x{6FA}-\x{10FFFF}]*"
_LOOSE = r"[^\x01-\x7F]*"  # the same and Persian letters, for Latin words: a smaller automaton
_GAP = r"[^0-9A-Za-z]*"
_SIGNS = r"[^0-9A-Za-z\x{620}-\x{63F}\x{641}-\x{64A}\x{66E}-\x{6D3}]*"  # no letter: what may divide two words
_DIGIT = r"[0-9\x{660}-\x{669}\x{6F0}-\x{6F9}\x{7C0}-\x{10FFFF}]"
_SAME = {"ی": "[یيىئ]", "ک": "[کك]", "ا": "[اأإ]", "و": "[وؤ]", "ه": "[هة]"}
_WIDE = r"[！-／：-～]"  # full-width signs and letters, which folding turns into ASCII


def _word(word: str) -> str:
    loose, gap = (_LOOSE, _GAP) if word.isascii() else (_JUNK, _SIGNS)
    return loose.join(gap if char == " " else _SAME.get(char, char) for char in word)


def _any(*patterns: str) -> str:
    return "(?i:" + "|".join(patterns) + ")"


_HEX = rf"[a-f{_DIGIT[1:]}"
_ESCAPES = (
    rf"%{_JUNK}{_HEX}{_JUNK}{_HEX}",
    rf"={_JUNK}{_HEX}{_JUNK}{_HEX}{_JUNK}=",
    r"\\",
    rf"&{_JUNK}(?:#|[a-z]{_JUNK}[a-z])",
    rf"<{_JUNK}/?{_JUNK}[a-z]",
    _WIDE,
)
# Labels, as short as other words leave them; of Latin ones first the letter, then the rest.
_WORDS = {
    "": ("سی وی", "پشت کارت", "پشت این کارت", "انقض", "عتبار", "عتبر", "نقضی", "پین"),
    "کد": ("امن", "پوی", "یک", "یه", "تای", "ورود"),
    "رمز": ("دوم", "پوی", "موق", "خرید", "یک", "یه", "اینت", "اول", "ثاب", "کار", "عابر", "خودپ"),
}
_LATIN = (
    ("c", f"(?:{_GAP}v{_GAP}(?:[vcnd]|{_DIGIT})|{_GAP}s{_GAP}c|{_GAP}c{_GAP}v)"),
    ("c", f"(?:{_word('ardcv')}|{_word('ardpin')}|{_word('ardexp')}|{_word('ard verif')})"),
    ("e", f"(?:{_word('xp')}|n{_LOOSE}(?:{_word('gh')}|q){_LOOSE}e?{_LOOSE}z)"),
    ("[vg]", f"(?:{_word('alid')}|{_word('ood')}){_GAP}(?:t{_LOOSE}[hi]|u)"),
    ("m", f"(?:{_word('pin')}|{_word('m yy')})"),
    ("i", _word("pin")),
    ("a", _word("tmpin")),
    ("p", _word("in")),
    ("o", f"(?:{_word('tp')}|{_word('ne time')})"),
    ("d", _word("ynamic")),
    ("r", _word("amz")),
    ("k", f"{_word('od')}{_LOOSE}e?{_GAP}{_word('amni')}"),
    ("s", f"(?:{_word('ecurity code')}|{_word('econd pass')}|{_word('tatic pass')})"),
    ("v", _word("erification")),
)


def _keys() -> Iterator[str]:
    """Latin labels at their borders in ASCII; after digits and in camelCase they are keys, so a sign follows them."""
    for first, rest in _LATIN:
        yield rf"(?:^|[^0-9A-Za-z]){first}{rest}"
        yield rf"[0-9][0-9]{first}{rest}(?s:.*)[:=]"
        yield rf"(?-i:[a-z]{first.upper()}){rest}(?s:.*)[:=]"


def _beginning(entry: str, size: int) -> str:
    """The first signs of a country's account numbers, each with whatever may follow it."""
    signs = []
    for kind, count in re.findall(r"(\[[^\]]+\])\{(\d+)\}", entry)[2:]:
        sign = {"[0-9]": _DIGIT, "[A-Z]": f"(?:[A-Za-z]|{_WIDE})"}.get(kind, f"(?:[A-Za-z]|{_WIDE}|{_DIGIT})")
        signs += [f"{_LOOSE}[ -]?{_LOOSE}{sign}"] * int(count)
    return "".join(signs[:size])


def _accounts(size: int) -> str:
    """Country, check digits and so many signs more."""
    found: dict[str, list[str]] = {}
    for name, entry in sorted(STRUCTURES.items()):
        found.setdefault(_beginning(entry, size), []).append(_word(name))
    digits = f"{_LOOSE}[ -]?{_LOOSE}{_DIGIT}{_LOOSE}{_DIGIT}"
    begun = (f"(?:{'|'.join(names)}){digits}{follows}" for follows, names in found.items())
    return rf"(?:^|[^A-Za-z0-9])(?:{'|'.join(begun)})"


# Separators after a word are written once for all that follows: each such class is as large as the rest of a label.
PERSIAN_CODES: Final = "|".join(
    (
        *(f"{_word(first)}{_SIGNS if first else ''}(?:{'|'.join(map(_word, rest))})" for first, rest in _WORDS.items()),
        f"{_word('رمز')}{_SIGNS}{_DIGIT}",
    )
)
CODES: Final = _any(*(first + _LOOSE + rest for first, rest in _LATIN))  # the same in Latin letters
# In cells of nothing but ASCII letters and digits a label can only come first.
FIRST_CODES: Final = _any(
    "^(?:cv[vcn]|ccv|csc|exp|valid|good|[mi]?pin|cardpin|atmpin|otp|onetime|dynamic|security|secondpass|staticpass|verif|cardc?v|cardexp|ramz|kode?amni|en(?:gh|q)e?z)"
)
FLOATS: Final = _any(rf"[.,٫٬]{_JUNK}(?:{_DIGIT}{_JUNK}){{4}}[0-9\x{{80}}-\x{{10FFFF}}]*e{_JUNK}\+?{_JUNK}{_DIGIT}")
IBANS: Final = _any(_accounts(1))
FIRST_IBANS: Final = _any(rf"^(?:{'|'.join(sorted(STRUCTURES))})[0-9][0-9]")
ESCAPES: Final = _any(*_ESCAPES)
# Characters that every label in Latin letters, escape, exponent or mask contains; small and capital letters apart.
ODD: Final = r"[A-Za-z%\\&<=*#?_\x{D7}\x{100}-\x{17F}\x{2022}\x{212A}\x{25A0}\x{25CF}\x{25E6}\x{F000}-\x{FFFF}]"
FOREIGN_PHONES: Final = rf"\+{_JUNK}{_DIGIT}"
NATIONAL_IDS: Final = _any(*map(_word, ("national", "mell")))
PERSIAN_NATIONAL_IDS: Final = _word("ملی")
EMAILS: Final = _any("@", rf"[\[({{<]{_JUNK} ?{_JUNK}{_word('at')}", *_ESCAPES)
HOSTS: Final = _any(
    rf"{_DIGIT}{_JUNK}[.٫]{_JUNK}(?:{_DIGIT}{_JUNK}){{1,3}}[.٫]{_JUNK}{_DIGIT}",
    rf":{_JUNK}:",
    rf"(?::{_JUNK}(?:(?:{_DIGIT}|[a-f]){_JUNK}){{1,4}}){{3}}",
    *_ESCAPES,
)


def narrow(hint: str) -> str:
    """The same for ASCII cells, where nothing is invisible: a far smaller automaton."""
    for wide, ascii_only in ((_JUNK, ""), (_LOOSE, ""), (_DIGIT, "[0-9]")):
        hint = hint.replace(wide, ascii_only)
    return hint


ASCII_CODES: Final = narrow(_any(*_keys()))
ASCII_IBANS: Final = narrow(_any(_accounts(6)))
