"""Blocks of rows as Arrow tables, typed and ordered as their contract says; by one process or several."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TypeVar

import numpy as np
import pyarrow as pa

from governance.errors import UsageError, but_found
from governance.policy import Contract
from governance.synthetic.company.tables import TABLES
from governance.synthetic.company.world import World
from governance.synthetic.draws import BLOCK_ROWS, stream

_TYPES = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "array": pa.list_(pa.string()),
}
T = TypeVar("T")
_state: dict[str, World] = {}  # in a worker process: its world


def schema_of(contract: Contract) -> pa.Schema:
    """A contract's columns as Arrow types; strings and objects (JSON) are text, arrays lists of it."""
    return pa.schema([(c.name, _TYPES.get(c.logical_type, pa.string())) for c in contract.columns])


def block(world: World, contract: Contract, number: int) -> pa.Table:
    """The rows of one block."""
    size = world.sizes[contract.table]
    first = number * BLOCK_ROWS
    index = np.arange(first, min(first + BLOCK_ROWS, size), dtype=np.int64)
    rng = stream(world.seed, contract.table, number)
    return _table(world, contract, rng, index, world.time_shares(contract.table, index))


def spare_rows(world: World, contract: Contract, chunk: int, count: int) -> pa.Table:
    """Valid rows beyond the table's end, at random times, in which violations are planted."""
    rng = stream(world.seed, contract.table, f"spare {chunk}")
    index = np.arange(count, dtype=np.int64) + world.sizes[contract.table] + chunk * count
    return _table(world, contract, rng, index, rng.random(count)).cast(schema_of(contract))


def _table(world: World, contract: Contract, rng: np.random.Generator, index: object, share: object) -> pa.Table:
    drawn = TABLES[contract.table](world, rng, index, share)  # type: ignore[arg-type]
    missing = [column.name for column in contract.columns if column.name not in drawn]
    if missing:
        raise UsageError(
            f"{contract.table}.odcs.yaml: expected columns that can be made, {but_found(missing[0], drawn)}"
        )
    columns = {field.name: _typed(drawn[field.name], field.type) for field in schema_of(contract)}
    return pa.table(columns)


def _typed(array: pa.Array, kind: pa.DataType) -> pa.Array:
    """An array as its contract's type; texts may stay dictionary-encoded."""
    return array if pa.types.is_dictionary(array.type) and array.type.value_type == kind else array.cast(kind)


def blocks(world: World, contract: Contract, pool: ProcessPoolExecutor | None) -> Iterator[pa.Table]:
    """All blocks of a table in order; a pool works a few ahead."""
    count = -(-world.sizes[contract.table] // BLOCK_ROWS)
    if pool is None:
        yield from (block(world, contract, number) for number in range(count))
        return
    ahead: deque[Future[pa.Table]] = deque()
    for number in range(count):
        ahead.append(pool.submit(_block_in_worker, contract, number))
        if len(ahead) > 4:
            yield ahead.popleft().result()
    while ahead:
        yield ahead.popleft().result()


@contextmanager
def worker_pool(count: int, enter: Callable[[T], None], argument: T) -> Iterator[ProcessPoolExecutor | None]:
    """A pool of processes, each of which calls `enter` first; None for one worker."""
    if count <= 1:
        yield None
        return
    # Arrow's threads do not survive a fork, so the workers start afresh.
    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=enter, initargs=(argument,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def enter_world(world: World) -> None:
    """Keep the world that a worker process makes blocks of."""
    _state["world"] = world


def _block_in_worker(contract: Contract, number: int) -> pa.Table:
    return block(_state["world"], contract, number)
