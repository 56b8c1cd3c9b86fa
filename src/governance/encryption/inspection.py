"""The inspection of a column that should be encrypted: by the form of every value, and by opening a sample.

Without a key a value can be proven wrong, never right: a good column is only "consistent with" encryption. With keys, a
random sample must open under its declared key, bound to its own row and to no other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

import numpy as np
import pyarrow as pa

from governance import detection
from governance.encryption.byte_arrays import (
    Bytes,
    ByteTexts,
    Flags,
    Numbers,
    Places,
    cells_of,
    digests,
    digests_of,
    distinct,
    repeated,
    runs,
)
from governance.encryption.ciphers import ALGORITHMS
from governance.encryption.formats import FORMATS, UNKNOWN, ValueGroup, digits_in
from governance.encryption.inspected import InspectedPart, Judged
from governance.encryption.keys import Keyring
from governance.encryption.nonces import Shared, digests_under
from governance.encryption.not_encrypted import MAGICS, describe, readable, shown
from governance.encryption.opening import Decrypt, opener
from governance.encryption.problems import PROBLEMS
from governance.encryption.sampling import KeyServiceDownError, Probe, Sample
from governance.encryption.spread import Spread

_CODES: Final = {name: code for code, name in enumerate(("", *PROBLEMS))}
_HEXADECIMAL: Final = bytes(six < 6 or 26 <= six < 32 or 52 <= six < 62 for six in range(256))
_PACKED: Final = bytes(byte in {magic[0] for magic in MAGICS} for byte in range(256))
_BEGINNING = 8  # bytes that disqualify most rows
_DIGITS = 10  # decimal digits in a row: in random base64 of an envelope's length once in a million values
_PRINTABLE = 12  # printable bytes in a row, worth reading
_SHOWN_PLACES = 24
_MOST_KIDS = 1 << 16  # remembered
_SEEDS = 10**8  # a seed is published, and the look for leaks takes nine digits and more for a number of the data


_PRINTS: Final = bytes(0x20 <= byte < 0x7F for byte in range(256))
# Bytes that occur in UTF-8 text; NUL too, which wider encodings leave.
_TEXTUAL: Final = bytes(0x20 <= byte < 0x7F or byte in {0, 9, 10, 13} or 0x80 <= byte < 0xF5 for byte in range(256))


@dataclass(frozen=True, slots=True)
class EncryptedColumn:
    """The declaration of an encrypted column in its contract.

    `plaintext` is the detection kind that an opened value must show, "" for any; `form` is one of `FORMATS`; `lookup`
    allows equal texts to have equal values; `among` knows the kind.
    """

    table: str
    column: str
    plaintext: str = ""
    form: str = "envelope"
    lookup: bool = False
    among: detection.Detectors = detection.DEFAULT


@dataclass(frozen=True, slots=True)
class ColumnFindings:
    """`problems` holds one problem at most a row, with the row's key as text if it has one.

    `sampled` rows were drawn with `seed`, and `decrypted` of them opened correctly. With `needs_key`, no problem shows,
    but genuine values of these lengths look like those of a cipher without authentication. `diversity` is how many
    different bytes stand at each of the first places after the nonce.
    """

    values: int
    distinct: int
    sampled: int
    decrypted: int
    seed: int
    nameless: int
    needs_key: bool
    service_down: bool
    problems: tuple[tuple[str, str | None], ...] = field(repr=False)
    diversity: tuple[int, ...] = ()

    @property
    def proven(self) -> bool:
        """Whether every value was opened, so that their number is irrelevant."""
        return bool(self.values) and self.decrypted == self.values


def all_known(_: str) -> str:
    """Every key id is in order."""
    return ""


@dataclass(frozen=True, slots=True)
class ColumnInspection:
    """Folds the batches of a column into parts; `finish` gives the findings of the whole.

    `state` gives the problem of a key id, "" if none; `decrypt` opens values instead of the ring's own keys; `occasion`
    varies the sample from run to run; `canaries` are texts known to stand in the column, to test digests.
    """

    declared: EncryptedColumn
    keys: Keyring | None = field(repr=False)
    sample: int
    state: Callable[[str], str] = field(default=all_known, repr=False)
    decrypt: Decrypt | None = field(default=None, repr=False)
    occasion: str = ""
    canaries: tuple[str, ...] = field(default=(), repr=False)
    _kids: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)

    @property
    def seed(self) -> int:
        """The seed of the sample: published afterwards, predictable only with the keys."""
        place = f"{self.declared.table}\0{self.declared.column}\0{self.occasion}".encode()
        secret = self.keys.reference_key if self.keys else b""
        return int.from_bytes(blake2b(place, key=secret, digest_size=8).digest()) % _SEEDS

    @property
    def keyed(self) -> bool:
        """Whether values can be opened."""
        return self._opener is not None

    @property
    def _opener(self) -> Decrypt | None:
        if self.decrypt is not None:
            return self.decrypt
        return opener(self.keys) if self.keys is not None else None

    def fold(self, column: pa.Array, keys: pa.Array | None) -> InspectedPart:
        """Judge the form of every value; nulls are skipped."""
        held = column.drop_null() if column.null_count else column
        names = pa.nulls(len(column), pa.string()) if keys is None else keys
        names = names.filter(column.is_valid()) if column.null_count else names
        if not len(held):
            return InspectedPart()
        cells = cells_of(held)
        size = len(cells.starts)
        codes = np.full(size, _CODES["not_an_envelope"], np.uint8)
        values, nonces = np.zeros(size, np.uint64), np.zeros(size, np.uint64)
        formed, alone = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
        printed: dict[int, tuple[str, str]] = {}
        spread: dict[str, list[Spread]] = {}
        for group in FORMATS[self.declared.form](cells):
            formed[group.places] = True
            values[group.places] = digests(group.raw)
            nonces[group.places] = self._compared(group, values[group.places])
            alone[group.places] = self._stands_alone(group)
            codes[group.places] = self._judge(group, values[group.places], printed, spread)
        self._read_printed(printed, codes)
        others = np.flatnonzero(~formed)
        if len(others):
            codes[others] = self._describe(held.take(pa.array(others)))
            loose = ByteTexts(cells.data, cells.starts[others], cells.ends[others])
            values[others] = digests_of(loose, 1)
            alone[others] = True
        drawn, destroyed = self._draw(codes, names, cells)
        merged = {algorithm: first.merge(*more) for algorithm, (first, *more) in spread.items()}
        return InspectedPart((Judged(codes, values, nonces, alone, names),), merged, drawn, destroyed)

    def finish(self, part: InspectedPart, shared: Shared | None = None) -> ColumnFindings:
        """Repeats, in other columns too, and the spread of bytes over the whole column, then the sample."""
        codes = np.concatenate([np.zeros(0, np.uint8), *(batch.codes for batch in part.judged)])
        values = np.concatenate([np.zeros(0, np.uint64), *(batch.values for batch in part.judged)])
        names = pa.chunked_array([batch.names for batch in part.judged], pa.string())
        _find_repeats(part, codes, values, shared or Shared())
        spreads = [part.spread[algorithm] for algorithm in sorted(part.spread)]
        for spread in spreads:
            verdict = spread.verdict()
            if verdict:
                codes[codes == 0] = _CODES[verdict]
        sampled, decrypted, down = self._open(part, codes)
        wrong = np.flatnonzero(codes)
        problems = zip(codes[wrong].tolist(), names.take(pa.array(wrong)).to_pylist(), strict=True)
        return ColumnFindings(
            values=len(codes),
            distinct=distinct(values),
            sampled=sampled,
            decrypted=decrypted,
            seed=self.seed if sampled else 0,
            nameless=int((np.asarray(names.is_null()) & (codes == 0)).sum()) if len(codes) else 0,
            needs_key=any(spread.in_blocks for spread in spreads),
            service_down=down,
            problems=tuple((PROBLEMS[code - 1], name) for code, name in problems),
            diversity=max((spread.diversity(_SHOWN_PLACES) for spread in spreads), key=sum, default=()),
        )

    def _judge(
        self, group: ValueGroup, values: Numbers, printed: dict[int, tuple[str, str]], spread: dict[str, list[Spread]]
    ) -> Bytes:
        """The problem of the form of each value of a group."""
        codes = np.zeros(len(group.raw), np.uint8)
        known = ALGORITHMS.get(group.algorithm)
        plaintext = self.declared.among.declared.get(self.declared.plaintext)
        shortest = group.overhead + (0 if group.blocks else plaintext.shortest if plaintext else 1)
        states = np.array([_CODES[self._state(kid)] for kid in group.kids], np.uint8)
        codes[:] = states[group.kid]
        if group.raw.shape[1] < shortest:
            codes[:] = _CODES["too_short"]
        if known is not None and known.deterministic and not self.declared.lookup:
            codes[:] = _CODES["deterministic"]
        if group.algorithm == UNKNOWN:
            codes[:] = _CODES["unknown_algorithm"]
        self._read(group, codes, printed)
        readable_kids = np.array([self._is_value(kid) for kid in group.kids], np.bool_)
        codes[readable_kids[group.kid]] = _CODES["plaintext"]
        good = np.flatnonzero(codes == 0)
        if len(good) and not group.blocks:
            bodies = group.raw[good, group.nonce :] if len(good) < len(codes) else group.raw[:, group.nonce :]
            mine = Spread.of(-group.nonce % 16, bodies, values[good], group.raw.shape[1])
            spread.setdefault(group.algorithm, []).append(mine)
        return codes

    def _state(self, kid: str) -> str:
        if not kid:
            return ""
        unheld = self.decrypt is None and self.keys is not None and kid not in self.keys.data_keys
        return self.state(kid) or ("unknown_kid" if unheld else "")

    def _is_value(self, kid: str) -> bool:
        """Whether a key id is itself a value; key ids are few, so each is classified once."""
        if kid not in self._kids:
            if len(self._kids) >= _MOST_KIDS:
                self._kids.clear()
            self._kids[kid] = bool(kid) and bool(shown([kid], self.declared.plaintext, self.declared.among))
        return self._kids[kid]

    def _read_printed(self, printed: dict[int, tuple[str, str]], codes: Bytes) -> None:
        """Judge the texts that stand within values; all of a batch at once, since each scan has a fixed cost."""
        places = [place for place in printed for _ in range(2)]
        texts = [text for texts in printed.values() for text in texts]
        for number in shown(texts, self.declared.plaintext, self.declared.among):
            if codes[places[number]] != _CODES["decodable"]:
                codes[places[number]] = _CODES["plaintext"]

    def _read(self, group: ValueGroup, codes: Bytes, printed: dict[int, tuple[str, str]]) -> None:
        """Look for values that are text after decoding, and note those that have text in them."""
        raw, signs = group.raw, group.sixes
        digital = digits_in(signs)
        maybe = np.zeros(len(raw), np.bool_)
        maybe[_rows_of(raw, _TEXTUAL)] = True
        maybe[_rows_of(signs, _HEXADECIMAL)] = True
        packed = np.flatnonzero(_marked(raw[:, 0], _PACKED))
        maybe[[place for place in packed.tolist() if raw[place, :6].tobytes().startswith(MAGICS)]] = True
        partly = np.flatnonzero(runs(_marked(raw, _PRINTS), _PRINTABLE) | runs(digital, _DIGITS))
        for place in partly.tolist():
            printed[int(group.places[place])] = _printed(raw[place], signs[place])
        for place in np.flatnonzero(maybe).tolist():
            if readable(_signs(signs[place])):
                codes[place] = _CODES["decodable"]

    def _stands_alone(self, group: ValueGroup) -> bool:
        """Whether values of a group may repeat, as they have no nonce."""
        return self.declared.lookup and not group.nonce

    def _compared(self, group: ValueGroup, values: Numbers) -> Numbers:
        """What no two values may share: the nonce under its key, or the whole value if there is none."""
        return digests_under(group) if group.nonce else values

    def _describe(self, column: pa.Array) -> Bytes:
        enveloped, declared = self.declared.form == "envelope", self.declared
        found = describe(column, declared.plaintext, self.canaries, enveloped=enveloped, among=declared.among)
        return np.array([_CODES[problem] for problem in found], np.uint8)

    def _draw(self, codes: Bytes, names: pa.Array, cells: ByteTexts) -> tuple[Sample | None, Sample | None]:
        """The values to open, and those to try under destroyed keys."""
        if not self.keyed:
            return None, None
        named = np.asarray(names.is_valid())
        lots = digests_of(cells_of(names.fill_null("")), self.seed)
        tried: Places = np.flatnonzero(named & ((codes == 0) | (codes == _CODES["overdue_kid"])))
        gone: Places = np.flatnonzero(named & (codes == _CODES["destroyed_kid"]))
        drawing = Sample(self.sample)
        return drawing.of(lots, tried, names, cells), drawing.of(lots, gone, names, cells) if len(gone) else None

    def _open(self, part: InspectedPart, codes: Bytes) -> tuple[int, int, bool]:
        """How many values were drawn, how many opened as they should, and whether a key service did not answer."""
        decrypt = self._opener
        if decrypt is None:
            return 0, 0, False
        probe = Probe(self.declared.table, self.declared.column, self.declared.plaintext, decrypt, self.declared.among)
        drawn, opened = part.drawn.all() if part.drawn else (), 0
        try:
            for row, problem in probe.judge(drawn):
                opened += not problem
                if problem and codes[row] in {0, _CODES["overdue_kid"]}:
                    codes[row] = _CODES[problem]
            for row, problem in probe.judge(part.destroyed.all() if part.destroyed else ()):
                if problem != "does_not_decrypt":
                    codes[row] = _CODES["opens_under_destroyed_key"]
        except KeyServiceDownError:
            return len(drawn), 0, True
        return len(drawn), opened, False


def _find_repeats(part: InspectedPart, codes: Bytes, values: Numbers, shared: Shared) -> None:
    nonces = np.concatenate([np.zeros(0, np.uint64), *(batch.nonces for batch in part.judged)])
    alone = np.flatnonzero(np.concatenate([np.zeros(0, np.bool_), *(batch.alone for batch in part.judged)]))
    nonces[alone], compared = _alone(alone), values.copy()
    compared[alone] = nonces[alone]
    good, same, again = codes == 0, repeated(compared), repeated(nonces)
    for flags, problem in (
        (np.isin(nonces, shared.nonces), "nonce_of_another_column"),
        (np.isin(compared, shared.values), "value_of_another_column"),
        (again, "repeated_nonce"),
        (same, "repeated_value"),
    ):
        codes[flags & good] = _CODES[problem]


def _marked(raw: Bytes, table: bytes) -> Flags:
    """Flags on the bytes of a class; NumPy's own look-up would take an index of eight bytes for each."""
    return np.frombuffer(raw.tobytes().translate(table), np.bool_).reshape(raw.shape)


def _rows_of(table: Bytes, marks: bytes) -> Places:
    """The rows whose bytes are all of a class; the first bytes rule out most rows."""
    begun = np.flatnonzero(_marked(table[:, :_BEGINNING], marks).all(axis=1))
    return begun[_marked(table[begun, _BEGINNING:], marks).all(axis=1)]


def _alone(rows: Places) -> Numbers:
    """Numbers that no other row has."""
    return digests(np.ascontiguousarray(rows.astype("<i8")).view(np.uint8).reshape(len(rows), 8), 3)


def _signs(sixes: Bytes) -> str:
    alphabet = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", np.uint8)
    return alphabet[sixes].tobytes().decode()


def _printed(raw: Bytes, sixes: Bytes) -> tuple[str, str]:
    """The text in a value, as bytes and as signs, with gaps for what is no text."""
    shown = np.where((raw >= 0x20) & (raw < 0x7F), raw, ord(" ")).astype(np.uint8)
    digits = np.where(digits_in(sixes), sixes - 52 + ord("0"), ord(" ")).astype(np.uint8)
    return shown.tobytes().decode(), digits.tobytes().decode()
