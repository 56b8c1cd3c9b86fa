"""Footers made by hand: each thing that one tells twice must be the same both times, and no bytes end the program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from governance.sources.parquet_pages import Footer, begins_as_parquet


def agrees(path: Path) -> bool:
    return Footer(path).agrees


def lacks_checksums(path: Path) -> bool:
    return Footer(path).lacks_checksums()


class Raw(NamedTuple):
    """A value of a kind, as its bytes."""

    kind: int
    data: bytes


def varint(number: int) -> bytes:
    return bytes([number]) if number < 0x80 else bytes([number & 0x7F | 0x80]) + varint(number >> 7)


def signed(number: int) -> bytes:
    return varint(2 * number if number >= 0 else -2 * number - 1)


def encoded(value: Any) -> Raw:
    """A value in Thrift's compact protocol."""
    match value:
        case Raw():
            return value
        case bool():
            return Raw(1 if value else 2, b"")
        case int():
            return Raw(5, signed(value))
        case bytes():
            return Raw(8, varint(len(value)) + value)
        case dict():
            return Raw(12, structure(value))
    many = [encoded(one) for one in value]
    kind = many[0].kind if many else 12
    head = bytes([len(many) << 4 | kind]) if len(many) < 15 else bytes([0xF0 | kind]) + varint(len(many))
    return Raw(9, head + b"".join(one.data for one in many))


def structure(fields: dict[int, Any]) -> bytes:
    written, last = b"", 0
    for number, value in fields.items():
        kind, data = encoded(value)
        near = 0 < number - last < 16
        written += (bytes([number - last << 4 | kind]) if near else bytes([kind]) + signed(number)) + data
        last = number
    return written + b"\0"


ROOT, LEAF = {4: b"schema", 5: 1}, {1: 1, 4: b"a"}


def group(rows: int, *values: int, kind: int = 1, at: int = 4) -> dict[int, Any]:
    """A group of rows, with one column for each number of values."""
    return {1: [{3: {1: kind, 5: each, 9: at}} for each in values], 3: rows}


GROUP = group(7, 7)


def made(
    path: Path,
    elements: Any = (ROOT, LEAF),
    groups: Any = (GROUP,),
    rows: int = 7,
    *,
    version: Any = 1,
    pages: bytes = b"",
) -> Path:
    footer = structure({1: version, 2: elements, 3: rows, 4: groups})
    path.write_bytes(b"PAR1" + pages + footer + len(footer).to_bytes(4, "little") + b"PAR1")
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.parquet"


@pytest.mark.parametrize("rows", [0, 1, 63, 64, 127, 128, 8191, 8192, 16384, 1 << 31, 1 << 40])
def test_a_footer_agrees_if_groups_columns_types_and_rows_do(path: Path, rows: int) -> None:
    assert agrees(made(path, groups=[group(rows, rows)], rows=rows))
    assert agrees(made(path, groups=[group(rows, rows), group(5, 5)], rows=rows + 5))
    assert agrees(made(path, [{5: 2}, LEAF, LEAF], [group(rows, rows, rows)], rows))
    assert not agrees(made(path, groups=[group(rows, rows)], rows=rows + 1))
    assert not agrees(made(path, groups=[group(rows, rows)], rows=-rows - 1))


def test_a_table_without_rows_or_columns_agrees(path: Path) -> None:
    assert agrees(made(path, groups=[], rows=0))
    for root in ({4: b"schema"}, {4: b"schema", 5: 0}):
        assert agrees(made(path, [root], [], 0))
        assert agrees(made(path, [root], [group(3)], 3))


@pytest.mark.parametrize(
    ("elements", "groups"),
    [
        ([ROOT, LEAF], [group(7, 8)]),
        ([ROOT, LEAF], [group(7, 7, kind=2)]),
        ([ROOT, LEAF], [group(7, 7, 7)]),
        ([ROOT, LEAF], [group(7)]),
        ([ROOT, LEAF], [group(3, 3), group(4, 3)]),
        ([{5: 2}, LEAF, LEAF], [group(7, 7)]),
        ([{5: 2}, LEAF, LEAF], [group(7, 7, 6)]),
        ([{5: 2}, LEAF, LEAF], [group(7, 6, 7)]),
        ([], [group(7, 7)]),
        ([ROOT, {4: b"a"}], [group(7, 7)]),
        ([ROOT, LEAF], [{3: 7}]),
        ([ROOT, LEAF], [{1: [{}], 3: 7}]),
        ([ROOT, LEAF], [{1: 7, 3: 7}]),
        ([ROOT, LEAF], [7]),
        (7, []),
    ],
)
def test_a_footer_of_other_parts_does_not_agree(path: Path, elements: Any, groups: Any) -> None:
    assert not agrees(made(path, elements, groups))


REPEATED, NESTED = {3: 2, 5: 1}, {3: 1, 5: 1}


