"""Data sources: one module per engine, all of which deliver Arrow batches under logical names."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from governance.arguments import path_of
from governance.detection import DEFAULT, Detectors
from governance.encryption.keys import Keyring
from governance.errors import UsageError
from governance.policy import Contract
from governance.sources.base import Source, judge_names_by, shown_name
from governance.sources.budget import Budget
from governance.sources.files import DatasetInfo, open_folder, read_about
from governance.sources.frames import BatchSource, open_frames
from governance.sources.periods import describe

__all__ = ["BatchSource", "Budget", "DatasetInfo", "Source", "about", "describe", "open_source", "shown_name"]


def open_source(
    data: str | Path | Mapping[str, Any],
    contracts: Mapping[str, Contract],
    keys: Keyring | None = None,
    among: Detectors = DEFAULT,
) -> Source:
    """A folder of tables, or frames by table name; UsageError for an unknown kind of address.

    `keys` open the Parquet files that are encrypted as a whole. `among` judge the names of its tables and columns.
    """
    judge_names_by(among)
    if not isinstance(data, Mapping | str | PathLike):
        found = f"a value of the type {type(data).__name__}"  # type: ignore[unreachable]  # of any kind at all
        raise UsageError(f"expected a folder of tables, or frames by table name, found {found}.", argument="data")
    if not isinstance(data, Mapping) and not str(data):
        raise UsageError("expected a folder of .parquet or .csv tables, found an empty name.", argument="data")
    if isinstance(data, Mapping):
        return open_frames(data, contracts)
    if "://" in str(data) or str(data).startswith("spark:"):
        scheme = str(data).split(":", 1)[0]
        found = f"an address of the kind {scheme!r}"
        raise UsageError(f"expected a folder of .parquet or .csv tables, found {found}.", argument="data")
    return open_folder(path_of(data, "data"), contracts, keys)


def about(data: str | Path | Mapping[str, Any]) -> DatasetInfo:
    """The description of a data set, with its own time."""
    if isinstance(data, Mapping) or "://" in str(data) or not str(data).strip():
        return DatasetInfo()
    return read_about(path_of(data, "data"))
