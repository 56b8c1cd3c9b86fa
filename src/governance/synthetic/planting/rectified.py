"""Plants what is left of values that were put right: tokens in copies, and the old value in texts, however written."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa

from governance.planning.checks import Plan
from governance.synthetic.company.tables import people
from governance.synthetic.company.world import World
from governance.synthetic.planting import company, undeclared
from governance.synthetic.planting.classified import EMAIL, NAME, PHONE, misplaced
from governance.synthetic.planting.company import new_row
from governance.synthetic.planting.planter import Planter, Violation

_KIND = "rectified"
_FORMER = 218_000_000  # what people were called before, beyond all who had it put right in the base
_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_FIELDS = {PHONE: "mobile", EMAIL: "email", NAME: "name"}
_TOKEN, _TABLE = "token of the old number", "old e-mail in a backup"


@dataclass(frozen=True, slots=True)
class _Form:
    """How an old value, of the kind that it `detects` as, is left in a text."""

    name: str
    detects: str
    place: tuple[str, str]
    write: Callable[[str], str]


def _local(mobile: str) -> str:
    return "0" + mobile.removeprefix("+98")


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


_NOTE, _BODY, _REPLY = ("transactions", "note"), ("reviews", "body"), ("transactions", "gateway_reply")
_FORMS = (
    _Form("old number in Persian digits", PHONE, _BODY, lambda old: f"شمارهٔ من {_local(old).translate(_PERSIAN)} است"),
    _Form("old number, hex-encoded", PHONE, _NOTE, lambda old: f"پیگیری: {old.encode().hex()}"),
    _Form("old e-mail in JSON, base64", EMAIL, _REPLY, lambda old: json.dumps({"code": 100, "state": _encoded(old)})),
    _Form("old e-mail in a payload", EMAIL, ("shared_email", "body"), lambda old: f"حساب {old.upper()} آماده است."),
    _Form("old name in a sentence", NAME, _NOTE, lambda old: f"{old} تماس گرفت"),
)
_EVERYWHERE = _Form("old number in an undeclared column, base64", PHONE, ("", undeclared.TEXT), _encoded)


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Each form at its place; one in an undeclared column of each table; one in a table that no contract names."""
    del world
    tables = plan.policy.tables
    if not {"subject_requests", "users"} <= tables.keys():
        return
    for form in _FORMS:
        if form.place[0] in tables:
            yield Violation(_KIND, form.name, partial(_plant, form=form))
    if "messages" in tables:
        yield Violation(_KIND, _TOKEN, _token)
    yield Violation(_KIND, _EVERYWHERE.name, _in_every_table)
    yield Violation(_KIND, _TABLE, _in_a_backup)


def _put_right(planter: Planter, detects: str) -> str:
    """A newcomer had a value put right, in their record and everywhere; the old value, which nobody else has."""
    world, field = planter.world, _FIELDS[detects]
    number = company.newcomer(planter)
    while field == "email" and not people.has_email(world, np.array([number]))[0]:
        number = company.newcomer(planter)
    who = np.array([_FORMER + int(planter.rng.integers(1_000_000)), number])
    if field == "name":
        old, tokens = str(people.names(world, who)[0].as_py()), people.name_tokens(world, who)
    else:
        values = people.mobiles(world, who) if field == "mobile" else people.emails(world, who)
        old, tokens = values[0] or "", people.tokens(world, values)
    was, now = tokens.to_pylist()
    company.ask(planter, "rectification", number).update(field=field, old_token=was, new_token=now)
    return old


def _plant(planter: Planter, form: _Form, table: str = "") -> None:
    table, column = table or form.place[0], form.place[1]
    text = form.write(_put_right(planter, form.detects))
    row = new_row(planter, table)
    row[column] = text
    fires = planter.fires.of_table(_KIND, table)
    planter.record(
        form.name, table, column, planter.key(table, row), fires, misplaced(planter, table, column, form.detects)
    )


def _in_every_table(planter: Planter) -> None:
    for table in planter.contracts:
        undeclared.ensure_column(planter, table, undeclared.TEXT)
        _plant(planter, _EVERYWHERE, table)


def _token(planter: Planter) -> None:
    """A message went to the number that had been put right."""
    old = _put_right(planter, PHONE)
    row = new_row(planter, "messages")
    row["address_token"] = planter.world.keys.token(old)
    planter.record(
        _TOKEN, "messages", "address_token", planter.key("messages", row), planter.fires.of_table(_KIND, "messages")
    )


def _in_a_backup(planter: Planter) -> None:
    old = _put_right(planter, EMAIL)
    rows = pa.table({"line": [1, 2, 3], "payload": ["آماده", f"to={old.encode().hex()}", None]})
    undeclared.ensure_table(planter, "profile_backup", rows)
    fires = planter.fires.of_column("free_of", "profile_backup", "payload", detects=EMAIL)
    kinds = (planter.fires.of_table(kind, "profile_backup") for kind in (_KIND, "classified"))
    planter.record(_TABLE, "profile_backup", "", None, fires, *kinds)
