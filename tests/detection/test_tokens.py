"""Random tokens hold nothing, whatever letters and digits chance puts side by side."""

import base64
import random
import string
import uuid
from collections.abc import Callable

import pyarrow as pa
import pytest

from governance.detection import BANK_DATA, KINDS, Grade, classify, scan

_BASE36 = string.digits + string.ascii_lowercase
_MANY = 10_000
_CHANCE = random.Random()  # noqa: S311 - seeded by every test, so that it sees the same tokens


def _of(alphabet: str, shortest: int = 8, longest: int = 64) -> Callable[[], str]:
    return lambda: "".join(_CHANCE.choices(alphabet, k=_CHANCE.randint(shortest, longest)))


TOKENS: dict[str, Callable[[], str]] = {
    "session": _of(_BASE36, 20, 20),
    "base36": _of(_BASE36),
    "base32": _of(string.ascii_uppercase + "234567"),
    "base62": _of(_BASE36 + string.ascii_uppercase),
    "base64url": _of(_BASE36 + string.ascii_uppercase + "-_"),
    "hex": _of(string.hexdigits[:16]),
    "digest": _of(string.hexdigits[:16], 64, 64),
    "uuid": lambda: str(uuid.UUID(int=_CHANCE.getrandbits(128))),
    "authority": lambda: "A" + "0" * 26 + _of(_BASE36, 9, 9)(),
    "reference": lambda: str(_CHANCE.randrange(10**11, 10**12)),
    "named reference": lambda: f"کد مرجع 989{_CHANCE.randrange(10**9):09}",
    "envelope": lambda: (
        "enc:v1:A256GCM:k2026:"
        + base64.urlsafe_b64encode(_CHANCE.randbytes(_CHANCE.randrange(30, 80))).rstrip(b"=").decode()
    ),
}


@pytest.mark.parametrize("make", TOKENS.values(), ids=TOKENS)
def test_no_finding_is_sure(make: Callable[[], str]) -> None:
    _CHANCE.seed(36)
    column = pa.array([make() for _ in range(_MANY)])
    assert scan(column, KINDS).rows.tolist() == []


@pytest.mark.parametrize("kind", ["digest", "authority", "envelope", "uuid"])
def test_nothing_of_bank_data_is_even_suspected(kind: str) -> None:
    _CHANCE.seed(37)
    column = pa.array([TOKENS[kind]() for _ in range(_MANY)])
    assert scan(column, BANK_DATA).review.tolist() == []


@pytest.mark.parametrize(
    "text",
    [
        "v1lkc7cvv766l6aw4o34",
        "lt67xyzzoiwbdi52l3q3",
        "session=2k2uf1o563cvn888qb;",
        '{"pin": true, "count": 12345}',
        "aDE89370400440532013000",
        "DE89370400440532013000a",
    ],
)
def test_labels_and_countries_need_borders(text: str) -> None:
    assert classify(text) == ()


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("989368683682", Grade.SUSPECT),
        ("کد مرجع +989365402145", Grade.FAIL),
        ("موبایل 989365402145", Grade.FAIL),
        ("+989365402145", Grade.FAIL),
    ],
)
def test_twelve_digits_are_a_phone_number_by_their_label(text: str, grade: Grade) -> None:
    (finding,) = classify(text)
    assert (finding.kind, finding.grade) == ("phone_number", grade)


def test_twelve_digits_that_are_called_a_reference_are_a_banks() -> None:
    assert classify("کد مرجع 989365402145") == ()
