"""Plants links from visits to people, and visits with rare devices."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import quote

import pyarrow as pa

from governance.planning.checks import Plan
from governance.synthetic.additions import Row
from governance.synthetic.company.tables import people
from governance.synthetic.company.world import FIRST_KEY, World
from governance.synthetic.planting.company import new_row
from governance.synthetic.planting.forms import PERSIAN
from governance.synthetic.planting.planter import KindPlanter, Planter, SpoiledCell, Violation

_KIND = "unlinkable"
_VISITOR, _VISIT = "visitor_number", "visit_reference"


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Each form once in every table of visits."""
    del world
    tables = tuple(
        check.place.table for check in plan.checks if check.rule.kind == _KIND and check.place and check.contract
    )
    for form, write in _PAGES.items():
        yield Violation(_KIND, form, partial(_in_pages, tables=tables, form=form, write=write))
    yield Violation(_KIND, "key of a user in an undeclared column", partial(_in_a_column, tables=tables))
    yield Violation(_KIND, "device that nobody else has", partial(_alone, tables=tables))
    if "interactions" in tables and "transactions" in plan.policy.tables:
        for form, of_purchase in _PURCHASES.items():
            yield Violation(_KIND, form, partial(_of_a_purchase, tables=tables, form=form, write=of_purchase))
        yield Violation(_KIND, "visit number that a purchase names", _shared_visit)
        yield Violation(_KIND, "visit number in the note of a purchase", _noted_visit)
        yield Violation(_KIND, "visit at the very moment of a purchase", _shared_moment)


def _key(planter: Planter) -> int:
    """The key of a user of the base."""
    return int(planter.rng.integers(planter.world.users)) + FIRST_KEY["users"]


def _token(planter: Planter) -> str:
    number = people.user_ids(planter.rng.integers(planter.world.users, size=1)) - FIRST_KEY["users"]
    return str(people.tokens(planter.world, people.mobiles(planter.world, number))[0].as_py())


def _purchase(planter: Planter) -> str:
    return str(FIRST_KEY["transactions"] + int(planter.rng.integers(planter.world.sizes["transactions"])))


# By form, the name of a page that leads to a person.
_PAGES: dict[str, Callable[[Planter], str]] = {
    "key of a user as a page": lambda planter: str(_key(planter)),
    "key of a user in an address": lambda planter: f"/users/{_key(planter)}/library",
    "key of a user in Persian digits": lambda planter: f"/profile/{str(_key(planter)).translate(PERSIAN)}",
    "key of a user, percent-encoded": lambda planter: "/goto?u=" + quote(f"user={_key(planter)}", safe=""),
    "token of a user in an address": lambda planter: f"/open?t={_token(planter)}",
    "token of a user in base64": lambda planter: (
        "/open?k=" + urlsafe_b64encode(bytes.fromhex(_token(planter))).decode().rstrip("=")
    ),
    "first half of a user's token": lambda planter: f"/open?t={_token(planter)[:32]}",
    "token of a user's key": lambda planter: f"/open/{planter.world.keys.token(f'user:{_key(planter)}')}",
    "key of a user between signs": lambda planter: f"/x/s-{_key(planter)}-1",
    "key of a user glued to a letter": lambda planter: f"/x/V{_key(planter)}",
    "number of a purchase as a page": _purchase,
}


# By form, the name of a page that leads to a purchase.
_PURCHASES: dict[str, Callable[[Row], str]] = {
    "number of an order in an address": lambda row: f"/order/{row['order_number']}/status",
    "number of an order in Persian digits": lambda row: f"/سفارش/{row['order_number'].translate(PERSIAN)}",
    "number of an order in groups": lambda row: "/order?no=" + "-".join(re.findall("....", row["order_number"])),
    "number of an order, percent-encoded": lambda row: "/goto?u=" + quote(f"/order/{row['order_number']}", safe=""),
    "number of an order in base64": lambda row: "/r/" + b64encode(row["order_number"].encode()).decode(),
    "number of an order in hex": lambda row: "/r/" + row["order_number"].encode().hex(),
    "number of an order in JSON": lambda row: json.dumps({"path": "/thanks", "order": row["order_number"]}),
    "digest of an order's number": lambda row: f"/r/{hashlib.sha1(row['order_number'].encode()).hexdigest()}",  # noqa: S324  what others use
    "answer of a gateway": lambda row: f"/pay/callback?Authority={row['authority']}&Status=OK",
    "reference of a bank in an address": lambda row: f"/receipt?ref={row['reference_number']}",
    "key of a purchase in an address": lambda row: f"/receipt/{row['transaction_id']}",
}


def _of_a_purchase(planter: Planter, tables: tuple[str, ...], form: str, write: Callable[[Row], str]) -> None:
    for table in tables:
        row = new_row(planter, table)
        row["page"] = write(new_row(planter, "transactions"))
        _record(planter, form, table, "page", row)


def _in_pages(planter: Planter, tables: tuple[str, ...], form: str, write: Callable[[Planter], str]) -> None:
    for table in tables:
        row = new_row(planter, table)
        row["page"] = write(planter)
        _record(planter, form, table, "page", row)


def _in_a_column(planter: Planter, tables: tuple[str, ...]) -> None:
    form = "key of a user in an undeclared column"
    for table in tables:
        planter.add_column("undeclared column: int64", table, _VISITOR, pa.int64())
        row = new_row(planter, table)
        row[_VISITOR] = _key(planter)
        _record(planter, form, table, _VISITOR, row)


def _alone(planter: Planter, tables: tuple[str, ...]) -> None:
    for table in tables:
        row = new_row(planter, table)
        row.update(device="console", os="Other", browser=f"{table} browser")
        _record(planter, "device that nobody else has", table, "browser", row)


def _shared_visit(planter: Planter) -> None:
    planter.add_column("undeclared column: text", "transactions", _VISIT, pa.string())
    visit = _lone_visit(planter)
    new_row(planter, "transactions")[_VISIT] = visit["session_id"]
    _record(planter, "visit number that a purchase names", "interactions", "session_id", visit)


def _noted_visit(planter: Planter) -> None:
    visit = _lone_visit(planter)
    new_row(planter, "transactions")["note"] = f"from the visit {visit['session_id']}, by telephone"
    _record(planter, "visit number in the note of a purchase", "interactions", "session_id", visit)


def _lone_visit(planter: Planter) -> Row:
    """A visit of its own: fresh rows share theirs."""
    visit = new_row(planter, "interactions")
    visit["session_id"] = f"v1{planter.rng.integers(10**15):016d}"
    return visit


def _shared_moment(planter: Planter) -> None:
    visit = new_row(planter, "interactions")
    visit.update(page="/basket", occurred_at=new_row(planter, "transactions")["paid_at"])
    _record(planter, "visit at the very moment of a purchase", "interactions", "occurred_at", visit)


def _record(planter: Planter, form: str, table: str, column: str, row: Row) -> None:
    planter.record(form, table, column, planter.key(table, row), planter.fires.of_table(_KIND, table))


def _spoiled(planter: Planter, cell: SpoiledCell) -> tuple[str, ...]:
    return planter.fires.of_table(_KIND, cell.table) if cell.column in {"device", "os", "browser"} else ()


PLANTER = KindPlanter(violations, _spoiled)
