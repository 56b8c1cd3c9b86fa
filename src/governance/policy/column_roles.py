"""What the rules read of each registered table: the roles that its contract gives to columns.

A rule names tables by their entry in the register and columns by their role, so it knows no company's names. The roles
`event_time` (a contract's `eventTime`), `subject_token`, `address_token` and `request` are derived: from `tokenOf`, and
from the reference to the table of requests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

RIGHTS: Final = ("access", "rectification", "erasure", "objection")
ANY: Final = "any"  # covers the requests of every right
# Roles that a column of any table may have.
PERSON: Final = "person"  # the key of a person, as a reference to the table of people
PUBLIC_NAME: Final = "public_name"  # names that anybody may know, such as an author's
OWN_CONTACT: Final = "own_contact"  # the company's own telephone numbers and addresses
SESSION: Final = "session"  # the key of a visit, which leads to nobody
OWN_ROLES: Final = (PERSON, PUBLIC_NAME, OWN_CONTACT, SESSION)
EVENT_TIME: Final = "event_time"
SUBJECT_TOKEN: Final = "subject_token"  # noqa: S105  a role
ADDRESS_TOKEN: Final = "address_token"  # noqa: S105  a role
REQUEST: Final = "request"
DERIVED: Final = (EVENT_TIME, SUBJECT_TOKEN, ADDRESS_TOKEN, REQUEST)


@dataclass(frozen=True, slots=True)
class ColumnRole:
    """A role that a contract gives by `columnRole`.

    An `enumerated` column has a vocabulary, whose members mean one of `means`, or themselves where it is empty.
    `members` are those of a project of format 1, which had no vocabularies, and `before` is its column there.
    """

    name: str
    types: tuple[str, ...] = ("string",)
    enumerated: bool = False
    means: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    before: str = ""

    @property
    def column(self) -> str:
        """Its column in a project of format 1."""
        return self.before or self.name


_MOMENT = ("timestamp",)
_SPAN = ("timestamp", "date")
_OUTCOMES = ("fulfilled", "answered", "open", "refused")
_CHANNELS = ("email", "sms", "push", "app", "web", "support", "telephone", "post")
_PROTOCOLS = (
    "TLSv1.2", "TLSv1.3", "SFTP", "TLSv1.0", "TLSv1.1", "SSLv3", "HTTPS", "HTTP", "FTPS", "FTP", "SMTP", "none",
)  # fmt: skip
_NOTHING = (
    "none", "no", "nil", "nothing", "n/a", "no consideration", "free of charge", "without consideration",
    "هیچ", "ندارد", "بدون عوض", "بدون مابه‌ازا", "بلاعوض", "رایگان",
)  # fmt: skip

_CHANNEL = ColumnRole("channel", enumerated=True, members=_CHANNELS)
_SUBJECT = ColumnRole("subject")

ENTRIES: Final[Mapping[str, tuple[ColumnRole, ...]]] = {
    "people": (),
    "requests": (
        ColumnRole("right", enumerated=True, means=RIGHTS, members=RIGHTS),
        ColumnRole("outcome", enumerated=True, means=_OUTCOMES, members=_OUTCOMES),
        ColumnRole("received_at", _MOMENT),
        ColumnRole("answered_at", _MOMENT),
        ColumnRole("fulfilled_at", _MOMENT),
        # Its members mean columns of the table of people.
        ColumnRole("field", enumerated=True, members=("mobile", "email", "name")),
        ColumnRole("old_token"),
        ColumnRole("new_token"),
        ColumnRole("digest_tokens", ("array",)),
    ),
    "exports": (ColumnRole("table_name"), ColumnRole("row_count", ("integer",))),
    "accesses": (ColumnRole("actor_id"), ColumnRole("table_name"), ColumnRole("column_name"), ColumnRole("purpose")),
    "grants": (
        ColumnRole("actor_id"),
        ColumnRole("role"),
        ColumnRole("valid_from", _SPAN),
        ColumnRole("valid_until", _SPAN),
        ColumnRole("ticket"),
    ),
    "transfers": (
        ColumnRole("recipient"),
        ColumnRole("payload"),
        ColumnRole("purpose"),
        ColumnRole("protocol", enumerated=True, members=_PROTOCOLS),
        ColumnRole("consideration", enumerated=True, members=_NOTHING),
        ColumnRole("consideration_amount", ("integer", "number")),
        ColumnRole("row_count", ("integer",)),
    ),
    "payloads": (_SUBJECT,),
    "messages": (_CHANNEL, ColumnRole("purpose"), ColumnRole("template", enumerated=True), _SUBJECT),
    "subscriptions": (
        _CHANNEL,
        ColumnRole("topic", enumerated=True, members=("offers", "news")),
        ColumnRole("action", enumerated=True, means=("subscribe", "unsubscribe"), members=("subscribe", "unsubscribe")),
    ),
    "announcements": (ColumnRole("policy_version"), ColumnRole("clauses", ("array", "string")), _CHANNEL),
}
