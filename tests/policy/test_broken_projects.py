# ruff: noqa: E501  sentences are compared whole
"""A copy of the project with one thing broken: the exact sentence, at loading, at planning, or under `plan --strict`."""

from __future__ import annotations

import subprocess
import sys
from typing import NamedTuple

import pytest

from governance.errors import PolicyError
from governance.planning.checks import plan
from governance.planning.coverage import gaps
from governance.policy import Policy
from tests.conftest import PROJECT
from tests.policy.folder import Folder, placed

POLICY, PROSE, ROLES = "policy.yaml", "policy.fa.md", "roles.yaml"
AGREEMENTS, WAIVERS, ATTESTATIONS = "agreements.yaml", "waivers.yaml", "attestations.yaml"
KEYS, HISTORY, REVIEWS = "keys.yaml", "history.yaml", "reviews.yaml"
USERS, TRANSACTIONS = "contracts/users.odcs.yaml", "contracts/transactions.odcs.yaml"
MOBILE = "schema[0].properties[2]"
PRINT = "a SHA-256 of 64 small hex digits"
WAIVER = """waivers:
  - scope: {scope}
    owner: "A. Person"
    reason: {{fa: "دلیل", en: "Reason"}}
    since: "{since}"
    until: "2026-12-31"
    count: 1
"""


class Case(NamedTuple):
    """`old` becomes `new`; in a message `@1` is the line below the change."""

    file: str
    old: str
    new: str
    messages: tuple[str, ...]


def case(file: str, old: str, new: str, *messages: str) -> Case:
    return Case(file, old, new, messages)


def waiver(scope: str, message: str, since: str = "2026-01-01") -> Case:
    return case(WAIVERS, "waivers: []\n", WAIVER.format(scope=scope, since=since), message)


