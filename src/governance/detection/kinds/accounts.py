"""Bank account numbers: Sheba with and without IR, and the IBANs of other countries."""

import re
from collections.abc import Iterator
from typing import Final

from governance.detection.findings import Finding, Grade
from governance.detection.kinds import checksums
from governance.detection.kinds.detector import Data, Detector, Kind, Numbers, nothing
from governance.detection.kinds.labels import Pattern
from governance.detection.text.page import DIVIDERS, WORDED, Group, Page

KIND = "iban"

# `fair, 12` is no account.
_SHEBA = re.compile(r"(?:(?<![A-Za-z])[Ii] ?[Rr]|IR|[Ii][Rr](?=[0-9]))((?:[\W_]{0,3}[0-9]){24})(?![0-9])")
_LABEL = re.compile(r"شبا|حساب|(?<![a-z])(?:sheba|shaba|iban|account)", re.IGNORECASE)
_MAY_BE_IBAN = re.compile(r"[0-9](?:(?<=[A-Za-z]{2}.)|(?<=[A-Za-z]{2}[ -].))[0-9]")  # digits are rarer than letters
_SHEBA_DIGITS = 24
_GROUPS = re.compile("H|4{6}|24{5}2")  # as people write them, by the sizes of their runs; H is 24

# Country and basic account number, from the IBAN registry that SWIFT publishes: `4a10n` is four letters and ten digits,
# `c` is either. Iran isn't in it and has its own rule above.
_REGISTRY = (
    "AD8n12c AE19n AL8n16c AT16n AZ4a20c BA16n BE12n BG4a6n8c BH4a14c BR23n1a1c BY4c4n16c CH5n12c CR18n CY8n16c CZ20n "
    "DE18n DK14n DO4c20n EE16n EG25n ES20n FI14n FO14n FR10n11c2n GB4a14n GE2a16n GI4a15c GL14n GR7n16c GT4c20c HR17n "
    "HU24n IE4a14n IL19n IQ4a15n IS22n IT1a10n12c JO4a4n18c KW4a22c KZ3n13c LB4n20c LC4a24c LI5n12c LT16n LU3n13c "
    "LV4a13c LY21n MC10n11c2n MD2c18c ME18n MK3n10c2n MR23n MT4a5n18c MU4a19n3a NL4a10n NO11n OM3n16c PK4a16c PL24n "
    "PS4a21c PT21n QA4a21c RO4a16c RS18n SA2n18c SC4a20n3a SE20n SI15n SK20n SM1a10n12c SV4a20n TL19n TN20n TR6n16c "
    "UA6n19c VA18n VG4a16n XK16n"
)
_CLASSES = {"n": "[0-9]", "a": "[A-Z]", "c": "[0-9A-Z]"}


def _structure(account: str) -> str:
    parts = re.findall("([0-9]+)([nac])", account)
    return "[A-Z]{2}[0-9]{2}" + "".join(f"{_CLASSES[sign]}{{{size}}}" for size, sign in parts)


STRUCTURES: Final = {entry[:2]: _structure(entry[2:]) for entry in _REGISTRY.split()}
_FRONT = r"(?:(?<![A-Za-z0-9])|(?<=(?i:iban)))"
_COUNTRY = rf"{_FRONT}(?:{'|'.join(STRUCTURES)})[ -]?[0-9]{{2}}"
_BEGUN = 8  # signs of a country's account numbers


def _beginnings() -> str:
    """How account numbers begin in text: some beginnings are those of many countries."""
    found: dict[str, list[str]] = {}
    for country, entry in STRUCTURES.items():
        signs = [sign for sign, count in re.findall(r"(\[[^]]+\])\{([0-9]+)\}", entry)[2:] for _ in range(int(count))]
        found.setdefault("".join(f"[ .-]*{sign}" for sign in signs[:_BEGUN]), []).append(country)
    return "|".join(f"(?:{'|'.join(names)})[ -]?[0-9]{{2}}{signs}" for signs, names in found.items())


_IBAN = re.compile(f"{_FRONT}(?:{_beginnings()})", re.IGNORECASE)
_LENGTHS = {entry[:2]: 4 + sum(map(int, re.findall("[0-9]+", entry))) for entry in _REGISTRY.split()}


def find(page: Page) -> Iterator[Finding]:
    """Every account number whose check digits are right."""
    named = "ir" in page.small or "i r" in page.small
    for match in _SHEBA.finditer(page.text, page.start) if named else ():
        if checksums.sheba(re.sub("[^0-9]", "", match[1])):
            yield Finding(KIND, "sheba", Grade.FAIL, match.span())
    for group in page.groups:
        if len(group.digits) >= _SHEBA_DIGITS:
            yield from _without_country(page, group)
    if _MAY_BE_IBAN.search(page.text, page.start):
        yield from _foreign(page)


def _without_country(page: Page, group: Group) -> Iterator[Finding]:
    for first, after in (*group.wholes, *(match.span() for match in _GROUPS.finditer(group.sizes))):
        start, end = group.borders[first], group.borders[after]
        digits = group.digits[start:end]
        if len(digits) != _SHEBA_DIGITS or not checksums.sheba(digits):
            continue
        span = group.span(start, end)
        label = _LABEL.search(page.before(span[0], 30))
        # A post barcode has 24 digits too; the banks' codes all start with 0, which leaves one in a thousand.
        alone = after - first == 1 or (after - first == len(group.sizes) and DIVIDERS.isdisjoint(group.signs))
        likely = alone and digits[2] == "0"
        if (label or likely) and not page.hides(span):
            yield Finding(KIND, "sheba_without_ir", Grade.FAIL if label else Grade.SUSPECT, span)


def _foreign(page: Page) -> Iterator[Finding]:
    for match in _IBAN.finditer(page.text, page.start):
        country = match[0][:2].upper()
        length = _LENGTHS[country]
        written = ""
        for end in range(match.start(), min(len(page.text), match.start() + 2 * length)):
            char = page.text[end]
            if char.isascii() and char.isalnum():
                written += char.upper()
            elif char not in " .-":
                break
            if len(written) == length:
                after = page.text[end + 1 : end + 2]
                span = (match.start(), end + 1)
                enough = sum(char.isdigit() for char in written) >= 10  # real ones have; random ids have fewer
                whole = enough and not (after.isascii() and after.isalnum())
                if (
                    whole
                    and re.fullmatch(STRUCTURES[country], written)
                    and checksums.iban(written)
                    and not page.hides(span)
                ):
                    yield Finding(KIND, "iban", Grade.FAIL, span)
                break


DETECTOR = Detector(
    kinds=(
        Kind(
            KIND,
            Data.BANK,
            gravity=20,
            category="user.financial.bank_account",
            shortest=15,
            example="IR062960000000100324200001",
        ),
    ),
    find=find,
    labels=_LABEL,
    label_decides=False,
    regions=("IR", *STRUCTURES),
    numbers=(Numbers.CARDS,),
    signs=(_SHEBA, _IBAN, WORDED),
    hints=(WORDED, Pattern(_COUNTRY), Pattern(r"i ?r[\W_]{0,3}[0-9]")),
    fewest=10,
    in_digits=nothing,
)
