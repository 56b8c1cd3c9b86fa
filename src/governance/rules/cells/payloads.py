"""Checks payloads to processors against their agreements: columns, rows, and transfers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from governance.planning.checks import Check
from governance.policy import Agreement, Contract, Policy, covers, in_force
from governance.policy.table_register import PAYLOADS, entry_of
from governance.results import Evidence, Reason
from governance.rules.batch import Batch, missing
from governance.rules.cells.values import Kinds, search_values
from governance.rules.kernel import EngineKernel, Kernel, counted, evidence, namer
from governance.rules.labelled_counts import Facts
from governance.rules.part import Names, Part
from governance.rules.references import Namer
from governance.rules.scope import Scope, Target, undeclared_tables
from governance.rules.search import Search
from governance.rules.tables import carried_rows, transfer_ledger
from governance.rules.tables.relational import Ready, entry, written_as
from governance.sources import shown_name

_FOUND = "found"  # the primary keys of rows in which values were found


@dataclass(frozen=True, slots=True)
class Payload(Kernel):
    """One payload: its columns, its rows, and its transfers in the ledger."""

    check: Check
    search: Search = field(repr=False)
    names: tuple[str, ...]
    ready: Ready

    @classmethod
    def of(cls, on: Target, *, wanted: Mapping[str, Kinds]) -> Payload:
        """The kernel for one payload; `wanted` are the kinds of values that each column must not hold."""
        ready = _ready(on.check.contract, on.schema, on.scope)
        return cls(on.check, search_values(on, wanted), tuple(on.schema.names), ready)

    @property
    def columns(self) -> Sequence[str]:
        return self.search.columns

    @property
    def looks_for(self) -> frozenset[str]:
        return self.search.looks_for

    def fold(self, batch: Batch) -> Part:
        rows = sorted({row for seen in self.search.finder.sightings(batch) for row in seen.rows.tolist()})
        keys = (key for key in batch.keys_at(np.array(rows, np.int64)) if key is not None)
        return self.search.fold(batch).merge(Part(sums={_FOUND: Names.of(keys)}))

    def finish(self, part: Part, scope: Scope) -> Evidence:
        contract, ledger = self.check.contract, scope.policy.register.transfers
        if contract is None or not scope.source.relational:
            return Evidence(0, unproven=Reason.NEEDS_TABLES)
        beyond = columns_beyond(contract, self.names, scope)
        found = part.merge(Part(problems=Counter(beyond.values())))
        total, flows = 0, Facts()
        if self.ready.rows:
            keys = part.sums.get(_FOUND, Names())
            assert isinstance(keys, Names)  # noqa: S101  `fold` made it
            strays = carried_rows.strays(scope, contract, carried_rows.link_of(contract, scope.policy))
            # A row without a transfer counts once, for what was found in it if anything was.
            left = [(one.key, one.problem) for one in strays if one.key not in keys.held]
            sent = transfer_ledger.against_agreements(scope, contract)
            known = {one.key for one in sent}
            sent += tuple(one for one in carried_rows.miscounted(scope, contract) if one.key not in known)
            pairs = [(one.key, one.problem) for one in sent]
            found = found.merge(counted(0, left, namer(self.check, scope)))
            found = found.merge(counted(0, pairs, Namer(ledger, scope.keys, scope.spill)))
            flows = transfer_ledger.by_recipient(scope, contract)
            total = transfer_ledger.count(scope, contract)
        hits = part.columns + Counter(name for name in beyond if name)
        return evidence(
            self.check,
            scope,
            found,
            examined=part.rows + total + len(beyond) if part.rows else 0,
            facts=(("columns", len(self.names)), ("columns_beyond", len(beyond)), ("transfers", total), *flows),
            names=tuple(shown_name(name) for name in beyond if name and not contract.column(name)),
            columns=tuple(sorted((shown_name(name), n) for name, n in hits.items())),
            lacks=(*transfer_ledger.lacks(scope), *self._unlinked(scope), *self.search.lacks),
            unproven=self.ready.reason or self.search.unproven,
        )

    def _unlinked(self, scope: Scope) -> tuple[str, ...]:
        contract = self.check.contract
        if contract is None or carried_rows.link_of(contract, scope.policy):
            return ()
        return (f"{contract.table}: relationships to {scope.policy.register.transfers}",)


@dataclass(frozen=True, slots=True)
class OtherTransfers(EngineKernel):
    """Checks everything besides the payloads with a check: other transfers, and tables that look like payloads."""

    check: Check

    def finish(self, part: Part, scope: Scope) -> Evidence:  # noqa: ARG002  the ledger is what is examined
        ledger = scope.policy.register.transfers
        reason, judged = transfer_ledger.readiness(scope)
        if judged and not scope.policy.register.payloads:
            return Evidence(0, lacks=("register.payloads",), unproven=Reason.NOT_DECLARED)
        if not judged:
            return Evidence(0, lacks=transfer_ledger.lacks(scope), unproven=reason)
        key = scope.policy.tables[ledger].column(scope.policy.tables[ledger].primary_key)
        # A table that no contract names has the names of the data.
        link = key.physical_name if key else ""
        strangers = [
            table
            for table, schema in sorted(undeclared_tables(scope).items())
            if link in schema.names or entry_of(scope.policy.register, table.casefold()) == PAYLOADS
        ]
        strangers += [table for table in scope.source.schemas() if self._unchecked(table, scope)]
        ledger_table = entry(scope, transfer_ledger.TRANSFERS)
        tables = [scope.policy.tables[table] for table in self.check.covered]
        checked = [name for table in tables for name in written_as(scope, ledger_table, "payload", table)]
        others = [(one.key, one.problem) for one in transfer_ledger.of_others(scope, checked)]
        found = counted(scope.source.rows(ledger), others, Namer(ledger, scope.keys, scope.spill))
        found = found.merge(Part(problems=Counter({"unregistered_payload": len(strangers)})))
        return evidence(
            self.check,
            scope,
            found,
            examined=found.rows + len(strangers),
            facts=(("tables_beyond", len(strangers)),),
            names=tuple(shown_name(table) for table in strangers),
            unproven=reason,
        )

    def _unchecked(self, table: str, scope: Scope) -> bool:
        """Whether a declared table is a payload that no check of the rule looks at."""
        known = table in scope.policy.tables and entry_of(scope.policy.register, table) == PAYLOADS
        return known and table not in self.check.covered


def _ready(contract: Contract | None, schema: pa.Schema, scope: Scope) -> Ready:
    if contract is None:
        return Ready(Reason.NEEDS_TABLES, rows=False)
    found = transfer_ledger.readiness(scope)
    if found.rows and not carried_rows.link_of(contract, scope.policy):
        return Ready(Reason.NOT_DECLARED, rows=False)
    if found.rows and missing((carried_rows.link_of(contract, scope.policy),), schema):
        return Ready(Reason.MISSING_COLUMN, rows=False)
    return found


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
