"""`find_subject`: the columns and tables that hold a person's data, with counts, never a value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from governance import detection
from governance.arguments import PathInput
from governance.encryption.keys import Keyring
from governance.errors import SourceError, UsageError
from governance.inputs import DataInput, Progress, load_policy, open_keys, quiet
from governance.policy import Contract, Policy
from governance.rules.batch import key_texts
from governance.rules.kinds.erased import Erased
from governance.rules.people.compared import prover_of
from governance.rules.people.holdings import held_before, leads_of
from governance.rules.people.leads import habits_of, tokens_of
from governance.rules.people.sealed import is_sealed
from governance.rules.people.tokens import holds_ids
from governance.rules.scope import Scope
from governance.sources import about, open_source, shown_name
from governance.sources.spelled_cells import as_texts
from governance.subjects.identity import Identity, identify

_KEY, _SEALED, _TOKEN, _TOO_LARGE = "key", "sealed", "token", "too_large"


@dataclass(frozen=True, slots=True, order=True)
class DataPlace:
    """A column with data of a person, its number of rows, and the kind of data."""

    table: str
    column: str
    rows: int
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonData:
    """The places of a person's data.

    `known` says whether the table of people has them. `kept` are tokens in permitted places: the record of requests,
    and of the wish to get no offers. If `namesakes` others bear the name, it was not searched. `too_large` are the
    columns with cells too long to be searched.
    """

    known: bool
    places: tuple[DataPlace, ...]
    kept: tuple[DataPlace, ...]
    requests: int
    namesakes: int = 0
    too_large: tuple[DataPlace, ...] = ()


def find_subject(
    subject: str,
    data: DataInput,
    *,
    keys: PathInput | None = None,
    project: PathInput | None = None,
    progress: Progress = quiet,
) -> PersonData:
    """Find the data of the person with a user id, mobile number or e-mail address, in any spelling.

    Works for erased people, too. UsageError without keys, or when the text is no such identifier.
    """
    policy = load_policy(project)
    keeps = {policy.register.requests, *(name for rule in erased_rules(policy) for name in rule.keeps)}
    with opened_source(data, policy, open_keys(keys)) as scope:
        who = identify(subject, scope, people_of(scope))
        found: list[DataPlace] = []
        for table in sorted(scope.source.schemas()):
            progress("table", table)
            found += _in_table(scope, table, who)
    kept = [p for p in found if who.key is None and p.table in keeps and set(p.kinds) == {_TOKEN}]
    too_large = tuple(place for place in found if not place.kinds)
    places = tuple(sorted(place for place in found if place not in kept and place.kinds))
    return PersonData(who.key is not None, places, tuple(sorted(kept)), who.requests, who.namesakes, too_large)


@contextmanager
def opened_source(data: DataInput, policy: Policy, keys: Keyring | None) -> Iterator[Scope]:
    """A data source as rules look at it; where a person's data stands does not depend on the time."""
    source = open_source(data, policy.tables, keys, policy.detectors)
    try:
        if source.sealed:
            names = ", ".join(sorted(shown_name(table) for table in source.sealed))
            raise SourceError(f"{names}: expected tables that the keys open, found encrypted ones; give their keys.")
        yield Scope(policy, source, keys, about(data).as_of or datetime.max.replace(tzinfo=UTC))
    finally:
        source.close()


def erased_rules(policy: Policy) -> tuple[Erased, ...]:
    """The parameters of the policy's rules of the kind `erased`."""
    return tuple(rule.parameters for rule in policy.rules if isinstance(rule.parameters, Erased))


def people_of(scope: Scope) -> Contract:
    """The contract of the table of people; UsageError where the register or the data has none."""
    people = scope.policy.register.people
    if not people:
        raise UsageError(
            "policy.yaml: expected an entry `people` in the register, the table with one row per person; found none."
        )
    contract = scope.policy.tables[people]
    if people not in scope.source.schemas() or not contract.primary_key:
        raise UsageError(f"Expected the table {people!r} in the data, with a primary key of one column; found none.")
    return contract


