"""The parameters of a run of stored suites: the data with all tables, the time, and the keys.

A run without them, or without this package, fails: the guards at the end of each suite hold only for the value that is
passed here, and only after all checks of that suite were evaluated.
"""

from __future__ import annotations

import secrets
import weakref
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import great_expectations as gx
import pyarrow as pa

from governance.arguments import PathInput, TimeInput, path_of, time_of
from governance.encryption.keys import load_keys
from governance.errors import UsageError
from governance.gx.digest import digest
from governance.gx.expectations import SESSION
from governance.gx.session import CheckError, Session, close_sessions, open_sessions
from governance.gx.suites import GUARD, SOURCE_SUITE, checks_by_table, read_suite
from governance.inputs import DataInput, find_project, load_policy
from governance.planning.checks import Plan, plan
from governance.policy import REST
from governance.rules.scope import Scope
from governance.sources import Source, open_source
from governance.sources.base import rename
from governance.sources.typing import AS_IT_IS, typed


class RunParameters(dict[str, Any]):
    """The `expectation_parameters` of a run, which close the data when they are closed or forgotten."""

    def __init__(self, sessions: Iterable[Session], source: Source) -> None:
        opened = tuple(sessions)
        name = open_sessions(*opened)
        super().__init__({GUARD: Guard(opened), SESSION: name})
        self.close = weakref.finalize(self, _close, name, source)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()


class Guard(int):
    """Equal to a table's row count, and less than it, once all checks of the table were evaluated; stored as 0.

    Great Expectations compares the guards of a suite after it has asked for the evidence. The second comparison closes
    both again, so that a suite whose expectations were dropped cannot pass by the evaluation of another suite.
    """

    _sessions: tuple[Session, ...]

    def __new__(cls, sessions: tuple[Session, ...]) -> Self:
        guard = super().__new__(cls, 0)
        guard._sessions = sessions
        return guard

    def _opens_for(self, rows: object) -> bool:
        looked = [session for session in self._sessions if session.looked is not None]
        return len(looked) == 1 and isinstance(rows, int) and (looked[0].table == REST or rows == looked[0].looked)

    def __eq__(self, other: object) -> bool:
        return self._opens_for(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __lt__(self, other: int) -> bool:
        opened = self._opens_for(other)
        for session in self._sessions:
            session.looked = None
        return opened

    def __hash__(self) -> int:
        return super().__hash__()

    def __deepcopy__(self, memo: object) -> Guard:
        return self

    def __reduce__(self) -> tuple[type[int], tuple[int]]:
        return int, (0,)


def parameters(
    suites: gx.ExpectationSuite | Iterable[gx.ExpectationSuite],
    *,
    data: DataInput,
    as_of: TimeInput,
    keys: PathInput | None = None,
    project: PathInput | None = None,
) -> RunParameters:
    """What `checkpoint.run` and `ValidationDefinition.run` need as `expectation_parameters`; a context manager.

    `suites` are those that will run; `data` is a folder of tables or frames by table name, with every table of the
    policy; the validated batches must be the same tables. `as_of`, with its zone, decides what was in force; `keys` is
    a key file; `project` is found upwards from here unless named. GovernanceError for a suite that lost expectations or
    differs from what the policy compiles to.
    """
    moment, root = time_of(as_of, "as_of"), find_project(project)
    planned = plan(load_policy(root))
    given = [suites] if isinstance(suites, gx.ExpectationSuite) else list(suites)
    if not all(isinstance(suite, gx.ExpectationSuite) for suite in given):
        raise UsageError("expected expectation suites, found something else.", argument="suites")
    tables = dict.fromkeys(_table(suite, planned, root) for suite in given)
    if not tables:
        raise UsageError("expected at least one suite, found none.", argument="suites")
    ring = load_keys(path_of(keys, "keys")) if keys else None
    source = open_source(data, planned.policy.tables, ring, planned.policy.detectors)
    scope = Scope(planned.policy, source, ring, moment)
    checks = checks_by_table(planned)
    return RunParameters((_session(Session(table, checks[table], scope)) for table in tables), source)


def _close(name: str, source: Source) -> None:
    close_sessions(name)
    source.close()


def _table(suite: gx.ExpectationSuite, planned: Plan, project: Path) -> str:
    """The table of a suite; UsageError unless the suite still holds everything of its committed suite."""
    # A store assigns ids of its own, but keeps the guards' note of which suite they close.
    names = {each.meta[GUARD] for each in suite.expectations if GUARD in (each.meta or {})}
    if len(names) != 1:
        raise UsageError(f"{suite.name}: expected a suite of this policy with its guards, found another.")
    (name,) = names
    held = [_what(each) for each in suite.expectations]
    committed = gx.ExpectationSuite(**read_suite(planned, name, project)).expectations
    lost = [each for each in committed if _what(each) not in held]
    if lost:
        raise UsageError(
            f"{suite.name}: expected every expectation of the committed suite, found {len(lost)} of "
            f"{len(committed)} missing or changed; import governance.gx before the suite is loaded, or store it again."
        )
    if [each.meta.get(GUARD) for each in suite.expectations if GUARD in (each.meta or {})] != [name] * 2 or any(
        GUARD not in (each.meta or {}) for each in suite.expectations[-2:]
    ):
        raise UsageError(f"{suite.name}: expected the two guards to stand last, found another order; store it again.")
    return REST if name == SOURCE_SUITE else name


def _what(expectation: Any) -> tuple[str, Any]:  # noqa: ANN401  the library has no types
    return expectation.configuration.type, expectation.configuration.kwargs


def _session(session: Session) -> Session:
    """The session, with the check that a batch is the table of its source; the whole source accepts any batch."""
    if session.table != REST:
        key = secrets.token_bytes(32)

        def verify(batch: Iterator[pa.Table]) -> None:
            if not _same(batch, session.scope, session.table, key):
                raise CheckError(
                    "the batch is not the table of that name in the data given to governance.gx.parameters"
                )

        session.verify = verify
    return session


def _same(batch: Iterator[pa.Table], scope: Scope, table: str, key: bytes) -> bool:
    source, contract = scope.source, scope.policy.tables.get(table)
    if table not in source.schemas():
        return False
    columns = sorted(source.schemas()[table].names)
    first = next(batch)
    logical = {physical: name for name, physical in rename(table, first.schema.names, contract).items()}
    if sorted(logical.values()) != columns:
        return False

    def read() -> Iterator[pa.RecordBatch]:
        for part in (piece for whole in (first, *batch) for piece in whole.to_batches()):
            names = [logical[name] for name in part.schema.names]
            declared = [(contract.column(name) if contract else None) or AS_IT_IS for name in names]
            cells = [typed(held, column).cells for held, column in zip(part.columns, declared, strict=True)]
            yield pa.RecordBatch.from_arrays(cells, names=names)

    return digest(read(), columns, key) == digest(source.cells(table, columns), columns, key)
