import datetime as dt
import decimal
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from governance.detection import BANK_DATA, KINDS, PERSONAL_DATA, Known, look, scan, scan_known

PAN = "6037990000123451"
NOTE = "کتاب خوبی بود"
PLAIN = pa.array([NOTE, None, PAN, "", f"کارت {PAN}"])


@pytest.mark.parametrize(
    "column",
    [
        PLAIN,
        PLAIN.cast(pa.large_string()),
        PLAIN.cast(pa.string_view()),
        PLAIN.cast(pa.binary()),
        PLAIN.cast(pa.large_binary()),
        PLAIN.cast(pa.binary()).cast(pa.binary_view()),
        PLAIN.dictionary_encode(),
        pc.run_end_encode(PLAIN),
        pa.chunked_array([PLAIN.slice(0, 1), PLAIN.slice(1, 0), PLAIN.slice(1)]),
        pa.concat_arrays([pa.array([PAN] * 3), PLAIN, pa.array([PAN])]).slice(3, 5),
        pa.concat_arrays([pa.array([PAN] * 3), PLAIN]).dictionary_encode().slice(3),
        pa.array([[NOTE], None, [NOTE, PAN], [], [f"کارت {PAN}", None]]),
        pa.array([[PAN], [NOTE], None, [NOTE, PAN], [], [PAN]]).slice(1),
        pa.array([[NOTE], None, [PAN], [None], [PAN]], pa.list_(pa.string(), 1)),
        pa.array([[NOTE], None, [PAN], [], [PAN]], pa.list_view(pa.string())),
        pa.array([{"a": {"b": NOTE}}, None, {"a": {"b": PAN}}, {"a": None}, {"a": {"b": PAN}}]),
        pa.array([{"a": PAN}, {"a": NOTE}, None, {"a": PAN}, {"a": None}, {"a": PAN}]).slice(1),
        pa.array([[{"a": NOTE}], None, [{"a": NOTE}, {"a": PAN}], [], [{"a": PAN}]]),
        pa.array([[("k", NOTE)], None, [("k", PAN)], [], [("k", "x"), ("l", PAN)]], pa.map_(pa.string(), pa.string())),
        pa.array([f'{{"n": "{text}"}}' for text in (NOTE, "", PAN, "", PAN)]),
        pa.array([1, None, int(PAN), 0, int(PAN)]),
        pa.array([1, None, int(PAN), 0, int(PAN)], pa.uint64()),
        pa.array([1.5, None, float(PAN), float("nan"), float(PAN)]),
        pa.array([decimal.Decimal(1), None, decimal.Decimal(PAN), None, decimal.Decimal(PAN)], pa.decimal128(20, 2)),
        pa.array([b"0" * 16, None, PAN.encode(), b" " * 16, PAN.encode()], pa.binary(16)),
        pa.array([NOTE.encode(), None, b"\xff\xfe " + PAN.encode(), b"\xff", PAN.encode("utf-16-le")]),
    ],
    ids=lambda column: str(column.type)[:40],
)
def test_layouts_agree(column: pa.Array | pa.ChunkedArray) -> None:
    hits = scan(column, BANK_DATA)
    assert hits.rows.dtype == np.int64
    assert hits.rows.tolist() == [2, 4]
    assert set(hits.kinds) == {"payment_card_number"}
    assert hits.review.tolist() == []


@pytest.mark.parametrize(
    "column",
    [
        pa.array([], pa.string()),
        pa.chunked_array([], pa.string()),
        pa.nulls(3),
        pa.array([None, None], pa.string()),
        pa.array([True, False]),
        pa.array([dt.date(2024, 1, 1)]),
        pa.array([dt.datetime(2024, 1, 1, tzinfo=dt.UTC)]),
        pa.array([1, 2, 3], pa.int8()),
        pa.array([0.1, float("inf")], pa.float32()),
        pa.array([{}, {}], pa.struct([])),
    ],
    ids=lambda column: str(column.type),
)
def test_columns_with_nothing_to_find(column: Any) -> None:
    hits = scan(column, KINDS)
    assert (len(hits.rows), hits.kinds, len(hits.review)) == (0, (), 0)


def test_only_the_kinds_asked_count() -> None:
    column = pa.array(["sara@example.com", PAN, f"{PAN} sara@example.com"])
    assert scan(column, PERSONAL_DATA).rows.tolist() == [0, 2]
    assert scan(column, {"payment_card_number"}).rows.tolist() == [1, 2]
    assert scan(column, ("email_address", "payment_card_number")).kinds == (
        "email_address",
        "payment_card_number",
        "payment_card_number",
    )
    assert scan(column, ()).rows.tolist() == []