def _in_table(scope: Scope, table: str, who: Identity) -> Iterator[DataPlace]:
    contract, schema = scope.policy.tables.get(table), scope.source.schemas()[table]
    keys = scope.keys
    if keys is None:
        return
    known = detection.Known(dict.fromkeys(who.tokens, True), keys.token, habits_of(scope.policy))
    rows, refused = Counter[str](), Counter[str]()
    kinds: dict[str, set[str]] = {}
    for batch in scope.source.cells(table, schema.names):
        names = key_texts(batch, contract)
        for column in schema.names:
            if contract is not None and is_sealed(contract, column):
                hits = _sealed(scope, contract, batch, column, names, known)
            else:
                hits = _open(scope.policy, contract, batch, column, known, who)
            found = [seen - {_TOO_LARGE} for seen in hits.values()]
            refused[column] += sum(_TOO_LARGE in seen for seen in hits.values())
            rows[column] += sum(map(bool, found))
            kinds.setdefault(column, set()).update(*found)
    for column, count in rows.items():
        if count:
            yield DataPlace(shown_name(table), shown_name(column), count, tuple(sorted(kinds[column])))
        if refused[column]:
            yield DataPlace(shown_name(table), shown_name(column), refused[column], ())


def _open(  # noqa: PLR0917  everything about one column
    policy: Policy,
    contract: Contract | None,
    batch: pa.RecordBatch,
    column: str,
    known: detection.Known[bool],
    who: Identity,
) -> dict[int, set[str]]:
    """The hits in a column that is not sealed: by the key of a person, else by what the cells say.

    Where only tokens say whose a row is, former ones do, too, as `export_subject` gathers them.
    """
    if contract is None:
        return _scanned(batch.column(column), column, known, whole=holds_ids(contract, column))
    leading = leads_of(policy, contract.table)
    by_token = leading == tokens_of(contract)
    if column in leading and not by_token and who.key is not None:
        same = pc.equal(as_texts(batch.column(column)), pa.scalar(who.key, pa.string()))
        return {row: {_KEY} for row in pc.indices_nonzero(pc.fill_null(same, False)).to_pylist()}  # noqa: FBT003
    hits = _scanned(batch.column(column), contract.label(column), known, whole=holds_ids(contract, column))
    if column in leading and by_token:
        for row in pc.indices_nonzero(held_before(batch, contract, column, who.former)).to_pylist():
            hits.setdefault(row, set()).add(_TOKEN)
    return hits


def _scanned(column: pa.Array, label: str, known: detection.Known[bool], *, whole: bool = False) -> dict[int, set[str]]:
    hits = detection.scan_known(column, known, label=label, whole=whole)
    found: dict[int, set[str]] = {row: {_TOO_LARGE} for row in hits.too_large.tolist()}
    for row, kind in zip(hits.rows.tolist(), hits.kinds, strict=True):
        found.setdefault(row, set()).add(kind)
    return found


def _sealed(  # noqa: PLR0917  everything about one cell
    scope: Scope,
    contract: Contract,
    batch: pa.RecordBatch,
    column: str,
    names: pa.Array | None,
    known: detection.Known[bool],
) -> dict[int, set[str]]:
    """The hits in a column of envelopes: by its proven tokens, else by what the values say."""
    prover = prover_of(scope, contract)
    if prover is None:
        return {}
    cells = as_texts(batch.column(column)).to_pylist()
    proofs = replace(prover, share=1.0).prove(batch, names, column)
    plain = [proof.searched(cell) for proof, cell in zip(proofs, cells, strict=True)]
    found = _scanned(pa.array(plain, pa.string()), contract.label(column), known)
    for row, (proof, cell) in enumerate(zip(proofs, cells, strict=True)):
        if cell and (proof.proven or proof.text is None) and not known.tokens.keys().isdisjoint(proof.tokens):
            found.setdefault(row, set()).add(_SEALED)
    return found
