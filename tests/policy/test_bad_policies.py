# ruff: noqa: E501  sentences are compared whole
"""Each way in which policy files can be wrong, and the exact sentence that says so."""

from __future__ import annotations

import os
from typing import NamedTuple

import pytest

from governance import detection
from governance.errors import UsageError
from governance.policy import Policy
from governance.policy.odcs import keys
from governance.rules.kinds import KINDS
from tests.policy.folder import Folder, placed


class Case(NamedTuple):
    """`old` becomes `new`; in a message, `@1` is the line below the change and {tables} are those of the policy."""

    file: str
    old: str
    new: str
    messages: tuple[str, ...]


POLICY, ROLES = "policy.yaml", "roles.yaml"
USERS, BOOKS = (f"contracts/{table}.odcs.yaml" for table in ("users", "books"))
BANK_WHERE = """    where:
      tables: all
      columns: {types: [string, integer, number, object, array]}
      undeclared: true
"""
FREE_RULE_KEYS = "kind, severity, title, rationale, remedy, where, references, examples, parameters"
RULE_KEYS = "kind, clauses, severity, title, rationale, remedy, where, references, examples, parameters"
COLUMN_KEYS = ", ".join(("name", *(key for key in keys("schema", 0, "properties", 0) if key != "name")))
NAME = "a logical name of letters, digits and _"
TYPES = "array, boolean, date, integer, number, object, string, time, timestamp"
MOBILE = "schema[0].properties[2]"
PLAINTEXT = "the custom property 'plaintextKind' on restricted columns, and only there"


def bank(place: str, message: str, line: int = 1) -> tuple[str, ...]:
    return (f"policy.yaml:@{line}: rules.no-bank-data.where.{place}: expected {message}",)


