"""What a file says, read as whoever decodes it would: every encoding in full, each with the line where it stands."""

from __future__ import annotations

import base64
import codecs
import gzip
import html
import zlib

import pytest

from governance.evidence.decoding import Reading, readings

PNG = b"\x89PNG\r\n\x1a\n\x00\xff\xfe\x80"
NAME = "نام‌آور بی‌همتا"


def lines_of(raw: bytes, text: str) -> set[int]:
    """Where the readings of a file hold a text."""
    return {one.line_at(one.text.index(text)) for one in readings(raw) if text in one.text}


def nested(text: str, times: int) -> bytes:
    raw = text.encode()
    for _ in range(times):
        raw = base64.b64encode(raw)
    return raw


def test_a_text_is_read_as_it_stands_and_once() -> None:
    assert list(readings(b"one\ntwo, three\n")) == [Reading("one\ntwo, three\n", 1)]
    assert list(readings(b"")) == [Reading("", 1)]


def test_a_place_in_a_whole_text_has_its_own_line_and_one_in_a_word_that_of_the_word() -> None:
    assert [Reading("\na\nb", 1).line_at(place) for place in (0, 1, 3)] == [1, 2, 3]
    assert [Reading("\na\nb", 7, whole=False).line_at(place) for place in (0, 1, 3)] == [7, 7, 7]
    assert lines_of(b"\none\n" + base64.b64encode(b"in\nside, below") + b"\n", "side") == {3}
    assert lines_of(PNG + b"one\nthe value\n", "value") == {PNG.count(b"\n") + 2}
    assert lines_of(b"one\n&#116;wo\n%74hree", "three") == {3}


def test_what_is_embedded_is_read_nowhere_and_all_else_is() -> None:
    found = list(readings(b"before EMBEDDED between EMBEDDED after", "EMBEDDED"))
    assert found == [Reading("before  between  after", 1)]


@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_four_encodings_in_each_other_are_undone(times: int) -> None:
    assert lines_of(b"one\n" + nested("the value", times), "the value") == {2}


def test_more_of_them_are_left_so_that_reading_ends() -> None:
    assert lines_of(nested("the value", 5), "the value") == set()


@pytest.mark.parametrize(("times", "read"), [(1, True), (3, True), (4, False)])
def test_escapes_within_three_others_are_undone(times: int, *, read: bool) -> None:
    text = "a<b"
    for _ in range(times):
        text = html.escape(text)
    assert bool(lines_of(text.encode(), "a<b")) is read


@pytest.mark.parametrize("packed", [zlib.compress(b" " * (1 << 25)), gzip.compress(b" " * (1 << 25), mtime=0)])
def test_of_a_text_that_swells_the_first_16_mebibytes_are_read(packed: bytes) -> None:
    assert len(next(readings(packed)).text) == 1 << 24


@pytest.mark.parametrize("packed", [b"x\x9c the value", b"\x1f\x8b the value"])
def test_what_only_begins_as_if_packed_is_read_as_it_is(packed: bytes) -> None:
    assert next(readings(packed)).text == packed.decode("utf-8", "replace")


def test_what_unpacks_in_part_hides_nothing_behind_it() -> None:
    head = zlib.compressobj(level=0)
    raw = head.compress(b"an innocent beginning") + head.flush(zlib.Z_FULL_FLUSH) + b"\x07 the value"
    assert lines_of(raw, "innocent") == lines_of(raw, "the value") == {1}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (r"\u{41}\u{1f600}", "A😀"),
        (r"\u0041\u06cc", "Aی"),
        (r"\U00000041\U0010ffff", "A\U0010ffff"),
        (r"\U00110000 \u{110000}", r"\U00110000 \u{110000}"),
        (r"\x41\xdb\x8c", "Aی"),
        ("&#65;&lt;", "A<"),
        ("%41%DB%8C", "Aی"),
        ("%5Cx41", "A"),
    ],
)
def test_escapes_are_undone_and_what_is_none_stays(written: str, said: str) -> None:
    found = readings(f"one {written}".encode())
    assert next(found).text == f"one {written}"
    undone = {one.text for one in found}
    assert undone == {f"one {said}"} if said != written else not any("one" in text for text in undone)


@pytest.mark.parametrize("length", range(6, 47))
def test_base64_and_base32_of_any_length_are_read_to_the_end_and_beside_a_letter_more(length: int) -> None:
    text = "".join(chr(ord("!") + number) for number in range(length))
    for encode in (base64.b64encode, base64.urlsafe_b64encode, base64.b32encode):
        bare = encode(text.encode()).rstrip(b"=")
        assert lines_of(b"\n" + bare, text) == {2}
        assert lines_of(b"\n" + encode(text.encode()) + b"\n", text) == {2}
        assert lines_of(bare + b"A", text) == {1}
    assert lines_of(text.encode().hex().encode(), text) == {1}


@pytest.mark.parametrize("path", ["", "a/", "ab/c/", "a-b_c/", "ab/c/d/e/"])
def test_base64_in_the_signs_of_its_own_alphabet_is_read_behind_four_of_them(path: str) -> None:
    value = "~~~???>>> value ~~~???"
    encoded = base64.b64encode(value.encode()).decode()
    assert {"+", "/"} <= set(encoded)
    assert lines_of(f"\n{path}{encoded}".encode(), value) == {2}


@pytest.mark.parametrize("between", ["\n", "\r\n", "\n> ", r"\n", r"\r\n"])
def test_base64_in_lines_is_read_as_one(between: str) -> None:
    encoded = base64.b64encode(b"some words before the value and some more behind it").decode()
    wrapped = between.join(encoded[place : place + 24] for place in range(0, len(encoded), 24))
    assert lines_of(f"one\n{wrapped}".encode(), "before the value and some more") == {2}


def test_of_decoded_bytes_only_the_stretches_of_text_are_read() -> None:
    found = list(readings(base64.b64encode(PNG + b"the value" + PNG + b"short" + PNG)))
    assert Reading("the value", 1, whole=False) in found
    assert not any("short" in one.text for one in found)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["the value", NAME, f"{NAME} - the value", "خانهٔ A‌ب"])
def test_utf_16_is_read_without_its_mark_though_it_is_short(text: str, encoding: str) -> None:
    raw = text.encode(encoding)
    assert text in {one.text for one in readings(raw)}
    for encoded in (base64.b64encode(raw), raw.hex().encode()):
        assert lines_of(b"\n" + encoded, text) == {2}


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_utf_16_with_its_mark_is_read_whatever_its_letters(mark: bytes) -> None:
    text = "aبא한中ก🙂ж"
    encoded = text.encode("utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be")
    assert lines_of(mark + encoded, text) == {1}


def test_a_long_utf_16_text_of_many_letters_is_read_and_bytes_of_all_kinds_are_not() -> None:
    text = "".join(f"{chr(256 * kind + 65)} is a letter of its own kind, " for kind in range(1, 20))
    for encoding in ("utf-16-le", "utf-16-be"):
        assert text in {one.text for one in readings(text.encode(encoding))}
    mixed = "".join(chr(256 * kind + 65) for kind in range(1, 40))
    assert not any(mixed in one.text for one in readings(mixed.encode("utf-16-le")))
