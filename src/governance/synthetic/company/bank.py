"""Invented bank data: card numbers, Sheba numbers and related values. None belongs to anybody.

This is the planter's own definition of these numbers, from the banks' and PCI's descriptions; the detectors have
another, and neither imports the other.
"""

from __future__ import annotations

import re
import unicodedata

import numpy as np

# First six digits of Iranian cards, by issuing bank.
BINS = {
    "603799": "Melli",
    "589210": "Sepah",
    "627353": "Tejarat",
    "585983": "Tejarat",
    "610433": "Mellat",
    "603769": "Saderat",
    "621986": "Saman",
    "622106": "Parsian",
    "639347": "Pasargad",
    "502229": "Pasargad",
    "589463": "Refah",
    "504172": "Resalat",
    "628023": "Maskan",
    "603770": "Keshavarzi",
    "627412": "Eghtesad Novin",
    "636214": "Ayandeh",
    "606373": "Mehr",
}
_SHEBA_BANKS = ("012", "013", "015", "016", "017", "018", "019", "054", "055", "056", "057", "062")
# Test numbers that card schemes and gateways publish: they pass every check and belong to nobody.
TEST_CARDS = ("4242424242424242", "5555555555554444", "2223003122003222", "6011111111111117", "4000056655665556")
TEST_AMEX = ("378282246310005", "371449635398431")


def luhn_digit(body: str) -> str:
    """The check digit that completes a card number."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def luhn_valid(number: str) -> bool:
    """Whether the last digit checks the others."""
    return luhn_digit(number[:-1]) == number[-1]


def digits(rng: np.random.Generator, count: int) -> str:
    """Random decimal digits."""
    return "".join(str(d) for d in rng.integers(0, 10, count))


def card(rng: np.random.Generator, bins: tuple[str, ...] = tuple(BINS)) -> str:
    """Sixteen digits: BIN, two of type, seven of serial, check digit."""
    body = bins[int(rng.integers(len(bins)))] + digits(rng, 9)
    return body + luhn_digit(body)


def sheba(rng: np.random.Generator) -> str:
    """An Iranian IBAN: IR, two check digits, three of bank, nineteen of account."""
    account = _SHEBA_BANKS[int(rng.integers(len(_SHEBA_BANKS)))] + digits(rng, 19)
    check = 98 - int(account + "182700") % 97  # IR as numbers, 00 in place of the check digits
    return f"IR{check:02d}{account}"


def imei(rng: np.random.Generator) -> str:
    """Fifteen digits with a Luhn digit, as on a phone's box; no card number begins like them."""
    body = ("35", "86")[int(rng.integers(2))] + digits(rng, 12)
    return body + luhn_digit(body)


def isbn(body: str) -> str:
    """An ISBN-13 from its first twelve digits."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return body + str(-total % 10)


def parcel(rng: np.random.Generator) -> str:
    """A 24-digit postal barcode that is no Sheba number by chance."""
    while True:
        code = digits(rng, 24)
        if innocent(code):
            return code


def innocent(text: str) -> bool:
    """Whether a text holds no Iranian card number and no Sheba number in plain digits, by this module's definition."""
    if len(re.findall(r"\d", text)) < 16:
        return True
    folded = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    for run in re.findall(r"[0-9](?:[ \-_.]?[0-9]){15,}", folded):
        plain = re.sub(r"[^0-9]", "", run)
        for start in range(len(plain) - 15):
            window = plain[start : start + 16]
            if window[:6] in BINS and luhn_valid(window):
                return False
        for start in range(len(plain) - 23):
            window = plain[start : start + 24]
            if int(window[2:] + "1827" + window[:2]) % 97 == 1:
                return False
    return True


def yymm(rng: np.random.Generator) -> str:
    """A card's expiry in the Jalali years that are printed on Iranian cards."""
    return f"{rng.integers(6, 10):02d}{rng.integers(1, 13):02d}"
