"""Values that a notebook prints sign by sign, packed, or in pieces are found as those printed plainly are."""

from __future__ import annotations

import base64
import bz2
import gzip
import html
import io
import json
import lzma
import quopri
import zipfile
from collections.abc import Callable

import nbformat
import pytest

from governance.evidence.corpus import Corpus
from governance.evidence.decoding import readings
from governance.evidence.spelled_out import spelled_out
from governance.spelling import bare_words

NAME, NUMBER, ADDRESS = "نیلا راد", "989123456789", "mina.roy@mail.example"


def zipped(raw: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.txt", raw)
    return made.getvalue()


def packed(pack: Callable[[bytes], bytes]) -> Callable[[str], str]:
    # Enough of it that all packers pack.
    return lambda text: base64.b64encode(pack(f"{text}\n".encode() * 30)).decode()


WAYS: dict[str, Callable[[str], str]] = {
    "hex by pairs": lambda text: text.encode().hex(" "),
    "hex by colons": lambda text: text.encode().hex(":").upper(),
    "list of hex": lambda text: ", ".join(map(hex, text.encode())),
    "bytes as numbers": lambda text: str([*text.encode()]),
    "characters as numbers": lambda text: str([*map(ord, text)]),
    "list of characters": lambda text: str([*text]),
    "in JSON": lambda text: json.dumps([*text]),
    "in a column": "\n".join,
    "in cells": "|".join,
    "with spaces": " ".join,
    "octal": lambda text: "".join(f"\\{byte:03o}" for byte in text.encode()),
    "quoted-printable": lambda text: quopri.encodestring(text.encode()).decode(),
    "all quoted": lambda text: "".join(f"={byte:02X}" for byte in text.encode()),
    "in a style sheet": lambda text: "".join(f"\\{ord(sign):06x}" for sign in text),
    "a mark each": lambda text: "".join(f"<span class='n'>{html.escape(sign)}</span>" for sign in text),
    "a mark within": lambda text: f"{text[:6]}<wbr>{text[6:]}",
    "a comment within": lambda text: f"{text[:6]}<!-- -->{text[6:]}",
    "soft hyphens": "\u00ad".join,
    "joiners": "\u200d".join,
    "bzip2": packed(bz2.compress),
    "xz": packed(lzma.compress),
    "zip": packed(zipped),
    "damaged gzip": packed(lambda raw: gzip.compress(raw)[:-6] + b"damage"),
}


def said(page: str) -> Corpus:
    made = Corpus()
    made.add("page", page.encode())
    return made


def printed(text: str) -> str:
    output = nbformat.v4.new_output("stream", text=f"{text}\n")
    cell = nbformat.v4.new_code_cell("x", outputs=[output])
    return str(nbformat.writes(nbformat.v4.new_notebook(cells=[cell])))


@pytest.mark.parametrize("page", [printed, "<p>{}</p>".format])
@pytest.mark.parametrize("way", WAYS)
def test_a_value_is_read_however_it_is_spelled_out(way: str, page: Callable[[str], str]) -> None:
    spell = WAYS[way]
    assert NUMBER[-10:] in said(page(spell(NUMBER))).last_digits
    assert ADDRESS in said(page(spell(ADDRESS))).addresses
    assert said(page(spell(NAME))).find(bare_words(NAME), ["نیلاراد"])


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("mina[dot]roy[at]mail[dot]example", ADDRESS),
        ("mina dot roy at mail dot example", ADDRESS),
        ("ｍｉｎａ.ｒｏｙ＠ｍａｉｌ.ｅｘａｍｐｌｅ", ADDRESS),
        ("zvan.ebl@znvy.rknzcyr", ADDRESS),
        (ADDRESS[::-1], ADDRESS),
    ],
)
def test_an_address_is_read_in_spellings_against_robots(page: str, address: str) -> None:
    assert address in said(page).addresses


@pytest.mark.parametrize(
    "page", ["①②③④⑤⑥⑦⑧⑨", "¹²³⁴⁵⁶⁷⁸⁹", "１２３４５６７８９", "123'456'789", "<b>12345</b><i>6789</i>"]
)
def test_digits_of_any_form_are_a_number(page: str) -> None:
    assert "123456789" in said(page).numbers


@pytest.mark.parametrize("page", ["<td>12345</td><td>6789</td>", "12345<br>6789", "1, 22, 333, 4", "30 39", "a, b, c"])
def test_what_stands_beside_each_other_is_no_value(page: str) -> None:
    assert "123456789" not in said(page).numbers
    assert not [*spelled_out(page)]


def test_a_long_number_with_a_fraction_is_one_and_a_place_in_a_plot_is_none() -> None:
    assert "123456789012" in said("12345678.9012").numbers
    assert not said("123.456789 0.33333333 1.2.3.4.5.6.7.8").numbers


def test_a_place_is_that_of_the_line_in_which_it_begins() -> None:
    raw = f"one\n{NAME.encode().hex(':')}\nthree".encode()
    assert {one.line_at(0) for one in readings(raw) if NAME in one.text} == {2}
