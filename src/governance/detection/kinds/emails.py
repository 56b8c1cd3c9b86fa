"""E-mail addresses, also in the spelling against bots: `a [at] b [dot] ir`."""

import re
from collections.abc import Iterator

from governance.detection.findings import Finding, Grade
from governance.detection.kinds.detector import Data, Detector, Kind, nothing
from governance.detection.text.page import Page

EMAIL = "email_address"

# Endings that are also read across a space, where most other words are those of a sentence or a program.
_USUAL = "com|net|org|edu|gov|info|io|co|ir|de|uk|fr|ru|ca|ایران"
ADDRESS = re.compile(
    r"(?<![\w.+%\-])(?P<local>[\w.+%\-]{1,64})(?P<sign> ?@ ?| ?[\[({<] ?(?:at|@) ?[\])}>] ?)"
    rf"(?P<domain>(?:[\w\-]{{1,63}}(?:\.| ?\. ?(?=(?:{_USUAL})(?!\w))| ?[\[({{<] ?(?:dot|\.) ?[\])}}>] ?)){{1,8}}"
    r"[^\W\d_]{2,24})(?![\w@])",
    re.IGNORECASE,
)
_SIGN = re.compile(r"@|[\[({<] ?at", re.IGNORECASE)
_ENDS_USUALLY = re.compile(rf"(?:{_USUAL})", re.IGNORECASE)
_FILES = re.compile(
    "png|jpe?g|gif|svg|webp|s?css|[jt]sx?|html|php|json|xml|ya?ml|toml|csv|txt|log|conf|cfg|ini|py|ico|pdf|t?gz|tar|jar|whl"
    "|exe|dll|pot?|header|service|socket|timer|mount|target|slice|method|class"
)
_SIGNS_IN = re.compile(r"://[^\s/?#=]*$")  # the user of a web address
_PROVIDERS = re.compile(
    r"(?:gmail|googlemail|yahoo|ymail|hotmail|outlook|live|msn|icloud|aol|proton(?:mail)?|chmail|mail)\.", re.IGNORECASE
)
_VERSION = re.compile(r"v?[0-9]+\.[0-9]+\.", re.IGNORECASE)  # of a package, `pkg@1.2.3-rc.one`


def find(page: Page) -> Iterator[Finding]:
    """Every e-mail address."""
    if not _SIGN.search(page.text, page.start):
        return
    for match in ADDRESS.finditer(page.text, page.start):
        ending = re.split(r"\W", match["domain"])[-1].lower()
        # `x @ y.T`, `see @app.route` and `x@y.dot(z)` are code.
        usual = _ENDS_USUALLY.fullmatch(ending) or not (
            match["sign"] in {" @", "@ ", " @ "} or page.text.startswith("(", match.end())
        )
        signs_in = _SIGNS_IN.search(page.text[max(page.start, match.start() - 48) : match.start()])
        strange = _FILES.fullmatch(ending) or match["local"].lower() == "git" or _VERSION.match(match["domain"])
        if usual and not signs_in and not strange:
            if match["sign"] == " @" and not _PROVIDERS.match(match["domain"]):
                continue  # `follow us @ketab.ir`: a handle
            yield Finding(EMAIL, "email", Grade.FAIL, match.span())


DETECTOR = Detector(
    kinds=(Kind(EMAIL, Data.PERSONAL, gravity=20, category="user.contact.email", shortest=6),),
    find=find,
    in_digits=nothing,
    signs=(_SIGN,),
)
