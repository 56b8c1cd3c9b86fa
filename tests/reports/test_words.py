"""The words files say the same things, and have a word for everything that a result can hold."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

import governance
from governance import detection
from governance.errors import PolicyError, UsageError
from governance.policy import Severity
from governance.reports import words
from governance.reports.facts.phrases import Phrases
from governance.reports.language import vocabulary
from governance.reports.language.vocabulary import Plural
from governance.results import Reason, Verdict

PACKAGE = Path(governance.__file__).parent
PROBLEMS = tuple(
    """
    plaintext decodable digest not_an_envelope too_short
    unknown_algorithm unknown_kid repeated_value repeated_nonce does_not_decrypt not_bound_to_row implausible_plaintext
    unknown_identity no_grant_in_force role_not_entitled undeclared_place undeclared_column undeclared_table
    emergency_without_ticket purpose_not_of_policy category_not_of_purpose purpose_not_of_column
    purpose_not_of_role gap_undeclared_dataset gap_no_purpose gap_unknown_identity gap_unregistered_role
    unknown_role grant_to_nobody grant_without_start grant_without_end grant_ends_before_it_begins no_protocol
    weak_protocol unknown_protocol consideration_in_money consideration_in_kind consideration_not_stated
    sale_like_purpose unregistered_recipient recipient_in_other_letters payload_not_of_recipient agreement_expired
    agreement_not_begun purpose_not_of_agreement payload_without_transfer payload_of_other_transfer
    payload_without_agreement unregistered_payload column_not_of_agreement column_beyond_purpose
    column_of_card_numbers column_named_for_card_code mask_beside_plain_hash card_number_in_two_columns
""".split()  # noqa: SIM905  a list of thirty quoted words is harder to read
)

CODES_OF_KINDS = (
    *detection.KINDS,
    *(f"undeclared_{kind.category}" for kind in detection.DECLARED.values() if kind.category),
)


def places(text: str | Plural) -> set[str]:
    forms = (text.one, text.other) if isinstance(text, Plural) else (text,)
    return {name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name} - {"n"}


def test_both_files_have_the_same_keys_and_places() -> None:
    fa, en = words("fa").texts, words("en").texts
    assert fa.keys() == en.keys()
    assert not [key for key in fa if places(fa[key]) != places(en[key])]


@pytest.mark.parametrize("language", ["fa", "en"])
def test_everything_a_result_can_hold_has_a_word(language: str) -> None:
    say = words(language)
    codes_of = {
        "verdict": [*Verdict],
        "reason": [*Reason],
        "severity": [*Severity],
        "problem": (*PROBLEMS, *CODES_OF_KINDS),
    }
    for group, codes in codes_of.items():
        assert not [code for code in codes if not say.named(group, code)]
    for unit in ("rows", "columns", "tables", "events", "clauses", "attestations"):
        assert say.say(f"unit.{unit}", n=2)
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
    files = [*(PACKAGE / "reports").rglob("words.fa.yaml"), *PACKAGE.rglob("*.words.yaml")]
    assert len(files) > 1
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    assert not set("يك٠١٢٣٤٥٦٧٨٩") & set(text)
    assert " ها" not in text
    assert not re.search(r"(?<![آ-ی])ن?می ", text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fa:\n  problem:\n    pin: رمز\n", "expected the key 'en'"),
        (
            "fa: {}\nen:\n  problem:\n    iban: account\n",
            "a key that no other file of words has, found problem.iban",
        ),
    ],
)
def test_words_beside_a_module_that_miss_a_language_or_stand_twice_are_refused(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "zones.words.yaml").write_text(text, "utf-8")
    monkeypatch.setattr(vocabulary, "_BESIDE", (*vocabulary._BESIDE, tmp_path))
    with pytest.raises(PolicyError, match=re.escape(said)) as error:
        words.__wrapped__("en")
    assert ".words.yaml:" in str(error.value)


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


def test_expectations_are_named_as_the_engine_names_them() -> None:
    tree = ast.parse((PACKAGE / "gx" / "expectations.py").read_text(encoding="utf-8"))
    classes = [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    known = {"".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_") for name in classes}
    for kind in ("declared", "free_of", "encrypted", "authorised"):
        assert Phrases(words("en")).expectation(kind) in known
