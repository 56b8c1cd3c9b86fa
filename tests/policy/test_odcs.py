"""Contracts as other people write them: what the standard accepts loads, and what is not used of it is named."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from governance import detection
from governance.errors import PolicyError
from governance.planning.checks import plan
from governance.policy import Contract, Term
from governance.policy.contract_check import Checked, check_contract
from governance.policy.contract_columns import EXTRAS
from governance.policy.physical_types import logical_type_of
from governance.reports.terminal.policy_lines import coverage_lines
from tests.commands import govern
from tests.policy.folder import Folder
from tests.renaming import Plain

EXAMPLES = Path(__file__).with_name("odcs_examples")
NAMES = ("payments", "customers", "clicks")
TOP: dict[str, Any] = {"apiVersion": "v3.1.0", "kind": "DataContract", "id": "x", "version": "1", "status": "active"}
OURS: list[dict[str, Any]] = [
    {"property": "fidesDataCategory", "value": "user.behavior"},
    {"property": "policyClause", "value": "operations"},
    {"property": "purposes", "value": ["essential.service.security"]},
]


def column(name: str, **more: Any) -> dict[str, Any]:
    given = {"name": name, "logicalType": "string", "classification": "internal", "customProperties": OURS, **more}
    return {key: value for key, value in given.items() if value is not None}


def table(name: str, *columns: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "properties": list(columns), **more}


def checked(tmp_path: Path, *tables: dict[str, Any], **top: Any) -> Checked:
    path = tmp_path / "one.odcs.yaml"
    path.write_text(yaml.dump({**TOP, **top, "schema": list(tables)}, Dumper=Plain, sort_keys=False), "utf-8")
    return check_contract(path, detection.KINDS)


def only(tmp_path: Path, *tables: dict[str, Any], **top: Any) -> Contract:
    """The first table of a file in which nothing is missing."""
    found = checked(tmp_path, *tables, **top)
    assert not found.missing
    return found.contracts[0]


def sentences(tmp_path: Path, *tables: dict[str, Any], **top: Any) -> list[str]:
    """What is wrong with a file or missing in it, without its place."""
    try:
        problems = checked(tmp_path, *tables, **top).missing
    except PolicyError as error:
        problems = error.problems
    return [str(problem).partition(": ")[2] for problem in problems]


@pytest.mark.parametrize("name", NAMES)
def test_a_public_contract_with_our_terms_can_be_used_as_it_is(name: str) -> None:
    done = govern("contract", "check", EXAMPLES / f"{name}.odcs.yaml")
    assert (done.code, done.out.splitlines()[-1]) == (0, "a project can use it as it is")


@pytest.mark.parametrize("name", NAMES)
def test_a_public_contract_without_our_terms_lacks_one_sentence_a_table_and_term(name: str, tmp_path: Path) -> None:
    document = yaml.safe_load((EXAMPLES / f"{name}.odcs.yaml").read_text("utf-8"))
    ours = {own for names in EXTRAS.values() for own in names}
    for entry in document["schema"]:
        for each in entry["properties"]:
            each["customProperties"] = [p for p in each["customProperties"] if p["property"] not in ours]
            each.pop("classification")
    path = tmp_path / "public.odcs.yaml"
    path.write_text(yaml.dump(document, Dumper=Plain, sort_keys=False), "utf-8")
    done = govern("contract", "check", path)
    missing = done.out[done.out.index("a project needs more:\n") :].splitlines()[1:]
    assert done.code == 1
    assert len(missing) == 4 * len(document["schema"])
    for term in ("the key 'classification'", *(f"the custom property {p['property']!r}" for p in OURS)):
        assert sum(f"expected {term}, found none" in line for line in missing) == len(document["schema"])
    assert all(" on 3 of 3 columns" in line for line in missing if "schema[0]" in line)


def test_a_project_loads_public_contracts_and_names_what_it_does_not_use(folder: Folder) -> None:
    before = list(coverage_lines(plan(folder.load())))
    for name in NAMES:
        text = (EXAMPLES / f"{name}.odcs.yaml").read_text("utf-8")
        folder.write(f"contracts/several-{name}.odcs.yaml", text)
    policy = folder.load()
    assert {"payments", "customers", "addresses", "countries", "clicks"} <= policy.tables.keys()
    lines = [line for line in coverage_lines(plan(policy)) if "not read:" in line]
    assert [line.partition(":")[0] for line in lines] == [
        f"contracts/several-{name}.odcs.yaml" for name in sorted(NAMES)
    ]
    assert "team, " in lines[2]
    assert "schema[0].properties[1].transformLogic" in lines[2]
    assert lines[2].endswith("not run: schema[0].properties[2].quality[0], schema[0].quality[1], schema[0].quality[2]")
    assert not any("not read:" in line for line in before)


def test_a_file_that_the_standard_refuses_is_told_with_the_nearest_spelling_and_exit_code_3(tmp_path: Path) -> None:
    text = (EXAMPLES / "payments.odcs.yaml").read_text("utf-8")
    path = tmp_path / "bad.odcs.yaml"
    path.write_text(
        text.replace("transformLogic:", "transformLogik:").replace("  - {channel: payments-news", "  - {chanel: x")
    )
    done = govern("contract", "check", path)
    assert done.code == 3
    assert "schema[0].properties[1].transformLogik: expected one of the keys " in done.err
    assert "did you mean 'transformLogic'?" in done.err
    assert "support[1]: expected the key 'channel', found none" in done.err
    # Keys that are known, but stand beside what is wrong, are not named.
    assert "physicalName'" not in done.err


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"apiVersion": "v2.2.2"}, "apiVersion: expected one of v3.0.0, v3.0.1, v3.0.2, v3.1.0, found 'v2.2.2'"),
        ({"kind": "Contract"}, "kind: expected one of DataContract, found 'Contract'; did you mean 'DataContract'?"),
        ({"price": {"priceAmount": "9"}}, "price.priceAmount: expected a number, found '9'"),
        ({"servers": [{"server": "a", "type": "kafka"}]}, "servers[0]: expected the key 'host', found none"),
        (
            {"servers": [{"server": "a", "type": "kafka", "host": "h", "database": "d"}]},
            "servers[0].database: expected no such key beside the others here, found the key 'database'",
        ),
    ],
)
def test_what_the_standard_refuses_is_one_sentence(tmp_path: Path, change: dict[str, Any], sentence: str) -> None:
    assert sentences(tmp_path, table("t", column("a")), **change) == [sentence]


@pytest.mark.parametrize("version", ["v3.0.0", "v3.0.1", "v3.0.2"])
def test_an_older_version_is_judged_by_its_own_schema(tmp_path: Path, version: str) -> None:
    old = [{"rule": "rowCount", "mustBe": 1, "type": "library"}]
    assert only(tmp_path, table("t", column("a"), quality=old), apiVersion=version).quality
    assert sentences(tmp_path, table("t", column("a"), quality=old)) == [
        "schema[0].quality[0]: expected the key 'metric', found none"
    ]


def test_an_older_date_is_the_moment_that_its_physical_type_says(tmp_path: Path) -> None:
    moments = table("t", column("a", logicalType="date", physicalType="timestamp(6)"))
    assert only(tmp_path, moments, apiVersion="v3.0.2").columns[0].logical_type == "timestamp"
    assert only(tmp_path, moments).columns[0].logical_type == "date"


@pytest.mark.parametrize(
    ("physical", "logical"),
    [
        *[("VARCHAR(18)", "string"), ("text", "string"), ("character varying(5)", "string"), ("bigint", "integer")],
        *[("DECIMAL(18, 2)", "number"), ("double precision", "number"), ("BOOLEAN", "boolean"), ("Date", "date")],
        *[("timestamp with time zone", "timestamp"), ("DATETIME2(7)", "timestamp"), ("jsonb", "object")],
        *[("int[]", "array"), ("ARRAY<STRING>", "array"), ("BIT", ""), ("", ""), ("geography", "")],
    ],
)
def test_the_logical_type_of_an_obvious_physical_type(physical: str, logical: str) -> None:
    assert logical_type_of(physical) == logical


def test_a_type_that_is_not_obvious_is_asked_for(tmp_path: Path) -> None:
    expected = "expected the key 'logicalType', or a physicalType that says it, such as VARCHAR"
    columns = column("a", logicalType=None, physicalType="BIT"), column("b", logicalType=None)
    assert sentences(tmp_path, table("t", *columns)) == [
        f"schema[0].properties[0]: {expected}, found 'BIT'",
        f"schema[0].properties[1]: {expected}, found none",
    ]


def test_the_key_of_several_columns_follows_its_positions(tmp_path: Path) -> None:
    columns = (
        column("none"),
        column("last", primaryKey=True),
        column("second", primaryKey=True, primaryKeyPosition=2),
        column("first", primaryKey=True, primaryKeyPosition=1),
        column("no", primaryKey=False, primaryKeyPosition=-1),
    )
    contract = only(tmp_path, table("t", *columns))
    assert (contract.key, contract.primary_key) == (("first", "second", "last"), "")


def test_single_relationships_are_followed_from_wherever_they_stand(tmp_path: Path) -> None:
    one = table(
        "one",
        column(
            "a", relationships=[{"to": ["two.id"]}, {"to": "two.other"}, {"to": "other.yaml#/schema/x/properties/y"}]
        ),
        column("b"),
        column("c", relationships=[{"to": ["two.id", "two.other"]}]),
        relationships=[
            {"from": "one.b", "to": "two.other"},
            {"from": ["one.a", "one.b"], "to": ["two.id", "two.other"]},
            {"from": "other.a", "to": "two.id"},
        ],
    )
    contract = only(tmp_path, one, table("two", column("id"), column("other")))
    assert [c.references for c in contract.columns] == ["two.id", "two.other", ""]
    assert sorted(contract.unread) == [
        *("schema[0].properties[0].relationships[1]", "schema[0].properties[0].relationships[2]"),
        *("schema[0].properties[2].relationships[0]", "schema[0].relationships[2]"),
    ]
    assert [(c.columns, c.table, c.targets) for c in contract.composites] == [(("a", "b"), "two", ("id", "other"))]


def test_a_relationship_is_of_a_column_that_the_table_has(tmp_path: Path) -> None:
    wrong = table("one", column("amount"), relationships=[{"from": "one.amont", "to": "one.amount"}])
    assert sentences(tmp_path, wrong) == [
        "schema[0].relationships[0].from: expected one of amount, found 'amont'; did you mean 'amount'?"
    ]


def test_a_reference_within_a_file_must_exist(tmp_path: Path) -> None:
    one = table("one", column("a", relationships=[{"to": "two.idd"}]), column("b", relationships=[{"to": "far.id"}]))
    assert sentences(tmp_path, one, table("two", column("id"))) == [
        "schema[0].properties[0].relationships[0].to: expected one of id, found 'idd'; did you mean 'id'?"
    ]


@pytest.mark.parametrize(
    ("own", "theirs"),
    [("string", "timestamp"), ("date", "timestamp"), ("boolean", "integer"), ("array", "string"), ("array", "array")],
)
def test_a_reference_between_cells_that_never_compare_is_refused(own: str, theirs: str, tmp_path: Path) -> None:
    two = table("two", column("id", logicalType=theirs), column("other"))
    together = {"from": ["one.a", "one.b"], "to": ["two.id", "two.other"]}
    for one, place in (
        (table("one", column("a", logicalType=own, relationships=[{"to": "two.id"}])), ".to"),
        (table("one", column("a", logicalType=own), relationships=[{"from": "one.a", "to": "two.id"}]), ".to"),
        (table("one", column("a", logicalType=own), column("b"), relationships=[together]), ".to[0]"),
    ):
        (found,) = sentences(tmp_path, one, two)
        assert found.endswith(
            f"{place}: expected a column whose cells compare with one of type {own}, found one of type {theirs}"
        )


@pytest.mark.parametrize(("own", "theirs"), [("string", "integer"), ("integer", "number"), ("date", "date")])
def test_a_reference_between_cells_that_compare_is_read(own: str, theirs: str, tmp_path: Path) -> None:
    one = table("one", column("a", logicalType=own, relationships=[{"to": "two.id"}]))
    assert only(tmp_path, one, table("two", column("id", logicalType=theirs))).columns[0].references == "two.id"


def test_roles_that_do_not_read_are_no_readers(tmp_path: Path) -> None:
    roles = [{"role": "a", "access": "read"}, {"role": "b", "access": "write"}, {"role": "c"}]
    contract = only(tmp_path, table("t", column("x")), roles=roles)
    assert (contract.roles, contract.unread) == (("a",), ("roles[1]", "roles[2]"))


def test_a_strange_custom_property_is_named_and_a_slip_of_ours_is_refused(tmp_path: Path) -> None:
    strange = {"property": "owner", "value": {"of": "this"}}
    contract = only(tmp_path, table("t", column("x", customProperties=[*OURS, strange]), customProperties=[strange]))
    assert contract.unread == ("schema[0].customProperties.owner", "schema[0].properties[0].customProperties.owner")
    slip = {"property": "alowEmpty", "value": "why"}
    (found,) = sentences(tmp_path, table("t", column("x"), customProperties=[slip]))
    expected = "expected one of allowEmpty, appendOnly, eventTime"
    assert found.endswith(f"{expected}, found 'alowEmpty'; did you mean 'allowEmpty'?")
    astray = {"property": "tokenOf", "value": "t.x"}
    (found,) = sentences(tmp_path, table("t", column("x"), customProperties=[astray]))
    assert found.endswith("expected the custom property 'tokenOf' on columns only, found it on tables")


@pytest.mark.parametrize(
    ("value", "empty"), [(None, "null"), ("null", "null"), ("quoted", "quoted"), ("no such word", None)]
)
def test_a_server_says_what_a_quoted_empty_field_is(tmp_path: Path, value: str | None, empty: str | None) -> None:
    local = {"server": "a", "type": "local", "path": "x.csv", "format": "csv"}
    local["customProperties"] = [{"property": "quotedEmpty", "value": value}]  # type: ignore[assignment]
    if empty:
        assert only(tmp_path, table("t", column("x")), servers=[local]).csv_empty == empty
    else:
        (found,) = sentences(tmp_path, table("t", column("x")), servers=[local])
        assert found.endswith("expected null or quoted, found 'no such word'")


def test_without_a_word_of_servers_a_quoted_empty_field_is_a_text(tmp_path: Path) -> None:
    assert only(tmp_path, table("t", column("x"))).csv_empty == "quoted"


@pytest.mark.parametrize(
    ("physical", "fits", "fails"),
    [
        ("events_*", ["events_2024", "events_"], ["Events_2024", "my_events_1", "event"]),
        ("part?", ["part1"], ["part", "part10"]),
        ("[crm].[users]", ["[crm].[users]"], ["c.u", "crm.users"]),
        ("plain", ["plain"], ["plain1"]),
    ],
)
def test_a_physical_name_may_be_a_pattern(tmp_path: Path, physical: str, fits: list[str], fails: list[str]) -> None:
    contract = only(tmp_path, table("t", column("x"), physicalName=physical))
    assert all(contract.matches(name) for name in fits)
    assert not any(contract.matches(name) for name in fails)
    assert contract.is_pattern == (physical in {"events_*", "part?"})


def test_the_same_place_may_be_wrong_in_two_files(folder: Folder) -> None:
    for name in ("users", "books"):
        folder.change(f"contracts/{name}.odcs.yaml", "version: ", "tenant: 1\nversion: ")
    assert [problem.partition(":")[0] for problem in folder.problems()] == [
        "contracts/books.odcs.yaml",
        "contracts/users.odcs.yaml",
    ]


def test_two_contracts_for_one_table_are_refused_in_one_sentence(tmp_path: Path) -> None:
    tables = table("all", column("x"), physicalName="events_*"), table("events_2024", column("x"))
    (problem,) = checked(tmp_path, *tables).missing
    assert problem.expected == "a table of its own, by name and physicalName"
    assert problem.found == f"that of {tmp_path / 'one.odcs.yaml'}:7"


def test_a_file_that_cannot_be_read_makes_no_reference_to_its_table_wrong(folder: Folder) -> None:
    folder.write("contracts/users.odcs.yaml", "a: [")
    (problem,) = folder.problems()
    assert problem.startswith("contracts/users.odcs.yaml:1: expected YAML")


def test_foreign_files_may_leave_days_unquoted_and_policies_may_not(folder: Folder, tmp_path: Path) -> None:
    books = folder.text("contracts/books.odcs.yaml")
    plain = "slaProperties:\n  - {property: retention, value: 2026-01-31, unit: y}\n"
    folder.write("contracts/books.odcs.yaml", books + plain)
    assert "slaProperties" in folder.load().tables["books"].unread
    path = tmp_path / "books.odcs.yaml"
    path.write_text(books + plain.replace("y}", "no}"), "utf-8")
    with pytest.raises(PolicyError, match="found the unquoted no"):
        check_contract(path, detection.KINDS)


def test_a_vocabulary_is_what_a_quality_entry_closes(tmp_path: Path) -> None:
    closed = [{"metric": "invalidValues", "mustBe": 0, "arguments": {"validValues": ["a", "b"]}}]
    almost = [{"metric": "invalidValues", "mustBeLessThan": 2, "arguments": {"validValues": ["a", "b"]}}]
    own = [*OURS, {"property": "vocabulary", "value": ["c"]}]
    alike = [{"metric": "invalidValues", "mustBe": 0, "arguments": {"validValues": ["a", "A"]}}]
    columns = (
        *(column("p", quality=closed), column("q", quality=almost)),
        *(column("r", quality=closed, customProperties=own), column("s", quality=alike)),
    )
    contract = only(tmp_path, table("t", *columns))
    assert [c.vocabulary for c in contract.columns] == [
        *((Term("a", "a"), Term("b", "b")), ()),
        *((Term("c", "c"),), ()),
    ]


def test_what_many_columns_lack_is_told_once_and_a_contract_of_2000_columns_is_soon_read(folder: Folder) -> None:
    columns = [column(f"c{i}", tags=["a"], physicalType="text", description="What it holds.") for i in range(2000)]
    text = yaml.dump({**TOP, "schema": [table("wide", *columns)]}, Dumper=Plain, sort_keys=False)
    folder.write("contracts/wide.odcs.yaml", text)
    began = time.process_time()
    policy = folder.load()
    # Twice what an idle machine may need.
    assert time.process_time() - began < 4
    assert len(policy.tables["wide"].columns) == 2000
    assert any("schema[0].properties[*].tags (2,000 times)" in line for line in coverage_lines(plan(policy)))
    folder.write(
        "contracts/wide.odcs.yaml", text.replace("user.behavior", "user.behaviour").replace("internal", "secret")
    )
    began = time.process_time()
    found = folder.problems()
    assert time.process_time() - began < 4
    assert len(found) == 2
    assert all(" on 2000 of 2000 columns" in problem for problem in found)
