"""Forty ways of keeping a column: no fake that shows ever passes, and no genuine one is accused."""

from __future__ import annotations

import pytest

from governance.proving.scheme_table import SIZES, judged
from governance.results import Reason, Verdict
from governance.synthetic.ciphers.schemes import CORPORA, SCHEMES, Scheme

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("rows", SIZES)
@pytest.mark.parametrize("scheme", SCHEMES, ids=[scheme.name for scheme in SCHEMES])
def test_what_is_said_of_a_scheme_is_right(scheme: Scheme, rows: int) -> None:
    verdicts = [judged(scheme, corpus, rows, keyed=keyed) for corpus in CORPORA for keyed in (False, True)]
    assert [verdict for verdict in verdicts if not verdict.right] == []


def test_there_are_enough_of_each_sort() -> None:
    names = [scheme.name for scheme in SCHEMES]
    assert len(names) == len(set(names)) >= 25
    assert {"genuine", "form", "key"} == {scheme.shown_by for scheme in SCHEMES}


def test_what_only_a_key_can_tell_is_consistent_without_one() -> None:
    for scheme in SCHEMES:
        if scheme.shown_by == "key":
            verdict = judged(scheme, "300 characters", 300, keyed=False)
            assert (verdict.verdict, verdict.reason) == (Verdict.PASSED, Reason.CONSISTENT)
