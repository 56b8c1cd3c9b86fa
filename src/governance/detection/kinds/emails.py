"""E-mail addresses, also in the spelling against bots: `a [at] b [dot] ir`."""

import re
from collections.abc import Iterator

from governance.detection.findings import Finding, Grade
from governance.detection.kinds.detector import Data, Detector, Kind, Sieve, nothing
from governance.detection.text.page import Page

EMAIL = "email_address"

ADDRESS = re.compile(
    r"(?<![\w.+%\-])([\w.+%\-]{1,64}) ?(?:@|[\[({<] ?(?:at|@) ?[\])}>]) ?"
    r"((?:[\w\-]{1,63} ?(?:\.|[\[({<] ?dot ?[\])}>]) ?){1,8}[^\W\d_]{2,24})(?![\w@])",
    re.IGNORECASE,
)
_FILES = frozenset(
    ["png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "ts", "html", "json", "xml", "py", "ico", "pdf"]
)
_SIGNS_IN = re.compile(r"://[^\s/?#=]*$")  # the user of a web address


def find(page: Page) -> Iterator[Finding]:
    """Every e-mail address."""
    if "@" not in page.text and "at" not in page.text.lower():
        return
    for match in ADDRESS.finditer(page.text, page.start):
        ending = re.split(r"\W", match[2])[-1].lower()
        signs_in = _SIGNS_IN.search(page.text[max(page.start, match.start() - 48) : match.start()])
        if ending not in _FILES and not signs_in and match[1].lower() != "git":
            yield Finding(EMAIL, "email", Grade.FAIL, match.span())


DETECTOR = Detector(
    kinds=(Kind(EMAIL, Data.PERSONAL, gravity=20, category="user.contact.email", shortest=6),),
    find=find,
    in_digits=nothing,
    sieve=(Sieve.EMAILS,),
)
