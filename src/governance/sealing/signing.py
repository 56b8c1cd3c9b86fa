"""DSSE: the signature covers the type and the bytes, never a parsed value; Ed25519 from `cryptography`."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from governance.errors import KeysError
from governance.regular_files import read_regular
from governance.spelling import canonical_json, strict_json

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
_RAW_BYTES = 32
_MOST_BYTES = 10_000  # of a PEM file


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public key of a signature; `id` names it."""

    raw: bytes

    @property
    def id(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def pem(self) -> str:
        key = Ed25519PublicKey.from_public_bytes(self.raw)
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @classmethod
    def of(cls, signing_key: bytes) -> PublicKey:
        """The public half of a signing key."""
        return cls(Ed25519PrivateKey.from_private_bytes(signing_key).public_key().public_bytes_raw())


def read_public_key(path: Path) -> PublicKey:
    """A public key in PEM; KeysError when the file holds none."""
    try:
        found = load_pem_public_key(read_regular(path, _MOST_BYTES))
        if isinstance(found, Ed25519PublicKey):
            return PublicKey(found.public_bytes_raw())
    except (OSError, ValueError):
        pass
    raise KeysError(f"{path}: expected an Ed25519 public key in PEM, found something else.")


def pre_authentication(kind: str, payload: bytes) -> bytes:
    """The signed bytes: lengths and contents of type and payload, so that neither can be mistaken for the other."""
    named = kind.encode()
    return b"DSSEv1 %d %b %d %b" % (len(named), named, len(payload), payload)


def sign(kind: str, payload: bytes, signing_key: bytes) -> str:
    """The signature, in base64, of a payload of a type."""
    signature = Ed25519PrivateKey.from_private_bytes(signing_key).sign(pre_authentication(kind, payload))
    return base64.b64encode(signature).decode()


def signed(kind: str, payload: bytes, signature: object, key: PublicKey) -> bool:
    """Whether a signature in base64 is this key's, over exactly this payload of this type."""
    try:
        raw = base64.b64decode(signature, validate=True) if isinstance(signature, str) else b""
        Ed25519PublicKey.from_public_bytes(key.raw).verify(raw, pre_authentication(kind, payload))
    except (InvalidSignature, ValueError):
        return False
    return True


def enclose(statement: dict[str, Any], signing_key: bytes | None) -> str:
    """The envelope of a statement; without a key it has no signature, and the statement itself must say so."""
    payload = canonical_json(statement).encode()
    signatures = []
    if signing_key is not None:
        signature = sign(PAYLOAD_TYPE, payload, signing_key)
        signatures = [{"keyid": PublicKey.of(signing_key).id, "sig": signature}]
    envelope = {"payload": base64.b64encode(payload).decode(), "payloadType": PAYLOAD_TYPE, "signatures": signatures}
    return canonical_json(envelope)


@dataclass(frozen=True, slots=True)
class SignedEnvelope:
    """A parsed envelope: the statement's bytes and the signatures over them, as (key id, signature in base64)."""

    payload: bytes
    signatures: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, text: str) -> SignedEnvelope:
        """Parse an envelope; ValueError unless every byte is as `enclose` writes it."""
        raw = strict_json(text)
        try:
            payload = base64.b64decode(raw["payload"])
            signatures = tuple((str(one["keyid"]), str(one["sig"])) for one in raw["signatures"])
            again = {
                "payload": base64.b64encode(payload).decode(),
                "payloadType": PAYLOAD_TYPE,
                "signatures": [{"keyid": name, "sig": _spelled(signature)} for name, signature in signatures],
            }
        except (KeyError, TypeError, binascii.Error):
            raise ValueError("not an envelope") from None
        if canonical_json(again) != text:
            raise ValueError("not an envelope of ours")
        return cls(payload, signatures)

    def signed_by(self, key: PublicKey) -> bool:
        """Whether one of the signatures is this key's, over exactly this payload."""
        return any(
            name == key.id and signed(PAYLOAD_TYPE, self.payload, signature, key) for name, signature in self.signatures
        )

    def statement(self) -> dict[str, Any]:
        """The signed statement; ValueError unless it is canonical JSON. Verify the signature before reading it."""
        text = self.payload.decode()
        found = strict_json(text)
        if not isinstance(found, dict) or canonical_json(found) != text:
            raise ValueError("not a statement")
        return found


def _spelled(signature: str) -> str:
    """The one spelling of some bytes in base64, which has several."""
    return base64.b64encode(base64.b64decode(signature)).decode()


def decode_key(text: object) -> PublicKey | None:
    """A public key from its hex in a statement."""
    try:
        raw = bytes.fromhex(text) if isinstance(text, str) else b""
    except ValueError:
        return None
    return PublicKey(raw) if len(raw) == _RAW_BYTES and raw.hex() == text else None
