"""Everything in a text that could name a known person, each candidate in the spelling that tokens are made from.

This module knows no people: `governance.detection.known` makes a token of each candidate and looks it up.
"""

import base64
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from governance.detection.digests import HEX_SIZES
from governance.detection.ids import USUAL, Habits
from governance.detection.kinds.abroad import numbers_in
from governance.detection.kinds.emails import ADDRESS, EMAIL
from governance.detection.kinds.names import NAME
from governance.detection.kinds.phones import MOBILE, PHONE
from governance.detection.sieve.sifting import BASE64_DIGITS, NAMELESS
from governance.detection.text.folding import fold, fold_label
from governance.detection.text.layers import readings
from governance.detection.text.page import Page
from governance.spelling import normalise

USER, DIGEST, TOKEN = "user_id", "digest", "token"
KINDS: Final = (PHONE, EMAIL, NAME, USER, DIGEST, TOKEN)

Candidate = tuple[str, str]  # a kind, and the text of its token (of kind `token`: the token itself)

# A database writes bytes as `\\x…`, a program as `0x…`.
_DIGEST = re.compile(
    r"(?:(?<![0-9A-Za-z])|(?<=(?<![0-9A-Za-z])0x)|(?<=\\x))[0-9a-f]{32,128}(?![0-9A-Za-z])", re.IGNORECASE
)
_SPACED_DIGEST = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{2}(?:[:\- ][0-9a-f]{2}){15,63}(?![0-9A-Za-z])", re.IGNORECASE)
_BASE64_DIGEST = re.compile(
    r"(?<![0-9A-Za-z+/_=-])(?:[0-9A-Za-z+/_-]{22}(?:==)?|[0-9A-Za-z+/_-]{27}=?|[0-9A-Za-z+/_-]{38}(?:==)?"
    r"|[0-9A-Za-z+/_-]{43}=?|[0-9A-Za-z+/_-]{64}|[0-9A-Za-z+/_-]{86}(?:==)?)(?![0-9A-Za-z+/_=-])"
)
# Ten to fifteen digits as the hex of their ASCII: shorter than what is read as hexadecimal text otherwise.
_HEX_DIGITS = re.compile(r"(?<![0-9A-Za-z])(?:0x)?((?:3[0-9]){10,15})(?![0-9A-Za-z])")
_BASE64_DIGITS = re.compile(rf"(?<![0-9A-Za-z+/_-])({BASE64_DIGITS})(?![0-9A-Za-z+/_-])")
# A number that lost its form to a spreadsheet.
_SCIENTIFIC = re.compile(r"(?<![0-9.])([0-9])\.([0-9]{1,14})[eE]\+?([0-9]{1,2})(?![0-9])")
# An address as it is read aloud; in brackets these words are read everywhere.
_ALOUD = re.compile(
    r"(?<![\w.+%\-])(?P<local>[\w.+%\-]{1,64}(?:[ _\-]{1,3}(?:dot|دات|نقطه)[ _\-]{1,3}[\w.+%\-]{1,64}){0,3})"
    r"[ _\-]{1,3}(?:at|ات|اَت|ات ?ساین)[ _\-]{1,3}"
    r"(?P<domain>(?:[\w\-]{1,63}?(?:\.|[ _\-]{1,3}(?:dot|دات|نقطه)[ _\-]{1,3})){1,6}[^\W\d_]{2,24})(?![\w@])",
    re.IGNORECASE,
)
_AT = re.compile(r"[ _\-](?:at|ات|اَت)")
_DOT = re.compile(r"[ _\-]{1,3}(?:dot|دات|نقطه)[ _\-]{1,3}", re.IGNORECASE)
_BRACKETED_DOT = re.compile(r" ?[\[({<] ?dot ?[\])}>] ?", re.IGNORECASE)
_URL_SAFE = str.maketrans("-_", "+/")
_LATIN_TAIL = re.compile(r"[a-z0-9._%+\-]+$")
_LATIN_HEAD = re.compile(r"[a-z0-9.\-]+")

