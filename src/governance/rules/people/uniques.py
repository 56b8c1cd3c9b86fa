"""Values that one row about a person has alone, sought in the texts of a table that must lead to nobody.

A contract says which values are unique: keys, numbers of orders, references of a gateway. They are kept as hashes in
memory, and each piece of a text is asked in every reading that a decoder has of it. What a number of six to nine
digits equals by chance is estimated first (`likely`); shorter values, and those of letters only, need a word beside
them that says what they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp
from typing import Final
from urllib.parse import unquote

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from governance import detection
from governance.detection.columns.leaves import leaves
from governance.detection.text.folding import fold, fold_label
from governance.detection.text.layers import TooLongError
from governance.policy import Contract, Policy
from governance.rules.batch import NOWHERE, Positions, joined, missing
from governance.rules.people.leads import people_tables, personal_tables, unique_keys
from governance.rules.people.pieces import (
    BARE,
    CERTAIN,
    FEWEST,
    Piece,
    are_among,
    hashes_of,
    numbers_of,
    pieces_of,
    plain_of,
    standing,
)
from governance.rules.scope import Scope

_REACH = 32  # characters before a value in which the word that announces it stands
_CHANCE = 0.01
_PROSE = re.compile(r"[^\W\d_] $")
_TOKEN = re.compile(r"[\w.-]*$")  # what a number is glued to
# Numbers that are chosen rather than drawn: days, months, and round ones.
_CHOSEN = re.compile(r"(?:1[34][0-9]{2}|20[1-3][0-9])(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])?|[0-9]+000")
NOTHING: Final = re.compile("(?!)")
_OF_IDS = "ids?|no|nr|num(?:ber)?|key|code|ref|شماره|شمارهٔ|کد|شناسه|شناسهٔ"
USUAL: Final = (
    "users?|uid|profiles?|accounts?|members?|customers?|readers?|subscribers?|(?<=/)u(?=/)|کاربر|کاربران|مشتری|حساب"
)
# What is nobody's, whatever its number.
_PUBLIC = (
    "products?|items?|articles?|pages?|posts?|categor(?:y|ies)|tags?|sku|isbn|campaigns?|offers?|promo|coupons?|price"
    "|min|max|amount|size|width|height|limit|offset|version|build|محصول|کالا|صفحه|مقاله"
)


@dataclass(frozen=True, slots=True)
class Column:
    """The values of one column, or of a key of several, as hashes in ascending order; `digits` count by length."""

    problem: str
    announcing: re.Pattern[str]
    labels: re.Pattern[str]
    hashes: npt.NDArray[np.int64] = field(repr=False)
    digits: Mapping[int, int]

    def held(self, hashes: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Which of these are among the values."""
        return are_among(hashes, self.hashes)


@dataclass(frozen=True)
class Uniques:
    """The values of all tables about people; `lengths` of numbers that count without a word, by how they stand."""

    columns: Sequence[Column]
    public: re.Pattern[str]
    unsought: bool = False  # whether values of letters only are among them
    lengths: frozenset[tuple[str, int]] = frozenset()

    def search(self, column: pa.Array, label: str) -> tuple[Mapping[str, Positions], Positions]:
        """The cells of a column that hold a value, by problem, and those too long to be judged."""
        hit: dict[str, list[Positions]] = {}
        too_large = [NOWHERE]
        for leaf in leaves(column, label):
            too_large.append(leaf.too_large)
            texts: list[Positions] = []
            pieces: list[Piece] = []
            of: list[int] = []
            for text, rows in leaf.cells(_all):
                try:
                    own = list(dict.fromkeys(pieces_of(text)))
                except TooLongError:
                    too_large.append(rows)
                    continue
                pieces += own
                of += [len(texts)] * len(own)
                texts.append(rows)
            named = fold_label(leaf.label).casefold()
            for place, problem in self._found(pieces, named):
                hit.setdefault(problem, []).append(texts[of[place]])
        found = {problem: np.unique(np.concatenate(rows)) for problem, rows in hit.items()}
        return found, np.unique(np.concatenate(too_large))

    def _found(self, pieces: Sequence[Piece], label: str) -> Iterator[tuple[int, str]]:
        hashes = hashes_of(piece.value for piece in pieces)
        for column in self.columns:
            named = bool(column.labels.search(label))
            for place in np.flatnonzero(column.held(hashes)).tolist():
                if self._leads(column, pieces[place], named=named):
                    yield place, column.problem

    def _leads(self, column: Column, piece: Piece, *, named: bool) -> bool:
        """Whether a piece that equals a value is that value, not something else that is written alike."""
        before = piece.text[max(piece.start - _REACH, 0) : piece.start]
        short = len(piece.value) < FEWEST
        if named and (not short or plain_of(piece.text) == piece.value):
            return True
        # Few digits behind a word of a sentence are rather a count: "order 2 books".
        if column.announcing.search(before) and not (short and _PROSE.search(before)):
            return True
        if short or piece.value.isalpha() or self.public.search(before):
            return False
        if piece.encoded or not piece.value.isdecimal() or len(piece.value) >= CERTAIN:
            return True
        how = standing(piece.text, piece.start, piece.end)
        if (how, len(piece.value)) not in self.lengths or _CHOSEN.fullmatch(piece.value):
            return False
        return how == BARE or not self.public.search(_TOKEN.sub("", before))

    def likely(self, cells: Iterable[pa.Array]) -> frozenset[tuple[str, int]]:
        """The lengths of numbers that stand so in these texts more often than chance explains.

        As if the numbers of a text were drawn from all of their length, and each equal to a value by accident.
        """
        listed = sorted({number for array in cells for text in distinct(array) for number in _numbers(text)})
        hashes = hashes_of(number for _, number in listed)
        equal = np.zeros(len(listed), dtype=bool)
        for column in self.columns:
            equal |= column.held(hashes)
        sizes: Counter[tuple[str, int]] = Counter()
        hits: Counter[tuple[str, int]] = Counter()
        for (how, number), hit in zip(listed, equal.tolist(), strict=True):
            sizes[how, len(number)] += 1
            hits[how, len(number)] += hit
        values = {n: sum(column.digits.get(n, 0) for column in self.columns) for n in range(FEWEST, CERTAIN)}
        return frozenset(
            (how, n)
            for (how, n), size in sizes.items()
            if at_least(hits[how, n], size * values[n] / (9 * 10 ** (n - 1))) < _CHANCE
        )


