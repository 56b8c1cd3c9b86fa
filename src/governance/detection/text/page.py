"""A folded text prepared for the rules: its digit runs, the groups that they form, and the opaque tokens to skip."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import NamedTuple

# The few words that people put between the parts of a number that they spell; up to two stand together.
_SPELT = "بعد|سپس|خط|تیره|فاصله|(?i:and|then|dash|space)"
_WORDS = rf"و|{_SPELT}"
# Digits joined by any of them but the first, which letters of other words hold.
WORDED = re.compile(rf"[0-9][\W_و]*(?:{_SPELT})[\W_و]*(?:(?:{_SPELT})[\W_و]*)?[0-9]")
_NUMBER = re.compile(rf"[0-9](?:[0-9\W_]++|{_WORDS})*+")  # all that a group can be made of
# Where a point stands in a card or mobile number that other signs divide too.
_FOUR, _END = r"[0-9]{4}", r"(?![0-9]|\.[0-9])"
_POINTED = (
    rf"{_FOUR}\.{_FOUR}(?:(?=(?:[ \-]{_FOUR}){{2}}{_END})|(?<=[0-9]{{4}}[ \-].{{9}})(?=[ \-]{_FOUR}{_END})"
    rf"|(?<=[0-9]{{4}}[ \-][0-9]{{4}}[ \-].{{9}}){_END})"
    rf"|[0-9]{{3}}\.{_FOUR}{_END}(?:(?<=[08]9[0-9]{{2}}[ )\-].{{8}})|(?<=09[0-9]{{2}}\) .{{8}})"
    r"|(?<=8[ (\-]9[0-9]{2}[ )\-].{8}))"
    r"|(?<=\+)98\.|989[0-9]{2}\.[0-9]{7}(?![0-9.])"
)
# A chain of points or a zero and more digits in front make no decimal.
DECIMAL = re.compile(rf"(?<![0-9.])(?!0[0-9]|{_POINTED})[0-9]++(\.[0-9]++)(?!\.[0-9])")
_RUN = re.compile(rf"(?:(?<=^\.)|(?<=[^\w.)\]]\.)|(?<=%[0-9A-F]{{2}}\.))([0-9]++)(?!\.[0-9])|{DECIMAL.pattern}|[0-9]++")
_WORD = re.compile(_WORDS)
_STRETCH = re.compile(r"(.)\1*", re.DOTALL)
_TIGHT = "/:,"  # inside dates, times and amounts
_LONGEST_GAP = 11
_FEWEST = 10  # digits of a number that counts without a label
_MOST = 24
_MASKS = "*#×•●◦■"
AND = "و"  # the sign of a gap with words
DIVIDERS = frozenset(",;،؛|\t")  # between the fields of a row
_DIVIDE = " :::: "  # between a heading and its text: too much to be a separator inside a number
_SIZES = "".join(map(chr, range(48, 48 + 64)))  # a letter for the length of a run: the digits themselves up to nine

# Tokens whose digits mean nothing: UUID, digest, and a payment gateway's authority code.
_OPAQUE = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
    r"|(?=[0-9]*[a-f])(?:[0-9a-f]{128}|[0-9a-f]{96}|[0-9a-f]{64}|[0-9a-f]{56}|[0-9a-f]{40}|[0-9a-f]{32})"
    r"|[as][0-9a-z]{35}"
    r")(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_TOKEN = re.compile("[0-9A-Za-z-]")
_SHORTEST = 32  # characters of an opaque token or a blob
_LONG = re.compile(rf"[0-9A-Za-z+/_-]{{{_SHORTEST}}}")
_BLOB = re.compile(r"[A-Za-z0-9+/_-]{32,}")  # base64 if it mixes cases and digits: labels in it are accidents


@lru_cache(maxsize=4096)
def _sign(gap: str) -> str:
    """What joins two digit runs into one number: the sign that stands for their gap, empty if nothing does.

    A gap may hold up to three signs, one of them a mask, and two words.
    """
    rest, words = _WORD.subn("", gap)
    signs = "".join(rest.split())
    if words > 2 or len(signs) > 3 or sum(char in _MASKS for char in signs) > 1:
        return ""
    if words:
        return AND
    if "\n" in gap:
        return "\n"
    return next((sign for sign in gap if sign in DIVIDERS), signs[:1] or " ")


class Group(NamedTuple):
    """Digit runs that one number may be made of.

    - A fraction belongs to no number. A decimal is two runs with one point between, not in a chain of points and not
      behind a zero and more digits, or a point and digits after a blank or a sign.
    - The runs of a group stand at most eleven characters apart, with up to three signs or two of a few words between.
    - `wholes` are the runs (the first, and the one after the last) that a number in no common layout must fill: all of
      the group, or those in a row with one sign between them. One divider, such as a comma, joins no two runs.
    """

    digits: str
    starts: tuple[int, ...]  # of each run, in the text
    borders: tuple[int, ...]  # of each run, in `digits`; one more for the end
    sizes: str = ""  # of each run, a letter
    signs: str = ""  # of each gap, a letter
    wholes: tuple[tuple[int, int], ...] = ()

    def place(self, offset: int) -> int:
        """The position in the text of a digit."""
        run = bisect_right(self.borders, offset) - 1
        return self.starts[run] + offset - self.borders[run]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The positions in the text of the digits from `start` to before `end`."""
        if len(self.starts) == 1:
            return self.starts[0] + start, self.starts[0] + end
        return self.place(start), self.place(end - 1) + 1

    def windows(self, shortest: int, longest: int) -> Iterator[tuple[int, int]]:
        """Whole runs, side by side, with so many digits in all, as offsets into `digits`."""
        last = len(self.borders) - 1
        for first in range(last):
            for after in range(first + 1, last + 1):
                length = self.borders[after] - self.borders[first]
                if length > longest:
                    break
                if length >= shortest:
                    yield self.borders[first], self.borders[after]


