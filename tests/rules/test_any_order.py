"""Evidence depends on the rows of a table: not on their order, their batches, or the order in which parts merge."""

from __future__ import annotations

import hashlib
import pickle
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from governance.detection.columns import statistics
from governance.encryption import spread
from governance.encryption.keys import Keyring
from governance.inputs import decided_at
from governance.planning.checks import Check
from governance.policy import REST
from governance.results import Evidence, Reason, RowReference
from governance.rules import references
from governance.rules.batch import Batch, key_texts
from governance.rules.evaluation import evaluate
from governance.rules.kernel import EngineKernel, Kernel, RestKernel
from governance.rules.kinds import KINDS
from governance.rules.kinds.encrypted import Encrypted
from governance.rules.part import Part
from governance.rules.references import Namer, References, read_listing
from governance.rules.scope import Scope, Target, undeclared_tables
from governance.sources import open_source
from tests.conftest import WorldRun

SHUFFLES = 4
Rng = np.random.Generator


def tables_of(run: WorldRun, policy: Any) -> dict[str, pa.Table]:
    """Every table of a world under its logical name."""
    source = open_source(run.dataset.data, policy.tables)
    try:
        return {
            name: pa.Table.from_batches(source.batches(name, schema.names), schema)
            for name, schema in source.schemas().items()
        }
    finally:
        source.close()


def shuffled(table: pa.Table, rng: Rng) -> pa.Table:
    return table.take(pa.array(rng.permutation(table.num_rows)))


def split(table: pa.Table, rng: Rng) -> Iterator[pa.RecordBatch]:
    """Batches of any size, some of no row and some of one."""
    cuts = sorted(rng.integers(0, table.num_rows + 1, size=int(rng.integers(1, 9))).tolist())
    for start, end in zip([0, *cuts], [*cuts, table.num_rows], strict=True):
        whole = table.slice(start, end - start).combine_chunks()
        yield from whole.to_batches() or [pa.RecordBatch.from_pylist([], schema=table.schema)]


def merged(kernel: Kernel, parts: Sequence[Part], rng: Rng) -> Part:
    """The parts, merged two by two in any order; what is merged comes from another process as often as not."""
    left = list(parts) or [Part()]
    while len(left) > 1:
        one, other = (left.pop(int(rng.integers(len(left)))) for _ in range(2))
        left.append(kernel.merge(pickle.loads(pickle.dumps(one)), other))  # noqa: S301  our own bytes
    return left[0]


def folded(kernel: Kernel, table: pa.Table, contract: Any, rng: Rng) -> Part:
    if not kernel.columns:
        return Part(rows=table.num_rows)
    again: Kernel = pickle.loads(pickle.dumps(kernel))  # noqa: S301
    parts = [again.fold(Batch(record, key_texts(record, contract), contract)) for record in split(table, rng)]
    return merged(kernel, parts, rng)


def evaluated(check: Check, scope: Scope, tables: Mapping[str, pa.Table], rng: Rng) -> Evidence:
    place = check.place
    table = place.table if place else REST
    schema = tables[table].schema if table in tables else pa.schema([])
    started = KINDS[check.rule.kind].kernel(check.rule.parameters, Target(check, schema, scope))
    if KINDS[check.rule.kind].in_engine:
        assert isinstance(started, EngineKernel), "a kind that says so judges sets in the engine"
    if isinstance(started, RestKernel):
        found = {}
        for name, unknown in undeclared_tables(scope).items():
            kernel = started.of(name, unknown, scope)
            found[name] = (kernel, folded(kernel, tables[name], None, rng))
        return started.finish(found, scope)
    part = folded(started, tables[table], check.contract, rng) if table in tables else Part()
    return started.finish(part, scope)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(SHUFFLES))
def test_every_kind_gives_the_same_evidence_for_any_order_and_split(
    planted_run: WorldRun, policy: Any, plan: Any, seed: int, record_property: Any
) -> None:
    rng = np.random.default_rng(seed)
    expected = {check.id: check.evidence for check in planted_run.results.checks}
    tables = {name: shuffled(table, rng) for name, table in tables_of(planted_run, policy).items()}
    source = open_source(tables, policy.tables)
    counted: Counter[str] = Counter()
    try:
        scope = Scope(policy, source, planted_run.keys, decided_at(planted_run.dataset.data, None))
        for check in plan.checks:
            if check.place is not None and check.place.table not in {REST, *tables}:
                continue
            assert evaluated(check, scope, tables, rng) == expected[check.id], (check.id, seed)
            counted[check.rule.kind] += 1
    finally:
        source.close()
    assert counted.keys() == KINDS.keys(), "every kind has a check in this world"
    fires = {check.rule for check in planted_run.results.checks if check.evidence.violations}
    kinds = {rule.id: rule.kind for rule in policy.rules}
    # What is attested rests on no data.
    assert KINDS.keys() - {kinds[rule] for rule in fires} <= {"attested"}, "every kind fires in this world"
    record_property("checks", counted.total())


