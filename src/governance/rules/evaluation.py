"""All checks of one table in one pass over it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias, TypeVar

import pyarrow as pa

from governance.errors import GovernanceError
from governance.planning.checks import Check
from governance.policy import REST, Policy
from governance.results import Evidence, Reason, Verdict
from governance.rules.batch import Batch, key_of, key_texts
from governance.rules.kernel import Kernel, RestKernel
from governance.rules.kinds import KINDS
from governance.rules.part import Part
from governance.rules.scope import Scope, Target, changed, undeclared_tables
from governance.rules.tables.sealed import sealed
from governance.sources.base import TooLargeError
from governance.sources.budget import OutOfBudgetError

T = TypeVar("T")
RowProgress = Callable[[int], None]
_Found: TypeAlias = dict[str, Evidence]
_RAISED = Evidence(examined=0, unproven=Reason.CHECK_RAISED)
_TOO_LARGE = Evidence(examined=0, unproven=Reason.TOO_LARGE)
_UNFINISHED = Evidence(examined=0, unproven=Reason.INCOMPLETE)


def evaluate(table: str, checks: Sequence[Check], scope: Scope, progress: RowProgress | None = None) -> _Found:
    """The evidence of every check, by id; a check that raises becomes its own error and stops no other.

    Raises SourceError when the data itself cannot be read, since then no check saw it.
    """
    schema = pa.schema([]) if table == REST else scope.source.schemas()[table]
    evidence: _Found = {}
    kernels: dict[str, Kernel] = {}
    rests: dict[str, RestKernel] = {}
    for check in checks:
        started = _guarded(check.id, evidence, partial(_start, check, schema, scope))
        if isinstance(started, RestKernel):
            rests[check.id] = started
        elif started is not None:
            kernels[check.id] = started
    parts = _stream(table, kernels, evidence, scope, progress) if table != REST else dict.fromkeys(kernels, Part())
    for name, kernel in kernels.items():
        _finish(name, evidence, partial(kernel.finish, parts.get(name, Part()), scope))
    if rests:
        _evaluate_rest(rests, evidence, scope)
    return {check.id: sealed(check, _declared(check, evidence.get(check.id), scope.policy), scope) for check in checks}


def _declared(check: Check, found: Evidence | None, policy: Policy) -> Evidence:
    """The evidence, unless it names what its kind does not declare: whatever that is, it may be a value of the data."""
    kind = KINDS[check.rule.kind]
    if found is None:
        return _RAISED
    facts = {name for name, _ in found.facts if ":" not in name}
    codes = kind.codes(check.rule.parameters, policy.detectors)
    unknown = {problem for problem, _ in found.problems}.difference(codes) or facts.difference(kind.facts)
    return _RAISED if unknown else found


def judge(check: Check, evidence: Evidence, policy: Policy) -> tuple[Verdict, Reason]:
    """The verdict of a check: nothing to examine is fine where the contract of what it examines says so.

    That is the contract of its own table, unless its kind examines another.
    """
    entry = KINDS[check.rule.kind].empty
    contract = policy.tables.get(getattr(policy.register, entry)) if entry else check.contract
    return evidence.judge(contract)


def _start(check: Check, schema: pa.Schema, scope: Scope) -> Kernel | RestKernel:
    kernel = KINDS[check.rule.kind].kernel(check.rule.parameters, Target(check, schema, scope))
    if isinstance(kernel, RestKernel):
        return kernel
    _ = (*kernel.columns, *kernel.looks_for)  # what they raise is this check's own error
    return kernel


def _fold(kernel: Kernel, part: Part, batch: Batch) -> Part:
    return kernel.merge(part, kernel.fold(batch))


def _evaluate_rest(rests: Mapping[str, RestKernel], evidence: _Found, scope: Scope) -> None:
    """The checks on tables without a contract, in one pass over each table."""
    found: dict[str, dict[str, tuple[Kernel, Part]]] = {name: {} for name in rests}
    for table, schema in undeclared_tables(scope).items() if scope.source.relational else ():
        kernels = {
            name: kernel
            for name, rest in rests.items()
            if name not in evidence
            and (kernel := _guarded(name, evidence, partial(rest.of, table, schema, scope))) is not None
        }
        parts = _stream(table, kernels, evidence, scope, None)
        for name, kernel in kernels.items():
            found[name][table] = (kernel, parts.get(name, Part()))
    for name, rest in rests.items():
        _finish(name, evidence, partial(rest.finish, found[name], scope))


def _stream(
    table: str, kernels: Mapping[str, Kernel], evidence: _Found, scope: Scope, progress: RowProgress | None
) -> dict[str, Part]:
    """Fold every batch into the part of every kernel, reading each column once."""
    contract, schema = scope.policy.tables.get(table), scope.source.schemas()[table]
    key, rows = key_of(contract, schema), scope.source.rows(table)
    parts = {name: Part() if kernel.columns else Part(rows=rows) for name, kernel in kernels.items()}
    reading = {name: kernel for name, kernel in kernels.items() if kernel.columns}
    beyond = scope.source.beyond(table)
    for name in [name for name, kernel in reading.items() if not beyond.isdisjoint((*key, *kernel.columns))]:
        evidence[name] = _TOO_LARGE
        del reading[name]
    columns = list(dict.fromkeys([*key, *(column for kernel in reading.values() for column in kernel.columns)]))
    asked = frozenset[str]().union(*(kernel.looks_for for kernel in kernels.values()))
    seen = 0
    try:
        for record in scope.source.cells(table, columns) if reading else ():
            batch = Batch(record, key_texts(record, contract), contract, asked)
            for name, kernel in reading.items():
                if name not in evidence:
                    part = _guarded(name, evidence, partial(_fold, kernel, parts[name], batch))
                    parts[name] = part or Part()
            seen += record.num_rows
            if progress:
                progress(record.num_rows)
    except (OutOfBudgetError, MemoryError):
        evidence.update((name, _UNFINISHED) for name in reading.keys() - evidence.keys())
    else:
        if reading and seen != rows:
            raise changed(table)
    return parts


def _finish(name: str, evidence: _Found, step: Callable[[], Evidence]) -> None:
    found = _guarded(name, evidence, step) if name not in evidence else None
    if found is not None:
        evidence[name] = found


def _guarded(name: str, evidence: _Found, step: Callable[[], T]) -> T | None:
    try:
        return step()
    except TooLargeError:
        evidence[name] = _TOO_LARGE
    except (OutOfBudgetError, MemoryError):
        evidence[name] = _UNFINISHED
    except GovernanceError:
        raise
    except (Exception, SystemExit):  # noqa: BLE001  its message may quote a value, and no check may end the program
        evidence[name] = _RAISED
    return None