_JOINER = "\u200c"
_MARKS = re.compile("[\u064b-\u065f\u0670]")  # vowels, which hardly anybody writes
_WORD = re.compile(r"[^\W\d_]+")
_BETWEEN_FIELDS = re.compile(r'"\s*,\s*"[^"\n]{1,40}"\s*:\s*"')  # from one value of a JSON object to the next
_NAMELESS = re.compile(NAMELESS, re.ASCII)
_NO_GAP = re.compile(r"[0-9:={}\[\]]")  # what stands between a label and a name, not within one
_BARE_DIGEST = re.compile("(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})")
_MOST_WORDS = 4
_GIVEN_WORDS = 2  # after a comma
_GAP = 3  # characters between two words of a name
# Words that are frequent in sentences and in no name: they split a text into the stretches that can hold names.
_NO_NAME = re.compile(
    r"(?:و|در|به|از|که|را|با|این|آن|است|برای|تا|هم|یک|من|ما|شما|او|آنها|هر|یا|اگر|اما|ولی|نه|هیچ|همه|چند|بود|شد|شده|کرد"
    r"|کرده|کنم|کنید|می|نمی|خود|دو|سه|چه|چون|پس|باید|نیست|بر|بی|نیز|مثل|خیلی|همین|بعد|قبل|روی|های|ها|ای|the|a|an|of"
    r"|to|in|on|at|and|or|is|was|for|with|by|it|this|that|not)"
)


def candidates(text: str, label: str = "", habits: Habits = USUAL) -> Iterator[Candidate]:
    """Everything in a cell that could be a phone number, address, name, user id, or a digest of one."""
    if _BARE_DIGEST.fullmatch(text) and not _spells(text):
        yield from _digest(text)
        if habits.texts:
            yield user(text)
        return
    if len(text) * 2 in HEX_SIZES and not text.isascii():
        with suppress(UnicodeEncodeError):  # bytes that are no text
            yield from _digest(text.encode("latin-1").hex())
    heading = fold_label(label)
    for reading in readings(fold(text), text):
        page = Page.under(heading, reading.text)
        if "IR" in habits.regions:
            yield from _phones(page)
        yield from _emails(page.text[page.start :])
        yield from map(user, habits.ids(page))
        if habits.abroad:
            yield from ((PHONE, number) for number in numbers_in(page, habits.abroad))
        yield from _digests(reading.text)
        for written in _HEX_DIGITS.finditer(reading.text):
            yield from phone(bytes.fromhex(written[1]).decode())
        for written in _BASE64_DIGITS.finditer(reading.text):
            yield from _phone_in_base64(written[1])
    yield from names(text)


def contacts_in(text: str, label: str, habits: Habits) -> Iterator[str]:
    """The phone numbers and addresses among the candidates; what the text itself says stands first."""
    return (written for kind, written in candidates(text, label, habits) if kind in {PHONE, EMAIL})


def phone(digits: str) -> Iterator[Candidate]:
    """A mobile number, whichever of its prefixes is written; what is nobody's number is in no index."""
    if MOBILE.fullmatch(digits):
        yield PHONE, "+98" + digits[-10:]


def _phone_in_base64(token: str) -> Iterator[Candidate]:
    if len(token) % 4 == 1:
        return
    raw = base64.b64decode(token + "=" * (-len(token) % 4))
    if raw.isdigit():
        yield from phone(raw.decode("ascii"))


def user(written: str) -> Candidate:
    """An id of a person."""
    return USER, f"user:{written}"


def names(text: str) -> Iterator[Candidate]:
    """Two to four words in a row, of up to three with the family name first as well."""
    seen: set[str] = set()
    for spelling in _spellings(text):
        for reading in readings(spelling, text, normalise):
            page = ADDRESS.sub(" @@@@ ", reading.text) if "@" in reading.text else reading.text
            for window in _windows(_NAMELESS.sub(":", _BETWEEN_FIELDS.sub(" ", page)).casefold()):
                if window not in seen:
                    seen.add(window)
                    yield NAME, window


def _spellings(text: str) -> Iterator[str]:
    """The text as names are compared: joiners nothing, then joiners spaces; then without vowels, if it has any."""
    yield normalise(text)
    if _JOINER in text:
        yield normalise(text.replace(_JOINER, " "))
    if _MARKS.search(text):
        yield normalise(_MARKS.sub("", text))


