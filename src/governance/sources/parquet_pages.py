"""What a Parquet file tells before it is read: whether it is one, its footer undamaged, its pages with checksums.

Without these, a flipped bit in a page is read as other data, and nothing can tell. The footer has no checksum at all,
but tells types and numbers of rows twice. It is parsed here: Arrow ends the whole process at some damaged ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeAlias

from governance.sources.limits import Size, Sizes

_MAGIC: Final = (b"PAR1", b"PARE")
_END: Final = 8  # bytes: the length of the footer, and the magic again
_HEADER: Final = 24  # bytes that hold the first four fields of a page's header
_NUMBER: Final = 0x15  # the next field, a number of 32 bits
_BEFORE: Final = 3  # fields of a page's header before its checksum, all of them numbers
_DEEPEST: Final = 32  # structures within structures
_REPEATED: Final = 2
# What annotates a column, in the old form and in the new one, by numbers of the format; times also have a unit.
_ANNOTATED: Final = {0: 1, 4: 4, 5: 5, 6: 6, 7: 7, 8: 7, 9: 8, 10: 8, 19: 12, 20: 13} | dict.fromkeys(range(11, 19), 10)
_DECIMAL: Final = 5  # of a scale and a precision
_UNITS: Final = {7: 1, 8: 2, 9: 1, 10: 2}  # milliseconds and microseconds
_TEXTS: Final = 16  # of a column's part: how many bytes its texts have when each is written out
_Fields: TypeAlias = Mapping[int, Any]


def begins_as_parquet(path: Path) -> bool:
    """Whether a file begins as Parquet does; Arrow looks at its end only."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC[0])) in _MAGIC


class Footer:
    """The footer of a plain file: `agrees` tells whether it says the same of rows and types wherever it tells them.

    `sizes` are the bytes of each column.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            footer = _read(path)
            self._groups: list[_Fields] = footer[4]
            self.leaves = tuple(_leaves(footer[2]))
            self.agrees = footer[3] == sum(group[3] for group in self._groups) and all(
                _fits(chunk[3], leaf, group[3])
                for group in self._groups
                for chunk, leaf in zip(group[1], self.leaves, strict=True)
            )
            self.sizes = self._sizes()
        except (LookupError, TypeError, ValueError, AttributeError):
            self.agrees = False

    def lacks_checksums(self) -> bool:
        """Whether the first page of any column has no checksum."""
        with self._path.open("rb") as file:
            return not all(
                _has_checksum(file, chunk[3].get(11) or chunk[3][9])
                for group in self._groups
                for chunk in group[1]
                if chunk[3][5]
            )

    def _sizes(self) -> Sizes:
        """Texts that are stored once and read in many rows count in each of them."""
        found: dict[str, Size] = {}
        for group in self._groups:
            for chunk, leaf in zip(group[1], self.leaves, strict=True):
                told = chunk[3]
                read = max(told.get(6, 0), told.get(_TEXTS, {}).get(1, 0))
                found[leaf.column] = found.get(leaf.column, Size(0, 0)).plus(Size(told.get(7, 0), read))
        return found


def _has_checksum(file: BinaryIO, start: int) -> bool:
    file.seek(max(start, 0))
    header = file.read(_HEADER)
    place = 0
    for _ in range(_BEFORE):
        if header[place : place + 1] != bytes([_NUMBER]):
            return False
        place += 1
        while place < len(header) and header[place] & 0x80:
            place += 1
        place += 1
    return header[place : place + 1] == bytes([_NUMBER])


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A column of the file, within or as a `column` of the table; a repeated one has more values than rows."""

    column: str
    type: int
    repeated: bool
    sound: bool


def _leaves(elements: list[_Fields]) -> Iterator[_Leaf]:
    """The columns of a schema, which is written as a tree from its root on."""
    open_ones: list[tuple[int, bool]] = []  # children still to come, and whether any of the branch is repeated
    column = ""
    for element in elements:
        while open_ones and not open_ones[-1][0]:
            open_ones.pop()
        if len(open_ones) == 1:
            column = element.get(4, b"").decode()
        repeated = element.get(3) == _REPEATED or bool(open_ones and open_ones[-1][1])
        if open_ones:
            open_ones[-1] = open_ones[-1][0] - 1, open_ones[-1][1]
        if children := element.get(5, 0):
            open_ones.append((children, repeated and bool(open_ones)))
        elif len(elements) > 1:
            yield _Leaf(column, element[1], repeated, _is_sound(element))


def _is_sound(element: _Fields) -> bool:
    """Whether both forms of a column's annotation, if it has both, say the same."""
    old, new = element.get(6), element.get(10)
    if old is None or not new:
        return True
    kind, more = next(iter(new.items()))
    expected = _ANNOTATED.get(old)
    if expected is not None and kind != expected:
        return False
    if kind == _DECIMAL:
        return (more.get(1), more.get(2)) == (element.get(7), element.get(8))
    return old not in _UNITS or next(iter(more.get(2, {})), None) == _UNITS[old]


def _fits(chunk: _Fields, leaf: _Leaf, rows: int) -> bool:
    return bool(leaf.sound and chunk[1] == leaf.type and (leaf.repeated or chunk[5] == rows))


def _read(path: Path) -> _Fields:
    with path.open("rb") as file:
        end = file.seek(0, 2) - _END
        if end < 0:
            raise ValueError("shorter than its end")
        file.seek(end)
        start = end - int.from_bytes(file.read(4), "little")
        if start < len(_MAGIC[0]):
            raise ValueError("longer than its file")
        file.seek(start)
        return _Thrift(file.read(end - start)).structure()


class _Thrift:
    """Reads Thrift's compact protocol: structures as their fields by number, None for a truth.

    LookupError where the bytes end.
    """

    def __init__(self, data: bytes) -> None:
        self._data, self._place = data, 0

    def structure(self, depth: int = 0) -> dict[int, Any]:
        found: dict[int, Any] = {}
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._signed()
            found[number] = None if head & 15 in {1, 2} else self._value(head & 15, depth)
        return found

    def _value(self, kind: int, depth: int) -> Any:  # noqa: ANN401  of any type
        if depth > _DEEPEST:
            raise ValueError("too deep")
        match kind:
            case 1 | 2 | 3:
                return self._byte()
            case 4 | 5 | 6:
                return self._signed()
            case 7:
                return self._bytes(8)
            case 8:
                return self._bytes(self._varint())
            case 9 | 10:
                head = self._byte()
                count = head >> 4 if head >> 4 < 15 else self._varint()
                return [self._value(head & 15, depth + 1) for _ in range(count)]
            case 12:
                return self.structure(depth + 1)
            case _:
                raise ValueError("no such type")

    def _byte(self) -> int:
        self._place += 1
        return self._data[self._place - 1]

    def _bytes(self, count: int) -> bytes:
        self._place += count
        if self._place > len(self._data):
            raise LookupError
        return self._data[self._place - count : self._place]

    def _varint(self) -> int:
        found = shift = 0
        while (byte := self._byte()) & 0x80:
            found |= (byte & 0x7F) << shift
            shift += 7
        return found | byte << shift

    def _signed(self) -> int:
        number = self._varint()
        return number >> 1 ^ -(number & 1)
