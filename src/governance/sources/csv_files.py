"""CSV as text: every value as it is written, so that no leading zero, long number or "NA" is lost on the way.

Arrow reads the cells, which alone can tell a missing value from an empty text, and a strict reader compares every one.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from governance.errors import SourceError
from governance.policy import Contract
from governance.sources.base import shown_file

_MAX_BYTES = 4_000_000_000
_BLOCK = 16 << 20  # also the longest row
_LARGEST_BLOCK = 2**31 - 1
_AT_ONCE = 10_000  # rows compared
_SEPARATORS = (";", "\t", "|", "،")


def read_csv(path: Path, contract: Contract | None) -> pa.Table:
    """A file as a table of texts: nothing between commas is null, and "" an empty text unless its contract differs."""
    place, size = shown_file(path), path.stat().st_size
    if size > _MAX_BYTES:
        raise SourceError(f"{place}: expected a CSV file of at most 4 GB, found a larger one; store it as Parquet.")
    header = _checked(path, place)
    # Arrow loses a byte of a quoted cell where a block of the file ends between its CR and LF.
    for block in (_BLOCK, _LARGEST_BLOCK):
        table = _by_arrow(path, place, header, contract, block)
        row = _differing(path, place, header, table)
        if not row:
            return table
    raise SourceError(
        f"{place}: expected rows that two readers agree on, found row {row:,} read differently; store the table as "
        "Parquet."
    )


def _by_arrow(path: Path, place: str, header: list[str], contract: Contract | None, block: int) -> pa.Table:
    try:
        return pa_csv.read_csv(
            path,
            read_options=pa_csv.ReadOptions(block_size=block),
            parse_options=pa_csv.ParseOptions(newlines_in_values=True),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()),
                strings_can_be_null=True,
                null_values=[""],
                quoted_strings_can_be_null=contract is not None and contract.csv_empty == "null",
            ),
        )
    except pa.ArrowInvalid:
        # Its message may quote a row.
        raise SourceError(
            f"{place}: expected rows of at most {block:,} bytes, found a longer one; store the table as Parquet."
        ) from None


def _checked(path: Path, place: str) -> list[str]:
    """The header, if every row has as many cells, every quote is closed, and all is text in UTF-8."""
    with path.open("rb") as file:
        if any(b"\0" in part for part in iter(lambda: file.read(1 << 20), b"")):
            raise SourceError(f"{place}: expected text in UTF-8, found a NUL byte.")
    with _strictly(path, place) as lines:
        header: list[str] = next(lines, [])
        others = [one for one in _SEPARATORS if len(header) == 1 and one in header[0]]
        if others:
            raise SourceError(
                f"{place}:1: expected cells that commas separate, found {others[0]!r} there; export it with commas."
            )
        if len(set(header)) != len(header) or not header or not all(header):
            raise SourceError(
                f"{place}: expected a header with each column once, found none or a repeated or empty name."
            )
        for row in lines:
            if row and len(row) != len(header):
                raise SourceError(
                    f"{place}:{lines.line_num}: expected {len(header)} cells as in the header, found {len(row)}."
                )
    return header


def _differing(path: Path, place: str, header: list[str], table: pa.Table) -> int:
    """The number, from 1, of the first row that a strict reader reads otherwise than Arrow did; 0 for none."""
    done = 0
    with _strictly(path, place) as lines:
        if table.schema.names != header or next(lines) != header:
            return 1
        while rows := list(islice(filter(None, lines), _AT_ONCE)):
            part = table.slice(done, len(rows))
            for column, cells in zip(part.columns, zip(*rows, strict=True), strict=True):
                theirs, mine = pc.fill_null(column, "").combine_chunks(), pa.array(cells, pa.string())
                if not theirs.equals(mine):
                    same = pc.equal(theirs, mine.slice(0, len(theirs))).to_pylist()
                    return done + (same.index(False) if False in same else len(same)) + 1
            done += len(rows)
    return 0 if done == table.num_rows else done + 1


@contextmanager
def _strictly(path: Path, place: str) -> Iterator[Any]:  # a csv.reader, whose type has no public name
    """The rows by a reader that refuses an open quote, which Arrow's reads as a cell that lasts to the end."""
    longest = csv.field_size_limit(sys.maxsize)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield csv.reader(file, strict=True)
    except UnicodeDecodeError:
        raise SourceError(f"{place}: expected text in UTF-8, found another encoding.") from None
    except csv.Error:
        raise SourceError(f"{place}: expected quotes that are closed, found one that is not.") from None
    finally:
        csv.field_size_limit(longest)
