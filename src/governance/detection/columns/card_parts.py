"""What a row shows of one card number: masks that hide different digits, and the hidden digits alone.

PCI DSS lets twelve digits of a number show. Two ways to shorten it, side by side, may show more.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from governance.detection.columns.card_siblings import named_columns, siblings
from governance.detection.columns.texts import as_json, as_text, bounded, is_text
from governance.detection.kinds import issuers
from governance.detection.kinds.checksums import luhn as is_right
from governance.detection.sieve.numbers import luhn
from governance.detection.sieve.superset import DIGIT, strange, superset
from governance.detection.sieve.text_buffers import Flags, Places, places_of
from governance.detection.text.folding import fold

_SIGNS: Final = "xX*#×•●◦■_?"
# For RE2: whether a cell may show a mask; how often; and the usual one.
_HINT: Final = f"[{DIGIT}][ -]?[{_SIGNS}]{{2}}|[{_SIGNS}]{{2}}[ -]?[{DIGIT}]"
_RUNS: Final = f"[{_SIGNS}]{{2,}}"
_USUAL: Final = (
    rf"(?:^|[^0-9A-Za-z{_SIGNS} -])(?P<mask>[0-9]{{6,8}}[{_SIGNS}]{{4,8}}[0-9]{{2,4}})(?:$|[^0-9A-Za-z{_SIGNS} -])"
)
_CHAIN = re.compile(rf"(?<![0-9A-Za-z])[0-9{_SIGNS}](?:[ -]?[0-9{_SIGNS}]){{8,40}}(?![0-9A-Za-z])")
_JOINED: Final = f"0-9A-Za-z{_SIGNS}-"  # what digits that stand alone do not touch
_TOLD = re.compile(
    r"middle|mid[ _-]?(?:digit|part|card|pan|six)|(?:card|pan)[ _-]?(?:mid|inner|rest|part)"
    r"|(?:hidden|masked|missing|inner|remaining|rest of(?: the)?)[ _-]?(?:card|pan|digit|number|part)"
    r"|میانی|وسط|(?:رقم|ارقام|شماره|کارت)[^0-9]{0,8}(?:پنهان|پوشیده|مخفی|ستاره|باقی|بقیه)"
    r"|(?:پنهان|پوشیده|مخفی|ستاره|بقیه|باقی)[^0-9]{0,12}(?:رقم|ارقام|کارت|شماره)",
    re.IGNORECASE,
)
# Also where a piece repeats digits that the mask shows: the first twelve, the last ten.
_PIECES = re.compile(
    _TOLD.pattern
    + r"|(?:رقم|ارقام|شماره)[^0-9]{0,8}(?:اول|آخر|نخست|ابتدا|انتها)|(?:اول|آخر|نخست|ابتدا|انتها)[^0-9]{0,8}کارت"
    r"|(?:first|last)[^0-9]{0,8}(?:digit|part|twelve|ten)|(?:card|pan)[^0-9]{0,8}(?:first|last|part)",
    re.IGNORECASE,
)
_BREAKS: Final = r"(?: ?[-.,/_ ] ?)?"  # between the groups of digits that are announced
_ENDS = re.compile(f"[0-9{_SIGNS.replace('_', '').replace('xX', '')}]")
_REACH = 30  # characters between such words and the digits, at most
_PIECE = 10  # signs of a mask that is written without breaks, at least
_VISIBLE, _USUAL_LENGTH = 12, 16
_SHORTEST, _LONGEST = 13, 19
_FEWEST, _MOST_HIDDEN = 4, 12  # hidden digits that stand alone in another cell
_ISSUER, _BANK = 4, 6  # digits that tell an issuer, at least, and an Iranian bank
_AGREED = 4  # shown digits that a piece repeats, at least, beside the hidden ones
_COMBINED = 64  # ways to lay the masks of a row over each other, at most
_Gap = tuple[str, int, int]  # a mask, where its gap starts, and how long it is


def _masks(written: str) -> Iterator[str]:
    """A number of which digits are hidden, `*` for each.

    A gap that is written shorter than it is counts as sixteen digits in all, and as it stands where a scheme issues
    numbers of that length.
    """
    text = re.sub(f"[{_SIGNS}]", "*", written)
    head, _, rest = text.partition("*")
    tail = rest.lstrip("*")
    short = tail.isdecimal() and len(head) >= 6 and len(tail) <= 4 and len(text) < _USUAL_LENGTH
    if short:
        yield f"{head}{'*' * (_USUAL_LENGTH - len(head) - len(tail))}{tail}"
    as_written = not short or issuers.is_international(head, len(text))
    if as_written and _SHORTEST <= len(text) <= _LONGEST and 2 <= _shown(text) < len(text):
        yield text


def _shown(mask: str) -> int:
    return len(mask) - mask.count("*")


def _laid_over(one: str, other: str) -> str:
    """Two masks as one, "" if they can't be of the same number."""
    pairs = list(zip(one, other, strict=False))
    if len(one) != len(other) or any(mine != theirs and "*" not in {mine, theirs} for mine, theirs in pairs):
        return ""
    return "".join(theirs if mine == "*" else mine for mine, theirs in pairs)


