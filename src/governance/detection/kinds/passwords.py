"""Passwords behind a label, as people send them and programs log them."""

import re
from collections.abc import Iterator

from governance.detection.findings import Finding, Grade
from governance.detection.kinds.detector import Data, Detector, Kind, Regions
from governance.detection.kinds.labels import Pattern
from governance.detection.kinds.languages import regions_of, words
from governance.detection.text.page import Page

KIND = "password"

_LEAD = r"[\"']{0,2}(?: :::: | ?[:=]>? ?| (?:is|was|ist|est|es|من|است)(?: ?[:=])? )[\"']?(?P<value>[!-~]{4,64})"
# Digests of passwords, placeholders of programs, and values that stand for none.
_HIDDEN = re.compile(
    r"\$(?:2[aby]?|5|6|argon2[a-z]*|pbkdf2[a-z0-9-]*|scrypt|y)\$.*|\{[A-Z0-9]+\}.+|(?:[0-9a-f]{2}){16,}|[\w+/=-]{40,}|enc:.*"
    r"|[*•x#.\-_]+|[<{$%\[(].*|null|none|nil|true|false|undefined|required|redacted|hidden|secret|password|string|text|varchar.*",
    re.IGNORECASE,
)
_END = re.compile(r"(?:[\"'`,;)\]}<>]|&[A-Za-z_]+=).*$|[.?]$")
_WORD = re.compile("[A-Za-z]+")
_OF_CARD = re.compile(r"(?:dynamic|static|first|second|one.?time|card|atm|internet)[ _-]$", re.IGNORECASE)  # bank data


def _local(regions: Regions) -> Detector:
    label = Pattern(words("password", regions))
    behind = Pattern(f"{words('password', regions)}{_LEAD}")

    def find(page: Page) -> Iterator[Finding]:
        for match in behind.finditer(page.text):
            value = _END.sub("", match["value"])
            span = match.start("value"), match.start("value") + len(value)
            if _OF_CARD.search(page.before(match.start(), 10)):
                continue
            if len(value) < _SHORTEST or _HIDDEN.fullmatch(value):
                continue
            if not _WORD.fullmatch(value):
                yield Finding(KIND, "labelled", Grade.FAIL, span)
            elif page.text[span[1] : span[1] + 1] not in {" ", "\n"}:  # no word of a sentence
                yield Finding(KIND, "labelled", Grade.SUSPECT, span)

    kind = Kind(
        KIND,
        Data.PERSONAL,
        gravity=6,
        category="user.authorization.password",
        shortest=4,
        example="password: Tr0ub4dor&3",
        usual=False,
    )
    return Detector(kinds=(kind,), find=find, labels=label, regions=regions_of(regions), local=_local, signs=(label,))


_SHORTEST = 4
DETECTOR = _local(("IR",))
