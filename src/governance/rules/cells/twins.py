"""Finds values that one column keeps encrypted and another shows, by the tokens beside the encrypted column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from governance.detection.kinds.emails import EMAIL
from governance.detection.kinds.phones import PHONE
from governance.detection.subjects import DIGEST
from governance.policy import REST, Classification, Policy
from governance.results import Reason
from governance.rules.batch import Batch
from governance.rules.kernel import namer
from governance.rules.people.current import CURRENT, OUTDATED
from governance.rules.people.tokens import Subjects, find_subjects, why_unproven
from governance.rules.scope import Target
from governance.rules.search import PlainFinder, RestSearch, Search, Sighting
from governance.rules.tables.relational import Need, lacking

# What shows a value, by kind of find: itself, or a digest that anybody can make of every number and compare. A keyed
# token is the permitted way to look a value up.
_SHOWS = {PHONE: "plaintext_twin", EMAIL: "plaintext_twin", DIGEST: "unkeyed_digest"}


@dataclass(frozen=True, slots=True)
class Twins(PlainFinder):
    """Searches columns that are not encrypted; `sealed` are the origins of the encrypted ones."""

    columns: Sequence[str]
    people: Subjects | None = field(repr=False)
    sealed: frozenset[str]
    problems: Sequence[str]

    def sightings(self, batch: Batch) -> Iterator[Sighting]:
        for name in self.columns if self.people is not None else ():
            assert self.people is not None  # noqa: S101  asked one line above
            hits = self.people.search(batch, name)
            found = [
                (row, _SHOWS[kind])
                for row, kind, origins in zip(hits.rows.tolist(), hits.kinds, hits.origins, strict=True)
                if kind in _SHOWS and not self.sealed.isdisjoint(origins)
            ]
            rows = np.array([row for row, _ in found], np.int64)
            yield Sighting(name, rows, [problem for _, problem in found], too_large=hits.too_large)


def search_twins(on: Target, problems: Sequence[str]) -> Search | RestSearch:
    """The check that no column of a table, or of the tables that no contract names, shows such a value."""
    check, schema, scope = on.check, on.schema, on.scope
    people = find_subjects(scope)
    unproven = why_unproven(people, scope)
    lacks = lacking(scope, Need("people")) if unproven is Reason.NOT_DECLARED else ()
    if people is not None and not people.digested.whole:
        unproven = unproven or Reason.INCOMPLETE
    make = _Strangers(people, _sealed(scope.policy), problems)
    if check.place is None or check.contract is None or check.place.table == REST:
        return RestSearch(check, make, unproven)
    sealed = {column.name for column in check.contract.columns if column.classification is Classification.RESTRICTED}
    columns = tuple(name for name in schema.names if name not in sealed)
    finder = Twins(columns, people, make.sealed, problems)
    facts = (("columns", len(columns)), ("digested_people", people.digested.people if people else 0))
    return Search(check, finder, namer(check, scope), facts=facts, shown=columns, lacks=lacks, unproven=unproven)


@dataclass(frozen=True, slots=True)
class _Strangers:
    """Makes the finder for a table that no contract names."""

    people: Subjects | None = field(repr=False)
    sealed: frozenset[str]
    problems: Sequence[str]

    def __call__(self, table: str, schema: pa.Schema) -> Twins:  # noqa: ARG002  the protocol's name
        return Twins(tuple(schema.names), self.people, self.sealed, self.problems)


def _sealed(policy: Policy) -> frozenset[str]:
    return frozenset(
        f"{origin}{contract.table}.{column.name}"
        for contract in policy.contracts
        for column in contract.columns
        if column.classification is Classification.RESTRICTED
        for origin in (CURRENT, OUTDATED)
    )
