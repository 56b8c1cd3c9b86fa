"""A folder of Parquet and CSV files as tables; any other file is an error, as it would go unread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import pyarrow as pa
import pyarrow.dataset as ds

from governance.encryption.keys import Keyring
from governance.encryption.parquet import is_encrypted, open_encrypted
from governance.errors import SourceError
from governance.policy import Contract
from governance.sources.base import shown_file, shown_name
from governance.sources.csv_files import read_csv
from governance.sources.database import DatabaseSource, reading, state_of
from governance.sources.limits import Sizes, added, in_memory
from governance.sources.parquet_pages import Footer, begins_as_parquet
from governance.sources.parts import Relation, UnlikeParts
from governance.spelling import strict_json

ABOUT = "dataset.json"
# Earlier data sets still have `period`, which nothing reads.
_ABOUT_KEYS = frozenset({"format", "world", "seed", "as_of", "period", "tables"})


@dataclass(frozen=True, slots=True)
class DatasetInfo:
    """The description of a data set: its evaluation time."""

    as_of: datetime | None = None


def read_about(folder: Path) -> DatasetInfo:
    """`dataset.json` of a folder, if it has one."""
    path = folder / ABOUT
    if not path.is_file():
        return DatasetInfo()
    try:
        raw = strict_json(path.read_text("utf-8"))
        if not isinstance(raw, dict) or not raw.keys() <= _ABOUT_KEYS:
            raise TypeError("object")
        as_of = datetime.fromisoformat(raw["as_of"]) if "as_of" in raw else None
        if as_of is not None and as_of.tzinfo is None:
            raise ValueError("zone")
    except (OSError, ValueError, TypeError, RecursionError):
        raise SourceError(
            f"{path}: expected JSON with as_of as an ISO time with its zone, and no other keys than "
            f"{', '.join(sorted(_ABOUT_KEYS))}; found something else."
        ) from None
    return DatasetInfo(as_of)


def open_folder(folder: Path, contracts: Mapping[str, Contract], keys: Keyring | None = None) -> DatabaseSource:
    """The tables of a folder; SourceError when there are none, or when something in it cannot be read.

    Tables that are encrypted as a whole are opened with `keys`, and sealed where none of them fits.
    """
    if not folder.is_dir():
        raise SourceError(f"{folder}: expected a folder with .parquet or .csv tables, found none.")
    folder = folder.resolve()
    # Recorded before anything is read, so that no change goes unnoticed.
    files = {name: (folder / name, state_of(folder / name)) for name in _listed(folder)}
    relations: dict[str, Relation] = {}
    sealed: set[str] = set()
    held: set[str] = set()
    unchecked: set[str] = set()
    sizes: dict[str, Sizes] = {}
    for path in sorted(folder.iterdir()):
        if (path.name == ABOUT and path.is_file()) or _is_litter(path):
            continue
        name = path.name.removesuffix(path.suffix) if path.suffix in {".parquet", ".csv"} else path.name
        if name in relations or name in sealed:
            raise SourceError(f"{folder}: expected each table once, found two files for {shown_name(name)!r}.")
        contract = next((known for known in contracts.values() if known.matches(name)), None)
        opened = _open(path, contract, keys)
        if opened.relation is None:
            sealed.add(name)
            continue
        relations[name] = opened.relation
        held |= {name} if opened.held else set()
        unchecked |= {name} if opened.unchecked else set()
        sizes[name] = opened.sizes
    if not relations and not sealed:
        raise SourceError(
            f"{folder}: expected .parquet or .csv tables, found none; name the folder that holds the tables themselves."
        )
    return DatabaseSource(
        "folder",
        folder.name,
        relations,
        contracts,
        files=files,
        listed=lambda: _listed(folder),
        sealed=sealed,
        held=held,
        unchecked=unchecked,
        sizes=sizes,
    )


def _listed(folder: Path) -> list[str]:
    """The name of every file below a folder."""
    return [path.relative_to(folder).as_posix() for path in _regular_files(folder)]


def _regular_files(folder: Path) -> Iterator[Path]:
    """Every file below a folder; a link could lead out of it, and a pipe has no end."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise SourceError(f"{shown_file(path)}: expected only files and folders, found a link, pipe or device.")
        if path.is_file() and not _is_litter(path):
            yield path


