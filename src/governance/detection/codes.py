"""The short secrets of a card, known only by the words before them: CVV2, PIN, one-time password."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from governance.detection.findings import Finding, Grade
from governance.detection.labels import END, OTHERWISE, SPACE, compiled, gate, latin
from governance.detection.page import Page

CODE, PIN, PASSWORD = "card_verification_code", "card_pin", "one_time_password"
KINDS = frozenset({CODE, PIN, PASSWORD})


@dataclass(frozen=True, slots=True)
class _Rule:
    """A label, up to `gap` other characters, and the digits it announces."""

    kind: str
    label: re.Pattern[str]
    value: re.Pattern[str]
    gap: int = 20
    name: str = "labelled"
    grade: Grade = Grade.FAIL


def _value(digits: str) -> re.Pattern[str]:
    return re.compile(f"(?:{digits}){END}", re.IGNORECASE)


_FOUR_TO_EIGHT = _value(r"[0-9](?:[ -]?[0-9]){3,7}")

_RULES = (
    _Rule(
        CODE,
        compiled(
            latin(
                r"c[\W_]{0,2}(?:v[\W_]{0,2}[vcn]|c[\W_]{0,2}v|s[\W_]{0,2}c(?=[\W_]{0,3}(?:[:=#]|[0-9]{3}(?![0-9]))))(?!(?-i:[a-z]))"
                r"(?:[\W_]{0,2}2(?=[\W_]|[0-9]{3}|[^\W0-9]|$))?(?:[\W_]?(?:code|number|no))?"
            ),
            "سی ?وی ?وی(?: ?(?:2|دو))?|کد امنیتی|(?:رقمی?|کد|عدد) ?(?:روی |در )?پشت(?: ?این)? کارت",
            latin("card verification|security code|verification value"),
        ),
        _value("[0-9]{3,4}"),
    ),
    _Rule(
        PIN,
        compiled(
            latin(r"(?:m|card[\W_]?|atm[\W_]?)?pin[12]?(?:[\W_]?(?:code|number|no))?"),
            r"(?<!\w)پین(?: ?کد)?(?!\w)",
            r"رمز ?(?:اول|ثابت|کارت|عابر ?بانک|خودپرداز|دوم(?![\W_]{0,3}(?:پویا|یک)))",
        ),
        _FOUR_TO_EIGHT,
    ),
    _Rule(
        PASSWORD,
        compiled(
            rf"رمز{SPACE}(?:دوم|پویا|موقت|یک ?بار)|کد{SPACE}(?:پویا|یک ?بار)",
            latin(
                rf"otp(?:[\W_]?code)?|one{SPACE}time{SPACE}(?:pass(?:word|code)?|pin|code)|dynamic{SPACE}(?:pass(?:word)?|pin)"
            ),
        ),
        _FOUR_TO_EIGHT,
        gap=28,
    ),
    _Rule(
        PASSWORD,
        compiled(rf"کد{SPACE}تایید", latin(rf"verification{SPACE}code")),
        _FOUR_TO_EIGHT,
        name="login_code",
        grade=Grade.SUSPECT,
    ),
)
_ANY = re.compile("|".join(f"(?:{rule.label.pattern})" for rule in _RULES), re.IGNORECASE)
_may_announce = gate(
    r"c[\W_]{0,2}[vcs]|verification|security code|pin|otp|one|dynamic"
    r"|سی ?وی|امنیتی|پشت|پین|رمز|کد[\W_]{0,3}(?:پویا|یک|تایید)"
)
_DIGIT = re.compile("[0-9]")
_YEAR = re.compile("(?:13[6-9]|14[01]|20[0-4])[0-9]")
_ANSWERED = re.compile(r"[\"']? ?[:=] ?[\"']?[a-z]+[\"']? ?[,;&}\]]", re.IGNORECASE)  # `"pin": true,`


def announces(heading: str) -> bool:
    """Whether a column's name is such a label."""
    return bool(_ANY.search(heading))


def find(page: Page) -> Iterator[Finding]:
    """Every code that a label announces, the column's name included."""
    if not _may_announce(page.text) or not _ANY.search(page.text):
        return
    for rule in _RULES:
        for label in rule.label.finditer(page.text):
            first = _DIGIT.search(page.text, label.end(), label.end() + rule.gap + 1)
            value = rule.value.match(page.text, first.start()) if first else None
            if value is None or value.start() < page.start or page.scrambles(label.start()):
                continue
            spoken = page.text[label.end() : value.start()]
            if rule.value is _FOUR_TO_EIGHT and not spoken.strip() and _YEAR.fullmatch(value[0]):
                continue  # `OTP 2025`: the year of a text about them
            if not (OTHERWISE.search(spoken) or _ANSWERED.match(spoken) or _in_a_token(spoken)):
                yield Finding(rule.kind, rule.name, rule.grade, value.span())


def _in_a_token(spoken: str) -> bool:
    """Whether digits continue a Latin word: `a123` is no code, and `otp123` is one."""
    return spoken[-1:].isascii() and spoken[-1:].isalpha()
