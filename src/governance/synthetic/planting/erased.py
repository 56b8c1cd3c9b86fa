"""Plants what is left of people who were erased: in every table, in texts, copies and tokens; and rows of nobody."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa

from governance.planning.checks import Plan
from governance.synthetic.additions import Row
from governance.synthetic.company.tables import people
from governance.synthetic.company.world import FIRST_KEY, World
from governance.synthetic.planting import company, undeclared
from governance.synthetic.planting.company import new_row
from governance.synthetic.planting.planter import Planter, Violation

_KIND = "erased"
_FIRST = 208_000_000  # people who were erased, beyond all who asked for it in the base
_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_PHONE, _EMAIL, _NAME = "phone_number", "email_address", "person_name"


@dataclass(frozen=True, slots=True)
class _Ghost:
    """Somebody who was erased."""

    key: int
    mobile: str
    email: str
    name: str
    token: str

    @property
    def national(self) -> str:
        """The mobile number with its zero."""
        return "0" + self.mobile.removeprefix("+98")


@dataclass(frozen=True, slots=True)
class _Form:
    """How something is left in a text; `detects` is what else it is, if personal data may not stand there."""

    name: str
    place: tuple[str, str]
    write: Callable[[_Ghost], str]
    detects: str = ""


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Each form once, in its place; and in an undeclared column of every table."""
    del world
    tables = plan.policy.tables
    if not {"subject_requests", "users"} <= tables.keys():
        return
    for form in _FORMS:
        if form.place[0] in tables:
            yield Violation(_KIND, form.name, partial(_in_text, form=form))
    yield Violation(_KIND, "hash in an undeclared column", _in_every_table)
    yield Violation(_KIND, "hash of an address in a backup", _in_a_backup)
    if {"transactions", "reviews", "messages"} <= tables.keys():
        yield Violation(_KIND, "row of theirs", _own_row)
        yield Violation(_KIND, "row of nobody", _orphan)
        yield Violation(_KIND, "token of theirs", _token)


def erase(planter: Planter) -> _Ghost:
    """Somebody who asked to be erased, and was: nothing of them is in any table but the request."""
    number = _FIRST + int(planter.rng.integers(1_000_000))
    while people.emails(planter.world, np.array([number]))[0] is None:
        number += 1
    company.ask(planter, "erasure", number)
    who, world = np.array([number]), planter.world
    mobile = people.mobiles(world, who)[0]
    return _Ghost(
        int(people.user_ids(who)[0]),
        mobile,
        people.emails(world, who)[0] or "",
        str(people.names(world, who)[0].as_py()),
        world.keys.token(mobile),
    )


_NOTE, _BODY, _REPLY = ("transactions", "note"), ("reviews", "body"), ("transactions", "gateway_reply")
_FORMS = (
    _Form("mobile in Persian digits", _BODY, lambda g: f"با {g.national.translate(_PERSIAN)} تماس بگیرید", _PHONE),
    _Form("mobile, hex-encoded", _BODY, lambda g: f"کد: {g.mobile.encode().hex()}", _PHONE),
    _Form("e-mail in capitals", _NOTE, lambda g: f"پاسخ به {g.email.upper()}", _EMAIL),
    _Form("name in a sentence", _BODY, lambda g: f"ممنون از {g.name} برای معرفی", _NAME),
    _Form("unsalted hash in JSON", _REPLY, lambda g: json.dumps({"code": 100, "payer": _sha256(g.national)})),
    _Form("MD5 of the key", _NOTE, lambda g: hashlib.md5(str(g.key).encode(), usedforsecurity=False).hexdigest()),
    _Form("key in a text", _NOTE, lambda g: f"کاربر: {str(g.key).translate(_PERSIAN)}"),
)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def in_review(planter: Planter) -> None:
    """A mobile number of somebody who was erased, left in a review in a form that no search by eye finds."""
    _in_text(planter, next(form for form in _FORMS if form.name == "mobile, hex-encoded"))


def _in_text(planter: Planter, form: _Form) -> None:
    table, column = form.place
    row = new_row(planter, table)
    row[column] = form.write(erase(planter))
    also: list[tuple[str, ...]] = []
    if form.detects:
        also = [
            planter.fires.of_column("free_of", table, column, detects=form.detects),
            planter.fires.of_table("classified", table),
        ]
        # A rule that lists no kinds of personal data is not about any.
        also[0] = tuple(check for check in also[0] if form.detects in _kinds(planter, check))
    _record(planter, form.name, table, column, row, *also)


def _kinds(planter: Planter, check: str) -> tuple[str, ...]:
    rules = {planned.id: planned.rule for planned in planter.plan.checks}
    return tuple(getattr(rules[check].parameters, "kinds", ()))


def _record(planter: Planter, form: str, table: str, column: str, row: Row, *also: tuple[str, ...]) -> None:
    planter.record(form, table, column, planter.key(table, row), planter.fires.of_table(_KIND, table), *also)


def _in_every_table(planter: Planter) -> None:
    """Where personal data would be seen by others, a hash of it is not."""
    ghost = erase(planter)
    for table in planter.contracts:
        undeclared.ensure_column(planter, table, undeclared.TEXT)
        row = new_row(planter, table)
        row[undeclared.TEXT] = _sha256(ghost.email)
        _record(planter, "hash in an undeclared column", table, undeclared.TEXT, row)


def _in_a_backup(planter: Planter) -> None:
    ghost = erase(planter)
    rows = pa.table({"line": [1, 2, 3], "payload": ["آماده", f"to={_sha256(ghost.email)}", None]})
    undeclared.ensure_table(planter, "mail_backup", rows)
    planter.record(
        "hash of an address in a backup", "mail_backup", "", None, planter.fires.of_table(_KIND, "mail_backup")
    )


def _own_row(planter: Planter) -> None:
    ghost = erase(planter)
    row = new_row(planter, "transactions")
    row["user_id"] = ghost.key
    _record(planter, "row of theirs", "transactions", "user_id", row)


def _orphan(planter: Planter) -> None:
    row = new_row(planter, "reviews")
    row["user_id"] = FIRST_KEY["users"] + 99_000_000 + int(planter.rng.integers(1_000_000))
    _record(planter, "row of nobody", "reviews", "user_id", row)


def _token(planter: Planter) -> None:
    ghost = erase(planter)
    row = new_row(planter, "messages")
    row["address_token"] = ghost.token
    _record(planter, "token of theirs", "messages", "address_token", row)
