"""What is copied out of tables about people into texts: digests, tokens, sealed cells, and the ids of erased people.

Each is read or made only if a text holds anything of its form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from urllib.parse import unquote

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from governance.detection.digests import digests
from governance.detection.text.folding import fold
from governance.policy import Classification
from governance.rules.people.leads import is_token
from governance.rules.people.pieces import CERTAIN, FEWEST, blobs, hashes_of
from governance.rules.people.tokens import ERASED, Subjects
from governance.rules.people.uniques import (
    NOTHING,
    USUAL,
    Column,
    about_people,
    announcing,
    distinct,
    problem_of,
    sought,
    texts_of_key,
)
from governance.rules.scope import Scope

_HEX = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{16,128}(?![0-9A-Fa-f])")
_NUMBER = re.compile(rf"(?<![0-9])[0-9]{{{FEWEST},19}}(?![0-9])")
_SHORTENED: Final = (16, 32)  # signs of a token that its first half is cut to


def find_copies(scope: Scope, cells: Iterable[pa.Array], subjects: Subjects | None) -> tuple[Column, ...]:
    """What stands in these texts of the values, tokens, and sealed cells of people."""
    held: set[str] = set()
    numbers: set[str] = set()
    for text in (text for array in cells for text in distinct(array)):
        plain = fold(unquote(text))
        held.update(found.casefold() for found in _HEX.findall(plain) if not found.isdecimal())
        held.update(blobs(plain))
        numbers.update(_NUMBER.findall(plain))
    found: dict[str, set[str]] = {}
    for problem, written in _copied(scope) if held else ():
        found.setdefault(problem, set()).update(held.intersection(written))
    copies = [Column(problem, NOTHING, NOTHING, _hashes(own), {}) for problem, own in found.items()]
    return (*copies, *(_erased(scope, numbers, subjects) if subjects and numbers else ()))


def _copied(scope: Scope) -> Iterator[tuple[str, Iterator[str]]]:
    """By problem, all that a text may hold of people's cells."""
    keys, schemas = scope.keys, scope.source.schemas()
    for contract, names in sought(scope):
        problem = problem_of(scope, contract, names)
        for texts in texts_of_key(scope, contract, names):
            yield problem, (digest for text in texts for digest in digests(text))
            if keys is not None and problem == "user_key":
                yield "person_token", (part for text in texts for part in _shortened(keys.token(f"user:{text}")))
    for contract in (one for one in scope.policy.contracts if one.table in about_people(scope.policy) & schemas.keys()):
        for column in (one for one in contract.columns if one.name in schemas[contract.table].names):
            if is_token(column) and column.logical_type == "string":
                for texts in texts_of_key(scope, contract, [column.name]):
                    yield "person_token", (part for text in texts for part in _shortened(text))
            elif column.classification is Classification.RESTRICTED:
                for texts in texts_of_key(scope, contract, [column.name]):
                    yield "joinable_id", (text.rpartition(":")[2].rstrip("=") for text in texts)


def _shortened(token: str) -> Iterator[str]:
    yield token
    yield from (token[:size] for size in _SHORTENED)


def _erased(scope: Scope, numbers: Iterable[str], subjects: Subjects) -> Iterator[Column]:
    """The numbers that are ids of erased people; as many as were erased may be of each length."""
    if scope.keys is None:
        return
    tokens, token = subjects.known.tokens, scope.keys.token
    people = {origin for origins in tokens.values() for origin in origins if origin.startswith(ERASED)}
    held = [n for n in numbers if any(o in people for o in tokens.get(token(f"user:{n}"), ()))] if people else []
    if held:
        yield Column(
            "user_key", announcing(USUAL), NOTHING, _hashes(held), dict.fromkeys(range(FEWEST, CERTAIN), len(people))
        )


def _hashes(values: Sequence[str] | set[str]) -> npt.NDArray[np.int64]:
    return np.unique(hashes_of(values))
