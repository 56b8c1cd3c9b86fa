"""Checks payloads to processors against their agreements: columns, rows, and transfers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from governance.planning.checks import Check
from governance.policy import Agreement, Contract, Policy, covers, in_force
from governance.results import Evidence, Reason
from governance.rules.batch import Batch, missing
from governance.rules.cells.values import Kinds, ValueFinder, search_values
from governance.rules.kernel import EngineKernel, Kernel, counted, evidence
from governance.rules.labelled_counts import Facts
from governance.rules.part import Part
from governance.rules.references import Namer
from governance.rules.scope import Scope, Target, undeclared_tables
from governance.rules.search import Search, Sighting
from governance.rules.tables import transfer_ledger
from governance.sources import shown_name

_JUDGED = frozenset({None, Reason.IN_THE_FUTURE})


@dataclass(frozen=True, slots=True)
class PayloadFinder(ValueFinder):
    """Also finds rows without a transfer, by their keys; such a row counts unless something graver was found."""

    strays: Mapping[str, str] = field(default_factory=dict, repr=False)
    more_problems: Sequence[str] = ()

    @property
    def problems(self) -> Sequence[str]:
        # `super()` does not work in a class with slots.
        return (*ValueFinder.problems.__get__(self), *self.more_problems)

    def sightings(self, batch: Batch) -> Iterator[Sighting]:
        yield from ValueFinder.sightings(self, batch)
        if self.strays and batch.keys is not None:
            found = [(row, self.strays[key]) for row, key in enumerate(batch.keys.to_pylist()) if key in self.strays]
            rows = np.array([row for row, _ in found], np.int64)
            yield Sighting("", rows, [problem for _, problem in found], last=True)


@dataclass(frozen=True, slots=True)
class Payload(Kernel):
    """One payload: its columns, its rows, and its transfers in the `ledger`."""

    check: Check
    search: Search = field(repr=False)
    ledger: str
    names: tuple[str, ...]
    nameless: Sequence[str] = ()  # problems of rows without a transfer and without a key
    unproven: Reason | None = None

    @classmethod
    def of(
        cls,
        on: Target,
        *,
        ledger: str,
        wanted: Mapping[str, Kinds],
        problems: Sequence[str],
    ) -> Payload:
        """The kernel for one payload; `wanted` are the kinds of values that each column must not hold."""
        search = search_values(on, wanted)
        check, schema, scope, contract = on.check, on.schema, on.scope, on.check.contract
        reason = _unproven(contract, schema, scope, ledger)
        strays: Sequence[transfer_ledger.TransferProblem] = ()
        if contract is not None and reason in _JUDGED:
            strays = transfer_ledger.strays(scope, ledger, contract, _link(contract, scope.policy, ledger))
        values = search.finder
        assert isinstance(values, ValueFinder)  # noqa: S101  `search_values` made it
        finder = PayloadFinder(
            values.wanted,
            values.strangers,
            values.people,
            values.names,
            # Only rows with keys can be compared with those in which something graver was found.
            beside=(contract.primary_key,) if contract and contract.primary_key in schema.names else (),
            strays={stray.key: stray.problem for stray in strays if stray.key is not None},
            more_problems=problems,
        )
        nameless = tuple(stray.problem for stray in strays if stray.key is None)
        own = Search(check, finder, search.names, unproven=search.unproven)
        return cls(check, own, ledger, tuple(schema.names), nameless, reason)

    @property
    def columns(self) -> Sequence[str]:
        return self.search.columns

    @property
    def looks_for(self) -> frozenset[str]:
        return self.search.looks_for

    def fold(self, batch: Batch) -> Part:
        return self.search.fold(batch)

    def finish(self, part: Part, scope: Scope) -> Evidence:
        contract, ledger = self.check.contract, self.ledger
        if contract is None or not scope.source.relational:
            return Evidence(0, unproven=Reason.NEEDS_TABLES)
        beyond = columns_beyond(contract, self.names, scope)
        found = part.merge(Part(problems=Counter(self.nameless) + Counter(beyond.values())))
        total, flows = 0, Facts()
        if self.unproven in _JUDGED:
            sent = transfer_ledger.against_agreements(scope, ledger, contract.physical_name)
            pairs = [(one.key, one.problem) for one in sent]
            found = found.merge(counted(0, pairs, Namer(ledger, scope.keys, scope.spill)))
            flows = transfer_ledger.by_recipient(scope, ledger, contract)
            total = transfer_ledger.count(scope, ledger, contract.physical_name)
        hits = part.columns + Counter(name for name in beyond if name)
        return evidence(
            self.check,
            scope,
            found,
            examined=part.rows + total + len(beyond) if part.rows else 0,
            facts=(("columns", len(self.names)), ("columns_beyond", len(beyond)), ("transfers", total), *flows),
            names=tuple(shown_name(name) for name in beyond if name and not contract.column(name)),
            columns=tuple(sorted((shown_name(name), n) for name, n in hits.items())),
            lacks=transfer_ledger.lacks(scope, ledger),
            unproven=self.unproven or self.search.unproven,
        )


@dataclass(frozen=True, slots=True)
class OtherTransfers(EngineKernel):
    """Checks everything besides the payloads with a check: other transfers, and tables that look like payloads."""

    check: Check
    ledger: str
    prefix: str

    def finish(self, part: Part, scope: Scope) -> Evidence:  # noqa: ARG002  the ledger is what is examined
        ledger = self.ledger
        unproven = transfer_ledger.why_unproven(scope, ledger)
        if unproven not in _JUDGED:
            return Evidence(0, lacks=transfer_ledger.lacks(scope, ledger), unproven=unproven)
        contract = scope.policy.tables[ledger]
        strangers = [
            table
            for table, schema in sorted(undeclared_tables(scope).items())
            if contract.primary_key in schema.names or table.casefold().startswith(self.prefix)
        ]
        checked = [scope.policy.tables[table].physical_name for table in self.check.covered]
        others = [(one.key, one.problem) for one in transfer_ledger.of_others(scope, ledger, checked)]
        found = counted(scope.source.rows(ledger), others, Namer(ledger, scope.keys, scope.spill))
        found = found.merge(Part(problems=Counter({"unregistered_payload": len(strangers)})))
        return evidence(
            self.check,
            scope,
            found,
            examined=found.rows + len(strangers),
            facts=(("tables_beyond", len(strangers)),),
            names=tuple(shown_name(table) for table in strangers),
            unproven=unproven,
        )


def _unproven(contract: Contract | None, schema: pa.Schema, scope: Scope, ledger: str) -> Reason | None:
    if contract is None:
        return Reason.NEEDS_TABLES
    reason = transfer_ledger.why_unproven(scope, ledger)
    if reason in _JUDGED and missing((_link(contract, scope.policy, ledger),), schema):
        return Reason.MISSING_COLUMN
    return reason


def columns_beyond(contract: Contract, names: Sequence[str], scope: Scope) -> dict[str, str]:
    """The problems of a payload's columns: not in every agreement on it, or outside the categories of its purposes.

    The agreements in force count, or all if none is in force. A payload without any violates as a whole, under the name
    "".
    """
    agreements = [a for a in scope.policy.agreements if a.payload == contract.table]
    agreements = [a for a in agreements if in_force(a.valid_from, a.valid_until, scope.as_of)] or agreements
    if not agreements:
        return {"": "payload_without_agreement"}
    beyond: dict[str, str] = {}
    for name in names:
        column = contract.column(name)
        if not all(name in agreement.columns for agreement in agreements):
            beyond[name] = "column_not_of_agreement"
        elif column is None or not all(_touched(a, column.category, scope.policy) for a in agreements):
            beyond[name] = "column_beyond_purpose"
    return beyond


def _touched(agreement: Agreement, category: str, policy: Policy) -> bool:
    """Whether a purpose of an agreement may use a category; data about nobody needs no purpose."""
    return not covers("user", category) or any(
        covers(general, category)
        for purpose in policy.purposes
        if any(covers(purpose.use, use) for use in agreement.purposes)
        for general in purpose.categories
    )


def _link(contract: Contract, policy: Policy, transfers: str) -> str:
    """The column of a payload that names its transfer: the one that references it, else the one called like its key."""
    ledger = policy.tables.get(transfers)
    key = ledger.primary_key if ledger else ""
    return next((c.name for c in contract.columns if c.references == f"{transfers}.{key}"), key)
