"""Plants residue of rectified values: tokens in copies, and the old value in texts, in many forms."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import partial

import numpy as np
import pyarrow as pa

from governance.planning.checks import Plan
from governance.synthetic.company.tables import people
from governance.synthetic.company.world import World
from governance.synthetic.planting import company, undeclared
from governance.synthetic.planting.cells import plant_form, plant_table
from governance.synthetic.planting.company import new_row
from governance.synthetic.planting.forms import BODY, NOTE, PERSIAN, REFERENCE, REPLY, Form, in_base64, national
from governance.synthetic.planting.planter import KindPlanter, Planter, Violation

_KIND = "rectified"
_FORMER = 218_000_000  # former identities of people, numbered beyond those of the base
_PHONE, _EMAIL, _NAME = "phone_number", "email_address", "person_name"
_FIELDS = {_PHONE: "mobile", _EMAIL: "email", _NAME: "name"}
_MESSAGE = "token of the old number"
_SEALED = "old number sealed beside the new token"
_SPELLED = "token of the old number, asked for in other letters"
_FORMS: tuple[Form[str], ...] = (
    Form(
        "old number in Persian digits",
        _PHONE,
        lambda old: f"شمارهٔ من {national(old).translate(PERSIAN)} است",
        BODY,
    ),
    Form("old number, hex-encoded", _PHONE, lambda old: f"پیگیری: {old.encode().hex()}", NOTE),
    Form("old e-mail in JSON, base64", _EMAIL, lambda old: json.dumps({"code": 100, "state": in_base64(old)}), REPLY),
    Form("old e-mail in a payload", _EMAIL, lambda old: f"حساب {old.upper()} آماده است.", ("shared_email", "body")),
    Form("old name in a sentence", _NAME, lambda old: f"{old} تماس گرفت", NOTE),
)
# Other kinds see nothing in these, by what they are of.
_SILENT: dict[Form[str], str] = {
    Form("old number as a bank's reference", "", lambda old: national(old)[1:], REFERENCE): _PHONE,
    Form("digest of the old number", "", lambda old: hashlib.md5(national(old).encode()).hexdigest(), NOTE): _PHONE,  # noqa: S324  what others use
    Form("digest of the old e-mail", "", lambda old: f"to={hashlib.sha384(old.encode()).hexdigest()}", BODY): _EMAIL,
}
_EVERYWHERE = Form("old number in an undeclared column, base64", _PHONE, in_base64)
_TABLE: Form[str] = Form("old e-mail in a backup", _EMAIL, lambda old: f"to={old.encode().hex()}")


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Each form at its place; one in an undeclared column of each table; one in a table without a contract."""
    del world
    tables = plan.policy.tables
    if not {"subject_requests", "users"} <= tables.keys():
        return
    for form, of in {**{form: form.detects for form in _FORMS}, **_SILENT}.items():
        if form.place[0] in tables:
            yield Violation(_KIND, form.name, partial(_plant, form=form, of=of))
    if "messages" in tables:
        yield Violation(_KIND, _MESSAGE, partial(_token, form=_MESSAGE))
        yield Violation(_KIND, _SPELLED, partial(_token, form=_SPELLED, right="RECTIFICATION\u200c "))
    yield Violation(_KIND, _SEALED, _under_a_new_token)
    yield Violation(_KIND, _EVERYWHERE.name, _in_every_table)
    yield Violation(_KIND, _TABLE.name, _in_a_backup)


def _put_right(planter: Planter, detects: str) -> str:
    """A newcomer had a value rectified everywhere; returns the old value, which nobody else has."""
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
    digests = people.digest_tokens_of(world, [old])[0]
    request = company.ask(planter, "rectification", number)
    request.update(field=field, old_token=was, new_token=now, digest_tokens=digests)
    return old


def _plant(planter: Planter, form: Form[str], of: str) -> None:
    plant_form(planter, form, _put_right(planter, of), kind=_KIND)


def _in_every_table(planter: Planter) -> None:
    for table in planter.contracts:
        undeclared.ensure_column(planter, table, undeclared.TEXT)
        plant_form(planter, _EVERYWHERE, _put_right(planter, _PHONE), (table, undeclared.TEXT), kind=_KIND)


def _token(planter: Planter, form: str, right: str = "rectification") -> None:
    """A message went to the number from before the rectification."""
    old = _put_right(planter, _PHONE)
    planter.additions.rows["subject_requests"][-1]["right"] = right
    row = new_row(planter, "messages")
    row["address_token"] = planter.world.keys.token(old)
    planter.record(
        form, "messages", "address_token", planter.key("messages", row), planter.fires.of_table(_KIND, "messages")
    )


def _under_a_new_token(planter: Planter) -> None:
    """Only the token was put right: the record still seals the old number."""
    old = _put_right(planter, _PHONE)
    user, asked = planter.additions.rows["users"][-1], planter.additions.rows["subject_requests"][-1]
    user["mobile"] = planter.seal("users", "mobile", str(planter.key("users", user)), old)
    fires = planter.fires
    sealed = fires.of_column("encrypted", "users", "mobile")
    planter.record(_SEALED, "users", "mobile", planter.key("users", user), fires.of_table(_KIND, "users"), sealed)
    unfulfilled = fires.of_table("fulfilled", "subject_requests", right="rectification")
    planter.record(_SEALED, "subject_requests", "", planter.key("subject_requests", asked), unfulfilled)


def _in_a_backup(planter: Planter) -> None:
    old = _put_right(planter, _EMAIL)
    rows = pa.table({"line": [1, 2, 3], "payload": ["آماده", _TABLE.write(old), None]})
    plant_table(planter, _TABLE, "profile_backup", rows, kind=_KIND)


PLANTER = KindPlanter(violations)
