"""Tables and columns that are missing, empty, too many or doubled, and CSV files that cannot be read for certain."""

from __future__ import annotations

import pyarrow as pa
import pytest

from governance.results import Reason, Verdict
from tests.faults.company import CARD, FAILED, MOBILE, Company, unlooked

NOTE = "no-bank-data/transactions/note"
BODY = "no-bank-data/reviews/body"
HEADER = "review_id,user_id,book_id,rating,body,created_at"
ROW = f"1,1,1,5,{CARD},2026-01-01T00:00:00Z"
HOLDS = (Verdict.PASSED, Reason.HOLDS)


def csv(*lines: str) -> str:
    return "\n".join((*lines, ""))


def test_nothing_is_said_of_whole_tables(company: Company) -> None:
    names = (NOTE, BODY, "declared/transactions", "contracts-kept/transactions", "contracts-kept/users")
    assert company.check(*names).code == 0


def test_02_a_missing_table_is_not_evaluated(company: Company) -> None:
    (company.data / "transactions.parquet").unlink()
    said = company.check(NOTE, "contracts-kept/transactions")
    assert said.code == 2
    assert {(check.verdict, check.reason) for check in said.results.checks} == {unlooked(Reason.MISSING_TABLE)}


def test_03_a_missing_column_is_not_evaluated_and_none_is_one_too_many(company: Company) -> None:
    company.put("transactions", company.table("transactions").drop_columns(["note"]))
    beyond = "no-bank-data/transactions/*"
    said = company.check(NOTE, beyond)
    assert said.code == 2
    assert said.verdict(NOTE) == unlooked(Reason.MISSING_COLUMN)
    assert said.verdict(beyond) == HOLDS


def test_04_an_undeclared_column_fails(company: Company) -> None:
    table = company.table("transactions")
    company.put("transactions", table.append_column("segment", pa.array(["a"] * table.num_rows)))
    said = company.check("declared/transactions")
    assert (said.code, said.verdict("declared/transactions")) == (1, FAILED)


def test_05_an_empty_table_is_not_evaluated(company: Company) -> None:
    company.put("transactions", company.table("transactions").slice(0, 0))
    said = company.check(NOTE)
    assert (said.code, said.verdict(NOTE)) == (2, unlooked(Reason.NO_ROWS))


def test_06_a_required_column_of_nulls_only_breaks_its_contract(company: Company) -> None:
    """Emptiness counts rows: what is required and nowhere there is more than not looked at, it is violated."""
    company.put_column("users", "status", pa.array([], pa.string()))
    said = company.check("contracts-kept/users")
    assert (said.code, said.verdict("contracts-kept/users")) == (1, FAILED)


def test_06_an_encrypted_column_of_nulls_only_is_not_evaluated(company: Company) -> None:
    for column in ("mobile", "mobile_token"):
        company.put_column("users", column, pa.array([], pa.string()))
    said = company.check("restricted-encrypted/users/mobile")
    assert (said.code, said.verdict("restricted-encrypted/users/mobile")[0]) == (2, Verdict.NOT_EVALUATED)


def test_07_a_file_of_no_bytes_is_refused(company: Company) -> None:
    company.put_csv("reviews", b"")
    assert "reviews" in company.refusal(BODY)


def test_07_a_file_of_a_header_only_is_not_evaluated(company: Company) -> None:
    company.put_csv("reviews", csv(HEADER).encode())
    said = company.check(BODY)
    assert (said.code, said.verdict(BODY)) == (2, unlooked(Reason.NO_ROWS))


def test_08_one_byte_order_mark_is_skipped(company: Company) -> None:
    company.put_csv("reviews", ("\ufeff" + csv(HEADER, ROW)).encode())
    said = company.check(BODY, "declared/reviews")
    assert (said.verdict(BODY), said.verdict("declared/reviews")) == (FAILED, HOLDS)


def test_08_a_second_byte_order_mark_is_no_part_of_a_declared_name(company: Company) -> None:
    company.put_csv("reviews", ("\ufeff\ufeff" + csv(HEADER, ROW)).encode())
    name = "no-bank-data/reviews/review_id"
    said = company.check(name)
    assert (said.code, said.verdict(name)) == (2, unlooked(Reason.MISSING_COLUMN))


ENCODED = {
    "UTF-16": csv(HEADER, ROW).encode("utf-16"),
    "cp1256": csv(HEADER, ROW, "2,1,1,5,کارت,").encode("cp1256", "replace"),
    "latin1": csv(HEADER, ROW, "2,1,1,5,caf\xe9,").encode("latin1"),
}


@pytest.mark.parametrize("encoding", ENCODED)
def test_09_a_file_in_another_encoding_is_refused(company: Company, encoding: str) -> None:
    company.put_csv("reviews", ENCODED[encoding])
    assert "expected text in UTF-8" in company.refusal(BODY)


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "cp1256"])
def test_09_text_once_read_in_another_encoding_is_searched_as_it_was_meant(company: Company, encoding: str) -> None:
    """Such a file is UTF-8 again and can be read; what stands in it is not hidden by that."""
    card = CARD.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    misread = card.encode().decode(encoding)
    company.put_csv("reviews", csv(HEADER, ROW.replace(CARD, f"کارت {misread}")).encode())
    said = company.check(BODY, secrets=(CARD, card, misread))
    assert (said.code, said.verdict(BODY)) == (1, FAILED)


RAGGED = {"short": f"2,1,1,5,{CARD}", "long": f"2,1,1,5,{CARD},2026-01-01T00:00:00Z,{MOBILE}"}


@pytest.mark.parametrize("row", RAGGED)
def test_10_a_ragged_row_is_refused_by_its_line(company: Company, row: str) -> None:
    company.put_csv("reviews", csv(HEADER, ROW, RAGGED[row]).encode())
    assert "reviews.csv:3: expected 6 cells" in company.refusal(BODY)


BROKEN = {"quote": f'2,1,1,5,"{CARD},', "NUL": f"2,1,1,5,{CARD}\0,"}


@pytest.mark.parametrize("fault", BROKEN)
def test_11_an_open_quote_or_a_nul_is_refused(company: Company, fault: str) -> None:
    company.put_csv("reviews", csv(HEADER, ROW, BROKEN[fault]).encode())
    assert "reviews.csv" in company.refusal(BODY)


@pytest.mark.parametrize("delimiter", [";", "\t", "|"], ids=["semicolon", "tab", "bar"])
def test_12_another_delimiter_is_refused_by_name(company: Company, delimiter: str) -> None:
    company.put_csv("reviews", csv(HEADER, ROW).replace(",", delimiter).encode())
    assert f"reviews.csv:1: expected cells that commas separate, found {delimiter!r}" in company.refusal(BODY)


def test_13_a_column_twice_is_refused(company: Company) -> None:
    company.put_csv("reviews", csv("review_id,body,body", f"1,{CARD},x").encode())
    assert "each column once" in company.refusal(BODY)


def test_14_a_primary_key_twice_breaks_the_contract(company: Company) -> None:
    company.put_cells("transactions", "transaction_id", [1, 1])
    said = company.check("contracts-kept/transactions")
    assert (said.code, said.verdict("contracts-kept/transactions")) == (1, FAILED)
    assert said.problems("contracts-kept/transactions")
