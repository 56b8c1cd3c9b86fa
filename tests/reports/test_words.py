"""The words files say the same things, and have a word for everything that a result can hold."""

from __future__ import annotations

import re
import string
from typing import get_args

import pytest

from governance import detection
from governance.errors import UsageError
from governance.policy import Severity
from governance.policy.wording import Plural
from governance.reports import words
from governance.results import Reason, Unit, Verdict
from governance.rules.kinds import KINDS

CODES = {
    "verdict": [*Verdict],
    "reason": [*Reason],
    "severity": [*Severity],
    "unit": [*get_args(Unit)],
    "kind": [*KINDS],
    "problem": [*detection.KINDS, *(problem for kind in KINDS.values() for problem in kind.problems)],
    "fact": [fact for kind in KINDS.values() for fact in kind.facts],
}


def forms(text: str | Plural) -> tuple[str, ...]:
    return (text.one, text.other) if isinstance(text, Plural) else (text,)


def places(text: str | Plural) -> set[str]:
    return {name for form in forms(text) for _, name, _, _ in string.Formatter().parse(form) if name} - {"n"}


def test_both_files_have_the_same_keys_and_places() -> None:
    fa, en = words("fa").texts, words("en").texts
    assert fa.keys() == en.keys()
    assert not [key for key in fa if places(fa[key]) != places(en[key])]


@pytest.mark.parametrize("language", ["fa", "en"])
def test_everything_a_result_can_hold_has_a_word(language: str) -> None:
    say = words(language)
    for group, codes in CODES.items():
        assert not [code for code in codes if f"{group}.{code}" not in say.texts]
    holding = {
        Reason.HOLDS,
        Reason.DECLARED_EMPTY,
        Reason.CONSISTENT,
        Reason.PROVEN,
        Reason.VIOLATED,
        Reason.ATTESTED,
        Reason.WAIVED,
    }
    assert not [reason for reason in set(Reason) - holding if not say.named("advice", reason)]


def test_persian_is_spelled_with_persian_letters() -> None:
    text = "\n".join(form for word in words("fa").texts.values() for form in forms(word))
    assert not set("يك٠١٢٣٤٥٦٧٨٩") & set(text)
    assert " ها" not in text
    assert not re.search(r"(?<![آ-ی])ن?می ", text)


def test_numbers_are_in_the_digits_of_the_language() -> None:
    assert words("fa").say("unit.rows", n=1_234_567) == "۱٬۲۳۴٬۵۶۷ ردیف"
    assert words("en").say("unit.rows", n=1_234_567) == "1,234,567 rows"
    assert words("en").say("unit.rows", n=1) == "1 row"


def test_what_is_put_into_a_sentence_is_escaped_as_html() -> None:
    assert words("en").mark("rule.tallied", name="<b>", n=1) == "&lt;b&gt;: 1"


def test_an_unknown_key_or_language_is_an_error() -> None:
    with pytest.raises(KeyError):
        words("en").say("no.such.key")
    with pytest.raises(UsageError, match="did you mean 'fa'"):
        words("fax")


def test_the_interface_names_no_particular_policy() -> None:
    for language in ("fa", "en"):
        text = str(words(language).texts).casefold()
        assert "ketabrah" not in text
        assert "کتابراه" not in text
