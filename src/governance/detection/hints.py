"""Patterns for Arrow's RE2 that are wider than the rules they stand for: whatever folding would join, they allow.

The classes are coarse on purpose. Exact Unicode ones make automata that outgrow RE2's memory, and it turns slow.
"""

from typing import Final

from governance.detection.accounts import LENGTHS

_LETTERS = r"\x{620}-\x{63F}\x{641}-\x{64A}\x{66E}-\x{6D3}"  # of the Arabic script
_JUNK = r"[\x00\x{80}-\x{61F}\x{640}\x{64B}-\x{65F}\x{66A}-\x{66D}\x{6D4}-\x{6EF}\x{6FA}-\x{10FFFF}]*"
_GAP = rf"[^A-Za-z{_LETTERS}]*"
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
_WORDS = (
    "سی وی|امنیت|پشت|verif|secur|exp|valid|thru|through|until|till|انقضا|اعتبار|pin|پین|رمز|otp|one time|dynamic|پویا"
    "|یک بار|تایی"
)
_BYTE = (
    "(?:0[09ad]|[2-7][0-9a-f]|[cd][0-9a-f][89ab][0-9a-f]|e[0-9a-f](?:[89ab][0-9a-f]){2}|f[0-4](?:[89ab][0-9a-f]){3})"
)

_COUNTRIES = "|".join(map(_word, sorted(LENGTHS)))

CODES: Final = _any(f"c{_GAP}v{_GAP}[vcn]", f"c{_GAP}s{_GAP}c", *map(_word, _WORDS.split("|")), *_ESCAPES)
FLOATS: Final = _any(
    rf"[.,٫٬]{_JUNK}(?:{_DIGIT}{_JUNK}){{4}}[0-9\x{{80}}-\x{{10FFFF}}]*e{_JUNK}\+?{_JUNK}{_DIGIT}", *_ESCAPES
)
MASKS: Final = _any(rf"(?:{_DIGIT}{_JUNK}[ -]?{_JUNK}){{4}}[x*#×•●◦■_?]", *_ESCAPES)
IBANS: Final = _any(rf"(?:^|[^A-Za-z0-9])(?:{_COUNTRIES}){_JUNK}[ -]?{_JUNK}{_DIGIT}{_JUNK}{_DIGIT}", *_ESCAPES)
ESCAPES: Final = _any(*_ESCAPES)
FOREIGN_PHONES: Final = _any(r"\+", *_ESCAPES)
NATIONAL_IDS: Final = _any(*map(_word, ("ملی", "national", "mell")), *_ESCAPES)
EMAILS: Final = _any("@", rf"[\[({{<]{_JUNK} ?{_JUNK}{_word('at')}", *_ESCAPES)
HOSTS: Final = _any(
    rf"{_DIGIT}{_JUNK}[.٫]{_JUNK}(?:{_DIGIT}{_JUNK}){{1,3}}[.٫]{_JUNK}{_DIGIT}",
    rf":{_JUNK}:",
    rf"(?::{_JUNK}(?:(?:{_DIGIT}|[a-f]){_JUNK}){{1,4}}){{3}}",
    *_ESCAPES,
)
HEX_ROW: Final = "^[0-9A-Fa-f-]+$"
HEX_TEXT: Final = rf"(?i:(?:^|[^0-9a-f]|x){_BYTE}{{4,}}(?:$|[^0-9a-f]))"
TOKENS: Final = r"[A-Za-z0-9+/_%\\&;#={}-]{16}"
