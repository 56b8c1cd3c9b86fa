"""What encodings hold is read as well, where it stands, as deep and as much as is said."""

from __future__ import annotations

import base64
import gzip
import zlib
from collections.abc import Callable

import pytest

from governance.detection.text import layers
from governance.detection.text.folding import fold
from governance.detection.text.layers import Reading, TooLongError, readings, spells

TEXT = "کد 6037990000123451."
PLAIN = "6037 9900 0012 3451 x"


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def texts(text: str) -> list[str]:
    return [reading.text for reading in readings(fold(text), text)]


# What is written, and the reading that must be among those of it.
SPELLED = {
    "%d9%83d": "کd",
    "%41%42": "AB",
    "a%41": "aA",
    "=41=42": "AB",
    "=D9=83 x": "ک x",
    "\\u0041b": "Ab",
    "\\\\\\u0041b": "Ab",
    "\\u{1F600}b": "\U0001f600b",
    "\\U0001F600b": "\U0001f600b",
    "\\ud83d\\ude00b": "\U0001f600b",
    "\\ud800\\udc00b": "\U00010000b",
    "\\udbff\\udffdb": "\U0010fffdb",
    "\\x41b": "Ab",
    "\\101b": "Ab",
    "\\060\\067": "07",
    "a\\nb": "a\nb",
    "a\\rb": "a\nb",
    "a\\tb": "a\tb",
    'a\\"b\\/c': 'a"b/c',
    "&#65;b": "Ab",
    "&#x41;b": "Ab",
    "&amp;b": "&b",
    "a<br>b": "a b",
    "a</td>b": "a b",
    '<a t="&#65;">b': '<a t="A">b',
    "&#65;&#66; and %43": "AB and C",
    b64(PLAIN.encode()): PLAIN,
    b64(PLAIN.encode()).rstrip("="): PLAIN,
    b64(b"12 bytes has"): "12 bytes has",
    b64(TEXT.encode()) + "A": TEXT,
    f"path/{b64(b'12 bytes has!')}": "12 bytes has!",
    f"word-{b64(b'12 bytes has!')}": "12 bytes has!",
    base64.urlsafe_b64encode("~~~ÿ?>~ 12 bytes".encode()).decode(): "~~~ÿ?>~ 12 bytes",
    PLAIN.encode().hex(): PLAIN,
    f"0x{PLAIN.encode().hex()}": PLAIN,
    b"12 bytes has".hex().upper(): "12 bytes has",
    " ".join(f"{byte:x}" for byte in b"6037990000123451"): "6037990000123451",
    ":".join(f"{byte:x}" for byte in b"1234567890123"): "1234567890123",
    base64.b32encode(b"15 bytes of it!").decode(): "15 bytes of it!",
    base64.b32encode(b"16 bytes of text").decode().rstrip("=").lower(): "16 bytes of text",
    base64.b32encode(b"17 bytes of text!").decode().rstrip("="): "17 bytes of text!",
    base64.b32encode(b"18 bytes of texts!").decode().rstrip("="): "18 bytes of texts!",
    base64.b32encode(b"19 bytes of a text!").decode().rstrip("="): "19 bytes of a text!",
    b64(gzip.compress(PLAIN.encode(), mtime=0)): PLAIN,
    b64(zlib.compress(PLAIN.encode(), 0)): PLAIN,
    b64(zlib.compress(PLAIN.encode(), 9)): PLAIN,
    b64(b"tab\tand\nlines\r too"): "tab\tand\nlines\r too",
    base64.encodebytes((PLAIN * 4).encode()).decode().replace("\n", "\r\n").strip(): PLAIN * 4,
}


@pytest.mark.parametrize("written", SPELLED)
def test_what_is_spelled_otherwise_is_read_and_stands_where_it_is_written(written: str) -> None:
    meant = fold(SPELLED[written])
    text = f"so: {written} !"
    found = [one for one in readings(fold(text), text) if meant in one.text and one.text != text]
    assert found, texts(text)
    first = found[0].text.index(meant)
    start, end = found[0].span(first, first + len(meant))
    assert 4 <= start < end <= 4 + len(written)
    if found[0].text == meant:
        assert text[start:end] in written


@pytest.mark.parametrize(
    "written",
    [
        "plain words",
        "100% sure",
        "a = b",
        "=41 alone",
        "a & b",
        "1 < 2",
        b64(b"12 bytes has")[:15],
        b"11 bytes is".hex(),
        "1234567890123456789012345678",
        b64(b"\xff" * 20),
        b64(b"\0" * 20),
        b64(b"12 bytes has").replace("M", "M\u200c", 1),
        " ".join(f"{byte:x}" for byte in b"123456789012"),
        base64.b32encode(b"14 bytes of it").decode()[:23],
    ],
)
def test_what_holds_no_other_text_has_one_reading(written: str) -> None:
    assert texts(written) == [fold(written)]
    assert not spells(written)


def test_an_escape_that_is_no_character_stays() -> None:
    assert texts("\\u{110000}") == ["\\u{110000}"]
    assert "\U0010fffd" in texts("\\u{10FFFD}")


@pytest.mark.parametrize("encode", [lambda text: b64(text.encode()), lambda text: text.encode().hex()])
def test_three_encodings_inside_each_other_are_read_and_a_fourth_is_not(encode: Callable[[str], str]) -> None:
    text = PLAIN
    for depth in range(1, 5):
        text = encode(text)
        assert (PLAIN in texts(text)) is (depth <= 3)
        assert spells(text)
    assert spells(f"%2541 {encode(PLAIN)}".replace(encode(PLAIN)[0], f"%{ord(encode(PLAIN)[0]):x}", 1))


def test_three_escapes_of_escapes_are_read_and_a_fourth_is_not() -> None:
    text = "%41"
    for depth in range(1, 5):
        assert any("A" in one for one in texts(text)) is (depth <= 3)
        text = text.replace("%", "%25")


def test_so_many_tokens_are_read_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = [b64(f"token number {number:04}".encode()) for number in range(300)]
    found = texts(" ".join(tokens))
    assert len(found) == 1 + 256
    monkeypatch.setattr(layers, "_TOKENS", 2)
    assert len(texts(" ".join(tokens[:3]))) == 3


def test_a_text_that_holds_more_than_is_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    long = "x" * ((8 << 20) + 1)
    with pytest.raises(TooLongError, match="expected at most 8,388,608 characters"):
        next(readings(long, long))
    monkeypatch.setattr(layers, "LONGEST_READ", 30)
    assert texts("x" * 30) == ["x" * 30]
    assert len(texts("&amp;" * 5)) == 2
    for text in ("x" * 31, "&amp;" * 5 + "x"):
        with pytest.raises(TooLongError, match="expected at most 30 characters in all its readings, found more"):
            texts(text)


def test_little_compressed_text_is_read_in_proportion() -> None:
    bomb = zlib.compress(b"0" * (1 << 24), 9)
    (_, opened) = texts(b64(bomb))
    assert len(opened) == min(1 << 16, 1024 + 16 * len(bomb)) == 1 << 16
    small = zlib.compress(b"0" * 5000, 9)
    (_, opened) = texts(b64(small))
    assert len(opened) == 1024 + 16 * len(small)


def test_a_reading_gives_each_place_at_least_one_character() -> None:
    assert Reading("ab", [3, 3, 3]).span(0, 1) == (3, 4)
    assert Reading("ab", [3, 5, 9]).span(0, 1) == (3, 5)
