"""Plants bank data: in every declared column that must be free of it, in undeclared columns, in undeclared tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle, islice

import numpy as np
import pyarrow as pa

from governance.synthetic import bank
from governance.synthetic.additions import Row
from governance.synthetic.planting.access import open_event
from governance.synthetic.planting.planter import Planter
from governance.synthetic.planting.spellings import CARD, FORMS, JSON_FORMS, SENTENCES, Form, grouped, in_json

_KIND = "free_of"
# Where people and gateways write freely: every form stands in one of these.
_FREE_TEXT = (("transactions", "note"), ("reviews", "body"), ("transactions", "gateway_reply"))
_FORMS_A_COLUMN = 4
_EXACT_BINS = tuple(bin_ for bin_ in bank.BINS if bin_ < "900719")  # below 2**53, so exact as a float64

# An undeclared column of each table that is no text: its name, its type, and how a card number stands in it.
_TYPED: tuple[tuple[str, pa.DataType, Callable[[str], object]], ...] = (
    ("raw_number", pa.float64(), float),
    ("payload", pa.struct([("source", pa.string()), ("pan", pa.string())]), lambda n: {"source": "import", "pan": n}),
    ("tags", pa.list_(pa.string()), lambda n: ["import", grouped(n, " ")]),
    ("blob", pa.binary(), lambda n: f"pan={n}".encode()),
    ("external_number", pa.int64(), int),
    ("history", pa.list_(pa.int64()), lambda n: [1, int(n)]),
    ("nested", pa.struct([("items", pa.list_(pa.string()))]), lambda n: {"items": [n]}),
)


def plant_in_columns(planter: Planter) -> None:
    """Every declared column with a check of its own, several forms each."""
    turn = cycle(FORMS)
    for table, column in planter.fires.columns(_KIND):
        declared = planter.contracts[table].column(column)
        logical = declared.logical_type if declared else ""
        if logical == "integer":
            for name in ("card: as a number", "card: as a number, again"):
                number = int(bank.card(planter.rng, _EXACT_BINS))
                plant(planter, table, column, Form(name, CARD, str), number)
        elif logical in {"string", "object"}:
            forms = FORMS if (table, column) in _FREE_TEXT else tuple(islice(turn, _FORMS_A_COLUMN))
            for form in (*forms, *(JSON_FORMS if logical == "object" else ())):
                plant(planter, table, column, form, _text(planter.rng, table, column, form, logical))


def plant(planter: Planter, table: str, column: str, form: Form, value: str | int) -> None:
    """One cell of a fresh row; what else the row thereby violates is written down with it."""
    row = planter.new_row(table)
    also: tuple[str, ...] = ()
    if table == "access_events" and column in {"actor_id", "table_name", "column_name"}:
        open_event(planter, row)
    if isinstance(value, int) and column == planter.contracts[table].primary_key:
        planter.rekey(table, row, value)
    else:
        row[column] = value
    if table == "access_events" and column in {"table_name", "column_name"}:
        also = planter.fires.of_column("authorised", row["table_name"], row["column_name"])
    if (table, column) in planter.fires.columns("encrypted"):
        also = planter.fires.of_column("encrypted", table, column)
    fires = planter.fires.of_column(_KIND, table, column, detects=form.detects)
    planter.record(form.name, table, column, planter.key(table, row), fires, also)


def plant_in_undeclared_columns(planter: Planter) -> None:
    """Two columns that no contract names in each table: one of text, one of another type; and one with nothing bad."""
    turn = _turn()
    for number, table in enumerate(planter.contracts):
        planter.add_column("undeclared column: text", table, "imported_text", pa.string())
        name, kind, hold = _TYPED[number % len(_TYPED)]
        planter.add_column(f"undeclared column: {kind}", table, name, kind)
        planter.add_column("undeclared column: harmless", table, "reviewed", pa.bool_(), (False, True, False))
        for form in islice(turn, _FORMS_A_COLUMN):
            _plant_undeclared(planter, table, "imported_text", form, form.write(planter.rng))
        held = hold(bank.card(planter.rng, _EXACT_BINS))
        _plant_undeclared(planter, table, name, Form(f"card: in a column of {kind}", CARD, str), held)


def plant_in_undeclared_tables(planter: Planter) -> None:
    """A table with bank data and one without, neither with a contract."""
    rng = planter.rng
    forms = list(islice(_turn(), 6))
    exported = pa.table(
        {
            "id": pa.array(range(1, 41)),
            "memo": pa.array([form.write(rng) for form in forms] + ["بدون توضیح"] * (40 - len(forms))),
        }
    )
    plain = pa.table({"segment": ["رمان", "تاریخ", "کودک"], "size": pa.array([120, 45, 310])})
    for name, rows in {"payments_export": exported, "tmp_segments": plain}.items():
        planter.additions.tables[name] = rows
        planter.record("undeclared table", name, "", None, planter.fires.of_table("declared", name))
    fires = planter.fires.of_column(_KIND, "payments_export", "memo", detects=CARD)
    planter.record("card: in an undeclared table", "payments_export", "", None, fires)


def _turn() -> Iterator[Form]:
    return cycle(FORMS[1:])


def _plant_undeclared(planter: Planter, table: str, column: str, form: Form, value: object) -> None:
    row: Row = planter.new_row(table)
    row[column] = value
    fires = planter.fires.of_column(_KIND, table, column, detects=form.detects)
    planter.record(form.name, table, column, planter.key(table, row), fires)


def _text(rng: np.random.Generator, table: str, column: str, form: Form, logical: str) -> str:
    text = form.write(rng)
    if form in JSON_FORMS:
        return text
    if form.carried and (table, column) in _FREE_TEXT:
        text = SENTENCES[int(rng.integers(len(SENTENCES)))].format(text)
    return in_json(text) if logical == "object" else text
