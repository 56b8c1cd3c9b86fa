"""Kind `minimal`: a processor was given what its agreement names, for what the policy allows, while it was in force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pyarrow as pa

from governance import detection
from governance.planning.checks import Check
from governance.policy import REST, Agreement, Contract, Policy, Where, covers, in_force
from governance.policy.strict_yaml import Node, Problems
from governance.results import Evidence, Reason
from governance.rules.base import Scope, Tally, missing, undeclared_tables
from governance.rules.cells.looking import Kinds, Search
from governance.rules.kinds.classified import unannounced
from governance.rules.kinds.kind import Kind, Places
from governance.rules.people.leads import people_tables
from governance.rules.series import Facts
from governance.rules.tables import transfers
from governance.sources import shown_name


@dataclass(frozen=True, slots=True)
class Minimal:
    """`transfers` is the ledger that says which payload went to whom; `prefix` is how names of payloads begin."""

    transfers: str = "transfers"
    prefix: str = "shared_"
    kind: ClassVar[str] = "minimal"

    def watch(self, check: Check, schema: pa.Schema, scope: Scope) -> _Payload | _Others:
        if check.place is not None and check.place.table == REST:
            return _Others(self, check, scope)
        return _Payload(self, check, scope, schema)


@dataclass(slots=True)
class _Payload:
    """One payload: its columns, its rows, and the transfers of it."""

    rule: Minimal
    check: Check
    scope: Scope
    schema: pa.Schema = field(repr=False)
    tally: Tally = field(default_factory=Tally)
    review: int = 0
    hit: Counter[str] = field(default_factory=Counter)
    wanted: Mapping[str, Kinds] = field(init=False)
    search: Search = field(init=False)

    def __post_init__(self) -> None:
        """Look in every column for what it was not made to hold: free texts, and whatever no contract names."""
        contract = self.check.contract
        kinds = {name: unannounced(contract.column(name) if contract else None) for name in self.schema.names}
        self.wanted = {name: own for name, own in kinds.items() if own}
        table = contract.table if contract else ""
        self.search = Search.of(self.scope, table, unannounced(None))

    @property
    def names(self) -> Sequence[str]:
        return list(self.schema.names)

    @property
    def columns(self) -> Sequence[str]:
        return tuple(self.wanted)

    def see(self, batch: pa.RecordBatch, keys: pa.Array | None) -> None:
        found = self.search.find(batch, self.wanted)
        self.tally.add(list(found.rows.values()), np.fromiter(found.rows, np.int64, len(found.rows)), keys)
        self.review += found.review
        self.hit += found.columns

    def evidence(self, rows: int) -> Evidence:
        contract, scope, ledger = self.check.contract, self.scope, self.rule.transfers
        if contract is None or not scope.source.relational:
            return Evidence(0, unproven=Reason.NEEDS_TABLES)
        beyond = columns_beyond(contract, self.names, scope)
        sent, total = Tally(), 0
        flows: Facts = ()
        unproven = self._unproven(contract)
        if unproven in {None, Reason.IN_THE_FUTURE}:
            named = {key for key, _ in self.tally.named}
            link = _link(contract, scope.policy, ledger)
            _count([s for s in transfers.strays(scope, ledger, contract, link) if s.key not in named], self.tally)
            _count(transfers.against_agreements(scope, ledger, contract.physical_name), sent)
            flows = transfers.by_recipient(scope, ledger, contract)
            total = transfers.count(scope, ledger, contract.physical_name)
        problems = Tally(self.tally.problems + sent.problems + Counter(beyond.values()))
        references = self.tally.references(contract, scope.keys)
        return Evidence(
            examined=rows + total + len(beyond) if rows else 0,
            violations=problems.violations,
            review=self.review,
            problems=problems.counts(),
            facts=(("columns", len(self.names)), ("columns_beyond", len(beyond)), ("transfers", total), *flows),
            rows=tuple(sorted((*references, *sent.references(scope.policy.tables.get(ledger), scope.keys)))),
            names=tuple(shown_name(name) for name in beyond if name and not contract.column(name)),
            columns=tuple(
                sorted((shown_name(name), n) for name, n in (self.hit + Counter(beyond.keys())).items() if name)
            ),
            lacks=transfers.lacks(scope, ledger),
            unproven=unproven or self.search.unproven,
        )

    def _unproven(self, contract: Contract) -> Reason | None:
        reason = transfers.why_unproven(self.scope, self.rule.transfers)
        if reason in {None, Reason.IN_THE_FUTURE} and missing(
            (_link(contract, self.scope.policy, self.rule.transfers),), self.schema
        ):
            return Reason.MISSING_COLUMN
        return reason


@dataclass(slots=True)
class _Others:
    """What went out beside the payloads that have a check: transfers of others, and tables that look like payloads."""

    rule: Minimal
    check: Check
    scope: Scope
    columns: Sequence[str] = ()

    def see(self, batch: pa.RecordBatch, keys: pa.Array | None) -> None:
        """Tables are looked at by their names at the end."""

    def evidence(self, rows: int) -> Evidence:  # noqa: ARG002  the protocol's name
        scope, ledger = self.scope, self.rule.transfers
        unproven = transfers.why_unproven(scope, ledger)
        if unproven not in {None, Reason.IN_THE_FUTURE}:
            return Evidence(0, lacks=transfers.lacks(scope, ledger), unproven=unproven)
        contract = scope.policy.tables[ledger]
        strangers = [
            table
            for table, schema in sorted(undeclared_tables(scope).items())
            if contract.primary_key in schema.names or table.casefold().startswith(self.rule.prefix)
        ]
        sent, checked = Tally(), [scope.policy.tables[table].physical_name for table in self.check.covered]
        _count(transfers.of_others(scope, ledger, checked), sent)
        problems = Tally(sent.problems + Counter({"unregistered_payload": len(strangers)}))
        return Evidence(
            examined=scope.source.rows(ledger) + len(strangers),
            violations=problems.violations,
            problems=problems.counts(),
            facts=(("tables_beyond", len(strangers)),),
            rows=sent.references(contract, scope.keys),
            names=tuple(shown_name(table) for table in strangers),
            unproven=unproven,
        )


def columns_beyond(contract: Contract, names: Sequence[str], scope: Scope) -> dict[str, str]:
    """What is wrong with columns that a payload has: not in every agreement on it, or beyond what its purposes touch.

    The agreements in force count, all where none is. A payload without any is wrong as a whole, under the name "".
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
    """Whether a purpose of an agreement may touch a category; what is about nobody needs none."""
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


