"""A rule about the register serves no clause; every other rule serves at least one."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest

from governance.planning.checks import plan
from governance.planning.coverage import gaps
from governance.planning.drift import review, status
from governance.results import Evidence, Reason, Verdict
from governance.rules.scope import Scope
from governance.rules.settlement import holds, settle
from governance.sources import open_source

from .folder import Folder

KEPT = "  contracts-kept:\n    kind: constrained\n"


def test_it_is_read_without_clauses(folder: Folder) -> None:
    rule = next(rule for rule in folder.load().rules if rule.id == "contracts-kept")
    assert rule.clauses == ()
    assert rule.line


def test_clauses_of_one_are_refused(folder: Folder) -> None:
    line = folder.change("policy.yaml", KEPT, f"{KEPT}    clauses: [KP-4-3]\n")
    (problem,) = folder.problems()
    assert problem.startswith(f"policy.yaml:{line + 2}: rules.contracts-kept.clauses: expected one of the keys kind, ")
    assert problem.endswith("found the key 'clauses'")


@pytest.mark.parametrize("kind", ["classified", "constrainde"])
def test_without_clauses_no_other_kind_is_accepted(folder: Folder, kind: str) -> None:
    folder.change("policy.yaml", KEPT, f"  contracts-kept:\n    kind: {kind}\n")
    assert any("rules.contracts-kept: expected the key 'clauses', found none" in told for told in folder.problems())


@pytest.mark.parametrize("where", ["{tables: all, columns: all}", "{tables: all, undeclared: true}", "{tables: none}"])
def test_it_looks_at_declared_tables(folder: Folder, where: str) -> None:
    text = folder.text("policy.yaml")
    at = text.index(KEPT)
    folder.write("policy.yaml", text[:at] + text[at:].replace("{tables: all}", where, 1))
    (problem,) = folder.problems()
    assert "expected a rule about declared tables, without `columns` and `undeclared`" in problem


def test_nobody_has_to_review_it(folder: Folder) -> None:
    folder.write("reviews.yaml", "reviews: []\n")
    policy = folder.load()
    planned = plan(policy)
    assert not any("contracts-kept" in gap.subject for gap in gaps(planned))
    checks = {check.id: check for check in planned.checks}
    as_of, fine = datetime(2026, 11, 22, tzinfo=UTC), Evidence(5)
    scope = Scope(policy, open_source({"users": pd.DataFrame({"user_id": [1]})}, policy.tables), None, as_of)
    assert holds(settle(checks["contracts-kept/users"], fine, scope).verdict)
    assert settle(checks["never-sold/transfers"], fine, scope)[:2] == (Verdict.NOT_EVALUATED, Reason.NOT_REVIEWED)
    assert "contracts-kept" not in {suspect.rule for suspect in status(planned, as_of).suspects}
    made = review(policy, folder.path, [clause.id for clause in policy.clauses], by="A", on="2026-11-22")
    assert "contracts-kept" not in {known.rule for known in made}


def test_it_is_selected_by_the_name_of_the_register_and_serves_no_clause(folder: Folder) -> None:
    planned = plan(folder.load())
    chosen = planned.select(["register"])
    assert {check.rule.id for check in chosen} == {"contracts-kept"}
    assert {check.contract.table for check in chosen if check.contract} == set(planned.policy.tables)
    for clause in planned.policy.clauses:
        assert not set(chosen) & set(planned.select([clause.id]))


def test_a_rule_about_silent_data_serves_a_clause_only_if_it_says_so(folder: Folder) -> None:
    rule = next(rule for rule in folder.load().rules if rule.id == "declared")
    assert (rule.clauses, rule.apart) == ((), "silent")
    folder.change("policy.yaml", "    kind: declared\n", "    kind: declared\n    clauses: [KP-1-1-1]\n")
    told = next(rule for rule in folder.load().rules if rule.id == "declared")
    assert (told.clauses, told.apart) == (("KP-1-1-1",), "")


@pytest.mark.parametrize("name", ["register", "silent"])
def test_no_rule_is_called_like_a_place_apart(folder: Folder, name: str) -> None:
    folder.change("policy.yaml", "\n  no-bank-data:\n", f"\n  {name}:\n")
    assert any(f"another id than `{name}`" in told for told in folder.problems())


def test_a_reading_names_who_reads_and_why(folder: Folder) -> None:
    clause = next(one for one in folder.load().clauses if one.id == "KP-2-0")
    assert clause.reading is not None
    assert (clause.reading.closed, bool(clause.reading.by), bool(clause.reading.reason.en)) == (True, True, True)
    assert [one.id for one in folder.load().clauses if one.reading] == ["KP-2-0"]
    line = folder.change("policy.yaml", "      closed: true\n", "")
    (problem,) = folder.problems()
    assert problem == f"policy.yaml:{line - 1}: clauses.KP-2-0.reading: expected the key 'closed', found none"
