"""What is left of people who were erased, and of values that were put right: whom to look for, and what is theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from governance import detection
from governance.encryption import additional_data, parse, unseal
from governance.policy import Classification
from governance.results import Reason
from governance.rules.base import Scope, key_texts
from governance.rules.people import TOKEN_ENDING
from governance.rules.subjects import CURRENT, ERASED, REQUEST_TOKENS, Origins, Subjects, find_subjects

_TOKEN = "token"  # noqa: S105  a kind of find
_NAME = "person_name"
_ENVELOPE = "enc:"
OLD_VALUE = "old_value"  # what somebody's record said before it was put right


@dataclass(frozen=True, slots=True)
class Asked:
    """Who was erased by now, and when, by the origins that the index has for them; or why nobody can be looked for."""

    subjects: Subjects | None = field(repr=False)
    erased_at: Mapping[str, datetime] = field(repr=False)
    unproven: Reason | None

    @classmethod
    def of(cls, scope: Scope, requests: str) -> Asked:
        """The erasures of a run. Ask for it in `watch`: it reads tables."""
        return scope.once(("erasures", requests), lambda: cls._read(scope, requests))

    @classmethod
    def _read(cls, scope: Scope, requests: str) -> Asked:
        keys, contract = scope.keys, scope.policy.tables.get(requests)
        schema = scope.source.schemas().get(requests)
        if not scope.source.relational:
            return cls(None, {}, Reason.NEEDS_TABLES)
        if schema is None or contract is None:
            return cls(None, {}, Reason.MISSING_TABLE)
        needed = ["right", "fulfilled_at", *REQUEST_TOKENS, contract.primary_key]
        if not set(needed) <= set(schema.names):
            return cls(None, {}, Reason.MISSING_COLUMN)
        if keys is None:
            return cls(None, {}, Reason.NO_KEY)
        if not pa.types.is_timestamp(schema.field("fulfilled_at").type):
            return cls(None, {}, Reason.NOT_A_TIME)
        erased_at: dict[str, datetime] = {}
        incomplete = rows = 0
        for batch in scope.source.batches(requests, needed):
            rows += batch.num_rows
            times = pc.cast(batch.column("fulfilled_at"), pa.timestamp("us", "UTC"))
            done = pc.and_(pc.equal(batch.column("right"), "erasure"), pc.less_equal(times, pa.scalar(scope.as_of)))
            chosen = pa.table(batch).append_column("at", times).filter(pc.fill_null(done, False))  # noqa: FBT003
            numbers = key_texts(chosen, contract)
            for number, row in zip(numbers.to_pylist() if numbers else [], chosen.to_pylist(), strict=True):
                erased_at[ERASED + keys.reference(requests, number or "")] = row["at"]
                incomplete += not any(row[name] for name in REQUEST_TOKENS)
        empty = not rows and not contract.allow_empty
        reason = Reason.NO_ROWS if empty else Reason.INCOMPLETE if incomplete else None
        return cls(find_subjects(scope, requests), erased_at, reason)


@dataclass(frozen=True, slots=True)
class Search:
    """Looks for the erased in the columns of one table; `timed` is the column that says when a row came into being."""

    asked: Asked
    scope: Scope
    table: str
    keeps: bool = False
    timed: str = ""

    def finds(self, batch: pa.RecordBatch, column: str, keys: pa.Array | None) -> Iterator[tuple[int, str]]:
        """Row and kind of each thing that is left of somebody in a column."""
        subjects = self.asked.subjects
        if subjects is None:
            return
        hits = (
            self._sealed(batch, column, keys, subjects) if self._is_sealed(column) else subjects.search(batch, column)
        )
        if not len(hits.rows):
            return
        times = pc.cast(batch.column(self.timed), pa.timestamp("us", "UTC")).to_pylist() if self.timed else None
        for row, kind, origins in zip(hits.rows.tolist(), hits.kinds, hits.origins, strict=True):
            if kind == _TOKEN and self.keeps:
                continue
            if self._is_left(kind, origins, times[row] if times else None):
                yield row, kind
            elif not any(origin.startswith((CURRENT, ERASED)) for origin in origins):
                yield row, OLD_VALUE

    def _is_left(self, kind: str, origins: Origins, at: datetime | None) -> bool:
        """Whether a find is of somebody erased. What a living person has too is theirs, unless it is older."""
        erased = [self.asked.erased_at[o] for o in origins if o in self.asked.erased_at]
        if not erased:
            return False
        if not any(origin.startswith(CURRENT) for origin in origins):
            return True
        # Many share a name; an address of old in a row of old is that of whoever had it then.
        return kind != _NAME and at is not None and at <= max(erased)

    def _is_sealed(self, column: str) -> bool:
        contract = self.scope.policy.tables.get(self.table)
        declared = contract.column(column) if contract else None
        return declared is not None and declared.classification is Classification.RESTRICTED

    def _sealed(
        self, batch: pa.RecordBatch, column: str, keys: pa.Array | None, subjects: Subjects
    ) -> detection.KnownHits[Origins]:
        """A column of envelopes: what is none is searched as it stands, and what has no token beside it is opened."""
        texts = pc.cast(batch.column(column), pa.string()).to_pylist()
        beside = column + TOKEN_ENDING
        tokens = batch.column(beside).to_pylist() if beside in batch.schema.names else [None] * len(texts)
        names = keys.to_pylist() if keys is not None else [None] * len(texts)
        opened = [
            text
            if text is None or not text.startswith(_ENVELOPE)
            else None
            if token
            else self._open(column, name, text)
            for text, token, name in zip(texts, tokens, names, strict=True)
        ]
        return detection.scan_known(pa.array(opened, pa.string()), subjects.known, label=column)

    def _open(self, column: str, key: str | None, text: str) -> str | None:
        """What an envelope says; that one doesn't open is for another kind of rule to tell."""
        envelope, keys = parse(text), self.scope.keys
        secret = keys.data_keys.get(envelope.kid) if envelope and keys else None
        if envelope is None or secret is None or key is None:
            return None
        raw = unseal(envelope, key=secret, bound_to=additional_data(self.table, column, key))
        return raw.decode("utf-8", "replace") if raw else None