CASES = {
    # policy.yaml: the whole
    "an unknown part": Case(
        POLICY,
        "rules:\n",
        "waivers: []\nrules:\n",
        (
            (
                "policy.yaml:@0: waivers: expected one of the keys policy, published, sections, clauses, not_normative, "
                "purposes, rules, register, recognised, regions, kinds, found the key 'waivers'"
            ),
        ),
    ),
    "a misspelt part": Case(
        POLICY,
        "published:\n",
        "publised:\n",
        (
            "policy.yaml:3: expected the key 'published', found none",
            (
                "policy.yaml:@0: publised: expected one of the keys policy, published, sections, clauses, not_normative, "
                "purposes, rules, register, recognised, regions, kinds, found the key 'publised'; did you mean 'published'?"
            ),
        ),
    ),
    "a version that is a number": Case(
        POLICY, 'version: "2"', "version: 2", ("policy.yaml:@0: policy.version: expected a text, found 2",)
    ),
    "an id with a space": Case(
        POLICY,
        "  id: ",
        "  id: the ",
        ("policy.yaml:@0: policy.id: expected an id of small letters, digits and -, found {id}",),
    ),
    "a title in one language": Case(
        POLICY,
        'title: {fa: "',
        'title: {fr: "',
        (
            "policy.yaml:@0: policy.title.fr: expected one of the keys fa, en, found the key 'fr'",
            "policy.yaml:@0: policy.title: expected the key 'fa', found none",
        ),
    ),
    "an address that runs a script": Case(
        POLICY,
        'url: "https://',
        'url: "javascript://',
        ("policy.yaml:@0: published.url: expected an address that starts with https://, found {url}",),
    ),
    "a day that is none": Case(
        POLICY,
        'retrieved: "2026-11-22"',
        'retrieved: "2026-13-22"',
        ("policy.yaml:@0: published.retrieved: expected a day such as 2026-11-22, found '2026-13-22'",),
    ),
    "a day in short": Case(
        POLICY,
        'retrieved: "2026-11-22"',
        'retrieved: "20261122"',
        ("policy.yaml:@0: published.retrieved: expected a day such as 2026-11-22, found '20261122'",),
    ),
    "a day without quotes": Case(
        POLICY,
        'retrieved: "2026-11-22"',
        "retrieved: 2026-11-22",
        (
            (
                "policy.yaml:@0: published.retrieved: expected a quoted text or a plain number, "
                "found the unquoted 2026-11-22"
            ),
        ),
    ),
    "a digest cut short": Case(
        POLICY,
        'sha256: "1a4b',
        'sha256: "b',
        ("policy.yaml:@0: published.sha256: expected a SHA-256 of 64 small hex digits, found {sha256}",),
    ),
    # sections and clauses
    "a section number without quotes": Case(
        POLICY, '  "1": {fa', "  1: {fa", ("policy.yaml:@0: sections: expected a quoted key, found the unquoted 1",)
    ),
    "a section that is no number": Case(
        POLICY,
        "clauses:\n",
        '  x: {fa: "الف", en: "X"}\nclauses:\n',
        (
            "policy.yaml:@0: sections.x: expected a section number in quotes, such as \"1\", found the key 'x'",
            "policy.yaml:@0: sections.x: expected at least one clause in the section, found none",
        ),
    ),
    "a clause of no section": Case(
        POLICY,
        'KP-4-1:\n    section: "4"',
        'KP-4-1:\n    section: "44"',
        ("policy.yaml:@1: clauses.KP-4-1.section: expected one of {sections}, found '44'; did you mean '4'?",),
    ),
    "a clause id in small letters": Case(
        POLICY,
        "  KP-1-1-1:",
        "  kp-1-1-1:",
        (
            (
                "contracts/users.odcs.yaml:{name_clause}: schema[0].properties[1].customProperties[2].value: "
                "expected one of {small_clauses}, operations, found 'KP-1-1-1'; did you mean 'kp-1-1-1'?"
            ),
            "policy.yaml:@0: clauses.kp-1-1-1: expected a clause id such as KP-1-2-3, found the key 'kp-1-1-1'",
            (
                "policy.yaml:{classified}: rules.personal-data-as-declared.clauses[0]: expected one of {small_clauses}, found 'KP-1-1-1'; "
                "did you mean 'kp-1-1-1'?"
            ),
            (
                "policy.yaml:@0: clauses.kp-1-1-1: expected the heading ### kp-1-1-1 with its text in the policy's text, "
                "found none"
            ),
            "…",
        ),
    ),
    "a clause twice": Case(
        POLICY,
        "  KP-4-3:\n",
        "  KP-4-1:\n",
        (
            "policy.yaml:@0: clauses: expected each key once, found the key 'KP-4-1' twice, first on line @-8",
            (
                "policy.yaml:{authorised}: rules.authorised-access.clauses[0]: expected one of {fewer_clauses}, "
                "found 'KP-4-3'; did you mean 'KP-5-3'?"
            ),
            (
                "policy.fa.md:{text_4_3}: KP-4-3: expected an entry of policy.yaml for every text, among its clauses or "
                "not_normative, found none"
            ),
            "…",
        ),
    ),
    # rules
    "a misspelt key of a rule": Case(
        POLICY,
        "    severity: warning",
        "    sevrity: warning",
        (
            (
                f"policy.yaml:@0: rules.declared.sevrity: expected one of the keys {FREE_RULE_KEYS}, found the key 'sevrity'; "
                "did you mean 'severity'?"
            ),
            "policy.yaml:@-2: rules.declared: expected the key 'severity', found none",
        ),
    ),
    "code in a rule": Case(
        POLICY,
        "    severity: warning",
        "    severity: warning\n    row_condition: '@pd.io.common.os.system(\"true\")'",
        (
            (
                f"policy.yaml:@1: rules.declared.row_condition: expected one of the keys {FREE_RULE_KEYS}, "
                "found the key 'row_condition'"
            ),
        ),
    ),
    "a rule id with capitals": Case(
        POLICY,
        "  no-bank-data:",
        "  No-Bank-Data:",
        (
            (
                "policy.yaml:@0: rules.No-Bank-Data: expected a rule id of small letters, digits and -, "
                "found the key 'No-Bank-Data'"
            ),
            "…",
        ),
    ),
    "a rule id with a slash": Case(
        POLICY,
        "  no-bank-data:",
        "  no/bank:",
        (
            (
                "policy.yaml:@0: rules.'no/bank': expected a rule id of small letters, digits and -, "
                "found the key 'no/bank'"
            ),
            "…",
        ),
    ),
    "a rule twice": Case(
        POLICY,
        "  no-bank-data:",
        '  "declared":',
        (
            (
                "policy.yaml:@0: rules: expected each key once, found the key 'declared' twice, "
                "first on line {rule_declared}"
            ),
            "…",
        ),
    ),
    "an unknown kind": Case(
        POLICY,
        "kind: free_of",
        "kind: freeof",
        ("policy.yaml:@0: rules.no-bank-data.kind: expected one of {kinds}, found 'freeof'; did you mean 'free_of'?",),
    ),
    "an unknown severity": Case(
        POLICY,
        "severity: warning",
        "severity: warn",
        (
            (
                "policy.yaml:@0: rules.declared.severity: expected one of critical, info, warning, found 'warn'; "
                "did you mean 'warning'?"
            ),
        ),
    ),
    "a rule for an unknown clause": Case(
        POLICY,
        "clauses: [KP-4-1]",
        "clauses: [KP-4-11]",
        (
            (
                "policy.yaml:@0: rules.restricted-encrypted.clauses[0]: expected one of {clauses}, found 'KP-4-11'; "
                "did you mean 'KP-4-1'?"
            ),
        ),
    ),
    "a rule for no clause": Case(
        POLICY,
        "clauses: [KP-4-1]",
        "clauses: []",
        (
            (
                "policy.yaml:@0: rules.restricted-encrypted.clauses: expected at least one clause that the rule serves, "
                "found none"
            ),
        ),
    ),
    "a rule twice for one clause": Case(
        POLICY,
        "clauses: [KP-4-1]",
        "clauses: [KP-4-1, KP-4-1]",
        ("policy.yaml:@0: rules.restricted-encrypted.clauses[1]: expected each entry once, found 'KP-4-1' twice",),
    ),
    "a rule without a place": Case(
        POLICY,
        BANK_WHERE,
        "",
        ("policy.yaml:{no_bank}: rules.no-bank-data: expected the key 'where', found none",),
    ),
    "a rule about columns of a kind about tables, without parameters": Case(
        POLICY,
        "    where: {tables: all, undeclared: true}\n\n  no-bank-data",
        "    where: {tables: all, undeclared: true, columns: all}\n\n  no-bank-data",
        ("policy.yaml:@0: rules.declared.where: expected a rule about tables, without `columns`, found a mapping",),
    ),
    "an empty list of tables": Case(
        POLICY,
        BANK_WHERE,
        BANK_WHERE.replace("all", "[]"),
        bank("tables", "at least one table, found none"),
    ),
    "all tables in capitals": Case(
        POLICY,
        BANK_WHERE,
        BANK_WHERE.replace("all", "ALL"),
        bank("tables", "`all`, `none` or a list of tables, found 'ALL'"),
    ),
    "all in a list": Case(
        POLICY,
        BANK_WHERE,
        BANK_WHERE.replace("all", "[all]"),
        bank("tables[0]", "one of {tables}, found 'all'"),
    ),
    "an unknown table": Case(
        POLICY,
        BANK_WHERE,
        BANK_WHERE.replace("all", "[users, transaction]"),
        bank("tables[1]", "one of {tables}, found 'transaction'; did you mean 'transactions'?"),
    ),
    "columns that are neither": Case(
        POLICY,
        BANK_WHERE,
        BANK_WHERE.replace("{types: [string, integer, number, object, array]}", "note"),
        bank("columns", "`all`, a list of columns, or a mapping with types, classification, found 'note'", 2),
    ),
    "columns narrowed by nothing": Case(
        POLICY,
        BANK_WHERE,
        BANK_WHERE.replace("{types: [string, integer, number, object, array]}", "{}"),
        bank("columns", "types, classification or both, found neither", 2),
    ),
    "an empty list of columns": Case(
        POLICY,
        BANK_WHERE,
        BANK_WHERE.replace("{types: [string, integer, number, object, array]}", "[]"),
        bank("columns", "at least one column, found none", 2),
    ),
    "an empty list of types": Case(
        POLICY,
        BANK_WHERE,
        BANK_WHERE.replace("[string, integer, number, object, array]", "[]"),
        bank("columns.types", "at least one type, found none", 2),
    ),
    "an unknown type": Case(
        POLICY,
        BANK_WHERE,
        BANK_WHERE.replace("[string,", "[text,"),
        bank("columns.types[0]", f"one of {TYPES}, found 'text'", 2),
    ),
    "an unknown classification": Case(
        POLICY,
        "columns: {classification: [restricted]}",
        "columns: {classification: [resticted]}",
        (
            (
                "policy.yaml:@0: rules.restricted-encrypted.where.columns.classification[0]: expected one of "
                "confidential, internal, public, restricted, found 'resticted'; did you mean 'restricted'?"
            ),
        ),
    ),
    "an empty list of classifications": Case(
        POLICY,
        "columns: {classification: [restricted]}",
        "columns: {classification: []}",
        (
            (
                "policy.yaml:@0: rules.restricted-encrypted.where.columns.classification: "
                "expected at least one classification, found none"
            ),
        ),
    ),
    "a column of another table": Case(
        POLICY,
        BANK_WHERE,
        BANK_WHERE.replace("all", "[books]").replace(
            "{types: [string, integer, number, object, array]}", "[title, mobile]"
        ),
        bank("columns[1]", "one of {book_columns}, found 'mobile'", 2),
    ),
    "undeclared as a word": Case(
        POLICY,
        BANK_WHERE,
        BANK_WHERE.replace("true", "'yes'"),
        bank("undeclared", "true or false, found 'yes'", 3),
    ),
    "an unknown kind of data": Case(
        POLICY,
        "- iban",
        "- ibann",
        (
            (
                "policy.yaml:@0: rules.no-bank-data.parameters.kinds[1]: expected one of {detection}, found 'ibann'; "
                "did you mean 'iban'?"
            ),
        ),
    ),
    "no kind of data at all": Case(
        POLICY,
        "    parameters:\n      kinds:\n        - payment_card_number\n        - iban\n        - track_data\n"
        "        - card_verification_code\n        - card_expiry\n        - card_pin\n        - one_time_password\n",
        "    parameters:\n      kinds: []\n",
        (("policy.yaml:@1: rules.no-bank-data.parameters.kinds: expected at least one entry, found none"),),
    ),
    "a sample of none": Case(
        POLICY,
        "sample: 10000",
        "sample: 0",
        ("policy.yaml:@0: rules.restricted-encrypted.parameters.sample: expected a whole number from 1, found 0",),
    ),
    "a sample too large to be meant": Case(
        POLICY,
        "sample: 10000",
        "sample: 1" + "0" * 5000,
        (
            "policy.yaml:@0: rules.restricted-encrypted.parameters.sample: expected a quoted text or a plain number, "
            "found the unquoted 1" + "0" * 59,
            "policy.yaml:@0: rules.restricted-encrypted.parameters.sample: expected a whole number from 1, "
            "found '1" + "0" * 58 + "…'",
        ),
    ),
    # roles.yaml
    "a role id with a hyphen": Case(
        ROLES, "  finance:", "  fin-ance:", (f"roles.yaml:@0: roles.fin-ance: expected {NAME}, found 'fin-ance'", "…")
    ),
    "a category in capitals": Case(
        ROLES,
        "reads: [user.payment,",
        "reads: [User.payment,",
        (
            (
                "roles.yaml:@0: roles.finance.reads[0]: expected a data category of fideslang such as "
                "user.contact.email, found 'User.payment'; did you mean 'user.payment'?"
            ),
        ),
    ),
    "a category of no tree": Case(
        ROLES,
        "reads: [user.payment,",
        "reads: ['*',",
        (
            "roles.yaml:@0: roles.finance.reads[0]: expected a data category of fideslang such as user.contact.email, found '*'",
        ),
    ),
    "a role without a reason": Case(
        ROLES,
        '    why:\n      fa: "برای تطبیق',
        '    because:\n      fa: "برای تطبیق',
        (
            "roles.yaml:@0: roles.finance.because: expected one of the keys title, reads, purposes, why, break_glass, found the key 'because'",
            "roles.yaml:@-4: roles.finance: expected the key 'why', found none",
        ),
    ),
    # contracts
    "another version of ODCS": Case(
        USERS,
        "apiVersion: v3.1.0",
        "apiVersion: v2.2.2",
        (f"{USERS}:@0: apiVersion: expected one of v3.0.0, v3.0.1, v3.0.2, v3.1.0, found 'v2.2.2'",),
    ),
    "a contract for an unknown role": Case(
        USERS,
        "role: support_lead,",
        "role: suport_lead,",
        (f"{USERS}:@0: roles[1].role: expected one of {{roles}}, found 'suport_lead'; did you mean 'support_lead'?",),
    ),
    "a role twice in a contract": Case(
        USERS,
        "role: support_lead,",
        "role: support_agent,",
        (f"{USERS}:@0: roles[1]: expected each role once, found 'support_agent' twice",),
    ),
    "a misspelt key of a column": Case(
        USERS,
        "        classification: restricted",
        "        clasification: restricted",
        (
            (
                f"{USERS}:@0: {MOBILE}.clasification: expected one of the keys {COLUMN_KEYS}, "
                "found the key 'clasification'; did you mean 'classification'?"
            ),
            f"{USERS}:@-2: {MOBILE}: expected the key 'classification', found none",
        ),
    ),
    "a column of no clause": Case(
        USERS,
        "value: KP-1-1-2}",
        "value: support}",
        (
            f"{USERS}:@0: {MOBILE}.customProperties[2].value: expected one of {{clauses_and_operations}}, found 'support'",
        ),
    ),
    "a column without a category": Case(
        USERS,
        "          - {property: fidesDataCategory, value: user.contact.phone_number}\n",
        "",
        (f"{USERS}:@-5: {MOBILE}: expected the custom property 'fidesDataCategory', found none",),
    ),
    "an unknown custom property": Case(
        USERS,
        "property: plaintextKind",
        "property: plainTextKind",
        (
            (
                f"{USERS}:@0: {MOBILE}.customProperties[4].property: expected one of columnRole, "
                "dpvPersonalData, encryptionFormat, encryptionLookup, encryptionProof, fidesDataCategory, namePart, "
                "plaintextKind, policyClause, purposes, sealedWith, tokenOf, vocabulary, "
                "found 'plainTextKind'; did you mean 'plaintextKind'?"
            ),
            f"{USERS}:@-12: {MOBILE}: expected {PLAINTEXT}, found none",
        ),
    ),
    "a custom property twice": Case(
        USERS,
        "          - {property: policyClause, value: KP-1-1-2}\n",
        "          - {property: policyClause, value: KP-1-1-2}\n"
        + " " * 10
        + "- {property: policyClause, value: KP-4-1}\n",
        (f"{USERS}:@1: {MOBILE}.customProperties[3]: expected each property once, found 'policyClause' twice",),
    ),
    "a restricted column that was downgraded": Case(
        USERS,
        "classification: restricted",
        "classification: public",
        (f"{USERS}:@-2: {MOBILE}: expected {PLAINTEXT}, found it on a column that is public",),
    ),
    "a term of another vocabulary": Case(
        USERS,
        '"pd:TelephoneNumber"',
        '"foaf:phone"',
        (
            (
                f"{USERS}:@0: {MOBILE}.customProperties[1].value: expected a term of DPV's personal data such as "
                "pd:EmailAddress, found 'foaf:phone'"
            ),
        ),
    ),
    "a column twice": Case(
        USERS,
        "- name: mobile_token",
        "- name: mobile",
        (
            f"{USERS}:@0: schema[0].properties[3]: expected each column once, in capitals or not, found 'mobile' twice",
            (
                f"{USERS}:@0: schema[0].properties[3]: expected each physicalName once, in capitals or not, "
                "found 'mobile' twice"
            ),
        ),
    ),
    "a column twice but for capitals": Case(
        USERS,
        "- name: mobile_token\n",
        "- name: Mobile\n        physicalName: m\n",
        (f"{USERS}:@0: schema[0].properties[3]: expected each column once, in capitals or not, found 'Mobile' twice",),
    ),
    "two columns on one": Case(
        USERS,
        "- name: mobile_token\n",
        "- name: mobile_token\n        physicalName: mobile\n",
        (
            (
                f"{USERS}:@0: schema[0].properties[3]: expected each physicalName once, in capitals or not, "
                "found 'mobile' twice"
            ),
        ),
    ),
    "a column name for SQL": Case(
        USERS,
        "- name: mobile_token",
        "- name: \"m' OR '1'='1\"",
        (f"{USERS}:@0: schema[0].properties[3].name: expected {NAME}, found \"m' OR '1'='1\"",),
    ),
    "the rest as a column name": Case(
        USERS,
        "- name: mobile_token",
        "- name: '*'",
        (f"{USERS}:@0: schema[0].properties[3].name: expected {NAME}, found '*'",),
    ),
    "a custom property of tables on a column": Case(
        USERS,
        "          - {property: policyClause, value: KP-1-1-2}\n",
        "          - {property: policyClause, value: KP-1-1-2}\n          - {property: allowEmpty, value: why}\n",
        (
            f"{USERS}:@1: {MOBILE}.customProperties[3].property: expected the custom property 'allowEmpty' on tables only, found it on columns",
        ),
    ),
    "an unknown kind of plaintext": Case(
        USERS,
        "plaintextKind, value: phone_number",
        "plaintextKind, value: phone_numbr",
        (
            f"{USERS}:@0: {MOBILE}.customProperties[4].value: expected one of {{detection}}, found 'phone_numbr'; did you mean 'phone_number'?",
        ),
    ),
    "a type that no physical type tells": Case(
        USERS,
        "- name: mobile\n        logicalType: string\n",
        "- name: mobile\n        physicalType: BIT(8)\n",
        (
            f"{USERS}:@0: {MOBILE}: expected the key 'logicalType', or a physicalType that says it, such as VARCHAR, found 'BIT(8)'",
        ),
    ),
    "two contracts on one table": Case(
        USERS,
        "  - name: users\n",
        "  - name: users\n    physicalName: Books\n",
        (f"{USERS}:@0: expected a table of its own, by name and physicalName, found that of {BOOKS}:14",),
    ),
    "an empty reason for an empty table": Case(
        BOOKS,
        "    physicalType: table\n",
        "    physicalType: table\n    customProperties: [{property: allowEmpty, value: true}]\n",
        (f"{BOOKS}:@1: schema[0].customProperties[0].value: expected a text, found true",),
    ),
}


