"""The expectations, made from what the kinds declare: each reads the counts of its check from one metric."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from types import MappingProxyType, new_class
from typing import Any, ClassVar, Final, get_type_hints

from great_expectations.compatibility import pydantic
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.expectations.registry import list_registered_expectation_implementations
from great_expectations.util import camel_to_snake
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import ValidationDependencies

from governance.errors import DeclarationError, PolicyError
from governance.gx.alone import read_parameters
from governance.gx.metric import METRIC
from governance.gx.rendering import RenderedExpectation
from governance.gx.session import find_session
from governance.rules.kinds import KINDS
from governance.rules.kinds.kind import Kind, Places
from governance.spelling import canonical_json

SESSION: Final = "governance_session"
_STORABLE: Final[Mapping[Any, Any]] = {str: str, int: int, bool: bool, tuple[str, ...]: list[str]}
_KIND_IN_DOCSTRING = re.compile(r"Kind `\w+`: ")


class GovernanceExpectation(RenderedExpectation):
    """What the expectations share.

    In a suite, `check` is an id of the plan, `table` the table that it looks at, and `governance_session` what
    `governance.gx.parameters` passes. Without a session, an expectation judges the batch by its other fields alone.
    The result holds `element_count`, `unexpected_count` and the code of the reason, and no value in any result format.
    """

    check: str = ""
    table: str = ""
    governance_session: str | dict[str, Any] = ""

    kind: ClassVar[str] = ""
    success_keys: ClassVar[tuple[str, ...]] = ("check", "table", SESSION)
    domain_keys: ClassVar[tuple[str, ...]] = ("batch_id",)
    domain_type: ClassVar[MetricDomainTypes] = MetricDomainTypes.TABLE

    @pydantic.root_validator(skip_on_failure=True)  # type: ignore[untyped-decorator]
    def _has_parameters_that_the_kind_can_check_by(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        if not values[SESSION]:
            try:
                read_parameters(KINDS[cls.kind], _parameters(cls.kind, values))
            except PolicyError as error:
                raise ValueError(str(error)) from None
        return values

    def get_validation_dependencies(
        self, execution_engine: object = None, runtime_configuration: dict[str, Any] | None = None
    ) -> ValidationDependencies:
        # The answer is the same for all checks of a table, and the library takes milliseconds to find it.
        session = find_session(str(self.governance_session), self.table)
        known = session.dependencies if session else {}
        if session:
            session.asked.add(self.check)
        asked = f"{self.batch_id} {runtime_configuration}"
        if asked not in known:
            known[asked] = super().get_validation_dependencies(execution_engine, runtime_configuration)
            known[asked].set_metric_configuration(
                METRIC, MetricConfiguration(METRIC, {"batch_id": self.batch_id}, self._metric_values())
            )
        found = known[asked]
        return ValidationDependencies(dict(found.metric_configurations), dict(found.result_format))

    def _metric_values(self) -> dict[str, str]:
        if self.governance_session:
            return {"session": str(self.governance_session), "table": self.table, "alone": ""}
        described = {"kind": self.kind, "parameters": _parameters(self.kind, self.__dict__)}
        column = {"column": self.__dict__["column"]} if "column" in self.__dict__ else {}
        return {"session": "", "table": "", "alone": canonical_json({**described, **column})}

    @classmethod
    def is_abstract(cls) -> bool:
        return not cls.kind or bool(super().is_abstract())

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,  # noqa: ARG002  the library's signature
        execution_engine: object = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        outcome = metrics[METRIC][self.check if self.governance_session else ""]
        if session := find_session(str(self.governance_session), self.table):
            session.asked.discard(self.check)  # the library asks a second time when it takes the counts
        return {"success": outcome.holds, "result": outcome.result()}


def _parameters(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an expectation that its kind declares."""
    return {name: values[name] for name in _declared(KINDS[kind])}


def _declared(kind: Kind) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind.parameters) if field.name != "kind")


def derive(kinds: Mapping[str, Kind]) -> Mapping[str, type[GovernanceExpectation]]:
    """The class of each kind, by its name; DeclarationError, in one sentence, for one that cannot be made."""
    known = set(list_registered_expectation_implementations())
    names: dict[str, str] = {}
    plans = {}
    for kind in kinds.values():
        place = f"rules/kinds/{kind.name}.py"
        if kind.expectation in names:
            other = names[kind.expectation]
            raise DeclarationError(
                f"{place}: expected an expectation of its own, found {kind.expectation}, that of {other!r}."
            )
        if camel_to_snake(kind.expectation) in known:
            raise DeclarationError(
                f"{place}: expected a new expectation, found {kind.expectation}, which the library has."
            )
        names[kind.expectation] = kind.name
        plans[kind.name] = dict(_namespace(kind, place))
    return MappingProxyType({name: _class(kinds[name].expectation, plan) for name, plan in plans.items()})


def _class(name: str, namespace: dict[str, Any]) -> type[GovernanceExpectation]:
    return new_class(name, (GovernanceExpectation,), exec_body=lambda body: body.update(namespace))


def _namespace(kind: Kind, place: str) -> Iterator[tuple[str, Any]]:
    docstring = sys.modules[kind.parameters.__module__].__doc__ or ""
    if not _KIND_IN_DOCSTRING.match(docstring):
        raise DeclarationError(f'{place}: expected a docstring that begins with "Kind `{kind.name}`: ", found none.')
    sentence = _KIND_IN_DOCSTRING.sub("", docstring).strip()
    types = get_type_hints(kind.parameters)
    annotations: dict[str, Any] = {"kind": ClassVar[str]}
    if kind.places in {Places.COLUMNS, Places.DECLARED_COLUMNS}:
        annotations["column"] = str
    for parameter in fields(kind.parameters):
        if parameter.name in {*GovernanceExpectation.__fields__, *annotations}:
            raise DeclarationError(f"{place}: expected a parameter that no expectation has, found {parameter.name!r}.")
        if types[parameter.name] not in _STORABLE:
            raise DeclarationError(
                f"{place}: expected parameters that JSON can hold ({', '.join(map(_shown, _STORABLE))}), "
                f"found {parameter.name!r} of the type {_shown(types[parameter.name])}."
            )
        annotations[parameter.name] = _STORABLE[types[parameter.name]]
        if parameter.default is not MISSING:
            default = parameter.default
            yield parameter.name, list(default) if isinstance(default, tuple) else default
    yield "kind", kind.name
    yield "__annotations__", annotations
    yield "__doc__", sentence[:1].upper() + sentence[1:]
    yield "__module__", __name__
    yield "Config", type("Config", (), {"title": camel_to_snake(kind.expectation).replace("_", " ").capitalize()})


def _shown(kind: Any) -> str:  # noqa: ANN401  types, and what stands for one
    return kind.__name__ if isinstance(kind, type) and not hasattr(kind, "__args__") else str(kind)


EXPECTATIONS: Final = derive(KINDS)
