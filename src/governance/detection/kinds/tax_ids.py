"""Tax numbers: Iran's economic codes and ids of companies, behind a label, and those of the policy's other regions."""

from collections.abc import Iterator

from governance.detection.findings import Finding, Grade
from governance.detection.kinds import checksums
from governance.detection.kinds.detector import Data, Detector, Kind, Regions
from governance.detection.kinds.languages import labelled
from governance.detection.kinds.national_numbers import find_numbers, known, label_of, signs
from governance.detection.text.page import Page

KIND = "tax_id"

_WEIGHTS = (29, 27, 23, 19, 17, 29, 27, 23, 19, 17)
_IRANIAN = labelled("tax_id", ("IR",), "(?<![0-9])(?:[0-9]{10,11}|[0-9]{12})(?![0-9])")
_ECONOMIC = 12  # digits of an economic code, which has no check digit


def _local(regions: Regions) -> Detector:
    label = label_of("tax", regions)
    others = known("tax", regions)

    def find(page: Page) -> Iterator[Finding]:
        for match in _IRANIAN.finditer(page.text) if "IR" in regions else ():
            if _is_iranian(match["value"]):
                yield Finding(KIND, "labelled", Grade.FAIL, match.span("value"))
        yield from find_numbers(page, KIND, "tax", others)

    kind = Kind(
        KIND,
        Data.PERSONAL,
        gravity=34,
        category="user.government_id",
        shortest=8,
        example="شناسه مالیاتی: ۱۰۳۸۰۲۸۴۷۹۰",
        usual=False,
    )
    return Detector(
        kinds=(kind,),
        find=find,
        labels=label,
        regions=(*(("IR",) if "IR" in regions else ()), *others),
        local=_local,
        signs=signs("tax", regions) if others else (label,),
        fewest=5,
    )


def _is_iranian(digits: str) -> bool:
    if len(digits) == 11:
        rest = sum((int(d) + int(digits[9]) + 2) * w for d, w in zip(digits[:10], _WEIGHTS, strict=True)) % 11
        return int(digits[10]) == rest % 10
    return len(digits) == _ECONOMIC or checksums.national_id(digits)


DETECTOR = _local(("IR",))
