"""Cells by contract: every spelling of a value is that value in every physical type, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from governance.policy import Column, Encryption, Term
from governance.sources.typing import ARROW, Typed, typed
from tests.sources.conftest import CARD, contract

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def column(kind: str, *members: Term) -> Column:
    return replace(contract("t", {"x": kind}).columns[0], vocabulary=members)


def read(cells: pa.Array, kind: str) -> Typed:
    found = typed(cells, column(kind))
    assert found.array.type == ARROW[kind]
    again = typed(found.cells, column(kind))
    assert again.array.equals(found.array)
    assert again.cells.equals(found.cells)
    assert again.mistyped.tolist() == found.mistyped.tolist()
    return found


@pytest.mark.parametrize(
    ("kind", "value", "cells"),
    [
        ("integer", 100001, pa.array([100001], pa.int32())),
        ("integer", 100001, pa.array([100001], pa.uint64())),
        ("integer", 100001, pa.array([100001.0])),
        ("integer", 100001, pa.array([Decimal("100001.00")])),
        ("integer", 100001, pa.array(["100001"])),
        ("integer", 100001, pa.array(["100001.0"], pa.large_string())),
        ("integer", 100001, pa.array([100001]).dictionary_encode()),
        ("integer", 100001, pc.run_end_encode(pa.array(["100001"]))),
        ("integer", -(2**63), pa.array([str(-(2**63))])),
        ("integer", int(CARD), pa.array([float(CARD)])),
        ("integer", int(CARD), pc.cast(pa.array([float(CARD)]), pa.string())),
        ("number", 1.5, pa.array(["1.50"])),
        ("number", 1.5, pa.array([Decimal("1.50")])),
        ("number", 0.1, pa.array([0.1], pa.float32())),
        ("number", 1e20, pa.array(["1e+20"])),
        ("number", 0.1 + 0.2, pa.array([repr(0.1 + 0.2)])),
        ("number", 3.0, pa.array([3])),
        ("boolean", True, pa.array(["True"])),
        ("boolean", False, pa.array(["false"])),
        ("boolean", True, pa.array([1.0])),
        ("boolean", False, pa.array(["0.0"])),
        ("date", date(2026, 11, 1), pa.array(["2026-11-01"])),
        ("date", date(2026, 11, 1), pa.array(["2026-11-01 00:00:00"])),
        ("date", date(2026, 11, 1), pa.array([datetime(2026, 11, 1)], pa.timestamp("ns"))),  # noqa: DTZ001
        ("date", date(2026, 11, 1), pa.array([date(2026, 11, 1)], pa.date64())),
        ("timestamp", NOON, pa.array(["2026-11-01 12:00:00+00:00"])),
        ("timestamp", NOON, pa.array(["2026-11-01T15:30+0330"])),
        ("timestamp", NOON, pa.array(["2026-11-01 12:00:00"])),
        ("timestamp", NOON, pa.array(["2026-11-01 12:00:00.000000000Z"])),
        ("timestamp", NOON, pa.array([NOON], pa.timestamp("ms", "Asia/Tehran"))),
        ("timestamp", NOON, pa.array([NOON.replace(tzinfo=None)], pa.timestamp("ns"))),
        ("time", time(9, 30), pa.array(["09:30"])),
        ("time", time(9, 30), pa.array([time(9, 30)], pa.time32("s"))),
        ("array", ["a", "b c"], pa.array([["a", "b c"]])),
        ("array", ["a", "b c"], pa.array(['["a", "b c"]'])),
        ("array", ["a", "b c"], pa.array(["['a', 'b c']"])),
        ("array", ["a", "b c"], pa.array(["['a' 'b c']"])),
        ("array", ["a", "b c"], pa.array(["{a,b c}"])),
        ("array", ["نیم\u200cفاصله"], pa.array([repr(["نیم\u200cفاصله"])])),
        ("array", ["1", "2"], pa.array([[1, 2]])),
        ("array", [], pa.array(["[]"])),
        ("string", "100001", pa.array([100001])),
        ("string", "x", pa.array([b"x"])),
        ("string", str(UUID(int=7)), pa.array([UUID(int=7)], pa.uuid())),
        ("timestamp", datetime.max.replace(tzinfo=UTC), pa.array(["9999-12-31T23:59:59.999999Z"])),
        ("timestamp", datetime.min.replace(tzinfo=UTC), pa.array(["0001-01-01T00:00Z"])),
        ("object", '{"a": 1}', pa.array([{"a": 1}])),
    ],
)
def test_a_value_is_the_same_in_every_type_and_spelling(kind: str, value: object, cells: pa.Array) -> None:
    found = read(cells, kind)
    assert found.array.to_pylist() == [value]
    assert not found.mistyped.any()


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        *(("integer", text) for text in ["007", "+1", "1.5", "1e400", "x", "۱۲", str(2**63), "9007199254740994.0"]),
        *(("integer", number) for number in [1.5, 2.0**53, float("inf")]),
        *(("number", text) for text in ["01.5", "1,5", "inf", "0.1000000000000000055", "1e999"]),
        ("number", float("inf")),
        ("number", 2**53 + 1),
        *(("boolean", text) for text in ["yes", "2"]),
        *(("date", text) for text in ["2026-13-01", "2026-11-01 12:00:00", "1/11/2026"]),
        *(("timestamp", text) for text in ["2026-11-01", "2026-13-01 12:00", "2026-11-01 12:00:00.0000001", "1e9"]),
        ("timestamp", date(2026, 11, 1)),
        ("timestamp", 1761998400),
        *(("timestamp", f"{day}T00:00Z") for day in ["0000-06-01", "2025-02-30"]),
        *(("timestamp", text) for text in ["9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+05:00"]),
        ("date", "0000-06-01"),
        ("time", "25:00"),
        *(("array", text) for text in ["a, b", "['a' ... 'b']", "{{a},{b}}", "['a'b']"]),
        ("string", b"\xff"),
    ],
)
def test_what_would_lose_something_is_mistyped_and_stays_to_be_searched(kind: str, cell: Any) -> None:
    found = read(pa.array([cell, None]), kind)
    assert found.array.to_pylist() == [None, None]
    assert found.mistyped.tolist() == [True, False]
    assert found.cells.null_count == 1
    if isinstance(cell, str):
        assert found.cells.to_pylist() == [cell, None]


def test_less_than_a_microsecond_is_mistyped() -> None:
    cells = pa.array([1_000, 1_001], pa.int64()).cast(pa.timestamp("ns", "UTC"))
    assert read(cells, "timestamp").mistyped.tolist() == [False, True]


@pytest.mark.parametrize("neighbour", ["2025-02-30T00:00Z", "2025-01-01T00:00Z"])
@pytest.mark.parametrize("text", ["0000-06-01T00:00:00Z", "9999-12-31T23:59:59-05:00", "9999-12-31T23:59:59Z"])
def test_what_a_cell_says_does_not_depend_on_its_neighbours(text: str, neighbour: str) -> None:
    alone, beside = (read(pa.array(cells), "timestamp") for cells in ([text], [text, neighbour]))
    assert alone.array.to_pylist() == beside.array.to_pylist()[:1]
    assert alone.mistyped.tolist() == beside.mistyped.tolist()[:1]


@pytest.mark.parametrize(
    ("kind", "day", "wide"),
    [("timestamp", 86_400_000_000, pa.timestamp("us", "UTC")), ("date", 1, pa.date32())],
)
def test_a_time_of_no_year_that_a_text_can_name_is_mistyped_in_every_type(
    kind: str, day: int, wide: pa.DataType
) -> None:
    late, early = 2_932_897 * day, -719_163 * day
    whole = pa.int32() if kind == "date" else pa.int64()
    cells = pa.array([late - day, late, early + day, early], whole).cast(wide)
    found = read(cells, kind)
    assert found.mistyped.tolist() == [False, True, False, True]


@pytest.mark.parametrize("kind", [kind for kind in ARROW if kind not in {"string", "object"}])
@pytest.mark.parametrize("cell", ["", "  "])
def test_a_blank_is_a_missing_value_where_no_text_is_declared(kind: str, cell: str) -> None:
    found = read(pa.array([cell]), kind)
    assert found.array.to_pylist() == [None]
    assert not found.mistyped.any()


def test_no_number_is_a_missing_number() -> None:
    assert read(pa.array([1.0, float("nan")]), "integer").array.to_pylist() == [1, None]
    assert not read(pa.array([1.5, float("nan")]), "number").mistyped.any()
    for kind in ("integer", "number"):
        assert read(pa.array(["1", "nan", "NaN", "none"]), kind).mistyped.tolist() == [False, False, False, True]
    assert read(pa.array(["nan"]), "boolean").mistyped.tolist() == [True]


def test_beside_a_mistyped_cell_all_are_searched_in_one_spelling() -> None:
    assert read(pa.array(["1.0", "x", None]), "integer").cells.to_pylist() == ["1", "x", None]
    of_files = {
        text: read(pa.array([text, CARD]), "timestamp").cells.to_pylist()[0]
        for text in ("2026-11-01 12:00:00+00:00", "2026-11-01T12:00Z", "2026-11-01 12:00:00.000000Z")
    }
    assert len(set(of_files.values())) == 1


def test_a_float_that_tells_few_of_its_digits_is_a_number_and_searched_as_it_tells_them() -> None:
    for number, told in ((2.5e12, "2.5e+12"), (6.03799e15, "6.03799e+15")):
        forms = (
            pa.array([number, 1.0]),
            pa.array([repr(number), "1.0"]),
            pc.cast(pa.array([number, 1.0]), pa.string()),
        )
        for kind in ("integer", "number"):
            for found in (read(form, kind) for form in forms):
                assert found.array.to_pylist() == [number, 1]
                assert found.cells.to_pylist() == [told, "1"]
    whole = pa.array([2_500_000_000_000])
    assert read(whole, "integer").cells.equals(whole)


def test_members_mean_what_their_contract_says_in_any_spelling() -> None:
    enumerated = column("string", Term("Erasure", "erasure"), Term("TLSv1.3", "TLSv1.3"))
    cells = pa.array(["ERASURE", " tlsv1_3", "TLSV\u06f1\u066b\u06f3", "Forget me", "", "\u200c", None])
    found = typed(cells, enumerated)
    assert found.array.to_pylist() == ["erasure", "TLSv1.3", "TLSv1.3", "Forget me", None, None, None]
    assert found.unknown.tolist() == [False, False, False, True, False, False, False]
    assert found.cells.equals(cells)


@pytest.mark.parametrize(
    ("members", "fine", "strange"),
    [
        (("0", "1", "2", "10"), ("۱۰", " 1 "), ("-1", "1.0", "1.", "1/0", "1-0", "1 0", "_0")),
        (("A+", "A-", "B"), ("a +", "A–", "A -"), ("A", "-A", "A--")),
        (("alpha", "beta two"), ("ALPHA", "Beta-Two", "beta_two", "beta\u200ctwo", "betatwo"), ("-alpha", "— alpha")),
        (("alpha", "user.email"), ("User.Email",), ("al.pha", "a/l/p/h/a", "alpha.", "useremail", "user/email")),
        (("TLSv1.3",), ("TLSV1_3", "TLS-v1.3", "tls v1 3", "TLSv۱٫۳"), ("TLSv13", "TLSv1.30", "TLSv1.3.")),
    ],
)
def test_what_changes_a_word_is_no_spelling_of_it(
    members: tuple[str, ...], fine: tuple[str, ...], strange: tuple[str, ...]
) -> None:
    enumerated = column("string", *(Term(member, member) for member in members))
    assert not typed(pa.array(fine), enumerated).unknown.any()
    assert typed(pa.array(strange), enumerated).unknown.all()


def test_a_sealed_cell_is_a_text_whatever_it_seals() -> None:
    sealed = replace(column("date"), encryption=Encryption())
    assert typed(pa.array(["enc:v1:x", None]), sealed).array.to_pylist() == ["enc:v1:x", None]


def test_nested_cells_and_bytes_are_searched_as_they_are() -> None:
    for cells in (pa.array([{"pan": CARD}]), pa.array([b"\xff" + CARD.encode()])):
        assert typed(cells, column("string")).cells.equals(cells)
