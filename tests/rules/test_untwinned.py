"""Kind `untwinned`: a readable copy of what is encrypted is found in every form, and nobody else's value is."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from governance.encryption.envelope import additional_data, seal
from governance.policy import Where
from governance.results import Reason, Verdict
from governance.rules.kinds.untwinned import Untwinned
from tests.rules.conftest import KEYS, Seen, column, contract, policy, rule

MOBILE, EMAIL, BARE = "+989121234567", "ali.rezaei@example.ir", 9121234567
PEOPLE = contract(
    "people",
    column("person", "integer", category="user.unique_id"),
    column("mobile", classification="restricted"),
    column("mobile_token", classification="confidential"),
    column("email", classification="restricted"),
    column("email_token", classification="confidential"),
)
NOTES = contract("notes", column("note"), column("text"))
MADE = policy(PEOPLE, NOTES, rules=(rule("twin", Untwinned(), Where(undeclared=True)),))
TWINS = {
    "plain": MOBILE,
    "with its zero": "09121234567",
    "Persian digits in a sentence": "با ۰۹۱۲۱۲۳۴۵۶۷ تماس بگیرید",
    "grouped": "+98 912-123-4567",
    "JSON": json.dumps({"mail": EMAIL}),
    "capitals": EMAIL.upper(),
    "base64": base64.b64encode(MOBILE.encode()).decode(),
    "hex": EMAIL.encode().hex(),
}
OTHERS = ("09351234567", "somebody.else@example.ir", "order 12345678901", KEYS.token(MOBILE), "")


def people() -> pa.Table:
    sealed = seal(EMAIL, key=bytes(32), kid="k1", nonce=bytes(12), bound_to=additional_data("people", "email", "1"))
    return pa.table(
        {
            "person": [1],
            "mobile": [MOBILE],
            "mobile_token": [KEYS.token(MOBILE)],
            "email": [sealed],
            "email_token": [KEYS.token(EMAIL)],
        }
    )


def data(texts: list[str]) -> dict[str, Any]:
    notes = {"note": [str(place) for place in range(len(texts))], "text": texts}
    return {"people": people(), "notes": pa.table(notes)}


def seen(texts: list[str], *, keyed: bool = True, **more: Any) -> Seen:
    return Seen({**data(texts), **more}, MADE, KEYS if keyed else None)


@pytest.mark.parametrize("text", TWINS.values(), ids=TWINS)
def test_a_readable_copy_is_found_and_its_row_is_named(text: str) -> None:
    found = seen([*OTHERS, text])["twin/notes"]
    assert found.problems == (("plaintext_twin", 1),)
    assert [row.reference for row in found.rows] == [KEYS.reference("notes", str(len(OTHERS)))]
    assert found.columns == (("text", 1),)


DIGESTS = {
    "SHA-256": hashlib.sha256(b"09121234567").hexdigest(),
    "SHA-512 in capitals": hashlib.sha512(MOBILE.encode()).hexdigest().upper(),
    "SHA-224 in base64": base64.b64encode(hashlib.sha224(b"9121234567").digest()).decode(),
    "SHA-384 in base64": base64.b64encode(hashlib.sha384(b"00989121234567").digest()).decode(),
    "MD5 in JSON": json.dumps({"id": hashlib.md5(EMAIL.encode()).hexdigest()}),  # noqa: S324  what others use
    "SHA-1 of capitals": hashlib.sha1(EMAIL.upper().encode()).hexdigest(),  # noqa: S324
}


@pytest.mark.parametrize("text", DIGESTS.values(), ids=DIGESTS)
def test_a_digest_that_no_key_made_is_found(text: str) -> None:
    found = seen([*OTHERS, text])["twin/notes"]
    assert found.problems == (("unkeyed_digest", 1),)
    assert dict(found.facts)["digested_people"] == 1


@pytest.mark.parametrize(
    "column", [pa.array([1, 9121234567]), pa.array([1.0, 9121234567.0]), pa.array([[1], [9121234567]])]
)
def test_ten_digits_are_found_under_any_name(column: pa.Array) -> None:
    found = seen(["x", "y"], references=pa.table({"reference number": column}))["twin/*"]
    assert (found.violations, found.names) == (1, ("references",))


@pytest.mark.parametrize("kind", [pa.int64(), pa.string()])
def test_keys_that_a_program_counts_up_are_no_telephone_numbers(kind: pa.DataType) -> None:
    orders = contract("orders", column("order_id", "integer"), column("trace_id", "integer"), column("note"))
    made = policy(PEOPLE, orders, rules=(rule("twin", Untwinned(), Where(tables=("orders",))),))
    for name, violations in (("order_id", 0), ("trace_id", 1), ("note", 1)):
        row = {"order_id": ["1"], "trace_id": ["2"], "note": ["3"], name: ["9121234567"]}
        table = pa.table(
            {key: pa.array(cells).cast(pa.string() if key == "note" else kind) for key, cells in row.items()}
        )
        assert Seen({"people": people(), "orders": table}, made)["twin/orders"].violations == violations


def test_where_not_all_digests_are_kept_nothing_is_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("governance.rules.people.digests.MOST", 0)
    assert seen(["x"]).verdict("twin/notes") == (Verdict.NOT_EVALUATED, Reason.INCOMPLETE)
    assert seen(["09121234567"])["twin/notes"].problems == (("plaintext_twin", 1),)


def test_other_values_and_tokens_are_no_copies() -> None:
    found = seen(list(OTHERS))
    assert found.verdict("twin/notes") == (Verdict.PASSED, Reason.HOLDS)
    assert found.verdict("twin/*") == (Verdict.PASSED, Reason.HOLDS)


def test_an_address_that_is_the_companys_own_too_is_still_that_of_its_person() -> None:
    made = replace(MADE, recognised=replace(MADE.recognised, own_contacts=(EMAIL,)))
    assert Seen(data([EMAIL]), made)["twin/notes"].problems == (("plaintext_twin", 1),)


def test_the_encrypted_column_itself_is_for_another_rule() -> None:
    assert seen(["x"]).verdict("twin/people") == (Verdict.PASSED, Reason.HOLDS)


def test_a_table_that_no_contract_names_is_counted() -> None:
    found = seen(["x"], call_list=pa.table({"who": [None, "09121234567"]}))["twin/*"]
    assert (found.violations, found.unit, found.names) == (1, "tables", ("call_list",))


def test_without_keys_nobody_can_say() -> None:
    found = seen(["09121234567"], keyed=False)
    assert found.verdict("twin/notes") == (Verdict.NOT_EVALUATED, Reason.NO_KEY)
    assert found.verdict("twin/*") == (Verdict.NOT_EVALUATED, Reason.NO_KEY)
