"""Telephone numbers of a place: those that the search for telephone numbers knows to be no mobile."""

import re
from collections.abc import Iterator

from governance.detection.findings import Finding, Grade
from governance.detection.kinds.detector import Data, Detector, Kind, Regions
from governance.detection.kinds.phones import DETECTOR as PHONES
from governance.detection.kinds.phones import FIXED, MOBILE
from governance.detection.text.page import Page

KIND = "landline_number"

_ABROAD = re.compile(r"\+|00")
_WHOLE = re.compile("0[1-8][0-9]{9}")


def _local(regions: Regions) -> Detector:
    phones = PHONES.local(regions) if PHONES.local else PHONES

    def find(page: Page) -> Iterator[Finding]:
        for found in phones.find(page) if phones.find else ():
            number = page.text[slice(*found.span)]
            digits = re.sub("[^0-9]", "", number)
            if found.rule in FIXED:
                yield found._replace(kind=KIND)
            elif (
                found.rule == "labelled" and "IR" in regions and not (MOBILE.fullmatch(digits) or _ABROAD.match(number))
            ):
                yield found._replace(kind=KIND, grade=found.grade if _WHOLE.fullmatch(digits) else Grade.SUSPECT)

    kind = Kind(
        KIND,
        Data.PERSONAL,
        gravity=12,
        category="user.contact.phone_number",
        shortest=5,
        example="تلفن منزل: ۰۲۱۸۸۷۷۶۶۵۵",
        usual=False,
    )
    return Detector(
        kinds=(kind,),
        find=find,
        labels=phones.labels,
        regions=phones.regions,
        local=_local,
        numbers=phones.numbers,
        signs=phones.signs,
        fewest=phones.fewest,
    )


DETECTOR = _local(("IR",))
