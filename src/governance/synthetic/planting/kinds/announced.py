"""Plants announcements without a change of the policy, and changes without an announcement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from governance.planning.checks import Plan
from governance.policy import Policy, Version
from governance.synthetic.additions import Row
from governance.synthetic.company.world import World
from governance.synthetic.planting.company import new_row
from governance.synthetic.planting.planter import KindPlanter, Planter, SpoiledCell, Violation

_KIND = "announced"
_OTHER_TEXT = "0" * 64  # the fingerprint of no text
_LONG = timedelta(days=90)
_NOTICE = timedelta(days=14)  # that the company gives, at eight in the morning


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Announcements without a change, and registers with changes that were not announced."""
    del world
    policy = plan.policy
    tables = [c.place.table for c in plan.checks if c.rule.kind == _KIND and c.place]
    changes = _changed(policy)
    if not tables or not changes:
        return
    (table,) = tables[:1]
    same = next(clause for clause in policy.history[-1].clauses if clause not in changes)
    forms: dict[str, Callable[[Row], None]] = {
        "announcement of a version that there is not": lambda row: row.update(policy_version="99"),
        "announcement of a version in other words": lambda row: row.update(policy_version=f"v{row['policy_version']}"),
        "announcement that names no clause": lambda row: row.update(clauses=[]),
        "announcement without a date": lambda row: row.update(published_at=None),
        "announcement of a change that was not made": lambda row: row.update(clauses=[*row["clauses"], same]),
    }
    for form, change in forms.items():
        yield Violation(_KIND, form, partial(_row, form=form, table=table, change=change))
    registers: dict[str, tuple[Callable[[Policy], Policy], Sequence[str]]] = {
        "change that nobody announced": (partial(_more_changed, clause=same), [same]),
        "text that no version records": (partial(_never_recorded, clause=same), [same]),
        "change announced after it took effect": (partial(_in_effect_before, by=_LONG), changes),
        "change announced on the day of its effect": (partial(_in_effect_before, by=_NOTICE), changes),
    }
    for form, (amend, clauses) in registers.items():
        yield Violation(_KIND, form, partial(_register, form=form, table=table, clauses=clauses), amend)


def _changed(policy: Policy) -> list[str]:
    if not policy.history[1:]:
        return []
    before, after = (version.clauses for version in policy.history[-2:])
    return [clause for clause in sorted({*before, *after}) if before.get(clause) != after.get(clause)]


def _row(planter: Planter, *, form: str, table: str, change: Callable[[Row], None]) -> None:
    row = new_row(planter, table)
    change(row)
    planter.record(form, table, "", planter.key(table, row), planter.fires.of_table(_KIND, table))


def _register(planter: Planter, *, form: str, table: str, clauses: Sequence[str]) -> None:
    """No row is wrong; clauses violate, each recorded in place of a column."""
    for clause in clauses:
        planter.record(form, table, clause, None, planter.fires.of_table(_KIND, table))


def _more_changed(policy: Policy, clause: str) -> Policy:
    """The previous version had another text of a clause, so that the last one changed it."""
    before, last = policy.history[-2:]
    return replace(policy, history=(*policy.history[:-2], _with(before, clause), last))


def _never_recorded(policy: Policy, clause: str) -> Policy:
    """In every version a clause has another text than in the policy."""
    return replace(policy, history=tuple(_with(version, clause) for version in policy.history))


def _with(version: Version, clause: str) -> Version:
    return replace(version, clauses={**version.clauses, clause: _OTHER_TEXT})


def _in_effect_before(policy: Policy, by: timedelta) -> Policy:
    """The last version took effect so much earlier than it was announced for."""
    last = policy.history[-1]
    earlier = replace(last, effective=(date.fromisoformat(last.effective) - by).isoformat())
    return replace(policy, history=(*policy.history[:-1], earlier))


def _spoiled(planter: Planter, cell: SpoiledCell) -> tuple[str, ...]:
    named = cell.table == "announcements" and cell.column in {"policy_version", "clauses"}
    return planter.fires.of_table(_KIND, cell.table) if named else ()


PLANTER = KindPlanter(violations, _spoiled)
