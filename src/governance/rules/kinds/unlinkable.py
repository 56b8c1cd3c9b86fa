"""Kind `unlinkable`: nothing in a table leads to a person, and nobody stands out by their device.

Values are compared with every column that leads to a person (`rules.people`), visits with the columns of every other
table, and texts are read for ids of persons. What is left must be shared by enough visits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from governance.planning.checks import Check
from governance.policy import Where
from governance.policy.strict_yaml import Node, Problems
from governance.results import Evidence, Reason
from governance.rules.base import Positions, Scope, Tally, missing
from governance.rules.kinds.kind import Kind, Places
from governance.rules.people.links import PersonKeys, find_links, is_text, mentioned_ids, person_keys
from governance.rules.people.tokens import CURRENT, Subjects, find_subjects
from governance.rules.series import group_sizes
from governance.rules.tables.relational import lacking
from governance.sources import shown_name

# Gravest first: a row counts once, for the gravest.
PROBLEMS = ("user_key", "person_token", "joinable_id", "shared_session", "rare_combination")
_SHOWN_GROUPS = ("smallest_group", "second_smallest_group", "third_smallest_group")
_GROUPS = """
WITH visit AS (SELECT {distinct} {combination}{session} FROM "{table}")
SELECT {names}, COUNT(*) AS size FROM visit GROUP BY {names}
"""


@dataclass(frozen=True, slots=True)
class Unlinkable:
    """At least `k` visits share each combination of `columns`.

    A visit is a `session` where the table has such a column, else a row.

    `people` is the table of which each row is a person.
    """

    k: int
    columns: tuple[str, ...]
    session: str = "session_id"
    people: str = "users"
    kind: ClassVar[str] = "unlinkable"

    def watch(self, check: Check, schema: pa.Schema, scope: Scope) -> _Rows:
        reason = None
        if not scope.source.relational:
            reason = Reason.NEEDS_TABLES
        elif check.contract is None or missing(self.columns, schema):
            reason = Reason.MISSING_COLUMN
        if reason is not None or check.contract is None:
            return _Rows(self, check, scope, unproven=reason)
        table = check.contract.table
        people = self.people in scope.policy.tables and self.people in scope.source.schemas()
        return _Rows(
            self,
            check,
            scope,
            columns=tuple(schema.names),
            texts=tuple(name for name in schema.names if is_text(schema.field(name).type)),
            links=find_links(scope, table, self.people, self.session) if people else {},
            ids=person_keys(scope, self.people) if people else None,
            subjects=find_subjects(scope),
            groups=self._groups(scope, table, schema),
            unproven=None if people else Reason.MISSING_TABLE,
        )

    def _groups(self, scope: Scope, table: str, schema: pa.Schema) -> dict[tuple[str, ...], int]:
        """How many visits share each combination; a cell that is empty is a value of its own."""
        names = [f"c{n}" for n in range(len(self.columns))]
        whole = ", ".join(
            f"COALESCE(CAST(\"{c}\" AS STRING), '') AS {n}" for c, n in zip(self.columns, names, strict=True)
        )
        visits = self.session in schema.names
        sql = _GROUPS.format(
            distinct="DISTINCT" if visits else "",
            combination=whole,
            # Rows without a session are no visits of their own: together they are one.
            session=f", COALESCE(CAST(\"{self.session}\" AS STRING), '') AS session" if visits else "",
            table=table,
            names=", ".join(names),
        )
        found = scope.source.query(sql).to_pydict()
        sizes = found.pop("size")
        return dict(zip(zip(*found.values(), strict=True), sizes, strict=True))


@dataclass(slots=True)
class _Found:
    """What is wrong in a batch: by row the gravest problem, by column its rows."""

    worst: Positions
    rows: dict[str, set[int]] = field(default_factory=dict)

    def mark(self, column: str, problem: str, positions: Positions) -> None:
        if len(positions):
            self.worst[positions] = np.minimum(self.worst[positions], PROBLEMS.index(problem))
            if column:
                self.rows.setdefault(column, set()).update(positions.tolist())


@dataclass(slots=True)
class _Rows:
    rule: Unlinkable
    check: Check
    scope: Scope
    columns: Sequence[str] = ()
    texts: Sequence[str] = ()
    links: Mapping[tuple[str, str], pa.Array | None] = field(default_factory=dict, repr=False)
    ids: PersonKeys | None = field(default=None, repr=False)
    subjects: Subjects | None = field(default=None, repr=False)
    groups: dict[tuple[str, ...], int] = field(default_factory=dict, repr=False)
    unproven: Reason | None = None
    tally: Tally = field(default_factory=Tally)
    by_column: Counter[str] = field(default_factory=Counter)

    def see(self, batch: pa.RecordBatch, keys: pa.Array | None) -> None:
        if not self.columns:
            return
        found = _Found(np.full(batch.num_rows, len(PROBLEMS), dtype=np.int64))
        for (column, problem), values in self.links.items():
            cells = batch.column(column)
            hit = pc.is_valid(cells) if values is None else pc.is_in(pc.cast(cells, pa.string()), value_set=values)
            found.mark(column, problem, np.flatnonzero(hit.to_numpy(zero_copy_only=False)))
        for column in self.texts:
            if self.ids is not None:
                found.mark(column, "user_key", mentioned_ids(batch.column(column), self.ids))
            if self.subjects is not None:
                found.mark(column, "person_token", self._tokens(batch, column))
        found.mark("", "rare_combination", self._rare(batch))
        positions = np.flatnonzero(found.worst < len(PROBLEMS))
        self.tally.add([PROBLEMS[code] for code in found.worst[positions].tolist()], positions, keys)
        self.by_column.update({column: len(rows) for column, rows in found.rows.items()})

    def _tokens(self, batch: pa.RecordBatch, column: str) -> Positions:
        assert self.subjects is not None  # noqa: S101  asked for by who has looked
        hits = self.subjects.search(batch, column)
        held = [
            row
            for row, kind, origins in zip(hits.rows.tolist(), hits.kinds, hits.origins, strict=True)
            if kind == "token" and any(origin.startswith(CURRENT) for origin in origins)
        ]
        return np.array(held, dtype=np.int64)

    def _rare(self, batch: pa.RecordBatch) -> Positions:
        """Rows whose combination fewer than k visits share; most batches hold only combinations of many."""
        cells = [pc.fill_null(pc.cast(batch.column(name), pa.string()), "") for name in self.rule.columns]
        codes = [pc.dictionary_encode(cell) for cell in cells]
        place = np.zeros(batch.num_rows, dtype=np.int64)
        for code in codes:
            place = place * max(len(code.dictionary), 1) + code.indices.to_numpy()
        _, first, inverse = np.unique(place, return_index=True, return_inverse=True)
        combinations = [tuple(cell[int(row)].as_py() for cell in cells) for row in first]
        small = np.array([self.groups.get(combination, 0) < self.rule.k for combination in combinations], dtype=bool)
        return np.flatnonzero(small[inverse]) if len(small) else np.array([], dtype=np.int64)

    def evidence(self, rows: int) -> Evidence:
        sizes = sorted(self.groups.values())
        counts = (("groups", len(sizes)), ("groups_below_k", sum(size < self.rule.k for size in sizes)))
        contract = self.check.contract
        needs = {self.rule.people: ()} | ({contract.table: self.rule.columns} if contract else {})
        smallest = tuple(zip(_SHOWN_GROUPS, sizes, strict=False))
        return Evidence(
            examined=0 if self.unproven and not self.columns else rows,
            violations=self.tally.violations,
            problems=self.tally.counts(),
            facts=(*counts, *smallest, *group_sizes(sizes)) if sizes else (),
            rows=self.tally.references(contract, self.scope.keys),
            columns=tuple((shown_name(name), count) for name, count in sorted(self.by_column.items())),
            lacks=lacking(self.scope, needs),
            unproven=self.unproven,
        )


def read(node: Node | None, where: Where, problems: Problems) -> Unlinkable | None:
    """The parameters of an `unlinkable` rule: `k` and `columns`, `session` and `people` if called otherwise."""
    if node is None:
        return None
    fields = problems.fields(node, ["k", "columns"], ["session", "people"])
    if where.columns or not where.tables:
        problems.add(node, "a rule about the tables of visits, without `columns`")
    columns = problems.texts(fields.get("columns"), least="column")
    k = problems.integer(fields.get("k"), default=2, least=2)
    return Unlinkable(
        k,
        columns,
        problems.text(fields.get("session"), default="session_id"),
        problems.text(fields.get("people"), default="users"),
    )


KIND = Kind(
    parameters=Unlinkable,
    kernel=Unlinkable.watch,
    places=Places.NAMED_TABLES,
    expectation="ExpectTableToBeUnlinkable",
    read=read,
    problems=("user_key", "person_token", "joinable_id", "shared_session", "rare_combination"),
    facts=("groups", "groups_below_k", "smallest_group", "second_smallest_group", "third_smallest_group"),
)
