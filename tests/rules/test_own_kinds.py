"""A policy's own kinds of data, and the kinds of its regions, in the rules that name them."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from governance.detection import OwnKind
from governance.policy import Policy, Where
from governance.results import Verdict
from governance.rules.kinds import KINDS, About
from governance.rules.kinds.classified import Classified
from governance.rules.kinds.free_of import FreeOf
from tests.rules.conftest import Seen, column, contract, policy, rule

OWN = OwnKind("member_number", "user.account.username", "KM-[0-9]{6}", context=("member", "عضو"))
NOTES = contract(
    "notes", column("id", "integer", category="system.operations"), column("text", category="user.content.private")
)
TEXTS = ["عضو KM-۲۰۴۵۱۸", "KM-204518", "DOB 04/21/1990", "Tel. 030 12345678", "password: Tr0ub4dor&3"]


def seen(made: Policy, *kinds: str) -> Seen:
    named = [kinds] if kinds else []
    rules = (
        rule("free", FreeOf(*named), Where(tables=("notes",), columns=True, undeclared=True)),
        rule("classified", Classified(*named), Where(undeclared=True)),
    )
    return Seen({"notes": pa.table({"id": list(range(len(TEXTS))), "text": TEXTS})}, replace(made, rules=rules))


def with_own() -> Policy:
    return replace(policy(NOTES, rules=()), kinds=(OWN,), regions=("IR", "DE"))


def test_an_own_kind_is_found_by_rules_that_name_it() -> None:
    found = seen(with_own(), "member_number")
    assert found["free/notes/text"].problems == (("member_number", 1),)
    assert found["classified/notes"].problems == (("undeclared_user.account.username", 1),)
    assert found.verdict("free/notes/text")[0] is Verdict.FAILED
    assert KINDS["classified"].about("undeclared_user.account.username") is About.CATEGORY
    assert KINDS["free_of"].about("member_number") is About.RULE


def test_a_column_declared_for_an_own_kind_may_hold_it() -> None:
    notes = replace(NOTES, columns=(NOTES.columns[0], replace(NOTES.columns[1], category="user.account")))
    found = seen(replace(with_own(), contracts=(notes,)), "member_number")
    assert found["classified/notes"].problems == ()


@pytest.mark.parametrize(
    ("kind", "regions", "hits"),
    [
        ("birth_date", ("IR",), 1),
        ("password", ("IR",), 1),
        ("landline_number", ("DE",), 1),
        ("landline_number", ("FR",), 0),
        ("passport_number", ("IR",), 0),
    ],
)
def test_kinds_are_found_as_the_regions_of_the_policy_write_them(
    kind: str, regions: tuple[str, ...], hits: int
) -> None:
    found = seen(replace(with_own(), regions=regions), kind)["free/notes/text"]
    assert (found.violations + found.review, found.fell_back) == (hits, ())


def test_rules_that_name_no_kinds_look_for_no_new_ones() -> None:
    found = seen(with_own())
    assert found["free/notes/text"].problems == ()
    assert found["classified/notes"].problems == (("undeclared_user.contact.phone_number", 1),)
