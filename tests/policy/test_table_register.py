"""The register of tables, the roles of columns, vocabularies and what is recognised: each mistake in one sentence."""

from __future__ import annotations

import pytest

from governance.policy import Policy
from tests.policy.folder import Folder

POLICY, ACCESSES, REQUESTS = "policy.yaml", *(f"contracts/{t}.odcs.yaml" for t in ("access_events", "subject_requests"))
MESSAGES, WAIVERS, ATTESTATIONS = "contracts/messages.odcs.yaml", "waivers.yaml", "attestations.yaml"
Case = tuple[str, str, str, str]
WAIVER = """waivers:
  - scope: declared
    owner: "{owner}"
    reason: {{fa: "x", en: "{reason}"}}
    since: "2026-01-01"
    until: "{until}"
{states}"""
ROW = "    references: [AAAAAAAAAAAAAAAA]\n"


def waiver(told: str, states: str = ROW, until: str = "2026-02-01", owner: str = "Mina", reason: str = "x") -> Case:
    text = WAIVER.format(states=states, until=until, owner=owner, reason=reason)
    return (WAIVERS, "waivers: []\n", text, told)


CASES: dict[str, Case] = {
    "a table without a contract": (POLICY, "  people: users", "  people: usres", "did you mean 'users'?"),
    "an entry that is none": (POLICY, "  people: users", "  peple: users", "did you mean 'people'?"),
    "one table twice": (POLICY, "  exports: export_items", "  exports: users", "a table of its own for each entry"),
    "a pattern of nothing": (POLICY, '{tables: "shared_*"}', '{tables: "sent_*"}', "matches a table with a contract"),
    "a role that is none": (ACCESSES, "columnRole, value: actor_id", "columnRole, value: actr_id", "'actor_id'?"),
    "a role twice": (ACCESSES, "columnRole, value: purpose", "columnRole, value: actor_id", "each role once"),
    "a role of another table": (MESSAGES, "columnRole, value: purpose", "columnRole, value: ticket", "one of channel"),
    "a role of another type": (
        REQUESTS,
        "columnRole, value: received_at}",
        "columnRole, value: old_token}",
        "a column of the type string for this role, found timestamp",
    ),
    "members that fold to one": (
        REQUESTS,
        "value: [access, rectification, erasure, objection]",
        "value: [access, rectification, erasure, objection, Er_asure]",
        "members that differ in more than case and separators, found 'Er_asure' twice",
    ),
    "a meaning that is none": (
        REQUESTS,
        "value: [access, rectification, erasure, objection]",
        "value: [access, rectification, erasure, objection, {value: forget, means: erase}]",
        "a vocabulary whose members mean access, rectification, erasure, objection, found 'erase'",
    ),
    "a token of nothing": (REQUESTS, "tokenOf, value: users.mobile", "tokenOf, value: users.mobil", "'mobile'?"),
    "a field that no person has": (
        REQUESTS,
        "vocabulary, value: [mobile, email, name]",
        "vocabulary, value: [mobile, email, nmae]",
        "did you mean 'name'?",
    ),
    "a channel of two spellings": (
        "contracts/subscriptions.odcs.yaml",
        "vocabulary, value: [sms, email]",
        "vocabulary, value: [sms, E-Mail]",
        "'email' as in another table, for 'E-Mail' of the role channel",
    ),
    "a name in one part": (
        "contracts/users.odcs.yaml",
        "{property: fidesDataCategory, value: user.name}",
        "{property: fidesDataCategory, value: user.name}\n          - {property: namePart, value: 1}",
        "two or more columns of the category user.name, found 1 of 1",
    ),
    "two sessions": (
        "contracts/interactions.odcs.yaml",
        "          - {property: fidesDataCategory, value: user.device}",
        (
            "          - {property: columnRole, value: session}\n"
            "          - {property: fidesDataCategory, value: user.device}"
        ),
        "each role once in a table, found 'session' twice",
    ),
    "a notice that no message can be": (
        POLICY,
        "template: order-receipt",
        "template: order-reciept",
        "'order-receipt'?",
    ),
    "a notice alone": (
        POLICY,
        "- {template: order-receipt, s",
        "- order-reciept\n    - {template: refund-done, s",
        "'order-receipt'?",
    ),
    "a notice of nothing": (
        POLICY,
        "template: order-receipt",
        "name: order-receipt",
        "one of the keys template, subjects",
    ),
    "a duration that is none": (POLICY, "  grant_days: 1461", "  grant_days: 0", "found 0"),
    "a waiver for ever": waiver("a day until 2027-01-02, 366 days after it begins", until="2999-01-01"),
    "a waiver of nobody knows what": waiver("`references` of the rows that it covers, or their `count`", states=""),
    "a waiver of rows and of more": waiver(
        "as `governance waive` writes them, found both", states=ROW + "    count: 2\n"
    ),
    "a waiver of no row": waiver("at least one reference of a row, found none", states="    references: []\n"),
    "a waiver of no reference": waiver("the reference of a row", states="    references: [ALL]\n"),
    "a waiver by a sign": waiver("owner: expected a text that says something, in one line, found '-'", owner="-"),
    "a waiver by two lines": waiver("owner: expected a text that says something, in one line", owner="A\\nB"),
    "a waiver for no reason": waiver("reason.en: expected a text that says something, found 'n/a'", reason="n/a"),
    "an attestation by a joiner": (ATTESTATIONS, 'by: "مریم کاظمی"', 'by: "\u200c-"', "a text that says something"),
    "an attestation for ever": (ATTESTATIONS, 'until: "2027-10-20"', 'until: "9999-12-31"', "366 days after it begins"),
    "a form of tickets that is none": (
        POLICY,
        "REQ-[0-9][0-9][0-9][0-9]",
        "*",
        "a pattern that not every text matches",
    ),
    "a form of actors that is none": (POLICY, "staff-[0-9][0-9][0-9]", "?*", "a pattern that not every text matches"),
    "an own use of no other": (
        POLICY,
        '    title: {fa: "بهتر کردن خدمات", en: "Improving the service"}\n',
        '    title: {fa: "بهتر کردن خدمات", en: "Improving the service"}\n    own_uses: [functional.service.sale]\n',
        "a use below functional.service.improve, found 'functional.service.sale'",
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "told"), CASES.values(), ids=CASES)
def test_each_mistake_is_told_with_its_line(folder: Folder, file: str, old: str, new: str, told: str) -> None:
    line = folder.change(file, old, new)
    (problem,) = [problem for problem in folder.problems() if told in problem]
    assert problem.startswith(f"{file}:")
    # The column of a vocabulary stands one line above it, the first of two entries two lines.
    assert line - 2 <= int(problem.split(":")[1]) <= line + new.count("\n")


