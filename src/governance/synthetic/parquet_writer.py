"""Tables to Parquet files: one row group a block, a checksum on every page, written while the next block is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


@dataclass(slots=True)
class ParquetFiles:
    """Parquet files that one thread writes, at most one block behind."""

    _open: ExitStack
    _thread: ThreadPoolExecutor
    _writing: Future[None] | None = None

    def write(self, path: Path, blocks: Iterable[pa.Table]) -> Iterator[int]:
        """Write one table; yields how many rows were handed over, block by block."""
        blocks = iter(blocks)
        first = next(blocks)
        writer = self._open.enter_context(_writer(path, first.schema))
        for block in chain([first], blocks):
            self.wait()
            self._writing = self._thread.submit(writer.write_table, block, row_group_size=len(block))
            yield len(block)

    def wait(self) -> None:
        """Wait until everything is written; raises its error."""
        if self._writing is not None:
            self._writing.result()


@contextmanager
def parquet_files() -> Iterator[ParquetFiles]:
    """Files that are complete when the block has ended."""
    # The thread ends before the files are closed, whatever happens.
    with ExitStack() as files, ThreadPoolExecutor(1) as thread:
        writing = ParquetFiles(files, thread)
        yield writing
        writing.wait()


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    numbers = [f.name for f in schema if pa.types.is_integer(f.type) or pa.types.is_timestamp(f.type)]
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        write_page_checksum=True,
        write_statistics=False,  # nobody reads a part of a world
        use_dictionary=[field.name for field in schema if pa.types.is_dictionary(field.type)],
        column_encoding=dict.fromkeys(numbers, "DELTA_BINARY_PACKED"),
        store_schema=False,  # it would show which columns happened to be dictionaries here
    )