def at_least(count: int, expected: float) -> float:
    """The chance of so many or more of independent rare events, of which so many are expected."""
    term = below = exp(-expected)
    for number in range(1, count):
        term *= expected / number
        below += term
    return max(1 - below, 0.0) if count else 1.0


def find_uniques(scope: Scope) -> Uniques:
    """The values of a run, read once. Ask for them when a kernel starts, as it reads tables."""
    return scope.once("unique values", lambda: _read(scope))


def about_people(policy: Policy) -> frozenset[str]:
    """The tables whose rows are about somebody."""
    return personal_tables(policy) | people_tables(policy)


def _read(scope: Scope) -> Uniques:
    about = about_people(scope.policy)
    others = (contract for contract in scope.policy.contracts if contract.table not in about)
    public = {word: None for contract in others for names in unique_keys(contract) for word in _words(contract, names)}
    found = [_column(scope, contract, names) for contract, names in sought(scope)]
    nobodys = announcing("|".join([_PUBLIC, *map(re.escape, public)]))
    return Uniques([column for column, _ in found], nobodys, any(alphabetic for _, alphabetic in found))


def sought(scope: Scope) -> Iterator[tuple[Contract, tuple[str, ...]]]:
    """The keys and unique columns of the tables about people that there are."""
    about, schemas = about_people(scope.policy), scope.source.schemas()
    for contract in scope.policy.contracts:
        if contract.table in about and contract.table in schemas:
            own = schemas[contract.table]
            yield from ((contract, names) for names in unique_keys(contract) if not missing(names, own))


def texts_of_key(scope: Scope, contract: Contract, names: Sequence[str]) -> Iterator[list[str]]:
    """The values of a key, batch by batch."""
    for batch in scope.source.batches(contract.table, list(names)):
        yield [text for text in joined(batch.columns).to_pylist() if text]


def problem_of(scope: Scope, contract: Contract, names: Sequence[str]) -> str:
    """A key of a person is one; any other value leads to a row, and that to its person."""
    return "user_key" if (contract.table, names) == (scope.policy.register.people, contract.key) else "joinable_id"


def _column(scope: Scope, contract: Contract, names: Sequence[str]) -> tuple[Column, bool]:
    """The values of a column or key, and whether any of them has no digit."""
    problem = problem_of(scope, contract, names)
    words = map(re.escape, _words(contract, names))
    spelled = "|".join([*words, *([USUAL] if problem == "user_key" else [])]) or r"(?!)"
    parts: list[npt.NDArray[np.int64]] = [np.zeros(0, dtype=np.int64)]
    digits: dict[int, int] = {}
    alphabetic = False
    for texts in texts_of_key(scope, contract, names):
        values = [plain for text in texts if (plain := plain_of(text))]
        parts.append(hashes_of(values))
        for value in values:
            if value.isdecimal():
                digits[len(value)] = digits.get(len(value), 0) + 1
            elif not any(map(str.isdecimal, value)):
                alphabetic = True
    labels = re.compile(rf"(?<![a-z])(?:{spelled})(?![a-z])")
    return Column(problem, announcing(spelled), labels, np.unique(np.concatenate(parts)), digits), alphabetic


def _words(contract: Contract, names: Sequence[str]) -> tuple[str, ...]:
    """The words that say what a value of these columns is, by their names and that of the table."""
    columns = [contract.column(name) for name in names]
    own = [name for column in columns if column for name in (column.name, column.business_name)]
    return detection.words_in(contract.table, contract.physical_name, *own)


def announcing(words: str) -> re.Pattern[str]:
    """One of these words right before a value."""
    return re.compile(
        rf"(?<![a-z])(?:{words})(?:[^0-9a-z\u0621-\u06cc]{{0,2}}(?:{_OF_IDS}))?[^0-9a-z\u0621-\u06cc]{{0,3}}$"
    )


def _numbers(text: str) -> Iterator[tuple[str, str]]:
    yield from (one for one in numbers_of(fold(unquote(text))) if not _CHOSEN.fullmatch(one[1]))


def distinct(cells: pa.Array) -> Iterator[str]:
    """The different texts of a column, and those within its cells."""
    for leaf in leaves(cells, ""):
        yield from (text for text, _ in leaf.cells(_all))


def _all(texts: pa.Array) -> npt.NDArray[np.bool_]:
    return np.ones(len(texts), dtype=np.bool_)
