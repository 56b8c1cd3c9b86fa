"""Which checks of a plan a violation fires, by the kind of rule and the place, never by a rule's id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from governance.planning.checks import Check, Place, Plan
from governance.policy import REST, Rule


@dataclass(frozen=True, slots=True)
class Fires:
    """Looks checks up in one plan."""

    plan: Plan

    def of_table(self, kind: str, table: str, **parameters: object) -> tuple[str, ...]:
        """The checks on a whole table, or on the tables without a contract.

        With `parameters`, only those of rules with these, such as right="access".
        """
        declared = table in self.plan.policy.tables
        return self._ids(kind, [Place(table if declared else REST)], parameters=parameters)

    def of_column(self, kind: str, table: str, column: str, *, detects: str = "") -> tuple[str, ...]:
        """The checks on a column: its own, else its whole table's, the rest of its table or the rest of the source.

        With `detects`, a rule that lists kinds of values counts only if it lists this one.
        """
        if table in self.plan.policy.tables:
            return self._ids(kind, [Place(table, column), Place(table), Place(table, REST)], detects)
        return self._ids(kind, [Place(REST)], detects)

    def without_place(self, kind: str) -> tuple[str, ...]:
        """The checks that look at no table."""
        return tuple(check.id for check in self.plan.checks if check.rule.kind == kind and check.place is None)

    def detected(self, kind: str) -> tuple[str, ...]:
        """The detection kinds that rules of a kind name, in their order."""
        rules = (rule for rule in self.plan.policy.rules if rule.kind == kind)
        return tuple(dict.fromkeys(name for rule in rules for name in getattr(rule.parameters, "kinds", ())))

    def columns(self, kind: str) -> tuple[tuple[str, str], ...]:
        """The declared columns that have a check of their own, in the plan's order."""
        places = [check.place for check in self.plan.checks if check.rule.kind == kind]
        found = [(p.table, p.column) for p in places if p is not None and p.column not in {"", REST}]
        return tuple(dict.fromkeys(found))

    def _ids(
        self, kind: str, places: list[Place], detects: str = "", parameters: Mapping[str, object] | None = None
    ) -> tuple[str, ...]:
        found = []
        for rule in self.plan.policy.rules:
            if rule.kind == kind and _speaks_of(rule, detects) and _was_given(rule, parameters or {}):
                own = {check.place: check.id for check in self._checks(rule)}
                found += [own[place] for place in places if place in own][:1]
        return tuple(found)

    def _checks(self, rule: Rule) -> Iterator[Check]:
        return (check for check in self.plan.checks if check.rule is rule)


def _speaks_of(rule: Rule, detects: str) -> bool:
    kinds = getattr(rule.parameters, "kinds", ())
    return not detects or not kinds or detects in kinds


def _was_given(rule: Rule, parameters: Mapping[str, object]) -> bool:
    return all(getattr(rule.parameters, name, None) == value for name, value in parameters.items())