class Page:
    """One reading of a cell under its heading. Positions are those of `text`; the body starts at `start`.

    `small` is the text in small letters, to ask for words by `in`; its positions are others. `groups` are the digits of
    the body, cut where a letter or too many signs stand between two runs; short ones are left out.
    """

    def __init__(self, text: str, start: int = 0) -> None:
        self.text, self.start = text, start
        # Patterns that mind no case take these two for an i.
        self.small = text.lower() if text.isascii() else text.casefold().replace("ı", "i").replace("i\u0307", "i")
        self.groups = tuple(_groups(text, start))

    @classmethod
    def under(cls, heading: str, body: str) -> "Page":
        """A body with the words of its column's name before it."""
        return cls(f"{heading}{_DIVIDE}{body}", len(heading) + len(_DIVIDE)) if heading else cls(body)

    @cached_property
    def opaque(self) -> tuple[tuple[int, int], ...]:
        """Where UUIDs, digests and authority codes stand."""
        if not self._has_tokens:
            return ()
        return tuple(match.span() for match in _OPAQUE.finditer(self.text, self.start))

    @cached_property
    def _has_tokens(self) -> bool:
        return _LONG.search(self.text, self.start) is not None

    @cached_property
    def _blobs(self) -> tuple[tuple[int, int], ...]:
        if not self._has_tokens:
            return ()
        return tuple(
            match.span()
            for match in _BLOB.finditer(self.text, self.start)
            if not (match[0].islower() or match[0].isupper()) and not match[0].replace("-", "").isalpha()
        )

    def scrambles(self, place: int) -> bool:
        """Whether a place lies in a long token of mixed letters and digits, ciphertext most likely."""
        near = bisect_right(self._blobs, (place, len(self.text))) - 1
        return near >= 0 and place < self._blobs[near][1]

    def hides(self, span: tuple[int, int]) -> bool:
        """Whether a span lies in one of the opaque tokens."""
        start, end = span
        alone = not _TOKEN.match(self.text, end) and (start == 0 or not _TOKEN.match(self.text, start - 1))
        if alone and end - start < _SHORTEST:
            return False
        place = bisect_right(self.opaque, (span[0], len(self.text))) - 1
        return place >= 0 and span[1] <= self.opaque[place][1]

    def before(self, place: int, reach: int) -> str:
        """The text before a place, with the heading if the reach extends beyond the body."""
        start = place - reach
        return self.text[max(0, start) : place] if start >= self.start else self._heading_and(place)

    def _heading_and(self, place: int) -> str:
        return self.text[:place]


def _groups(text: str, start: int) -> Iterator[Group]:
    for number in _NUMBER.finditer(text, start):
        if number.end() - number.start() >= _FEWEST:
            for runs, signs in _joined(text, *number.span()):
                borders = (0, *accumulate([end - start for start, end in runs]))
                if borders[-1] >= _FEWEST:
                    sizes = "".join([_SIZES[min(end - start, 63)] for start, end in runs])
                    digits, starts = "".join([text[start:end] for start, end in runs]), tuple([run[0] for run in runs])
                    yield Group(digits, starts, borders, sizes, signs, _wholes(borders, signs) if signs else ())


def _joined(text: str, start: int, end: int) -> Iterator[tuple[list[tuple[int, int]], str]]:
    """The runs that belong together in a stretch of digits and signs, and a sign for each gap.

    A decimal's fraction is part of no number, and its whole part is the last of one with thousands at most.
    """
    runs: list[tuple[int, int]] = []
    signs = ""
    last = start
    for match in _RUN.finditer(text, start, end):
        first, after = match.span()
        decimal = match.lastindex
        sign = _sign(text[last:first]) if runs and first - last <= _LONGEST_GAP else ""
        if decimal and text[last:first] != ",":
            sign = ""
        if runs and not sign:
            yield runs, signs
            runs, signs = [], ""
        signs += sign
        if decimal is None:
            runs.append((first, after))
        elif decimal == 2:
            yield [*runs, (first, match.start(2))], signs
            runs, signs = [], ""
        last = after
    if runs:
        yield runs, signs


def _wholes(borders: tuple[int, ...], signs: str) -> tuple[tuple[int, int], ...]:
    last = len(borders) - 1
    spans = [(match.start(), match.end() + 1) for match in _STRETCH.finditer(signs)]
    stretches = [(first, after) for first, after in spans if borders[after] - borders[first] >= _FEWEST]
    # The run at the end of a stretch may belong to a date or an amount beside it.
    early = [(first, after - 1) for first, after in stretches if after < last and signs[after - 1] in _TIGHT]
    late = [(first + 1, after) for first, after in stretches if first and signs[first - 1] in _TIGHT]
    return tuple(
        (first, after)
        for first, after in {(0, last), *stretches, *early, *late}
        if _FEWEST <= borders[after] - borders[first] <= _MOST
        and (
            after > first + 2
            or (after == first + 2 and signs[first] not in DIVIDERS and (last == 2 or signs[first] != "\n"))
        )
    )
