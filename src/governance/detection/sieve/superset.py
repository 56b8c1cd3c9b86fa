"""Patterns for Arrow's RE2, derived from the rules' own: each matches every text in which the rule's pattern matches.

A rule reads folded text, and RE2 the text as it stands. So each character stands for all that folding turns into it,
and `JUNK` may follow it. Lookarounds at the borders of a pattern become what they look at; others are left out. Texts
with characters of which this knows nothing match `strange()`: they must be folded first.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain
from re import _constants as op  # type: ignore[attr-defined]  # `re` has no other door to a parsed pattern
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

from governance.detection.text.folding import changed, fold

# Characters that are frequent in Persian; folding drops the first ones and changes the others.
_DROPPED: Final = (*range(0x64B, 0x656), 0x200C)
_CHANGED: Final = (0xA0, *range(0x620, 0x6D4), *range(0x6F0, 0x6FA), *range(0x2010, 0x2016), 0x2212)
_PLANES: Final = (range(0x80, 0x20000), range(0xE0000, 0xE1000))  # where characters are that folding changes
_LIKE_I: Final = (0x130, 0x131)  # İ and ı
_NO_LETTERS: Final = r"\x{80}-\x{61F}\x{640}\x{64B}-\x{670}\x{6D4}-\x{10FFFF}"
_ANY: Final = r"[\x00-\x{10FFFF}]"
_Items = Sequence[tuple[Any, Any]]


def _sign(code: int) -> str:
    return chr(code) if code < 0x80 and chr(code).isalnum() else rf"\x{{{code:X}}}"


def _ranges(codes: Iterable[int]) -> str:
    """Characters for a class."""
    found: list[list[int]] = []
    for code in sorted(set(codes)):
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return "".join(_sign(low) if low == high else f"{_sign(low)}-{_sign(high)}" for low, high in found)


@cache
def _origins() -> dict[int, tuple[int, ...]]:
    """The frequent characters that folding turns into another one, by that one."""
    found: dict[int, tuple[int, ...]] = {}
    for code in _CHANGED:
        folded = fold(chr(code))
        if code not in _DROPPED and folded and folded != chr(code):
            found[ord(folded)] = (*found.get(ord(folded), ()), code)
    return found


@cache
def _folded() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """All characters that become digits, and all others that folding changes and no pattern knows."""
    known = {*_DROPPED, *_moved()}
    found = [(code, folded) for code, folded in changed(chain(*_PLANES)) if folded != chr(code)]
    digits = [code for code, folded in found if folded.isdigit()]
    return (*range(48, 58), *digits), (0, *_LIKE_I, *(code for code, _ in found if code not in known))


@cache
def _moved() -> frozenset[int]:
    """The frequent characters that folding turns into others."""
    return frozenset(code for codes in _origins().values() for code in codes)


def plain(text: str) -> str:
    """The text as the patterns know all of it; they take `ı` and `İ` for an i, as rules do that mind no case."""
    return fold(text).replace("ı", "i").replace("İ", "i")


JUNK: Final = f"[{_ranges(_DROPPED)}]"
DIGIT: Final = _ranges(code for digit in range(48, 58) for code in (digit, *_origins()[digit]))  # of a class
_ARABIC: Final = (*range(0x620, 0x640), *range(0x641, 0x64B), *range(0x671, 0x6D4))
_LETTERS: Final = _ranges(_ARABIC)
DIVIDING: Final = tuple(code for code in _ARABIC if chr(code) not in "وؤ")  # waw joins the parts of a number
LETTERS: Final = f"A-Za-z{_ranges(DIVIDING)}"


@cache
def digits(count: int) -> str:
    """Texts with so many digits of any script."""
    return f"(?:[{_ranges(_folded()[0])}](?s:.)*){{{count}}}" if count else "(?s:.)"


@cache
def strange() -> str:
    """Texts with unknown characters, or with dropped ones that follow no letter of the Arabic script."""
    return rf"[{_ranges(_folded()[1])}]|(?:^|[^{_LETTERS}{JUNK[1:]}){JUNK}"


def of(digits: str) -> str:
    """These digits in all spellings."""
    return _ranges(code for digit in map(ord, digits) for code in (digit, *_origins()[digit]))


def side_by_side(count: int, first: str = DIGIT) -> str:
    """Texts with so many digits that no letters divide; the first is one of these."""
    return f"[{first}](?:[^{DIGIT}{LETTERS}]*[{DIGIT}]){{{count - 1}}}"


@cache
def superset(pattern: str, flags: int = re.IGNORECASE) -> str:
    """A rule's pattern for RE2; ValueError for what can't be had there, such as back-references."""
    parsed = parser.parse(pattern, flags)
    flags = parsed.state.flags
    inside = _sequence(parsed.data, first=True, last=True, capital=False)
    return f"(?{'' if flags & re.IGNORECASE else '-'}i{'s' if flags & re.DOTALL else ''}:{inside})"


def _sequence(items: _Items, *, first: bool, last: bool, capital: bool) -> str:
    """`first` and `last`: nothing stands before and behind; `capital`: the first letter is one."""
    written = ""
    for place, (kind, value) in enumerate(items):
        closes = last and place == len(items) - 1
        if kind in {op.ASSERT, op.ASSERT_NOT}:
            seen = _lookaround(kind, *value, first=first, last=closes)
            capital |= value == (1, [(op.IN, [(op.RANGE, (65, 90))])])
        else:
            seen = _item(kind, value, first, closes, capital)
            optional = kind in {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT} and not value[0]
            capital &= optional
        first &= not seen or (kind in {op.MAX_REPEAT, op.MIN_REPEAT} and not value[0])
        written += seen
    return written


def _item(kind: Any, value: Any, first: bool, last: bool, capital: bool) -> str:  # noqa: ANN401, FBT001
    match kind:
        case op.AT:
            return ""
        case op.LITERAL | op.NOT_LITERAL | op.IN:
            items = value if kind is op.IN else [(op.NEGATE, None)] * (kind is op.NOT_LITERAL) + [(op.LITERAL, value)]
            capital &= kind is op.LITERAL and chr(value).isascii() and chr(value).isalpha()
            return f"(?-i:{chr(value).upper()})" if capital else _class(items)
        case op.ANY:
            return f".{JUNK}*"
        case op.BRANCH:
            parts = dict.fromkeys(_sequence(part, first=first, last=last, capital=capital) for part in value[1])
            return f"(?:{'|'.join(parts)})"
        case op.SUBPATTERN | op.ATOMIC_GROUP:
            _, added, removed, part = value if kind is op.SUBPATTERN else (None, 0, 0, value)
            signs = "".join(sign for sign, flag in (("i", re.IGNORECASE), ("s", re.DOTALL)) if added & flag)
            signs += "-i" * bool(removed & re.IGNORECASE)
            return f"(?{signs}:{_sequence(part, first=first, last=last, capital=capital)})"
        case op.MAX_REPEAT | op.MIN_REPEAT | op.POSSESSIVE_REPEAT:
            low, high, part = value
            once = high == 1
            inside = _sequence(part, first=first and once, last=last and once, capital=capital and once)
            return f"(?:{inside}){{{low},{'' if high is op.MAXREPEAT else high}}}"
    raise ValueError(f"expected a pattern without {str(kind).lower()}")


def _lookaround(kind: object, side: int, part: _Items, *, first: bool, last: bool) -> str:
    if not (first if side < 0 else last):
        return ""
    if kind is op.ASSERT:
        return _sequence(part, first=False, last=False, capital=False)
    if len(part) != 1 or part[0][0] not in {op.IN, op.LITERAL}:
        return ""
    items = part[0][1] if part[0][0] is op.IN else part
    negated = _class(items[1:] if items[0][0] is op.NEGATE else [(op.NEGATE, None), *items])
    return f"(?:^|{negated})" if side < 0 else f"(?:{negated}|$)"


def _class(items: _Items) -> str:
    """The characters that folding turns into a member of a class."""
    negated = bool(items) and items[0][0] is op.NEGATE
    inside, codes = "", set[int]()
    for kind, value in items:
        if kind is op.LITERAL:
            codes.add(value)
        elif kind is op.RANGE:
            codes.update(range(value[0], value[1] + 1))
        elif kind is op.CATEGORY:
            inside += _CATEGORIES[value][negated]
    origins = {other for code in codes for other in _origins().get(code, ())}
    inside += _ranges((codes - _moved() if negated else codes) | origins)
    if not negated and "\\" not in inside and len(codes) == 1:
        return inside
    # Only letters of the Arabic script are followed by characters that folding drops.
    junk = f"{JUNK}*" if negated or "\\x{6" in inside or "\\x{80}" in inside else ""
    return ((f"[^{inside}]" if inside else _ANY) if negated else f"[{inside}]") + junk


# At least the members of a category; then those that are certainly members, to be excluded by a negated class.
_CATEGORIES: Final = {
    op.CATEGORY_DIGIT: (DIGIT, DIGIT),
    op.CATEGORY_NOT_DIGIT: (r"\x00-/:-\x{10FFFF}", r"\x00-/:-\x7F"),
    op.CATEGORY_SPACE: (r"\s\x0B\x1C-\x1F\x{80}-\x{10FFFF}", r"\s"),
    op.CATEGORY_NOT_SPACE: (r"\x00-\x08\x0E-\x1F!-\x{10FFFF}", "!-~"),
    op.CATEGORY_WORD: (r"0-9A-Za-z_\x{80}-\x{10FFFF}", f"0-9A-Za-z_{_LETTERS}"),
    op.CATEGORY_NOT_WORD: (rf"\x00-/:-@\[-^`{{-\x7F{_NO_LETTERS}", r"\x00-/:-@\[-^`{-\x7F"),
}
