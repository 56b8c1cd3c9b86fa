"""Verdicts on columns of each scheme, without keys and with, to prove that fakes do not pass as encryption."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa

from governance.encryption.inspection import ColumnInspection, EncryptedColumn
from governance.encryption.spread import LEAST
from governance.results import Evidence, Reason, Verdict
from governance.rules.cells.encryption import judged as judged_values
from governance.rules.part import ranked
from governance.synthetic.ciphers.schemes import COLUMN, CORPORA, SCHEMES, TABLE, Scheme, ShownBy, column

SIZES = (5, 30, 300)
_SAMPLE = 10_000


@dataclass(frozen=True, slots=True)
class SchemeVerdict:
    """The verdict on one column; `problem` is the most frequent one, "" if none."""

    scheme: str
    shown_by: ShownBy
    corpus: str
    rows: int
    distinct: int
    keyed: bool
    verdict: Verdict
    reason: Reason
    problem: str

    @property
    def right(self) -> bool:
        """Whether this verdict is right for such a column.

        A fake must never hold, unless only a key can reveal it and none was given; a genuine column must never be
        violated; and few values must not be judged without a key.
        """
        if self.shown_by == "genuine":
            if self.keyed:
                return self.reason is Reason.PROVEN
            return self.reason is (Reason.CONSISTENT if self.distinct >= LEAST else Reason.TOO_FEW_ROWS)
        if self.keyed:
            return self.verdict is Verdict.FAILED
        if self.verdict is not Verdict.PASSED:
            return True
        return self.shown_by == "key" and self.reason is Reason.CONSISTENT


def judged(scheme: Scheme, corpus: str, rows: int, *, keyed: bool, seed: int = 0) -> SchemeVerdict:
    """The verdict on one column of a scheme."""
    values, names, keys = column(scheme, corpus, rows, seed=seed)
    declared = EncryptedColumn(TABLE, COLUMN, CORPORA[corpus].plaintext, scheme.form, scheme.lookup)
    inspection = ColumnInspection(declared, keys if keyed else None, _SAMPLE)
    wrong, more = judged_values(inspection, inspection.fold(pa.array(values), pa.array(names)), rows)
    problems = ranked(Counter(problem for _, problem in wrong))
    evidence = Evidence(examined=rows, violations=len(wrong), problems=problems, **more)
    verdict, reason = evidence.judge()
    problem = evidence.problems[0][0] if evidence.problems else ""
    distinct = dict(evidence.facts)["distinct"]
    return SchemeVerdict(scheme.name, scheme.shown_by, corpus, rows, distinct, keyed, verdict, reason, problem)


def scheme_table(sizes: Iterable[int] = SIZES) -> Iterator[SchemeVerdict]:
    """Every scheme with every corpus and size, without keys and with."""
    chosen = tuple(sizes)
    for scheme in SCHEMES:
        for corpus in CORPORA:
            for rows in chosen:
                for keyed in (False, True):
                    yield judged(scheme, corpus, rows, keyed=keyed)
