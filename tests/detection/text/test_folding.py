"""One spelling of each character: digits are ASCII, letters Persian, and nothing is invisible."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from governance.detection.text.folding import changed, decoded, fold, fold_label, origins


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("plain, ASCII\n", "plain, ASCII\n"),
        ("6\x000\x003", "603"),
        ("۶۰۳٧", "6037"),
        ("ك ي ى ئ أ إ ؤ ة", "ک ی ی ی ا ا و ه"),
        ("ab\u0640cd", "abcd"),
        ("1\u066b5 1\u066c000", "1.5 1,000"),
        ("\u2212 \u2013 \u2014", "- - -"),
        ("a\u2800b\u2028c\u2029d\u00a0e\u3000f", "a b c d e f"),
        ("1\u115f2\u11603\u31644\uffa05", "12345"),
        ("\u200ca\u200eb\ufeff", "ab"),
        ("e\u0301", "e"),
        ("！６～", "!6~"),
        ("\uff00\uff5f", "\uff00\uff5f"),
    ],
)
def test_a_character_has_one_spelling(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(folded) == folded


def test_all_characters_that_folding_changes_are_known() -> None:
    every = [code for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
    known = dict(changed(every))
    assert [code for code in every if fold(chr(code)) != known.get(code, chr(code))] == []
    digits = [code for code in every if unicodedata.category(chr(code)) == "Nd"]
    assert [known[code] for code in digits] == [str(int(chr(code))) for code in digits]
    invisible = [code for code in every if unicodedata.category(chr(code)) in {"Cf", "Mn", "Me"}]
    assert {known[code] for code in invisible} == {""}


def test_each_character_stands_where_it_came_from() -> None:
    text = "\u200cا۶\u200c7 \0x"
    assert [text[place] for place in origins(text)[:-1]] == ["ا", "۶", "7", " ", "x"]
    assert origins(text)[-1] == len(text)


@pytest.mark.parametrize(
    ("label", "words"),
    [("cardNumber", "card Number"), ("card_number", "card number"), (" cvv2Code__", "cvv2 Code"), ("کد_ملي", "کد ملی")],
)
def test_a_columns_name_reads_as_words(label: str, words: str) -> None:
    assert fold_label(label) == words


def test_bytes_that_are_no_text_are_read_as_latin() -> None:
    assert decoded("کد".encode()) == "کد"
    assert decoded(b"caf\xe9") == "café"
