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
    "png|jpe?g|gif|svg|webp|s?css|[jt]sx?|html|php|json|xml|ya?ml|toml|csv|txt|log|conf|cfg|ini|py|ico|pdf|t?gz"
    "|tar|jar|whl"
    "|exe|dll|pot?|header|service|socket|timer|mount|target|slice|method|class"
)
_ATTRIBUTES = re.compile(
    "shape|inv|sum|mean|dot|conj|transpose|values|reshape|round|i?loc|grad|data|size|dtype|array|copy|[sg]etter"
    "|item|weight|bias|mt"
)
_SIGNS_IN = re.compile(r"://[^\s/?#=]*$")  # the user of a web address
_PROVIDERS = re.compile(
    r"(?:gmail|googlemail|yahoo|ymail|hotmail|outlook|live|msn|icloud|aol|proton(?:mail)?|chmail|mail)\W", re.IGNORECASE
)
# Endings of addresses; others are attributes, as in `weights@grad.sum`, or hosts in a network.
_ENDINGS = re.compile(
    rf"(?:{_USUAL})|[a-z]{{2}}|xn--.*|[^\x00-\x7f]+|mil|int|biz|name|pro|museum|coop|aero|jobs|mobi|travel|asia"
    rf"|app|dev|shop|store"
    "|online|site|xyz|club|blog|cloud|tech|space|live|email|academy|agency|news|media|group|company|world|today"
    "|life|art|design"
    "|digital|solutions|services|software|systems|network|international|foundation|health|bank|finance|education"
    "|school|page|link"
    "|london|berlin|paris|studio|team|tools|center|expert|support|consulting|ventures|capital|example|test"
)
_HANDLES = re.compile(  # `follow us @ketab.ir`
    "instagram|insta|telegram|twitter|tiktok|youtube|us|follow|via|id|page|channel|account|handle|contact|dm|tag"
    "|see|by|with|cc|from"
    "|join|check|اینستا(?:گرام)?|تلگرام|توییتر|ایتا|روبیکا|بله|آی ?دی|پیج|صفحه|کانال|اکانت|حساب|ما|من",
    re.IGNORECASE,
)
_VERSION = re.compile(r"v?[0-9]+\.[0-9]+\.|v[0-9]+\.", re.IGNORECASE)  # of a package, `pkg@1.2.3-rc.one`


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
            known, spaced = _PROVIDERS.match(match["domain"]), match["sign"] in {" @", "@ ", " @ "}
            escaped = page.text.endswith("\\", 0, match.start())  # another reading decodes it
            if match["sign"] == " @" and not known and (escaped or _HANDLES.fullmatch(match["local"])):
                continue
            plain = _ENDINGS.fullmatch(ending) and not spaced and page.text[match.end() : match.end() + 1] != ":"
            grade = Grade.FAIL if known or plain else Grade.SUSPECT
            if _ATTRIBUTES.fullmatch(ending) or (grade is Grade.SUSPECT and len(match["local"]) == 1):
                continue  # `x@W.shape` and `3 @ 4.each`
            yield Finding(EMAIL, "email", grade, match.span())


DETECTOR = Detector(
    kinds=(
        Kind(EMAIL, Data.PERSONAL, gravity=20, category="user.contact.email", shortest=6, example="sara@example.ir"),
    ),
    find=find,
    in_digits=nothing,
    signs=(_SIGN,),
)
