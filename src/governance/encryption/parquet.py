"""Parquet's own encryption: whether a file's footer or columns are encrypted, as far as can be told without keys.

Arrow ends the whole process when it is asked about an encrypted column of a file with a plain footer, so it is asked in
a process of its own.
"""

from __future__ import annotations

import subprocess
import sys
from enum import StrEnum
from pathlib import Path

_MAGIC_BYTES = 4
_SECONDS = 60.0
_ASK = """
import sys
import pyarrow.parquet as pq
groups = pq.ParquetFile(sys.argv[1], page_checksum_verification=True).metadata
print("begun", flush=True)
for group in range(groups.num_row_groups):
    for column in range(groups.num_columns):
        groups.row_group(group).column(column).statistics
print("done", flush=True)
"""


class ParquetEncryption(StrEnum):
    """What a file shows of its encryption."""

    NONE = "none"
    FOOTER = "footer"  # and with it the names of the columns
    COLUMNS = "columns"  # some at least; the footer is readable
    UNREADABLE = "unreadable"  # no Parquet, or none that could be inspected in time


def inspect_parquet(path: Path, *, seconds: float = _SECONDS) -> ParquetEncryption:
    """Look at the footer and every column of a file, without keys; whatever goes wrong there stays there."""
    try:
        with path.open("rb") as file:
            begins = file.read(_MAGIC_BYTES)
            file.seek(-_MAGIC_BYTES, 2)
            ends = file.read()
    except OSError:
        return ParquetEncryption.UNREADABLE
    if begins == ends == b"PARE":
        return ParquetEncryption.FOOTER
    if not begins == ends == b"PAR1":
        return ParquetEncryption.UNREADABLE
    ask = [sys.executable, "-I", "-c", _ASK, str(path.resolve())]
    try:
        done = subprocess.run(ask, capture_output=True, text=True, timeout=seconds, check=False)  # noqa: S603  our own text
    except (subprocess.TimeoutExpired, OSError):
        return ParquetEncryption.UNREADABLE
    said = done.stdout.split()
    if said == ["begun", "done"] and not done.returncode:
        return ParquetEncryption.NONE
    return ParquetEncryption.COLUMNS if said == ["begun"] else ParquetEncryption.UNREADABLE
