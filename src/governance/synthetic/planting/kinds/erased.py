"""Plants residue of erased people in every table, in texts, copies and tokens; and rows of nobody."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pyarrow as pa

from governance.planning.checks import Plan
from governance.synthetic.additions import Row
from governance.synthetic.company.tables import people
from governance.synthetic.company.world import FIRST_KEY, World
from governance.synthetic.planting import company, undeclared
from governance.synthetic.planting.cells import plant_form, plant_table
from governance.synthetic.planting.company import new_row
from governance.synthetic.planting.forms import BODY, NOTE, PERSIAN, REFERENCE, REPLY, Form, national
from governance.synthetic.planting.planter import KindPlanter, Planter, SpoiledCell, Violation

_KIND = "erased"
_FIRST = 208_000_000  # erased people, numbered beyond those of the base
_PHONE, _EMAIL, _NAME = "phone_number", "email_address", "person_name"


@dataclass(frozen=True, slots=True)
class _Ghost:
    """An erased person."""

    key: int
    mobile: str
    email: str
    name: str
    token: str

    @property
    def national(self) -> str:
        """The mobile number with its zero."""
        return national(self.mobile)


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Each form once, in its place; and in an undeclared column of every table."""
    del world
    tables = plan.policy.tables
    if not {"subject_requests", "users"} <= tables.keys():
        return
    for form in _FORMS:
        if form.place[0] in tables:
            yield Violation(_KIND, form.name, partial(_in_text, form=form))
    for name, right in _SPELLINGS.items():
        if _LEFT.place[0] in tables:
            yield Violation(_KIND, name, partial(_asked_in_other_letters, form=name, right=right))
    yield Violation(_KIND, _EVERYWHERE.name, _in_every_table)
    yield Violation(_KIND, _TABLE.name, _in_a_backup)
    if {"transactions", "reviews", "messages"} <= tables.keys():
        yield Violation(_KIND, "row of theirs", _own_row)
        yield Violation(_KIND, "row of nobody", _orphan)
        yield Violation(_KIND, "token of theirs", _token)


def erase(planter: Planter) -> _Ghost:
    """An erased person, who occurs in no table but their request."""
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


_FORMS: tuple[Form[_Ghost], ...] = (
    Form("mobile in Persian digits", _PHONE, lambda g: f"با {g.national.translate(PERSIAN)} تماس بگیرید", BODY),
    Form("mobile, hex-encoded", _PHONE, lambda g: f"کد: {g.mobile.encode().hex()}", BODY),
    Form("e-mail in capitals", _EMAIL, lambda g: f"پاسخ به {g.email.upper()}", NOTE),
    Form("name in a sentence", _NAME, lambda g: f"ممنون از {g.name} برای معرفی", BODY),
    Form("unsalted hash in JSON", "", lambda g: json.dumps({"code": 100, "payer": _sha256(g.national)}), REPLY),
    Form("MD5 of the key", "", lambda g: hashlib.md5(str(g.key).encode(), usedforsecurity=False).hexdigest(), NOTE),
    Form(
        "SHA-512 of the number, in capitals", "", lambda g: hashlib.sha512(g.mobile.encode()).hexdigest().upper(), BODY
    ),
    Form("ten digits as a bank's reference", "", lambda g: g.national[1:], REFERENCE),
    Form("key in a path", "", lambda g: f"/u/{g.key}/library", NOTE),
    Form("key in a text", "", lambda g: f"کاربر: {str(g.key).translate(PERSIAN)}", NOTE),
)
_EVERYWHERE: Form[_Ghost] = Form("hash in an undeclared column", "", lambda g: _sha256(g.email))
_TABLE: Form[_Ghost] = Form("hash of an address in a backup", "", lambda g: f"to={_sha256(g.email)}")


_LEFT = _FORMS[0]
# By form, how the right is written: each is one member of the vocabulary.
_SPELLINGS = {
    "erasure asked for in capitals": "Erasure",
    "erasure asked for between blanks": " erasure ",
    "erasure asked for in wide letters": "\uff25\uff52\uff41\uff53\uff55\uff52\uff45",
}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def in_review(planter: Planter) -> None:
    """A mobile number of an erased person, left in a review in a form that readers overlook."""
    _in_text(planter, next(form for form in _FORMS if form.name == "mobile, hex-encoded"))


def _in_text(planter: Planter, form: Form[_Ghost]) -> None:
    plant_form(planter, form, erase(planter), kind=_KIND)


def _asked_in_other_letters(planter: Planter, form: str, right: str) -> None:
    ghost = erase(planter)
    planter.additions.rows["subject_requests"][-1]["right"] = right
    plant_form(planter, replace(_LEFT, name=form), ghost, kind=_KIND)


def _record(planter: Planter, form: str, table: str, column: str, row: Row) -> None:
    planter.record(form, table, column, planter.key(table, row), planter.fires.of_table(_KIND, table))


def _in_every_table(planter: Planter) -> None:
    """Other kinds would find personal data here, but not its hash."""
    ghost = erase(planter)
    for table in planter.contracts:
        undeclared.ensure_column(planter, table, undeclared.TEXT)
        plant_form(planter, _EVERYWHERE, ghost, (table, undeclared.TEXT), kind=_KIND)


def _in_a_backup(planter: Planter) -> None:
    ghost = erase(planter)
    rows = pa.table({"line": [1, 2, 3], "payload": ["آماده", _TABLE.write(ghost), None]})
    plant_table(planter, _TABLE, "mail_backup", rows, kind=_KIND)


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


def _spoiled(planter: Planter, cell: SpoiledCell) -> tuple[str, ...]:
    refers = cell.column == "user_id" and cell.table != "users"
    return planter.fires.of_table(_KIND, cell.table) if refers else ()


PLANTER = KindPlanter(violations, _spoiled)
