"""All checks of one table in one pass over it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

import pyarrow as pa

from governance.errors import GovernanceError
from governance.planning.checks import Check
from governance.policy import REST, Policy
from governance.results import Evidence, Reason, Verdict
from governance.rules.base import Scope, Watch, changed, key_texts
from governance.rules.kinds import KINDS

T = TypeVar("T")
Progress = Callable[[int], None]


def evaluate(
    table: str, checks: Sequence[Check], scope: Scope, progress: Progress | None = None
) -> dict[str, Evidence]:
    """The evidence of every check, by id; a check that raises becomes its own error and stops no other.

    Raises SourceError when the data itself cannot be read, since then no check saw it.
    """
    schema = pa.schema([]) if table == REST else scope.source.schemas()[table]
    evidence: dict[str, Evidence] = {}
    watches: dict[str, Watch] = {}
    for check in checks:
        watch = _guarded(check.id, evidence, partial(_start, check, schema, scope))
        if watch is not None:
            watches[check.id] = watch
    rows = 0 if table == REST else _stream(table, watches, evidence, scope, progress=progress)
    for name, watch in watches.items():
        found = _guarded(name, evidence, partial(watch.evidence, rows)) if name not in evidence else None
        if found is not None:
            evidence[name] = found
    return evidence


def judge(check: Check, evidence: Evidence, policy: Policy) -> tuple[Verdict, Reason]:
    """The verdict of a check: nothing to examine is fine where the contract of what it examines says so.

    That is the contract of its own table, but for a kind that examines events: it is theirs.
    """
    parameter = KINDS[check.rule.kind].empty
    contract = policy.tables.get(getattr(check.rule.parameters, parameter)) if parameter else check.contract
    return evidence.judge(contract)


def _start(check: Check, schema: pa.Schema, scope: Scope) -> Watch:
    return KINDS[check.rule.kind].kernel(check.rule.parameters, check, schema, scope)


def _stream(
    table: str,
    watches: Mapping[str, Watch],
    evidence: dict[str, Evidence],
    scope: Scope,
    *,
    progress: Progress | None,
) -> int:
    """Show every batch to every watch, reading each column once; the number of rows."""
    contract = scope.policy.tables.get(table)
    key = contract.primary_key if contract and contract.primary_key in scope.source.schemas()[table].names else ""
    needed = [column for watch in watches.values() for column in watch.columns]
    columns = list(dict.fromkeys([key, *needed] if key else needed))
    rows, seen = scope.source.rows(table), 0
    for batch in scope.source.batches(table, columns) if needed else ():
        keys = key_texts(batch, contract)
        for name, watch in watches.items():
            if name not in evidence:
                _guarded(name, evidence, partial(watch.see, batch, keys))
        seen += batch.num_rows
        if progress:
            progress(batch.num_rows)
    if needed and seen != rows:
        raise changed(table)
    return rows


def _guarded(name: str, evidence: dict[str, Evidence], step: Callable[[], T]) -> T | None:
    try:
        return step()
    except GovernanceError:
        raise
    except Exception:  # noqa: BLE001  whatever it is, its message may quote a value: only the fact is kept
        evidence[name] = Evidence(examined=0, unproven=Reason.CHECK_RAISED)
        return None
