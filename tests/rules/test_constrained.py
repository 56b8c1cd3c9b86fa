"""Kind `constrained`: a table keeps its contract, or its rows are named; in Parquet, CSV and memory alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

from governance.policy import Contract, Quality, Term, Where
from governance.policy.contracts import ForeignKey
from governance.results import Evidence, Reason, RowReference, Verdict
from governance.rules.kinds.constrained import Constrained
from governance.sources import Source, open_source
from tests.policy.folder import copied
from tests.rules.conftest import KEYS, Seen, column, contract, emptied, policy, rule

STATUS = (Term("paid", "paid"), Term("sent back", "returned"))
SHOPS = contract("shops", column("shop", "integer"), column("city"))
LINES = replace(
    contract(
        "lines",
        column("invoice", "integer"),
        column("place", "integer"),
        column("status", vocabulary=STATUS),
        column("shop", "integer", references="shops.shop"),
        column("voucher", unique=True),
        column("buyer", required=True),
        column("at", "timestamp"),
        column("sealed", classification="restricted", plaintext="phone_number"),
    ),
    key=("invoice", "place"),
)
KINDS = {"invoice": pa.int64(), "place": pa.int64(), "shop": pa.int64(), "at": pa.timestamp("us", "UTC")}
WHERE = Where(tables=("lines",))
Row = dict[str, Any]
Tables = Mapping[str, pa.Table]
Give = Callable[[Tables, Path], Source | Tables]


def made(*contracts: Contract) -> Any:
    return policy(*contracts, rules=(rule("kept", Constrained(), WHERE),))


def line(number: int, **changes: Any) -> Row:
    own = {"invoice": 1, "place": number, "status": "paid", "shop": 7, "voucher": None, "buyer": "b"}
    return {**own, "at": datetime(2025, 1, 1, tzinfo=UTC), "sealed": "an envelope", **changes}


def tables(*rows: Row, texts: bool = False, **more: pa.Table) -> Tables:
    """The tables; with `texts`, every cell is one, as in files without types."""
    kinds = {name: pa.string() if texts else KINDS.get(name, pa.string()) for name in line(1)}
    columns = {name: pa.array([row[name] for row in rows], kind) for name, kind in kinds.items()}
    return {"lines": pa.table(columns), "shops": pa.table({"shop": [7, 8], "city": ["x", "y"]}), **more}


def in_memory(given: Tables, folder: Path) -> Tables:
    del folder
    return given


def in_parquet(given: Tables, folder: Path) -> Source:
    for name, table in given.items():
        pq.write_table(table, folder / f"{name}.parquet")
    return open_source(folder, made(LINES, SHOPS).tables)


def in_csv(given: Tables, folder: Path) -> Source:
    """Unquoted empty fields are nothing."""
    for name, table in given.items():
        pc.write_csv(table, folder / f"{name}.csv", pc.WriteOptions(quoting_style="needed"))
    return open_source(folder, made(LINES, SHOPS).tables)


FORMS: tuple[Give, ...] = (in_memory, in_parquet, in_csv)


def seen(*rows: Row, contracts: tuple[Contract, ...] = (LINES, SHOPS), **more: pa.Table) -> Evidence:
    return Seen(tables(*rows, **more), made(*contracts))["kept/lines"]


def references(*keys: str, problem: str) -> tuple[RowReference, ...]:
    return tuple(sorted(RowReference(KEYS.reference("lines", key), problem, "lines") for key in keys))


@pytest.mark.parametrize("give", FORMS)
def test_a_table_that_keeps_its_contract_is_silent(give: Give, tmp_path: Path) -> None:
    rows = line(1), line(2, status="Sent-Back ", voucher="v1"), line(3, shop=None, voucher="v2", status=None)
    found = Seen(give(tables(*rows), tmp_path), made(LINES, SHOPS))
    assert found.verdict("kept/lines") == (Verdict.PASSED, Reason.HOLDS)
    assert found["kept/lines"].examined == 3


BROKEN = {
    "unknown_value": ([line(2, status="lost")], "status", ("1\x1f2",)),
    "missing_key": ([line(2, place=None)], "place", ()),
    "missing_value": ([line(2, buyer=None)], "buyer", ("1\x1f2",)),
    "duplicate_value": ([line(2, voucher="v"), line(3, voucher="v")], "voucher", ("1\x1f2", "1\x1f3")),
    "dangling_reference": ([line(2, shop=9)], "shop", ("1\x1f2",)),
}


@pytest.mark.parametrize("give", FORMS)
@pytest.mark.parametrize("problem", BROKEN)
def test_each_broken_promise_names_its_rows_and_its_column(problem: str, give: Give, tmp_path: Path) -> None:
    rows, name, keys = BROKEN[problem]
    found = Seen(give(tables(line(1), *rows), tmp_path), made(LINES, SHOPS))["kept/lines"]
    assert found.problems == ((problem, len(rows)),)
    assert found.violations == len(rows)
    assert found.columns == ((name, len(rows)),)
    assert found.rows == references(*keys, problem=problem)


@pytest.mark.parametrize("give", FORMS)
def test_a_key_of_several_columns_repeats_as_a_whole_only(give: Give, tmp_path: Path) -> None:
    fine = line(1), line(2), line(1, invoice=2), line(2, invoice=2)
    found = Seen(give(tables(*fine, line(2)), tmp_path), made(LINES, SHOPS))["kept/lines"]
    assert found.problems == (("duplicate_key", 2),)
    assert found.columns == (("invoice", 2), ("place", 2))
    assert found.rows == references("1\x1f2", "1\x1f2", problem="duplicate_key")


def test_parts_of_a_key_do_not_run_into_each_other() -> None:
    assert not seen(line(1, invoice=11), line(11, invoice=1)).violations


@pytest.mark.parametrize("name", ["place", "shop", "at"])
def test_a_cell_of_another_type_is_named(name: str) -> None:
    rows = [{key: None if value is None else str(value) for key, value in line(n).items()} for n in (1, 2)]
    rows[1][name] = "tomorrow"
    found = Seen(tables(*rows, texts=True), made(LINES, SHOPS))["kept/lines"]
    assert dict(found.problems) == {"mistyped": 1}
    assert found.columns == ((name, 1),)


def test_a_row_counts_once_by_its_gravest_problem_and_each_column_on_its_own() -> None:
    found = seen(line(1, status="lost", buyer=None, shop=9), line(2, buyer=None))
    assert (found.violations, found.problems) == (2, (("missing_value", 1), ("unknown_value", 1)))
    assert found.columns == (("status", 1), ("shop", 1), ("buyer", 2))


def test_what_a_sealed_cell_says_is_not_asked() -> None:
    guarded = replace(column("sealed", classification="restricted", plaintext="phone_number"), required=True)
    contracts = (replace(LINES, columns=(*LINES.columns[:-1], guarded)), SHOPS)
    assert not seen(line(1, sealed="any text at all"), contracts=contracts).violations
    assert seen(line(1, sealed=None), contracts=contracts).problems == (("missing_value", 1),)


def test_without_the_table_that_is_referenced_nothing_is_proven() -> None:
    given = {"lines": tables(line(1), line(2, buyer=None))["lines"]}
    found = Seen({"lines": given["lines"].slice(0, 1)}, made(LINES, SHOPS))
    assert found.verdict("kept/lines") == (Verdict.NOT_EVALUATED, Reason.MISSING_TABLE)
    assert found["kept/lines"].lacks == ("shops",)
    broken = Seen(given, made(LINES, SHOPS))
    assert broken.verdict("kept/lines") == (Verdict.FAILED, Reason.VIOLATED), "what is broken is so without it"


@pytest.mark.parametrize("name", ["status", "place", "at"])
def test_without_a_declared_column_nothing_is_proven(name: str) -> None:
    given = {**tables(line(1)), "lines": tables(line(1))["lines"].drop_columns([name])}
    found = Seen(given, made(LINES, SHOPS))
    assert found.verdict("kept/lines") == (Verdict.NOT_EVALUATED, Reason.MISSING_COLUMN)
    assert found["kept/lines"].lacks == (f"lines.{name}",)


def test_an_empty_table_passes_only_where_its_contract_says_why() -> None:
    assert Seen(tables(), made(LINES, SHOPS)).verdict("kept/lines") == (Verdict.NOT_EVALUATED, Reason.NO_ROWS)
    found = Seen(tables(), made(emptied(LINES), SHOPS)).verdict("kept/lines")
    assert found == (Verdict.PASSED, Reason.DECLARED_EMPTY)


def test_a_reference_compares_values_whatever_their_types() -> None:
    texts = pa.table({"shop": ["7", "8"], "city": ["x", "y"]})
    assert not seen(line(1), shops=texts).violations
    assert seen(line(1, shop=9), shops=texts).problems == (("dangling_reference", 1),)


@pytest.mark.parametrize(
    ("own", "theirs", "cells", "fine", "wrong"),
    [
        ("integer", "number", pa.array([7.0, 8.5]), [7, None], [8]),
        ("string", "integer", pa.array([7, 8]), ["7", "7.0", "8"], ["8.5", "seven"]),
        ("string", "number", pa.array([7.5, -0.0]), ["7.50", "0"], ["7"]),
        ("integer", "string", pa.array(["7", "008"]), [7], [8]),
        ("number", "string", pa.array(["7", "8.0"]), [7.0], [8.0]),
    ],
)
def test_a_reference_is_compared_as_a_cell_of_the_column_that_it_names(
    own: str, theirs: str, cells: pa.Array, fine: list[Any], wrong: list[Any]
) -> None:
    shops = contract("shops", column("shop", theirs), column("city"))
    lines = contract("lines", column("line", "integer"), column("shop", own, references="shops.shop"))
    shown = pa.table({"shop": cells, "city": ["x", "y"]})

    def of(values: list[Any]) -> Evidence:
        given = {"lines": pa.table({"line": list(range(len(values))), "shop": values}), "shops": shown}
        return Seen(given, made(lines, shops))["kept/lines"]

    assert not of(fine).violations
    assert of(wrong).problems == (("dangling_reference", len(wrong)),)


def test_a_key_that_cannot_be_read_accuses_no_row_that_references_it() -> None:
    shops = pa.table({"shop": ["7", "08"], "city": ["x", "y"]})

    def of(*rows: Row) -> Seen:
        return Seen(tables(*rows, shops=shops), made(LINES, SHOPS))

    assert of(line(1, shop=7)).verdict("kept/lines") == (Verdict.PASSED, Reason.HOLDS)
    lost = of(line(1, shop=7), line(2, shop=8))
    assert lost.verdict("kept/lines") == (Verdict.NOT_EVALUATED, Reason.MISTYPED)
    assert not lost["kept/lines"].rows
    broken = of(line(1, shop=8), line(2, buyer=None))
    assert broken.verdict("kept/lines") == (Verdict.FAILED, Reason.VIOLATED)
    assert broken["kept/lines"].problems == (("missing_value", 1),)


def test_a_key_that_is_missing_or_another_cell_that_cannot_be_read_leaves_no_reference_in_doubt() -> None:
    towns = replace(SHOPS, columns=(*SHOPS.columns, column("size", "integer")))
    shops = pa.table({"shop": [7, None], "city": ["x", "y"], "size": ["1", "01"]})
    found = Seen(tables(line(1), line(2, shop=8), shops=shops), made(LINES, towns))["kept/lines"]
    assert found.problems == (("dangling_reference", 1),)


@pytest.mark.parametrize("blank", ["", "  ", "\u200c\u00a0"])
def test_a_blank_text_is_no_value_where_one_is_required(blank: str) -> None:
    found = seen(line(1), line(2, buyer=blank), line(3, status=blank))
    assert found.problems == (("missing_value", 1),)
    assert found.rows == references("1\x1f2", problem="missing_value")


def test_a_blank_text_references_nothing() -> None:
    lines = contract("lines", column("line", "integer"), column("town", references="shops.city"))

    def of(*towns: str) -> Evidence:
        given = {**tables(), "lines": pa.table({"line": list(range(len(towns))), "town": towns})}
        return Seen(given, made(lines, SHOPS))["kept/lines"]

    assert not of("x", "", "  ").violations
    assert of("", "z").problems == (("dangling_reference", 1),)


def test_a_number_repeats_whatever_its_sign_where_it_is_nothing() -> None:
    counted = contract("lines", column("line", "integer"), column("n", "number", unique=True))

    def of(*cells: float | None) -> Evidence:
        return Seen({"lines": pa.table({"line": list(range(len(cells))), "n": cells})}, made(counted))["kept/lines"]

    assert not of(0.0, -1.0, 1.0, None, None).violations
    assert of(0.0, -0.0, 1.0).problems == (("duplicate_value", 2),)


def test_a_reference_into_the_same_table() -> None:
    chained = replace(LINES, columns=(*LINES.columns, column("before", "integer", references="lines.place")))

    def of(before: int | None) -> Evidence:
        whole = tables(line(1), line(2))
        table = whole["lines"].append_column("before", pa.array([None, before], pa.int64()))
        return Seen({**whole, "lines": table}, made(chained, SHOPS))["kept/lines"]

    assert not of(1).violations
    assert of(3).problems == (("dangling_reference", 1),)


def test_a_key_of_several_columns_is_referenced_as_a_whole() -> None:
    parcels = contract("parcels", column("parcel", "integer"), column("bill", "integer"), column("row", "integer"))
    told = replace(parcels, composites=(ForeignKey(("bill", "row"), "lines", ("invoice", "place")),))
    check = policy(told, LINES, SHOPS, rules=(rule("kept", Constrained(), Where(tables=("parcels",))),))
    cells = {"parcel": [1, 2, 3, 4], "bill": [1, 1, 2, None], "row": [1, 2, 1, 9]}
    found = Seen(tables(line(1), line(3), parcels=pa.table(cells)), check)["kept/parcels"]
    assert (found.problems, found.columns) == ((("dangling_reference", 2),), (("bill", 2), ("row", 2)))
    assert {row.reference for row in found.rows} == {KEYS.reference("parcels", key) for key in ("2", "3")}
    alone = Seen({"parcels": pa.table(cells)}, check)
    assert (alone.verdict("kept/parcels"), alone["kept/parcels"].lacks) == (
        (Verdict.NOT_EVALUATED, Reason.MISSING_TABLE),
        ("lines",),
    )


def test_each_part_of_a_key_of_several_columns_is_compared_as_a_cell_of_the_column_that_it_names() -> None:
    shops = contract("shops", column("shop", "number"), column("branch", "integer"))
    chains = contract("chains", column("chain", "integer"), column("place"))
    own = ("shop", "branch")
    keys = (ForeignKey(own, "shops", ("shop", "branch")), ForeignKey(own, "chains", ("chain", "place")))
    lines = replace(
        contract("lines", column("line", "integer"), column("shop", "integer"), column("branch")), composites=keys
    )
    given = {
        "shops": pa.table({"shop": [7.0, 8.0], "branch": [1, 2]}),
        "chains": pa.table({"chain": [7, 9], "place": ["1", "2"]}),
    }

    def of(*rows: tuple[int | None, str | None]) -> Evidence:
        shop, branch = zip(*rows, strict=True)
        table = pa.table({"line": list(range(len(rows))), "shop": shop, "branch": branch})
        return Seen({"lines": table, **given}, made(lines, shops, chains))["kept/lines"]

    assert not of((7, "1"), (None, "5"), (5, None)).violations
    assert of((7, "1"), (8, "2")).problems == (("dangling_reference", 1),), "in the one table, not in the other"
    assert of((7, "1"), (9, "2")).problems == (("dangling_reference", 1),)


def test_lists_of_a_unique_column_are_compared_whole() -> None:
    listed = replace(LINES, columns=(*LINES.columns, column("tags", "array", unique=True)))

    def of(*tags: list[str] | None) -> Evidence:
        whole = tables(*(line(n) for n in range(1, len(tags) + 1)))
        table = whole["lines"].append_column("tags", pa.array(tags, pa.list_(pa.string())))
        return Seen({**whole, "lines": table}, made(listed, SHOPS))["kept/lines"]

    assert not of(["a", "b"], ["a"], ["b", "a"], None, None).violations
    assert of(["a", "b"], ["a", "b"], None).problems == (("duplicate_value", 2),)


def promised(expectation: str, name: str = "", **arguments: Any) -> tuple[Contract, Contract]:
    entry = Quality(f"expect_{expectation}", name, arguments, "contracts/lines.odcs.yaml", 9)
    return replace(LINES, quality=(entry,)), SHOPS


QUALITY: dict[str, tuple[tuple[Contract, Contract], Row, Row]] = {
    "not null": (promised("column_values_to_not_be_null", "voucher"), {"voucher": "v"}, {"voucher": None}),
    "in set": (
        promised("column_values_to_be_in_set", "place", value_set=(1, 2)),
        {"place": 2},
        {"place": 3},
    ),
    "in set of texts": (
        promised("column_values_to_be_in_set", "buyer", value_set=("b", "c")),
        {"buyer": "c"},
        {"buyer": "C"},
    ),
    "at least": (promised("column_values_to_be_between", "place", min_value=2), {"place": 2}, {"place": 1}),
    "at most": (promised("column_values_to_be_between", "place", max_value=2), {"place": 2}, {"place": 3}),
    "within days": (
        promised("column_values_to_be_between", "at", min_value="2025-01-01", max_value="2025-12-31"),
        {"at": datetime(2025, 1, 1, tzinfo=UTC)},
        {"at": datetime(2024, 12, 31, 23, 59, tzinfo=UTC)},
    ),
}


@pytest.mark.parametrize("promise", QUALITY)
def test_a_cell_keeps_or_breaks_a_promise_about_quality(promise: str) -> None:
    contracts, fine, wrong = QUALITY[promise]
    assert not seen(line(2, **fine), contracts=contracts).violations
    found = seen(line(2, **fine), line(2, **{"invoice": 5, **wrong}), contracts=contracts)
    assert found.problems == (("quality", 1),)
    assert found.columns == ((contracts[0].quality[0].column, 1),)


def test_nothing_is_in_any_set_and_between_all_bounds() -> None:
    for contracts in (
        promised("column_values_to_be_in_set", "shop", value_set=(1,)),
        promised("column_values_to_be_between", "shop", min_value=100),
    ):
        assert not seen(line(1, shop=None), contracts=contracts).violations
        assert seen(line(1), contracts=contracts).violations


def test_values_that_are_to_be_unique() -> None:
    contracts = promised("column_values_to_be_unique", "buyer")
    assert not seen(line(1, buyer="x"), line(2, buyer="y"), contracts=contracts).violations
    found = seen(line(1, buyer="x"), line(2, buyer="x"), line(3, buyer="y"), contracts=contracts)
    assert found.problems == (("quality", 2),)


@pytest.mark.parametrize(
    ("contracts", "fine", "wrong"),
    [
        (promised("table_row_count_to_equal", value=2), (2,), (1, 3)),
        (promised("table_row_count_to_be_between", min_value=2, max_value=3), (2, 3), (1, 4)),
        (promised("table_row_count_to_be_between", max_value=1), (1,), (2,)),
    ],
)
def test_the_number_of_rows(
    contracts: tuple[Contract, Contract], fine: tuple[int, ...], wrong: tuple[int, ...]
) -> None:
    for count in (*fine, *wrong):
        found = seen(*map(line, range(count)), contracts=contracts)
        assert found.problems == ((("row_count", 1),) if count in wrong else ())
        assert not found.rows


def test_an_argument_that_no_cell_can_be_compared_with_is_an_error_not_a_pass() -> None:
    contracts = promised("column_values_to_be_between", "place", min_value="much")
    assert seen(line(1), contracts=contracts).unproven is Reason.CHECK_RAISED
    unknown = promised("column_values_to_match_regex", "buyer", regex=".*")
    assert seen(line(1), contracts=unknown).unproven is Reason.CHECK_RAISED


def test_days_compare_as_days() -> None:
    dated = replace(LINES, columns=(*LINES.columns, column("day", "date")))
    promise = Quality("expect_column_values_to_be_between", "day", {"max_value": "2025-06-30"}, "", 1)

    def of(day: date) -> Evidence:
        whole = tables(line(1))
        table = whole["lines"].append_column("day", pa.array([day]))
        return Seen({**whole, "lines": table}, made(replace(dated, quality=(promise,)), SHOPS))["kept/lines"]

    assert not of(date(2025, 6, 30)).violations
    assert of(date(2025, 7, 1)).problems == (("quality", 1),)


def test_a_promise_in_a_file_of_the_standard_is_run(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    promise = (
        "      - name: price\n"
        "        quality:\n"
        "          - type: custom\n"
        "            engine: greatExpectations\n"
        "            implementation: {type: expect_column_values_to_be_between, kwargs: {minValue: 1}}\n"
    )
    folder.change("contracts/books.odcs.yaml", "      - name: price\n", promise)
    loaded = folder.load()
    own = next(known for known in loaded.rules if known.id == "contracts-kept")
    books = replace(loaded, rules=(replace(own, where=Where(tables=("books",))),))

    def of(*prices: int) -> Evidence:
        declared = loaded.tables["books"].columns
        columns: dict[str, list[Any]] = {known.name: [f"{known.name} {n}" for n in prices] for known in declared}
        columns |= {"book_id": list(range(len(prices))), "price": list(prices), "published_on": [None] * len(prices)}
        return Seen({"books": pa.table(columns)}, books)["contracts-kept/books"]

    assert not of(1, 20).violations
    assert of(20, 0).problems == (("quality", 1),)
    assert of(20, 0).columns == (("price", 1),)
