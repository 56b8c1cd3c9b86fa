"""Texts made searchable for whole values, in every encoding that a value could hide in.

A text is read as written, backwards, and decoded; the corpus keeps its words and long numbers.
"""

from __future__ import annotations

import binascii
import html
import re
import urllib.parse
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import repeat

import numpy as np

from governance.spelling import normalise

LEAST_DIGITS = 9
_PHONE_DIGITS = 10
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d(?:[ .,_/()+*-]{0,2}\d){8,}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){6,}")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_URL_SAFE = str.maketrans("-_", "+/")

# Between two values; no word has one, and nothing that folds moves across it.
_END = "\0"
_WORD_OR_END = re.compile(rf"\w+|{_END}")
_NO_DIGIT = re.compile(rf"[^\d{_END}]+")
_ABSENT, _LETTERLESS, _LETTERS, _BORDER = range(4)


@dataclass
class Corpus:
    """The words and long numbers of named texts, in the order in which they stand."""

    words: list[str] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)

    def add(self, name: str, text: str) -> None:
        """Read a text as written, backwards, and decoded; call it before the first search only."""
        self.names.append(name)
        self.starts.append(len(self.words))
        for layer in _layers(text):
            for spelling in (layer, layer[::-1]):
                folded = fold(spelling)
                for match in _NUMBER.findall(folded):
                    digits = "".join(filter(str.isdigit, match))
                    self.numbers[digits] = self.numbers[digits[-_PHONE_DIGITS:]] = name
                self.words += _WORD.findall(folded)
                # A border that no value spans.
                self.words.append("")

    def find(self, value: str) -> str:
        """The name of a text that holds a whole value in any of its layers, "" if none does."""
        folded = fold(value)
        words = _WORD.findall(folded)
        if not _has_letter(folded):
            digits = "".join(filter(str.isdigit, folded))
            if len(digits) >= LEAST_DIGITS:
                return self._number(digits)
        if not words:
            return ""
        rarest = min(range(len(words)), key=lambda i: len(self._at.get(words[i], ())))
        for position in self._at.get(words[rarest], ()):
            first = position - rarest
            if first >= 0 and self.words[first : first + len(words)] == words:
                return self.names[bisect_right(self.starts, first) - 1]
        return ""

    def possible(self, values: Sequence[str]) -> Iterator[str]:
        """The values that `find` may find: all their words, or their number, occur somewhere.

        Values are folded and split all at once, since there are far more values than words on pages.
        """
        if not values:
            return
        joined = _END.join(values)
        if joined.count(_END) >= len(values):
            joined = _END.join(value.replace(_END, " ") for value in values)
        folded = fold(joined) + _END
        digits = _NO_DIGIT.sub("", folded).split(_END)[:-1]
        words = _WORD_OR_END.findall(folded)
        kinds = np.fromiter(map(self._kinds.get, words, repeat(_ABSENT)), np.int8, len(words))
        starts = np.concatenate([[0], np.flatnonzero(kinds == _BORDER)[:-1] + 1])
        known = np.minimum.reduceat(kinds, starts) > _ABSENT
        letters = np.logical_or.reduceat(kinds == _LETTERS, starts)
        long = np.fromiter(map(len, digits), np.int64, len(digits)) >= LEAST_DIGITS
        # Without a letter, a long number is looked for as a number only.
        as_words = known & (letters | ~long)
        for position in np.flatnonzero(as_words | (long & ~letters)).tolist():
            if as_words[position] or (self._number(digits[position]) and not _has_letter(fold(values[position]))):
                yield values[position]

    def _number(self, digits: str) -> str:
        """The name of a text that holds a number, or the last digits of one as long as a telephone's."""
        return self.numbers.get(digits) or self.numbers.get(digits[-_PHONE_DIGITS:], "")

    @cached_property
    def _kinds(self) -> Mapping[str, int]:
        """Of every word whether it has a letter."""
        found = {word: _LETTERS if _has_letter(word) else _LETTERLESS for word in set(self.words)}
        return {**found, _END: _BORDER}

    @cached_property
    def _at(self) -> Mapping[str, Sequence[int]]:
        """Where each word stands; few values come as far as to be looked for there."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for position, word in enumerate(self.words):
            found[word].append(position)
        return found


def fold(text: str) -> str:
    """One spelling: case, digits, joiners, Arabic letters."""
    return text.casefold() if text.isascii() else normalise(text).casefold()


def _has_letter(text: str) -> bool:
    return any(map(str.isalpha, text))


def _layers(text: str) -> Iterator[str]:
    """A text, and the texts that one or two decodings reveal."""
    yield text
    unescaped = html.unescape(text)
    if unescaped != text:
        yield unescaped
    unquoted = urllib.parse.unquote(unescaped)
    if unquoted != unescaped:
        yield unquoted
    if "\\u" in text:
        yield _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    inner = "\n".join(_decoded(unquoted))
    if inner:
        yield inner
        again = "\n".join(_decoded(inner))
        if again:
            yield again


def _decoded(text: str) -> Iterator[str]:
    for match in _HEX.findall(text):
        yield from _if_text(bytes.fromhex(match))
    for match in _BASE64.findall(text):
        bare = match.rstrip("=").translate(_URL_SAFE)
        try:
            yield from _if_text(binascii.a2b_base64(bare + "=" * (-len(bare) % 4), strict_mode=True))
        except binascii.Error:
            continue


def _if_text(raw: bytes) -> Iterator[str]:
    """Decoded bytes as text, None if they are no text and so hold no value."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return
    if text.isprintable():
        yield text
