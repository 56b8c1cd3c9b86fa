"""What can be told of a column that claims to be encrypted: by the form of every value, and by opening a sample.

Without a key a value can be shown to be wrong, never to be right: words for a good column are "consistent with". With
keys a random sample must open under its declared key, bound to its own row and to no other.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

import pyarrow as pa

from governance.encryption import envelope
from governance.encryption.forms import describe, readable, shows
from governance.encryption.keys import Keyring


@dataclass(frozen=True, slots=True)
class ColumnFindings:
    """`problems` holds one problem at most a row, with the row's key as text if it has one."""

    values: int
    distinct: int
    decrypted: int
    nameless: int
    problems: tuple[tuple[str, str | None], ...] = field(repr=False)

    @property
    def proven(self) -> bool:
        """Whether every value was opened, so that their number does not matter."""
        return bool(self.values) and self.decrypted == self.values


@dataclass(slots=True)
class ColumnInspection:
    """Sees a column batch by batch; `finish` gives the findings.

    `plaintext` is the detection kind that an opened value must show, if any is declared. Memory: a few words a value,
    to find repeats.
    """

    table: str
    column: str
    plaintext: str
    keys: Keyring | None
    sample: int
    _problems: dict[int, str] = field(default_factory=dict, repr=False)
    _keys: list[str | None] = field(default_factory=list, repr=False)
    _values: list[int] = field(default_factory=list, repr=False)
    _nonces: list[int] = field(default_factory=list, repr=False)
    _drawn: list[tuple[int, int, str]] = field(default_factory=list, repr=False)
    _kids: dict[str, bool] = field(default_factory=dict, repr=False)

    def see(self, column: pa.Array, keys: pa.Array | None) -> None:
        """Judge the form of every value; nulls hold nothing that could be encrypted."""
        names = keys.to_pylist() if keys is not None else [None] * len(column)
        for name, value in zip(names, column.to_pylist(), strict=True):
            if value is None:
                continue
            text = _text(value)
            row = len(self._keys)
            parts = envelope.parse(text)
            problem = describe(text, self.plaintext) if parts is None else self._judge(parts, text)
            self._keys.append(name)
            self._values.append(hash(text))
            self._nonces.append(hash(parts.nonce) if parts else row)
            if problem:
                self._problems[row] = problem
            elif self.keys is not None and name is not None:
                self._draw(self.keys, row, name, text)

    def finish(self) -> ColumnFindings:
        """Repeats over the whole column, then the sample."""
        times, nonces = Counter(self._values), Counter(self._nonces)
        for row, value in enumerate(self._values):
            if row not in self._problems and nonces[self._nonces[row]] > 1:
                self._problems[row] = "repeated_value" if times[value] > 1 else "repeated_nonce"
        opened = 0
        for row, problem in self._open_sample():
            if problem:
                self._problems.setdefault(row, problem)
            else:
                opened += 1
        problems = tuple((problem, self._keys[row]) for row, problem in sorted(self._problems.items()))
        nameless = sum(name is None for row, name in enumerate(self._keys) if row not in self._problems)
        return ColumnFindings(len(self._values), len(times), opened, nameless, problems)

    def _judge(self, parts: envelope.Envelope, text: str) -> str:
        """What is wrong with the form of an envelope, "" if nothing."""
        if self._tells(parts.kid):
            return "plaintext"
        if readable(text.rsplit(":", 1)[-1]):
            return "decodable"
        if parts.algorithm != envelope.A256GCM:
            return "unknown_algorithm"
        if len(parts.sealed) <= envelope.TAG_BYTES:
            return "too_short"
        if self.keys is not None and parts.kid not in self.keys.data_keys:
            return "unknown_kid"
        return ""

    def _tells(self, kid: str) -> bool:
        """Whether the name of a key is the value itself; keys are few, so each is looked at once."""
        if kid not in self._kids:
            self._kids[kid] = shows(kid, self.plaintext)
        return self._kids[kid]

    def _draw(self, keys: Keyring, row: int, name: str, text: str) -> None:
        """A sample that does not depend on the order of the rows, and that nobody without the keys can foresee."""
        place = f"{self.table}\0{self.column}\0{name}".encode()
        lot = int.from_bytes(blake2b(place, key=keys.reference_key, digest_size=8).digest())
        if len(self._drawn) < self.sample:
            heapq.heappush(self._drawn, (-lot, row, text))
        else:
            heapq.heappushpop(self._drawn, (-lot, row, text))

    def _open_sample(self) -> Iterator[tuple[int, str]]:
        drawn = sorted(self._drawn)
        for (_, row, text), (_, neighbour, _) in zip(drawn, drawn[1:] + drawn[:1], strict=True):
            yield row, self._open(text, self._keys[row] or "", self._keys[neighbour] or "")

    def _open(self, text: str, name: str, other: str) -> str:
        """What is wrong with a value that looks right, "" if it opens in its place, nowhere else, to what it should."""
        parts = envelope.parse(text)
        if parts is None or self.keys is None:
            return "does_not_decrypt"
        key = self.keys.data_keys[parts.kid]
        opened = envelope.unseal(parts, key=key, bound_to=envelope.additional_data(self.table, self.column, name))
        elsewhere = (b"", envelope.additional_data(self.table, self.column, other)) if other != name else (b"",)
        if any(envelope.unseal(parts, key=key, bound_to=place) is not None for place in elsewhere):
            return "not_bound_to_row"
        if opened is None:
            return "does_not_decrypt"
        if not self.plaintext or shows(opened.decode("utf-8", "replace"), self.plaintext):
            return ""
        return "implausible_plaintext"


def _text(value: object) -> str:
    """A cell as text; a binary column may hold the same envelopes."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
