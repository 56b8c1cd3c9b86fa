"""Everything that published files say, in the few tokens that values of the data are compared with.

Words; numbers that stand alone or in groups, and those that a telephone may be; addresses; and words in hexadecimal
that are as long as a digest. Words and numbers are looked for backwards too.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Final, NamedTuple

from governance.detection.digests import HEX_SIZES
from governance.detection.kinds.emails import ADDRESS
from governance.detection.text.folding import fold
from governance.evidence.decoding import Reading, changed, readings
from governance.spelling import bare, bare_words

LEAST_DIGITS: Final = 9
PHONE_DIGITS: Final = 10
_LONGEST_ADDRESS: Final = 120
_AT = re.compile(r"@|(?<=[\[({< ])at(?=[\])}> ])|(?<=[\[({<] )at(?= [\])}>])", re.IGNORECASE)
# Spellings against bots.
_SIGNS: Final = {"at": "@", "dot": "."}
_BOTS = re.compile(r" ?[\[({<] ?(at|dot) ?[\])}>] ?| (at|dot) ", re.IGNORECASE)
_SURE_DIGITS: Final = 13
_MOST_DIGITS: Final = 18  # of a telephone's number, with the number that a list may put before it
_INVISIBLE = "\u00ad\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_NUMBER = re.compile(rf"\d{{{LEAST_DIGITS},}}")
# Long ones only, as places in a plot have a fraction of some digits too.
_FRACTION = re.compile(r"(?<![\d.])(?=[\d.]{13})[1-9]\d*\.\d+(?![\d.])")
# One kind of sign between groups, of three digits if it is one of fractions; groups of two are dates.
_GROUPED = re.compile(
    r"(?<!\d)\d{1,3}([,.\u066c])\d{3}(?:\1\d{3})+(?!\d)"
    r"|(?<!\d)\d{1,6}([ _/'\u2019\u00a0\u202f-])\d{3,6}(?:\2\d{3,6})*(?:\2\d{1,6})?(?!\d)"
)
_DIALLED = (
    re.compile(rf"\d(?:[\s()+*_/{_INVISIBLE}\u2010-\u2015-]{{0,3}}\d){{{LEAST_DIGITS - 1},}}"),
    re.compile(rf"\d(?:[.{_INVISIBLE}]{{0,2}}\d){{{LEAST_DIGITS - 1},}}"),
    re.compile(rf"\d(?:[,{_INVISIBLE}]{{0,2}}\d){{{LEAST_DIGITS - 1},}}"),
)
# Digests, fingerprints and identifiers of ours: rows of digits within them are nobody's numbers.
_HEX = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{16,}(?![0-9A-Za-z])")
_TAG = re.compile("<[^<>\n]{1,300}>")
# Marks within a word, which part nothing.
_WITHIN = re.compile(
    "<!--[^<>]{0,300}-->"
    "|</?(?:a|b|bdi|bdo|big|code|em|font|i|kbd|mark|s|samp|small|span|strong|sub|sup|tt|u|var|wbr)"
    "(?: [^<>\n]{0,300})?/?>"
)
_UUID = re.compile(
    r"(?<![0-9A-Za-z])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9A-Za-z])"
    r'|(?<="id": ")(?=[0-9]*[a-f])[0-9a-f]{12}(?=")'  # of a notebook's cell
)
_OWN_SIZES: Final = {16, *HEX_SIZES}


class Place(NamedTuple):
    """Where a token stands: a file, and a line of it."""

    name: str
    line: int

    def __str__(self) -> str:
        return f"{self.name}:{self.line}"


@dataclass
class Corpus:
    """The tokens of named files; add all of them before the first search."""

    words: list[str] = field(default_factory=list)
    numbers: dict[str, Place] = field(default_factory=dict)  # that are written as one, or in groups of one kind
    dialled: dict[str, Place] = field(default_factory=dict)  # that may be a telephone's
    addresses: dict[str, Place] = field(default_factory=dict)
    digests: dict[str, Place] = field(default_factory=dict)
    _pieces: list[tuple[str, Reading]] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)

    def add(self, name: str, raw: bytes, embedded: str = "") -> None:
        """Read a file: what is in it as written and decoded, but not the text `embedded` in it."""
        for reading in readings(raw, embedded):
            self._read(name, reading)
            self._note(name, reading)
            # A name may be parted by marks, such as those of a table's cells; numbers beside each other are many.
            self._read(name, changed(reading, _TAG.sub(" ", reading.text)))
            joined = changed(reading, fold(unicodedata.normalize("NFKC", _WITHIN.sub("", reading.text))))
            self._read(name, joined)
            self._note(name, joined)

    def _read(self, name: str, reading: Reading) -> None:
        if not reading.text:
            return
        self._pieces.append((name, reading))
        self._starts.append(len(self.words))
        self.words += bare_words(reading.text)
        # A border that no value spans.
        self.words.append("")

    def _note(self, name: str, reading: Reading) -> None:
        every = ((self.addresses, _addresses), (self.digests, _digests), (self.numbers, _numbers))
        for tokens, find in (*every, (self.dialled, _dialled)):
            for token, position in find(reading.text):
                place = Place(name, reading.line_at(position))
                tokens.setdefault(token, place)
                # So long that nobody's digits are the same by chance, however they are parted.
                if tokens is self.dialled and len(token) >= _SURE_DIGITS:
                    self.numbers.setdefault(token, place)

    @cached_property
    def last_digits(self) -> dict[str, Place]:
        """The last digits of what may be a telephone's number, as all its written forms share them."""
        return {digits[-PHONE_DIGITS:]: place for digits, place in reversed(self.dialled.items())}

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word, forwards and backwards."""
        found = set(self.words) - {""}
        return frozenset(found.union(word[::-1] for word in found))

    @cached_property
    def tokens(self) -> frozenset[str]:
        """Every token that `tokens_of` may find in a text."""
        return self.vocabulary.union(self.numbers, self.last_digits, self.addresses)

    def find(self, *ways: Sequence[str]) -> Place | None:
        """Where the words of a value stand in a row, forwards or backwards, in any of these ways to part them."""
        for words in filter(None, ways):
            for row in (list(words), [word[::-1] for word in reversed(words)]):
                rarest = min(range(len(row)), key=lambda i: len(self._at.get(row[i], ())))
                for position in self._at.get(row[rarest], ()):
                    first = position - rarest
                    if self.words[first : first + len(row)] == row:
                        return self._place_of(first)
        return None

    @cached_property
    def _at(self) -> Mapping[str, Sequence[int]]:
        """Where each word stands; few values come as far as to be looked for there."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for position, word in enumerate(self.words):
            found[word].append(position)
        return found

    def _place_of(self, word: int) -> Place:
        number = bisect_right(self._starts, word) - 1
        (name, reading), left = self._pieces[number], word - self._starts[number]
        position = 0
        for line in reading.text.split("\n"):
            left -= len(bare_words(line))
            if left < 0:
                break
            position += len(line) + 1
        return Place(name, reading.line_at(position))


