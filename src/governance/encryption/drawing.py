"""A random sample of a column, opened: each value must open in its own place, unchanged, and nowhere else."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from governance import detection
from governance.encryption import envelope
from governance.encryption.cells import Cells, Places, Words
from governance.encryption.ciphers import opened, opened_token
from governance.encryption.envelope import Envelope, bound
from governance.encryption.formats import FERNET_ALGORITHM
from governance.encryption.keys import Keyring

Decrypt = Callable[[Envelope, bytes], bytes | None]


class KeyServiceDownError(Exception):
    """A key service gave no answer; what it said instead is dropped, for it may quote what it was asked."""


def opener(keys: Keyring) -> Decrypt:
    """Opens with the keys of a ring; a Fernet token names no key, so each is tried."""

    def decrypt(sealed: Envelope, bound_to: bytes) -> bytes | None:
        if sealed.algorithm == FERNET_ALGORITHM:
            tried = (opened_token(key, sealed.sealed) for key in keys.data_keys.values())
            return next((text for text in tried if text is not None), None)
        key = keys.data_keys.get(sealed.kid)
        return None if key is None else opened(sealed.algorithm, key, sealed.nonce, sealed.sealed, bound_to)

    return decrypt


@dataclass(frozen=True, slots=True, order=True)
class Drawn:
    """A value of the sample: its lot, its row in the column, the row's primary key, and the value."""

    lot: int
    row: int
    key: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(slots=True)
class Drawing:
    """The `size` values with the smallest lots; a lot depends on the row's key alone, not on the order of the rows."""

    size: int
    _drawn: list[Drawn] = field(default_factory=list, repr=False)
    _most: int = (1 << 64) - 1

    def see(self, lots: Words, able: Places, first: int, keys: pa.Array, cells: Cells) -> None:
        """`able` are the places of a batch that may be drawn; `first` is the row of its first place."""
        chosen = able[lots[able] < np.uint64(self._most)]
        for place, key in zip(chosen.tolist(), keys.take(pa.array(chosen)).to_pylist(), strict=True):
            text = cells.text(place).decode("utf-8", "replace")
            self._drawn.append(Drawn(int(lots[place]), first + place, key, text))
        if len(self._drawn) > 2 * self.size:
            self._cut()

    def _cut(self) -> None:
        self._drawn = heapq.nsmallest(self.size, self._drawn)
        if len(self._drawn) == self.size:
            self._most = self._drawn[-1].lot

    def all(self) -> tuple[Drawn, ...]:
        self._cut()
        return tuple(self._drawn)


@dataclass(frozen=True, slots=True)
class Probe:
    """Opens the values of one column; `plaintext` is the detection kind that they must show, "" for any text."""

    table: str
    column: str
    plaintext: str
    decrypt: Decrypt = field(repr=False)

    def judge(self, drawn: tuple[Drawn, ...]) -> Iterator[tuple[int, str]]:
        """Each row with what is wrong with it, "" if nothing; KeyServiceDownError when nobody can say."""
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
        hits = detection.scan(pa.array(texts, pa.string()), [self.plaintext])
        alike = {*hits.rows.tolist(), *hits.review.tolist()}
        return {place for place, text in enumerate(texts) if text is not None and place not in alike}

    def _open(self, one: Drawn, other: str) -> tuple[str, bytes | None]:
        sealed = self._parse(one.text)
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

    @staticmethod
    def _parse(text: str) -> Envelope | None:
        if text.startswith(envelope.PREFIX):
            return envelope.parse(text)
        return Envelope(FERNET_ALGORITHM, "", b"", text.encode())


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
