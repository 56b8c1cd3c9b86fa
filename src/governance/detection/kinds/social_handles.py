"""Names of people in social networks: addresses of their pages, and names behind a network's."""

import re
from collections.abc import Iterator

from governance.detection.findings import Finding, Grade
from governance.detection.kinds.detector import Data, Detector, Kind, nothing
from governance.detection.text.page import Page

KIND = "social_handle"

_HOSTS = (
    r"(?:t|telegram)\.me/(?:s/)?|instagram\.com/|(?:twitter|x)\.com/|(?:facebook|fb)\.com/|linkedin\.com/in/|tiktok\.com/@"
    r"|youtube\.com/@|snapchat\.com/add/|eitaa\.com/|ble\.ir/|rubika\.ir/|virasty\.com/|threads\.(?:net|com)/@|vk\.com/"
)
_URL = re.compile(rf"(?<![0-9A-Za-z.-])(?:www\.|m\.)?(?:{_HOSTS})([0-9A-Za-z._-]{{3,64}})", re.IGNORECASE)
# Pages that belong to no person.
_PAGES = re.compile(
    "share.*|joinchat|proxy|socks|addstickers|p|reel|reels|explore|stories|intent|hashtag|home|search|i|login|sharer.*|pages|groups|events|watch|tr|plugins|dialog|people",
    re.IGNORECASE,
)
_NETWORKS = (
    "telegram|instagram|insta|twitter|tweeter|facebook|linkedin|tiktok|snapchat|eitaa|rubika"
    "|تلگرام|اینستا(?:گرام)?|توییتر|فیسبوک|لینکدین|ایتا|روبیکا|سروش|بله"
)
_NAMED = re.compile(
    rf"(?<![^\W_])(?:{_NETWORKS}|آی ?دی|ایدی)(?: ?(?:id|handle|user ?name|account|پیج|آی ?دی|ایدی|من|م))*"
    r"(?: :::: |[ :=\"'«(]{1,4})(@?[A-Za-z][0-9A-Za-z_.]{2,31})(?![0-9A-Za-z_@-])",
    re.IGNORECASE,
)
_SIGN = re.compile(rf"(?:{_HOSTS})|(?:{_NETWORKS}|آی ?دی|ایدی)", re.IGNORECASE)


def find(page: Page) -> Iterator[Finding]:
    """Addresses of pages, and names with an @; a name without one needs a label with a colon, and a person."""
    for match in _URL.finditer(page.text, page.start):
        if not _PAGES.fullmatch(match[1]):
            yield Finding(KIND, "url", Grade.FAIL, match.span())
    for match in _NAMED.finditer(page.text):
        name, lead = match[1], page.text[match.start() : match.start(1)]
        if name[0] != "@" and not any(sign in lead for sign in ":="):
            continue
        if name[0] == "@" or re.search("[0-9_.]", name.rstrip(".")):
            yield Finding(KIND, "named", Grade.FAIL if name[0] == "@" else Grade.SUSPECT, match.span(1))


DETECTOR = Detector(
    kinds=(
        Kind(
            KIND,
            Data.PERSONAL,
            gravity=90,
            category="user.social",
            shortest=3,
            example="Telegram: @sara_kh_71",
            usual=False,
        ),
    ),
    find=find,
    labels=re.compile(rf"(?<![^\W_])(?:{_NETWORKS})(?![^\W_])", re.IGNORECASE),
    signs=(_SIGN,),
    in_digits=nothing,
)
