"""Signatures and their envelopes: one spelling, one type, one key."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from governance.errors import KeysError
from governance.sealing.signing import (
    PAYLOAD_TYPE,
    PublicKey,
    SignedEnvelope,
    decode_key,
    enclose,
    pre_authentication,
    read_public_key,
    sign,
    signed,
)
from governance.spelling import canonical_json

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
MINE, THEIRS = PublicKey.of(KEY), PublicKey.of(OTHER)


def test_the_signed_bytes_are_those_of_the_standard() -> None:
    assert pre_authentication("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_a_signature_is_of_one_type_payload_and_key() -> None:
    signature = sign("t", b"payload", KEY)
    assert signed("t", b"payload", signature, MINE)
    assert not signed("u", b"payload", signature, MINE)
    assert not signed("t", b"payloae", signature, MINE)
    assert not signed("t", b"payload", signature, THEIRS)
    assert not signed("t", b"payload", signature, PublicKey(bytes(31)))


@pytest.mark.parametrize("signature", [None, 7, b"", "", "AAAA", "é", " "])
def test_what_is_no_signature_never_holds(signature: object) -> None:
    assert not signed("t", b"payload", signature, MINE)
    good = sign("t", b"payload", KEY)
    assert not signed("t", b"payload", f"{good[:8]}\n{good[8:]}", MINE)
    assert not signed("t", b"payload", good.encode(), MINE)


def test_a_public_key_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_text(MINE.pem, "utf-8")
    assert read_public_key(path) == MINE
    assert len(MINE.id) == 64
    assert MINE.id != THEIRS.id
    foreign = X25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for text in (b"", b"text", foreign):
        path.write_bytes(text)
        with pytest.raises(KeysError, match="expected an Ed25519 public key in PEM"):
            read_public_key(path)
    with pytest.raises(KeysError, match="expected an Ed25519 public key in PEM"):
        read_public_key(tmp_path / "none")


@pytest.mark.parametrize("text", ["", "00", MINE.raw.hex().upper(), f" {MINE.raw.hex()}", MINE.raw.hex() + "00", "zz"])
def test_a_key_has_one_spelling_in_hex(text: str) -> None:
    assert decode_key(MINE.raw.hex()) == MINE
    assert decode_key(text) is None
    assert decode_key(None) is None
    assert decode_key(MINE.raw) is None


def test_an_envelope_is_read_as_it_was_written() -> None:
    found = SignedEnvelope.read(enclose({"a": 1}, KEY))
    assert found.statement() == {"a": 1}
    assert found.signed_by(MINE)
    assert not found.signed_by(THEIRS)
    assert found.signatures[0][0] == MINE.id
    assert SignedEnvelope.read(enclose({"a": 1}, None)).signatures == ()
    assert not SignedEnvelope.read(enclose({"a": 1}, None)).signed_by(MINE)


def test_a_signature_under_the_id_of_another_key_does_not_count() -> None:
    theirs = sign(PAYLOAD_TYPE, b"{}\n", OTHER)
    assert not SignedEnvelope(b"{}\n", ((MINE.id, theirs),)).signed_by(MINE)
    assert not SignedEnvelope(b"{}\n", ((MINE.id, theirs),)).signed_by(THEIRS)
    # One of several is enough.
    assert SignedEnvelope(b"{}\n", ((MINE.id, theirs), (THEIRS.id, theirs))).signed_by(THEIRS)


@pytest.mark.parametrize("of", ["payload", "sig"])
def test_an_envelope_has_one_spelling(of: str) -> None:
    raw = json.loads(enclose({"a": 1}, KEY))
    place = raw if of == "payload" else raw["signatures"][0]
    for change in ("\n", "=", "!", None):
        changed = dict(place) | {of: None if change is None else place[of] + change}
        other = changed if of == "payload" else {**raw, "signatures": [changed]}
        with pytest.raises(ValueError, match="envelope"):
            SignedEnvelope.read(canonical_json(other))


@pytest.mark.parametrize(
    "change", [{"payloadType": "text/plain"}, {"more": 1}, {"signatures": [{}]}, {"signatures": None}]
)
def test_an_envelope_of_other_fields_is_none(change: dict[str, object]) -> None:
    raw = json.loads(enclose({"a": 1}, KEY))
    with pytest.raises(ValueError, match="envelope"):
        SignedEnvelope.read(canonical_json({**raw, **change}))
    with pytest.raises(ValueError, match="envelope"):
        SignedEnvelope.read(" " + canonical_json(raw))


@pytest.mark.parametrize("text", ["[]", '"a"', '{"a": 1, "b": 2}', '{"a":1}', "1"])
def test_a_statement_is_an_object_in_its_one_spelling(text: str) -> None:
    with pytest.raises(ValueError, match="not a statement"):
        SignedEnvelope(text.encode(), ()).statement()


def test_base64_in_an_envelope_is_that_of_the_statement() -> None:
    raw = json.loads(enclose({"a": 1}, KEY))
    assert base64.b64decode(raw["payload"]).decode() == canonical_json({"a": 1})
