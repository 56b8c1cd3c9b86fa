"""The project's own policy files: complete, consistent, in good Persian."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

import pytest

from governance import detection
from governance.policy import Classification, Policy, Role, Text, fingerprint
from tests.policy.folder import EXPECTATIONS, Folder

GUARDED = (Classification.CONFIDENTIAL, Classification.RESTRICTED)
# What these files use of fideslang's data categories (3.1.4).
CATEGORIES = {
    "system": {"operations"},
    "user": {
        "account",
        "behavior",
        "contact",
        "content",
        "device",
        "name",
        "payment",
        "privacy_preferences",
        "unique_id",
    },
    "user.behavior": {"browsing_history", "purchase_history"},
    "user.contact": {"email", "phone_number"},
    "user.content": {"private", "public"},
}
# And of DPV's personal data (2.3), by subject.
TERMS = {
    *("Name", "EmailAddress", "TelephoneNumber", "UID", "Communication", "Opinion", "Preference"),
    *("Purchase", "Transaction", "BrowsingBehaviour", "ServiceConsumptionBehaviour"),
    *("Contact", "PrivacyPreference"),
    *("DeviceBased", "DeviceOperatingSystem", "UserAgent"),
}


def texts(value: object) -> Iterator[Text]:
    """Every sentence in two languages within a value."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from texts(part)
    elif dataclasses.is_dataclass(value):
        for known in dataclasses.fields(value):
            yield from texts(getattr(value, known.name))


def test_every_guarded_column_has_a_role_that_may_read_it(policy: Policy) -> None:
    guarded = [
        (contract.table, column.name)
        for contract in policy.contracts
        for column in contract.columns
        if column.classification in GUARDED
    ]
    assert len(guarded) > 5
    assert [place for place in guarded if not policy.readers(*place)] == []


def test_every_role_may_read_something(policy: Policy) -> None:
    used = {column.category for contract in policy.contracts for column in contract.columns}
    for role in policy.roles:
        for category in role.categories:
            assert any(Role("", role.title, (category,), role.why).covers(name) for name in used), (role.id, category)


def test_categories_and_terms_exist(policy: Policy) -> None:
    used = {column.category for contract in policy.contracts for column in contract.columns}
    used |= {category for role in policy.roles for category in role.categories}
    assert used <= {f"{parent}.{child}" for parent, children in CATEGORIES.items() for child in children}
    named = {
        term
        for path in (EXPECTATIONS / "contracts").iterdir()
        for term in re.findall(r'dpvPersonalData, value: "pd:(\w+)"', path.read_text("utf-8"))
    }
    assert named <= TERMS


def test_a_restricted_column_names_a_kind_that_can_be_found(policy: Policy) -> None:
    kinds = [column.plaintext for contract in policy.contracts for column in contract.columns if column.plaintext]
    assert kinds
    assert set(kinds) <= set(detection.PERSONAL_DATA)


def test_every_clause_has_a_rule_and_every_section_a_clause(policy: Policy) -> None:
    assert {clause for rule in policy.rules for clause in rule.clauses} == {clause.id for clause in policy.clauses}
    assert {clause.section for clause in policy.clauses} == {section.id for section in policy.sections}


def test_every_table_can_name_its_rows(policy: Policy) -> None:
    assert [contract.table for contract in policy.contracts if not contract.primary_key] == []


def test_no_two_clauses_say_the_same(policy: Policy) -> None:
    prints = [clause.fingerprint for clause in policy.clauses]
    assert len(set(prints)) == len(prints)
    assert prints == [fingerprint(clause.statement.fa) for clause in policy.clauses]


# Prefixes and endings that Persian joins with a zero-width non-joiner, not with a space or not at all.
UNJOINED = re.compile(r"(?:^|\s)ن?می\s|\sها(?:ی|ست)?(?:\s|[.،؛]|$)|\s(?:تر|ترین)(?:\s|$)")


def test_the_persian_is_written_as_persian(policy: Policy) -> None:
    sentences = list(texts(policy))
    assert len(sentences) > 30
    for sentence in sentences:
        assert not re.search("[يكىةۀ٠-٩]", sentence.fa), "Arabic letters or digits"
        assert not re.search("ه ی(?:\\s|$)", sentence.fa), "an ezafe written as a word"
        assert not re.search("[,;?](?![0-9])", sentence.fa), "Latin punctuation"
        assert not UNJOINED.search(sentence.fa), sentence.fa
        assert not re.search("\u200c(?:\\s|$|\u200c)|(?:^|\\s)\u200c", sentence.fa), "a joiner that joins nothing"
        assert "  " not in sentence.fa + sentence.en
        assert re.search("[آ-ی]", sentence.fa)
        assert not re.search("[آ-ی]", sentence.en)


@pytest.mark.parametrize(
    ("table", "column", "readers"),
    [
        (
            "users",
            "mobile",
            {"support_agent", "support_lead", "account_service", "security_analyst", "incident_responder"},
        ),
        ("users", "name", {"support_agent", "support_lead", "account_service"}),
        ("transactions", "reference_number", {"support_agent", "support_lead", "finance"}),
        ("transactions", "note", {"support_agent", "support_lead"}),
        ("transactions", "nothing", set()),
        ("nowhere", "mobile", set()),
    ],
)
def test_a_column_is_read_by_roles_of_its_contract_that_are_entitled_to_its_category(
    table: str, column: str, readers: set[str], policy: Policy
) -> None:
    assert set(policy.readers(table, column)) == readers


def test_a_category_covers_what_lies_below_it_and_not_what_only_begins_alike() -> None:
    role = Role("r", Text("ر", "r"), ("user.contact", "user.name"), Text("چ", "why"))
    assert role.covers("user.contact.email")
    assert role.covers("user.contact")
    assert not role.covers("user.contacts")
    assert not role.covers("user")
    assert not role.covers("user.names.first")


def test_the_digest_is_of_the_files_and_of_nothing_else(folder: Folder, policy: Policy) -> None:
    assert folder.load() == policy
    (folder.path / "contracts" / "README.md").write_text("read me")
    assert folder.load().digest == policy.digest
    folder.write("roles.yaml", folder.text("roles.yaml") + "# a remark\n")
    assert folder.load().digest != policy.digest


def test_a_contract_may_map_its_names_to_the_companys(folder: Folder) -> None:
    folder.change("contracts/users.odcs.yaml", "  - name: users\n", "  - name: users\n    physicalName: app_user\n")
    folder.change("contracts/users.odcs.yaml", "- name: mobile\n", "- name: mobile\n        physicalName: MSISDN\n")
    contract = folder.load().tables["users"]
    assert contract.physical_name == "app_user"
    column = contract.column("mobile")
    assert column is not None
    assert column.physical_name == "MSISDN"
    assert contract.column("MSISDN") is None


def test_a_table_may_be_empty_for_a_reason(folder: Folder) -> None:
    reason = "    customProperties: [{property: allowEmpty, value: the shop opens in spring}]\n"
    folder.change("contracts/books.odcs.yaml", "    physicalType: table\n", "    physicalType: table\n" + reason)
    assert folder.load().tables["books"].allow_empty == "the shop opens in spring"


def test_every_rule_tells_what_passes_and_what_fails(policy: Policy) -> None:
    for rule in policy.rules:
        assert rule.examples, rule.id
        told = [text for example in (rule.examples.passes, rule.examples.fails) for text in (example.fa, example.en)]
        assert len(set(told)) == 4, rule.id
