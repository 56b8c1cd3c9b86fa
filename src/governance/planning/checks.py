"""Compiles a policy to checks, without the data, so that the plan is fixed before any data is read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from governance.errors import PolicyError, Problem, UsageError, but_found, near
from governance.policy import APART, REST, Column, Contract, Policy, Rule, Where
from governance.results import Reason


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a check: a column, a table, or with `*` the columns or tables that the rule's other checks leave."""

    table: str
    column: str = ""

    def __str__(self) -> str:
        return f"{self.table}/{self.column}" if self.column else self.table


@dataclass(frozen=True, slots=True)
class Check:
    """One rule on one place; `place` is None for a rule about no table, and for one that matches nothing.

    `covered` are the columns, or tables, that the rule's other checks examine, for a check of the rest.
    """

    rule: Rule
    place: Place | None
    contract: Contract | None = None
    covered: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        return f"{self.rule.id}/{self.place}" if self.place else f"{self.rule.id}/-"


@dataclass(frozen=True, slots=True)
class Plan:
    """Every check of a policy, in the order of its rules and contracts."""

    policy: Policy
    checks: tuple[Check, ...]

    def select(self, names: Collection[str]) -> tuple[Check, ...]:
        """The checks of sections, clauses, rules or checks by id, or of a place apart; all for no names.

        UsageError for a name that is unknown or has no check.
        """
        if not names:
            return self.checks
        chosen: set[str] = set()
        section_of = {clause.id: clause.section for clause in self.policy.clauses}
        known = [*(section.id for section in self.policy.sections), *section_of, *APART]
        known += [rule.id for rule in self.policy.rules] + [check.id for check in self.checks]
        called: dict[str, set[str]] = {}
        for check in self.checks:
            clauses = check.rule.clauses
            called[check.id] = {
                check.id,
                check.rule.id,
                *(clauses or [check.rule.apart]),
                *(section_of[one] for one in clauses),
            }
        for name in names:
            if name not in known:
                raise UsageError(f"Expected a section, clause, rule or check of the policy, {but_found(name, known)}")
            found = {check for check, own in called.items() if name in own}
            if not found:
                raise UsageError(f"{name}: expected a rule of the policy that serves it, found none.")
            chosen |= found
        return tuple(check for check in self.checks if check.id in chosen)


def plan(policy: Policy) -> Plan:
    """The checks of a policy; a rule that matches no place keeps one check without a place, which never passes.

    PolicyError for a waiver of an unknown check or rule, or by count of a whole rule or of rows that a key names.
    """
    if not isinstance(policy, Policy):
        found = f"a value of the type {type(policy).__name__}"  # type: ignore[unreachable]  # callers may ignore it
        raise UsageError(f"expected a policy, as `load_policy` reads it, found {found}.", argument="policy")
    checks = [check for rule in policy.rules for check in _checks(rule, policy.contracts)]
    known = [*(rule.id for rule in policy.rules), *(check.id for check in checks)]
    unknown = [
        Problem(w.file, w.line, "scope", "a check or a rule of the plan", repr(w.scope), near(w.scope, known))
        for w in policy.waivers
        if w.scope not in known
    ]
    unknown += [
        Problem(
            w.file, w.line, "count", "the `references` of a waiver of a whole rule, or a check as its scope", "a count"
        )
        for w in policy.waivers
        if w.count and w.scope in {rule.id for rule in policy.rules}
    ]
    tables = {check.id: keyed_by(check, policy) for check in checks}
    unknown += [
        Problem(
            w.file,
            w.line,
            "count",
            f"the `references` of rows, as {tables[w.scope]} has a primary key and `governance waive` writes them",
            "a count, which would also excuse rows that fail later",
        )
        for w in policy.waivers
        if w.count and tables.get(w.scope)
    ]
    if unknown:
        raise PolicyError(unknown)
    return Plan(policy, tuple(checks))


def keyed_by(check: Check, policy: Policy) -> str:
    """The table whose primary key names what a check finds, "" if it finds columns, tables or rows without a key."""
    found_in = {"rows": check.contract, "events": policy.tables.get(policy.register.accesses)}.get(check.rule.unit)
    return found_in.table if found_in is not None and found_in.key else ""


def stale(rule: Rule, policy: Policy, clause: str = "") -> Reason | None:
    """Why a rule is stale: a clause changed since its review, or the rule was never reviewed."""
    prints = {known.id: known.fingerprint for known in policy.clauses if clause in {"", known.id}}
    reviewed = {review.clause: review.fingerprint for review in policy.reviews if review.rule == rule.id}
    found = [(reviewed.get(name, ""), prints[name]) for name in rule.clauses if name in prints]
    if any(old not in {"", new} for old, new in found):
        return Reason.STALE
    return Reason.NOT_REVIEWED if any(old == "" for old, _ in found) else None


def _checks(rule: Rule, contracts: Iterable[Contract]) -> list[Check]:
    where = rule.where
    if where.nowhere:
        return [Check(rule, None)]
    tables = [contract for contract in contracts if not where.tables or contract.table in where.tables]
    checks: list[Check] = []
    for contract in tables:
        if not where.columns:
            checks.append(Check(rule, Place(contract.table), contract))
            continue
        names = [column.name for column in contract.columns if _matches(column, where)]
        checks += [Check(rule, Place(contract.table, name), contract) for name in names]
        if where.undeclared:
            checks.append(Check(rule, Place(contract.table, REST), contract, frozenset(names)))
    # A rule about columns of some tables does not concern other tables; a rule about whole tables needs them all.
    if where.undeclared and checks and not (where.tables and where.columns):
        checks.append(Check(rule, Place(REST), covered=frozenset(contract.table for contract in tables)))
    return checks or [Check(rule, None)]


def _matches(column: Column, where: Where) -> bool:
    return (
        (not where.names or column.name in where.names)
        and (not where.types or column.logical_type in where.types)
        and (not where.classifications or column.classification in where.classifications)
    )