def spellings_of(name: str) -> Iterator[str]:
    """Every candidate that a whole name may be written as: in each spelling, and with either part first."""
    for spelling in _spellings(name):
        parts = [" ".join(_WORD.findall(part)) for part in re.split("[،,]", spelling.casefold())]
        words = " ".join(filter(None, reversed(parts) if len(parts) == 2 else parts)).split()
        if len(words) > 1:
            yield from dict.fromkeys(
                (" ".join(words), " ".join(words[-1:] + words[:-1]), " ".join(words[1:] + words[:1]))
            )


def _windows(text: str) -> Iterator[str]:
    stretch: list[str] = []
    families: list[str] = []  # before the last comma
    given: list[str] = []  # after it
    end = 0
    for match in _WORD.finditer(text):
        gap = text[end : match.start()]
        if len(gap) > _GAP or _NO_GAP.search(gap):
            stretch.clear()
        word, end = match[0], match.end()
        if _NO_NAME.fullmatch(word):
            stretch.clear()
            continue
        if stretch and ("،" in gap or "," in gap):
            families, given = [" ".join(stretch[-count:]) for count in (1, 2)[: len(stretch)]], []
        if families and stretch and len(given) < _GIVEN_WORDS:
            given.append(word)
            yield from (f"{' '.join(given)} {family}" for family in families)
        stretch.append(word)
        del stretch[:-_MOST_WORDS]
        yield from (" ".join(stretch[-count:]) for count in range(2, len(stretch) + 1))
        # The family name, of one word or of two, may stand first.
        yield from (f"{word} {' '.join(stretch[-count:-1])}" for count in (2, 3) if len(stretch) >= count)
        if len(stretch) > _GIVEN_WORDS:
            yield f"{stretch[-2]} {word} {stretch[-3]}"


def _phones(page: Page) -> Iterator[Candidate]:
    """Every row of digits that a mobile number may be, whatever word stands before it: only an equal one is found."""
    for group in page.groups:
        for start, end in group.windows(10, 15):
            if group.digits[start] in "09":
                yield from phone(group.digits[start:end])
    for first, rest, power in _SCIENTIFIC.findall(page.text):
        if len(rest) <= int(power):
            yield from phone(first + rest.ljust(int(power), "0"))


def _emails(text: str) -> Iterator[Candidate]:
    small = text.lower()
    if "dot" in small:
        text = _BRACKETED_DOT.sub(".", text)
    if "@" not in text and "at" not in small and "ات" not in text:
        return
    found = [*ADDRESS.finditer(text), *(_ALOUD.finditer(text) if _AT.search(small) else ())]
    for local, written in ((_DOT.sub(".", match["local"].lower()), match["domain"].lower()) for match in found):
        domain = _DOT.sub(".", written).replace(" ", "")
        yield EMAIL, f"{local}@{domain}"
        tail, head = _LATIN_TAIL.search(local), _LATIN_HEAD.match(domain)
        if tail and head and (tail[0], head[0]) != (local, domain):
            yield EMAIL, f"{tail[0]}@{head[0]}"  # words of another script, glued on
        if "+" in local:
            yield EMAIL, f"{local.split('+')[0]}@{domain}"
        if "xn--" in domain or not domain.isascii():
            with suppress(UnicodeError):  # the name of a host in the other of its two spellings
                other = domain.encode().decode("idna") if domain.isascii() else domain.encode("idna").decode()
                yield EMAIL, f"{local}@{other}"


def _spells(digest: str) -> bool:
    """Whether the bytes of a digest happen to be a text."""
    try:
        return bytes.fromhex(digest).decode().isprintable()
    except UnicodeDecodeError:
        return False


def _digests(text: str) -> Iterator[Candidate]:
    for match in _DIGEST.finditer(text):
        if len(match[0]) in HEX_SIZES:
            yield from _digest(match[0].lower())
    for match in _SPACED_DIGEST.finditer(text):
        yield from _digest(re.sub("[^0-9a-f]", "", match[0].lower()))
    for match in _BASE64_DIGEST.finditer(text):
        token = match[0].rstrip("=").translate(_URL_SAFE)
        yield from _digest(base64.b64decode(token + "==").hex())


def _digest(digest: str) -> Iterator[Candidate]:
    yield DIGEST, digest
    yield TOKEN, digest
