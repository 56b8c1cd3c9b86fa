"""Counts that make a picture: facts named `series:label`, or `series:label:label`, which the pages draw.

Labels are numbers, or names from the policy files. What only the data calls something is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

Facts = tuple[tuple[str, int], ...]
_EDGES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_MOST_DAYS = 60


def group_sizes(sizes: Iterable[int]) -> Facts:
    """How many groups there are of which size; spans are half open by the edges, and the last has no end."""
    spans = [(low, high - 1) for low, high in pairwise(_EDGES)]
    counts = Counter(next((low for low, high in spans if low <= size <= high), _EDGES[-1]) for size in sizes)
    names = {low: f"{low}-{high}" if high > low else str(low) for low, high in spans} | {_EDGES[-1]: f"{_EDGES[-1]}+"}
    return tuple((f"k:{names[low]}", counts[low]) for low in _EDGES if counts[low])


def days(taken: Iterable[int], late: int) -> Facts:
    """How many requests were answered in how many whole days, and how many too late or not at all."""
    counts = Counter(min(max(0, day), _MOST_DAYS) for day in taken)
    found = tuple((f"day:{day}", counts[day]) for day in sorted(counts))
    return (*found, ("day:late", late)) if late else found


def pairs(series: str, rows: Iterable[tuple[str, str, int]]) -> Facts:
    """Counts by two names."""
    return tuple((f"{series}:{first}:{second}", count) for first, second, count in sorted(rows))


def places(counts: Sequence[int]) -> Facts:
    """How many different bytes stand at each place of a ciphertext, from the first on."""
    return tuple((f"byte:{place}", count) for place, count in enumerate(counts, 1))
