"""Adds rows to plant in: each is a valid row beyond its table's end, so that only the planted thing is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from governance.planning.checks import Plan
from governance.policy import Contract, Policy
from governance.synthetic.additions import Additions, ExtraColumn, Row
from governance.synthetic.blocks import spare_rows
from governance.synthetic.company.world import NONCE_BYTES, SEALED, World
from governance.synthetic.draws import stream
from governance.synthetic.ledger import LedgerEntry
from governance.synthetic.planting.fires import Fires

_CHUNK = 256


@dataclass(frozen=True, slots=True)
class Violation:
    """One form in which rules of a kind are violated, at every place where this form is planted.

    `plant` adds rows, columns or tables and records exactly which checks, of this kind and of others, each thing fires.
    It must work alone in a clean world as well as beside all others. Problems of the policy's own registers, such as an
    expired attestation or an unannounced change, are no rows: `amend` makes them. Such a violation is only planted
    alone, with the plan of the amended policy; `as_it_is` is for what a violation beside it would hide.
    """

    kind: str
    form: str
    plant: Callable[[Planter], None]
    amend: Callable[[Policy], Policy] | None = None

    @property
    def name(self) -> str:
        return f"{self.kind}: {self.form}"


@dataclass(frozen=True, slots=True)
class SpoiledCell:
    """An overwritten cell of a fresh row, and the form of its value."""

    table: str
    column: str
    row: Row
    form: str


def as_it_is(policy: Policy) -> Policy:
    """`amend` of what is only planted alone: a check that failed does not say what only a person can tell."""
    return policy


def nothing(planter: Planter, cell: SpoiledCell) -> tuple[str, ...]:  # noqa: ARG001  the signature of `spoiled`
    """`spoiled` of a kind that no overwritten cell violates."""
    return ()


@dataclass(frozen=True, slots=True)
class KindPlanter:
    """Plants the violations of one rule kind.

    `violations` are its forms. `spoiled` gives its checks that fire because a form of any kind has overwritten a cell;
    violations of other rows by that it records itself. `never` names the kind's problems that none of its forms shows,
    each with the reason.
    """

    violations: Callable[[Plan, World], Iterable[Violation]]
    spoiled: Callable[[Planter, SpoiledCell], tuple[str, ...]] = nothing
    never: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Planter:
    """Adds rows, columns and tables to a world, and records the checks that each of them fires."""

    world: World
    plan: Plan
    kinds: Mapping[str, KindPlanter]  # of the plan, in its order
    additions: Additions = field(default_factory=Additions)
    rng: np.random.Generator = field(init=False)
    fires: Fires = field(init=False)
    contracts: dict[str, Contract] = field(init=False)
    _spare: dict[str, Iterator[Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng = stream(self.world.seed, "planting", 0)
        self.fires = Fires(self.plan)
        self.contracts = {contract.table: contract for contract in self.world.contracts}

    def begin(self, violation: Violation) -> None:
        """Draw from the violation's own random stream from here on."""
        self.rng = stream(self.world.seed, "planting", violation.name)

    def lone_row(self, table: str) -> Row:
        """A fresh row of a declared table, already part of the world, and nothing else."""
        if table not in self._spare:
            self._spare[table] = self._spare_rows(self.contracts[table])
        row = next(self._spare[table])
        self.additions.rows.setdefault(table, []).append(row)
        return row

    def key(self, table: str, row: Row) -> str | None:
        """A row's primary key as text."""
        name = self.contracts[table].primary_key
        return str(row[name]) if name else None

    def seal(self, table: str, column: str, key: str, plaintext: str) -> str:
        """A value sealed for its place, under a fresh nonce."""
        return self.world.seal(table, column, key, plaintext, self.rng.bytes(NONCE_BYTES))

    def opened(self, table: str, column: str, row: Row) -> str:
        """The plaintext of a sealed value of a fresh row."""
        return self.world.unseal(table, column, str(self.key(table, row)), row[column])

    def rekey(self, table: str, row: Row, key: int) -> None:
        """Give a row another primary key; values bound to the old key are sealed again."""
        kept = {c: self.opened(table, c, row) for c in SEALED.get(table, ()) if row[c] is not None}
        row[self.contracts[table].primary_key] = key
        for column, plaintext in kept.items():
            row[column] = self.seal(table, column, str(key), plaintext)

    def spoiled(self, cell: SpoiledCell) -> tuple[str, ...]:
        """The checks of all kinds that fire because a cell was overwritten."""
        return tuple(check for kind in self.kinds.values() for check in kind.spoiled(self, cell))

    def add_column(self, form: str, table: str, name: str, kind: pa.DataType, usual: tuple[object, ...] = ()) -> None:
        """An undeclared column, once; the rows planted so far get its usual value, like the base's."""
        if any(column.name == name for column in self.additions.columns.get(table, [])):
            return
        self.additions.columns.setdefault(table, []).append(ExtraColumn(name, kind, usual))
        for number, row in enumerate(self.additions.rows.get(table, []) if usual else []):
            row[name] = usual[number % len(usual)]
        # A payload may have no columns outside its agreement.
        self.record(
            form, table, name, None, self.fires.of_table("declared", table), self.fires.of_table("minimal", table)
        )

    def record(
        self, form: str, table: str, column: str, row: str | None, *fires: tuple[str, ...], copy: int = 0
    ) -> None:
        """Add a line to the ledger, unless no check fires."""
        ids = tuple(dict.fromkeys(check for part in fires for check in part))
        if ids:
            self.additions.entries.append(LedgerEntry(form, table, column, row, ids, copy))

    def _spare_rows(self, contract: Contract) -> Iterator[Row]:
        chunk = 0
        while True:
            yield from spare_rows(self.world, contract, chunk, _CHUNK).to_pylist()
            chunk += 1
