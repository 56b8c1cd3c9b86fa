"""Kind `untwinned`: a readable copy of what is encrypted is found in every form, and nobody else's value is."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from governance.policy import Where
from governance.results import Reason, Verdict
from governance.rules.kinds.untwinned import Untwinned
from tests.rules.conftest import KEYS, Seen, column, contract, policy, rule

MOBILE, EMAIL = "+989121234567", "ali.rezaei@example.ir"
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


def data(texts: list[str]) -> dict[str, Any]:
    people = {
        "person": [1],
        "mobile": [MOBILE],
        "mobile_token": [KEYS.token(MOBILE)],
        "email": ["enc:…"],
        "email_token": [KEYS.token(EMAIL)],
    }
    notes = {"note": [str(place) for place in range(len(texts))], "text": texts}
    return {"people": pa.table(people), "notes": pa.table(notes)}


def seen(texts: list[str], *, keyed: bool = True, **more: Any) -> Seen:
    return Seen({**data(texts), **more}, MADE, KEYS if keyed else None)


@pytest.mark.parametrize("text", TWINS.values(), ids=TWINS)
def test_a_readable_copy_is_found_and_its_row_is_named(text: str) -> None:
    found = seen([*OTHERS, text])["twin/notes"]
    assert found.problems == (("plaintext_twin", 1),)
    assert [row.reference for row in found.rows] == [KEYS.reference("notes", str(len(OTHERS)))]
    assert found.columns == (("text", 1),)


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
