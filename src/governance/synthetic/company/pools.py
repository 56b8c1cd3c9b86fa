"""The pools from which rows are drawn: Faker's names and words for a locale, and sentences made with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
from faker import Faker

from governance.synthetic.company import bank, free_texts
from governance.synthetic.draws import stream

_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_BINS = tuple(bank.BINS)
_FORMER = 12
_UNWRITTEN = 12
_NUMBERS: dict[str, Callable[[np.random.Generator], str]] = {
    "n": lambda rng: str(rng.integers(2, 10)),
    "pages": lambda rng: str(rng.integers(60, 900)),
    "price": lambda rng: f"{rng.integers(20, 500) * 1000:,}",
    "price2": lambda rng: f"{rng.integers(500, 900) * 1000:,}",
    "year": lambda rng: str(rng.integers(1300, 1405)),
    "last4": lambda rng: bank.digits(rng, 4),
    "order": lambda rng: f"140508{rng.integers(1, 31):02d}{bank.digits(rng, 8)}",
    "reference": lambda rng: "7" + bank.digits(rng, 11),
    "date": lambda rng: f"1405/{rng.integers(1, 10):02d}/{rng.integers(1, 30):02d}",
    "isbn": lambda rng: bank.isbn("978600" + bank.digits(rng, 6)),
    "imei": bank.imei,
    "parcel": bank.parcel,
    "mask": lambda rng: f"{_BINS[int(rng.integers(len(_BINS)))]}******{bank.digits(rng, 4)}",
}


@dataclass(frozen=True, slots=True)
class Pools:
    """Distinct values, as Arrow arrays; sentences carry no bank data, whatever their digits look like."""

    given: pa.Array
    family: pa.Array
    authors: pa.Array  # family names of authors, who are namesakes of some users
    former: pa.Array  # family names of former users: nobody else bears one
    titles: pa.Array
    publishers: pa.Array
    praise: pa.Array
    notes: pa.Array


def build_pools(seed: int, locale: str) -> Pools:
    """The pools of a seed and a locale."""
    fake = Faker(locale)
    fake.seed_instance(seed)
    rng = stream(seed, "pools", 0)
    draw = partial(_many, rng=rng, words=fake.words(nb=600))
    given, family = _distinct(fake.first_name, 190), _distinct(fake.last_name, 100)
    return Pools(
        given=given,
        family=family[:-_FORMER],
        authors=family[: -_FORMER - _UNWRITTEN],
        former=family[-_FORMER:],
        titles=draw(free_texts.TITLES, 2000),
        publishers=draw(free_texts.PUBLISHERS, 60),
        praise=draw(free_texts.REVIEWS, 1500),
        notes=draw(free_texts.NOTES, 1000),
    )


def _distinct(make: Callable[[], str], tries: int) -> pa.Array:
    return pa.array(list(dict.fromkeys(make() for _ in range(tries))))


def _many(templates: Sequence[str], count: int, *, rng: np.random.Generator, words: Sequence[str]) -> pa.Array:
    texts: dict[str, None] = {}
    for _ in range(count):
        template = templates[int(rng.integers(len(templates)))]
        text = template.format_map(_Slots(rng, words))
        if bank.innocent(text):
            texts[text] = None
    return pa.array(list(texts))


class _Slots(dict[str, str]):
    """Fills each slot when a template asks for it."""

    def __init__(self, rng: np.random.Generator, words: Sequence[str]) -> None:
        super().__init__()
        self._rng, self._words = rng, words
        self._persian = rng.random() < 0.7

    def __missing__(self, slot: str) -> str:
        if slot in {"word", "other"}:
            return self._words[int(self._rng.integers(len(self._words)))]
        text = _NUMBERS[slot](self._rng)
        return text.translate(_PERSIAN) if self._persian and slot != "mask" else text
