"""The residue of erased people and of rectified values: whom to search for, and which findings are theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from governance.detection import KnownHits
from governance.policy import Contract
from governance.results import Reason
from governance.rules.batch import Batch, Positions, key_texts, missing
from governance.rules.people.compared import proofs
from governance.rules.people.current import CURRENT
from governance.rules.people.digests import Origins
from governance.rules.people.leads import unclear_names
from governance.rules.people.links import PersonKeys
from governance.rules.people.proofs import Prover
from governance.rules.people.tokens import (
    ERASED,
    RECTIFIED,
    Subjects,
    find_subjects,
    nobody_known,
    request_tokens,
)
from governance.rules.scope import Scope
from governance.rules.search import PlainFinder, Sighting
from governance.rules.tables.relational import Need, entry, lacking, misfits_in, ready
from governance.sources.spelled_cells import as_texts, decoded

_TOKEN = "token"  # noqa: S105  a kind of find
_NAME = "person_name"
_KEYED: Final = re.compile("[0-9a-f]{64}")  # what no search finds is no keyed token
OLD_VALUE = "old_value"  # a value of a record before its rectification
ORPHAN = "orphan_key"


@dataclass(frozen=True, slots=True)
class Sought:
    """The target of a search: the subjects or values of the requests of one `right`, by their origins and tokens.

    `roles` name the columns of its tokens, those that name the person for none; `fact` names their count.
    """

    right: str
    origin: str
    roles: tuple[str, ...]
    fact: str


ERASURES: Final = Sought("erasure", ERASED, (), "erased_people")
RECTIFICATIONS: Final = Sought("rectification", RECTIFIED, ("old_token",), "rectified_values")


@dataclass(frozen=True, slots=True)
class Asked:
    """The completed requests and their times, by origins of the index; or the reason why nothing can be searched."""

    sought: Sought
    subjects: Subjects | None = field(default=None, repr=False)
    done_at: Mapping[str, datetime] = field(default_factory=dict, repr=False)
    unproven: Reason | None = None
    lacks: tuple[str, ...] = ()

    @classmethod
    def of(cls, scope: Scope, sought: Sought) -> Asked:
        """The erasures, or rectifications, of a run. Call it when a kernel starts, as it reads tables."""
        return scope.once(("asked", sought), lambda: cls._read(scope, sought))

    @classmethod
    def _read(cls, scope: Scope, sought: Sought) -> Asked:
        words = {"right": sought.right}
        need, keys = Need("requests", ("right", "fulfilled_at", *sought.roles), words=words), scope.keys
        reason, judged = ready(scope, need)
        if not judged:
            return cls(sought, unproven=reason, lacks=lacking(scope, need))
        own = entry(scope, "requests")
        if not own.contract.key:
            return cls(sought, unproven=Reason.NO_ROW_KEY)
        right, at, *given = (own.column(role) for role in need.roles)
        tokens = given or request_tokens(own)
        schemas = scope.source.schemas()
        if missing(tokens, schemas[own.table]):
            return cls(sought, unproven=Reason.MISSING_COLUMN)
        subjects = find_subjects(scope)
        if keys is None or subjects is None:
            return cls(sought, unproven=nobody_known(scope), lacks=lacking(scope, Need("people")))
        done_at: dict[str, datetime] = {}
        incomplete = rows = 0
        for batch in scope.source.batches(own.table, list(dict.fromkeys([right, at, *tokens, *own.contract.key]))):
            rows += batch.num_rows
            by_now = pc.less_equal(batch.column(at), pa.scalar(scope.as_of))
            done = pc.and_(pc.equal(batch.column(right), sought.right), by_now)
            chosen = batch.filter(pc.fill_null(done, False))  # noqa: FBT003  Arrow's signature
            numbers = key_texts(chosen, own.contract)
            for number, row in zip(numbers.to_pylist() if numbers else [], chosen.to_pylist(), strict=True):
                done_at[sought.origin + keys.reference(own.table, number or "")] = row[at]
                incomplete += not any(_KEYED.fullmatch(row[name] or "") for name in tokens)
        if not rows and not own.contract.allow_empty:
            reason = Reason.NO_ROWS
        digests = [name for name in [own.columns.get("digest_tokens", "")] if name]
        reason = reason or misfits_in(scope, (own.contract, [*tokens, *digests])) or subjects.unproven
        reason, lacks = reason or (Reason.INCOMPLETE if incomplete else None), unclear_names(scope.policy, schemas)
        return cls(sought, subjects, done_at, reason or (Reason.NOT_DECLARED if lacks else None), lacks)


@dataclass(frozen=True, slots=True)
class Residue(PlainFinder):
    """Searches the columns of one table for it; `timed` is the column with the creation time of a row.

    `sealed` columns hold envelopes. `references` are columns of which each value should be in `ids`.
    """

    asked: Asked
    contract: Contract | None
    columns: Sequence[str]
    problems: Sequence[str]
    prover: Prover | None = field(repr=False)
    sealed: frozenset[str] = frozenset()
    keeps: bool = False
    timed: str = ""
    references: Sequence[str] = ()
    ids: PersonKeys | None = field(default=None, repr=False)

    def sightings(self, batch: Batch) -> Iterator[Sighting]:
        for column in self.columns:
            if self.asked.subjects is None:
                break
            read = partial(self._opened, batch, column) if column in self.sealed else None
            hits = self.asked.subjects.search(batch, column, read)
            found = list(self._left(batch, hits))
            rows = np.array([row for row, _ in found], np.int64)
            yield Sighting(column, rows, [problem for _, problem in found], too_large=hits.too_large)
        for column in self.references if self.ids is not None else ():
            # A row with residue counts once, as residue.
            yield Sighting(column, self._orphans(batch.typed(column)), ORPHAN, last=True)

    def _orphans(self, cells: pa.Array) -> Positions:
        assert self.ids is not None  # noqa: S101  the caller looked
        valid = pc.is_valid(cells).to_numpy(zero_copy_only=False)
        return np.flatnonzero(valid & ~self.ids.held(cells))

    def _left(self, batch: Batch, hits: KnownHits[Origins]) -> Iterator[tuple[int, str]]:
        """Row and problem of each finding that is left of somebody."""
        if not len(hits.rows):
            return
        times = _of_rows(batch.typed(self.timed), hits.rows) if self.timed else {}
        for row, kind, origins in zip(hits.rows.tolist(), hits.kinds, hits.origins, strict=True):
            if kind == _TOKEN and self.keeps:
                continue
            if self.asked.sought == RECTIFICATIONS:
                if _is_old(origins):
                    yield row, OLD_VALUE
            elif self._is_left(kind, origins, times.get(row)):
                yield row, kind

    def _is_left(self, kind: str, origins: Origins, at: datetime | None) -> bool:
        """Whether a finding belongs to an erased person.

        A value that a current person has too is theirs, unless the row is older.
        """
        erased = [self.asked.done_at[o] for o in origins if o in self.asked.done_at]
        if not erased:
            return False
        if not any(origin.startswith(CURRENT) for origin in origins):
            return True
        # Many people share a name; an address in a row from before belongs to its owner at that time.
        return kind != _NAME and at is not None and at <= max(erased)

    def _opened(self, batch: Batch, column: str) -> pa.Array:
        """A column with its sealed values opened, except those whose tokens are proven; others are unchanged."""
        assert self.prover is not None  # noqa: S101  `sealed` columns are a contract's
        texts = as_texts(decoded(batch.column(column))).to_pylist()
        found = zip(texts, proofs(self.prover, batch, column), strict=True)
        return pa.array([proof.searched(text) for text, proof in found], pa.string())


def _is_old(origins: Origins) -> bool:
    """Whether a finding belongs to nobody now; the kind `erased` reports those of erased people."""
    return not any(origin.startswith((CURRENT, ERASED)) for origin in origins)


def _of_rows(times: pa.Array, rows: Positions) -> dict[int, datetime | None]:
    """The times of some rows of a batch."""
    wanted = np.unique(rows)
    return dict(zip(wanted.tolist(), times.take(pa.array(wanted)).to_pylist(), strict=True))
