"""The names of people: in parts, in parts that nobody told apart, and those of people whose namesakes are public."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest

from governance.policy import Column, Contract, Where
from governance.results import Reason, Verdict
from governance.rules.kinds.classified import Classified
from governance.rules.kinds.erased import Erased
from governance.rules.kinds.free_of import FreeOf
from tests.rules.conftest import AS_OF, KEYS, Seen, column, contract, policy, rule

NAME, OTHER, GONE = "سارا رضایی", "مینا کاظمی", "ندا شریفی"
TICKETS = contract(
    "tickets", column("ticket", "integer", category="system.operations"), column("text", category="user.content")
)
BOOKS = contract(
    "books",
    column("book", "integer", category="system.operations"),
    column("author", category="system.operations", classification="public", role="public_name"),
    column("blurb", category="system.operations", classification="public"),
)
REQUESTS = contract(
    "subject_requests",
    *(column(name, category="user.unique_id") for name in ("request_id", "right", "id_token", "mobile_token")),
    *(column(name, category="user.unique_id") for name in ("email_token", "name_token")),
    column("digest_tokens", "array", category="user.unique_id"),
    column("fulfilled_at", "timestamp", category="user.unique_id"),
)
RULES = (
    rule("classified", Classified(), Where(tables=("tickets",))),
    rule("free", FreeOf(("person_name",)), Where(tables=("tickets",), columns=True)),
    rule("erased", Erased(), Where(tables=("tickets",))),
)
CHECKS = ("classified/tickets", "free/tickets/text", "erased/tickets")


def seen(
    text: str,
    *names: Column,
    people: dict[str, list[Any]] | None = None,
    authors: Any = (),
    blurb: str = "",
    books: Contract = BOOKS,
) -> Seen:
    made = policy(
        contract("users", column("user_id", "integer", category="user.unique_id"), *(names or (column("name"),))),
        TICKETS,
        books,
        REQUESTS,
        rules=RULES,
    )
    request = {
        "request_id": "r1",
        "right": "erasure",
        "id_token": KEYS.token("user:9"),
        "mobile_token": None,
        "email_token": None,
        "name_token": KEYS.token(GONE),
        "digest_tokens": None,
        "fulfilled_at": AS_OF - timedelta(days=1),
    }
    held = people or {"name": [NAME, OTHER]}
    tables = {
        "users": pa.table({"user_id": list(range(len(next(iter(held.values()))))), **held}),
        "tickets": pa.table({"ticket": [1], "text": [text]}),
        "books": pa.table({"book": list(range(len(authors))), "author": authors or pa.array([], pa.string())})
        if not blurb
        else pa.table({"book": [1], "author": ["…"], "blurb": [blurb]}),
        "subject_requests": pa.Table.from_pylist([request]),
    }
    return Seen(tables, made)


def accused(found: Seen) -> list[str]:
    return [check for check in CHECKS if found[check].violations]


def parts(**more: Any) -> tuple[Column, Column]:
    return column("given", **more), column("surname", **more)


IN_PARTS = {"given": ["Jean", "Mina"], "surname": ["La Porte", "Kazemi"]}


@pytest.mark.parametrize(
    "columns",
    [
        (column("given", name_part=1), column("surname", name_part=2)),
        (column("surname", category="user.name.last"), column("given", category="user.name.first")),
    ],
    ids=["declared", "by category"],
)
def test_the_whole_name_is_found_in_both_orders_and_a_lone_part_accuses_nobody(columns: tuple[Column, ...]) -> None:
    for text in ("Jean La Porte called", "from LA PORTE, JEAN", "La Porte Jean", "Dear Mina Kazemi"):
        assert accused(seen(text, *columns, people=IN_PARTS)) == ["classified/tickets", "free/tickets/text"], text
    for text in ("sent to La Porte, Indiana", "Jean called", "Mina La Porte"):
        found = seen(text, *columns, people=IN_PARTS)
        assert accused(found) == [], text
        assert {found.verdict(check) for check in CHECKS} == {(Verdict.PASSED, Reason.HOLDS)}


@pytest.mark.parametrize(
    ("columns", "unclear"),
    [
        (parts(), ("users.given: namePart", "users.surname: namePart")),
        ((column("given", category="user.name.first"),), ("users.given: namePart",)),
        (
            (column("given", category="user.name.first"), column("surname")),
            (),
        ),
    ],
    ids=["two of names", "a lone first name", "a first name beside a whole one"],
)
def test_what_nobody_told_apart_is_said_and_accuses_nobody(
    columns: tuple[Column, ...], unclear: tuple[str, ...]
) -> None:
    people = {one.name: IN_PARTS[one.name] for one in columns}
    found = seen("sent to Jean", *columns, people=people)
    for check in CHECKS:
        assert not found[check].violations
        assert found[check].lacks == unclear
        expected = (Verdict.NOT_EVALUATED, Reason.NOT_DECLARED) if unclear else (Verdict.PASSED, Reason.HOLDS)
        assert found.verdict(check) == expected
    if unclear:
        assert accused(seen("La Porte", *columns, people=people)) == []


def test_several_whole_names_are_first_parts_without_a_second() -> None:
    people = {"name": [NAME], "name_latin": ["Sara Rezaei"]}
    whole = (column("name", name_part=1), column("name_latin", name_part=1))
    for text in (NAME, "to Sara Rezaei"):
        assert accused(seen(text, *whole, people=people)) == ["classified/tickets", "free/tickets/text"]
    assert seen("x", *whole, people=people).verdict(CHECKS[0]) == (Verdict.PASSED, Reason.HOLDS)


@pytest.mark.parametrize("author", [NAME, "سارا رضايي", "رضایی، سارا", "سارا\u200cرضایی", " سارا   رضایی "])
@pytest.mark.parametrize("text", [f"کتاب {NAME} خواندنی است", "رضایی، سارا", f"{NAME}"])
def test_a_public_name_is_nobody_s(author: str, text: str) -> None:
    assert accused(seen(text, authors=[author])) == []
    assert accused(seen(text, authors=[OTHER])) == ["classified/tickets", "free/tickets/text"]


def test_a_public_name_in_other_letters() -> None:
    people = {"name": ["Sara Rezaei"]}
    assert accused(seen("by sara rezaei", people=people, authors=["SARA REZAEI"])) == []
    several = contract("books", BOOKS.columns[0], replace(BOOKS.columns[1], logical_type="array"))
    assert accused(seen("by sara rezaei", people=people, authors=[["x", "Sara Rezaei"]], books=several)) == []
    assert accused(seen("by sara rezaei", people=people, authors=["Sara Rezaeian"])) != []


def test_the_name_of_somebody_erased_who_is_an_author_is_public_and_of_nobody_else() -> None:
    assert accused(seen(f"از {GONE}", authors=[GONE])) == []
    assert accused(seen(f"از {GONE}", authors=[NAME])) == list(CHECKS)


def test_only_whole_cells_of_tables_that_lead_to_nobody_are_public() -> None:
    assert accused(seen(NAME, authors=[f"{NAME} و {OTHER}"])) != []
    assert accused(seen(NAME, blurb=NAME)) != [], "a column of another role"
    led = contract("books", *BOOKS.columns, column("user_id", "integer", references="users.user_id"))
    assert accused(seen(NAME, authors=[NAME], books=led)) != []


def test_a_token_of_a_public_name_still_leads_to_its_bearer() -> None:
    assert accused(seen(KEYS.token(GONE), authors=[GONE])) == ["erased/tickets"]
