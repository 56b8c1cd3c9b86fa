"""Plants fake and wrongly encrypted values in every column that must be encrypted."""

from __future__ import annotations

import base64
import codecs
import gzip
import hashlib
import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from governance.encryption.envelope import encode, parse
from governance.planning.checks import Plan
from governance.synthetic.additions import Row
from governance.synthetic.company import bank
from governance.synthetic.company.world import KID, NONCE_BYTES, SEALED, World
from governance.synthetic.planting.company import row_with
from governance.synthetic.planting.forms import PERSIAN, in_base64
from governance.synthetic.planting.planter import KindPlanter, Planter, SpoiledCell, Violation

_KIND = "encrypted"
_HEADER = f"enc:v1:A256GCM:{KID}:"


@dataclass(frozen=True, slots=True)
class _Case:
    """A fresh row's value: its plaintext, its genuine envelope, and its envelope for another column."""

    plaintext: str
    sealed: str
    swapped: str
    rng: np.random.Generator

    @property
    def raw(self) -> bytes:
        """Nonce, ciphertext and tag."""
        envelope = parse(self.sealed)
        return envelope.nonce + envelope.sealed if envelope else b""


def _flipped(raw: bytes) -> bytes:
    return raw[:-20] + bytes([raw[-20] ^ 0x04]) + raw[-19:]


_FORMS: dict[str, Callable[[_Case], str]] = {
    "plaintext": lambda case: case.plaintext,
    "plaintext in Persian digits": lambda case: case.plaintext.translate(PERSIAN),
    "plaintext in capitals": lambda case: case.plaintext.upper(),
    "base64": lambda case: in_base64(case.plaintext),
    "hex": lambda case: case.plaintext.encode().hex(),
    "base64 in the envelope's form": lambda case: _HEADER + encode(case.plaintext.encode()),
    "gzip and base64": lambda case: base64.b64encode(gzip.compress(case.plaintext.encode(), mtime=0)).decode(),
    "unsalted SHA-256": lambda case: hashlib.sha256(case.plaintext.encode()).hexdigest(),
    "rot13": lambda case: codecs.encode(case.plaintext, "rot13"),
    "reversed": lambda case: case.plaintext[::-1],
    "unknown key": lambda case: case.sealed.replace(KID, "k1999"),
    "ciphertext cut short": lambda case: _HEADER + encode(case.raw[:-6]),
    "random bytes in the envelope's form": lambda case: _HEADER + encode(case.rng.bytes(len(case.raw))),
    "sealed for another column": lambda case: case.swapped,
    "one bit flipped": lambda case: _HEADER + encode(_flipped(case.raw)),
    "the prefix only": lambda _: "enc:",
    "empty text": lambda _: "",
}


# By form, what stands in place of the keyed token of a value that begins with +98, or of an address.
_TOKENS: dict[str, Callable[[str], str]] = {
    "plain SHA-256 in place of a token": lambda text: hashlib.sha256(text.encode()).hexdigest(),
    "plain MD5 in base64 in place of a token": lambda text: base64.b64encode(
        hashlib.md5(text.replace("+98", "0").encode(), usedforsecurity=False).digest()
    ).decode(),
    "token made with another key": lambda text: hmac.digest(bytes(32), text.encode(), "sha256").hex(),
}


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Every form in every sealed column with a check, except forms that don't change the value."""
    del plan, world
    for form in _FORMS:
        yield Violation(_KIND, form, partial(_plant, form=form))
    yield Violation(_KIND, "value copied from another row", _copy)
    yield Violation(_KIND, "nonce used twice", _reuse_nonce)
    yield Violation(_KIND, "rightly sealed, but no such value", _seal_another)
    yield Violation(_KIND, "nonce of another column", _share_nonce)
    yield Violation(_KIND, "value of another column", _share_value)
    for form in _TOKENS:
        yield Violation(_KIND, form, partial(_forge, form=form))
    yield Violation(_KIND, "tokens of two people swapped", _swap)
    yield Violation(_KIND, "value erased, its token kept", _erase)


def _places(planter: Planter) -> list[tuple[str, str]]:
    return [(table, column) for table, column in planter.fires.columns(_KIND) if column in SEALED.get(table, ())]


def _plant(planter: Planter, form: str) -> None:
    for table, column in _places(planter):
        while True:
            row = row_with(planter, table, column)
            case = _case(planter, table, column, row)
            value = _FORMS[form](case)
            # Values that look like bank data by chance would violate other rules too.
            if bank.innocent(value):
                break
        if form == "plaintext" or value != case.plaintext:
            spoil(planter, form, table, column, row=row, value=value)


def spoil(planter: Planter, form: str, table: str, column: str, *, row: Row, value: str) -> None:
    """Put a wrongly encrypted value into a row."""
    row[column] = value
    planter.record(form, table, column, planter.key(table, row), planter.fires.of_column(_KIND, table, column))


