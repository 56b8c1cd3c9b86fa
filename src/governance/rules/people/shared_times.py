"""Times of a table that lead to people: equal, to the last digit, to that of one person's row.

Equal times happen by chance, the more rows and the coarser the clock. So the times of a table are moved a few ticks to
and fro and compared again: only more equal times than that, and than independent times would have, lead to anybody.
Whole minutes are the times of schedules, and lead nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Final

import numpy as np
import pyarrow as pa

from governance.policy import Contract
from governance.rules.batch import missing
from governance.rules.people.leads import leads
from governance.rules.people.pieces import are_among
from governance.rules.people.uniques import about_people, at_least
from governance.rules.scope import Scope
from governance.rules.tables.relational import moment
from governance.rules.tables.rowwise import Micros, micros
from governance.sources.database import quote

# A time ticks as coarsely as it is written: in microseconds, milliseconds or seconds.
_TICKS: Final = (1, 1_000, 1_000_000, 60_000_000)
_MOVES: Final = (*range(-8, 0), *range(1, 9))
_CHANCE = 0.002


@dataclass(frozen=True, slots=True)
class SharedTimes:
    """By column, the times that lead to people, in microseconds; `equal` and `moved` count rows before and after."""

    times: Mapping[str, Micros] = field(default_factory=dict, repr=False)
    equal: int = 0
    moved: int = 0


def find_shared_times(scope: Scope, table: str) -> SharedTimes:
    """The times of a table that it shares with rows of people. Call it when a kernel starts, as it reads tables."""
    schemas, policy = scope.source.schemas(), scope.policy
    others = [
        (contract, name)
        for contract in policy.contracts
        if contract.table in about_people(policy) - {table} and contract.table in schemas
        for name in _moments(contract, schemas[contract.table])
    ]
    found: dict[str, list[Micros]] = {}
    equal = moved = 0
    for own in _moments(policy.tables[table], schemas[table]):
        mine = _ticking(np.concatenate([np.zeros(0, np.int64), *_read(scope, table, own)]))
        for contract, name in others if any(map(len, mine)) else ():
            theirs = scope.once(("lone times", contract.table, name), partial(_lone, scope, contract, name))
            for tick, (own_times, lone) in zip(_TICKS, zip(mine, theirs, strict=True), strict=False):
                same, chance = _compared(own_times, lone, tick)
                equal, moved = equal + len(same), moved + chance.most
                if at_least(len(same), chance.expected) < _CHANCE:
                    found.setdefault(own, []).append(np.unique(same))
    return SharedTimes({own: np.unique(np.concatenate(times)) for own, times in found.items()}, equal, moved)


@dataclass(frozen=True, slots=True)
class _Chance:
    """How many rows would have an equal time by chance, and the most after any move."""

    expected: float
    most: int


def _compared(own: Micros, others: Micros, tick: int) -> tuple[Micros, _Chance]:
    """The times of rows that stand among the others, and what chance explains of them."""
    if not len(own) or not len(others):
        return own[:0], _Chance(0, 0)
    same = own[are_among(own, others)]
    if not len(same):
        return same, _Chance(0, 0)
    after = [int(are_among(own + move * tick, others).sum()) for move in _MOVES]
    many, few = sorted((own, others), key=lambda times: int(times[-1] - times[0]), reverse=True)
    span = int(few[-1] - few[0])
    if span >= tick:
        many = many[(many >= few[0]) & (many <= few[-1])]
    else:
        span = max(int(many[-1] - many[0]), tick)
    independent = len(many) * len(few) * tick / span
    return same, _Chance(max(independent, sum(after) / len(_MOVES)), max(after))


def _ticking(times: Micros) -> tuple[Micros, ...]:
    """The times by how coarsely they are written; those of whole minutes are left out."""
    ordered = np.sort(times)
    finest = np.zeros(len(ordered), dtype=np.int64)
    for place, tick in enumerate(_TICKS[1:], 1):
        finest[ordered % tick == 0] = place
    return tuple(ordered[finest == place] for place in range(len(_TICKS) - 1))


def _moments(contract: Contract, schema: pa.Schema) -> Iterator[str]:
    """The columns of moments, declared ones and others."""
    for field_ in schema:
        declared = contract.column(field_.name)
        if (declared.logical_type == "timestamp") if declared else pa.types.is_timestamp(field_.type):
            yield field_.name


def _read(scope: Scope, table: str, name: str) -> Iterator[Micros]:
    for batch in scope.source.batches(table, [name]):
        times, known = micros(batch.column(0))
        yield times[known]


def _lone(scope: Scope, contract: Contract, name: str) -> tuple[Micros, ...]:
    """The times that lead to one person: all rows with such a time have one key of a person, or are one row."""
    columns = [lead.column for lead in leads(scope.policy) if lead.table == contract.table]
    held = [column for column in columns if not missing([column], scope.source.schemas()[contract.table])]
    at = moment(quote(name))
    whom = next((column for column in held if column not in contract.key), "")
    one = f"MIN({quote(whom)}) = MAX({quote(whom)}) OR COUNT(*) = 1" if whom else "COUNT(*) = 1"
    sql = f"SELECT {at} AS at FROM {quote(contract.table)} WHERE {quote(name)} IS NOT NULL GROUP BY {at} HAVING {one}"
    column = scope.source.query(sql).column(0)
    read = (micros(chunk) for chunk in column.chunks)
    return _ticking(np.concatenate([np.zeros(0, np.int64), *chain(times[known] for times, known in read)]))