def words(policy: Policy) -> dict[str, str]:
    """What the messages list of the policy as it is."""

    def listed(names: object) -> str:
        return ", ".join(sorted(names))  # type: ignore[call-overload]

    clauses = {clause.id for clause in policy.clauses}
    books = policy.tables["books"]
    return {
        "id": repr(f"the {policy.id}"),
        "url": repr(policy.published.url.replace("https", "javascript")),
        "sha256": repr(policy.published.sha256.replace("1a4b", "b"))[:60] + "…'",
        "sections": listed(section.id for section in policy.sections),
        "clauses": listed(clauses),
        "small_clauses": listed(clauses - {"KP-1-1-1"} | {"kp-1-1-1"}),
        "fewer_clauses": listed(clauses - {"KP-4-3"}),
        "clauses_and_operations": listed(clauses | {"operations"}),
        "tables": listed(policy.tables),
        "roles": listed(role.id for role in policy.roles),
        "kinds": listed(KINDS),
        "detection": listed(detection.KINDS),
        "book_columns": listed(column.name for column in books.columns),
    }


def lines(folder: Folder) -> dict[str, int]:
    text = folder.text(POLICY).split("\n")
    return {
        "classified": next(n for n, line in enumerate(text, 1) if line.startswith("    clauses: [KP-1-1-1")),
        "authorised": next(n for n, line in enumerate(text, 1) if line.startswith("    clauses: [KP-4-3")),
        "rule_declared": next(n for n, line in enumerate(text, 1) if line == "  declared:"),
        "name_clause": next(
            n for n, line in enumerate(folder.text(USERS).split("\n"), 1) if "value: KP-1-1-1}" in line
        ),
        "text_4_3": next(
            n for n, line in enumerate(folder.text("policy.fa.md").split("\n"), 1) if line == "### KP-4-3"
        ),
        "no_bank": next(n for n, line in enumerate(text, 1) if line == "  no-bank-data:"),
    }


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_way_to_break_a_policy_is_told_in_one_sentence(case: Case, folder: Folder, policy: Policy) -> None:
    at = lines(folder)
    line = folder.change(case.file, case.old, case.new)
    expected = [placed(message, line).format(**words(policy), **at) for message in case.messages]
    found = folder.problems()
    if expected[-1] == "…":
        assert set(expected[:-1]) <= set(found)
    else:
        assert sorted(found) == sorted(expected)


