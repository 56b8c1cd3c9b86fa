"""The tokens of files: which words, numbers and addresses a value can meet, and where each stands first."""

from __future__ import annotations

import base64
import hashlib

import pytest

from governance.evidence.corpus import Corpus, Place


def corpus(*texts: str) -> Corpus:
    made = Corpus()
    for number, text in enumerate(texts):
        made.add(f"file{number}", text.encode())
    return made


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Name Of Hers", 1),
        ("name, of - hers at the end", 1),
        ("\n\n\n\n\n\n\nname of hers\n\n\n\n\n\n\n\n\n\n", 8),
        ("a long line before it\nand another one\n\nthe name of hers\nlast", 4),
        ("of of name\nhers of name hers\nof name of hers of", 3),
        ("name of\nhers", 1),
    ],
)
def test_a_value_of_words_is_found_in_its_line_forwards_and_backwards(text: str, line: int) -> None:
    for files in ([text], ["other words\n", text], ["", text, "name of hers"]):
        place = files.index(text)
        assert corpus(*files).find(["name", "of", "hers"]) == Place(f"file{place}", line)


def test_a_value_is_found_backwards_where_it_stands_nowhere_forwards() -> None:
    assert corpus("x", "first\nsreh fo eman").find(["name", "of", "hers"]) == Place("file1", 2)


def test_a_value_is_not_found_across_files_nor_in_other_words() -> None:
    for texts in (["name of", "hers"], ["name of his, hers"], ["names of hers"], ["hers of name"], ["hers", "name of"]):
        assert corpus(*texts).find(["name", "of", "hers"]) is None
    assert corpus("name").find([]) is None
    assert Corpus().find(["name"]) is None


def test_any_of_several_ways_to_part_a_value_is_found() -> None:
    made = corpus("x\nnameofhers")
    assert made.find(["name", "of", "hers"], ["nameofhers"]) == Place("file0", 2)
    assert str(made.find(["nameofhers"])) == "file0:2"
    assert made.find(["name", "of"], ["of", "hers"]) is None


def test_a_value_in_an_encoded_word_stands_where_the_word_does() -> None:
    encoded = base64.b64encode(b"first line\nsecond line\nname of hers").decode()
    assert corpus(f"\n\n{encoded}\n\n\n\n").find(["name", "of", "hers"]) == Place("file0", 3)


def test_words_are_known_forwards_and_backwards_and_nothing_is_one() -> None:
    assert corpus("One two", "two").vocabulary == {"one", "eno", "two", "owt"}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("x 123456789 y", {"123456789"}),
        ("x 12345678 y", set()),
        ("123,456,789", {"123456789"}),
        ("12,345,678", set()),
        ("123 456 789", {"123456789"}),
        ("1234/56789", {"123456789"}),
        ("12 34 56 78 90", set()),
        ("123,456.789", set()),
        ("۱۲۳۴۵۶۷۸۹", {"123456789"}),
    ],
)
def test_a_number_is_of_nine_digits_alone_or_in_groups_of_one_kind(text: str, numbers: set[str]) -> None:
    found = corpus(f"first\n{text}").numbers
    assert set(found) == numbers | {number[::-1] for number in numbers}
    assert set(found.values()) <= {Place("file0", 2)}


@pytest.mark.parametrize(
    ("text", "dialled"),
    [
        ("0912 345 67 89", "09123456789"),
        ("+98 (912) 345-6789", "989123456789"),
        ("0912.345.67.89", "09123456789"),
        ("123456789", "123456789"),
        ("12345678", ""),
        ("1" * 18, "1" * 18),
        ("1" * 19, ""),
    ],
)
def test_a_telephone_may_be_dialled_of_9_to_18_digits(text: str, dialled: str) -> None:
    assert set(corpus(text).dialled) == ({dialled, dialled[::-1]} if dialled else set())


def test_telephones_are_known_by_their_last_ten_digits_where_they_stand_first() -> None:
    made = corpus("tel. 09123456789\n", "00989123456789")
    assert made.last_digits["9123456789"] == Place("file0", 1)
    assert {len(digits) for digits in made.last_digits} == {10}
    assert corpus("123456789").last_digits["123456789"] == Place("file0", 1)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("a@example.org", "a@example.org"),
        (f"{'x ' * 200}name@mail.example.org{' x' * 200}", "name@mail.example.org"),
        ("gro.elpmaxe@a", "a@example.org"),
        ("a [at] example [dot] org", "a [at] example [dot] org"),
    ],
)
def test_an_address_is_found_wherever_it_stands_and_backwards(text: str, address: str) -> None:
    assert corpus(f"first\n{text}").addresses.get(address) == Place("file0", 2)


@pytest.mark.parametrize("digits", [16, 32, 40, 64, 128])
def test_digits_within_digests_of_ours_are_nobodys_number(digits: int) -> None:
    own = ("1234567890" * 13)[: digits - 1] + "a"
    assert (corpus(own).numbers, corpus(own).dialled) == ({}, {})
    assert corpus(own.upper()).digests == ({} if digits == 16 else {own: Place("file0", 1)})
    # Digits alone, or of another length, may be anybody's.
    assert ("1234567890" * 13)[:digits] in corpus(("1234567890" * 13)[:digits]).numbers
    assert corpus("1" + own).numbers


def test_the_identifier_of_a_notebooks_cell_is_nobodys_number() -> None:
    assert corpus('"id": "183299012a78",').numbers == {}
    assert corpus('"at": "183299012a78",').numbers
    assert corpus("18329901-2345-4a1b-8c2d-183299012345").dialled == {}


def test_the_first_place_of_a_token_counts() -> None:
    digest = hashlib.sha256(b"x").hexdigest()
    text = f"a@example.org 123456789 0912-345-6789 {digest}"
    made = corpus(text, f"\n{text}")
    for tokens in (made.addresses, made.numbers, made.dialled, made.digests):
        assert tokens
        assert set(tokens.values()) == {Place("file0", 1)}
