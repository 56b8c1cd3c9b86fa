"""Keyed tokens proven by the values beside them: a value is opened, its token made, and the cell compared with it."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa

from governance.detection import Habits
from governance.detection.digests import digests
from governance.detection.subjects import contacts_in
from governance.encryption.keys import Keyring
from governance.encryption.not_encrypted import decodings
from governance.encryption.opening import SEALED, Decrypt, plaintext, read_sealed
from governance.policy import Contract
from governance.policy.column_roles import PERSON
from governance.results import Reason
from governance.rules.people.leads import habits_of, names_of, spellings, tokens_beside
from governance.rules.people.sealed import is_sealed
from governance.rules.scope import Scope
from governance.sources.spelled_cells import as_texts, decoded, is_bytes
from governance.spelling import normalise

OPENED_AT_MOST: Final = 1_000_000  # rows of a table; of a larger one, so many are drawn
FOREIGN, UNKEYED, LONE, CLOSED = "foreign_token", "unkeyed_token", "lone_token", "does_not_decrypt"  # problems
PROVEN, UNTRIED = "proven", "untried"
_CANONICAL = re.compile(r"\+[0-9]{8,15}|[a-z0-9._%+-]+@[a-z0-9.-]+")  # as tokens are made of it, and nothing else
_NATIONAL = re.compile(r"\+98(9[0-9]{9})")
_NUMBER, _BETWEEN_DIGITS = re.compile(r"\+?[0-9]{7,15}"), re.compile(r"[\s().\-/]+")
_BEFORE_DIGEST = re.compile("^.*[:$}]")  # the name of an algorithm
_LOT_BYTES, _LOTS = 8, 2.0**64


@dataclass(frozen=True, slots=True)
class Proof:
    """A value with the tokens beside it.

    `text` is what it says, None where nobody can tell. `tokens` are the cells that are its own, or that nothing speaks
    against. `proven` if all of them are its own. `problem` is what speaks against one, or that the value doesn't open;
    `tried` says whether it was drawn.
    """

    text: str | None = field(default=None, repr=False)
    tokens: tuple[str, ...] = field(default=(), repr=False)
    proven: bool = False
    problem: str = ""
    tried: bool = True
    canonical: bool = False  # whether the token that is made of the value is among them

    def searched(self, cell: str | None) -> str | None:
        """What is left to be searched: nothing of a proven value, else what it says, or a cell that is not sealed."""
        if self.proven:
            return None
        return self.text or (None if cell and SEALED.match(cell) else cell)

    @property
    def counted(self) -> tuple[str, ...]:
        """As what it counts in a table's sum."""
        return (PROVEN,) * self.proven + (FOREIGN,) * (self.problem == FOREIGN) + (UNTRIED,) * (not self.tried)


