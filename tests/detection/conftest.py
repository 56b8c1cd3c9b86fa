"""Numbers for the tests, made here and not by the code under test."""

import random
from collections.abc import Callable

import pytest

Maker = Callable[..., str]


def with_check_digit(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        weighted = int(digit) * (1 if place % 2 else 2)
        total += weighted - 9 if weighted > 9 else weighted
    return body + str(-total % 10)


@pytest.fixture(scope="session")
def pan() -> Maker:
    """Makes card numbers: `pan(prefix, length)`."""
    chance = random.Random(14)  # noqa: S311 - nothing to protect

    def make(prefix: str = "603799", length: int = 16) -> str:
        return with_check_digit(prefix + "".join(chance.choices("0123456789", k=length - 1 - len(prefix))))

    return make
