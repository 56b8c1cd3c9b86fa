"""Whatever a frame holds, the policy has a verdict on it: no check raises, and no value gets out."""

from __future__ import annotations

import io
import logging
import traceback
from contextlib import redirect_stderr, redirect_stdout
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, reject, seed, settings
from hypothesis import strategies as st
from hypothesis.extra.pandas import column, data_frames, range_indexes

import governance
from governance.errors import SourceError
from governance.results import Reason, Results, Verdict
from tests.conftest import PROJECT, Sampling

AS_OF = "2026-11-22T00:00:00Z"
CANARY, DIGITS = "zqcanary", "731957319573195"
TABLES = ("users", "reviews", "transactions", "access_events", "transfers", "shared_sms", "subject_requests", "other")
COLUMNS = (
    *("user_id", "review_id", "body", "name", "email", "mobile", "email_token", "created_at", "purpose", "actor_id"),
    *("columns", "amount", "note", "recipient", "protocol", "kind", "sent_at", "row_key", "rowid", "ORDER", "a b"),
    *("\u202eeman", "a\nb", 'a"b', "a'b;--", "شماره", "{}", "%s", "x" * 300, "\U0001f4a9", "../x", "*"),
)
NASTY = ("\x00", "\ud800", "\udfff\ud800", "\u202e", "\u2066", "\ufeff", "\u200c", "\x1b[2J", "۰۹۱۲۱۲۳۴۵۶۷", "=1+1")

_texts = st.one_of(
    st.text(st.characters(codec=None, categories=None), max_size=12), st.sampled_from(NASTY), st.just("0" * 5000)
).map(lambda text: f"{text}{CANARY}{text}")
_numbers = st.one_of(
    st.sampled_from((0, 1, -1, 2**53 + 1, 2**63, 2**64, -(2**200), 10**40)).map(lambda n: int(f"{n}{DIGITS}")),
    st.floats(width=64),
    st.sampled_from(("NaN", "Infinity", "1e70", "1e-700", f"{DIGITS}.000000000000000000001")).map(Decimal),
    st.booleans(),
    st.just(complex(1, 2)),
)
_moments = st.one_of(
    st.datetimes(), st.dates(), st.times(), st.timedeltas(), st.just(pd.NaT), st.just(np.datetime64("NaT"))
)
_plain = st.one_of(st.none(), _texts, _numbers, _moments, _texts.map(lambda t: t.encode("utf-8", "surrogatepass")))
_nested = st.recursive(
    _plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(_texts, inner, max_size=2),
        st.tuples(inner, inner),
        st.frozensets(_texts, max_size=2),
    ),
    max_leaves=6,
)
# A column of one kind of value meets other code than one of several.
_cells = (_texts, _numbers, _moments, _plain, _nested, st.none())


@st.composite
def frames(draw: st.DrawFn) -> dict[str, pd.DataFrame]:
    """Tables that contracts name, and others, with columns that they name, and others."""
    made = {}
    for table in draw(st.lists(st.sampled_from(TABLES), min_size=1, max_size=2, unique=True)):
        names = draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=5, unique_by=str.casefold))
        columns = [column(name, elements=draw(st.sampled_from(_cells)), dtype=object) for name in names]
        try:
            frame = draw(data_frames(columns, index=range_indexes(max_size=6)))
            for name in names:
                frame[name] = _as(draw(st.sampled_from(("object", "category", "inferred"))), frame[name])
        except UnicodeEncodeError:  # pandas itself makes no frame of half a character alone
            reject()
        made[table] = frame
    return made


def _as(kind: str, cells: Any) -> Any:
    """The cells in another form of pandas; as objects where it has no such form of them."""
    try:
        return cells.astype("category") if kind == "category" else cells.infer_objects() if kind != "object" else cells
    except (TypeError, ValueError, OverflowError):
        return cells


