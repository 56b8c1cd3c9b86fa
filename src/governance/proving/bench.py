"""A small clean world in memory, to plant one violation and see which checks it fires."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from governance.inputs import RECIPE, load_policy
from governance.planning.checks import Check, Plan, plan
from governance.policy import REST, Policy
from governance.reports.facts.proof import Fired, Planted
from governance.results import Evidence, Reason, Verdict
from governance.rules.evaluation import evaluate, judge
from governance.rules.kinds import KINDS
from governance.rules.scope import Scope
from governance.sources import open_source
from governance.synthetic import Ledger, load_recipe
from governance.synthetic.additions import Additions
from governance.synthetic.blocks import blocks
from governance.synthetic.company.world import World
from governance.synthetic.generate import LEAST_ROWS
from governance.synthetic.planting import Violation, plant, violations

USERS = LEAST_ROWS
_DOUBTS = frozenset({Reason.MISTYPED, Reason.UNKNOWN_VALUE})


@dataclass(frozen=True)
class Bench:
    """The clean world of a project's policy, made once and evaluated once."""

    policy: Policy
    world: World

    @classmethod
    def of(cls, project: Path) -> Bench:
        """The smallest world in which every check has enough data."""
        policy, recipe = load_policy(project), load_recipe(project / RECIPE)
        return cls(policy, World.of(policy, recipe, seed=recipe.seed, users=USERS))

    @cached_property
    def plan(self) -> Plan:
        return plan(self.policy)

    @cached_property
    def violations(self) -> tuple[Violation, ...]:
        return violations(self.plan, self.world)

    @cached_property
    def base(self) -> Mapping[str, list[pa.Table]]:
        """The blocks of every table."""
        return {contract.table: list(blocks(self.world, contract, None)) for contract in self.world.contracts}

    @cached_property
    def clean(self) -> Mapping[str, Evidence]:
        """The evidence of every check without any violation planted."""
        return self._evaluate(self.plan, self.plan.checks, Additions())

    def try_alone(self, violation: Violation) -> Planted:
        """Plant one violation, and compare the checks that fire with its ledger."""
        planned = self.plan if violation.amend is None else plan(violation.amend(self.policy))
        additions = plant(planned, self.world, [violation])
        changed = {*additions.rows, *additions.columns, *additions.tables}
        again = [check for check in planned.checks if violation.amend or _may_differ(check, changed, planned.policy)]
        evidence = {**self.clean, **self._evaluate(planned, again, additions)}
        found = expected_of(additions), fired_of(planned, evidence)
        return Planted(violation.kind, violation.form, *found, problems_of(planned, evidence))

    def tables(self, additions: Additions) -> dict[str, pa.Table]:
        """The world with its additions."""
        whole = {
            table: pa.concat_tables(additions.extend(table, iter(parts), self.world.sizes[table], self.world.seed))
            for table, parts in self.base.items()
        }
        return whole | additions.tables

    def scope(self, planned: Plan, tables: Mapping[str, pa.Table]) -> Scope:
        """The scope of the checks, with the world's keys, at the end of its period."""
        source = open_source(tables, planned.policy.tables, among=planned.policy.detectors)
        return Scope(planned.policy, source, self.world.keys, self.world.recipe.as_of)

    def _evaluate(self, planned: Plan, checks: Iterable[Check], additions: Additions) -> dict[str, Evidence]:
        scope = self.scope(planned, self.tables(additions))
        by_table: defaultdict[str, list[Check]] = defaultdict(list)
        for check in checks:
            by_table[check.place.table if check.place else REST].append(check)
        try:
            return {name: seen for table, own in by_table.items() for name, seen in evaluate(table, own, scope).items()}
        finally:
            scope.source.close()


def expected_of(additions: Additions) -> Fired:
    """The checks that must fire, with their counts."""
    ledger = Ledger("", 0, tuple(additions.entries))
    return tuple((check, len(things)) for check, things in ledger.fired().items())


def fired_of(planned: Plan, evidence: Mapping[str, Evidence]) -> Fired:
    """The checks that did fire, with their violations; 1 for a check that could not be evaluated.

    A cell that breaks its contract leaves in doubt whatever reads it: what fires is the check of the contract.
    """
    found: dict[str, int] = {}
    doubted: dict[str, int] = {}
    broken = False
    for check in planned.checks:
        seen = evidence[check.id]
        verdict, reason = judge(check, seen, planned.policy)
        if verdict is Verdict.FAILED:
            found[check.id] = seen.violations
            broken = broken or KINDS[check.rule.kind].of_register
        elif verdict in {Verdict.ERROR, Verdict.NOT_EVALUATED}:
            (doubted if reason in _DOUBTS else found)[check.id] = 1
    return tuple(sorted((found if broken else {**found, **doubted}).items()))


def problems_of(planned: Plan, evidence: Mapping[str, Evidence]) -> tuple[tuple[str, str], ...]:
    """The problems that were found, by rule kind and code."""
    found = {(check.rule.kind, code) for check in planned.checks for code, _ in evidence[check.id].problems}
    return tuple(sorted(found))


def _may_differ(check: Check, changed: Collection[str], policy: Policy) -> bool:
    """Whether a violation planted in these tables can affect a check."""
    place = check.place
    if place is None or place.table in {REST, *changed}:
        return True
    others = KINDS[check.rule.kind].besides(check.rule.parameters, policy)
    return others is None or not set(others).isdisjoint(changed)
