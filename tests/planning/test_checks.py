"""Policy to checks: exactly those that the rules ask for, whatever the data holds."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.errors import UsageError
from governance.planning.checks import Check, Place, Plan, plan
from governance.policy import (
    Classification,
    Clause,
    Column,
    Contract,
    Policy,
    Published,
    Rule,
    Section,
    Severity,
    Text,
    Where,
)

INTERNAL, RESTRICTED = Classification.INTERNAL, Classification.RESTRICTED
NOTHING = Text("هیچ", "nothing")
BANK_TYPES = {"string", "integer", "number", "object", "array"}


@dataclass(frozen=True)
class AnyKind:
    kind: str = "any"


def column(name: str, logical_type: str = "string", classification: Classification = INTERNAL) -> Column:
    return Column(name, name, logical_type, "user", classification, "operations")


def contract(table: str, *columns: Column) -> Contract:
    return Contract(table, table, columns, ("id",), (), "", "")


USERS = contract("users", column("id", "integer"), column("mobile", "string", RESTRICTED), column("born", "date"))
BOOKS = contract("books", column("id", "integer"), column("title"))


def rule(name: str, where: Where, *clauses: str) -> Rule:
    return Rule(name, clauses or ("P-1",), Severity.INFO, NOTHING, NOTHING, NOTHING, where, AnyKind(), "policy.yaml", 1)


def policy_of(*rules: Rule, contracts: tuple[Contract, ...] = (BOOKS, USERS)) -> Policy:
    clauses = (Clause("P-1", "1", NOTHING, ""), Clause("P-2", "2", NOTHING, ""), Clause("P-3", "1", NOTHING, ""))
    sections = (Section("1", NOTHING), Section("2", NOTHING))
    return Policy("p", "1", NOTHING, Published("", "", "", ""), sections, clauses, rules, contracts, (), "")


def ids(where: Where) -> list[str]:
    return [check.id for check in plan(policy_of(rule("r", where))).checks]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (Where(), ["r/books", "r/users"]),
        (Where(tables=("users",)), ["r/users"]),
        (Where(undeclared=True), ["r/books", "r/users", "r/*"]),
        (Where(columns=True), ["r/books/id", "r/books/title", "r/users/id", "r/users/mobile", "r/users/born"]),
        (
            Where(columns=True, undeclared=True, types=("string",)),
            ["r/books/title", "r/books/*", "r/users/mobile", "r/users/*", "r/*"],
        ),
        (Where(columns=True, classifications=(RESTRICTED,)), ["r/users/mobile"]),
        (Where(columns=True, classifications=(RESTRICTED,), types=("date",)), ["r/-"]),
        (Where(columns=True, names=("id",)), ["r/books/id", "r/users/id"]),
        (Where(columns=True, names=("id",), tables=("books",)), ["r/books/id"]),
        (Where(columns=True, names=("mobile",), tables=("books",)), ["r/-"]),
        (Where(columns=True, names=("mobile",), tables=("books",), undeclared=True), ["r/books/*"]),
        (Where(tables=("nowhere",)), ["r/-"]),
        (Where(tables=("nowhere",), undeclared=True), ["r/-"]),
    ],
)
def test_a_rule_becomes_a_check_for_each_place_it_speaks_of(where: Where, expected: list[str]) -> None:
    assert ids(where) == expected


def test_a_rule_that_matches_nothing_keeps_a_check_without_a_place() -> None:
    (check,) = plan(policy_of(rule("r", Where(columns=True)), contracts=())).checks
    assert check.place is None
    assert check.contract is None
    assert check.id == "r/-"


def test_the_rest_knows_what_the_other_checks_take() -> None:
    checks = {check.id: check for check in plan(policy_of(rule("r", Where(columns=True, undeclared=True)))).checks}
    assert checks["r/users/*"].covered == {"id", "mobile", "born"}
    assert checks["r/*"].covered == {"books", "users"}
    assert checks["r/*"].contract is None
    narrow = plan(policy_of(rule("r", Where(columns=True, undeclared=True, types=("date",))))).checks
    assert {check.id: check.covered for check in narrow}["r/users/*"] == {"born"}


def test_a_policy_without_rules_has_an_empty_plan() -> None:
    assert plan(policy_of()).checks == ()


@given(
    st.lists(
        st.builds(
            Where,
            tables=st.sampled_from([(), ("users",), ("books",), ("books", "users")]),
            columns=st.booleans(),
            names=st.sampled_from([(), ("id",), ("mobile", "title")]),
            types=st.sampled_from([(), ("string",), ("date", "integer")]),
            classifications=st.sampled_from([(), (RESTRICTED,), (INTERNAL, RESTRICTED)]),
            undeclared=st.booleans(),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_ids_are_unique_and_no_rule_is_without_a_check(wheres: list[Where]) -> None:
    planned = plan(policy_of(*(rule(f"r{i}", where) for i, where in enumerate(wheres)))).checks
    names = [check.id for check in planned]
    assert len(set(names)) == len(names)
    assert [name for i in range(len(wheres)) for name in [f"r{i}"]] == list(
        dict.fromkeys(check.rule.id for check in planned)
    )


def expected_ids(policy: Policy) -> list[str]:
    """The plan of the policy's rules on columns, spelt out."""
    tables = policy.contracts
    found = [f"declared/{table.table}" for table in tables] + ["declared/*"]
    for table in tables:
        found += [f"no-bank-data/{table.table}/{c.name}" for c in table.columns if c.logical_type in BANK_TYPES]
        found.append(f"no-bank-data/{table.table}/*")
    found.append("no-bank-data/*")
    sealed = ("shared_email/email", "shared_sms/mobile", "users/mobile", "users/email")
    found += [f"restricted-encrypted/{place}" for place in sealed]
    for table in tables:
        guarded = (Classification.CONFIDENTIAL, RESTRICTED)
        found += [f"authorised-access/{table.table}/{c.name}" for c in table.columns if c.classification in guarded]
        found.append(f"authorised-access/{table.table}/*")
    found.append("authorised-access/*")
    found += [f"personal-data-as-declared/{table.table}" for table in tables] + ["personal-data-as-declared/*"]
    for visits in ("interactions", "shared_analytics"):
        texts = [c.name for c in policy.tables[visits].columns if c.logical_type == "string"]
        found += [f"visits-without-personal-data/{visits}/{name}" for name in (*texts, "*")]
    return [*found, "changes-announced/announcements", "security-attested/-"]


