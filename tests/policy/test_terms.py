"""The search of terms: parts of words in any spelling, else what is spelt nearly so."""

from __future__ import annotations

import pytest

from governance import detection
from governance.policy.column_roles import ENTRIES
from governance.policy.contracts import TYPES
from governance.policy.terms import find_terms
from tests.commands import govern


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("phone", ["user.contact.phone_number", "pd:TelephoneNumber", "phone_number"]),
        ("Phone-Number", ["user.contact.phone_number", "pd:TelephoneNumber", "phone_number"]),
        ("CustomerCare", ["dpv:CustomerCare"]),
        ("payment_processing", ["essential.service.payment_processing"]),
        ("timestmap", ["timestamp"]),
        ("subscribtions", ["subscriptions"]),
        ("", []),
        ("zzzqqq", []),
    ],
)
def test_words_are_found_by_a_part_or_by_a_near_spelling(word: str, names: list[str]) -> None:
    assert [found.name for found in find_terms(word, dict.fromkeys(detection.KINDS, ""))] == names


def test_every_word_of_a_contract_is_found_with_what_it_is() -> None:
    roles = {role.name for roles in ENTRIES.values() for role in roles}
    for word in (*ENTRIES, *roles, *TYPES, *detection.KINDS, "person"):
        assert word in {found.name for found in find_terms(word, dict.fromkeys(detection.KINDS, ""))}
    (found,) = find_terms("iban", {"iban": "bank data"})
    assert (found.what, found.meaning) == ("kind of data (plaintextKind)", "bank data")


def test_the_command_prints_each_word_and_exits_1_without_one() -> None:
    done = govern("terms", "phone number")
    assert (done.code, done.out.splitlines()[-1]) == (
        0,
        "phone_number  kind of data (plaintextKind): personal data, of the category user.contact.phone_number",
    )
    done = govern("terms", "zzzqqq")
    assert (done.code, done.out) == (1, "no term contains 'zzzqqq' or is spelt nearly so\n")
