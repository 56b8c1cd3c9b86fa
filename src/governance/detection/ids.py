"""The ids of people in a text: digits behind words that announce them, and texts of letters and digits anywhere."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from governance.detection.text.folding import fold_label
from governance.detection.text.page import Page

_NUMBER = re.compile(r"(?<![0-9])[0-9]{1,19}(?![0-9])")
_REACH = 16  # characters between the words that announce an id and its digits
_PIECE = re.compile(r"[0-9A-Za-z]+(?:[-_]+[0-9A-Za-z]+)*")
_FEWEST = 6  # signs of an id that no word announces
_LONGEST_COUNT = 4  # digits of what is rather a count, under a name that announces no id
_LONGEST = 256  # characters of a cell that is an id
_OF_IDS = "ids?|no|nr|num(?:ber)?|key|code|ref"
_BEFORE = re.compile("[0-9A-Za-z_-]*[A-Za-z][-_]*$")
# What may stand between the word that announces an id and the id: few signs and a word such as `no`; or a letter.
_LEAD = re.compile(rf"[-_]*(?:(?:{_OF_IDS})(?![a-z]))?[-_]*", re.IGNORECASE)
_FRONT = re.compile(rf"{_LEAD.pattern}|[-_]*[a-z][-_]*", re.IGNORECASE)
# Of a column's or a table's name, what says nothing of whom it is about.
_GENERAL = re.compile(rf"{_OF_IDS}|numbers?|pk|u?uid|guid|hash|table|tbl|شماره|کد|شناسه", re.IGNORECASE)


def words_in(*names: str) -> tuple[str, ...]:
    """The words of these names that announce an id: `patient` of `patient_id`, `clinic_patients`, `Patient number`."""
    found: dict[str, None] = {}
    for name in names:
        words = [word for word in fold_label(name).casefold().split() if not _GENERAL.fullmatch(word)]
        for word in (" ".join(words), *words[-1:]):
            if len(word) > 2:  # shorter ones are parts of other words
                found |= dict.fromkeys((word, re.sub("ies$", "y", word).removesuffix("s")))
    return tuple({"people": "person"}.get(word, word) for word in found)


@dataclass(frozen=True)
class Habits:
    """How a company writes of its people.

    `words` announce an id beside the usual ones. With `texts`, ids are texts such as `rec-1070-org`, and digits within
    one are no id. Telephone numbers are written as in its `regions`.
    """

    words: tuple[str, ...] = ()
    texts: bool = False
    regions: tuple[str, ...] = ("IR",)

    @cached_property
    def abroad(self) -> tuple[str, ...]:
        """The regions other than Iran."""
        return tuple(region for region in self.regions if region != "IR")

    @cached_property
    def announcing(self) -> re.Pattern[str]:
        """What announces an id."""
        latin = [re.escape(word).replace(r"\ ", r"[\W_]{1,3}") for word in self.words if word.isascii()]
        others = "".join(f"|{re.escape(word)}" for word in self.words if not word.isascii())
        words = "کاربر|مشتری|مشترک|عضو|حساب|شناسه"
        usual = "users?|usr|uid|customers?|accounts?|members?|clients?|subscribers?|subjects?|readers?"
        return re.compile(
            rf"{words}{others}|(?<=/)u(?=/)|(?<![a-z])(?:{'|'.join([usual, *latin])})(?![a-z]{{4}})",
            re.IGNORECASE,
        )

    def announces(self, label: str) -> bool:
        """Whether a column's name announces ids of people."""
        return bool(self.announcing.search(fold_label(label)))

    def ids(self, page: Page) -> Iterator[str]:
        """Each text that may be an id."""
        named = bool(page.start and self.announcing.search(page.text, 0, page.start))
        if self.texts:
            yield from self._texts(page, named=named)
        elif named:
            for written in _NUMBER.finditer(page.text, page.start):
                if not self._inside(page, written.start()):
                    yield from _digits(written[0])
        else:
            for label in self.announcing.finditer(page.text, page.start):
                first = re.search("[0-9]", page.text[label.end() : label.end() + _REACH])
                number = _NUMBER.match(page.text, label.end() + first.start()) if first else None
                if number and not self._inside(page, number.start()):
                    yield from _digits(number[0])

    def _inside(self, page: Page, place: int) -> bool:
        """Whether digits are part of something longer such as `rec-1070-org`."""
        before = _BEFORE.search(page.text, max(page.start, place - 2 * _REACH), place)
        return before is not None and not _FRONT.fullmatch(page.text, self._behind(page, before.start(), place), place)

    def _behind(self, page: Page, start: int, end: int) -> int:
        """Where the last word between these places that announces an id ends."""
        return max((word.end() for word in self.announcing.finditer(page.text, start, end)), default=start)

    def _texts(self, page: Page, *, named: bool) -> Iterator[str]:
        """Whole pieces of letters and digits: announced ones, and long ones anywhere."""
        last = page.start
        for piece in _PIECE.finditer(page.text, page.start):
            digit = re.search("[0-9]", piece[0])
            if not digit:
                continue
            start, first = piece.start(), piece.start() + digit.start()
            words = self.announcing.finditer(page.text, max(last, start - 2 * _REACH), first)
            announced = named or any(word.end() >= start - _REACH for word in words)
            last = piece.end()
            front = _LEAD.match(page.text, self._behind(page, start, first), first)
            bare = page.text[front.end() : last] if front else piece[0]
            for one in dict.fromkeys((piece[0], bare, *piece[0].split("_"))):
                if one.isdigit():
                    if announced and one == bare:
                        yield from _digits(one)
                elif (announced or len(one) >= _FEWEST) and re.search("[0-9]", one):
                    yield one

    def whole(self, text: str, label: str) -> Iterator[str]:
        """A cell that holds an id and nothing else, whatever its form; few digits are no id where nothing says so."""
        count = text.isdigit() and len(text) <= _LONGEST_COUNT and not self.announces(label)
        if len(text) <= _LONGEST and not count:
            yield text


def findable(identifier: str) -> bool:
    """Whether an id has the form in which ids that are texts are found within other texts."""
    return bool(_PIECE.fullmatch(identifier) and re.search("[0-9]", identifier))


def _digits(digits: str) -> Iterator[str]:
    """With the zeros before it and without."""
    yield digits
    if digits[0] == "0":
        yield digits.lstrip("0") or "0"


USUAL: Final = Habits()
