"""The text moves: which checks are suspect, what a review clears, what is no change, what differs word by word."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from governance.errors import UsageError
from governance.inputs import load_policy
from governance.planning.checks import plan
from governance.planning.coverage import gaps
from governance.planning.drift import differences, read_texts, review, status, words
from governance.reports.pages.diff_page import render_changes
from governance.results import Reason
from tests.commands import govern
from tests.conftest import PROJECT

AS_OF = datetime(2026, 11, 22, tzinfo=UTC)
TEXT = "دادهٔ حساس رمزشده نگهداری می‌شود."
Project = Callable[..., Path]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A copy of the project's policy, with a text in place of another."""

    def make(old: str = "", new: str = "") -> Path:
        folder = tmp_path / "expectations"
        if not folder.exists():
            shutil.copytree(PROJECT / "expectations", folder)
        path = folder / "policy.fa.md"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        return tmp_path

    return make


def suspects(root: Path) -> list[tuple[str, str]]:
    found = status(plan(load_policy(root)), AS_OF).suspects
    return [(suspect.clause, suspect.rule) for suspect in found if suspect.reason is Reason.STALE]


def test_one_changed_word_makes_the_rules_of_its_clause_suspect_until_they_are_reviewed(project: Project) -> None:
    assert suspects(project()) == []
    root = project(TEXT, TEXT.replace("رمزشده", "پنهان"))
    found = suspects(root)
    assert ("KP-4-1", "restricted-encrypted") in found
    assert {clause for clause, _ in found} == {"KP-4-1"}
    moved = status(plan(load_policy(root)), AS_OF)
    assert moved.drifted
    assert moved.unrecorded == ("KP-4-1",)
    assert "restricted-encrypted/users/mobile" in next(s for s in moved.suspects if s.clause == "KP-4-1").checks
    new = review(load_policy(root), root / "expectations", ["KP-4-1"], by="آزمون‌گر", on="2026-11-24")
    assert ("KP-4-1", "restricted-encrypted") in [(known.clause, known.rule) for known in new]
    assert suspects(root) == []


@pytest.mark.parametrize(
    "spelling",
    [TEXT.replace("\u200c", ""), TEXT.replace("ی", "ي"), TEXT.replace(" ", "  "), TEXT.replace(" نگه", "\nنگه")],
)
def test_spelling_alone_is_no_change(project: Project, spelling: str) -> None:
    root = project(TEXT, spelling)
    assert suspects(root) == []
    assert status(plan(load_policy(root)), AS_OF).unrecorded == ()


def test_the_published_text_is_compared_by_its_digest(project: Project, tmp_path: Path) -> None:
    planned = plan(load_policy(project()))
    page = tmp_path / "page.txt"
    page.write_text("another text", "utf-8")
    assert status(planned, AS_OF, page).moved
    assert status(planned, AS_OF, page).drifted
    assert status(planned, AS_OF).moved is None
    with pytest.raises(UsageError, match=r"published .*: expected a readable file, found none"):
        status(planned, AS_OF, tmp_path / "none")


def test_reviews_are_written_in_the_policys_order_and_once(project: Project) -> None:
    root = project()
    folder = root / "expectations"
    review(
        load_policy(root), folder, [clause.id for clause in load_policy(root).clauses], by='a "name"', on="2026-01-02"
    )
    first = (folder / "reviews.yaml").read_text("utf-8")
    assert review(load_policy(root), folder, ["KP-4-1"], by="other", on="2026-01-03") == ()
    assert (folder / "reviews.yaml").read_text("utf-8") == first
    assert [gap for gap in gaps(plan(load_policy(root))) if gap.reason is Reason.NOT_REVIEWED] == []
    with pytest.raises(UsageError, match="did you mean 'KP-4-1'"):
        review(load_policy(root), folder, ["KP-41"], by="x", on="2026-01-03")
    with pytest.raises(UsageError, match="by: expected the name"):
        review(load_policy(root), folder, ["KP-4-1"], by=" ", on="2026-01-03")
    with pytest.raises(UsageError, match="in one line"):
        review(load_policy(root), folder, ["KP-4-1"], by="x\x1b[2J", on="2026-01-03")


def test_words_that_stay_go_and_come_are_told_apart() -> None:
    assert words("یک دو سه", "یک چهار سه") == (
        ("same", "یک"),
        ("removed", "دو"),
        ("added", "چهار"),
        ("same", "سه"),
    )
    assert words("کتاب ۱۲", "كتاب 12") == (("same", "كتاب 12"),)


def test_sentences_are_added_removed_and_changed() -> None:
    old = {"A-1": "یک دو", "A-2": "سه", "A-3": "چهار"}
    new = {"A-1": "یک سه", "A-3": "چهار", "A-4": "پنج"}
    assert [(change.id, change.what) for change in differences(old, new)] == [
        ("A-1", "changed"),
        ("A-4", "added"),
        ("A-2", "removed"),
    ]
    assert differences(old, old) == ()


def test_the_page_of_changes_marks_words_and_escapes_them() -> None:
    page = render_changes(differences({"A-1": "یک"}, {"A-1": "<b>"}), old="x<y", new="z")
    assert "<del>یک</del>" in page
    assert "<ins>&lt;b&gt;</ins>" in page
    assert "x&lt;y" in page
    assert 'dir="rtl"' in page
    assert "<script" not in page


def test_texts_are_read_from_a_file_a_folder_or_a_project(project: Project) -> None:
    root = project()
    assert read_texts(root) == read_texts(root / "expectations") == read_texts(root / "expectations" / "policy.fa.md")
    with pytest.raises(UsageError, match="expected the text of a policy"):
        read_texts(root / "nowhere")


def test_the_commands_name_the_clause_and_the_suspect_checks_and_a_review_clears_them(project: Project) -> None:
    root = project(TEXT, TEXT.replace("رمزشده", "پنهان"))
    told = govern("policy", "status", "--project", root)
    assert told.code == 1
    assert "suspect: KP-4-1 for restricted-encrypted, changed since " in told.out
    assert "    restricted-encrypted/users/mobile" in told.out
    changed = govern("policy", "diff", PROJECT, root, "--html", root / "page.html")
    assert changed.code == 1
    assert "[-رمزشده-] {+پنهان+}" in changed.out
    assert "<del>رمزشده</del>" in (root / "page.html").read_text("utf-8")
    assert govern("policy", "review", "KP-4-1", "--by", "آزمون‌گر", "--project", root).code == 0
    assert "suspect: KP-4-1" not in govern("policy", "status", "--project", root).out
    strict = govern("plan", "--strict", "--project", root)
    assert "a review of another text" not in strict.err
