"""A folder of Parquet and CSV files as tables; anything in it that is not one is refused, for it would go unread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds

from governance.errors import SourceError
from governance.policy import Contract
from governance.results import strict_json
from governance.sources.base import shown_file, shown_name
from governance.sources.csv_files import read_csv
from governance.sources.database import DatabaseSource, Relation, reading, state_of

ABOUT = "dataset.json"


_ABOUT_KEYS = frozenset({"format", "world", "seed", "as_of", "period", "tables"})


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
        raw = strict_json(path.read_text("utf-8"))
        if not isinstance(raw, dict) or not raw.keys() <= _ABOUT_KEYS:
            raise TypeError("object")
        as_of = datetime.fromisoformat(raw["as_of"]) if "as_of" in raw else None
        if as_of is not None and as_of.tzinfo is None:
            raise ValueError("zone")
        period = (str(raw["period"]["from"]), str(raw["period"]["until"])) if "period" in raw else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise SourceError(
            f"{path}: expected JSON with as_of as an ISO time with its zone, and no other keys than "
            f"{', '.join(sorted(_ABOUT_KEYS))}; found something else."
        ) from None
    return About(as_of, period)


def open_folder(folder: Path, contracts: Mapping[str, Contract]) -> DatabaseSource:
    """The tables of a folder; SourceError when there are none, or when something in it cannot be read."""
    if not folder.is_dir():
        raise SourceError(f"{folder}: expected a folder with .parquet or .csv tables, found none.")
    folder = folder.resolve()
    # Noted before anything is read, so that no change goes unseen.
    files = {path.relative_to(folder).as_posix(): (path, state_of(path)) for path in _regular_files(folder)}
    by_physical = {contract.physical_name: contract for contract in contracts.values()}
    relations: dict[str, Relation] = {}
    for path in sorted(folder.iterdir()):
        if (path.name == ABOUT and path.is_file()) or _is_litter(path):
            continue
        name = path.name.removesuffix(path.suffix) if path.suffix in {".parquet", ".csv"} else path.name
        if name in relations:
            raise SourceError(f"{folder}: expected each table once, found two files for {shown_name(name)!r}.")
        relations[name] = _relation(path, by_physical.get(name))
    if not relations:
        raise SourceError(
            f"{folder}: expected .parquet or .csv tables, found none; name the folder that holds the tables themselves."
        )
    return DatabaseSource("folder", folder.name, relations, contracts, files=files)


def _regular_files(folder: Path) -> Iterator[Path]:
    """Every file below a folder; a link could lead out of it, and a pipe has no end."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise SourceError(f"{shown_file(path)}: expected only files and folders, found a link, pipe or device.")
        if path.is_file() and not _is_litter(path):
            yield path


def _relation(path: Path, contract: Contract | None) -> Relation:
    with reading(shown_file(path)):
        if path.is_dir():
            return _parquet(_parts(path))
        if path.suffix == ".parquet":
            return _parquet([path])
        if path.suffix == ".csv":
            table: Relation = ds.dataset(read_csv(path, contract))
            return table
    raise _unread(path)


def _parts(folder: Path) -> list[Path]:
    """The parts of a table: all that the folder holds, but for what Spark leaves beside them."""
    parts = []
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.suffix == ".parquet":
            parts.append(path)
        elif not _is_litter(path) and not _is_checksum(path):
            # Of a folder in it, the name might be a value: Hive and Spark write partitions that way.
            raise _unread(path)
    if not parts:
        raise _unread(folder)
    return parts


def _is_litter(path: Path) -> bool:
    """Spark's mark of success, which is empty, and the Finder's view of a folder."""
    return path.is_file() and (path.name == ".DS_Store" or (path.name == "_SUCCESS" and not path.stat().st_size))


def _is_checksum(path: Path) -> bool:
    named = path.name.removeprefix(".").removesuffix(".crc")
    return path.name == f".{named}.crc" and path.is_file() and (path.parent / named).is_file()


def _parquet(paths: list[Path]) -> Relation:
    """Files named one by one, because a folder read as a whole skips names that start with a dot or underscore.

    Their columns are those of all parts: by itself, Arrow believes the first, and leaves unread what others add.
    """
    options = ds.ParquetFragmentScanOptions(page_checksum_verification=True)
    form = ds.ParquetFileFormat(default_fragment_scan_options=options)
    names = [str(path) for path in paths]
    schema = pa.unify_schemas([ds.dataset(name, format=form).schema for name in names])
    dataset: Relation = ds.dataset(names, schema=schema, format=form)
    return dataset


def _unread(path: Path) -> SourceError:
    return SourceError(
        f"{shown_file(path)}: expected only .parquet and .csv tables here, found something else that would go unread; "
        "move it away."
    )
