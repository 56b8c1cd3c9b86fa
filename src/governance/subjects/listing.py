"""The places of a person's data as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from governance.detection import LONGEST_CELL
from governance.subjects.finding import DataPlace, PersonData


def place_lines(found: PersonData) -> Iterator[str]:
    """Each place, then the permitted tokens, then a summary sentence."""
    yield from map(_line, found.places)
    for place in found.kept:
        yield f"{_line(place)}, kept on purpose"
    if found.namesakes:
        yield f"the name is borne by {found.namesakes:,} others too, so it was not looked for"
    if found.too_large:
        cells = _counted(sum(place.rows for place in found.too_large), "cell")
        where = ", ".join(f"{place.table}.{place.column}" for place in found.too_large)
        yield f"not searched: {cells} of more than {LONGEST_CELL:,} bytes in {where}"
    tables = len({place.table for place in found.places})
    where = f"{_counted(len(found.places), 'column')} of {_counted(tables, 'table')}" if found.places else "nothing"
    requests = f"; {_counted(found.requests, 'request')} of theirs" if found.requests else ""
    yield f"found: {where}{requests}"


def _line(place: DataPlace) -> str:
    return f"{place.table}.{place.column}: {_counted(place.rows, 'row')} ({', '.join(place.kinds)})"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
