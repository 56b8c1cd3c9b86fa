"""Counts for charts: facts named `series:label`, or `series:label:label`.

Labels are numbers, or names from the policy files. Names that occur only in the data are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

Facts = tuple[tuple[str, int], ...]
_EDGES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_MOST_DAYS = 60


def group_sizes(sizes: Iterable[int]) -> Facts:
    """The number of groups by size; spans are half open, and the last has no end."""
    spans = [(low, high - 1) for low, high in pairwise(_EDGES)]
    counts = Counter(next((low for low, high in spans if low <= size <= high), _EDGES[-1]) for size in sizes)
    names = {low: f"{low}-{high}" if high > low else str(low) for low, high in spans} | {_EDGES[-1]: f"{_EDGES[-1]}+"}
    return tuple((f"k:{names[low]}", counts[low]) for low in _EDGES if counts[low])


def days(taken: Iterable[int], late: int) -> Facts:
    """The number of requests by whole days until the answer, and those answered too late or not at all."""
    counts = Counter(min(max(0, day), _MOST_DAYS) for day in taken)
    found = tuple((f"day:{day}", counts[day]) for day in sorted(counts))
    return (*found, ("day:late", late)) if late else found


def pairs(series: str, rows: Iterable[tuple[str, str, int]]) -> Facts:
    """The counts of pairs of names."""
    return tuple((f"{series}:{first}:{second}", count) for first, second, count in sorted(rows))


def places(counts: Sequence[int]) -> Facts:
    """The number of different bytes at each position of a ciphertext."""
    return tuple((f"byte:{place}", count) for place, count in enumerate(counts, 1))
