"""A font that is named goes into every page; whatever is none, or too large, is refused in one sentence."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from pathlib import Path

import pytest

from governance.errors import UsageError
from governance.reports import render
from governance.reports.pages.fonts import Font

from .conftest import clean, violated

PLAIN, VARIABLE = (b"cmap", b"head", b"glyf"), (b"cmap", b"fvar", b"glyf", b"head")


def sfnt(tables: Sequence[bytes], start: bytes = b"\0\1\0\0", *, fill: int = 8) -> bytes:
    first = 12 + 16 * len(tables)
    entries = [struct.pack(">4sIII", name, 0, first + fill * n, fill) for n, name in enumerate(tables)]
    return start + struct.pack(">H6x", len(tables)) + b"".join(entries) + bytes(fill * len(tables))


def woff(tables: Sequence[bytes]) -> bytes:
    first = 44 + 20 * len(tables)
    entries = [struct.pack(">4sIIII", name, first, 8, 8, 0) for name in tables]
    return b"wOFF" + struct.pack(">8xH30x", len(tables)) + b"".join(entries) + bytes(8)


def woff2(tables: Sequence[bytes]) -> bytes:
    numbers = {b"cmap": 0, b"head": 1, b"glyf": 10, b"fvar": 47, b"gvar": 48}
    entries = b""
    for name in tables:
        length = b"\x83\x40"  # 448 in two bytes
        entries += bytes([numbers[name]]) if name in numbers else b"\x3f" + name
        entries += length + (length if name == b"glyf" else b"")
    body = entries + bytes(20)
    return b"wOF2" + struct.pack(">4xIH34x", 48 + len(body), len(tables)) + body


def written(folder: Path, content: bytes) -> Path:
    path = folder / "a font"
    path.write_bytes(content)
    return path


FONTS = {
    "ttf": (sfnt(PLAIN), "truetype", ""),
    "mac": (sfnt(PLAIN, b"true"), "truetype", ""),
    "otf": (sfnt((b"CFF ", *PLAIN), b"OTTO"), "opentype", ""),
    "variable ttf": (sfnt(VARIABLE), "truetype", "100 900"),
    "woff": (woff(PLAIN), "woff", ""),
    "variable woff": (woff(VARIABLE), "woff", "100 900"),
    "woff2": (woff2(PLAIN), "woff2", ""),
    "woff2 with a table of its own": (woff2((b"Zzzz", b"glyf", b"cmap", b"head")), "woff2", ""),
    "variable woff2": (woff2(VARIABLE), "woff2", "100 900"),
}


@pytest.mark.parametrize(("content", "kind", "weights"), FONTS.values(), ids=FONTS)
def test_a_font_is_known_by_its_bytes(tmp_path: Path, content: bytes, kind: str, weights: str) -> None:
    font = Font.read(written(tmp_path, content))
    assert (font.format, font.weights) == (kind, weights)
    assert re.match(r"data:font/(ttf|otf|woff2?);base64,[A-Za-z0-9+/]+=*$", font.address)


REFUSED = {
    "nothing": b"",
    "a text": b"wOFX is a text",
    "only a beginning": b"wOF2",
    "no letters": sfnt((b"head", b"glyf")),
    "cut off": sfnt(PLAIN)[:-9],
    "cut off woff": woff(PLAIN)[:-1],
    "cut off woff2": woff2(PLAIN)[:-1],
    "a table without an end": b"wOF2" + struct.pack(">4xIH34x", 50, 1) + b"\0\x80",
    "a collection": b"ttcf" + sfnt(PLAIN)[4:],
    "a page": b"<!doctype html>",
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_what_is_no_font_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UsageError, match=r"font .*: expected a \.woff2, .* font, found another file\.$"):
        Font.read(written(tmp_path, content))


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent"):
        with pytest.raises(UsageError, match="found a file that cannot be read"):
            Font.read(path)


def test_a_font_that_no_page_could_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="found a larger one, which no page could hold"):
        Font.read(written(tmp_path, sfnt(PLAIN, fill=200_000)))


def test_a_font_that_makes_a_page_too_large_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    font = Font.read(written(tmp_path, sfnt(PLAIN)))
    largest = max(len(page.text.encode()) for page in render(clean(), font=font))
    monkeypatch.setattr("governance.reports.pages.book.MOST_PAGE", largest)
    with pytest.raises(UsageError, match="one that makes a page of"):
        render(clean(), font=font)
    monkeypatch.setattr("governance.reports.pages.book.MOST_PAGE", largest + 1)
    assert render(clean(), font=font)


@pytest.mark.parametrize("name", ["woff2", "variable woff2"])
def test_a_page_brings_its_font_and_may_load_no_other(tmp_path: Path, name: str) -> None:
    content, kind, weights = FONTS[name]
    font = Font.read(written(tmp_path, content))
    weight = f" font-weight: {weights};" if weights else ""
    source = f'src: url({font.address}) format("{kind}");'
    face = f"@font-face {{ font-family: Vazirmatn; font-display: block;{weight} {source} }}"
    for page in render(violated(), font=font):
        assert page.text.count("@font-face") == page.text.count(face) == 1
        assert "img-src data:; font-src data:" in page.text
        assert not page.path.endswith("index.html") or " --font FONT --lang fa" in page.text


def test_without_one_no_font_is_loaded() -> None:
    for page in render(violated()):
        assert "@font-face" not in page.text
        assert "font-src" not in page.text
        assert "--font" not in page.text.replace("{ font", "")