def test_there_are_more_than_fifty_ways() -> None:
    assert len(CASES) > 50


def test_everything_wrong_in_every_file_is_told_at_once(folder: Folder) -> None:
    folder.change(POLICY, 'version: "2"', "version: 2")
    folder.change(POLICY, "kind: free_of", "kind: freeof")
    folder.change(ROLES, "reads: [user.payment,", "reads: [User.payment,")
    folder.change(USERS, "classification: restricted", "classification: secret")
    folder.change(BOOKS, "apiVersion: v3.1.0", "apiVersion: &v v3.1.0")
    places = [problem.split(": expected")[0].split(": ")[1] for problem in folder.problems()]
    assert places == [
        "apiVersion",
        "schema[0].properties[2].classification",
        "policy.version",
        "rules.no-bank-data.kind",
        "roles.finance.reads[0]",
    ]


@pytest.mark.parametrize("name", [ROLES, USERS])
def test_a_file_that_cannot_be_read_makes_no_reference_to_it_wrong(name: str, folder: Folder) -> None:
    folder.write(name, "a: [")
    folder.change(POLICY, "severity: warning", "severity: warn")
    folder.change(POLICY, BANK_WHERE, BANK_WHERE.replace("all", "[users]"))
    found = folder.problems()
    assert len(found) == 2
    assert any(problem.startswith(f"{name}:1: expected YAML") for problem in found)
    assert any(": rules.declared.severity: " in problem for problem in found)


