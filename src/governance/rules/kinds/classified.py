"""Kind `classified`: personal data stands only in columns whose contract says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

import pyarrow as pa

from governance import detection
from governance.planning.checks import Check
from governance.policy import REST, Column, Where, covers
from governance.policy.strict_yaml import Node, Problems
from governance.rules.base import Scope
from governance.rules.cells.looking import NAME, CellWatch, Kinds, TablesWatch
from governance.rules.kinds.kind import About, Kind, Places
from governance.rules.people.leads import people_tables
from governance.rules.people.tokens import is_published

# The fideslang category that a column with such values should have.
CATEGORIES: Final[Mapping[str, str]] = {kind: detection.DECLARED[kind].category for kind in detection.PERSONAL_DATA}


@dataclass(frozen=True, slots=True)
class Classified:
    """`kinds` are the detection kinds that a column must be declared for."""

    kinds: tuple[str, ...] = tuple(CATEGORIES)
    kind: ClassVar[str] = "classified"

    def watch(self, check: Check, schema: pa.Schema, scope: Scope) -> CellWatch | TablesWatch:
        if check.place is None or check.contract is None or check.place.table == REST:
            return TablesWatch(scope, self.kinds, problem)
        declared = {name: check.contract.column(name) for name in schema.names}
        wanted = {name: unannounced(column, self.kinds) for name, column in declared.items()}
        strangers = dict.fromkeys([name for name, column in declared.items() if column is None], self.kinds)
        return CellWatch(check, scope, {n: kinds for n, kinds in wanted.items() if kinds}, strangers, code=problem)


def unannounced(column: Column | None, kinds: Kinds = tuple(CATEGORIES)) -> Kinds:
    """Those of these kinds that a column's contract does not speak of."""
    if column is None:
        return kinds
    others = [kind for kind in kinds if not _related(column.category, CATEGORIES[kind])]
    return tuple(kind for kind in others if kind != NAME or not is_published(column))


def problem(kind: str) -> str:
    """What is wrong with a column that holds such values: it isn't declared as this category."""
    return f"undeclared_{CATEGORIES[kind]}"


def _related(category: str, other: str) -> bool:
    """Whether one of two categories is the other or lies below it."""
    return covers(category, other) or covers(other, category)


def read(node: Node | None, where: Where, problems: Problems) -> Classified | None:
    """The parameters of a `classified` rule: `kinds`, optional."""
    fields = problems.fields(node, [], ["kinds"]) if node else {}
    if node is not None and where.columns:
        problems.add(node, "a rule about tables, without `columns`")
    if "kinds" not in fields:
        return Classified()
    kinds = problems.texts(fields["kinds"], choices=tuple(CATEGORIES))
    return Classified(kinds) if kinds else None


KIND = Kind(
    parameters=Classified,
    kernel=Classified.watch,
    places=Places.TABLES,
    expectation="ExpectTableColumnsToBeClassified",
    read=read,
    problems=tuple(map(problem, CATEGORIES)),
    facts=("columns", "rows_hit", "rows_read"),
    speaks=dict.fromkeys(map(problem, CATEGORIES), About.CATEGORY),
    besides=lambda _, policy: people_tables(policy),
)
