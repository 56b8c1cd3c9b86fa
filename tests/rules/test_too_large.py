"""A cell too long to be judged is an error of every check that looks into it, whatever the other cells hold."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from governance.detection import LONGEST_CELL
from governance.results import Reason, Verdict
from governance.sources import open_source
from tests.rules import test_encrypted, test_untwinned
from tests.rules.conftest import CARD, Seen, policy, users

LONG, LONGEST = "x" * (LONGEST_CELL + 1), "x" * LONGEST_CELL
REFUSED = (Verdict.ERROR, Reason.TOO_LARGE)


@pytest.mark.parametrize("others", [0, 2])
def test_one_long_cell_makes_an_error_and_hides_no_violation(others: int) -> None:
    seen = Seen(users(["a", LONG, *[CARD] * others, LONG]))
    assert seen.verdict("free/users/name") == REFUSED
    assert dict(seen["free/users/name"].facts)["too_large"] == 2
    assert (seen["free/users/name"].violations, len(seen["free/users/name"].rows)) == (others, others)
    assert seen.verdict("free/users/id") == (Verdict.PASSED, Reason.HOLDS)


def test_a_cell_as_long_as_may_be_is_judged() -> None:
    assert Seen(users([LONGEST])).verdict("free/users/name") == (Verdict.PASSED, Reason.HOLDS)
    card = LONGEST[: -len(CARD) - 1] + f" {CARD}"
    assert Seen(users([card])).verdict("free/users/name") == (Verdict.FAILED, Reason.VIOLATED)
    assert dict(Seen(users([card]))["free/users/name"].facts).get("too_large") is None


def test_a_long_cell_in_one_of_several_batches_of_a_file_is_noticed(tmp_path: Path) -> None:
    names = ["a"] * 200_000
    names[70_000], names[150_000] = LONG, CARD
    pq.write_table(users(list(names))["users"], tmp_path / "users.parquet", row_group_size=50_000)
    made = policy()
    with closing(open_source(tmp_path, made.tables)) as source:
        seen = Seen(source, made)
    assert seen.verdict("free/users/name") == REFUSED
    assert seen["free/users/name"].problems == (("payment_card_number", 1),)
    assert ("too_large", 1) in seen["free/users/name"].facts


def test_a_table_that_no_contract_names_is_refused_with_its_long_cell() -> None:
    seen = Seen(users(["a"]) | {"stray": pa.table({"x": [[LONG, "b"]], "y": [CARD]})})
    assert seen.verdict("free/*") == REFUSED
    assert (seen["free/*"].violations, dict(seen["free/*"].facts)["too_large"]) == (1, 1)


def test_a_search_for_people_is_refused_a_long_cell_too() -> None:
    seen = test_untwinned.seen([test_untwinned.MOBILE, LONG])
    assert seen.verdict("twin/notes") == REFUSED
    assert seen["twin/notes"].problems == (("plaintext_twin", 1),)
    assert seen.verdict("twin/people") == (Verdict.PASSED, Reason.HOLDS)


def test_an_encrypted_column_is_refused_a_long_cell_too() -> None:
    seen = test_encrypted.seen([*test_encrypted.GOOD, LONG, CARD])
    assert seen.verdict(test_encrypted.CHECK) == REFUSED
    assert seen[test_encrypted.CHECK].problems == (("plaintext", 1),)
