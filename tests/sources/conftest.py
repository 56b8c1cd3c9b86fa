"""Folders of tiny tables, and contracts for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pytest

from governance.policy import Classification, Column, Contract
from governance.sources import Source, open_source

CARD = "6037991234567893"


def contract(table: str, columns: Mapping[str, str], *, physical: str = "", named: Mapping[str, str] = {}) -> Contract:
    """A contract of `columns`, name to logical type; `named` are their physical names where others."""
    made = tuple(
        Column(name, named.get(name, name), kind, "user.account", Classification.INTERNAL, "operations")
        for name, kind in columns.items()
    )
    return Contract(table, physical or table, made, (next(iter(columns)),), (), "", "")


@contextmanager
def opened(data: object, *contracts: Contract) -> Iterator[Source]:
    source = open_source(data, {known.table: known for known in contracts})  # type: ignore[arg-type]
    try:
        yield source
    finally:
        source.close()


def read(source: Source, table: str) -> pa.Table:
    schema = source.schemas()[table]
    return pa.Table.from_batches(source.batches(table, schema.names), schema)


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[Mapping[str, bytes]], Path]:
    """A folder with these files, paths relative to it."""

    def make(files: Mapping[str, bytes]) -> Path:
        root = tmp_path / "data"
        root.mkdir()
        for name, content in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(content)
        return root

    return make