@dataclass(frozen=True, slots=True)
class Prover:
    """Proves the tokens of one table; `share` of its rows are opened, drawn by a keyed hash of their primary keys."""

    contract: Contract
    keys: Keyring = field(repr=False)
    habits: Habits
    decrypt: Decrypt | None = field(default=None, repr=False)
    share: float = 1.0

    @classmethod
    def of(cls, scope: Scope, contract: Contract) -> Prover | None:
        """The prover of a table, None without keys."""
        keys = scope.keys
        if keys is None:
            return None
        rows = scope.source.rows(contract.table) if contract.table in scope.source.schemas() else 0
        share = min(1.0, OPENED_AT_MOST / rows) if rows else 1.0
        return cls(contract, keys, habits_of(scope.policy), scope.decrypt, share)

    @property
    def unproven(self) -> Reason | None:
        """Why values that nothing speaks against prove nothing."""
        return Reason.SAMPLED if self.share < 1 else None

    def needs(self, column: str) -> tuple[str, ...]:
        """The columns that a proof of this one reads: itself, its tokens, and what else these may be of."""
        tokens = tokens_beside(self.contract, column)
        others = [name for token in tokens for name in self._targets(token)]
        return tuple(dict.fromkeys([column, *tokens, *others]))

    def prove(self, record: pa.RecordBatch, names: pa.Array | None, column: str) -> list[Proof]:
        """The proof of each row of a batch; `names` are the rows' primary keys as text."""
        numbers = names.to_pylist() if names is not None else [None] * record.num_rows
        held = set(record.schema.names)
        beside = [(token, self._targets(token)) for token in tokens_beside(self.contract, column) if token in held]
        wanted = {name for _, targets in beside for name in targets if name in held} | ({column} & held)
        cells = {name: _texts(record.column(name)) for name in {*wanted, *(token for token, _ in beside)}}
        found = []
        for row, number in enumerate(numbers):
            if self.share < 1 and not self._drawn(number):
                given = tuple(cell for token, _ in beside if (cell := cells[token][row]))
                found.append(Proof(tokens=given, tried=False))
                continue
            own = cells[column][row] if column in wanted else None
            text = self._read(column, number, own)
            if len(beside) == 1 and len(beside[0][1]) == 1 and text:
                cell, word = cells[beside[0][0]][row], normalise(text).casefold()
                if cell and _CANONICAL.fullmatch(word) and cell == self.keys.token(word):
                    found.append(Proof(text, (cell,), proven=True, canonical=True))
                    continue
            found.append(self._judge(column, row, number, text, own, beside, cells))
        return found

    def read(self, record: pa.RecordBatch, names: pa.Array | None, column: str) -> list[str | None]:
        """What each cell of a column says, None where nobody can tell."""
        numbers = names.to_pylist() if names is not None else [None] * record.num_rows
        return [self._read(column, *pair) for pair in zip(numbers, _texts(record.column(column)), strict=True)]

    def tokens(self, column: str, proof: Proof) -> tuple[str, ...]:
        """The tokens that lead to the person of a value: the one made of it, and the cells beside it."""
        made = [self.keys.token(self._canonical(column, proof.text))] if proof.text and not proof.canonical else []
        return tuple(dict.fromkeys([*made, *proof.tokens]))

    def is_of(self, cell: str, column: str, text: str) -> bool:
        """Whether a cell is the keyed token of a value in any of its usual spellings."""
        raws = {cell.strip().lower().encode(), *decodings(cell.strip().encode())}
        for spelling in self._spellings(column, text):
            digest = hmac.digest(self.keys.token_key, spelling.encode(), hashlib.sha256)
            if digest in raws or digest.hex().encode() in raws:
                return True
        return False

    def _judge(  # noqa: PLR0917  everything about one cell
        self,
        column: str,
        row: int,
        number: str | None,
        text: str | None,
        own: str | None,
        beside: Sequence[tuple[str, Sequence[str]]],
        cells: dict[str, list[str | None]],
    ) -> Proof:
        tokens: dict[str, None] = {}
        proven, problem = bool(beside), ""
        for token, targets in beside:
            cell = cells[token][row]
            if not cell:
                proven = False
                continue
            if text and self.is_of(cell, column, text):
                tokens[cell] = None
                continue
            proven = False
            others = {name: cells[name][row] for name in targets if name != column and name in cells}
            read = {name: self._read(name, number, value) for name, value in others.items()}
            if any(told and self.is_of(cell, name, told) for name, told in read.items()) or self._is_whole(
                cell, targets, {**read, column: text}
            ):
                continue
            told_of = {name: told for name in targets if (told := {**read, column: text}.get(name))}
            if not text or any(others[name] and not told for name, told in read.items()):
                tokens[cell] = None  # nothing speaks against it
                # A row without a value that is required breaks its contract anyway.
                required = {one.name for one in self.contract.columns if one.required}
                if not any((own, *others.values())) and column == targets[0] and column not in required:
                    problem = problem or LONE
            elif column == next(iter(told_of)):
                unkeyed = any(self._is_digest(cell, name, told) for name, told in told_of.items())
                problem = UNKEYED if unkeyed or problem == UNKEYED else FOREIGN
        if not problem and text is None and own and number is not None and self._should_open(own):
            problem = CLOSED
        return Proof(text, tuple(tokens), proven and text is not None, problem)

    def _is_digest(self, cell: str, column: str, text: str) -> bool:
        """Whether a cell is, in hexadecimal or base64, a common digest of a value that was made without a key."""
        raws = {raw.hex() for raw in decodings(_BEFORE_DIGEST.sub("", cell.strip()).encode())}
        spellings = {text, self._canonical(column, text)} if raws else set()
        return any(digest in raws for spelling in spellings for digest in digests(spelling))

    def _is_whole(self, cell: str, targets: Sequence[str], read: dict[str, str | None]) -> bool:
        """Whether a cell is the token of a whole name of which its targets are parts."""
        for parts in names_of(self.contract, read) if len(targets) > 1 else ():
            texts = [told for part in parts if (told := read[part])]
            if len(texts) == len(parts) > 1 and cell in map(self.keys.token, spellings(texts)):
                return True
        return False

    def _targets(self, token: str) -> tuple[str, ...]:
        """The columns of the same table that a token may be of."""
        declared = self.contract.column(token)
        own = f"{self.contract.table}."
        return tuple(name.removeprefix(own) for name in (declared.token_of if declared else ()) if name.startswith(own))

    def _drawn(self, number: str | None) -> bool:
        lot = hmac.digest(self.keys.reference_key, f"drawn\0{number}".encode(), "sha256")[:_LOT_BYTES]
        return int.from_bytes(lot) < self.share * _LOTS

    def _read(self, column: str, number: str | None, cell: str | None) -> str | None:
        """What a cell says; None where nobody can tell, and for a text that should be sealed and is not."""
        if not cell or not is_sealed(self.contract, column):
            return cell or None
        if read_sealed(cell) is None:
            return None
        table, sealed_as = self.contract.sealed_as(column)
        try:
            return plaintext(cell, self.keys, table=table, column=sealed_as, key=number or "", decrypt=self.decrypt)
        except Exception:  # noqa: BLE001  any of a service's own exceptions, whose texts may quote
            return None

    def _should_open(self, cell: str) -> bool:
        """Whether a sealed value names a key of the ring, or none; what a key service lacks, nobody can tell."""
        sealed = None if self.decrypt is not None else read_sealed(cell)
        return sealed is not None and sealed.kid in {"", *self.keys.data_keys}

    def _canonical(self, column: str, text: str) -> str:
        word = normalise(text).casefold()
        if self._is_id(column):
            return f"user:{text}"
        if _CANONICAL.fullmatch(word):
            return word
        return next(contacts_in(text, self.contract.label(column), self.habits), word)

    def _is_id(self, column: str) -> bool:
        return column in {self.contract.primary_key, self.contract.role(PERSON)}

    def _spellings(self, column: str, text: str) -> Iterator[str]:
        """A value as anybody might spell it before making a digest of it, the usual spellings first."""
        word, bare = normalise(text), text.strip()
        canonical, compact = self._canonical(column, text), _BETWEEN_DIGITS.sub("", word)
        yield from dict.fromkeys((canonical, text, bare, bare.lower(), bare.upper(), word, word.casefold(), compact))
        for number in {one for one in (canonical, compact) if _NUMBER.fullmatch(one)}:
            yield from (number.lstrip("+"), f"+{number.lstrip('+')}", f"00{number.lstrip('+')}")
        if national := _NATIONAL.fullmatch(canonical):
            yield from (national[1], f"0{national[1]}")
        yield from contacts_in(text, self.contract.label(column), self.habits)


def _texts(column: pa.Array) -> list[str | None]:
    """Cells as texts; bytes that are no text in hexadecimal."""
    array = decoded(column)
    texts: list[str | None] = as_texts(array).to_pylist()
    if not is_bytes(array.type):
        return texts
    raws = zip(texts, array.to_pylist(), strict=True)
    return [bytes(raw).hex() if text is None and raw else text for text, raw in raws]
