"""Numbers of bank accounts other than IBANs, behind a label: they have no form of their own."""

import re
from collections.abc import Iterator

from governance.detection.findings import Finding, Grade
from governance.detection.kinds.detector import Data, Detector, Kind, Regions
from governance.detection.kinds.labels import END, Pattern
from governance.detection.kinds.languages import labelled, regions_of, words
from governance.detection.text.page import Page

KIND = "bank_account_number"

_NUMBER = rf"(?<![0-9A-Za-z])[0-9](?:[ ./-]?[0-9]){{5,17}}{END}"
_PERSIAN = re.compile("شماره|حساب بانکی|bank|konto|rekening", re.IGNORECASE)  # such words mean a bank by themselves
_REACH = 40  # characters


def _local(regions: Regions) -> Detector:
    label = Pattern(words("bank_account", regions))
    behind = labelled("bank_account", regions, _NUMBER)
    bank = Pattern(words("bank", regions))

    def find(page: Page) -> Iterator[Finding]:
        for match in behind.finditer(page.text):
            if page.hides(match.span("value")):
                continue
            near = page.before(match.start(), _REACH) + page.text[match.end() : match.end() + _REACH]
            sure = _PERSIAN.search(match[0]) or bank.search(near)
            yield Finding(KIND, "labelled", Grade.FAIL if sure else Grade.SUSPECT, match.span("value"))

    kind = Kind(
        KIND,
        Data.PERSONAL,
        gravity=36,
        category="user.financial.bank_account",
        shortest=6,
        example="bank account no: 0204-55512-7",
        usual=False,
    )
    return Detector(
        kinds=(kind,), find=find, labels=label, regions=regions_of(regions), local=_local, signs=(label,), fewest=6
    )


DETECTOR = _local(("IR",))