def _gap(mask: str) -> tuple[int, int]:
    """Where the only gap starts and how long it is; 0 for several."""
    start, end = mask.find("*"), mask.rfind("*") + 1
    return start, end - start if mask.count("*") == end - start else 0


def _placed(masks: frozenset[str]) -> list[_Gap]:
    gaps = [(mask, *_gap(mask)) for mask in sorted(masks)[:_COMBINED]]
    return [gap for gap in gaps if _FEWEST <= gap[2] <= _MOST_HIDDEN]


def _is_issued(digits: str) -> bool:
    """Whether a number begins like a card's, as far as it shows."""
    head = digits[:6].partition("*")[0]
    iranian = len(head) == 6 and len(digits) == _USUAL_LENGTH and issuers.is_iranian(head)
    return iranian or (len(head) >= _ISSUER and issuers.is_international(head, len(digits)))


def _is_card(number: str) -> bool:
    """Whether a whole number is a card's: by its check digit and its issuer."""
    return is_right(number) and _is_issued(number)


def masks_in(text: str) -> frozenset[str]:
    """The masks in a text, in one piece or in groups."""
    found = set[str]()
    for chain in _CHAIN.findall(fold(text)):
        pieces = re.split("[ -]", chain)
        whole, size = "".join(pieces), _USUAL_LENGTH
        parts = [piece for piece in pieces if len(piece) >= _PIECE] or [whole]
        if parts == [whole] and len(whole) % size == 0:
            parts = [whole[start : start + size] for start in range(0, len(whole), size)]
        for part in parts:
            # One `_` beside a mask belongs to the word before or behind it.
            found.update(_masks(re.sub("^_(?!_)|(?<!_)_$", "", part)))
    return frozenset(found)


@lru_cache(maxsize=4096)
def show_a_number(masks: frozenset[str]) -> bool:
    """Whether masks, none of which shows too much, show more than PCI DSS allows together."""
    laid = sorted(masks)
    for mask in sorted(masks):
        for other in laid[:_COMBINED]:
            both = _laid_over(mask, other)
            if both and both not in laid:
                most = max(_shown(mask), _shown(other))
                if most <= _VISIBLE < _shown(both) and _is_issued(both) and ("*" in both or is_right(both)):
                    return True
                laid.append(both)
    return False


@dataclass(frozen=True, slots=True)
class Rests:
    """Digits of a column that may be those that masks of their rows hide; `told` are right and announced as such.

    They are `telling` if as many as are hidden were written. Some repeat `agreed` digits that the mask shows: of the
    `tried` pieces, `rows` are those that do.
    """

    column: str
    size: int
    rows: Places
    right: Flags
    told: Places
    telling: bool
    agreed: int = 0
    tried: int = 0

    @property
    def chance(self) -> Fraction:
        """That of a piece at either end of a number to be right by accident."""
        return Fraction(2, 10 ** (self.agreed + 1)) if self.agreed else Fraction(1)


