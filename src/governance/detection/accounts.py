"""Bank account numbers: Sheba with and without IR, and the IBANs of other countries."""

import re
from collections.abc import Iterator

from governance.detection import checksums
from governance.detection.findings import Finding, Grade
from governance.detection.page import Page

KIND = "iban"

_SHEBA = re.compile(r"i ?r((?:[\W_]{0,3}[0-9]){24})(?![0-9])", re.IGNORECASE)
_LABEL = re.compile(r"شبا|حساب|(?<![a-z])(?:sheba|shaba|iban|account)", re.IGNORECASE)
_IBAN = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{2})[ -]?[0-9]{2}[ -]?[A-Za-z0-9]{2}")
_RUNS = 64  # longer lists of numbers hold no grouped Sheba

# Country and length, from the IBAN registry that SWIFT publishes. Iran, which isn't in it, has its own rule above.
_REGISTRY = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 "
    "FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 "
    "LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 "
    "SE24 SI19 SK24 SM27 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20"
)
LENGTHS = {entry[:2]: int(entry[2:]) for entry in _REGISTRY.split()}


def find(page: Page) -> Iterator[Finding]:
    """Every account number whose check digits are right."""
    for match in _SHEBA.finditer(page.text, page.start):
        if checksums.sheba(re.sub("[^0-9]", "", match[1])):
            yield Finding(KIND, "sheba", Grade.FAIL, match.span())
    yield from _without_country(page)
    yield from _foreign(page)


def _without_country(page: Page) -> Iterator[Finding]:
    for group in page.groups:
        if len(group.digits) < 24:
            continue
        windows = group.windows(24, 24) if len(group.starts) <= _RUNS else iter(())
        for start, end in windows:
            digits, span = group.digits[start:end], group.span(start, end)
            label = _LABEL.search(page.before(span[0], 30))
            # A post barcode has 24 digits too; the banks' codes all start with 0, which leaves one in a thousand.
            if (label or digits[2] == "0") and checksums.sheba(digits) and not page.hides(span):
                yield Finding(KIND, "sheba_without_ir", Grade.FAIL if label else Grade.SUSPECT, span)


def _foreign(page: Page) -> Iterator[Finding]:
    for match in _IBAN.finditer(page.text, page.start):
        length = LENGTHS.get(match[1].upper())
        if length is None:
            continue
        written = ""
        for end in range(match.start(), min(len(page.text), match.start() + 2 * length)):
            char = page.text[end]
            if char.isascii() and char.isalnum():
                written += char.upper()
            elif char not in " -":
                break
            if len(written) == length:
                after = page.text[end + 1 : end + 2]
                span = (match.start(), end + 1)
                enough = sum(char.isdigit() for char in written) >= 10  # real ones have; hexadecimal ids have fewer
                whole = enough and not (after.isascii() and after.isalnum())
                if whole and checksums.iban(written) and not page.hides(span):
                    yield Finding(KIND, "iban", Grade.FAIL, span)
                break
