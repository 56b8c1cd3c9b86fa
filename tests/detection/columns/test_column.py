"""Findings are the same in whatever type a column holds its texts."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pytest

from governance.detection import scan

CARD, MOBILE = "4539148803436467", "09123456789"
TEXTS = pa.array([None, f"card {CARD}", "nothing", f"call {MOBILE}"])
FORMS: dict[str, Callable[[pa.Array], pa.Array]] = {
    "extension": lambda texts: pa.ExtensionArray.from_storage(pa.json_(), texts),
    "dictionary": lambda texts: texts.dictionary_encode(),
    "runs": lambda texts: pa.RunEndEncodedArray.from_arrays([1, 2, 3, 4], texts),
    "view": lambda texts: texts.cast(pa.string_view()),
    "bytes": lambda texts: texts.cast(pa.binary()),
    "chunks": lambda texts: pa.chunked_array([texts.slice(0, 2), texts.slice(2, 0), texts.slice(2)]),
    "structs": lambda texts: pa.StructArray.from_arrays([texts], names=["x"]),
}


@pytest.mark.parametrize("form", FORMS)
def test_findings_do_not_depend_on_the_type_that_holds_the_texts(form: str) -> None:
    kinds = ["payment_card_number", "phone_number"]
    plain, held = scan(TEXTS, kinds, label="x"), scan(FORMS[form](TEXTS), kinds, label="x")
    assert held.rows.tolist() == plain.rows.tolist() == [1, 3]
    assert held.review.tolist() == plain.review.tolist()