WRONG = {
    # Traps of YAML
    "a key twice": case(
        KEYS,
        "keys:\n",
        "keys:\n  k2026: {state: active}\n",
        "keys.yaml:@2: keys: expected each key once, found the key 'k2026' twice, first on line @1",
    ),
    "an anchor": case(
        KEYS, "keys:\n", "keys: &all\n", "keys.yaml:@0: keys: expected the value written out, found an anchor"
    ),
    "an alias": case(
        WAIVERS,
        "waivers: []",
        "waivers: *all",
        "waivers.yaml:@0: waivers: expected the value written out, found an alias",
        "waivers.yaml:@0: waivers: expected a list, found nothing",
    ),
    "a merge key": case(
        ROLES,
        "  finance:\n",
        "  finance:\n    <<: {}\n",
        "roles.yaml:@1: roles.finance: expected the keys written out, found a merge key",
        "roles.yaml:@1: roles.finance.'<<': expected one of the keys title, reads, purposes, why, break_glass, found the key '<<'",
    ),
    "a tag that runs code": case(
        POLICY,
        'version: "2"',
        'version: !!python/object/apply:os.system "2"',
        "policy.yaml:@0: policy.version: expected a value without a tag, found the tag 'tag:yaml.org,2002:python/object/apply:os.system'",
    ),
    "the country of Norway": case(
        AGREEMENTS,
        "recipient: sms\n",
        "recipient: NO\n",
        "agreements.yaml:@0: agreements.sms-2026.recipient: expected a quoted text or a plain number, found the unquoted NO",
    ),
    "an octal number": case(
        POLICY,
        "sample: 10000",
        "sample: 012",
        "policy.yaml:@0: rules.restricted-encrypted.parameters.sample: expected a quoted text or a plain number, found the unquoted 012",
        "policy.yaml:@0: rules.restricted-encrypted.parameters.sample: expected a whole number from 1, found '012'",
    ),
    "a time to the base of sixty": case(
        ATTESTATIONS,
        'date: "2026-10-20"',
        "date: 12:30",
        "attestations.yaml:@0: attestations[0].date: expected a quoted text or a plain number, found the unquoted 12:30",
        "attestations.yaml:@0: attestations[0].date: expected a day such as 2026-11-22, found '12:30'",
    ),
    "a day without quotes": case(
        HISTORY,
        'effective: "2026-11-10"',
        "effective: 2026-11-10",
        "history.yaml:@0: versions[1].effective: expected a quoted text or a plain number, found the unquoted 2026-11-10",
    ),
    "a second document": case(
        WAIVERS,
        "waivers: []\n",
        "waivers: []\n---\nwaivers: []\n",
        "waivers.yaml:@2: expected one document, found another",
    ),
    "a file too large": case(
        REVIEWS,
        "reviews:\n",
        "#" * 4_000_001 + "\nreviews:\n",
        "reviews.yaml:1: expected at most 4,000,000 bytes, found more",
    ),
    "a direction that hides": case(
        WAIVERS,
        "waivers: []",
        "waivers: [] # \u202e",
        "waivers.yaml:@0: expected characters that an editor shows, found U+202E",
    ),
    # Keys and values
    "a typo in a key": case(
        ATTESTATIONS,
        "    role: ",
        "    rle: ",
        "attestations.yaml:@0: attestations[0].rle: expected one of the keys clause, by, role, statement, date, until, found the key 'rle'; did you mean 'role'?",
        "attestations.yaml:@-2: attestations[0]: expected the key 'role', found none",
    ),
    "a day that ends before it begins": case(
        AGREEMENTS,
        'valid_until: "2027-03-20"',
        'valid_until: "2024-03-20"',
        "agreements.yaml:@0: agreements.payment-gateway-2026.valid_until: expected a day from 2025-03-21 on, found '2024-03-20'",
    ),
    "a state that no key has": case(
        KEYS,
        "state: active",
        "state: actve",
        "keys.yaml:@0: keys.k2026.state: expected one of active, decrypt-only, destroyed, found 'actve'; did you mean 'active'?",
    ),
    "a destroyed key without its day": case(
        KEYS,
        "state: active",
        "state: destroyed",
        "keys.yaml:@0: keys.k2026: expected the day `destroyed` of a key that is destroyed, and of no other, found none with the state 'destroyed'",
    ),
    "a fingerprint cut short": case(
        HISTORY,
        '"75725376af1bec73c935fe099354ff501993856d98783e0cd83daf54cbe879bf"',
        '"7572"',
        f"history.yaml:@0: versions[0].clauses.KP-1-1-1: expected {PRINT}, found '7572'",
    ),
    # Ids that lead nowhere
    "an attestation of no clause": case(
        ATTESTATIONS,
        "clause: KP-6-2",
        "clause: KP-6-3",
        "attestations.yaml:@0: attestations[0].clause: expected one of {clauses}, found 'KP-6-3'; did you mean 'KP-6-2'?",
    ),
    "a review of no rule": case(
        REVIEWS,
        "rule: no-bank-data, clause: KP-1-2-3",
        "rule: no-bank-dat, clause: KP-1-2-3",
        "reviews.yaml:@0: reviews[0].rule: expected one of {rules}, found 'no-bank-dat'; did you mean 'no-bank-data'?",
    ),
    "an agreement on no table": case(
        AGREEMENTS,
        "payload: shared_email",
        "payload: shared_emails",
        "agreements.yaml:@0: agreements.email-2026.payload: expected one of {tables}, found 'shared_emails'; did you mean 'shared_email'?",
    ),
    "an agreement on no column": case(
        AGREEMENTS,
        "columns: [payload_id, transfer_id, email,",
        "columns: [payload_id, transfer_id, emial,",
        "agreements.yaml:@0: agreements.email-2026.columns[2]: expected one of {email_columns}, found 'emial'; did you mean 'email'?",
    ),
    "a key of no table": case(
        TRANSACTIONS,
        "to: users.user_id",
        "to: user.user_id",
        "contracts/transactions.odcs.yaml:@0: schema[0].properties[1].relationships[0].to: expected one of {tables}, found 'user'; did you mean 'users'?",
    ),
    "a key of no column": case(
        TRANSACTIONS,
        "to: users.user_id",
        "to: users.userid",
        "contracts/transactions.odcs.yaml:@0: schema[0].properties[1].relationships[0].to: expected one of {user_columns}, found 'userid'; did you mean 'user_id'?",
    ),
    "an event time that is no timestamp": case(
        USERS,
        "eventTime, value: registered_at",
        "eventTime, value: status",
        "contracts/users.odcs.yaml:@0: schema[0].customProperties[0].value: expected one of registered_at, found 'status'",
    ),
    "a waiver of no check": waiver(
        "no-bank-data/users/nam",
        "waivers.yaml:@1: scope: expected a check or a rule of the plan, found 'no-bank-data/users/nam'; did you mean 'no-bank-data/users/name'?",
    ),
    "a waiver that ends before it begins": waiver(
        "no-bank-data",
        "waivers.yaml:@5: waivers[0].until: expected a day from 2027-01-01 on, found '2026-12-31'",
        since="2027-01-01",
    ),
    "a history that ends with another version": case(
        HISTORY,
        '- version: "2"',
        '- version: "3"',
        "history.yaml:@0: versions[1]: expected the policy's version '2' as the last, found '3'",
    ),
    "versions out of order": case(
        HISTORY,
        'effective: "2026-11-10"',
        'effective: "2024-11-10"',
        "history.yaml:@0: versions[1].effective: expected a day after 2025-03-21, when the version before began, found '2024-11-10'",
    ),
    # Vocabularies
    "an unknown data category": case(
        USERS,
        "value: user.contact.phone_number",
        "value: user.contact.phone",
        "contracts/users.odcs.yaml:@0: "
        + MOBILE
        + ".customProperties[0].value: expected a data category of fideslang such as user.contact.email, found 'user.contact.phone'; did you mean 'user.contact.phone_number'?",
    ),
    "an unknown data use": case(
        ROLES,
        "purposes: [essential.service.payment_processing]",
        "purposes: [essential.service.payments]",
        "roles.yaml:@0: roles.finance.purposes[0]: expected a data use of fideslang such as essential.service.security, found 'essential.service.payments'; did you mean 'essential.service.upgrades'?",
        "roles.yaml:@0: roles.finance.purposes[0]: expected a purpose of the policy or one below it: {uses}, found 'essential.service.payments'",
    ),
    "a purpose that the policy has not": case(
        ROLES,
        "purposes: [essential.service.payment_processing]",
        "purposes: [sales]",
        "roles.yaml:@0: roles.finance.purposes[0]: expected a purpose of the policy or one below it: {uses}, found 'sales'",
    ),
    "an unknown term of DPV": case(
        USERS,
        '"pd:TelephoneNumber"',
        '"pd:TelephonNumber"',
        "contracts/users.odcs.yaml:@0: "
        + MOBILE
        + ".customProperties[1].value: expected a term of DPV's personal data such as pd:EmailAddress, found 'pd:TelephonNumber'; did you mean 'pd:TelephoneNumber'?",
    ),
    "an unknown purpose of DPV": case(
        POLICY,
        '"dpv:CustomerCare"',
        '"dpv:CustomerCar"',
        "policy.yaml:@0: purposes.essential.service.operations.support.dpv: expected a DPV purpose such as dpv:CustomerCare, found 'dpv:CustomerCar'; did you mean 'dpv:CustomerCare'?",
    ),
    "what the standard of contracts forbids": case(
        USERS, "id: users\n", "id: users\nname: 1\n", "contracts/users.odcs.yaml:@1: name: expected a text, found 1"
    ),
    # The text
    "a clause without its text": case(
        PROSE,
        "### KP-4-1\n\nدادهٔ حساس رمزشده نگهداری می‌شود.\n",
        "",
        "policy.yaml:{clause_4_1}: clauses.KP-4-1: expected the heading ### KP-4-1 with its text in the policy's text, found none",
    ),
    "a text that no clause has": case(
        PROSE,
        "### KP-4-2\n",
        "### KP-4-9\n\nقولی دیگر.\n\n### KP-4-2\n",
        "policy.fa.md:@0: KP-4-9: expected an entry of policy.yaml for every text, among its clauses or not_normative, found none",
    ),
    "a heading without a text": case(
        PROSE,
        "دادهٔ حساس رمزشده نگهداری می‌شود.\n",
        "",
        "policy.fa.md:@-2: KP-4-1: expected the clause's text under its heading, found none",
    ),
    "a text twice": case(
        PROSE,
        "### KP-4-2\n",
        "### KP-4-1\n\nدیگر.\n\n### KP-4-2\n",
        "policy.fa.md:@0: expected each clause once, found KP-4-1 twice, first on line @-4",
    ),
    "a sentence under a section": case(
        PROSE,
        "## ۴. امنیت داده\n",
        "## ۴. امنیت داده\n\nقولی بی شناسه.\n",
        "policy.fa.md:@2: expected the heading of a clause before its text, found 'قولی بی شناسه.'",
    ),
    "an id in small letters": case(
        PROSE,
        "### KP-4-1\n",
        "### kp-4-1\n",
        "policy.fa.md:@0: expected a clause id such as ### KP-1-2-3, found '### kp-4-1'",
        "policy.yaml:{clause_4_1}: clauses.KP-4-1: expected the heading ### KP-4-1 with its text in the policy's text, found none",
    ),
}
# What loads, and leaves a gap.
GAPS = {
    "a review removed": case(
        REVIEWS,
        "  - {rule: no-bank-data, clause: KP-1-2-3,",
        "  # {rule: no-bank-data, clause: KP-1-2-3,",
        "policy.fa.md:{text_1_2_3}: KP-1-2-3: expected the rule no-bank-data reviewed against the clause's text, found none",
    ),
    "a word of a clause changed": case(
        PROSE,
        "از هر کاربر نام او",
        "از هر کاربر نام کامل او",
        "policy.fa.md:{text_1_1_1}: KP-1-1-1: expected the rule personal-data-as-declared reviewed against the clause's text, found a review of another text",
    ),
    "a clause taken from its only rule": case(
        POLICY,
        "clauses: [KP-4-2]",
        "clauses: [KP-4-3]",
        "policy.fa.md:{text_4_2}: KP-4-2: expected a rule that serves the clause, found none",
        "policy.fa.md:{text_4_3}: KP-4-3: expected the rule transport-protected reviewed against the clause's text, found none",
    ),
    "a rule that matches no column": case(
        POLICY,
        "columns: {classification: [restricted]}",
        "columns: {classification: [restricted], types: [date]}",
        "policy.yaml:{encrypted}: rules.restricted-encrypted.where: expected a place that a contract names, found none",
    ),
}


