"""A violation speaks to the clauses that it concerns, to no neighbour, and never to nothing without being counted."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from governance.planning.checks import Plan
from governance.policy import REGISTER, Policy, Waiver
from governance.results import Evidence, Reason, Verdict
from governance.rules.attribution import attributed, result
from governance.rules.kinds import KINDS
from governance.rules.scope import Scope
from governance.run import check as run_check
from governance.sources import open_source
from governance.synthetic import Dataset
from tests.conftest import PROJECT
from tests.rules.conftest import TEXT

AS_OF = datetime(2026, 11, 22, tzinfo=UTC)
PERSONAL, USE, VISITS = "personal-data-as-declared/reviews", "purpose-limited/users", "visits-without-personal-data"
PHONE, MAIL = "undeclared_user.contact.phone_number", "undeclared_user.contact.email"
NATIONAL = "undeclared_user.government_id.national_identification_number"
CROSSED, MISSING = "category_not_of_purpose", "purpose_not_of_policy"
USES = [f"KP-2-{n}" for n in range(6)]


def scope_of(policy: Policy) -> Scope:
    return Scope(policy, open_source({"users": pd.DataFrame({"user_id": [1]})}, policy.tables), None, AS_OF)


def found(*problems: tuple[str, int], purposes: tuple[tuple[str, int], ...] = ()) -> Evidence:
    return Evidence(100, violations=sum(n for _, n in problems), problems=problems, purposes=purposes)


def of(plan: Plan, check: str, evidence: Evidence, policy: Policy | None = None) -> tuple[dict[str, int], int]:
    chosen = next(one for one in plan.checks if one.id == check)
    concerns, silent = attributed(chosen, evidence, policy or plan.policy)
    return dict(concerns), silent


@pytest.mark.parametrize(
    ("check", "evidence", "concerns", "silent"),
    [
        ("declared/users", found(("undeclared_column", 2)), {}, 2),
        ("declared/*", found(("undeclared_table", 1)), {}, 1),
        (PERSONAL, found((PHONE, 2), (MAIL, 1)), {"KP-1-1-2": 2, "KP-1-1-3": 1}, 0),
        (PERSONAL, found(("undeclared_user.name", 1)), {"KP-1-1-1": 1}, 0),
        (PERSONAL, found((PHONE, 1), (NATIONAL, 3)), {"KP-1-1-2": 1}, 3),
        (USE, found((MISSING, 1)), {"KP-2-0": 1}, 0),
        (USE, found(("gap_no_purpose", 1), ("gap_undeclared_dataset", 2)), {"KP-2-0": 1}, 2),
        (
            USE,
            found((CROSSED, 2), ("no_grant_in_force", 1), purposes=(("marketing.communications", 3),)),
            {"KP-2-3": 3},
            0,
        ),
        (
            USE,
            found((CROSSED, 2), purposes=(("essential.service.security", 1),)),
            dict.fromkeys(USES, 1) | {"KP-2-5": 2},
            0,
        ),
        (USE, found((CROSSED, 1), purposes=(("of.the.data", 1),)), dict.fromkeys(USES, 1), 0),
        (f"{VISITS}/interactions/page", found(("email_address", 1)), {"KP-1-2-2": 1}, 0),
        (f"{VISITS}/interactions/device", found(("email_address", 1)), {"KP-1-2-1": 1}, 0),
        (f"{VISITS}/shared_analytics/os", found(("email_address", 1)), {"KP-1-2-1": 1}, 0),
        ("visits-unlinkable/interactions", found(("person_key", 1)), {"KP-1-2-1": 1, "KP-1-2-2": 1}, 0),
        ("authorised-access/users/name", found(("role_not_entitled", 1), ("undeclared_place", 4)), {"KP-4-3": 1}, 4),
        ("contracts-kept/users", found(("duplicate_key", 1)), {}, 0),
    ],
)
def test_exactly_the_clauses_that_a_finding_is_about(
    plan: Plan, check: str, evidence: Evidence, concerns: dict[str, int], silent: int
) -> None:
    assert of(plan, check, evidence) == (concerns, silent)


def test_a_purpose_of_nobody_is_silent_where_nobody_reads_the_list_as_closed(plan: Plan) -> None:
    open_list = tuple(
        replace(one, reading=one.reading and replace(one.reading, closed=False)) for one in plan.policy.clauses
    )
    unread = tuple(replace(one, reading=None) for one in plan.policy.clauses)
    for clauses in (open_list, unread):
        assert of(plan, USE, found((MISSING, 3)), replace(plan.policy, clauses=clauses)) == ({}, 3)


def test_the_nearest_category_decides_what_a_value_is_collected_under(plan: Plan) -> None:
    users = plan.policy.tables["users"]
    columns = tuple(replace(c, category="user.contact") if c.name == "email" else c for c in users.columns)
    contracts = tuple(replace(c, columns=columns) if c is users else c for c in plan.policy.contracts)
    assert of(plan, PERSONAL, found((PHONE, 1)), replace(plan.policy, contracts=contracts)) == ({"KP-1-1-2": 1}, 0)


def test_no_violation_of_any_check_speaks_to_nothing(plan: Plan) -> None:
    for check in plan.checks:
        kind = KINDS[check.rule.kind]
        for code in kind.codes(check.rule.parameters, plan.policy.detectors):
            concerns, silent = attributed(check, found((code, 1)), plan.policy)
            assert {name for name, _ in concerns} <= set(check.rule.clauses)
            assert bool(concerns or silent) != (check.rule.apart == REGISTER), (check.id, code)


@pytest.mark.parametrize(
    ("reason", "elsewhere"),
    [(None, Verdict.PASSED), (Reason.INCOMPLETE, Verdict.NOT_EVALUATED), (Reason.TOO_LARGE, Verdict.ERROR)],
)
def test_the_other_clauses_hold_only_as_far_as_something_was_proven(
    plan: Plan, reason: Reason | None, elsewhere: Verdict
) -> None:
    check = next(one for one in plan.checks if one.id == PERSONAL)
    one = result(check, replace(found((PHONE, 1)), unproven=reason), scope_of(plan.policy))
    assert one.concerned == ("KP-1-1-2",)
    assert (one.on("KP-1-1-1"), one.on("KP-1-1-2")) == (elsewhere, one.verdict)
    assert one.verdict is (Verdict.ERROR if reason is Reason.TOO_LARGE else Verdict.FAILED)


def test_the_other_clauses_of_a_rule_that_nobody_reviewed_are_not_evaluated(plan: Plan) -> None:
    check = next(one for one in plan.checks if one.id == PERSONAL)
    one = result(check, found((PHONE, 1)), scope_of(replace(plan.policy, reviews=())))
    assert (one.on("KP-1-1-1"), one.on("KP-1-1-2")) == (Verdict.NOT_EVALUATED, Verdict.FAILED)


def test_a_waiver_speaks_to_the_clauses_that_it_excuses(plan: Plan) -> None:
    check = next(one for one in plan.checks if one.id == PERSONAL)
    waiver = Waiver(PERSONAL, "A", TEXT, "2026-11-01", "2026-12-01", "waivers.yaml", 1, count=1)
    one = result(check, found((PHONE, 1)), scope_of(replace(plan.policy, waivers=(waiver,))))
    assert (one.on("KP-1-1-1"), one.on("KP-1-1-2")) == (Verdict.PASSED, Verdict.WAIVED)


def undeclared_column(folder: Path) -> None:
    _write(folder, "users", lambda table: table.append_column("segment", pa.array(["a"] * table.num_rows)))


def number_elsewhere(folder: Path) -> None:
    _write(folder, "books", lambda table: _first(table, "title", "09121234567"))


def foreign_category(folder: Path) -> None:
    """Somebody who reads names for support reads one to improve the service, which needs none."""

    def crossed(table: pa.Table) -> pa.Table:
        mask = pc.and_(pc.equal(table["table_name"], "users"), pc.equal(table["column_name"], "name"))
        at = mask.to_pylist().index(True)
        purposes = table["purpose"].to_pylist()
        purposes[at] = "functional.service.improve"
        return table.set_column(table.column_names.index("purpose"), "purpose", pa.array(purposes))

    _write(folder, "access_events", crossed)


def strange_purpose(folder: Path) -> None:
    _write(folder, "access_events", lambda table: _first(table, "purpose", "train_ai_system"))


def _first(table: pa.Table, column: str, value: str) -> pa.Table:
    values = [value, *table[column].to_pylist()[1:]]
    return table.set_column(table.column_names.index(column), column, pa.array(values))


def _write(folder: Path, table: str, change: Callable[[pa.Table], pa.Table]) -> None:
    path = folder / f"{table}.parquet"
    pq.write_table(change(pq.read_table(path)), path)


@pytest.mark.parametrize(
    ("edit", "touched", "silent"),
    [
        (undeclared_column, (), 1),
        (number_elsewhere, ("KP-1-1-2",), 0),
        (foreign_category, ("KP-2-2",), 0),
        (strange_purpose, ("KP-2-0",), 0),
    ],
)
def test_one_edit_of_a_clean_world_touches_one_clause(
    clean_world: Dataset, tmp_path: Path, edit: Callable[[Path], None], touched: tuple[str, ...], silent: int
) -> None:
    data = tmp_path / "data"
    shutil.copytree(clean_world.data, data)
    edit(data)
    rules = ("declared", "personal-data-as-declared", "purpose-limited")
    run = run_check(data, keys=clean_world.keys, project=PROJECT, select=rules)
    assert (run.touched, run.silent, len(run.broken_rules)) == (touched, silent, 1)
    assert run.exit_code == 1
    held = [clause.id for clause in run.policy.clauses if run.of_clause(clause.id) and clause.id not in touched]
    assert {run.clause_verdict(clause) for clause in held} == {Verdict.PASSED}
