"""Numbers that stand for a person or their device: the national code, IP addresses."""

import ipaddress
import re
from collections.abc import Iterator

from governance.detection.findings import Finding, Grade
from governance.detection.kinds import checksums
from governance.detection.text.page import Page

NATIONAL, IP = "national_id", "ip_address"

_NATIONAL = re.compile(
    r"(?:کد|شماره|ش) ?\.? ?ملی|(?<![a-z])(?:national|melli)[\W_]{0,3}(?:code|id|number|no)|code ?mell?i|nationalid",
    re.IGNORECASE,
)
_AFTER_LABEL = re.compile(r"[^0-9]{0,20}?([0-9]{3}-[0-9]{6}-[0-9]|[0-9](?:[ -]?[0-9]){7,9})(?![0-9])")
_LED = re.compile(r"(?<![\w.,/:+\-])([0-9]{10}|[0-9]{3}-[0-9]{6}-[0-9])[ (\[«\"'=]{1,3}$")  # its label follows
_BARE = re.compile(
    r"(?<![\w.,/:+\-])([0-9]{10}|[0-9]{3}-[0-9]{6}-[0-9])(?![\w/:\-]|[.,][0-9]| ?(?:تومان|تومن|ریال|toman|rial))"
)
_COUNTING = "01234567890123456789"
_OTHERWISE = re.compile(
    r"سفارش|پیگیری|رهگیری|پستی|تلفن|تماس|موبایل|همراه|مبلغ|قیمت|شابک|فاکتور|تراکنش|ارجاع|مرجع|سریال|شناسه|حساب"
    r"|order|track|invoice|isbn|ref|phone|tel|mobile|price|amount|time|stamp|created|updated|_at|account|(?<![^a-z]n)(?<!^n)id\W{0,3}$",
    re.IGNORECASE,
)
_IPV4 = re.compile(r"(?<![\w.\-%])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w\-]|\.[0-9])")
_IPV6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f:]{2,39}(?:(?<=:)(?:[0-9]{1,3}\.){3}[0-9]{1,3})?(?![\w:])")
_FINGERPRINT = re.compile("[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2})+")  # of keys and network cards
_IP = re.compile(r"(?<![a-z])ip(?![a-z])|آی ?پی|addr", re.IGNORECASE)
_VERSION = re.compile(
    r"(?:نسخه(?: ?ی)?|ویرایش|ورژن|آپدیت|به ?روز ?رسانی|version|ver|build|release|update|driver|firmware|(?<![a-z])v)"
    r"[\W_]{0,3}$|[a-z]/$"
    r"|(?:\\u[0-9a-f]{4}|&#x?[0-9a-f]{2,5};) ?$",  # a word still in escapes: another reading knows it
    re.IGNORECASE,
)
# A word right before, `iOS 17.4.1.2` or `بند 10.2.3.45`, other than those that lead up to an address.
_NAMED = re.compile(
    r"(?<![\w.])(?!(?:from|to|by|at|via|on|in|for|is|was|and|host|server|client|remote|peer|user|log(?:in|ged|out)|source|src|dst"
    r"|ping|block|ban|banned|blocked|allow|accepted|denied|deny|rejected|connect|connected|visitor|gateway|proxy|network|dns|[lw]an"
    r"|tcp|udp|ssh|vpn|nat|get|post|از|با|در|و|هاست|سرور|کاربر|سیستم|مبدا|مقصد|کلاینت) )[^\W\d_]+ $",
    re.IGNORECASE,
)
_SMALL = 20  # most versions have two parts below it, or a zero inside; one address in twenty has


def announces(heading: str) -> bool:
    """Whether a column's name says that it holds national codes."""
    return bool(_NATIONAL.search(heading))


def find(page: Page) -> Iterator[Finding]:
    """Every national code and IP address."""
    yield from _national_ids(page)
    if page.text.count(".", page.start) >= 3:
        for match in _IPV4.finditer(page.text, page.start):
            if _is_host(page, match):
                yield Finding(IP, "ipv4", Grade.FAIL, match.span())
    if page.text.count(":", page.start) >= 2:
        for match in _IPV6.finditer(page.text, page.start):
            if (
                not _FINGERPRINT.fullmatch(match[0])
                and match[0].count(":") >= 2
                and len(match[0].replace(":", " ").split()) >= 2
                and ("::" in match[0] or match[0].count(":") >= 6)
                and _is_ipv6(match[0])
            ):
                yield Finding(IP, "ipv6", Grade.FAIL, match.span())


def _national_ids(page: Page) -> Iterator[Finding]:
    for label in _NATIONAL.finditer(page.text):
        if page.scrambles(label.start()):
            continue
        match = _AFTER_LABEL.match(page.text, label.end())
        if match is None and label.start() > page.start:
            led = _LED.search(page.text, max(page.start, label.start() - 20), label.start())
            match = led if led and not _OTHERWISE.search(page.before(led.start(), 12)) else None
        if match and match.start(1) >= page.start and checksums.national_id(_digits(match[1]).zfill(10)):
            yield Finding(NATIONAL, "labelled", Grade.FAIL, match.span(1))
    for match in _BARE.finditer(page.text, page.start):
        digits = _digits(match[1])
        # Seconds since 1970 of our years start so, and so do mobile numbers without their zero.
        if (
            digits[:9] in _COUNTING
            or digits.startswith(("15", "16", "17", "18", "90", "91", "92", "93", "99"))
            or not checksums.national_id(digits)
        ):
            continue
        if not _OTHERWISE.search(page.before(match.start(), 24)):
            yield Finding(NATIONAL, "bare", Grade.SUSPECT, match.span(1))


def _digits(text: str) -> str:
    return re.sub("[^0-9]", "", text)


def _is_host(page: Page, match: re.Match[str]) -> bool:
    parts = match[0].split(".")
    numbers = [int(part) for part in parts]
    if max(numbers) > 255 or numbers[0] in {0, 127} or any(len(part) > 1 and part[0] == "0" for part in parts):
        return False
    before = page.before(match.start(), 24)
    if _IP.search(before):
        return True
    if _NAMED.search(before) and (0 in numbers[1:3] or sum(number < _SMALL for number in numbers) > 1):
        return False
    return not _VERSION.search(before) and (numbers[0] >= 10 or max(numbers) >= 30)


def _is_ipv6(text: str) -> bool:
    try:
        return not (address := ipaddress.IPv6Address(text)).is_loopback and not address.is_unspecified
    except ValueError:
        return False
