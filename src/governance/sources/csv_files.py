"""CSV as text: every value as it is written, so that no leading zero, long number or "NA" is lost on the way."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv

from governance.errors import SourceError
from governance.policy import Contract
from governance.sources.base import shown_file

_MAX_BYTES = 4_000_000_000
_BLOCK = 16 << 20  # also the longest row


def read_csv(path: Path, contract: Contract | None) -> pa.Table:
    """A file as a table of texts: nothing between commas is null, and "" an empty text unless its contract differs."""
    place = shown_file(path)
    if path.stat().st_size > _MAX_BYTES:
        raise SourceError(f"{place}: expected a CSV file of at most 4 GB, found a larger one; store it as Parquet.")
    header, rows = _second_opinion(path, place)
    if len(set(header)) != len(header) or not header or not all(header):
        raise SourceError(f"{place}: expected a header with each column once, found none or a repeated or empty name.")
    table = pa_csv.read_csv(
        path,
        read_options=pa_csv.ReadOptions(block_size=_BLOCK),
        parse_options=pa_csv.ParseOptions(newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()),
            strings_can_be_null=True,
            null_values=[""],
            quoted_strings_can_be_null=contract is not None and contract.csv_empty == "null",
        ),
    )
    if table.num_rows != rows or table.schema.names != header:
        raise SourceError(f"{place}: expected rows that two readers agree on, found {rows} and {table.num_rows}.")
    return table


def _second_opinion(path: Path, place: str) -> tuple[list[str], int]:
    """Header and number of rows by a strict reader, as Arrow's reads an open quote as a cell that lasts to the end."""
    longest = csv.field_size_limit(sys.maxsize)
    try:
        with path.open("rb") as file:
            if any(b"\0" in block for block in iter(lambda: file.read(1 << 20), b"")):
                raise SourceError(f"{place}: expected text in UTF-8, found a NUL byte.")
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, strict=True)
            header = next(lines, [])
            return header, sum(1 for line in lines if line)
    except UnicodeDecodeError:
        raise SourceError(f"{place}: expected text in UTF-8, found another encoding.") from None
    except csv.Error:
        raise SourceError(f"{place}: expected quotes that are closed, found one that is not.") from None
    finally:
        csv.field_size_limit(longest)
