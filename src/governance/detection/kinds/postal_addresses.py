"""Postal addresses with their code: words of a street near a postal code, as the policy's regions write it."""

import re
from collections.abc import Iterator

from governance.detection.findings import Finding, Grade
from governance.detection.kinds.detector import Data, Detector, Kind, Regions, nothing
from governance.detection.kinds.labels import Pattern
from governance.detection.kinds.languages import BETWEEN, POSTAL_CODES, words
from governance.detection.text.page import Page

KIND = "postal_address"

_REACH = 160  # characters between a street and its code
_FEWEST = 2  # digits of a code, at least
_DIVIDED = re.compile("[A-Z]|-", re.IGNORECASE)  # codes that look like nothing else


def _local(regions: Regions) -> Detector:
    known = tuple(region for region in regions if region in POSTAL_CODES)
    code = "|".join(POSTAL_CODES[region] for region in known) or r"(?!)[0-9]"
    street = Pattern(words("street", regions))
    any_code = Pattern(rf"(?<![0-9A-Za-z./:+-])(?:{code})(?![0-9A-Za-z:/-]|\.[0-9])")
    label = Pattern(rf"{words('postal_code', regions)}{BETWEEN}$")

    def find(page: Page) -> Iterator[Finding]:
        streets = [match.end() for match in street.finditer(page.text)]
        for match in any_code.finditer(page.text, page.start) if streets else ():
            if not any(abs(end - match.start()) <= _REACH for end in streets):
                continue
            named = label.search(page.before(match.start(), _REACH))
            number = any(sign.isdigit() for sign in page.text[max(page.start, match.start() - _REACH) : match.start()])
            if named or (number and _DIVIDED.search(match[0])):
                yield Finding(KIND, "with_code", Grade.FAIL if named else Grade.SUSPECT, match.span())

    kind = Kind(
        KIND,
        Data.PERSONAL,
        gravity=60,
        category="user.contact.address",
        shortest=4,
        example="خیابان گلها، پلاک ۱۲، کد پستی ۱۴۱۵۵-۶۳۴۵۱",
        usual=False,
    )
    return Detector(
        kinds=(kind,),
        find=find,
        regions=known,
        local=_local,
        signs=(street,),
        fewest=_FEWEST,
        in_digits=nothing,
    )


DETECTOR = _local(("IR",))
