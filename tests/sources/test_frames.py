"""Frames: whatever pandas or Arrow can hold arrives readable, index included."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from governance.detection import scan
from governance.errors import SourceError
from governance.sources.frames import BatchSource, to_arrow
from tests.sources.conftest import CARD, contract, opened, read

PERSIAN = CARD.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
HOLDERS: dict[str, Any] = {
    "text": [CARD, "x"],
    "bytes among texts": [CARD.encode(), 1],
    "persian bytes among others": [PERSIAN.encode(), 1],
    "latin bytes": [b"\xe9 " + CARD.encode(), 1.5],
    "decimal": [Decimal(CARD), Decimal(1)],
    "decimal among texts": [Decimal(CARD), "x"],
    "list": [[CARD], []],
    "mixed list": [[int(CARD), "x"], [None]],
    "bytes in a mixed list": [[PERSIAN.encode(), 1], [2]],
    "dict": [{"pan": CARD}, {}],
    "mixed dict": [{"pan": CARD}, "x"],
    "large array": [np.append(np.arange(5000), int(CARD)), "x"],
    "set": [{CARD}, {"x"}],
    "number": [int(CARD), 1],
    "number and truth": [int(CARD), True, "x"],
    "more than 64 bits": [int(CARD), 10**30],
    "timestamp and text": [pd.Timestamp("2026-01-01"), CARD],
    "category": pd.Categorical([CARD, "x"]),
    "category of mixed": pd.Categorical([int(CARD), "x"]),
    "nullable integer": pd.array([int(CARD), None], dtype="Int64"),
    "float with a gap": [float(CARD), None],
    "arrow string": pd.array([CARD, "x"], dtype="string[pyarrow]"),
    "missing among others": [pd.NA, None, float("nan"), pd.NaT, CARD, 1],
}


@pytest.mark.parametrize("values", HOLDERS.values(), ids=HOLDERS)
def test_a_card_number_is_readable_in_whatever_holds_it(values: Any) -> None:
    series = pd.Series(values, dtype=object) if isinstance(values, list) else pd.Series(values)
    column = to_arrow("t", pd.DataFrame({"x": series}))["x"]
    assert len(scan(column, ("payment_card_number",), label="x").rows) == 1


def test_whole_numbers_with_a_gap_stay_whole_as_in_files() -> None:
    frame = pd.DataFrame(
        {"key": [100001, None], "price": [1.5, None], "huge": [1e300, None], "gone": [float("nan")] * 2}
    )
    with opened({"t": frame}) as source:
        found = read(source, "t")
    assert found["key"].to_pylist() == [100001, None]
    assert pa.types.is_int64(found["key"].type)
    assert found["price"].to_pylist() == [1.5, None]
    assert found["huge"].to_pylist() == [1e300, None]
    assert found["gone"].null_count == 2


def test_missing_values_stay_missing() -> None:
    column = to_arrow("t", pd.DataFrame({"x": pd.Series([pd.NA, None, float("nan"), pd.NaT, "a", 1], dtype=object)}))[
        "x"
    ]
    assert column.to_pylist() == [None, None, None, None, "a", "1"]


@pytest.mark.parametrize("index", [pd.Index([CARD, "x"]), pd.Index([int(CARD), 1]), pd.Index([1, 2], name="id")])
def test_an_index_that_is_data_is_a_column(index: Any) -> None:
    assert to_arrow("t", pd.DataFrame({"x": [1, 2]}, index=index)).num_columns == 2


def test_an_index_of_positions_is_not() -> None:
    assert to_arrow("t", pd.DataFrame({"x": range(9)}).iloc[[3, 1]]).schema.names == ["x"]


class Shy:
    def __str__(self) -> str:
        raise ValueError(CARD)


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame([[1, 2]], columns=["a", "a"]),
        pd.DataFrame({"x": pd.Series([Shy(), 1], dtype=object)}),
        pd.DataFrame({"x": [1]}, index=pd.Index(["y"], name="x")),
        [[CARD]],
        CARD,
    ],
    ids=["twice", "shy", "index like a column", "list", "text"],
)
def test_a_frame_that_cannot_be_read_is_refused_without_its_values(frame: Any) -> None:
    with pytest.raises(SourceError, match="t: expected") as caught:
        to_arrow("t", frame)
    assert CARD not in str(caught.value)


def test_no_frames_are_no_source() -> None:
    with pytest.raises(SourceError, match="found none"), opened({}):
        pass


@pytest.mark.parametrize(
    "column",
    [
        pa.array(["a", CARD], pa.string_view()),
        pa.array([b"a", CARD.encode()], pa.binary_view()),
        pa.array(["a", CARD]).dictionary_encode(),
        pc.run_end_encode(pa.array(["a", CARD])),
        pa.array(["", "a", CARD]).slice(1),
    ],
    ids=["view", "binary view", "dictionary", "runs", "slice"],
)
def test_arrow_layouts_come_through_and_can_be_joined(column: pa.Array) -> None:
    with opened({"t": pa.table({"x": column})}) as source:
        assert len(scan(read(source, "t")["x"], ("payment_card_number",), label="x").rows) == 1
        assert source.query("SELECT x FROM t").num_rows == 2


def test_a_lone_batch_goes_by_the_names_of_its_contract_and_cannot_be_joined() -> None:
    users = contract("users", {"id": "integer", "name": "string"}, named={"name": "nm"})
    batch = BatchSource("users", pd.DataFrame({"id": [1], "nm": ["x"]}), users)
    assert read(batch, "users").to_pydict() == {"id": [1], "name": ["x"]}
    assert batch.rows("books") == 0
    with pytest.raises(SourceError, match="single batch"):
        batch.query("SELECT 1")