class CardParts:
    """The masks of a batch, by row."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        self._batch = batch
        self._texts = {name: texts for name in batch.schema.names if (texts := _texts(batch.column(name))) is not None}
        self.masks: dict[int, frozenset[str]] = {}
        for texts in self._texts.values():
            self._read(texts)

    def _read(self, texts: pa.Array) -> None:
        rows = places_of(pc.match_substring_regex(texts, _HINT))
        if not len(rows):
            return
        some = texts.take(pa.array(rows))
        usual = pc.replace_substring_regex(pc.extract_regex(some, _USUAL).field("mask"), f"[{_SIGNS}]", "*")
        once = pc.equal(pc.count_substring_regex(some, _RUNS), 1)
        plain = pc.fill_null(pc.and_(once, pc.equal(pc.utf8_length(usual), _USUAL_LENGTH)), False)  # noqa: FBT003
        masks = pc.if_else(plain, usual, some).to_pylist()
        for row, text, is_plain in zip(rows.tolist(), masks, plain.to_pylist(), strict=True):
            found = frozenset((text,)) if is_plain else masks_in(text)
            known = self.masks.get(row)
            if found and known != found:
                self.masks[row] = known | found if known else found

    @cached_property
    def _gaps(self) -> dict[int, list[_Gap]]:
        """By row, the masks that hide digits in one place, as many as may stand in another cell."""
        return {row: placed for row, masks in self.masks.items() if (placed := _placed(masks))}

    def complementary(self) -> list[int]:
        """The rows whose masks show a number together."""
        return [row for row, masks in self.masks.items() if len(masks) > 1 and show_a_number(masks)]

    def rests(self) -> Iterator[Rests]:
        """Digits that stand alone, as many as a mask of their row hides, by column and their number."""
        gaps: defaultdict[tuple[int, int, int], defaultdict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
        for row, placed in self._gaps.items():
            for mask, start, size in placed:
                gaps[size, start, len(mask)][row].append(mask)
        for (size, start, _), masks in gaps.items():
            for name in self._batch.schema.names:
                if name in self._texts:
                    found = _in_texts(self._texts[name], name, masks, slice(start, start + size))
                elif pa.types.is_integer(self._batch.column(name).type):
                    found = _in_numbers(self._batch.column(name), name, masks, slice(start, start + size))
                else:
                    continue
                if len(found.rows):
                    yield found

    def overlaps(self) -> Iterator[Rests]:
        """Digits that repeat some that a mask of their row shows and bring all that it hides."""
        gaps = self._gaps
        if not gaps:
            return
        rows, least = list(gaps), min(size for placed in gaps.values() for _, _, size in placed) + _AGREED
        for name in self._batch.schema.names:
            if name in self._texts:
                texts = self._texts[name]
                yield from _overlapping(name, gaps, _pieces(texts, rows, least), texts)
            elif pa.types.is_integer(self._batch.column(name).type):
                values = pc.cast(self._batch.column(name), pa.large_string()).take(pa.array(rows)).to_pylist()
                yield from _overlapping(name, gaps, ((row, v) for row, v in zip(rows, values, strict=True) if v), None)

    def siblings(self) -> list[int]:
        """The rows with parts of a card number that are called so, in one cell or in columns."""
        return sorted(
            {row for texts in (*self._texts.values(), *named_columns(self._batch)) for row in siblings(texts)}
        )


def _pieces(texts: pa.Array, rows: Sequence[int], least: int) -> Iterator[tuple[int, str]]:
    """The digits that stand alone, at least so many, in one piece or in groups, with their rows."""
    some = texts.take(pa.array(rows))
    begun = f"(?:^|[^{_JOINED}])[{DIGIT}](?:[ -]?[{DIGIT}]){{{least - 1},}}"
    able = places_of(pc.match_substring_regex(some, begun))
    few = some.take(pa.array(able))
    once = pc.equal(pc.count_substring_regex(few, begun), 1).to_numpy(zero_copy_only=False)
    lone = rf"(?:^|[^{_JOINED}])(?P<piece>[0-9]{{{least},{_LONGEST}}})(?:$|[^ .,/{_JOINED}])"
    plain = pc.extract_regex(few, lone).field("piece").to_pylist()
    chains = re.compile(f"(?<![{_JOINED}])[0-9](?:[ -]?[0-9]){{{least - 1},}}(?![{_JOINED}])")
    for place, is_once, piece in zip(able.tolist(), once.tolist(), plain, strict=True):
        if is_once and piece:
            yield rows[place], piece
            continue
        for chain in chains.findall(fold(some[place].as_py())):
            groups = re.split("[ -]", chain)
            for digits in {"".join(groups), *groups}:
                if len(digits) >= least:
                    yield rows[place], digits


def _agreeing(gap: _Gap, digits: str) -> Iterator[str]:
    """The numbers that a mask and a piece at either end of it make, where they agree and nothing stays hidden."""
    mask, start, size = gap
    for place in {0, len(mask) - len(digits)}:
        end = place + len(digits)
        if place <= start and start + size <= end:
            shown = digits[: start - place], digits[start - place + size :]
            if shown == (mask[place:start], mask[start + size : end]):
                yield mask[:place] + digits + mask[end:]


def _overlapping(
    name: str, gaps: Mapping[int, Sequence[_Gap]], pieces: Iterable[tuple[int, str]], texts: pa.Array | None
) -> Iterator[Rests]:
    tried = Counter[tuple[int, int]]()
    found: defaultdict[tuple[int, int], list[tuple[int, bool, bool]]] = defaultdict(list)
    for row, digits in pieces:
        for gap in gaps[row]:
            mask, _, size = gap
            agreed = len(digits) - size
            if agreed < _AGREED or len(digits) >= len(mask):
                continue
            tried[size, agreed] += 1
            for whole in _agreeing(gap, digits):
                is_card = _is_card(whole)
                told = is_card and _PIECES.search(fold(f"{name} {texts[row] if texts is not None else ''}"))
                found[size, agreed].append((row, is_card, bool(told)))
    for (size, agreed), count in tried.items():
        yield Rests(name, size, *_columns(found[size, agreed]), telling=False, agreed=agreed, tried=count)


def _columns(found: Sequence[tuple[int, bool, bool]]) -> tuple[Places, Flags, Places]:
    every, right, told = (np.array([one[n] for one in found], kind) for n, kind in enumerate((np.int64, bool, bool)))
    return every, right, every[told]


def _in_texts(texts: pa.Array, name: str, masks: Mapping[int, Sequence[str]], gap: slice) -> Rests:
    size, rows, label = gap.stop - gap.start, list(masks), fold(name)
    hint = f"(?:^|[^{_JOINED}])[{DIGIT}]{{{size}}}(?:$|[^{_JOINED}])"
    lone = re.compile(f"(?<![{_JOINED}])(?<![0-9][.,/])[0-9]{{{size}}}(?![{_JOINED}]|[.,/][0-9])")
    broken = re.compile(
        f"(?<![{_JOINED}])(?<![0-9][.,/])[0-9](?:{_BREAKS}[0-9]){{{size - 1}}}(?![{_JOINED}]|[.,/][0-9])"
    )
    some = texts.take(pa.array(rows))
    able = pc.match_substring_regex(some, hint)
    words = f"{superset(_TOLD.pattern)}|{strange()}"
    announced = pc.is_valid(some) if _TOLD.search(label) else pc.match_substring_regex(some, words)
    found: list[tuple[int, bool, bool]] = []
    for place in places_of(pc.or_(able, announced)).tolist():
        text = fold(texts[rows[place]].as_py())
        for match in broken.finditer(text):
            before = _ENDS.split(f"{label} {text[max(0, match.start() - _REACH) : match.start()]}"[-_REACH:])[-1]
            is_told = _TOLD.search(before) is not None
            if not is_told and not lone.fullmatch(match[0]):
                continue
            digits = re.sub("[^0-9]", "", match[0])
            for mask in masks[rows[place]]:
                whole = mask[: gap.start] + digits + mask[gap.stop :]
                is_card = _is_card(whole)
                # Digits that bring the issuer themselves are no accident.
                own = gap.start < _ISSUER and issuers.is_iranian(whole)
                found.append((rows[place], is_card, is_card and (own or is_told)))
    return Rests(name, size, *_columns(found), telling=True)


def _in_numbers(column: pa.Array, name: str, masks: Mapping[int, Sequence[str]], gap: slice) -> Rests:
    """Whole numbers no longer than the gap, as they have lost their zeros in front."""
    size = gap.stop - gap.start
    values = pc.fill_null(column, -1).to_numpy().astype(np.int64)
    able = [(row, mask) for row, some in masks.items() if 0 <= values[row] < 10**size for mask in some]
    rows = np.array([row for row, _ in able], np.int64)
    if not able:
        return Rests(name, size, rows, rows > 0, rows, telling=False)
    digits = np.frombuffer("".join(mask for _, mask in able).encode(), np.uint8).reshape(len(able), -1).T - np.uint8(48)
    for number in range(size):
        digits[gap.start + number] = values[rows] // 10 ** (size - 1 - number) % 10
    begins = (digits[:_BANK].T + np.uint8(48)).copy().view(f"S{_BANK}").ravel()
    heads = {head: head.decode().ljust(len(digits), "0") for head in np.unique(begins)}
    right = luhn(digits) & np.array([_is_issued(heads[head]) for head in begins])
    told = np.full(len(right), _TOLD.search(fold(name)) is not None)
    if gap.start < _ISSUER:
        told |= np.array([issuers.is_iranian(heads[head]) for head in begins])
    full = bool((values[rows] >= 10 ** (size - 1)).all())
    return Rests(name, size, rows, right, rows[right & told], telling=full)


def _texts(column: pa.Array) -> pa.Array | None:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _texts(column.dictionary_decode())
    if pa.types.is_nested(kind):
        return bounded(as_json(column))[0]
    if is_text(kind) or kind == pa.string_view():
        return bounded(as_text(column))[0]
    return None
