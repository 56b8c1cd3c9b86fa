"""Pages name an expectation as Great Expectations itself does in a suite."""

from __future__ import annotations

from dataclasses import replace

import pytest

from governance.gx.expectations import EXPECTATIONS
from governance.reports import words
from governance.reports.facts.phrases import Phrases
from governance.rules.kinds import KINDS
from tests.reports.conftest import rule


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_names_the_expectation_of_each_kind_as_suites_do(kind: str) -> None:
    stored = replace(rule("any", "PP-1-1"), kind=kind, expectation=KINDS[kind].expectation)
    assert Phrases(words("en")).expectation(stored) == EXPECTATIONS[kind].expectation_type