def test_suspects_are_for_review_unless_something_is_sure() -> None:
    hits = scan(pa.array(["4539578763621486", f"4539578763621486 {PAN}", NOTE]), BANK_DATA)
    assert (hits.rows.tolist(), hits.review.tolist()) == ([1], [0])


@pytest.mark.parametrize(
    "column", [pa.array([7, 123, None]), pa.array([7.0, 123.0, None]), pa.array(["x", "۱۲۳", None])]
)
def test_a_column_name_makes_short_numbers_count(column: pa.Array) -> None:
    assert scan(column, BANK_DATA).rows.tolist() == []
    hits = scan(column, BANK_DATA, label="cvv2")
    assert (hits.rows.tolist(), hits.kinds) == ([1], ("card_verification_code",))


def test_field_names_and_keys_are_labels() -> None:
    fields = pa.array([{"cvv2": "123", "pages": "123"}, {"cvv2": None, "pages": "123"}])
    assert scan(fields, BANK_DATA).rows.tolist() == [0]
    entries = pa.array([[("cvv2", "123")], [("pages", "123")]], pa.map_(pa.string(), pa.string()))
    assert scan(entries, BANK_DATA).rows.tolist() == [0]
    assert scan(pa.array(['{"cvv2": "123"}', '{"pages": "123"}']), BANK_DATA).rows.tolist() == [0]


def test_floats_that_lost_digits_are_never_passed_over() -> None:
    saderat, sepah = 9037690000001235, 5892101234567893
    assert scan(pa.array([float(saderat), 1e18, 9.9e15]), BANK_DATA).review.tolist() == [0]
    assert scan(pa.array([float(sepah), 1.0e15], pa.float32()), BANK_DATA).review.tolist() == [0]


def test_unknown_kinds_are_refused() -> None:
    with pytest.raises(ValueError, match="found passport"):
        scan(PLAIN, {"passport"})
    with pytest.raises(ValueError, match="found iban"):
        scan(PLAIN, "iban")


def test_hits_print_no_data() -> None:
    assert PAN not in repr(scan(PLAIN, KINDS))


def test_text_of_many_megabytes_is_read_in_steps() -> None:
    rows = [NOTE * 2000] * 400
    rows[7] = rows[399] = f"{NOTE} {PAN}"
    assert scan(pa.array(rows), BANK_DATA).rows.tolist() == [7, 399]


def test_bytes_under_a_null_are_nothing() -> None:
    texts = pa.array(
        [f"card {PAN}", f"{PAN[:4]} {PAN[4:8]} {PAN[8:12]} {PAN[12:]} and 1405", "nothing"], pa.large_string()
    )
    _, offsets, data = texts.buffers()
    hidden = pa.Array.from_buffers(texts.type, 3, [pa.py_buffer(bytes([0b110])), offsets, data])
    assert hidden.null_count == 1
    assert scan(hidden, BANK_DATA).rows.tolist() == [1]


_ODD = {
    "runs of a dictionary": lambda: pa.RunEndEncodedArray.from_arrays([2], pa.array([PAN]).dictionary_encode()),
    "runs, sliced": lambda: pa.RunEndEncodedArray.from_arrays([2, 5], pa.array(["-", PAN])).slice(2, 2),
    "fields of one name": lambda: pa.StructArray.from_arrays([pa.array(["-"] * 2), pa.array([PAN] * 2)], ["a", "a"]),
    "times that Python lacks": lambda: pa.StructArray.from_arrays(
        [pa.array([[-(10**15)]] * 2, pa.list_(pa.timestamp("s"))), pa.array([PAN] * 2)], ["a", "b"]
    ),
    "no UTF-8": lambda: pa.array([b"\xff" + PAN.encode()] * 2, pa.binary()).view(pa.string()),
    "no UTF-8, in a list": lambda: pa.ListArray.from_arrays(
        [0, 1, 2], pa.array([b"\xff" + PAN.encode()] * 2, pa.binary()).view(pa.string())
    ),
}


@pytest.mark.parametrize("make", _ODD.values(), ids=_ODD)
def test_odd_columns_are_read_like_others(make: Callable[[], pa.Array]) -> None:
    seen = look(make())
    assert seen.fell_back == frozenset()
    assert seen.hits(BANK_DATA).rows.tolist() == [0, 1]
    assert scan_known(make(), Known({}, str)).rows.tolist() == []
    people = Known({f"user:{PAN}": "x"}, lambda text: text)
    assert scan_known(make(), people, label="user id").rows.tolist() == [0, 1]