def tokens_of(text: str) -> frozenset[str]:
    """The words of a text, its numbers, and the last digits of what may be a telephone's."""
    numbers = (digits for digits, _ in _numbers(text))
    dialled = (digits[-PHONE_DIGITS:] for digits, _ in _dialled(text))
    return frozenset(chain(bare_words(text), numbers, dialled, (address for address, _ in _addresses(text))))


def _addresses(text: str) -> Iterator[tuple[str, int]]:
    for match in _AT.finditer(text):
        around = text[max(0, match.start() - _LONGEST_ADDRESS) : match.end() + _LONGEST_ADDRESS]
        ways = {
            around,
            around[::-1],
            codecs.encode(around, "rot13"),
            _BOTS.sub(lambda found: _SIGNS[(found[1] or found[2]).lower()], around),
        }
        for way in sorted(ways):
            yield from ((address[0], match.start()) for address in ADDRESS.finditer(way))


def _digests(text: str) -> Iterator[tuple[str, int]]:
    return ((match[0].lower(), match.start()) for match in _HEX.finditer(text) if len(match[0]) in HEX_SIZES)


def _numbers(text: str) -> Iterator[tuple[str, int]]:
    shown = _without_own(text)
    for match in chain.from_iterable(written.finditer(shown) for written in (_NUMBER, _GROUPED, _FRACTION)):
        digits = bare(match[0])
        if len(digits) >= LEAST_DIGITS:
            yield from ((digits, match.start()), (digits[::-1], match.start()))


def _dialled(text: str) -> Iterator[tuple[str, int]]:
    shown = _without_own(text)
    for match in chain.from_iterable(written.finditer(shown) for written in _DIALLED):
        digits = bare(match[0])
        if len(digits) <= _MOST_DIGITS:
            yield from ((digits, match.start()), (digits[::-1], match.start()))


def _without_own(text: str) -> str:
    """A text with signs in place of our digests and identifiers."""

    def blank(match: re.Match[str]) -> str:
        own = match.re is _UUID or (len(match[0]) in _OWN_SIZES and not match[0].isdigit())
        return "#" * len(match[0]) if own else match[0]

    return _HEX.sub(blank, _UUID.sub(blank, text))
