"""The formats in which a contract may declare encrypted values, parsed for a whole batch at once.

`envelope` is this project's own (see `envelope`); `fernet` is the token of `cryptography`: version 0x80, time
in clear, IV, AES-CBC ciphertext, HMAC. A token names no key and is bound to no place, so it proves less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from governance.encryption.byte_arrays import Bytes, ByteTexts, Flags, Places, bytes_of, sixes_of, windows
from governance.encryption.ciphers import ALGORITHMS, NONCE_BYTES, TAG_BYTES
from governance.encryption.envelope import HEADER, PREFIX

FERNET_ALGORITHM: Final = "FERNET"
UNKNOWN: Final = ""  # any algorithm that this project does not know
_FERNET_BEFORE = 25  # version, time, IV
_FERNET_AFTER = 32  # HMAC
_BLOCK = 16
_DIGITS = 10


@dataclass(frozen=True, slots=True)
class ValueGroup:
    """Values of one algorithm and length: their places in the batch, key ids, base64url signs and bytes.

    `nonce` counts the bytes before the ciphertext, `fresh` the last of them, which no other value under the key may
    have; `overhead` counts all bytes besides the ciphertext.
    """

    algorithm: str
    places: Places = field(repr=False)
    kids: tuple[str, ...]
    kid: Places = field(repr=False)  # for each value, the place of its key id in `kids`
    sixes: Bytes = field(repr=False)
    raw: Bytes = field(repr=False)
    nonce: int
    fresh: int
    overhead: int
    blocks: bool = False  # whether the algorithm legitimately pads to blocks


def envelopes(cells: ByteTexts) -> Iterator[ValueGroup]:
    """The values that are envelopes of any algorithm; other values are in no group."""
    headed, headers, of = _headers(cells)
    if not len(headed):
        return
    algorithms = tuple(dict.fromkeys(algorithm for algorithm, _, _ in headers))
    kids = {kid: place for place, kid in enumerate(dict.fromkeys(kid for _, kid, _ in headers))}
    algorithm_of = np.array([algorithms.index(algorithm) for algorithm, _, _ in headers])[of]
    kid_of = np.array([kids[kid] for _, kid, _ in headers], np.int64)[of]
    starts = cells.starts[headed] + np.array([size for _, _, size in headers])[of]
    bodies = ByteTexts(cells.data, starts, cells.ends[headed])
    for number, algorithm in enumerate(algorithms):
        mine = np.flatnonzero(algorithm_of == number) if len(algorithms) > 1 else np.arange(len(headed))
        known = ALGORITHMS.get(algorithm)
        nonce = known.nonce_bytes if known else NONCE_BYTES
        for size, part in bodies.alike(bodies.lengths[mine]):
            chosen = mine[part]
            sixes = sixes_of(windows(cells.data, starts[chosen], size))
            raw, good = bytes_of(sixes)
            if raw.shape[1]:
                yield ValueGroup(
                    algorithm=algorithm,
                    places=headed[chosen][good],
                    kids=tuple(kids),
                    kid=kid_of[chosen][good],
                    sixes=sixes if good.all() else sixes[good],
                    raw=raw if good.all() else raw[good],
                    nonce=nonce,
                    fresh=nonce,
                    overhead=nonce + TAG_BYTES,
                )


def _headers(cells: ByteTexts) -> tuple[Places, list[tuple[str, str, int]], Places]:
    """The places of texts that begin like an envelope, the distinct headers, and the header of each."""
    prefix = PREFIX.encode()
    long = np.flatnonzero(cells.lengths > len(prefix))
    begins = (windows(cells.data, cells.starts[long], len(prefix)) == np.frombuffer(prefix, np.uint8)).all(axis=1)
    mine = long[begins]
    sizes = _after_colons(cells, mine)
    found: list[tuple[str, str, int]] = []
    of = np.full(len(mine), -1, np.int64)
    for size, part in cells.alike(sizes):
        if size <= 0:
            continue
        heads = windows(cells.data, cells.starts[mine[part]], size)
        if (heads == heads[0]).all():
            distinct, inverse = [heads[0].tobytes()], np.zeros(len(part), np.int64)
        else:
            unique, inverse = np.unique(heads.view(f"S{size}").ravel(), return_inverse=True)
            distinct = [bytes(head) for head in unique]
        numbers = []
        for head in distinct:
            match = HEADER.fullmatch(head.decode("latin-1"))
            numbers.append(len(found) if match else -1)
            if match:
                found.append((match[1] if match[1] in ALGORITHMS else UNKNOWN, match[2], size))
        of[part] = np.array(numbers, np.int64)[inverse]
    return mine[of >= 0], found, of[of >= 0]


def _after_colons(cells: ByteTexts, places: Places) -> Places:
    """How long the text is up to its fourth colon, that included; 0 where it has fewer, or more."""
    if not len(places):
        return np.zeros(0, np.int64)
    colons = np.append(np.flatnonzero(cells.data == ord(":")), [0] * 4)
    first = np.searchsorted(colons[:-4], cells.starts[places])
    after = np.searchsorted(colons[:-4], cells.ends[places])
    sizes = colons[np.minimum(first + 3, len(colons) - 1)] + 1 - cells.starts[places]
    return np.where(after - first == 4, sizes, 0)


def tokens(cells: ByteTexts) -> Iterator[ValueGroup]:
    """The values that are written as Fernet tokens: padded base64url of version 0x80."""
    for size, places in cells.alike():
        if size % 4 or size < 4:
            continue
        signs = windows(cells.data, cells.starts[places], size)
        pads = (signs[:, -2:] == ord("=")).sum(axis=1)
        for padding in range(3):
            part = np.flatnonzero(pads == padding)
            sixes = sixes_of(signs[part, : size - padding])
            raw, good = bytes_of(sixes)
            if not len(part) or raw.shape[1] <= _FERNET_BEFORE + _FERNET_AFTER:
                continue
            good &= raw[:, 0] == 0x80
            good &= (raw.shape[1] - _FERNET_BEFORE - _FERNET_AFTER) % _BLOCK == 0
            yield ValueGroup(
                algorithm=FERNET_ALGORITHM,
                places=places[part][good],
                kids=("",),
                kid=np.zeros(int(good.sum()), np.int64),
                sixes=sixes[good],
                raw=raw[good],
                nonce=_FERNET_BEFORE,
                fresh=_BLOCK,
                overhead=_FERNET_BEFORE + _FERNET_AFTER,
                blocks=True,
            )


def digits_in(sixes: Bytes) -> Flags:
    """Flags on the signs that are decimal digits."""
    return (sixes >= 52) & (sixes < 52 + _DIGITS)


FORMATS: Final[Mapping[str, Callable[[ByteTexts], Iterator[ValueGroup]]]] = {"envelope": envelopes, "fernet": tokens}
