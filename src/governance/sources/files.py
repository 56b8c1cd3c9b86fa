"""A folder of Parquet and CSV files as tables; anything in it that is not one is refused, for it would go unread."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.dataset as ds

from governance.errors import SourceError
from governance.policy import Contract
from governance.sources.database import DatabaseSource, Relation, reading

ABOUT = "dataset.json"
_NOT_TABLES = frozenset({ABOUT, "_SUCCESS", ".DS_Store", ".ipynb_checkpoints"})
_MAX_CSV_BYTES = 4_000_000_000


@dataclass(frozen=True, slots=True)
class About:
    """What a data set says of itself: the time that decides, and the days it covers."""

    as_of: datetime | None = None
    period: tuple[str, str] | None = None


def read_about(folder: Path) -> About:
    """`dataset.json` of a folder, if it has one."""
    path = folder / ABOUT
    if not path.is_file():
        return About()
    try:
        raw = json.loads(path.read_text("utf-8"))
        as_of = datetime.fromisoformat(raw["as_of"]) if "as_of" in raw else None
        if as_of is not None and as_of.tzinfo is None:
            raise ValueError("zone")
        period = (str(raw["period"]["from"]), str(raw["period"]["until"])) if "period" in raw else None
    except (OSError, ValueError, KeyError, TypeError):
        raise SourceError(
            f"{path}: expected JSON with as_of as an ISO time with its zone, found something else."
        ) from None
    return About(as_of, period)


def open_folder(folder: Path, contracts: Mapping[str, Contract]) -> DatabaseSource:
    """The tables of a folder; SourceError when there are none, or when something in it cannot be read."""
    if not folder.is_dir():
        raise SourceError(f"{folder}: expected a folder with .parquet or .csv tables, found none.")
    by_physical = {contract.physical_name: contract for contract in contracts.values()}
    relations: dict[str, Relation] = {}
    for path in sorted(folder.iterdir()):
        if path.name in _NOT_TABLES:
            continue
        name = path.name.removesuffix(".parquet").removesuffix(".csv")
        if name in relations:
            raise SourceError(f"{folder}: expected each table once, found two files for the table {name!r}.")
        relations[name] = _relation(path, by_physical.get(name))
    if not relations:
        raise SourceError(
            f"{folder}: expected .parquet or .csv tables, found none; name the folder that holds the tables themselves."
        )
    read = (path for path in folder.rglob("*") if path.is_file() and path.name not in _NOT_TABLES - {ABOUT})
    files = {path.relative_to(folder).as_posix(): path for path in read}
    return DatabaseSource("folder", folder.resolve().name, relations, contracts, files=files)


def _relation(path: Path, contract: Contract | None) -> Relation:
    with reading(str(path)):
        # Named one by one, because a folder read as a whole skips files whose names start with a dot or underscore.
        parts = sorted(str(part) for part in path.rglob("*.parquet")) if path.is_dir() else [str(path)]
        if parts and parts[0].endswith(".parquet"):
            options = ds.ParquetFragmentScanOptions(page_checksum_verification=True)
            dataset: Relation = ds.dataset(parts, format=ds.ParquetFileFormat(default_fragment_scan_options=options))
            return dataset
        if path.suffix == ".csv" and path.is_file():
            table: Relation = ds.dataset(_read_csv(path, contract))
            return table
    raise SourceError(
        f"{path}: expected only .parquet and .csv tables here, found something else that would go unread; move it away."
    )


def _read_csv(path: Path, contract: Contract | None) -> pa.Table:
    """Every value as it is written; only columns that their contract calls timestamps are parsed, for joins on time."""
    if path.stat().st_size > _MAX_CSV_BYTES:
        raise SourceError(f"{path}: expected a CSV file of at most 4 GB, found a larger one; store it as Parquet.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file), [])
    except UnicodeDecodeError:
        raise SourceError(f"{path}: expected UTF-8, found another encoding.") from None
    if len(set(header)) != len(header) or not header:
        raise SourceError(f"{path}: expected a header with each column once, found none or a repeated name.")
    types = dict.fromkeys(header, pa.string())
    for column in contract.columns if contract else ():
        if column.logical_type == "timestamp" and column.physical_name in types:
            types[column.physical_name] = pa.timestamp("us", "UTC")
    convert = pa_csv.ConvertOptions(
        column_types=types, strings_can_be_null=True, null_values=[""], quoted_strings_can_be_null=False
    )
    return pa_csv.read_csv(path, convert_options=convert, parse_options=pa_csv.ParseOptions(newlines_in_values=True))