@pytest.mark.parametrize(
    ("elements", "free"),
    [
        ([{5: 2}, REPEATED, LEAF, LEAF], [0]),
        ([{5: 2}, LEAF, REPEATED, LEAF], [1]),
        ([{5: 2}, NESTED, REPEATED, LEAF, LEAF], [0]),
        ([{5: 2}, REPEATED, NESTED, LEAF, LEAF], [0]),
        ([{5: 2}, REPEATED, {3: 2, 5: 1}, LEAF, LEAF], [0]),
        ([{5: 2}, LEAF | {3: 2}, LEAF], [0]),
        ([{5: 2}, {3: 1, 5: 1}, LEAF, LEAF | {3: 2}], [1]),
        ([{3: 2, 5: 2}, LEAF, LEAF], []),
        ([{5: 1}, {3: 0, 5: 2}, LEAF | {3: 1}, LEAF], []),
        ([{5: 1}, {3: 2, 5: 2}, LEAF, LEAF], [0, 1]),
    ],
)
def test_only_what_is_repeated_has_other_values_than_rows(path: Path, elements: list[Any], free: list[int]) -> None:
    for number in (0, 1):
        values = [7, 7]
        values[number] = 9
        assert agrees(made(path, elements, [group(7, *values)])) is (number in free)
    assert agrees(made(path, elements)) is False
    assert agrees(made(path, elements, [group(7, 7, 7)]))


ANNOTATED = {0: 1, 4: 4, 5: 5, 6: 6, 7: 7, 8: 7, 9: 8, 10: 8, 19: 12, 20: 13} | dict.fromkeys(range(11, 19), 10)


@pytest.mark.parametrize(("old", "new"), ANNOTATED.items())
def test_both_forms_of_an_annotation_say_the_same_type(path: Path, old: int, new: int) -> None:
    more: dict[int, Any] = {2: {1 if old in {7, 9} else 2: {}}} if old in {7, 8, 9, 10} else {}
    for other in range(1, 15):
        assert agrees(made(path, [ROOT, LEAF | {6: old, 10: {other: more}}])) is (other == new)
    for one in ({6: old}, {6: old, 10: {}}, {10: {new: more}}):
        assert agrees(made(path, [ROOT, LEAF | one]))


@pytest.mark.parametrize("old", [1, 2, 3, 21])
def test_an_annotation_without_a_counterpart_is_nobodys_contradiction(path: Path, old: int) -> None:
    assert agrees(made(path, [ROOT, LEAF | {6: old, 10: {14: {}}}]))


@pytest.mark.parametrize(("old", "unit"), [(7, 1), (8, 2), (9, 1), (10, 2)])
def test_both_forms_of_a_time_have_the_same_unit(path: Path, old: int, unit: int) -> None:
    for other in (1, 2, 3):
        written = {6: old, 10: {ANNOTATED[old]: {1: True, 2: {other: {}}}}}
        assert agrees(made(path, [ROOT, LEAF | written])) is (other == unit)
    unitless: list[dict[int, Any]] = [{}, {1: False}, {2: {}}]
    for more in unitless:
        assert not agrees(made(path, [ROOT, LEAF | {6: old, 10: {ANNOTATED[old]: more}}]))


def test_both_forms_of_a_decimal_have_the_same_scale_and_precision(path: Path) -> None:
    for scale, precision in ((2, 25), (3, 25), (2, 24), (25, 2)):
        written = {6: 5, 7: scale, 8: precision, 10: {5: {1: 2, 2: 25}}}
        assert agrees(made(path, [ROOT, LEAF | written])) is ((scale, precision) == (2, 25))


LONG = b"x" * 300
UNREAD: list[Any] = [
    True,
    False,
    -1,
    -(1 << 40),
    Raw(3, b"\x15"),
    Raw(4, b"\x80\x01"),
    Raw(6, b"\xff\xff\x01"),
    Raw(7, b"\x15" * 8),
    b"",
    LONG,
    [1, 2, 3],
    [1] * 14,
    [1] * 15,
    [LONG] * 300,
    [{1: 1}, {}],
    Raw(9, b"\x31\x01\x02\x01"),
    Raw(9, b"\x32\x01\x02\x01"),
    Raw(9, b"\x33\x15\x15\x15"),
    Raw(9, b"\x24\x15\x15"),
    Raw(9, b"\x26\x15\x15"),
    Raw(9, b"\x17" + b"\x15" * 8),
    Raw(9, b"\x29\x15\x02\x25\x02\x04"),
    Raw(10, b"\x25\x02\x04"),
    {1: {2: {17: 1, 40: True, 2: b"x"}}},
    {1: True, 2: False, 16: True, 33: False},
]


@pytest.mark.parametrize("version", UNREAD, ids=range(len(UNREAD)))
def test_fields_of_every_type_are_passed_over(path: Path, version: Any) -> None:
    assert agrees(made(path, version=version))
    assert not agrees(made(path, version=version, rows=8))


