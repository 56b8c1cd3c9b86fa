"""Kind `classified`: personal data is found where no contract speaks of it, and left alone where one does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from governance.policy import Contract, Where
from governance.results import Reason, RowReference, Verdict
from governance.rules.kinds.classified import Classified
from governance.rules.kinds.free_of import FreeOf
from governance.sources import BatchSource
from tests.rules.conftest import KEYS, Seen, column, contract, policy, rule

NAME = "سارا احمدی"
NOTES = contract(
    "notes",
    column("id", "integer", category="system.operations"),
    column("text", category="user.content.private"),
    column("reach", category="user.contact"),
    column("author", classification="public", category="system.operations", role="public_name"),
)
PEOPLE = contract(
    "people", column("person", "integer", category="user.unique_id"), column("name", classification="confidential")
)
RULES = (
    rule("classified", Classified(), Where(undeclared=True)),
    rule("free", FreeOf(("email_address", "person_name")), Where(tables=("notes",), columns=True, undeclared=True)),
)


def seen(more: dict[str, list[Any]] | None = None, keys: Any = KEYS, **columns: list[Any]) -> Seen:
    size = len(next(iter((columns | (more or {})).values())))
    empty: dict[str, list[Any]] = {name: ["…"] * size for name in ("text", "reach", "author")}
    tables = {
        "notes": pa.table({"id": list(range(size)), **empty, **columns, **(more or {})}),
        "people": pa.table({"person": [1], "name": [NAME]}),
    }
    return Seen(tables, policy(NOTES, PEOPLE, rules=RULES), keys)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("شماره‌ام ۰۹۱۲ ۱۲۳ ۴۵ ۶۷ است", "user.contact.phone_number"),
        ("sara@post.example", "user.contact.email"),
        ("کد ملی 0012345679", "user.government_id.national_identification_number"),
        ("from 185.20.30.40", "user.device.ip_address"),
        (f"از {NAME} ممنونم", "user.name"),
    ],
)
def test_it_names_the_category_that_the_column_should_have(text: str, category: str) -> None:
    found = seen(text=["سلام", text])
    evidence = found["classified/notes"]
    assert evidence.problems == ((f"undeclared_{category}", 1),)
    assert evidence.rows == (RowReference(KEYS.reference("notes", "1"), f"undeclared_{category}", "notes"),)
    assert evidence.columns == (("text", 1),)
    assert found.verdict("classified/notes") == (Verdict.FAILED, Reason.VIOLATED)


def test_declared_personal_data_is_in_its_place() -> None:
    found = seen(reach=["sara@post.example", "09121234567"])
    assert found.verdict("classified/notes") == (Verdict.PASSED, Reason.HOLDS)
    assert found.verdict("classified/people") == (Verdict.PASSED, Reason.HOLDS)


def test_authors_may_be_called_like_readers_but_have_no_numbers() -> None:
    assert seen(author=[NAME]).verdict("classified/notes")[0] is Verdict.PASSED
    assert seen(author=["09121234567"]).verdict("classified/notes")[0] is Verdict.FAILED


def test_the_companys_own_contacts_are_nobodys() -> None:
    cells = ["support@shop.example", "02188665544", "کد ملی 0012345679"]
    assert seen(desk=cells)["classified/notes"].violations == 2  # without a number of a desk, which is no mobile one
    own = column("desk", category="system.operations", role="own_contact")
    told = policy(contract("notes", *NOTES.columns, own), PEOPLE, rules=RULES)
    table = {"id": [1, 2, 3], "text": [""] * 3, "reach": [""] * 3, "author": [""] * 3, "desk": cells}
    data = {"notes": pa.table(table), "people": pa.table({"person": [1], "name": [NAME]})}
    found = Seen(data, told)["classified/notes"]
    assert found.problems == (("undeclared_user.government_id.national_identification_number", 1),)


def test_a_contact_that_the_policy_recognises_is_nobodys_in_any_text() -> None:
    made = policy(NOTES, PEOPLE, rules=RULES)
    made = replace(made, recognised=replace(made.recognised, own_contacts=("support@shop.example", "021 8866 5544")))

    def judged(text: str) -> list[Verdict]:
        table = {"id": [1], "text": [text], "reach": ["…"], "author": ["…"], "tip": [text]}
        data = {"notes": pa.table(table), "people": pa.table({"person": [1], "name": [NAME]})}
        found = Seen(data, made)
        return [found.verdict(check)[0] for check in ("classified/notes", "free/notes/text", "free/notes/*")]

    assert judged("بنویسید به Support@Shop.example، تلفن ۰۲۱-۸۸۶۶۵۵۴۴") == [Verdict.PASSED] * 3
    for other in (
        "notsupport@shop.example",
        "support@shop.example.evil.com",
        "support@shop.example or sara@post.example",
    ):
        assert judged(other) == [Verdict.FAILED] * 3


def test_other_people_have_names_too() -> None:
    assert seen(text=["از مریم رضایی ممنونم"]).verdict("classified/notes")[0] is Verdict.PASSED


def test_undeclared_columns_are_looked_at_and_so_are_their_names() -> None:
    found = seen({"extra": ["sara@post.example"], "09121234567": ["x"]})
    assert found["classified/notes"].problems == (
        ("undeclared_user.contact.email", 1),
        ("undeclared_user.contact.phone_number", 1),
    )
    assert found["classified/notes"].names == ("extra",)


def test_tables_without_a_contract_are_looked_at() -> None:
    tables = {"notes": pa.table({"id": [1]}), "list": pa.table({"who": [NAME, "x"]}), "plain": pa.table({"n": [1]})}
    tables["people"] = pa.table({"person": [1], "name": [NAME]})
    found = Seen(tables, policy(NOTES, PEOPLE, rules=RULES))
    assert (found["classified/*"].violations, found["classified/*"].names) == (1, ("list",))
    assert "free/*" not in found.checks


def test_names_cannot_be_told_without_keys() -> None:
    found = seen(text=[f"از {NAME} ممنونم"], keys=None)
    assert found.verdict("classified/notes") == (Verdict.NOT_EVALUATED, Reason.NO_KEY)
    assert found.verdict("free/notes/text") == (Verdict.NOT_EVALUATED, Reason.NO_KEY)
    assert seen(text=["sara@post.example"], keys=None).verdict("classified/notes")[0] is Verdict.FAILED


def test_names_cannot_be_told_on_a_lone_batch() -> None:
    made: tuple[Contract, ...] = (NOTES, PEOPLE)
    batch = BatchSource("notes", pa.table({"id": [1], "text": [NAME], "reach": [""], "author": [""]}), NOTES)
    found = Seen(batch, policy(*made, rules=RULES))
    assert found.verdict("classified/notes")[1] is Reason.NEEDS_TABLES


def test_free_of_names_counts_a_row_under_the_gravest_kind() -> None:
    found = seen(text=[f"{NAME} sara@post.example", NAME, "سلام"])
    assert found["free/notes/text"].problems == (("email_address", 1), ("person_name", 1))
