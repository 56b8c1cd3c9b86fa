"""The ledger of a world: what was planted where, and the checks that it violates."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from governance.errors import SourceError
from governance.spelling import canonical_json, strict_json

FORMAT = "governance-ledger/1"
Thing = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One planted thing.

    `row` is the primary key as text, None when the violation is a column or a whole table (then `column` is "").
    `fires` are the ids of the checks that the thing violates. `copy` counts rows before this one with the same key.
    """

    form: str
    table: str
    column: str
    row: str | None
    fires: tuple[str, ...]
    copy: int = 0

    @property
    def thing(self) -> Thing:
        """The thing that a check counts: ("row", table, row), ("column", table, column) or ("table", table).

        A further row with the same key has its `copy` as a fourth part.
        """
        if self.row is not None:
            return ("row", self.table, self.row, *([str(self.copy)] if self.copy else []))
        return ("column", self.table, self.column) if self.column else ("table", self.table)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything that was planted in one world; empty for a clean one."""

    world: str
    seed: int
    entries: tuple[LedgerEntry, ...]

    def fired(self) -> dict[str, frozenset[Thing]]:
        """Check id to the distinct things that violate it; a check that nothing violates has no entry."""
        found: defaultdict[str, set[Thing]] = defaultdict(set)
        for entry in self.entries:
            for check in entry.fires:
                found[check].add(entry.thing)
        return {check: frozenset(things) for check, things in sorted(found.items())}

    def to_json(self) -> str:
        """The canonical text of ledger.json."""
        entries = [
            {
                "form": e.form,
                "table": e.table,
                "column": e.column,
                "row": e.row,
                "fires": list(e.fires),
                **({"copy": e.copy} if e.copy else {}),
            }
            for e in self.entries
        ]
        return canonical_json({"format": FORMAT, "world": self.world, "seed": self.seed, "entries": entries})


def load_ledger(path: Path) -> Ledger:
    """Read ledger.json; SourceError when it is missing or invalid."""
    try:
        raw = strict_json(path.read_text(encoding="utf-8"))
        if raw["format"] != FORMAT:
            raise ValueError("format")
        entries = tuple(
            LedgerEntry(e["form"], e["table"], e["column"], e["row"], tuple(e["fires"]), e.get("copy", 0))
            for e in raw["entries"]
        )
        return Ledger(raw["world"], raw["seed"], entries)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{path}: expected a world's ledger, found none ({type(error).__name__}).") from None
