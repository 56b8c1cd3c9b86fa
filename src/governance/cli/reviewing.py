"""Reviewing a column whose cells are suspects: how many are is counted in the data, and recorded with the judgement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

from governance.errors import UsageError
from governance.inputs import DataInput, load_policy
from governance.planning.checks import Plan
from governance.planning.checks import plan as make_plan
from governance.planning.drift import review_column as record
from governance.policy import REST, ColumnReview, declaration
from governance.policy.column_reviews import LONGEST_REVIEW
from governance.policy.fields import DAY
from governance.results import Results
from governance.run import check


def review_column(
    root: Path,
    column: str,
    data: DataInput | None,
    keys: Path | None,
    *,
    share: int | None,
    by: str,
    on: date,
    until: str | None,
) -> ColumnReview:
    """Record the judgement of a column, called TABLE/COLUMN; its share of suspects is given or counted in the data.

    It is bound to what the column's contract says; without a contract to the column's name, so that it ends when the
    column is declared. UsageError when there is nothing to judge, or when it would hold for too long.
    """
    table, _, name = column.partition("/")
    if not table or not name:
        raise UsageError("expected TABLE/COLUMN.", argument="column", given=column)
    latest = (on + timedelta(days=LONGEST_REVIEW)).isoformat()
    if until is not None and not (DAY.fits(until) and on.isoformat() <= until <= latest):
        raise UsageError(f"expected a day from {on} until {latest}.", argument="until", given=until)
    planned = make_plan(load_policy(root))
    if share is None:
        if data is None:
            raise UsageError("expected data to count the suspects in, or --share; found neither.", argument="data")
        share = _share(
            planned, column, lambda asked: check(data, keys=keys, select=asked, as_of=f"{on}T00:00:00Z", project=root)
        )
    fingerprint = declaration(planned.policy.tables.get(table), column)
    made = ColumnReview(column, fingerprint, share, by.strip(), on.isoformat(), until or latest)
    record(planned.policy, root / "expectations", made)
    return made


def _share(planned: Plan, column: str, evaluate: Callable[[Sequence[str]], Results]) -> int:
    """The greatest share of suspects that any check counts in the column, in percent, rounded up."""
    table, _, name = column.partition("/")
    own = table if table in planned.policy.tables else REST
    asked = [
        check.id
        for check in planned.checks
        if check.place and check.place.table == own and check.place.column in {"", name, REST}
        if getattr(check.rule.parameters, "kinds", ())
    ]
    results = evaluate(asked).checks if asked else ()
    called = name if own == table else column
    shares = [
        -(-100 * suspects // max(filled, 1))
        for result in results
        for known, suspects, filled in result.evidence.suspects
        if known == called
    ]
    if not shares:
        raise UsageError("expected a column with suspects, found none in the data.", argument="column", given=called)
    return max(shares)
