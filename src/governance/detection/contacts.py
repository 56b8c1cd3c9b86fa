"""A company's own contacts, which are nobody's personal data: addresses and telephone numbers in one spelling each."""

import re
from collections.abc import Collection

from governance.detection.kinds.abroad import calling_code
from governance.detection.kinds.emails import ADDRESS
from governance.detection.text.folding import fold

_NUMBER = re.compile(r"[+(]*[0-9](?:[0-9]|[ ().\-/](?=[ ().\-/]*[0-9])){4,}")
_SIGNS = re.compile(r"[\s\[\](){}<>]+")
_NATIONAL = 8  # digits that a number has at least behind the code of its country


def spelled(text: str, regions: Collection[str]) -> str:
    """One spelling of an address or a number, with or without the code of its country; of any other text, itself."""
    plain = fold(text).casefold().strip()
    if address := ADDRESS.fullmatch(plain):
        dotted = re.sub(r"[\[({<] ?dot ?[\])}>]", ".", address["domain"])
        return f"{address['local']}@{_SIGNS.sub('', dotted)}"
    if not _NUMBER.fullmatch(plain):
        return plain
    digits = re.sub("[^0-9]", "", plain).lstrip("0")
    codes = (code for code in map(calling_code, sorted(regions)) if digits.startswith(code))
    return next((rest for code in codes if len(rest := digits[len(code) :].lstrip("0")) >= _NATIONAL), digits)
