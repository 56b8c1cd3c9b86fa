"""Keys of services, by the shapes that their issuers give them, JSON web tokens and private keys."""

import re
from collections.abc import Iterator

from governance.detection.findings import Finding, Grade
from governance.detection.kinds.detector import Data, Detector, Kind, nothing
from governance.detection.text.page import Page

KIND = "api_key"

_SHAPE = re.compile(
    r"(?<![0-9A-Za-z_])(?:A(?:KIA|SIA)[0-9A-Z]{16}(?![0-9A-Za-z])|gh[pousr]_[0-9A-Za-z]{36,}|github_pat_[0-9A-Za-z_]{22,}"
    r"|[sr]k_(?:live|test)_[0-9A-Za-z]{16,}|xox[abeoprs]-[0-9A-Za-z-]{10,}|AIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])|glpat-[0-9A-Za-z_-]{20,}"
    r"|npm_[0-9A-Za-z]{36}|SG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}|sk-(?:proj-|ant-)?[0-9A-Za-z_-]{32,}"
    r"|[0-9]{8,10}:AA[0-9A-Za-z_-]{33}(?![0-9A-Za-z_-])|eyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{16,})"
    r"|-----BEGIN (?:[A-Z0-9]+ ){0,2}PRIVATE KEY(?: BLOCK)?-----"
)
_DUMMY = re.compile(r"(.)\1{9}|x{8}|example", re.IGNORECASE)  # what documentation shows instead of a key


def find(page: Page) -> Iterator[Finding]:
    """Every key; those of test systems need a person."""
    for match in _SHAPE.finditer(page.text, page.start):
        if not _DUMMY.search(match[0]):
            test = "k_test_" in match[0]
            yield Finding(KIND, "shape", Grade.SUSPECT if test else Grade.FAIL, match.span())


DETECTOR = Detector(
    kinds=(
        Kind(
            KIND,
            Data.PERSONAL,
            gravity=4,
            category="user.authorization.credentials",
            shortest=15,
            example="AKIAQ3EGSIR7WMZL5TXB",
            usual=False,
        ),
    ),
    find=find,
    signs=(_SHAPE,),
    in_digits=nothing,
)
