"""A kind whose words are incomplete is named with file, language and key; a word stands once in all files."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from governance.errors import PolicyError, UsageError
from governance.policy.wording import LANGUAGES, merge_words, read_blocks, read_language
from governance.reports.language import words as vocabulary
from governance.rules import kinds as package
from governance.rules.kind_words import SHARED, check_words
from governance.rules.kinds import KINDS

FOLDER = Path(package.__file__).parent
WORDS = """\
fa:
  name: "نام"
  unseen: "پشتیبان‌ها."
  problem: {too_old: "کهنه"}
  fact: {oldest: "کهنه‌ترین"}
en:
  name: "retained"
  unseen: "Backups."
  problem: {too_old: "too old"}
  fact: {oldest: "the oldest"}
"""


# A kind that the package doesn't have; telephone numbers have their words in detection.
RETAINED = ("retained", ("too_old", "gap_undated", "phone_number"), ("oldest", "rows_read"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(FOLDER / SHARED, tmp_path)
    (tmp_path / "retained.words.yaml").write_text(WORDS, "utf-8")
    return tmp_path


def test_a_kind_with_all_its_words_is_accepted(folder: Path) -> None:
    check_words(folder, [RETAINED])


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("en:\n", "de:\n", "a block 'en' with the words of the kind 'retained', found none."),
        ('  name: "نام"\n', "", "the word 'name' of the kind 'retained' in 'fa', found none."),
        ('  unseen: "Backups."\n', "", "the word 'unseen' of the kind 'retained' in 'en', found none."),
        ("{too_old: ", "{too_odl: ", "the word 'problem.too_old' of the kind 'retained' in 'fa', found none."),
        ('{oldest: "the', '{newest: "the', "the word 'fact.oldest' of the kind 'retained' in 'en', found none."),
        ('"too old"}', '"too old", new: "new"}', "in 'en' only problems and facts of the kind 'retained', found 'prob"),
    ],
)
def test_a_gap_is_named_with_file_kind_language_and_key(folder: Path, old: str, new: str, expected: str) -> None:
    text = WORDS.replace(old, new, 1)
    assert text != WORDS
    (folder / "retained.words.yaml").write_text(text, "utf-8")
    with pytest.raises(TypeError) as refused:
        check_words(folder, [RETAINED])
    assert str(refused.value).startswith(f"rules/kinds/retained.words.yaml: expected {expected}")


def test_a_kind_without_its_file_is_named(folder: Path) -> None:
    (folder / "retained.words.yaml").unlink()
    with pytest.raises(TypeError, match=r"retained\.words\.yaml: expected the words of the kind 'retained', found no"):
        check_words(folder, [RETAINED])


def test_every_file_belongs_to_a_kind_and_what_kinds_share_is_shared_by_several() -> None:
    names = {path.name for path in FOLDER.glob("*.words.yaml")}
    assert names == {f"{name}.words.yaml" for name in KINDS} | {SHARED}
    needs = Counter(f"problem.{name}" for kind in KINDS.values() for name in kind.problems)
    needs += Counter(f"fact.{name}" for kind in KINDS.values() for name in kind.facts)
    for language, words in read_blocks(FOLDER / SHARED).items():
        assert not [key for key in words if needs[key] < 2], language


def test_a_word_that_stands_twice_is_refused_by_name_and_line(folder: Path) -> None:
    whole = folder / "words.en.yaml"
    whole.write_text('a: "A"\nproblem:\n  too_old: "old"\n', "utf-8")
    parts = [read_language(whole), read_blocks(folder / "retained.words.yaml")["en"]]
    with pytest.raises(
        PolicyError, match=r"retained\.words\.yaml:9: .*problem\.too_old, which stands in words\.en\.yam"
    ):
        merge_words(parts)
    whole.write_text('a: "A"\n', "utf-8")
    assert merge_words([read_language(whole), parts[1]])["kind.retained"] == "retained"


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of languages with one more, all of whose words, those of kinds too, stand in one file."""
    lines = ["language: {name: Deutsch, direction: ltr, mirror: English}"]
    keys = sorted(vocabulary.words("en").texts)
    for group in dict.fromkeys(key.partition(".")[0] for key in keys):
        if group in keys:
            lines.append(f'{group}: "{group}"')
        elif group != "language":
            lines += [
                f"{group}:",
                *(f'  {key.partition(".")[2]}: "{key}"' for key in keys if key.startswith(f"{group}.")),
            ]
    for path in vocabulary.word_files():
        if path.parent.name == "language":
            shutil.copy(path, tmp_path)
    (tmp_path / "words.de.yaml").write_text("\n".join(lines), "utf-8")
    monkeypatch.setattr(vocabulary, "_OWN", tmp_path)
    vocabulary.words.cache_clear()
    yield tmp_path / "words.de.yaml"
    vocabulary.words.cache_clear()


def test_one_file_adds_a_language(german: Path) -> None:
    added = vocabulary.words(german.suffixes[0][1:])
    assert added.texts.keys() == vocabulary.words("en").texts.keys()
    assert added.named("problem", "overdue") == "problem.overdue"
    assert added.other in LANGUAGES


def test_an_added_language_without_a_word_of_a_kind_is_refused(german: Path) -> None:
    german.write_text(german.read_text("utf-8").replace("  overdue:", "  never:"), "utf-8")
    with pytest.raises(UsageError, match=r"words\.de\.yaml: expected every word, found none for problem\.overdue\."):
        vocabulary.words("de")


def test_a_file_beside_a_kind_without_a_language_of_the_pages_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = tmp_path / "detection" / "kinds" / "passports.words.yaml"
    beside.parent.mkdir(parents=True)
    monkeypatch.setattr(vocabulary, "_PACKAGE", tmp_path)
    beside.write_text('fa:\n  problem: {passport: "گذرنامه"}\nen:\n  problem: {passport: "passport"}\n', "utf-8")
    assert vocabulary.words.__wrapped__("en").named("problem", "passport") == "passport"
    read_blocks.cache_clear()
    beside.write_text('fa:\n  problem: {passport: "گذرنامه"}\n', "utf-8")
    with pytest.raises(UsageError, match=r"passports\.words\.yaml: expected a block 'en', found none\."):
        vocabulary.words.__wrapped__("en")
