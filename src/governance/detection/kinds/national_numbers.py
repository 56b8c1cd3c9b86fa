"""The numbers of people that countries other than Iran give, by the modules of python-stdnum that check them."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Final

from governance.detection.findings import Finding, Grade
from governance.detection.kinds.detector import Regions, Sign
from governance.detection.kinds.labels import Pattern
from governance.detection.kinds.languages import BETWEEN, regions_of, words
from governance.detection.text.page import Page

MODULES: Final[dict[str, dict[str, list[str]]]] = json.loads(
    Path(__file__).with_name("national_numbers.json").read_text("utf-8")
)
_RESERVED = {"in", "is"}
_VALUE = re.compile(r"[0-9A-Za-z](?:[ .\-/]{0,2}[0-9A-Za-z]){5,24}")
_BORDER = re.compile("[0-9A-Za-z](?![0-9A-Za-z])")
# Without a label, only what has letters in it, or many digits: other numbers are right by accident.
_ALONE = re.compile(r"(?<![\w./:+@-])(?=[0-9.\- ]{0,20}[A-Za-z])[0-9A-Z](?:[.\-]?[0-9A-Za-z]){7,19}(?![\w/:@-])")
_DIGITS = 6


def known(what: str, regions: Regions) -> Regions:
    """Those of the regions whose `personal` or `tax` numbers are known, and the words that announce them."""
    return tuple(region for region in regions_of(regions) if MODULES.get(region, {}).get(what))


@cache
def checks(what: str, region: str) -> tuple[Callable[[str], bool], ...]:
    """The functions that say whether a text is a number of a region."""
    package = region.lower() + "_" * (region.lower() in _RESERVED)
    return tuple(import_module(f"stdnum.{package}.{name}").is_valid for name in MODULES[region][what])


def label_of(what: str, regions: Regions) -> Pattern:
    """The words that announce the numbers."""
    return Pattern(words("national_id" if what == "personal" else "tax_id", regions))


def find_numbers(page: Page, kind: str, what: str, regions: Regions) -> Iterator[Finding]:
    """Right numbers behind a label of their region, and such with letters anywhere, which need a person."""
    for region in regions:
        right = checks(what, region)
        for label in _labels(what, region).finditer(page.text):
            match = _VALUE.match(page.text, label.end())
            if match is None or page.scrambles(match.start()):
                continue
            ends = [match.start() + border.end() for border in _BORDER.finditer(match[0])]
            end = next((end for end in reversed(ends) if _is_right(page.text[match.start() : end], right)), None)
            if end is not None:
                yield Finding(kind, "labelled", Grade.FAIL, (match.start(), end))
    for match in _ALONE.finditer(page.text, page.start) if regions else ():
        if sum(sign.isdigit() for sign in match[0]) >= _DIGITS and any(
            _is_right(match[0], checks(what, region)) for region in regions
        ):
            yield Finding(kind, "bare", Grade.SUSPECT, match.span())


def _is_right(text: str, right: Iterable[Callable[[str], bool]]) -> bool:
    return any(check(text) for check in right)


@cache
def _labels(what: str, region: str) -> Pattern:
    return Pattern(label_of(what, (region,)).pattern + BETWEEN)


def signs(what: str, regions: Regions) -> tuple[Sign, ...]:
    """What every text with such a number matches."""
    return (label_of(what, regions), _ALONE)
