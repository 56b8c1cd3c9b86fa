"""Names from data: nothing in them is hidden, and no two checks share a file."""

from __future__ import annotations

import pytest

from governance.reports import row_file
from governance.reports.language.safe_names import visible


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("transactions", "transactions"),
        ("یادداشت خریدار", "یادداشت خریدار"),
        ("می\u200cشود", "می\u200cشود"),  # spelling
        ("use\u200crs", "use\\u200crs"),  # a disguise
        ("a\u202eb", "a\\u202eb"),
        ("tab\there\n", "tab\\u0009here\\u000a"),
        ("no\u00a0break", "no\\u00a0break"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_cannot_be_seen_is_written_out(name: str, shown: str) -> None:
    assert visible(name) == shown


@pytest.mark.parametrize(
    ("check", "file"),
    [
        ("no-bank-data/transactions/note", "no-bank-data--transactions--note.csv"),
        ("no-bank-data/transactions/*", "no-bank-data--transactions--rest.csv"),
        ("declared/*", "declared--rest.csv"),
    ],
)
def test_a_check_has_a_readable_file_name(check: str, file: str) -> None:
    assert row_file(check) == file


def test_no_two_checks_share_a_file() -> None:
    checks = [
        "r/t/*",
        "r/t/rest",
        "r/t--rest",
        "r--t/rest",
        "r-/t",
        "r/-t",
        "r/t",
        "r/T*",
        "r/t ",
        "r/-",
        "r/" + "a" * 300,
    ]
    assert len({row_file(check) for check in checks}) == len(checks)


@pytest.mark.parametrize("check", ["../../etc/passwd", "r/..", "r/\\x", "r/a\0b", "r/<script>", "r/con:", "r/نام"])
def test_a_file_name_stays_where_it_is_put(check: str) -> None:
    name = row_file(check)
    assert name.isascii()
    assert not set('/\\:*?"<>|\0 ') & set(name)
    assert not name.startswith((".", "-"))
    assert len(name) < 255
