"""Plants bank data: in every declared column that must be free of it, in undeclared columns, in undeclared tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle, islice

import numpy as np
import pyarrow as pa

from governance.planning.checks import Plan
from governance.synthetic.company import bank
from governance.synthetic.company.world import World
from governance.synthetic.planting import consequences, undeclared
from governance.synthetic.planting.access import open_event
from governance.synthetic.planting.company import new_row
from governance.synthetic.planting.fires import Fires
from governance.synthetic.planting.planter import Planter, Violation
from governance.synthetic.planting.spellings import CARD, FORMS, JSON_FORMS, SENTENCES, Form, grouped, in_json

_KIND = "free_of"
# Where people and gateways write freely: every form stands in one of these.
_FREE_TEXT = (("transactions", "note"), ("reviews", "body"), ("transactions", "gateway_reply"))
_FORMS_A_COLUMN = 4
_EXACT_BINS = tuple(bin_ for bin_ in bank.BINS if bin_ < "900719")  # below 2**53, so exact as a float64

# How a card number stands in the undeclared columns that are no text.
_HOLD: dict[str, Callable[[str], object]] = {
    "raw_number": float,
    "raw_reply": lambda number: {"source": "import", "pan": number},
    "tags": lambda number: ["import", grouped(number, " ")],
    "blob": lambda number: f"pan={number}".encode(),
    "external_number": int,
    "history": lambda number: [1, int(number)],
    "nested": lambda number: {"items": [number]},
}
_AS_NUMBER = Form("card: as a number", CARD, str)


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Every form, in each column whose turn it is: declared ones with a check of their own, and undeclared ones."""
    del world
    for form, places in _turns(plan).items():
        yield Violation(_KIND, form.name, partial(_plant_in, form=form, places=tuple(places)))
    for name, kind in undeclared.TYPED.items():
        own = tuple(table for table in plan.policy.tables if undeclared.typed_column(plan, table) == name)
        if own:
            yield Violation(_KIND, f"card: in a column of {kind}", partial(_plant_typed, tables=own, name=name))
    yield Violation(_KIND, "card: in an undeclared table", _plant_in_a_table)


def _turns(plan: Plan) -> dict[Form, list[tuple[str, str]]]:
    """By form, where it stands: free text takes every form, other columns of text a few, by turns."""
    found: defaultdict[Form, list[tuple[str, str]]] = defaultdict(list)
    turn, rest = cycle(FORMS), cycle(FORMS[1:])
    for place in Fires(plan).columns(_KIND):
        declared = plan.policy.tables[place[0]].column(place[1])
        logical = declared.logical_type if declared else ""
        if logical == "integer":
            found[_AS_NUMBER] += [place, place]
        elif logical in {"string", "object", "array"}:
            forms = FORMS if place in _FREE_TEXT else tuple(islice(turn, _FORMS_A_COLUMN))
            for form in (*forms, *(JSON_FORMS if logical == "object" else ())):
                found[form].append(place)
    for table in plan.policy.tables:
        for form in islice(rest, _FORMS_A_COLUMN):
            found[form].append((table, undeclared.TEXT))
    return found


def _plant_in(planter: Planter, form: Form, places: tuple[tuple[str, str], ...]) -> None:
    for table, column in places:
        declared = planter.contracts[table].column(column)
        if declared is None:
            undeclared.ensure_column(planter, table, column)
            plant(planter, table, column, form, form.write(planter.rng))
        elif form is _AS_NUMBER:
            plant(planter, table, column, form, int(bank.card(planter.rng, _EXACT_BINS)))
        else:
            text = _text(planter.rng, table, column, form, declared.logical_type)
            plant(planter, table, column, form, [text] if declared.logical_type == "array" else text)


def plant(planter: Planter, table: str, column: str, form: Form, value: object) -> None:
    """One cell of a fresh row; what else the row thereby violates is written down with it."""
    row = new_row(planter, table)
    if table == "access_events" and column in {"actor_id", "table_name", "column_name"}:
        open_event(planter, row)
    if isinstance(value, int) and column == planter.contracts[table].primary_key:
        planter.rekey(table, row, value)
    else:
        row[column] = value
    also = consequences.of_cell(planter, table, column, row, form=form.name)
    if (table, column) in planter.fires.columns("encrypted"):
        also = (*also, *planter.fires.of_column("encrypted", table, column))
    fires = planter.fires.of_column(_KIND, table, column, detects=form.detects)
    planter.record(form.name, table, column, planter.key(table, row), fires, also)


def _plant_typed(planter: Planter, tables: tuple[str, ...], name: str) -> None:
    form = Form(f"card: in a column of {undeclared.TYPED[name]}", CARD, str)
    for table in tables:
        undeclared.ensure_column(planter, table, name)
        plant(planter, table, name, form, _HOLD[name](bank.card(planter.rng, _EXACT_BINS)))


def _plant_in_a_table(planter: Planter) -> None:
    rng = planter.rng
    forms = FORMS[1:7]
    memo = [form.write(rng) for form in forms] + ["بدون توضیح"] * (40 - len(forms))
    rows = pa.table({"id": pa.array(range(1, len(memo) + 1)), "memo": pa.array(memo)})
    undeclared.ensure_table(planter, "payments_export", rows)
    fires = planter.fires.of_column(_KIND, "payments_export", "memo", detects=CARD)
    planter.record("card: in an undeclared table", "payments_export", "", None, fires)


def _text(rng: np.random.Generator, table: str, column: str, form: Form, logical: str) -> str:
    text = form.write(rng)
    if form in JSON_FORMS:
        return text
    if form.carried and (table, column) in _FREE_TEXT:
        text = SENTENCES[int(rng.integers(len(SENTENCES)))].format(text)
    return in_json(text) if logical == "object" else text
