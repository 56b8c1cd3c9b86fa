"""Places on earth by latitude and longitude, exact enough to show a home."""

import re
from collections.abc import Iterator

from governance.detection.findings import Finding, Grade
from governance.detection.kinds.detector import Data, Detector, Kind, nothing
from governance.detection.text.page import Page

KIND = "coordinates"

_LAT, _LONG = r"[-+]?[0-9]{1,2}\.[0-9]{3,15}", r"[-+]?[0-9]{1,3}\.[0-9]{3,15}"
_PAIR = re.compile(
    rf"(?<![0-9.])(?<![0-9A-Za-z][-+])(?<![0-9][,;،])(?<![0-9][,;،] )({_LAT})(?: ?[,;،؛] ?| )"
    rf"({_LONG})(?![0-9A-Za-z.]|,(?![0-9]+z) ?[-+]?[0-9])",
    re.IGNORECASE,
)
_NAMED = re.compile(
    rf"(?:(?<![a-z])lat(?:itude)?|عرض(?: جغرافیایی)?)[^0-9A-Za-z+\n-]{{1,6}}({_LAT})"
    rf"[^0-9]{{1,32}}?(?:(?<![a-z])(?:lon|lng)(?:gitude)?|long(?:itude)?|طول(?: جغرافیایی)?)[^0-9A-Za-z+\n-]{{1,6}}"
    rf"({_LONG})(?![0-9.])",
    re.IGNORECASE,
)
_DEGREES = re.compile(
    r"(?<![0-9])[0-9]{1,2} ?° ?[0-9]{1,2} ?['′] ?(?:[0-9]{1,2}(?:\.[0-9]+)? ?(?:[\"″]|'') ?)?[NS][ ,،]{0,3}"
    r"[0-9]{1,3} ?° ?[0-9]{1,2} ?['′] ?(?:[0-9]{1,2}(?:\.[0-9]+)? ?(?:[\"″]|'') ?)?[EW](?![A-Za-z])"
)
_LABEL = re.compile(
    r"(?<![a-z])(?:lat|lng|lon|latitude|coord(?:inate)?s?|location|gps|geo|position|maps?|point|neshan|balad)(?![a-z])"
    r"|مختصات|موقعیت|لوکیشن|نقشه|نشان|بلد",
    re.IGNORECASE,
)
_OTHER = re.compile("نسخه|قیمت|نرخ|version|price|mean|rate|amount", re.IGNORECASE)  # what such numbers count
_REACH, _FINE = 32, 4  # characters; digits that show a house


def find(page: Page) -> Iterator[Finding]:
    """Named pairs and degrees; two decimals side by side need a label, or a person."""
    for match in _NAMED.finditer(page.text, page.start):
        if _on_earth(match):
            yield Finding(KIND, "named", Grade.FAIL, match.span())
    for match in _PAIR.finditer(page.text, page.start):
        before = page.before(match.start(), _REACH)
        label = _LABEL.search(before)
        divided = page.text[match.end(1) : match.start(2)].strip() != ""
        fine = all(len(number.partition(".")[2]) >= _FINE for number in match.groups())
        alone = fine and divided and not _OTHER.search(before) and "\\u" not in before  # another reading decodes it
        if _on_earth(match) and (label or alone):
            yield Finding(KIND, "pair", Grade.FAIL if label else Grade.SUSPECT, match.span())
    for match in _DEGREES.finditer(page.text, page.start):
        yield Finding(KIND, "degrees", Grade.FAIL, match.span())


def _on_earth(match: re.Match[str]) -> bool:
    latitude, longitude = map(abs, map(float, match.groups()))
    return latitude <= 90 and longitude <= 180 and max(latitude, longitude) > 1  # shares and scores lie below


DETECTOR = Detector(
    kinds=(
        Kind(
            KIND,
            Data.PERSONAL,
            gravity=70,
            category="user.location.precise",
            shortest=11,
            example="location: 35.70112, 51.39203",
            usual=False,
        ),
    ),
    find=find,
    signs=(_NAMED, _PAIR, _DEGREES),
    fewest=4,
    in_digits=nothing,
)