def test_the_projects_policy_asks_for_exactly_these_checks(plan: Plan) -> None:
    names = [check.id for check in plan.checks]
    expected = expected_ids(plan.policy)
    rules = {name.split("/")[0] for name in expected}
    assert [name for name in names if name.split("/")[0] in rules] == expected
    assert len(set(names)) == len(names)


def test_planning_twice_is_the_same(policy: Policy) -> None:
    assert plan(policy) == plan(policy)


SELECTABLE = plan(
    policy_of(
        rule("first", Where(tables=("users",)), "P-1"),
        rule("second", Where(tables=("books", "users")), "P-2", "P-1"),
    )
)


def selected(*names: str) -> list[str]:
    return [check.id for check in SELECTABLE.select(names)]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((), ["first/users", "second/books", "second/users"]),
        (("1",), ["first/users", "second/books", "second/users"]),
        (("2",), ["second/books", "second/users"]),
        (("P-1",), ["first/users", "second/books", "second/users"]),
        (("P-2",), ["second/books", "second/users"]),
        (("first",), ["first/users"]),
        (("second/users",), ["second/users"]),
        (("second/users", "first"), ["first/users", "second/users"]),
        (("second", "second/users"), ["second/books", "second/users"]),
    ],
)
def test_checks_are_chosen_by_section_clause_rule_or_id_in_the_plans_order(
    names: tuple[str, ...], expected: list[str]
) -> None:
    assert selected(*names) == expected


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("P-12", "found 'P-12'; did you mean 'P-2'?"),
        ("frist", "found 'frist'; did you mean 'first'?"),
        ("second/user", "found 'second/user'; did you mean 'second/users'?"),
        ("9", "found '9'."),
        ("", "found ''."),
        ("users", "found 'users'; did you mean 'first/users'?"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest_spelling(name: str, found: str) -> None:
    with pytest.raises(UsageError) as caught:
        selected("first", name)
    assert str(caught.value).startswith(f"Expected a section, clause, rule or check of the policy, {found.rstrip('.')}")


def test_a_name_that_no_check_belongs_to_is_not_passed_over() -> None:
    with pytest.raises(UsageError, match=r"^P-3: expected a rule of the policy that serves it, found none\.$"):
        selected("first", "P-3")


def test_places_are_written_as_paths() -> None:
    assert str(Place("users", "mobile")) == "users/mobile"
    assert str(Place("users")) == "users"
    check = SELECTABLE.checks[0]
    assert replace(check, place=Place("*")).id == "first/*"
    assert Check(check.rule, None).id == "first/-"
