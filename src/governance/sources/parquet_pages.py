"""What the bytes of a Parquet file tell before it is read: whether it is one, and whether its pages have checksums.

Without them, a flipped bit in a page is read as other data, and nothing can tell.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Final

import pyarrow.parquet as pq

_MAGIC: Final = (b"PAR1", b"PARE")
_HEADER: Final = 24  # bytes that hold the first four fields of a page's header
_NUMBER: Final = 0x15  # Thrift's compact protocol: the next field, a number of 32 bits
_BEFORE: Final = 3  # fields of a page's header before its checksum, all of them numbers


def begins_as_parquet(path: Path) -> bool:
    """Whether a file begins as Parquet does; Arrow looks at its end only."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC[0])) in _MAGIC


def lacks_checksums(path: Path) -> bool:
    """Whether the first page of any column of a plain file has no checksum, or no header that can be read."""
    metadata = pq.read_metadata(path)
    with path.open("rb") as file:
        for group in range(metadata.num_row_groups):
            row_group = metadata.row_group(group)
            for number in range(metadata.num_columns):
                column = row_group.column(number)
                start = column.dictionary_page_offset if column.has_dictionary_page else None
                if column.num_values and not _has_checksum(file, start or column.data_page_offset):
                    return True
    return False


def _has_checksum(file: BinaryIO, start: int) -> bool:
    if start < 0:
        return False
    file.seek(start)
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
