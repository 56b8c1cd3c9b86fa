"""Plants bank data and personal data in every column that must be free of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle, islice

import pyarrow as pa

from governance.planning.checks import Plan
from governance.synthetic.company import bank
from governance.synthetic.company.world import World
from governance.synthetic.planting import undeclared, whole_columns
from governance.synthetic.planting.cells import plant_form, plant_table, plant_value
from governance.synthetic.planting.fires import Fires
from governance.synthetic.planting.forms import FREE_TEXT, Form, Place, grouped, in_json, sentence
from governance.synthetic.planting.planter import KindPlanter, Planter, Violation
from governance.synthetic.planting.values import VALUES, values_of

_KIND, _CARD = "free_of", "payment_card_number"
_FORMS_A_COLUMN = 4
_EXACT_BINS = tuple(bin_ for bin_ in bank.BINS if bin_ < "900719")  # below 2**53, so exact as a float64

# The forms of card numbers in undeclared columns that are no text.
_HOLD: dict[str, Callable[[str], object]] = {
    "raw_number": float,
    "raw_reply": lambda number: {"source": "import", "pan": number},
    "tags": lambda number: ["import", grouped(number, " ")],
    "blob": lambda number: f"pan={number}".encode(),
    "external_number": int,
    "history": lambda number: [1, int(number)],
    "nested": lambda number: {"items": [number]},
}
_AS_NUMBER: Form[Planter] = Form("card: as a number", _CARD, str)
_TABLE: Form[Planter] = Form("card: in an undeclared table", _CARD, str)


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Every form of every kind in the rules, with columns in turn; and card numbers in columns that are no text."""
    del world
    detected, known = Fires(plan).detected(_KIND), values_of(plan.policy)
    for form, places in _turns(plan, tuple(kind for kind in detected if not known[kind].category)).items():
        yield Violation(_KIND, form.name, partial(_plant, form=form, places=tuple(places)))
    if _CARD in detected:
        for name, kind in undeclared.TYPED.items():
            own = tuple(table for table in plan.policy.tables if undeclared.typed_column(plan, table) == name)
            if own:
                yield Violation(_KIND, f"card: in a column of {kind}", partial(_plant_typed, tables=own, name=name))
        yield Violation(_KIND, _TABLE.name, _plant_in_a_table)
        yield from whole_columns.violations(plan)
    for values in (known[kind] for kind in detected if known[kind].category):
        for form in values.addresses or values.forms:
            yield Violation(_KIND, form.name, partial(_plant_about_people, form=form))


def _turns(plan: Plan, kinds: tuple[str, ...]) -> dict[Form[Planter], list[Place]]:
    """The places of each form: free text gets every form, other columns of text a few, in turn."""
    found: defaultdict[Form[Planter], list[Place]] = defaultdict(list)
    every = [form for kind in kinds for form in VALUES[kind].forms]
    replies = [form for kind in kinds for form in VALUES[kind].replies]
    turn, rest = cycle(every), cycle(every[1:])
    for place in Fires(plan).columns(_KIND):
        declared = plan.policy.tables[place[0]].column(place[1])
        logical = declared.logical_type if declared else ""
        if logical == "integer":
            found[_AS_NUMBER] += [place, place]
        elif logical in {"string", "object", "array"}:
            forms = every if place in FREE_TEXT else tuple(islice(turn, _FORMS_A_COLUMN))
            for form in (*forms, *(replies if logical == "object" else ())):
                found[form].append(place)
    for table in plan.policy.tables:
        for form in islice(rest, _FORMS_A_COLUMN):
            found[form].append((table, undeclared.TEXT))
    return found


def _plant(planter: Planter, form: Form[Planter], places: tuple[Place, ...]) -> None:
    for table, column in places:
        declared = planter.contracts[table].column(column)
        if declared is None:
            undeclared.ensure_column(planter, table, column)
            plant_form(planter, form, planter, (table, column))
        elif form is _AS_NUMBER:
            plant_value(planter, form, int(bank.card(planter.rng, _EXACT_BINS)), (table, column))
        else:
            text = _text(planter, form, (table, column), declared.logical_type)
            plant_value(planter, form, [text] if declared.logical_type == "array" else text, (table, column))


def _plant_about_people(planter: Planter, form: Form[Planter]) -> None:
    """In every column of text that must be free of the kind, and in an undeclared one where those must be."""
    for table, column in planter.fires.columns(_KIND):
        declared = planter.contracts[table].column(column)
        is_text = declared is not None and declared.logical_type == "string"
        if is_text and planter.fires.of_column(_KIND, table, column, detects=form.detects):
            plant_form(planter, form, planter, (table, column))
    for table in planter.contracts:
        if planter.fires.of_column(_KIND, table, undeclared.TEXT, detects=form.detects):
            undeclared.ensure_column(planter, table, undeclared.TEXT)
            plant_form(planter, form, planter, (table, undeclared.TEXT))


def _plant_typed(planter: Planter, tables: tuple[str, ...], name: str) -> None:
    form: Form[Planter] = Form(f"card: in a column of {undeclared.TYPED[name]}", _CARD, str)
    for table in tables:
        undeclared.ensure_column(planter, table, name)
        plant_value(planter, form, _HOLD[name](bank.card(planter.rng, _EXACT_BINS)), (table, name))


def _plant_in_a_table(planter: Planter) -> None:
    memo = [form.write(planter) for form in VALUES[_CARD].forms[1:7]]
    memo += ["بدون توضیح"] * (40 - len(memo))
    rows = pa.table({"id": pa.array(range(1, len(memo) + 1)), "memo": pa.array(memo)})
    plant_table(planter, _TABLE, "payments_export", rows)


def _text(planter: Planter, form: Form[Planter], place: Place, logical: str) -> str:
    text = form.write(planter)
    if form in VALUES[form.detects].replies:
        return text
    if form.carried and place in FREE_TEXT:
        text = sentence(planter).format(text)
    return in_json(text) if logical == "object" else text


PLANTER = KindPlanter(
    violations,
    never={"track_data": "a track holds a card number, and a row counts under the gravest of what it holds"},
)
