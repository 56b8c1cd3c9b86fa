"""The flags that the passes over the bytes set for a cell; a missing flag rules a search out."""

from typing import Final

SIGNED: Final = 1 << 0  # more than ASCII letters and digits
ESCAPED: Final = 1 << 1  # a sign that escapes begin with
WIDE: Final = 1 << 2  # more than ASCII
STRANGE: Final = 1 << 4  # characters that the compiled pass doesn't know
LONG: Final = 1 << 5  # sixteen signs of base64 in a row
CARD: Final = 1 << 6  # a card or Sheba number, perhaps
MASKED: Final = 1 << 7  # a mask sign behind a digit
CODE: Final = 1 << 8  # the label of a code, PIN, password or expiry
NATIONAL: Final = 1 << 9  # the label of a national code
IBAN: Final = 1 << 10  # two letters and two digits
FLOAT: Final = 1 << 11  # a number with an exponent
PLUS: Final = 1 << 12  # a number with a plus sign
AT: Final = 1 << 13  # a sign that an address has
LATIN: Final = 1 << 3  # of arithmetic: Latin letters, or others that count as such
HOST: Final = 1 << 14  # two dots or two colons
DEEP: Final = 1 << 30  # only the deep pass can decide
