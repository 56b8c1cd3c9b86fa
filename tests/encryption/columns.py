# ruff: noqa: S311  the same values in every run
"""Columns that are encrypted, made the way the policy asks for; no code is shared with what inspects them."""

from __future__ import annotations

import base64
import random
from collections import Counter
from collections.abc import Sequence

import pyarrow as pa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from governance.encryption.inspected import InspectedPart
from governance.encryption.inspection import ColumnFindings, ColumnInspection, EncryptedColumn
from governance.encryption.keys import Keyring

TABLE, COLUMN, KID = "users", "mobile", "k2026"
KINDS = {"phones": "phone_number", "e-mails": "email_address"}


def fixed(name: str) -> bytes:
    return random.Random(name).randbytes(32)


KEYS = Keyring({KID: fixed("data"), "k2025": fixed("older")}, fixed("token"), fixed("reference"), fixed("signing"))


def plaintexts(what: str, count: int, seed: int = 0) -> list[str]:
    """Distinct Iranian mobiles, or e-mail addresses of various lengths."""
    rng = random.Random(f"{what} {seed}")
    if what == "phones":
        return [f"0912{number}" for number in rng.sample(range(1_000_000, 9_999_999), count)]
    words = ["ali", "sara.rezaei", "m", "zahra_ahmadi1367", "reza-karimi", "book.lover"]
    hosts = ["example.com", "mail.example.ir", "post.example.org"]
    return [f"{rng.choice(words)}{number}@{rng.choice(hosts)}" for number in rng.sample(range(9999), count)]


def written(raw: bytes, *, algorithm: str = "A256GCM", kid: str = KID) -> str:
    """The envelope around some bytes."""
    return f"enc:v1:{algorithm}:{kid}:{base64.urlsafe_b64encode(raw).decode().rstrip('=')}"


def raw_of(value: str) -> bytes:
    text = value.rsplit(":", 1)[-1]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sealed(
    plaintext: str | bytes, key: str, *, column: str = COLUMN, nonce: bytes | None = None, kid: str = KID
) -> str:
    """A genuine value, bound to its row."""
    return sealed_with(plaintext, f"{TABLE}\0{column}\0{key}".encode(), nonce=nonce, kid=kid)


def sealed_with(plaintext: str | bytes, bound: bytes | None, *, nonce: bytes | None = None, kid: str = KID) -> str:
    text = plaintext if isinstance(plaintext, bytes) else plaintext.encode()
    chosen = nonce or random.Random(f"{text!r} {bound!r} {kid}").randbytes(12)
    return written(chosen + AESGCM(KEYS.data_keys[kid]).encrypt(chosen, text, bound), kid=kid)


def row_keys(count: int) -> list[str]:
    return [str(1000 + number) for number in range(count)]


def genuine(what: str, count: int, seed: int = 0) -> list[str]:
    return [sealed(text, key) for text, key in zip(plaintexts(what, count, seed), row_keys(count), strict=True)]


def inspect(
    values: Sequence[object] | pa.Array,
    *,
    keys: Keyring | None = None,
    what: str = "phones",
    names: Sequence[str] | None = (),
    batch: int = 1 << 16,
    sample: int = 10_000,
) -> ColumnFindings:
    """What is found in a column; `names` are its primary keys, None for none."""
    inspection = ColumnInspection(EncryptedColumn(TABLE, COLUMN, KINDS.get(what, "")), keys, sample)
    column = values if isinstance(values, pa.Array) else pa.array(values)
    primary = None if names is None else pa.array(names or row_keys(len(column)))
    part = InspectedPart()
    for start in range(0, max(len(column), 1), batch):
        keys_of_rows = None if primary is None else primary.slice(start, batch)
        part = part.merge(inspection.fold(column.slice(start, batch), keys_of_rows))
    return inspection.finish(part)


def problems(findings: ColumnFindings) -> dict[str, int]:
    return dict(Counter(problem for problem, _ in findings.problems))
