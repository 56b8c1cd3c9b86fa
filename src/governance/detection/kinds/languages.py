"""Words that announce values, in English and the languages of regions; and how regions write postal codes."""

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from governance.detection.kinds.detector import Regions
from governance.detection.kinds.labels import Pattern
from governance.detection.text.folding import fold

_DATA = json.loads(Path(__file__).with_name("languages.json").read_text("utf-8"))
POSTAL_CODES: Final[dict[str, str]] = _DATA["postal_codes"]
SPOKEN: Final[dict[str, list[str]]] = _DATA["spoken"]
# What may stand between a label and its value: signs, and words that say nothing.
_LINKS = (
    "is|are|was|no|nr|number|num|nummer|value|of|the|my|your|his|her|on|am|le|el|il|em|est|ist|es|lautet|numero|número"
    "|شماره|است|هست|من|ام|اش|شما|او|ایشان|کاربر|مشتری|بنده|شرکت|ما|برابر|با|ی|م|ت|ش"
)
BETWEEN: Final = rf"(?:[^\w\n]|_){{0,6}}(?:(?:{_LINKS})(?!\w)(?:[^\w\n]|_){{1,6}}){{0,3}}[^\w\n]{{0,4}}"


def regions_of(regions: Regions) -> Regions:
    """Those of the regions whose languages have words here."""
    return tuple(region for region in regions if any(region in known for known in SPOKEN.values()))


@lru_cache(maxsize=256)
def words(what: str, regions: Regions) -> str:
    """A pattern of the labels of a kind of value, each apart from other words."""
    chosen = ["en", *(name for name, known in SPOKEN.items() if name != "en" and not set(known).isdisjoint(regions))]
    listed = "|".join(fold(_DATA["words"][what][name]) for name in chosen)
    return rf"(?<![^\W_])(?:{re.sub(' [?]?|-[?]', '[ _-]?', listed)})(?![^\W_])"


def labelled(what: str, regions: Regions, value: str, flags: int = re.IGNORECASE) -> Pattern:
    """Values behind a label; the group `value` is the value."""
    return Pattern(rf"{words(what, regions)}(?:[\"'»\]]|[^\S\n])*{BETWEEN}(?P<value>{value})", flags)