def look(given_frames: dict[str, Any]) -> tuple[Results | None, str]:
    """The results, None of what was refused, and all that was said on the way."""
    out, log = io.StringIO(), io.StringIO()
    handler = logging.StreamHandler(log)
    logging.getLogger().addHandler(handler)
    found = None
    try:
        with redirect_stdout(out), redirect_stderr(out):
            found = governance.check(given_frames, project=PROJECT, as_of=AS_OF)
    except SourceError:
        out.write(traceback.format_exc())
    finally:
        logging.getLogger().removeHandler(handler)
    return found, out.getvalue() + log.getvalue()


def holds_no_value(text: str) -> bool:
    """Whether no canary stands there; a traceback's own lines of code hold none."""
    return CANARY not in text.casefold() and DIGITS not in text


def judged(given_frames: dict[str, Any]) -> None:
    found, said = look(given_frames)
    assert holds_no_value(said)
    assert found is not None
    assert holds_no_value(found.to_json())
    assert holds_no_value(repr(found))
    assert len(found.checks) == found.planned
    # A check that raised is our own fault, whatever the frame held.
    raised = [check.id for check in found.checks if check.reason in {Reason.CHECK_RAISED, Reason.NOT_RUN}]
    assert raised == []


@pytest.mark.soak
def test_arbitrary_frames_have_a_verdict_and_leak_nothing(sampling: Sampling, pytestconfig: pytest.Config) -> None:
    number = len(sampling.of(range(600), 20))

    @seed(pytestconfig.option.seed)
    @settings(max_examples=number, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(frames())
    def judge(given_frames: dict[str, pd.DataFrame]) -> None:
        judged(given_frames)

    judge()


@pytest.mark.parametrize(
    "cells",
    [
        ["\ud800", f"\udfff{CANARY}", "\ud83d\ude00"],
        [b"\xff\xfe", bytearray(b"\x00"), CANARY.encode()],
        [int(f"1{DIGITS}") ** 5, -(2**64), None],
        [Decimal("1e70"), Decimal("1e-30"), Decimal(DIGITS)],
        [[Decimal("1e70")], [Decimal(1)], []],
        [[1, [2, {"a": {CANARY}}]], {"\ud800": "\udfff"}, (CANARY,)],
    ],
    ids=["half characters", "bytes", "huge integers", "huge decimals", "nested decimals", "nested"],
)
@pytest.mark.parametrize("kind", ["object", "category"])
def test_cells_that_no_engine_has_a_type_for_are_judged_as_text(cells: list[object], kind: str) -> None:
    judged({"reviews": pd.DataFrame({"review_id": [1, 2, 3], "body": _as(kind, pd.Series(cells, dtype=object))})})


def test_a_card_number_beside_cells_without_a_type_is_found() -> None:
    cells = pd.Series(["\ud800", "card 6037991234567893 \udfff", Decimal("1e70")], dtype=object)
    found, _ = look({"reviews": pd.DataFrame({"review_id": [1, 2, 3], "body": cells})})
    assert found is not None
    (check,) = [check for check in found.checks if check.id == "no-bank-data/reviews/body"]
    assert (check.verdict, check.evidence.violations) == (Verdict.FAILED, 1)


@pytest.mark.parametrize("sign", ["\x00", "\ud800"])
@pytest.mark.parametrize("of", ["table", "column"])
def test_a_name_that_no_engine_takes_is_refused_in_one_sentence(sign: str, of: str) -> None:
    table, name = ("users", f"{CANARY}{sign}") if of == "column" else (f"{CANARY}{sign}", "name")
    frame = pd.DataFrame([[1]], columns=pd.Index([name], dtype=object))
    with pytest.raises(SourceError, match="half a character") as caught:
        governance.check({table: frame}, project=PROJECT, as_of=AS_OF)
    assert sign not in str(caught.value)


def test_a_table_without_columns_is_refused_in_one_sentence() -> None:
    with pytest.raises(SourceError, match=r"^users: expected at least one column, found none\.$"):
        governance.check({"users": pd.DataFrame()}, project=PROJECT, as_of=AS_OF)
