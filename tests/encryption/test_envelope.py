"""An envelope opens in its own place, under its own key, unchanged; otherwise not at all."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.encryption.envelope import Envelope, additional_data, decode, encode, parse, seal, unseal
from tests.encryption.columns import KEYS, KID, fixed, raw_of, sealed, written

KEY, NONCE = fixed("data"), b"twelve bytes"
PLACE = additional_data("users", "mobile", "7")


def opened(value: str, *, key: bytes = KEY, place: bytes = PLACE) -> bytes | None:
    envelope = parse(value)
    assert envelope is not None
    return unseal(envelope, key=key, bound_to=place)


@given(st.text(st.characters(codec="utf-8"), max_size=40), st.binary(min_size=12, max_size=12), st.binary(max_size=30))
def test_what_is_sealed_opens_in_its_place(plaintext: str, nonce: bytes, place: bytes) -> None:
    value = seal(plaintext, key=KEY, kid=KID, nonce=nonce, bound_to=place)
    envelope = parse(value)
    assert envelope is not None
    assert (envelope.algorithm, envelope.kid, envelope.nonce) == ("A256GCM", KID, nonce)
    assert unseal(envelope, key=KEY, bound_to=place) == plaintext.encode()


def test_an_envelope_is_written_as_others_would_write_it() -> None:
    assert seal("09121234567", key=KEYS.data_keys[KID], kid=KID, nonce=NONCE, bound_to=PLACE) == sealed(
        "09121234567", "7", nonce=NONCE
    )


@pytest.mark.parametrize(
    "place",
    [
        additional_data("users", "mobile", "8"),
        additional_data("users", "email", "7"),
        additional_data("readers", "mobile", "7"),
        additional_data("users", "mobile", ""),
        b"",
    ],
    ids=["another row", "another column", "another table", "no row", "nowhere"],
)
def test_a_value_does_not_open_elsewhere(place: bytes) -> None:
    value = seal("09121234567", key=KEY, kid=KID, nonce=NONCE, bound_to=PLACE)
    assert opened(value) == b"09121234567"
    assert opened(value, place=place) is None


def test_places_that_read_alike_are_not_alike() -> None:
    assert len({additional_data(*parts) for parts in [("a", "bc", "d"), ("ab", "c", "d"), ("a", "b", "cd")]}) == 3


def test_a_value_does_not_open_under_another_key() -> None:
    assert opened(sealed("09121234567", "7"), key=fixed("older")) is None


def test_no_flipped_bit_goes_unnoticed() -> None:
    raw = raw_of(sealed("09121234567", "7"))
    for bit in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        assert opened(written(bytes(changed))) is None


@pytest.mark.parametrize("cut", [0, 1, 11, 12, 27, 28, 38])
def test_a_value_cut_short_does_not_open_and_does_not_raise(cut: int) -> None:
    raw = raw_of(sealed("09121234567", "7"))[:cut]
    envelope = parse(written(raw))
    assert envelope is None if cut == 0 else envelope is not None
    assert envelope is None or unseal(envelope, key=KEY, bound_to=PLACE) is None


def test_an_algorithm_that_is_not_ours_is_read_and_not_opened() -> None:
    envelope = parse(sealed("09121234567", "7").replace("A256GCM", "A256CBC"))
    assert envelope is not None
    assert unseal(envelope, key=KEY, bound_to=PLACE) is None


GOOD = sealed("09121234567", "7")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "enc:",
        "enc:v1",
        "enc:v1:A256GCM:k:",
        "enc:v1:A256GCM::AAAA",
        "enc:v1::k:AAAA",
        "enc:v2:A256GCM:k:AAAA",
        "ENC:v1:A256GCM:k:AAAA",
        GOOD + "=",
        GOOD + "\n",
        " " + GOOD,
        GOOD + GOOD,
        GOOD.replace("A256GCM", "A256 GCM"),
        GOOD.replace(KID, "k:1"),
        GOOD.replace(KID, "ک"),
        GOOD[:-3] + "+/=",
        "enc:v1:A256GCM:k:A",
        "enc:v1:A256GCM:k:AAAAA",
        "enc:v1:A256GCM:k:AB",
        "enc:v1:A256GCM:k:۱۲۳۴",
        "enc:v1:A256GCM:k:AAAA\0",
    ],
)
def test_what_is_written_otherwise_is_no_envelope(text: str) -> None:
    assert parse(text) is None


@given(st.text(max_size=60))
def test_no_text_makes_parsing_raise(text: str) -> None:
    parse(text)
    parse("enc:v1:A256GCM:k:" + text)


@given(st.binary(min_size=1, max_size=80))
def test_bytes_have_one_spelling(raw: bytes) -> None:
    text = encode(raw)
    assert decode(text) == raw
    assert "=" not in text
    envelope = parse("enc:v1:A256GCM:k:" + text)
    assert envelope == Envelope("A256GCM", "k", raw[:12], raw[12:])


@pytest.mark.parametrize(
    ("kid", "nonce"), [("k:1", NONCE), ("", NONCE), ("k 1", NONCE), (KID, b"short"), (KID, b"x" * 16)]
)
def test_nothing_is_sealed_that_could_not_be_read_back(kid: str, nonce: bytes) -> None:
    with pytest.raises(ValueError, match=r"^expected a key id of letters"):
        seal("09121234567", key=KEY, kid=kid, nonce=nonce, bound_to=PLACE)


def test_an_envelope_shows_its_key_and_not_its_content() -> None:
    envelope = parse(GOOD)
    assert repr(envelope) == f"Envelope(algorithm='A256GCM', kid='{KID}')"
    assert [known.name for known in dataclasses.fields(Envelope)] == ["algorithm", "kid", "nonce", "sealed"]
