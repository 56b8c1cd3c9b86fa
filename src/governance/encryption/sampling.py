"""A random sample of a column, opened: each value must open unchanged in its own place and nowhere else."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from governance import detection
from governance.encryption import envelope
from governance.encryption.byte_arrays import ByteTexts, Numbers, Places
from governance.encryption.envelope import Envelope, bound
from governance.encryption.formats import FERNET_ALGORITHM
from governance.encryption.opening import Decrypt, read_sealed


class KeyServiceDownError(Exception):
    """A key service did not answer; its error text is dropped, as it may quote the value."""


@dataclass(frozen=True, slots=True, order=True)
class SampledValue:
    """A value of the sample: its lot, the row's primary key, the value, and its row in the column."""

    lot: int
    key: str = field(repr=False)
    text: str = field(repr=False)
    row: int = field(compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """The `size` values with the smallest lots, ties with the last one included.

    A lot depends on the row's key alone, so neither the order of the rows nor their batches matter.
    """

    size: int
    lots: Numbers = field(default_factory=lambda: np.zeros(0, np.uint64), repr=False)
    rows: Places = field(default_factory=lambda: np.zeros(0, np.int64), repr=False)
    keys: tuple[str, ...] = field(default=(), repr=False)
    texts: tuple[str, ...] = field(default=(), repr=False)

    def of(self, lots: Numbers, able: Places, keys: pa.Array, cells: ByteTexts) -> Sample:
        """The sample of a batch; `able` are the places that may be drawn."""
        chosen = able[self._smallest(lots[able])]
        texts = tuple(cells.text(place).decode("utf-8", "replace") for place in chosen.tolist())
        return Sample(self.size, lots[chosen], chosen, tuple(keys.take(pa.array(chosen)).to_pylist()), texts)

    def merge(self, other: Sample, offset: int) -> Sample:
        """The sample of both; the other's rows begin at `offset`."""
        lots, rows = np.concatenate([self.lots, other.lots]), np.concatenate([self.rows, other.rows + offset])
        kept = self._smallest(lots)
        keys, texts = (*self.keys, *other.keys), (*self.texts, *other.texts)
        places = kept.tolist()
        return Sample(
            self.size, lots[kept], rows[kept], tuple(keys[p] for p in places), tuple(texts[p] for p in places)
        )

    def _smallest(self, lots: Numbers) -> Places:
        if len(lots) <= self.size:
            return np.arange(len(lots))
        return np.flatnonzero(lots <= np.partition(lots, self.size - 1)[self.size - 1])

    def all(self) -> tuple[SampledValue, ...]:
        """The sample in the order of its lots."""
        drawn = map(SampledValue, self.lots.tolist(), self.keys, self.texts, self.rows.tolist())
        return tuple(heapq.nsmallest(self.size, drawn))


@dataclass(frozen=True, slots=True)
class Probe:
    """Opens the values of one column; `plaintext` is the detection kind that they must show, "" for any text."""

    table: str
    column: str
    plaintext: str
    decrypt: Decrypt = field(repr=False)
    among: detection.Detectors = detection.DEFAULT

    def judge(self, drawn: tuple[SampledValue, ...]) -> Iterator[tuple[int, str]]:
        """Each row with its problem, "" if none; KeyServiceDownError if the key service doesn't answer."""
        texts: list[str | None] = []
        found: list[str] = []
        for one, other in zip(drawn, drawn[1:] + drawn[:1], strict=True):
            problem, text = self._open(one, other.key)
            found.append(problem)
            texts.append(None if text is None else text.decode("utf-8", "replace"))
        unlike = self._unlike(texts)
        for place, one in enumerate(drawn):
            yield one.row, found[place] or ("implausible_plaintext" if place in unlike else "")

    def _unlike(self, texts: list[str | None]) -> set[int]:
        if not self.plaintext:
            return set()
        hits = detection.scan(
            pa.array(texts, pa.string()), [self.plaintext], label=self.among.label_of(self.plaintext), among=self.among
        )
        alike = {*hits.rows.tolist(), *hits.review.tolist()}
        return {place for place, text in enumerate(texts) if text is not None and place not in alike}

    def _open(self, one: SampledValue, other: str) -> tuple[str, bytes | None]:
        sealed = read_sealed(one.text)
        if sealed is None:
            return "does_not_decrypt", None
        own = bound(sealed.algorithm, self.table, self.column, one.key)
        text = self._ask(sealed, own)
        if sealed.algorithm != FERNET_ALGORITHM:
            elsewhere = {b"", bound(sealed.algorithm, self.table, self.column, other)} - {own}
            elsewhere.add(bound(sealed.algorithm, self.table, f"{self.column}'", one.key))
            if any(self._ask(sealed, place) is not None for place in sorted(elsewhere)):
                return "not_bound_to_row", None
        if text is None:
            return "does_not_decrypt", None
        if self._ask(_flipped(sealed, one.lot), own) is not None:
            return "not_authenticated", None
        return "", text

    def _ask(self, sealed: Envelope, place: bytes) -> bytes | None:
        try:
            text = self.decrypt(sealed, place)
        except Exception:  # noqa: BLE001  any of a service's own exceptions, whose texts may quote
            raise KeyServiceDownError from None
        if text is not None and not isinstance(text, bytes):
            raise KeyServiceDownError
        return text


def _flipped(sealed: Envelope, lot: int) -> Envelope:
    """The same with one bit changed."""
    token = sealed.algorithm == FERNET_ALGORITHM
    raw = bytearray(envelope.decode(sealed.sealed.decode().rstrip("=")) if token else sealed.sealed)
    bit = lot % (len(raw) * 8)
    raw[bit // 8] ^= 1 << bit % 8
    if not token:
        return replace(sealed, sealed=bytes(raw))
    text = envelope.encode(bytes(raw))
    return replace(sealed, sealed=(text + "=" * (-len(text) % 4)).encode())
