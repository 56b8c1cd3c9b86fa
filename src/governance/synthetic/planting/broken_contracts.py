"""Records which planted rows break a promise of their contract, whatever else they were planted for.

It reads the contracts, and shares no definition with the rules: a row counts here by what its Python values are.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby

from governance.policy import Column, Contract
from governance.synthetic.additions import Row
from governance.synthetic.company.world import FIRST_KEY
from governance.synthetic.planting.planter import Planter

KIND = "constrained"


def sizes(planter: Planter) -> dict[str, int]:
    """How many rows were added to each table so far."""
    return {table: len(rows) for table, rows in planter.additions.rows.items()}


def record_broken(planter: Planter, form: str, before: Mapping[str, int]) -> None:
    """Add a line to the ledger for each row added since `before` that breaks a promise, also if it shares its key."""
    for table, rows in planter.additions.rows.items():
        added = rows[before.get(table, 0) :]
        fires = planter.fires.of_table(KIND, table) if added else ()
        if not fires:
            continue
        contract = planter.contracts[table]
        often = {once: Counter(tuple(row[name] for name in once) for row in rows) for once in _once(contract)}
        seen: Counter[tuple[object, ...]] = Counter()
        for row in added:
            key = tuple(row[name] for name in contract.key)
            values = {once: tuple(row[name] for name in once) for once in often}
            repeated = any(found[values[once]] > 1 for once, found in often.items() if None not in values[once])
            if repeated or _breaks(planter, contract, row):
                named = None if None in key else planter.key(table, row)
                # A row without a key has no name of its own: the key's column stands for it.
                column = "" if named is not None else contract.key[0]
                planter.record(form, table, column, named, fires, copy=seen[key])
                seen[key] += 1


def _once(contract: Contract) -> tuple[tuple[str, ...], ...]:
    """The columns whose values together may stand in one row only."""
    return (contract.key, *((column.name,) for column in contract.columns if column.unique))


def _breaks(planter: Planter, contract: Contract, row: Row) -> bool:
    return any(
        ((column.required or column.name in contract.key) and _is_missing(row[column.name]))
        or (not _is_missing(row[column.name]) and any(_wrongs(planter, column, row[column.name])))
        for column in contract.columns
    )


def _wrongs(planter: Planter, column: Column, value: object) -> Iterator[bool]:
    if column.vocabulary:
        yield _bare(str(value)) not in {_bare(term.value) for term in column.vocabulary}
    if column.references:
        table, _, target = column.references.partition(".")
        yield not _exists(planter, table, target, value)


def _exists(planter: Planter, table: str, column: str, value: object) -> bool:
    """Whether a row of the base, which are numbered, or an added one has a key."""
    first = FIRST_KEY[table]
    if isinstance(value, int) and first <= value < first + planter.world.sizes[table]:
        return True
    return any(row[column] == value for row in planter.additions.rows.get(table, []))


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, str) and not _bare(value))


def _bare(word: str) -> str:
    """A word in small letters and Latin digits: a point for a gap between digits, nothing for one beside a letter."""
    known = [sign for sign in unicodedata.normalize("NFKC", word).casefold() if unicodedata.category(sign) != "Cf"]
    dashes = {sign for sign in known if unicodedata.category(sign) == "Pd" or sign == "\u2212"}
    text = "".join("-" if sign in dashes else str(unicodedata.digit(sign, sign)) for sign in known)
    runs = ["".join(run) for _, run in groupby(text.strip(), str.isalnum)]
    for place, (before, gap, after) in enumerate(zip(runs[:-2], runs[1:-1], runs[2:], strict=True), 1):
        if before[-1].isdigit() and after[0].isdigit() and not gap.strip(" ._-٫·"):
            runs[place] = "."
        elif before.isalnum() and not gap.strip(" _-"):
            runs[place] = ""
    return "".join("".join(runs).split())
