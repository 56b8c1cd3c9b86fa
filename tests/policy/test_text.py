"""Two spellings of a sentence have one fingerprint, two sentences have two."""

from __future__ import annotations

import hashlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.policy import fingerprint
from governance.spelling import normalise


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("كاربران مي‌توانند", "کاربران می‌توانند"),
        ("می‌شود", "میشود"),
        ("ســـلام", "سلام"),
        ("بند ۱۲", "بند 12"),
        ("بند ١٢", "بند 12"),
        ("دادهٔ کاربر", "داده کاربر"),
        ("دادۀ کاربر", "داده کاربر"),
        (" دو\u00a0واژه \n", "دو واژه"),
        ("آ", "آ"),
        ("\u202bمتن\u202c", "متن"),
    ],
)
def test_spellings_that_look_alike_are_one(text: str, other: str) -> None:
    assert normalise(text) == normalise(other)
    assert fingerprint(text) == fingerprint(other)


@pytest.mark.parametrize(
    ("text", "other"), [("می‌شود", "نمی‌شود"), ("بند ۱", "بند ۲"), ("داده کاربر", "دادهٔ کاربران"), ("دو واژه", "دوواژه")]
)
def test_sentences_that_say_something_else_are_two(text: str, other: str) -> None:
    assert fingerprint(text) != fingerprint(other)


def test_a_fingerprint_is_the_sha256_of_the_normalised_text() -> None:
    assert fingerprint("بند ۱") == hashlib.sha256("بند 1".encode()).hexdigest()


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(max_size=60))
def test_composed_and_decomposed_text_are_one(text: str) -> None:
    assert normalise(unicodedata.normalize("NFD", text)) == normalise(unicodedata.normalize("NFC", text))
