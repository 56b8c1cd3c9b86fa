"""Plants personal data where no contract speaks of it: in free text, in visits, in undeclared columns and tables."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

import numpy as np
import pyarrow as pa

from governance.planning.checks import Plan
from governance.synthetic.company.tables import people
from governance.synthetic.company.world import World
from governance.synthetic.planting import consequences, undeclared
from governance.synthetic.planting.company import new_row
from governance.synthetic.planting.planter import Planter, Violation

_KIND = "classified"
PHONE, EMAIL, NATIONAL, IP, NAME = "phone_number", "email_address", "national_id", "ip_address", "person_name"
_CATEGORIES = {
    PHONE: "user.contact.phone_number",
    EMAIL: "user.contact.email",
    NATIONAL: "user.government_id",
    IP: "user.device.ip_address",
    NAME: "user.name",
}
_NOBODY = 250_000_000  # from here on, numbers of people who never were
_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_NOTE, _BODY, _REPLY = ("transactions", "note"), ("reviews", "body"), ("transactions", "gateway_reply")


@dataclass(frozen=True, slots=True)
class Form:
    """One way in which personal data stands in a text; nobody in the world has it, except a name."""

    name: str
    detects: str
    place: tuple[str, str]
    write: Callable[[Planter], str]


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Each form at its place; in visits, in every column; in an undeclared column of each table; in a table."""
    del world
    for form in FORMS:
        if form.place[0] in plan.policy.tables:
            yield Violation(_KIND, form.name, partial(_plant, form=form, places=(form.place,)))
    for form in _IN_VISITS:
        yield Violation("free_of", form.name, partial(_plant_in_visits, form=form))
    yield Violation(_KIND, "e-mail: in an undeclared column", _plant_in_undeclared_columns)
    yield Violation(_KIND, "phone: in an undeclared table", _plant_in_a_table)


def plant(planter: Planter, table: str, column: str, form: Form) -> None:
    """One cell of a fresh row, and every check that it fires."""
    text = form.write(planter)
    row = new_row(planter, table)
    row[column] = text
    also = consequences.of_cell(planter, table, column, row, form=form.name)
    fires = misplaced(planter, table, column, form.detects)
    planter.record(form.name, table, column, planter.key(table, row), fires, also)


def misplaced(planter: Planter, table: str, column: str, detects: str) -> tuple[str, ...]:
    """The checks that a value of a kind fires by standing in a column, whosever it is."""
    fires = planter.fires.of_column("free_of", table, column, detects=detects)
    declared = planter.contracts[table].column(column)
    if declared is not None and _announces(declared.category, _CATEGORIES[detects]):
        return fires
    # In a payload it is more than was agreed on, too.
    return (*fires, *planter.fires.of_table(_KIND, table), *planter.fires.of_table("minimal", table))


def _plant(planter: Planter, form: Form, places: tuple[tuple[str, str], ...]) -> None:
    for table, column in places:
        plant(planter, table, column, form)


def _plant_in_visits(planter: Planter, form: Form) -> None:
    for table, column in planter.fires.columns("free_of"):
        declared = planter.contracts[table].column(column)
        is_text = declared is not None and declared.logical_type == "string"
        if is_text and planter.fires.of_column("free_of", table, column, detects=form.detects):
            plant(planter, table, column, form)
    for table in planter.contracts:
        if planter.fires.of_column("free_of", table, undeclared.TEXT, detects=form.detects):
            undeclared.ensure_column(planter, table, undeclared.TEXT)
            plant(planter, table, undeclared.TEXT, form)


def _plant_in_undeclared_columns(planter: Planter) -> None:
    for table in planter.contracts:
        undeclared.ensure_column(planter, table, undeclared.TEXT)
        plant(planter, table, undeclared.TEXT, Form("e-mail: in an undeclared column", EMAIL, ("", ""), email))