def test_a_policy_that_cannot_be_read_makes_no_contract_wrong(folder: Folder) -> None:
    folder.write(POLICY, "rules: [")
    (problem,) = folder.problems()
    assert problem.startswith("policy.yaml:1: expected YAML")


@pytest.mark.parametrize(("part", "least"), [("sections", "section"), ("clauses", "clause"), ("rules", "rule")])
def test_an_empty_part_of_the_policy_is_a_problem(part: str, least: str, folder: Folder) -> None:
    text = folder.text(POLICY)
    start = text.index(f"\n{part}:\n") + 1
    following = [text.find(f"\n{other}:\n", start) for other in ("clauses", "rules") if other != part]
    end = min((at + 1 for at in following if at >= 0), default=len(text))
    folder.write(POLICY, f"{text[:start]}{part}: {{}}\n\n{text[end:]}")
    line = text[:start].count("\n") + 1
    assert f"policy.yaml:{line}: {part}: expected at least one {least}, found none" in folder.problems()


def test_roles_that_do_not_exist_cannot_be_named_even_when_there_are_none(folder: Folder) -> None:
    folder.write(ROLES, "roles: {}\n")
    assert all("expected one of none, for none is declared, found '" in problem for problem in folder.problems())


def test_a_contract_without_columns_is_a_problem(folder: Folder) -> None:
    text = folder.text(BOOKS)
    folder.write(BOOKS, text[: text.index("    properties:")] + "    properties: []\n")
    line = text[: text.index("    properties:")].count("\n") + 1
    assert folder.problems() == [f"{BOOKS}:{line}: schema[0].properties: expected at least one column, found none"]