def structures(levels: int) -> dict[int, Any]:
    return {1: structures(levels - 1)} if levels else {}


def lists(levels: int) -> list[Any]:
    return [lists(levels - 1)] if levels else []


@pytest.mark.parametrize("nested", [structures, lists])
def test_what_is_nested_deeper_than_any_schema_is_not_read(path: Path, nested: Callable[[int], Any]) -> None:
    for levels in (1, 32, 33, 400):
        assert agrees(made(path, version=nested(levels))) is (levels <= 32)


@pytest.mark.parametrize(
    "version",
    [
        Raw(11, b"\0"),
        Raw(13, b"\0"),
        Raw(9, b"\xf7" + varint(1 << 60)),
        Raw(9, b"\xfc" + varint(1 << 60)),
        Raw(8, varint(1 << 60)),
        Raw(7, b"\0" * 3),
        Raw(5, b"\xff" * 5000),
    ],
)
def test_bytes_that_are_no_footer_do_not_agree_and_end_soon(path: Path, version: Raw) -> None:
    assert not agrees(made(path, version=version, elements=[], groups=[]))


@pytest.mark.parametrize("kept", [0, 1, 4, 7, 8, 12])
def test_a_file_without_room_for_a_footer_does_not_agree(path: Path, kept: int) -> None:
    path.write_bytes((b"PAR1\xff\xff\xff\x7fPAR1")[:kept])
    assert not agrees(path)


def test_no_part_of_a_footer_agrees(path: Path) -> None:
    footer = structure({1: 1, 2: [ROOT, LEAF], 3: 7, 4: [group(7, 7)]})
    for kept in range(len(footer)):
        path.write_bytes(b"PAR1" + footer[:kept] + kept.to_bytes(4, "little") + b"PAR1")
        assert not agrees(path)
    # Nor one that takes more of the file than there is behind its first bytes.
    for more in (0, 1, 1 << 20):
        path.write_bytes(footer + (len(footer) + more).to_bytes(4, "little") + b"PAR1")
        assert not agrees(path)


def test_a_file_begins_as_parquet_plain_or_encrypted(path: Path) -> None:
    for content, holds in ((b"PAR1x", True), (b"PARE", True), (b"PAR2", False), (b"PAR", False), (b"", False)):
        path.write_bytes(content)
        assert begins_as_parquet(path) is holds


SUMMED, BARE = {1: 0, 2: 5, 3: 5, 4: -5}, {1: 0, 2: 5, 3: 5, 5: {1: 7}}
LARGE = {1: 2, 2: 1 << 30, 3: 1 << 30}


@pytest.mark.parametrize(
    ("header", "lacks"),
    [
        (structure(SUMMED), False),
        (structure(BARE), True),
        (structure(LARGE | {4: 1 << 30}), False),
        (structure(LARGE | {5: {1: 7}}), True),
        (structure({1: 0, 2: 5, 4: 5}), True),
        (structure({1: 0, 2: 5, 3: b"x", 4: 5}), True),
        (b"\x15\x02" * 3 + b"\0", True),
        (b"\x15" + b"\xff" * 40, True),
        (b"", True),
    ],
)
def test_a_page_has_a_checksum_if_its_header_has_the_fourth_field(path: Path, header: bytes, *, lacks: bool) -> None:
    assert lacks_checksums(made(path, pages=header)) is lacks


def test_the_first_page_of_every_column_that_has_values_is_looked_at(path: Path) -> None:
    pages, bare = structure(SUMMED) * 2 + structure(BARE), 4 + 2 * len(structure(SUMMED))
    two = [{5: 2}, LEAF, LEAF]
    for at, values, lacks in ((4, 7, False), (bare, 7, True), (bare, 0, False), (-9, 7, True)):
        last = group(values, values, at=at)
        assert lacks_checksums(made(path, groups=[group(7, 7), last], rows=14, pages=pages)) is lacks
        chunks = [*group(7, 7)[1], *last[1]]
        assert lacks_checksums(made(path, two, [{1: chunks, 3: 7}], pages=pages)) is lacks
        assert lacks_checksums(made(path, two, [{1: chunks[::-1], 3: 7}], pages=pages)) is lacks
    assert lacks_checksums(made(path, groups=[], rows=0)) is False


@pytest.mark.parametrize(("dictionary", "lacks"), [(0, True), (1, False)])
def test_the_page_of_a_dictionary_comes_first(path: Path, dictionary: int, *, lacks: bool) -> None:
    pages = structure(SUMMED) + structure(BARE)
    chunk = {1: 1, 5: 7, 9: 4 + len(structure(SUMMED))} | ({11: 4} if dictionary else {})
    assert lacks_checksums(made(path, groups=[{1: [{3: chunk}], 3: 7}], pages=pages)) is lacks
