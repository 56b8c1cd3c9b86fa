"""IP addresses of both versions that identify a device, without look-alike version numbers."""

import ipaddress
import re
from collections.abc import Iterator

from governance.detection.findings import Finding, Grade
from governance.detection.kinds.detector import Data, Detector, Kind, nothing
from governance.detection.text.page import Page

IP = "ip_address"

_POINT = r"(?:\.|\[\.\])"  # brackets are against links
_IPV4 = re.compile(rf"(?:(?<![\w.\-%])|(?<=\bip)|(?<=\bIP))[0-9]{{1,3}}(?:{_POINT}[0-9]{{1,3}}){{3}}(?![\w\-]|\.[0-9])")
_IPV6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f:]{2,39}(?:(?<=:)(?:[0-9]{1,3}\.){3}[0-9]{1,3})?(?![\w:]|\.[0-9])")
_FINGERPRINT = re.compile("[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2})+")  # of keys and network cards
_SIGN = re.compile(rf"(?:[0-9]{{1,3}}{_POINT}){{3}}[0-9]|[0-9A-Fa-f]::|::[0-9A-Fa-f]|(?:[0-9A-Fa-f]{{1,4}}:){{6}}")
_IP = re.compile(r"(?<![a-z])ip(?![a-z])|آی ?پی|addr", re.IGNORECASE)
_VERSION = re.compile(
    r"(?:نسخه(?: ?ی)?|ویرایش|ورژن|آپدیت|به ?روز ?رسانی|version|ver|build|release|update"
    r"|(?:bump|(?:up|down)(?:dat|grad)e)[a-z]*(?: [\w*]+)? to|driver|firmware|tel(?:ephone)?|phone|fax|call"
    r"|تلفن|table|rev(?:ision)?|section|clause|§|ماده|بند|جدول|(?<![a-z])v)"
    r"[\W_]{0,3}$|[a-z]/$"
    r"|(?:\\u[0-9a-f]{4}|&#x?[0-9a-f]{2,5};):? ?$",  # a word that is still escaped: another reading decodes it
    re.IGNORECASE,
)
# A word right before, `iOS 17.4.1.2` or `بند 10.2.3.45`, other than those that lead up to an address.
_NAMED = re.compile(
    r"(?<![\w.])(?!(?:from|to|by|at|via|on|in|for|is|was|and|host|server|client|remote|peer|user|log(?:in|ged|out)|source|src|dst"
    r"|ping|block|ban|banned|blocked|allow|accepted|denied|deny|rejected|connect|connected|visitor|gateway|proxy|network|dns|[lw]an"
    r"|tcp|udp|ssh|vpn|nat|get|post|از|با|در|و|هاست|سرور|کاربر|سیستم|مبدا|مقصد|کلاینت) )(?![0-9]+ )[^\W_]+ \(?$",
    re.IGNORECASE,
)
_SMALL = 20  # most versions have two parts below it, or a zero inside; one address in twenty has
_SLICE = re.compile(r"[\w)\]]\[[0-9]+::[0-9]+$")
_RANDOM = 26  # characters


def find(page: Page) -> Iterator[Finding]:
    """Every IP address."""
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
                and _is_ipv6(page, match)
            ):
                yield Finding(IP, "ipv6", Grade.FAIL, match.span())


def _is_host(page: Page, match: re.Match[str]) -> bool:
    parts = re.sub(r"[\[\]]", "", match[0]).split(".")
    numbers = [int(part) for part in parts]
    if max(numbers) > 255 or numbers[0] in {0, 127} or any(len(part) > 1 and part[0] == "0" for part in parts):
        return False
    before = page.before(match.start(), 24)
    if _IP.search(before):
        return True
    if _NAMED.search(before) and (0 in numbers[1:3] or sum(number < _SMALL for number in numbers) > 1):
        return False
    return not _VERSION.search(before) and (numbers[0] >= 10 or max(numbers) >= 30)


def _is_ipv6(page: Page, match: re.Match[str]) -> bool:
    """Whether colons and hexadecimal digits can be a device's address, not `Dead::Beef` or `rows[2000::2]`."""
    text = match[0]
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return False
    if (
        address.is_loopback
        or address.is_unspecified
        or _SLICE.match(page.text[max(0, match.start() - 2) : match.end()])
    ):
        return False
    if address.is_reserved:  # no provider has such addresses, so only long ones and those around an IPv4 address count
        return "." in text or len(text) >= _RANDOM
    return text.count(":") > 2 or any(char.isdigit() for char in text)


DETECTOR = Detector(
    kinds=(Kind(IP, Data.PERSONAL, gravity=40, category="user.device.ip_address", example="185.143.234.17"),),
    find=find,
    in_digits=nothing,
    signs=(_SIGN,),
)