def _count(found: Sequence[transfers.Finding], tally: Tally) -> None:
    for finding in found:
        tally.problems[finding.problem] += 1
        tally.name(finding.key, finding.problem)


def read(node: Node | None, where: Where, problems: Problems) -> Minimal:
    """The parameters of a `minimal` rule, both optional: `transfers`, a table, and `prefix`, how payloads are named."""
    fields = problems.fields(node, [], ["transfers", "prefix"]) if node else {}
    if node is not None and where.columns:
        problems.add(node, "a rule about tables, without `columns`")
    names = [
        problems.text(fields.get(key), default=name)
        for key, name in (("transfers", "transfers"), ("prefix", "shared_"))
    ]
    for key, name in zip(("transfers", "prefix"), names, strict=True):
        if not name.isidentifier():
            problems.add(fields[key], "the name of a table, or the start of one")
    return Minimal(names[0], names[1])


PROBLEMS = (
    "payload_without_agreement", "column_not_of_agreement", "column_beyond_purpose", "payload_without_transfer",
    "payload_of_other_transfer", "unregistered_payload", "recipient_in_other_letters", "unregistered_recipient",
    "gap_no_purpose", "purpose_not_of_policy", "gap_undated", "payload_not_of_recipient", "agreement_expired",
    "agreement_not_begun", "purpose_not_of_agreement",
)  # fmt: skip

KIND = Kind(
    parameters=Minimal,
    kernel=Minimal.watch,
    places=Places.TABLES,
    expectation="ExpectPayloadToBeMinimal",
    read=read,
    problems=(*detection.PERSONAL_DATA, *PROBLEMS),
    facts=("columns", "columns_beyond", "transfers", "tables_beyond"),
    besides=lambda rule, policy: {*people_tables(policy), rule.transfers},
)