def test_without_a_longest_duration_a_waiver_and_an_attestation_hold_for_a_year(folder: Folder) -> None:
    folder.change(POLICY, "  waiver_days: 366\n  attestation_days: 366\n", "")
    folder.change(WAIVERS, "waivers: []\n", waiver("", until="2027-01-03")[2])
    folder.change(ATTESTATIONS, 'until: "2027-10-20"', 'until: "2027-10-22"')
    problems = folder.problems()
    assert [problem.split(", found")[0].split("expected ")[1] for problem in problems] == [
        "a day until 2027-10-21, 366 days after it begins",
        "a day until 2027-01-02, 366 days after it begins",
    ]


def test_uses_of_the_companys_own_are_known_beside_those_of_fideslang(folder: Folder) -> None:
    title = '    title: {fa: "بهتر کردن خدمات", en: "Improving the service"}\n'
    folder.change(POLICY, title, title + "    own_uses: [functional.service.improve.search_ranking]\n")
    uses = folder.load().uses
    assert {"functional.service.improve.search_ranking", "essential.service.notifications.sms"} <= uses
    assert "functional.service.improve.sell_to_advertisers" not in uses


def test_the_register_and_the_agreements_name_the_same_recipients(folder: Folder) -> None:
    folder.change(POLICY, '{tables: "shared_*"}', '{tables: "shared_s*", recipient: sms}')
    (problem,) = folder.problems()
    expected = "agreements.sms-2023: expected the recipient sms, as the register says of shared_sms, found 'sms_former'"
    assert problem == f"agreements.yaml:16: {expected}"


def test_the_key_of_people_and_its_references_are_persons(policy: Policy) -> None:
    persons = {f"{c.table}.{column.name}" for c in policy.contracts for column in c.columns if column.role == "person"}
    assert persons == {"users.user_id", "transactions.user_id", "reviews.user_id"}
    assert policy.tables["reviews"].label("user_id") == "user id"


def test_a_column_may_be_the_key_of_a_person_by_its_role(folder: Folder) -> None:
    folder.change(
        "contracts/books.odcs.yaml",
        "          - {property: columnRole, value: public_name}",
        "          - {property: columnRole, value: person}",
    )
    told = folder.load()
    title = next(column for column in told.tables["books"].columns if column.role == "person")
    assert title.references == "users.user_id"
