"""The names that stand in public columns, such as authors': a text with one of them tells of nobody in particular."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from governance.detection.subjects import spellings_of
from governance.encryption.keys import Keyring
from governance.rules.people.leads import is_published, personal_tables
from governance.rules.scope import Scope

_LONGEST: Final = 100  # characters of a name


def public_names(scope: Scope, keys: Keyring, tokens: Container[str]) -> frozenset[str]:
    """Those of some tokens that stand for a name that is a whole cell of a public column, or a whole text of a list.

    A name within a longer text makes nobody a namesake, nor does one in a table that leads to people: it may be theirs.
    Only these tokens are kept, so columns may be of any size.
    """
    schemas, found, personal = scope.source.schemas(), set[str](), personal_tables(scope.policy)
    for contract in scope.policy.contracts:
        if contract.table not in schemas or contract.table in {*scope.source.sealed, *personal}:
            continue
        names = [column.name for column in contract.columns if is_published(column)]
        names = [name for name in names if name in schemas[contract.table].names]
        for batch in scope.source.batches(contract.table, names) if names else ():
            cells = (cell for name in names for cell in _texts(batch.column(name)))
            made = (keys.token(written) for cell in cells for written in spellings_of(cell))
            found.update(token for token in made if token in tokens)
    return frozenset(found)


def _texts(column: pa.Array) -> Iterable[str]:
    while pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        column = column.flatten()
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return ()
    short = column.filter(pc.less_equal(pc.utf8_length(column), _LONGEST))
    return filter(None, pc.unique(short).to_pylist())