def _copy(planter: Planter) -> None:
    """Two rows that share a value: both violate."""
    for table, column in _places(planter):
        first, second = row_with(planter, table, column), row_with(planter, table, column)
        for row in (first, second):
            spoil(planter, "value copied from another row", table, column, row=row, value=first[column])


def _reuse_nonce(planter: Planter) -> None:
    for table, column in _places(planter):
        first, second = row_with(planter, table, column), row_with(planter, table, column)
        nonce = planter.rng.bytes(NONCE_BYTES)
        for row in (first, second):
            plaintext = planter.opened(table, column, row)
            value = planter.world.seal(table, column, str(planter.key(table, row)), plaintext, nonce)
            spoil(planter, "nonce used twice", table, column, row=row, value=value)


def _share_nonce(planter: Planter) -> None:
    """One nonce under one key in every sealed column: in the two of a row, and in those of other tables."""
    nonce, places = planter.rng.bytes(NONCE_BYTES), _places(planter)
    for table in dict(places):
        columns = [column for name, column in places if name == table]
        row = row_with(planter, table, columns[0])
        while any(row[column] is None for column in columns):
            row = row_with(planter, table, columns[0])
        for column in columns:
            plaintext = planter.opened(table, column, row)
            value = planter.world.seal(table, column, str(planter.key(table, row)), plaintext, nonce)
            spoil(planter, "nonce of another column", table, column, row=row, value=value)


def _share_value(planter: Planter) -> None:
    """One value in every sealed column."""
    value = ""
    for table, column in _places(planter):
        row = row_with(planter, table, column)
        value = value or row[column]
        spoil(planter, "value of another column", table, column, row=row, value=value)


def _seal_another(planter: Planter) -> None:
    for table, column in _places(planter):
        declared = planter.contracts[table].column(column)
        if declared is not None and declared.plaintext:
            row = row_with(planter, table, column)
            value = planter.seal(table, column, str(planter.key(table, row)), "نامشخص")
            spoil(planter, "rightly sealed, but no such value", table, column, row=row, value=value)


def _tokened(planter: Planter) -> list[tuple[str, str, str]]:
    """The table, the sealed column and the column with its tokens."""
    own = [(table, column, f"{column}_token") for table, column in _places(planter)]
    return [(table, column, token) for table, column, token in own if planter.contracts[table].column(token)]


def _forge(planter: Planter, form: str) -> None:
    for table, column, token in _tokened(planter):
        row = row_with(planter, table, column)
        row[token] = _TOKENS[form](planter.opened(table, column, row))
        _record_token(planter, form, table, column, row)


def _swap(planter: Planter) -> None:
    for table, column, token in _tokened(planter):
        first, second = row_with(planter, table, column), row_with(planter, table, column)
        first[token], second[token] = second[token], first[token]
        for row in (first, second):
            _record_token(planter, "tokens of two people swapped", table, column, row)


def _erase(planter: Planter) -> None:
    """A value that its table may lack."""
    for table, column, _ in _tokened(planter):
        declared = planter.contracts[table].column(column)
        if declared is not None and not declared.required:
            row = row_with(planter, table, column)
            row[column] = None
            _record_token(planter, "value erased, its token kept", table, column, row)


def _record_token(planter: Planter, form: str, table: str, column: str, row: Row) -> None:
    # A plain digest shows a value that another column keeps encrypted, too.
    shown = planter.fires.of_table("untwinned", table) if "plain" in form else ()
    planter.record(form, table, column, planter.key(table, row), planter.fires.of_column(_KIND, table, column), shown)


def _case(planter: Planter, table: str, column: str, row: Row) -> _Case:
    plaintext = planter.opened(table, column, row)
    other = next((name for name in SEALED[table] if name != column), "former")
    swapped = planter.seal(table, other, str(planter.key(table, row)), plaintext)
    return _Case(plaintext, row[column], swapped, planter.rng)


def _spoiled(planter: Planter, cell: SpoiledCell) -> tuple[str, ...]:
    for table, column, token in _tokened(planter):
        if (table, token) == (cell.table, cell.column):
            return planter.fires.of_column(_KIND, table, column)
    place = (cell.table, cell.column)
    return planter.fires.of_column(_KIND, *place) if place in planter.fires.columns(_KIND) else ()


_REGISTER = "the register of keys speaks of every value of the base, so that all of them would violate"

PLANTER = KindPlanter(
    violations,
    _spoiled,
    never={
        "unsalted_digest": "only the digest of a canary, a value of the operator, is known to lack a salt",
        "destroyed_kid": _REGISTER,
        "overdue_kid": _REGISTER,
        "opens_under_destroyed_key": _REGISTER,
        "repeated_block": "it takes a column of hundreds of values in ECB, as in the benchmark of encryption",
        "not_authenticated": "every cipher of the envelope authenticates; only a key service could forget to",
    },
)
