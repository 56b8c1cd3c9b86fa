"""What one number is: tables of numbers hold none of a person's, and a number column is read as its texts are."""

import random
from collections.abc import Callable
from decimal import Decimal

import pyarrow as pa
import pytest

from governance.detection import Finding, Grade, classify, look
from governance.detection.kinds.phones import PHONE

CARD = "payment_card_number"
KINDS = (CARD, PHONE, "iban", "track_data")
ROWS = 600


def _rows(separator: str, cell: Callable[[random.Random], str], seed: int) -> str:
    draw = random.Random(seed)  # noqa: S311
    return "\n".join(separator.join(cell(draw) for _ in range(draw.randrange(3, 9))) for _ in range(ROWS))


CELLS: dict[str, Callable[[random.Random], str]] = {
    "integers": lambda draw: str(draw.randrange(10 ** draw.randrange(1, 7))),
    "decimals": lambda draw: f"{draw.gauss(0, 10 ** draw.randrange(-2, 9)):.{draw.randrange(9)}f}",
    "every digit": lambda draw: repr(draw.gauss(0, 100)),
    "signed": lambda draw: f"{draw.gauss(0, 1000):+.3f}",
    "powers": lambda draw: f"{draw.gauss(0, 1000):15.7E}",
    "columns": lambda draw: f"{draw.gauss(0, 1000):12.4f}",
    "gaps": lambda draw: draw.choice(("NaN", f"{draw.random():.17g}", str(draw.randrange(1000)))),
    "times": lambda draw: f"{draw.randrange(1, 13)}/{draw.randrange(1, 29)}/{draw.randrange(1950, 2030)} 8:15",
    "ISO times": lambda draw: (
        f"{draw.randrange(1950, 2030)}-09-12T10:{draw.randrange(60):02}:07.{draw.randrange(10**6)}Z"
    ),
    "ranges": lambda draw: f"{draw.randrange(3000)}-{draw.randrange(3000)}",
    "amounts": lambda draw: f"{int(10 ** draw.uniform(2, 12)):,}.00",
}


@pytest.mark.parametrize("separator", [" ", "\t", ",", ", ", ";", "|", "   "])
@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_a_table_of_numbers_holds_nobodys(cell: Callable[[random.Random], str], separator: str) -> None:
    found = [one for one in classify(_rows(separator, cell, 7)) if one.kind in KINDS]
    assert [one for one in found if one.grade is Grade.FAIL] == []
    assert len(found) <= 1


def test_the_same_holds_for_every_row_alone() -> None:
    lines = [line for name in CELLS for line in _rows(",", CELLS[name], 8).splitlines()[: ROWS // 3]]
    found = [one for line in lines for one in classify(line) if one.kind in KINDS]
    assert [one for one in found if one.grade is Grade.FAIL] == []
    assert len(found) <= len(lines) // 1000


NUMBERS = [6037990000123451, 4539578763621486, 371449635398431, 30569309025904, 4222222222222, 9123456789, 12]
FORMATS = [str, repr, "{:.15e}".format, "{:.15E}".format, "{:.1f}".format, "{:.2f}".format]


def _marks(found: tuple[Finding, ...]) -> set[tuple[str, Grade]]:
    sure = {one.kind for one in found if one.grade is Grade.FAIL}
    return {(one.kind, Grade.FAIL if one.kind in sure else Grade.SUSPECT) for one in found}


@pytest.mark.parametrize("write", FORMATS)
@pytest.mark.parametrize("part", [1, 10, 1000, 1e9])
def test_a_float_column_is_read_as_its_texts(write: Callable[[float], str], part: float) -> None:
    values = [sign * number / part for number in NUMBERS for sign in (1, -1)] + [number + 0.25 for number in NUMBERS]
    seen = look(pa.array(values))
    for kind in KINDS:
        hits = seen.hits([kind])
        for row, value in enumerate(values):
            said = {grade for one, grade in _marks(classify(write(value))) if one == kind}
            assert (row in hits.rows, row in hits.review) == (Grade.FAIL in said, Grade.SUSPECT in said)


def test_a_list_of_cards_is_sure_and_a_list_of_numbers_is_nothing() -> None:
    card, number = "4539 5787 6362 1486", "4539 5787 6362 1487"
    assert {one.grade for one in classify("\n".join([card] * 20))} == {Grade.FAIL}
    assert len(classify("\n".join([card] * 20))) == 20
    assert classify("\n".join([number, card, number] * 8)) == ()
    assert classify("\n".join(str(7_000_000_000 + step * 7919) for step in range(40))) == ()


@pytest.mark.parametrize("label", ["card_expiry", "note"])
@pytest.mark.parametrize("text", ["12.28", "1405.08", "-12.28", "3.14159", "0.5"])
def test_a_fraction_says_the_same_as_text_float_and_decimal(text: str, label: str) -> None:
    exact = pa.array([Decimal(text)], pa.decimal128(20, 6))
    columns = [pa.array([text]), pa.array([float(text), None, float("nan"), float("inf")]), exact]
    expected = [0] if label == "card_expiry" and text in {"12.28", "1405.08", "-12.28"} else []
    for column in columns:
        assert look(column, label=label).hits(["card_expiry"]).rows.tolist() == expected, column.type


def test_rows_of_fours_are_no_sure_cards() -> None:
    card = "4539 5787 6362 1486"
    rows = [card, "4539 5787 6362 1487", "1000 2000 3000 4001"]
    assert {one.grade for one in classify(card)} == {Grade.FAIL}
    assert {one.grade for one in classify(card.replace(" ", "\n"))} == {Grade.SUSPECT}
    assert {one.grade for one in classify(" no ".join(f"x {row} y" for row in rows))} == {Grade.SUSPECT}
    assert {one.grade for one in classify("card: " + card.replace(" ", "\n"))} == {Grade.FAIL}
