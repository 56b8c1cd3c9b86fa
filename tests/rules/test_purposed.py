"""Kind `purposed`: a purpose counts only where policy, column and a role then held all allow it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from governance.policy import Classification, Policy, Purpose, Role, Where
from governance.results import Evidence, Reason, RowReference, Verdict
from governance.rules.kinds.purposed import Purposed
from tests.rules.conftest import AS_OF, EVENTS, GRANTS, KEYS, TEXT, USERS, Seen, column, contract, policy, rule, users

T = datetime(2025, 12, 10, 12, tzinfo=UTC)
DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
SUPPORT = "essential.service.operations.support"
PEOPLE = contract("users", *(replace(c, purposes=("essential.service",)) for c in USERS.columns))
READS = contract("events", *EVENTS.columns, column("purpose"))
PURPOSES = (
    Purpose("essential.service", "", (), TEXT, ("user.name",)),
    Purpose("functional.service.improve", "", (), TEXT, ("user.behavior",)),
    Purpose("essential.fraud_detection", "", (), TEXT, ("user",)),
)
ROLES = (
    Role("clerk", TEXT, ("user.name",), TEXT, purposes=("essential.service.operations",)),
    Role("analyst", TEXT, ("user",), TEXT, purposes=("functional", "essential.fraud_detection")),
)
Row = dict[str, Any]


def made(*contracts: Any) -> Policy:
    rules = (rule("use", Purposed(), Where(undeclared=True)),)
    return replace(policy(*(contracts or (PEOPLE, READS, GRANTS)), rules=rules), roles=ROLES, purposes=PURPOSES)


def event(**changes: Any) -> Row:
    place = {"table_name": "users", "column_name": "name"}
    return {"event": "e1", "actor_id": "a", **place, "occurred_at": T, "purpose": SUPPORT} | changes


def grant(**changes: Any) -> Row:
    return {"grant": "g1", "actor_id": "a", "role": "clerk", "valid_from": T - DAY, "valid_until": T + DAY} | changes


def tables(events: list[Row], grants: list[Row]) -> dict[str, pa.Table]:
    times = {"occurred_at", "valid_from", "valid_until"}

    def table(rows: list[Row], like: Row) -> pa.Table:
        kinds = {name: pa.timestamp("us", "UTC") if name in times else pa.string() for name in like}
        return pa.table({name: pa.array([row[name] for row in rows], kind) for name, kind in kinds.items()})

    return {**users(["x"]), "events": table(events, event()), "grants": table(grants, grant())}


def judged(events: list[Row], grants: list[Row], check: str = "use/users") -> Evidence:
    return Seen(tables(events, grants), made())[check]


@pytest.mark.parametrize("purpose", [SUPPORT, "essential.service.operations"])
def test_a_purpose_below_what_all_three_allow_holds(purpose: str) -> None:
    found = Seen(tables([event(purpose=purpose)], [grant()]), made())
    assert found.verdict("use/users") == (Verdict.PASSED, Reason.HOLDS)
    assert {found.verdict(check)[0] for check in found.checks} == {Verdict.PASSED}


@pytest.mark.parametrize(
    ("access", "grants", "problem"),
    [
        (event(purpose="marketing.advertising"), [grant()], "purpose_not_of_policy"),
        (event(purpose="essential"), [grant()], "purpose_not_of_policy"),  # more general than what is allowed
        (event(purpose="essential.services"), [grant()], "purpose_not_of_policy"),
        (event(purpose=SUPPORT + ".resale"), [grant()], "purpose_not_of_policy"),  # fideslang has no such use
        (event(purpose="Essential.Service"), [grant()], "purpose_not_of_policy"),
        (event(purpose="essential.service' OR '1'='1"), [grant()], "purpose_not_of_policy"),
        (event(purpose=SUPPORT + " "), [grant()], "purpose_not_of_policy"),
        (event(purpose="functional.service.improve"), [grant(role="analyst")], "category_not_of_purpose"),
        (event(purpose="essential.fraud_detection"), [grant(role="analyst")], "purpose_not_of_column"),
        (event(), [grant(role="analyst")], "purpose_not_of_role"),
        (event(purpose="essential.service"), [grant()], "purpose_not_of_role"),  # the role has only a part of it
        (event(), [grant(valid_until=T), grant(role="analyst")], "purpose_not_of_role"),
        (event(), [grant(valid_until=T)], "no_grant_in_force"),
        (event(), [grant(valid_from=T + TICK)], "no_grant_in_force"),
        (event(), [grant(role="intern")], "gap_unregistered_role"),
        (event(), [], "gap_unknown_identity"),
        (event(actor_id=None), [grant(actor_id=None)], "gap_unknown_identity"),
        (event(purpose=None), [grant()], "gap_no_purpose"),
        (event(purpose="  "), [grant()], "gap_no_purpose"),
        (event(occurred_at=None), [grant()], "gap_undated"),
        (event(column_name="salary"), [grant()], "gap_undeclared_dataset"),
    ],
)
def test_violations_and_gaps_have_names_of_their_own(access: Row, grants: list[Row], problem: str) -> None:
    found = judged([access], grants)
    assert found.problems == ((problem, 1),)
    assert found.rows == (RowReference(KEYS.reference("events", "e1"), problem, "events"),)


@pytest.mark.parametrize("table", ["payroll", "USERS", None])
def test_an_access_to_a_table_without_a_contract_is_a_gap_of_the_rest(table: str | None) -> None:
    found = Seen(tables([event(table_name=table)], [grant()]), made())
    assert found["use/*"].problems == (("gap_undeclared_dataset", 1),)
    assert sum(evidence.violations for evidence in found.evidence.values()) == 1


def test_one_of_several_roles_is_enough_and_each_event_counts_once() -> None:
    held = [grant(role="analyst"), grant(role="intern"), grant(), grant(valid_from=T - 2 * DAY)]
    found = judged([event(), event(event="e2", purpose="functional.service.improve"), event(event=None)], held)
    assert (found.examined, found.violations) == (3, 1)


FRAUD = event(purpose="essential.fraud_detection")


def of_two(*, names: tuple[str, ...] = ("clerk", "analyst"), **changes: Any) -> Policy:
    """The clerk may read the name, and the analyst has the purpose; `names` are the roles that the contract names."""
    told = (replace(c, purposes=("essential",), **changes) for c in USERS.columns)
    made_of = made(replace(contract("users", *told), roles=names), READS, GRANTS)
    return replace(made_of, roles=(ROLES[0], replace(ROLES[1], categories=("user.behavior",))))


@pytest.mark.parametrize("names", [("clerk",), ("clerk", "analyst"), ()])
def test_two_roles_do_not_add_up_to_the_right_of_one(names: tuple[str, ...]) -> None:
    apart = [grant(), grant(grant="g2", role="analyst")]
    for held in (apart, apart[1:]):  # both, or the purpose alone
        assert Seen(tables([FRAUD], held), of_two(names=names))["use/users"].problems == (("purpose_not_of_role", 1),)
    one = replace(of_two(names=names or ("analyst",)), roles=(ROLES[0], replace(ROLES[1], categories=("user.name",))))
    assert Seen(tables([FRAUD], apart), one)["use/users"].violations == (names == ("clerk",))


@pytest.mark.parametrize(
    ("names", "classification", "violations"),
    [
        (("analyst",), Classification.INTERNAL, 0),
        (("analyst",), Classification.PUBLIC, 0),
        (("clerk",), Classification.INTERNAL, 1),
        (("analyst",), Classification.CONFIDENTIAL, 1),  # what is guarded is read by those of its category only
    ],
)
def test_what_is_open_and_about_nobody_is_for_every_role_that_the_contract_names(
    names: tuple[str, ...], classification: Classification, violations: int
) -> None:
    policy = of_two(names=names, category="system.operations", classification=classification)
    policy = replace(policy, purposes=(*PURPOSES, Purpose("essential.legal_obligation", "", (), TEXT, ("system",))))
    policy = replace(policy, roles=(*ROLES[:1], replace(policy.roles[1], purposes=("essential",))))
    read = event(purpose="essential.legal_obligation")
    assert Seen(tables([read], [grant(role="analyst")]), policy)["use/users"].violations == violations


def test_a_contract_that_names_no_role_accuses_nobody_and_is_not_green() -> None:
    found = Seen(tables([event()], [grant()]), of_two(names=()))
    assert found.verdict("use/users") == (Verdict.NOT_EVALUATED, Reason.NOT_DECLARED)
    assert (found["use/users"].violations, found["use/users"].lacks) == (0, ("contracts.users.roles",))


def test_a_column_or_role_without_purposes_allows_none() -> None:
    bare = contract("users", *USERS.columns)
    assert Seen(tables([event()], [grant()]), made(bare, READS, GRANTS))["use/users"].problems == (
        ("purpose_not_of_column", 1),
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda data: data.pop("events"), (Verdict.NOT_EVALUATED, Reason.MISSING_TABLE)),
        (lambda data: data.pop("grants"), (Verdict.NOT_EVALUATED, Reason.MISSING_TABLE)),
        (
            lambda data: data.update(events=data["events"].drop_columns(["purpose"])),
            (Verdict.NOT_EVALUATED, Reason.MISSING_COLUMN),
        ),
        (lambda data: data.update(tables([], [grant()])), (Verdict.NOT_EVALUATED, Reason.NO_ROWS)),
        (
            lambda data: data.update(tables([event(occurred_at=AS_OF + TICK)], [grant(valid_until=None)])),
            (Verdict.ERROR, Reason.IN_THE_FUTURE),
        ),
        (
            lambda data: data.update(tables([event(occurred_at=datetime(1404, 9, 1, tzinfo=UTC))], [grant()])),
            (Verdict.ERROR, Reason.NOT_A_TIME),
        ),
    ],
)
def test_what_cannot_be_judged_is_never_green(change: Callable[[Any], None], expected: tuple[Verdict, Reason]) -> None:
    data = tables([event()], [grant()])
    change(data)
    assert Seen(data, made()).verdict("use/users") == expected


def test_a_use_of_the_companys_own_is_allowed_where_the_policy_lists_it() -> None:
    own, seen = SUPPORT + ".callbacks", tables([event(purpose=SUPPORT + ".callbacks")], [grant()])
    assert Seen(seen, made())["use/users"].problems == (("purpose_not_of_policy", 1),)
    listed = replace(made(), purposes=(replace(PURPOSES[0], own_uses=(own,)), *PURPOSES[1:]))
    assert Seen(seen, listed).verdict("use/users") == (Verdict.PASSED, Reason.HOLDS)
    below = tables([event(purpose=own + ".resale")], [grant()])
    assert Seen(below, listed)["use/users"].problems == (("purpose_not_of_policy", 1),)