def facts(folder: Folder, policy: Policy) -> dict[str, object]:
    """What the messages list, and where things stand, in the files as they were."""

    def listed(names: object) -> str:
        return ", ".join(sorted(names))  # type: ignore[call-overload]

    def line(name: str, start: str) -> int:
        return next(n for n, text in enumerate(folder.text(name).split("\n"), 1) if text.startswith(start))

    return {
        "clauses": listed(clause.id for clause in policy.clauses),
        "rules": listed(rule.id for rule in policy.rules),
        "tables": listed(policy.tables),
        "uses": listed(purpose.use for purpose in policy.purposes),
        "email_columns": listed(column.name for column in policy.tables["shared_email"].columns),
        "user_columns": listed(column.name for column in policy.tables["users"].columns),
        "clause_4_1": line(POLICY, "  KP-4-1:"),
        "encrypted": line(POLICY, "  restricted-encrypted:"),
        "text_1_1_1": line(PROSE, "### KP-1-1-1"),
        "text_1_2_3": line(PROSE, "### KP-1-2-3"),
        "text_4_2": line(PROSE, "### KP-4-2"),
        "text_4_3": line(PROSE, "### KP-4-3"),
    }


def told(folder: Folder) -> list[str]:
    try:
        return [str(gap.problem) for gap in gaps(plan(folder.load()))]
    except PolicyError as error:
        return str(error).split("\n")


@pytest.mark.parametrize("broken", [*WRONG.values(), *GAPS.values()], ids=[*WRONG, *GAPS])
def test_each_way_to_break_a_project_is_told_in_exact_sentences(broken: Case, folder: Folder, policy: Policy) -> None:
    known = facts(folder, policy)
    line = folder.change(broken.file, broken.old, broken.new)
    expected = [placed(message, line).format_map(known) for message in broken.messages]
    assert sorted(told(folder)) == sorted(expected)


def test_the_project_itself_is_whole(folder: Folder) -> None:
    assert told(folder) == []


def test_there_are_more_than_thirty_ways() -> None:
    assert len(WRONG) + len(GAPS) > 30


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a waiver of no check", "a clause taken from its only rule"])
def test_the_command_fails_with_exit_code_3_and_the_sentences(name: str, folder: Folder) -> None:
    broken = (WRONG | GAPS)[name]
    folder.change(broken.file, broken.old, broken.new)
    sentences = told(folder)
    command = [sys.executable, "-m", "governance", "plan", "--strict", "--project", str(folder.path.parent)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROJECT)
    assert done.returncode == 3
    assert done.stderr.splitlines()[1:] == sentences