class _Opened(NamedTuple):
    """A table; None for one that is encrypted as a whole, and opened by no key.

    `held` says that no copy of it may touch the disk, as it is encrypted, or none need to, as it is in memory;
    `unchecked` that a flipped bit in it may go unnoticed; `sizes` are known of plain Parquet.
    """

    relation: Relation | None
    held: bool
    unchecked: bool = False
    sizes: Sizes = MappingProxyType({})


def _open(path: Path, contract: Contract | None, keys: Keyring | None) -> _Opened:
    """A file or a folder of parts as a table."""
    with reading(shown_file(path)):
        if path.is_dir():
            return _parquet(_parts(path), keys)
        if path.suffix == ".parquet":
            return _parquet([path], keys)
        if path.suffix == ".csv":
            table = read_csv(path, contract)
            return _Opened(ds.dataset(table), held=True, sizes=in_memory(table))
    raise _unread(path)


def _parts(folder: Path) -> list[Path]:
    """The parts of a table: every file of the folder, except those that Spark adds."""
    parts = []
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.suffix == ".parquet":
            parts.append(path)
        elif not _is_litter(path) and not _is_checksum(path):
            # The name of a nested folder may be a value, as Hive and Spark name partitions.
            raise _unread(path)
    if not parts:
        raise _unread(folder)
    return parts


def _is_litter(path: Path) -> bool:
    """Spark's empty success marker, and macOS Finder's folder settings."""
    return path.is_file() and (path.name == ".DS_Store" or (path.name == "_SUCCESS" and not path.stat().st_size))


def _is_checksum(path: Path) -> bool:
    named = path.name.removeprefix(".").removesuffix(".crc")
    return path.name == f".{named}.crc" and path.is_file() and (path.parent / named).is_file()


def _parquet(paths: list[Path], keys: Keyring | None) -> _Opened:
    """Files as a table.

    They are named one by one, because a folder read as a whole skips names that start with a dot or underscore.
    Their columns are those of all parts: by default, Arrow takes the first part's and skips what others add.
    """
    for path in paths:
        if not begins_as_parquet(path):
            raise _damaged(path, "a Parquet file, found one that does not begin as such")
    options = ds.ParquetFragmentScanOptions(page_checksum_verification=True)
    plain = ds.ParquetFileFormat(default_fragment_scan_options=options)
    forms = [open_encrypted(path, keys) if is_encrypted(path) else plain for path in paths]
    encrypted = any(form is not plain for form in forms)
    parts = [(str(path), form) for path, form in zip(paths, forms, strict=True) if form is not None]
    if len(parts) < len(paths):
        return _Opened(None, encrypted)
    # Of encrypted files, pages and footer are authenticated.
    footers = []
    for path in (path for path, form in zip(paths, forms, strict=True) if form is plain):
        footers.append(Footer(path))
        if not footers[-1].agrees:
            raise _damaged(path, "a footer that agrees with itself, found another")
    unchecked = any(footer.lacks_checksums() for footer in footers)
    sizes = added(footer.sizes for footer in footers)
    opened = [ds.dataset(name, format=form) for name, form in parts]
    try:
        schema = pa.unify_schemas([part.schema for part in opened])
    except pa.ArrowException:
        return _Opened(UnlikeParts(opened), encrypted, unchecked, sizes)
    if encrypted:
        whole = ds.dataset([ds.dataset(name, schema=schema, format=form) for name, form in parts])
    else:
        whole = ds.dataset([name for name, _ in parts], schema=schema, format=plain)
    return _Opened(whole, encrypted, unchecked, sizes)


def _damaged(path: Path, what: str) -> SourceError:
    return SourceError(f"{shown_file(path)}: expected {what}; restore it and run again.")


def _unread(path: Path) -> SourceError:
    return SourceError(
        f"{shown_file(path)}: expected only .parquet and .csv tables here, found something else that would go unread; "
        "move it away."
    )
