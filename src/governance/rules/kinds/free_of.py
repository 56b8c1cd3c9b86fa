"""Kind `free_of`: no cell of a column holds data of the named kinds, in any spelling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa

from governance import detection
from governance.detection.columns.statistics import Together
from governance.planning.checks import Check
from governance.policy import REST, Where
from governance.policy.strict_yaml import Node, Problems
from governance.rules.base import Scope, missing
from governance.rules.cells.card_columns import WHOLES, CardColumns
from governance.rules.cells.looking import CARD, NAME, CellWatch, TablesWatch
from governance.rules.kinds.kind import Kind, Places
from governance.rules.people.leads import people_tables


@dataclass(frozen=True, slots=True)
class FreeOf:
    """`kinds` are detection kinds that must not occur; a person's name is one that the tokens of people tell."""

    kinds: tuple[str, ...]
    kind: ClassVar[str] = "free_of"

    def watch(self, check: Check, schema: pa.Schema, scope: Scope) -> CellWatch | TablesWatch:
        place = check.place
        if place is not None and place.table == REST:
            return TablesWatch(scope, self.kinds)
        rest = place is not None and place.column == REST
        columns = (
            [name for name in schema.names if name not in check.covered] if rest else [place.column] if place else []
        )
        contract = check.contract
        strangers = [name for name in columns if contract and not contract.column(name)]
        return CellWatch(
            check,
            scope,
            dict.fromkeys(columns, self.kinds),
            dict.fromkeys(strangers, self.kinds),
            absent=not rest and missing(columns, schema),
            beside=schema.names if rest and CARD in self.kinds else (),
            cards=CardColumns(columns, Together() if rest else None) if CARD in self.kinds else None,
        )


def read(node: Node | None, where: Where, problems: Problems) -> FreeOf | None:
    """The parameters of a `free_of` rule: `kinds`."""
    if node is None:
        return FreeOf(detection.BANK_DATA)
    fields = problems.fields(node, ["kinds"])
    kinds = problems.texts(fields.get("kinds"), choices=detection.KINDS)
    if not where.columns:
        problems.add(node, "a rule about columns, with `columns`")
    return FreeOf(kinds) if kinds else None


KIND = Kind(
    parameters=FreeOf,
    kernel=FreeOf.watch,
    places=Places.COLUMNS,
    expectation="ExpectColumnValuesToBeFreeOf",
    read=read,
    problems=(*detection.KINDS, *WHOLES),
    facts=("columns", "rows_hit", "rows_read"),
    besides=lambda rule, policy: people_tables(policy) if NAME in rule.kinds else (),
)
