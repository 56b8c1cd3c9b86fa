"""The policy and the source as a run stores them, readable without the policy files and the data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from governance.policy import Parameters, Policy, PolicyDocument, RuleWords


@dataclass(frozen=True, slots=True)
class RuleText(RuleWords):
    """A rule as pages show it; `limits` are its parameters as text.

    `expectation` is the name of the class in Great Expectations that the rule's kind had when the run was made.
    """

    kind: str
    place: str
    limits: tuple[tuple[str, str], ...] = ()
    expectation: str = ""


@dataclass(frozen=True, slots=True)
class PolicyText(PolicyDocument[RuleText]):
    """The policy as a run stores it, readable without the policy files.

    References, places and reviews of rules are left out; `unsought` are the kinds of data that no rule looks for,
    `unreached` the clauses that no finding can speak to.
    """

    unsought: tuple[str, ...] = ()
    unreached: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        policy: Policy,
        limits: Callable[[Parameters], tuple[tuple[str, str], ...]],
        expectations: Mapping[str, str],
    ) -> PolicyText:
        """The text of a policy; `limits` turns parameters into text, `expectations` are names by kind."""
        rules = tuple(
            RuleText(
                **_shared(RuleWords, rule),
                kind=rule.kind,
                place=f"{rule.file}:{rule.line}",
                limits=limits(rule.parameters),
                expectation=expectations[rule.kind],
            )
            for rule in policy.rules
        )
        return cls(**_shared(PolicyDocument, policy) | {"rules": rules})


def _shared(base: type[PolicyDocument[Any] | RuleWords], value: object) -> dict[str, Any]:
    """The fields of a base class by name."""
    return {field.name: getattr(value, field.name) for field in fields(base)}


@dataclass(frozen=True, slots=True)
class Period:
    """The first and the last day, in UTC, on which something happened; years may be beyond what `datetime` holds."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class TableText:
    """A table that was read; `period` is what its event times span, None without any.

    A flipped bit in an `unchecked` one may go unnoticed, as pages of it have no checksum.
    """

    name: str
    rows: int
    columns: int
    declared: bool
    period: Period | None = None
    unchecked: bool = False


@dataclass(frozen=True, slots=True)
class SourceText:
    """The source of the data; `name` is a folder's name or a database's, never an address with credentials."""

    kind: str
    name: str
    engine: str
    tables: tuple[TableText, ...]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    @property
    def period(self) -> Period | None:
        """The period of all tables, None where none has a time."""
        found = [table.period for table in self.tables if table.period]
        if not found:
            return None
        return Period(min((one.first for one in found), key=day_order), max((one.last for one in found), key=day_order))


def day_order(text: str) -> tuple[int, str]:
    """Sorts days whose years may have any number of digits, or a sign."""
    year, month, day = text.rsplit("-", 2)
    return int(year), f"{month}-{day}"