def test_a_contract_without_tables_is_a_problem(folder: Folder) -> None:
    text = folder.text(BOOKS)
    start = text.index("schema:\n")
    folder.write(BOOKS, text[:start] + "schema: []\n")
    line = text[:start].count("\n") + 1
    assert f"{BOOKS}:{line}: schema: expected at least one table, found none" in folder.problems()


@pytest.mark.parametrize("name", ["users.odcs.yml", "users.yaml", "USERS.ODCS.YAML", "users.json"])
def test_a_contract_that_would_go_unread_is_a_problem(name: str, folder: Folder) -> None:
    (folder.path / USERS).rename(folder.path / "contracts" / name)
    assert f"contracts/{name}:1: expected a name that ends with .odcs.yaml, found {name!r}" in folder.problems()


def test_a_copy_of_a_contract_is_a_problem(folder: Folder) -> None:
    (folder.path / "contracts" / ".users.odcs.yaml").write_text(folder.text(USERS), "utf-8")
    (problem,) = folder.problems()
    assert problem.startswith(f"{USERS}:16: expected a table of its own, by name and physicalName, found that of ")
    assert problem.endswith("contracts/.users.odcs.yaml:16")


def test_a_policy_without_contracts_is_a_problem(folder: Folder) -> None:
    for path in (folder.path / "contracts").iterdir():
        path.unlink()
    assert "contracts:1: expected at least one contract <table>.odcs.yaml, found none" in folder.problems()


def test_a_pipe_among_the_contracts_is_not_waited_for(folder: Folder) -> None:
    (folder.path / BOOKS).unlink()
    os.mkfifo(folder.path / BOOKS)
    assert folder.problems() == [f"{BOOKS}:1: expected a readable file, found something else"]


def test_missing_roles_are_a_problem_and_a_missing_policy_is_a_usage_error(folder: Folder) -> None:
    (folder.path / ROLES).unlink()
    assert folder.problems() == ["roles.yaml:1: expected a readable file, found none"]
    (folder.path / POLICY).unlink()
    with pytest.raises(UsageError, match=r"expected the policy file policy\.yaml here, found none"):
        folder.load()
