"""The issuers of card numbers, by the prefixes in `issuers.json`; Iranian ones first, as others overlap them."""

import json
from pathlib import Path
from typing import Final

_DATA = json.loads(Path(__file__).with_name("issuers.json").read_text(encoding="utf-8"))

IRANIAN: Final[frozenset[str]] = frozenset(_DATA["iranian"])
TEST_NUMBERS: Final[frozenset[str]] = frozenset(_DATA["test_numbers"])


def _four_digit_prefixes(prefix: str) -> range:
    """The first four digits that a prefix such as `4` or `2221-2720` covers."""
    low, _, high = prefix.partition("-")
    width = 10 ** (4 - len(low))
    return range(int(low) * width, (int(high or low) + 1) * width)


def _lengths() -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    for scheme in _DATA["international"]:
        for prefix in scheme["prefixes"]:
            for four in _four_digit_prefixes(prefix):
                found.setdefault(four, set()).update(scheme["lengths"])
    return {four: frozenset(lengths) for four, lengths in found.items()}


LENGTHS: Final[dict[int, frozenset[int]]] = _lengths()  # first four digits -> lengths that a scheme issues


def is_iranian(digits: str) -> bool:
    """Whether the number starts as a card of an Iranian bank; such cards have 16 digits."""
    return digits[:6] in IRANIAN


def is_international(digits: str, length: int | None = None) -> bool:
    """Whether a scheme issues numbers of this length (default: that of `digits`) that start like this."""
    return (len(digits) if length is None else length) in LENGTHS.get(int(digits[:4]), ())


def is_issued(digits: str) -> bool:
    """Whether a bank of Iran or a scheme issues whole numbers that start like this."""
    return is_international(digits) or (len(digits) == 16 and is_iranian(digits))
