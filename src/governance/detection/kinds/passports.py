"""Passport numbers, behind a label: letters and digits alone can be any reference."""

from collections.abc import Iterator

from governance.detection.findings import Finding, Grade
from governance.detection.kinds.detector import Data, Detector, Kind, Regions
from governance.detection.kinds.labels import Pattern
from governance.detection.kinds.languages import labelled, regions_of, words
from governance.detection.text.page import Page

KIND = "passport_number"

_NUMBER = (
    "(?<![A-Za-z0-9])(?:[A-Z]{1,2}[ -]?[0-9]{6,8}|[A-Z][0-9]{2}[A-Z]{2}[0-9]{4}|[0-9]{9}"
    "|[CFGHJK][0-9A-Z]{8}|[0-9]{2}[A-Z]{2}[0-9]{5})(?![A-Za-z0-9])"
)


def _local(regions: Regions) -> Detector:
    label = Pattern(words("passport", regions))
    behind = labelled("passport", regions, _NUMBER)

    def find(page: Page) -> Iterator[Finding]:
        for match in behind.finditer(page.text):
            if sum(sign.isdigit() for sign in match["value"]) >= _DIGITS:
                yield Finding(KIND, "labelled", Grade.FAIL, match.span("value"))

    kind = Kind(
        KIND,
        Data.PERSONAL,
        gravity=32,
        category="user.government_id.passport_number",
        shortest=7,
        example="passport no: K12345678",
        usual=False,
    )
    return Detector(
        kinds=(kind,),
        find=find,
        labels=label,
        regions=regions_of(regions),
        local=_local,
        signs=(label,),
        fewest=_DIGITS,
    )


_DIGITS = 5
DETECTOR = _local(("IR",))
