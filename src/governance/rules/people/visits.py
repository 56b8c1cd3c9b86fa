"""Whether a table of visits leads to people: by linking values, by texts, and by rare combinations of devices.

Values are compared with every column that leads to a person (`rules.people.leads`), sessions with the columns of every
other table, times with those of people's rows; texts are searched for values that a person's row has alone. All other
rows need enough visits with the same combination.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from governance.detection import KnownHits
from governance.policy.column_roles import SESSION
from governance.results import Reason
from governance.rules.batch import NOWHERE, Batch, Positions, missing
from governance.rules.kernel import namer
from governance.rules.labelled_counts import group_sizes
from governance.rules.people.copies import find_copies
from governance.rules.people.current import CURRENT, OUTDATED
from governance.rules.people.digests import Origins
from governance.rules.people.links import Links, find_links, is_text
from governance.rules.people.shared_times import SharedTimes, find_shared_times
from governance.rules.people.tokens import Subjects, find_subjects
from governance.rules.people.uniques import Uniques, find_uniques
from governance.rules.scope import Scope, Target
from governance.rules.search import PlainFinder, Search, Sighting
from governance.rules.tables.relational import Need, lacking, misfitting, undeclared
from governance.rules.tables.rowwise import Micros, micros

_SHOWN_GROUPS = ("smallest_group", "second_smallest_group", "third_smallest_group")
_GROUPS = """
WITH visit AS (SELECT {distinct} {combination}{session} FROM "{table}")
SELECT {names}, COUNT(*) AS size FROM visit GROUP BY {names}
"""


@dataclass(frozen=True, slots=True)
class Visits(PlainFinder):
    """Searches for links; `groups` counts the visits with each combination of cells, as counted by the engine."""

    problems: Sequence[str]
    columns: Sequence[str] = ()
    links: Links = field(default_factory=dict, repr=False)
    uniques: Uniques | None = field(default=None, repr=False)
    times: Mapping[str, Micros] = field(default_factory=dict, repr=False)
    subjects: Subjects | None = field(default=None, repr=False)
    combined: Sequence[str] = ()
    groups: Mapping[tuple[str, ...], int] = field(default_factory=dict, repr=False)
    k: int = 0

    def sightings(self, batch: Batch) -> Iterator[Sighting]:
        for (column, problem), values in self.links.items():
            cells = batch.column(column)
            same = pc.is_in(pc.cast(batch.typed(column), pa.string()), value_set=values) if values is not None else None
            hit = pc.is_valid(cells) if same is None else same
            yield Sighting(column, np.flatnonzero(hit.to_numpy(zero_copy_only=False)), problem)
        # A cell beside its type is a text, too.
        for column in texts_of(batch.record.schema, self.columns):
            if self.uniques is not None:
                found, too_large = self.uniques.search(batch.column(column), batch.label(column))
                yield Sighting(column, NOWHERE, "", too_large=too_large)
                yield from (Sighting(column, rows, problem) for problem, rows in found.items())
            if self.subjects is not None:
                hits = self.subjects.search(batch, column)
                yield Sighting(column, _tokens(hits), "person_token", too_large=hits.too_large)
        for column, times in self.times.items():
            own, known = micros(batch.typed(column))
            yield Sighting(column, np.flatnonzero(known & np.isin(own, times)), "shared_time")
        yield Sighting("", self._rare(batch), "rare_combination")

    def _rare(self, batch: Batch) -> Positions:
        """Rows whose combination fewer than k visits share; most batches hold only combinations of many."""
        cells = [pc.fill_null(pc.cast(batch.typed(name), pa.string()), "") for name in self.combined]
        codes = [pc.dictionary_encode(cell) for cell in cells]
        place = np.zeros(batch.rows, dtype=np.int64)
        for code in codes:
            place = place * max(len(code.dictionary), 1) + code.indices.to_numpy()
        _, first, inverse = np.unique(place, return_index=True, return_inverse=True)
        combinations = [tuple(cell[int(row)].as_py() for cell in cells) for row in first]
        small = np.array([self.groups.get(combination, 0) < self.k for combination in combinations], dtype=bool)
        return np.flatnonzero(small[inverse]) if len(small) else NOWHERE


def search_visits(
    on: Target,
    *,
    problems: Sequence[str],
    k: int,
    columns: Sequence[str],
) -> Search:
    """The check that nothing in a table leads to a person."""
    check, schema, scope, contract = on.check, on.schema, on.scope, on.check.contract
    people, session = scope.policy.register.people, contract.role(SESSION) if contract else ""
    absent = [f"{contract.table}.{name}" for name in columns if name not in schema.names] if contract else []
    # A visit may stand in any other table, so a table that nobody can open leaves the question open.
    lacks = tuple(sorted({*lacking(scope, Need("people")), *absent, *scope.source.sealed}))
    reason = Reason.NEEDS_TABLES if not scope.source.relational else None
    if reason is None and (contract is None or missing(columns, schema)):
        reason = Reason.MISSING_COLUMN
    if reason is not None or contract is None:
        return Search(check, Visits(problems), namer(check, scope), lacks=lacks, unproven=reason)
    known = people in scope.policy.tables and people in scope.source.schemas()
    groups = _groups(scope, contract.table, schema, columns, session)
    subjects = find_subjects(scope)
    uniques = _uniques(scope, contract.table, schema, subjects) if known else None
    times = find_shared_times(scope, contract.table) if known else SharedTimes()
    finder = Visits(
        problems,
        columns=tuple(schema.names),
        links=find_links(scope, contract.table, session) if known else {},
        uniques=uniques,
        times=times.times,
        subjects=subjects,
        combined=columns,
        groups=groups,
        k=k,
    )
    sizes = sorted(groups.values())
    smallest = tuple(zip(_SHOWN_GROUPS, sizes, strict=False))
    counted = "visits_counted" if session in schema.names else "rows_counted"
    counts = ((counted, sum(sizes)), ("groups", len(sizes)), ("groups_below_k", sum(size < k for size in sizes)))
    shared = (("equal_times", times.equal), ("equal_times_moved", times.moved)) if times.equal else ()
    return Search(
        check,
        finder,
        namer(check, scope),
        facts=(*counts, *smallest, *shared, *group_sizes(sizes)) if sizes else (),
        lacks=lacks,
        unproven=Reason.NOT_DECLARED
        if undeclared(scope, Need("people"))
        else misfitting(scope, Need("people")) or (Reason.INCOMPLETE if uniques and uniques.unsought else None)
        if known
        else Reason.MISSING_TABLE,
    )


def _uniques(scope: Scope, table: str, schema: pa.Schema, subjects: Subjects | None) -> Uniques:
    """The values that rows of people have alone, with what chance explains in the texts of a table."""
    found, names = find_uniques(scope), texts_of(schema, schema.names)

    def cells() -> Iterator[pa.Array]:
        yield from (batch.column(name) for batch in scope.source.cells(table, names) for name in names) if names else ()

    found = replace(found, columns=(*found.columns, *find_copies(scope, cells(), subjects)))
    return replace(found, lengths=found.likely(cells()))


def texts_of(schema: pa.Schema, columns: Sequence[str]) -> list[str]:
    """The columns that hold texts, or texts within something."""
    return [name for name in columns if is_text(schema.field(name).type) or pa.types.is_nested(schema.field(name).type)]


def _groups(
    scope: Scope, table: str, schema: pa.Schema, columns: Sequence[str], session: str
) -> dict[tuple[str, ...], int]:
    """The number of visits with each combination; an empty cell is a value of its own."""
    names = [f"c{n}" for n in range(len(columns))]
    whole = ", ".join(f"COALESCE(CAST(\"{c}\" AS STRING), '') AS {n}" for c, n in zip(columns, names, strict=True))
    visits = session in schema.names
    sql = _GROUPS.format(
        distinct="DISTINCT" if visits else "",
        combination=whole,
        # Rows without a session count as one visit together.
        session=f", COALESCE(CAST(\"{session}\" AS STRING), '') AS session" if visits else "",
        table=table,
        names=", ".join(names),
    )
    found = scope.source.query(sql).to_pydict()
    sizes = found.pop("size")
    return dict(zip(zip(*found.values(), strict=True), sizes, strict=True))


def _tokens(hits: KnownHits[Origins]) -> Positions:
    held = [
        row
        for row, kind, origins in zip(hits.rows.tolist(), hits.kinds, hits.origins, strict=True)
        if kind == "token" and any(origin.startswith((CURRENT, OUTDATED)) for origin in origins)
    ]
    return np.array(held, dtype=np.int64)