def _plant_in_a_table(planter: Planter) -> None:
    numbers = [phone(planter).translate(_PERSIAN) for _ in range(3)] + [None] * 5
    rows = pa.table({"row": pa.array(range(len(numbers))), "contact": pa.array(numbers)})
    undeclared.ensure_table(planter, "newsletter_export", rows)
    fires = planter.fires.of_column("free_of", "newsletter_export", "contact", detects=PHONE)
    planter.record(
        "phone: in an undeclared table",
        "newsletter_export",
        "",
        None,
        fires,
        planter.fires.of_table(_KIND, "newsletter_export"),
    )


def _announces(category: str, wanted: str) -> bool:
    return f"{wanted}.".startswith(f"{category}.") or f"{category}.".startswith(f"{wanted}.")


def phone(planter: Planter) -> str:
    """The mobile number of nobody in this world, with its zero."""
    number = people.mobiles(planter.world, np.array([_NOBODY + planter.rng.integers(1_000_000)]))[0]
    return "0" + number.removeprefix("+98")


def email(planter: Planter) -> str:
    """The address of nobody in this world."""
    return f"reader.x{planter.rng.integers(10_000, 99_999)}@post.example"


def name(planter: Planter) -> str:
    """The name of a user: of a fresh row of theirs."""
    return str(new_row(planter, "users")["name"])


def national_code(planter: Planter) -> str:
    """Ten digits with the check digit of a national code."""
    digits = [int(digit) for digit in planter.rng.integers(1, 10, 9)]
    rest = sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
    return "".join(map(str, digits)) + str(rest if rest < 2 else 11 - rest)


def address(planter: Planter) -> str:
    """An IP address."""
    return f"185.{planter.rng.integers(10, 250)}.{planter.rng.integers(10, 250)}.{planter.rng.integers(2, 250)}"


def _grouped(number: str) -> str:
    return f"+98 {number[1:4]}-{number[4:7]}-{number[7:]}"


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _first_last(full: str) -> tuple[str, str]:
    first, _, last = full.partition(" ")
    return first, last


def _family_first(planter: Planter) -> str:
    first, last = name(planter).rsplit(" ", 1)
    return f"ثبت به نام {last}، {first} انجام شد."


def _fields(planter: Planter) -> str:
    first, last = _first_last(name(planter))
    return json.dumps({"code": 100, "given": first, "family": last}, ensure_ascii=False)


FORMS = (
    Form("phone: Persian digits in a sentence", PHONE, _NOTE, lambda p: f"شماره‌اش {phone(p).translate(_PERSIAN)} است."),
    Form("phone: grouped, with the country", PHONE, _BODY, lambda p: f"به من پیام بدهید {_grouped(phone(p))}"),
    Form(
        "phone: base64 in JSON", PHONE, _REPLY, lambda p: json.dumps({"code": 100, "state": _encoded(phone(p) + " ok")})
    ),
    Form("e-mail: in a sentence", EMAIL, _NOTE, lambda p: f"پاسخ را به {email(p)} بفرستید."),
    Form("e-mail: [at] and [dot]", EMAIL, _BODY, lambda p: email(p).replace("@", " [at] ").replace(".ex", " [dot] ex")),
    Form("national code: labelled", NATIONAL, _NOTE, lambda p: f"کد ملی: {national_code(p).translate(_PERSIAN)}"),
    Form("IP address: in JSON", IP, _REPLY, lambda p: json.dumps({"code": 100, "client": address(p)})),
    Form("name: in a sentence", NAME, _BODY, lambda p: f"ممنون از {name(p)} بابت معرفی کتاب."),
    Form("name: zero-width joined", NAME, _NOTE, lambda p: f"تماس گرفت {name(p).replace(' ', chr(0x200C))}"),
    Form("name: family name first", NAME, _NOTE, _family_first),
    Form("name: in two fields of JSON", NAME, _REPLY, _fields),
)
_IN_VISITS = (
    Form("e-mail: in a page address", EMAIL, ("", ""), lambda p: f"/account?mail={quote(email(p))}"),
    Form("phone: percent-encoded", PHONE, ("", ""), lambda p: "/call/" + quote(phone(p).translate(_PERSIAN))),
    Form("name: in a field of a visit", NAME, ("", ""), lambda p: f"/search?q={quote(name(p))}"),
)
