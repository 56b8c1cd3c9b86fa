"""The kernel of a check: it folds each batch into a part, parts merge in any order, and the whole gives evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from governance.planning.checks import Check
from governance.results import Evidence, Reason
from governance.rules.batch import Batch
from governance.rules.part import Part, ranked
from governance.rules.references import Namer, References
from governance.rules.scope import Scope


class Kernel:
    """One check on one table, without connection or state: it can be pickled, and any split of the rows gives the same.

    `columns` are what it needs of each batch; without any it folds no batch, and `finish` only gets the number of rows.
    `looks_for` are the detection kinds that it searches in each column.
    """

    @property
    def columns(self) -> Sequence[str]:
        return ()

    @property
    def looks_for(self) -> frozenset[str]:
        return frozenset()

    def fold(self, batch: Batch) -> Part:
        """The part of a batch."""
        return Part(rows=batch.rows)

    def merge(self, one: Part, other: Part) -> Part:
        """The part of both."""
        return one.merge(other)

    def finish(self, part: Part, scope: Scope) -> Evidence:
        """The evidence of the whole table."""
        raise NotImplementedError


class EngineKernel(Kernel):
    """A kernel of a check on a set: what is joined, counted or compared across rows is the engine's work."""


class RestKernel:
    """A check on the tables without a contract, each with its own kernel."""

    def of(self, table: str, schema: pa.Schema, scope: Scope) -> Kernel:
        """The kernel for one of these tables."""
        raise NotImplementedError

    def finish(self, found: Mapping[str, tuple[Kernel, Part]], scope: Scope) -> Evidence:
        """The evidence of all these tables."""
        raise NotImplementedError


def namer(check: Check, scope: Scope) -> Namer:
    """Makes the references of a check's table, which has none without a contract."""
    return Namer(check.contract.table if check.contract else "", scope.keys if check.contract else None, scope.spill)


def evidence(check: Check, scope: Scope, part: Part, **more: Any) -> Evidence:  # noqa: ANN401  fields of Evidence
    """The evidence of a part: `examined` defaults to its rows and `columns` to its columns.

    With an exhausted budget, or cells too long to be judged, nothing is proven, but violations found still count.
    """
    rows, listing = part.references.finish()
    if listing is not None:
        scope.listings[check.id] = listing
    fields: dict[str, Any] = {"examined": part.rows, "review": part.review, "rows": rows, **more}
    if part.exhausted and fields.get("unproven") is None:
        fields["unproven"] = Reason.INCOMPLETE
    if part.too_large:
        fields |= {"unproven": Reason.TOO_LARGE, "facts": (*fields.get("facts", ()), *part.refused)}
    return Evidence(violations=part.problems.total(), problems=ranked(part.problems), **fields)


def part_of(check: Check, scope: Scope, rows: int, found: Iterable[tuple[str | None, str]]) -> Part:
    """The part of rows that the engine found, given as primary key and problem."""
    pairs = list(found)
    return counted(rows, pairs, namer(check, scope))


def counted(rows: int, found: Sequence[tuple[str | None, str]], names: Namer) -> Part:
    """The part of these rows with their problems."""
    part = Part(rows=rows, references=names.references(found) if found else References(spill=names.spill))
    part.problems.update(problem for _, problem in found)
    return part
