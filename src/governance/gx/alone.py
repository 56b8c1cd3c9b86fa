"""One expectation on one batch, without a policy: judged by its own fields, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from datetime import datetime
from typing import Any, Final, NoReturn, cast

import pyarrow as pa

from governance import detection
from governance.errors import UsageError
from governance.gx.session import CheckError, Outcome
from governance.planning.checks import Check, Place
from governance.policy import Contract, Policy, Rule, Severity, Where
from governance.policy.model import Text
from governance.policy.strict_yaml import Node, Problems
from governance.results import Evidence, Reason, Verdict
from governance.rules.evaluation import evaluate
from governance.rules.kinds import KINDS
from governance.rules.kinds.kind import Kind, Places
from governance.rules.scope import Scope
from governance.sources import BatchSource
from governance.spelling import strict_json

_TABLE: Final = "batch"
_MORE: Final = "this expectation needs {}: run it in a suite, with governance.gx.parameters"
_NO_TEXT: Final = Text("", "")


class _NeedsMoreError(UsageError):
    """A kind needs what a lone batch lacks; no check may catch this."""


class _NoPolicy:
    """Replaces the policy; raises for any question that a batch cannot answer."""

    keys = ()  # without a list of keys, none is out of order
    column_reviews = ()  # nobody reviewed any column
    detectors = detection.DEFAULT
    regions, kinds = detection.HOME, ()  # as without any

    def __init__(self) -> None:
        self.tables: Mapping[str, Contract] = _NoContracts()

    def __getattr__(self, name: str) -> NoReturn:
        raise _NeedsMoreError(_MORE.format("a policy"))


class _NoContracts(Mapping[str, Contract]):
    """No contract for the batch; it is unknown whether other tables have one."""

    def __getitem__(self, table: str) -> Contract:
        if table == _TABLE:
            raise KeyError(table)
        raise _NeedsMoreError(_MORE.format("other tables"))

    def __iter__(self) -> Iterator[str]:
        raise _NeedsMoreError(_MORE.format("other tables"))

    def __len__(self) -> int:
        raise _NeedsMoreError(_MORE.format("other tables"))


def read_parameters(kind: Kind, given: Mapping[str, Any]) -> Any:  # noqa: ANN401  each kind has its own type
    """The kind's parameters, read as strictly as those of a policy; PolicyError with every problem."""
    defaults = {field.name: field.default for field in fields(kind.parameters) if field.default is not MISSING}
    chosen = {name: value for name, value in given.items() if name not in defaults or not _same(value, defaults[name])}
    problems = Problems()
    found = kind.read(_node(chosen, kind.expectation) if chosen else None, Where(), problems, None)
    problems.stop()
    return kind.parameters() if found is None else found


def judge_alone(text: str, table: pa.Table, as_of: datetime) -> Outcome:
    """The outcome of an expectation, described as JSON; CheckError unless the batch decides it."""
    described = strict_json(text)
    kind = KINDS[described["kind"]]
    try:
        check, found = _evidence(kind, described, table, as_of)
    except _NeedsMoreError as error:
        raise CheckError(str(error)) from None
    verdict, reason = found.judge(check.contract)
    if reason is Reason.NEEDS_TABLES:
        raise CheckError(_MORE.format("other tables"))
    if verdict not in {Verdict.PASSED, Verdict.FAILED}:
        raise CheckError(f"not decided: {reason.value}")
    return Outcome.of(found, verdict, reason)


def _evidence(kind: Kind, described: Mapping[str, Any], table: pa.Table, as_of: datetime) -> tuple[Check, Evidence]:
    policy = cast("Policy", _NoPolicy())
    parameters = read_parameters(kind, described["parameters"])
    # Only a policy defines what a kind without parameters allows.
    if kind.places is Places.NO_TABLE or not described["parameters"]:
        raise _NeedsMoreError(_MORE.format("a policy"))
    if not kind.alone and kind.besides(parameters, policy) != ():
        raise _NeedsMoreError(_MORE.format("other tables"))
    source = BatchSource(_TABLE, table)
    where = Where(tables=(_TABLE,), columns="column" in described, names=tuple(filter(None, [described.get("column")])))
    rule = Rule(
        id=kind.name,
        clauses=(),
        severity=Severity.CRITICAL,
        title=_NO_TEXT,
        rationale=_NO_TEXT,
        remedy=_NO_TEXT,
        where=where,
        parameters=parameters,
        file=kind.expectation,
        line=0,
    )
    check = Check(rule, Place(_TABLE, described.get("column", "")))
    scope = Scope(policy, source, None, as_of)
    return check, evaluate(_TABLE, (check,), scope)[check.id]


def _same(value: object, default: object) -> bool:
    return (tuple(value) if isinstance(value, list) else value) == default


def _node(value: Any, path: str) -> Node:  # noqa: ANN401  JSON
    match value:
        case dict():
            return Node({name: _node(inner, name) for name, inner in value.items()}, path, 0, path)
        case list():
            return Node([_node(inner, path) for inner in value], path, 0, path)
        case _:
            return Node(value, path, 0, path)
