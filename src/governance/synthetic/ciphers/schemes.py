"""Schemes of storing a column that should be encrypted: genuine encryption, visible fakes, hidden fakes.

Each makes one value from one text; `proving.scheme_table` judges whole columns of them.
"""

from __future__ import annotations

import base64
import codecs
import gzip
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

import numpy as np

from governance.encryption.ciphers import A256GCMSIV, AES_SIV, CHACHA20
from governance.encryption.envelope import additional_data, bound, decode, encode, seal
from governance.encryption.keys import Keyring
from governance.synthetic.ciphers.weak_ciphers import cbc, ctr, ecb
from governance.synthetic.company import free_texts
from governance.synthetic.company.world import KID, derive_keys
from governance.synthetic.draws import stream

TABLE, COLUMN = "people", "secret"
ShownBy = Literal["genuine", "form", "key"]
_HEADER = f"enc:v1:A256GCM:{KID}:"
_OTHER = hashlib.sha256(b"a key that nobody declared").digest()
_NONCE = bytes(range(12))
_LETTERS = "آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی "


@dataclass(frozen=True, slots=True)
class SchemeCase:
    """One text in its row, with the keys and random bytes to encrypt it."""

    text: bytes
    row: str
    keys: Keyring
    random: bytes

    @property
    def key(self) -> bytes:
        return self.keys.data_keys[KID]

    def sealed(self, algorithm: str = "A256GCM", *, nonce: bytes | None = None, row: str = "") -> str:
        """A genuine value, bound to another row if one is named."""
        size = 0 if algorithm == AES_SIV else 12
        return seal(
            self.text.decode(),
            key=self.key,
            kid=KID,
            nonce=self.random[:size] if nonce is None else nonce,
            bound_to=bound(algorithm, TABLE, COLUMN, row or self.row),
            algorithm=algorithm,
        )

    @property
    def raw(self) -> bytes:
        """Nonce, ciphertext and tag of a genuine value."""
        return decode(self.sealed().rsplit(":", 1)[-1])


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme; `shown_by` is what reveals a fake: its form, or only a key.

    A genuine one may need a contract that names it.
    """

    name: str
    shown_by: ShownBy
    write: Callable[[SchemeCase], str]
    form: str = "envelope"
    lookup: bool = False


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _in_envelope(raw: bytes) -> str:
    return _HEADER + encode(raw)


def _xored(case: SchemeCase) -> bytes:
    pad = hashlib.sha512(case.key).digest() * (len(case.text) // 64 + 1)
    return bytes(one ^ other for one, other in zip(case.text, pad, strict=False))


def _shifted(case: SchemeCase) -> bytes:
    return bytes((byte + 131) % 256 for byte in case.text)


def _fernet(case: SchemeCase) -> str:
    signing, sealing = case.key[:16], case.key[16:]
    body = b"\x80" + (1_790_000_000).to_bytes(8) + cbc(sealing, case.random[:16], case.text)
    return base64.urlsafe_b64encode(body + hmac.digest(signing, body, "sha256")).decode()


def _hidden_constant_nonce(case: SchemeCase) -> str:
    return _in_envelope(case.random[:12] + decode(case.sealed(nonce=_NONCE).rsplit(":", 1)[-1])[12:])


def _under_another_key(case: SchemeCase) -> str:
    bound_to = additional_data(TABLE, COLUMN, case.row)
    return seal(case.text.decode(), key=_OTHER, kid=KID, nonce=case.random[:12], bound_to=bound_to)


def _without_place(case: SchemeCase) -> str:
    return seal(case.text.decode(), key=case.key, kid=KID, nonce=case.random[:12], bound_to=b"")


def _shared(case: SchemeCase) -> str:
    return seal("09120000000", key=case.key, kid=KID, nonce=_NONCE, bound_to=b"")


SCHEMES: Final[tuple[Scheme, ...]] = (
    Scheme("AES-256-GCM", "genuine", lambda case: case.sealed()),
    Scheme("AES-256-GCM-SIV", "genuine", lambda case: case.sealed(A256GCMSIV)),
    Scheme("ChaCha20-Poly1305", "genuine", lambda case: case.sealed(CHACHA20)),
    Scheme("AES-SIV, declared for look-up", "genuine", lambda case: case.sealed(AES_SIV), lookup=True),
    Scheme("Fernet, declared", "genuine", _fernet, form="fernet"),
    Scheme("plaintext", "form", lambda case: case.text.decode()),
    Scheme("plaintext behind enc:", "form", lambda case: "enc:" + case.text.decode()),
    Scheme("base64", "form", lambda case: _b64(case.text)),
    Scheme("base64 behind enc:", "form", lambda case: "enc:" + _b64(case.text)),
    Scheme("base64 in the envelope", "form", lambda case: _in_envelope(case.text)),
    Scheme("base64 twice", "form", lambda case: _b64(_b64(case.text).encode())),
    Scheme("JSON in base64", "form", lambda case: _b64(json.dumps({"v": case.text.decode()}).encode())),
    Scheme("hex", "form", lambda case: case.text.hex()),
    Scheme("rot13", "form", lambda case: codecs.encode(case.text.decode(), "rot13")),
    Scheme("reversed", "form", lambda case: case.text.decode()[::-1]),
    Scheme("gzip in base64", "form", lambda case: _b64(gzip.compress(case.text, mtime=0))),
    Scheme("gzip in the envelope", "form", lambda case: _in_envelope(gzip.compress(case.text, mtime=0))),
    Scheme("MD5", "form", lambda case: hashlib.md5(case.text).hexdigest()),  # noqa: S324  a fake on purpose
    Scheme("SHA-256", "form", lambda case: hashlib.sha256(case.text).hexdigest()),
    Scheme("SHA-256 with a pepper", "form", lambda case: hmac.digest(case.key, case.text, "sha256").hex()),
    Scheme("XOR in the envelope", "form", lambda case: _in_envelope(_xored(case))),
    Scheme("XOR behind a random nonce", "form", lambda case: _in_envelope(case.random[:28] + _xored(case))),
    Scheme("Caesar behind a random nonce", "form", lambda case: _in_envelope(case.random[:28] + _shifted(case))),
    Scheme("AES-GCM, one nonce for all", "form", lambda case: case.sealed(nonce=_NONCE)),
    Scheme("AES-GCM, one nonce for all, another shown", "form", _hidden_constant_nonce),
    Scheme("AES-ECB in the envelope", "form", lambda case: _in_envelope(ecb(case.key, case.text))),
    Scheme("AES-CBC without MAC", "form", lambda case: _in_envelope(cbc(case.key, case.random[:16], case.text))),
    Scheme("AES-SIV, not declared", "form", lambda case: case.sealed(AES_SIV)),
    Scheme("Fernet, not declared", "form", _fernet),
    Scheme("one ciphertext in every row", "form", _shared),
    Scheme("plaintext behind the ciphertext", "form", lambda case: _in_envelope(case.raw + case.text)),
    Scheme("plaintext in place of the tag", "form", lambda case: _in_envelope(case.raw[:-16] + case.text.rjust(16))),
    Scheme("an algorithm of no name", "form", lambda case: case.sealed().replace("A256GCM", "A256CBC")),
    Scheme(
        "AES-SIV in the name of AES-GCM",
        "key",
        lambda case: _in_envelope(decode(case.sealed(AES_SIV).rsplit(":", 1)[-1]) + case.random[:12]),
    ),
    Scheme("AES-GCM, tag of 4 bytes", "key", lambda case: _in_envelope(case.raw[:-12])),
    Scheme("AES-CTR without MAC", "key", lambda case: _in_envelope(ctr(case.key, case.random[:16], case.text))),
    Scheme("random bytes", "key", lambda case: _in_envelope(case.random[: len(case.text) + 28])),
    Scheme("under a key of another name", "key", _under_another_key),
    Scheme("bound to the next row", "key", lambda case: case.sealed(row=str(int(case.row) + 1))),
    Scheme("bound to no row", "key", _without_place),
)


def _phone(rng: np.random.Generator) -> str:
    return f"091{rng.integers(10)}{rng.integers(10_000_000):07d}"


def _email(rng: np.random.Generator) -> str:
    given, family = (names[int(rng.integers(len(names)))] for names in (free_texts.GIVEN, free_texts.FAMILY))
    host = free_texts.MAIL_DOMAINS[int(rng.integers(len(free_texts.MAIL_DOMAINS)))]
    return f"{given}.{family}{rng.integers(10_000)}@{host}"


def _sentence(rng: np.random.Generator) -> str:
    """A sentence of 300 characters."""
    return "".join(_LETTERS[place] for place in rng.integers(0, len(_LETTERS), 300))


@dataclass(frozen=True, slots=True)
class SampleTexts:
    """Texts of one sort, and the detection kind that a contract would declare."""

    plaintext: str
    draw: Callable[[np.random.Generator], str]


CORPORA: Final[Mapping[str, SampleTexts]] = {
    "phones": SampleTexts("phone_number", _phone),
    "e-mails": SampleTexts("email_address", _email),
    "one character": SampleTexts("", lambda rng: "mf"[int(rng.integers(2))]),
    "300 characters": SampleTexts("", _sentence),
}


@cache
def _texts(corpus: str, rows: int, seed: int) -> tuple[str, ...]:
    """Distinct texts, except texts of one character."""
    rng, draw = stream(seed, f"schemes {corpus}", rows), CORPORA[corpus].draw
    if corpus == "one character":
        return tuple(draw(rng) for _ in range(rows))
    texts: dict[str, None] = {}
    while len(texts) < rows:
        texts[draw(rng)] = None
    return tuple(texts)


def column(scheme: Scheme, corpus: str, rows: int, *, seed: int = 0) -> tuple[list[str], list[str], Keyring]:
    """A column of a scheme: its values, the primary keys of its rows, and the keys of its world."""
    keys = derive_keys(seed)
    names = [str(1000 + number) for number in range(rows)]
    noise = stream(seed, f"schemes {corpus} {scheme.name}", rows)
    values = []
    for text, name in zip(_texts(corpus, rows, seed), names, strict=True):
        raw = text.encode()
        values.append(scheme.write(SchemeCase(raw, name, keys, noise.bytes(len(raw) + 28))))
    return values, names, keys