@pytest.mark.slow
def test_samples_and_budgets_do_not_depend_on_order_either(
    planted_run: WorldRun, policy: Any, plan: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statistics, "_MOST", 20)
    monkeypatch.setattr(statistics, "_TRIED", 1)
    monkeypatch.setattr(spread, "_KEPT", 40)
    whole = tables_of(planted_run, policy)
    card = "6037990000123451"
    row = {"mask": "603799******3451", "digest": hashlib.sha256(card.encode()).hexdigest()}
    decoys = [{"mask": "603799******3451", "digest": f"{n:064x}"} for n in range(5)]
    whole["hashed"] = pa.Table.from_pylist([row, *decoys])
    found = []
    for seed in (1, 2):
        rng = np.random.default_rng(seed)
        tables = {name: shuffled(table, rng) for name, table in whole.items()}
        source = open_source(tables, policy.tables)
        try:
            scope = Scope(policy, source, planted_run.keys, decided_at(planted_run.dataset.data, None))
            chosen = [check for check in plan.checks if check.rule.kind in {"free_of", "encrypted"}]
            found.append({check.id: evaluated(bounded(check), scope, tables, rng) for check in chosen})
        finally:
            source.close()
    assert found[0] == found[1]
    sampled = [dict(one.facts)["sampled"] for one in found[0].values() if "sampled" in dict(one.facts)]
    assert sampled
    assert set(sampled) == {50}
    rest = found[0]["no-bank-data/*"]
    assert rest.unproven is Reason.INCOMPLETE, "a budget that ran out proves nothing"


def bounded(check: Check) -> Check:
    """The same check with a sample that is smaller than its column."""
    if check.rule.kind != "encrypted":
        return check
    return replace(check, rule=replace(check.rule, parameters=Encrypted(sample=50)))


def pairs(count: int) -> list[tuple[str | None, str]]:
    return [(str(number), f"problem_{number % 3}") for number in range(count)]


@pytest.mark.parametrize("seed", range(8))
def test_a_listing_has_the_same_bytes_for_any_split(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "_LOOSE", 50)
    monkeypatch.setattr(references, "_OPEN_FILES", 3)
    keys = Keyring({}, b"t" * 32, b"r" * 32, b"s" * 32)
    rng = np.random.default_rng(seed)
    names = Namer("users", keys, tmp_path)
    rows = pairs(3000)
    order = [rows[place] for place in rng.permutation(len(rows)).tolist()]
    cuts = sorted(rng.integers(0, len(rows), size=40).tolist())
    left = [names.references(order[a:b]) for a, b in zip([0, *cuts], [*cuts, len(rows)], strict=True)]
    while len(left) > 1:
        one, other = (left.pop(int(rng.integers(len(left)))) for _ in range(2))
        left.append(one.merge(other))
    smallest, listing = left[0].finish()
    expected = sorted(RowReference(keys.reference("users", str(key)), problem, "users") for key, problem in rows)
    assert listing is not None
    assert list(read_listing(listing)) == expected
    assert list(smallest) == expected[:1000]
    assert {row.table for row in (*smallest, *read_listing(listing))} == {"users"}
    again, relisted = left[0].finish()
    assert again == smallest, "a part stays whole when it is finished"
    assert relisted is not None
    assert relisted.read_bytes() == listing.read_bytes()


def test_without_a_folder_the_smallest_references_are_kept_and_the_others_counted() -> None:
    keys = Keyring({}, b"t" * 32, b"r" * 32, b"s" * 32)
    names = Namer("users", keys)
    rows = pairs(2500)
    whole = names.references(rows)
    halves = names.references(rows[1250:]).merge(names.references(rows[:1250]))
    assert whole.finish() == halves.finish()
    assert (len(whole.finish()[0]), whole.finish()[1], whole.forgotten) == (1000, None, 1500)


def test_rows_without_keys_have_no_references() -> None:
    assert Namer("users").references(pairs(3)) == References()
    keys = Keyring({}, b"t" * 32, b"r" * 32, b"s" * 32)
    assert Namer("users", keys).references([(None, "problem")]).loose == ()


def test_evaluation_reads_undeclared_tables_once(planted_run: WorldRun, policy: Any, plan: Any) -> None:
    source = open_source(planted_run.dataset.data, policy.tables)
    read: Counter[str] = Counter()
    cells = source.cells

    class Counted:
        def __getattr__(self, name: str) -> Any:
            return getattr(source, name)

        def cells(self, table: str, columns: Any) -> Any:
            read[table] += 1
            return cells(table, columns)

    try:
        scope = Scope(policy, Counted(), planted_run.keys, decided_at(planted_run.dataset.data, None))
        rest = [check for check in plan.checks if check.place and check.place.table == REST]
        evaluate(REST, rest, scope)
        unknown = undeclared_tables(scope)
        assert unknown
        assert all(read[table] == 1 for table in unknown)
    finally:
        source.close()
