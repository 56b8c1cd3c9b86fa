"""The scan before a report is published: no file of it may hold a value that the contracts call confidential.

Every artefact is read in every encoding that a value could hide in, then searched for whole values at the borders of
words: texts of six characters or more, numbers of nine digits or more, names of two words or more. The content of the
policy's own files is public. A message names a hit's file and column, never its value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from governance.encryption.keys import Keyring
from governance.encryption.opening import SEALED
from governance.errors import EvidenceError
from governance.evidence.corpus import LEAST_DIGITS, Corpus
from governance.policy import Classification, Column, Contract, Policy
from governance.rules.batch import key_of, key_texts
from governance.rules.people.sealed import opened
from governance.sources import Source

_SECRET = (Classification.CONFIDENTIAL, Classification.RESTRICTED)
_LEAST_TEXT = 6


def find_leaks(
    folder: Path, policy: Policy, source: Source, keys: Keyring | None, *, public: Iterable[str], embedded: str = ""
) -> None:
    """EvidenceError with the file and the column if a value of a confidential or restricted column stands in a file.

    `public` are texts with public content: the policy's files and the words of the pages. `embedded` is a text in many
    files that was made before any data was read, such as a font: it is not scanned.
    """
    published = Corpus()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        text = path.read_bytes().decode("utf-8", "replace")
        published.add(path.relative_to(folder).as_posix(), text.replace(embedded, "") if embedded else text)
    known: Corpus | None = None
    for contract, columns in _secret_columns(policy, source):
        for column, values in _values(contract, columns, source, keys):
            for value in published.possible(values):
                name = published.find(value) if _is_telling(value, column) else ""
                if not name:
                    continue
                known = known or _corpus_of(public)
                if not known.find(value):
                    raise EvidenceError(
                        f"{name}: expected no value of the data, found one of {contract.table}.{column.name}; "
                        "nothing was published (if a table or a column is named after it, rename that)."
                    )


def _corpus_of(texts: Iterable[str]) -> Corpus:
    made = Corpus()
    for text in texts:
        made.add("public", text)
    return made


def _secret_columns(policy: Policy, source: Source) -> Iterator[tuple[Contract, list[Column]]]:
    schemas = source.schemas()
    for contract in policy.contracts:
        held = schemas[contract.table].names if contract.table in schemas else ()
        columns = [column for column in contract.columns if column.name in held and column.classification in _SECRET]
        if columns:
            yield contract, columns


def _values(
    contract: Contract, columns: Sequence[Column], source: Source, keys: Keyring | None
) -> Iterator[tuple[Column, list[str]]]:
    """The distinct values of each column, batch by batch; of encrypted columns also the plaintexts."""
    wanted = dict.fromkeys(column.name for column in columns)
    wanted |= dict.fromkeys(key_of(contract, source.schemas()[contract.table]))
    for batch in source.cells(contract.table, list(wanted)):
        row_keys = key_texts(batch, contract)
        for column in columns:
            cells = batch.column(column.name)
            yield column, [*_spelled(cells), *_opened(cells, row_keys, contract, column, keys)]


def _spelled(cells: pa.Array) -> Iterator[str]:
    """Every distinct cell of a column as text, every leaf of a nested one."""
    with suppress(pa.ArrowNotImplementedError):
        # Nested cells, and a few rare types, cannot be made distinct before they are text.
        cells = pc.unique(cells)
    return iter(dict.fromkeys(text for cell in cells.to_pylist() for text in _texts(cell) if text))


def _texts(cell: object) -> Iterator[str]:
    """The texts in a cell: of a nested cell every leaf, of bytes their decoded text."""
    match cell:
        case None:
            return
        case dict():
            for inner in cell.values():
                yield from _texts(inner)
        case list() | tuple():
            for inner in cell:
                yield from _texts(inner)
        case bytes():
            yield cell.decode("utf-8", "replace")
        case _:
            yield str(cell)


def _opened(
    cells: pa.Array, row_keys: pa.Array | None, contract: Contract, column: Column, keys: Keyring | None
) -> Iterator[str]:
    """What the sealed values of a column say, as far as the keys open them."""
    if keys is None:
        return
    names = row_keys if row_keys is not None else pa.nulls(len(cells), pa.string())
    if pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type):
        sealed = pc.match_substring_regex(cells, SEALED.pattern)
        cells, names = cells.filter(sealed), names.filter(sealed)
    for cell, name in zip(cells.to_pylist(), names.to_pylist(), strict=True):
        for text in _texts(cell):
            plain = opened(contract, column.name, name, text, keys) if SEALED.match(text) else None
            if plain:
                yield plain


def _is_telling(value: str, column: Column) -> bool:
    """Whether a value is distinctive: short words and numbers occur on any page."""
    letters = any(c.isalpha() for c in value)
    if column.category.startswith("user.name"):
        return len(value.split()) > 1
    return len(value) >= _LEAST_TEXT if letters else sum(c.isdigit() for c in value) >= LEAST_DIGITS
