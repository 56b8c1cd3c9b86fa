"""A folder holds what was attested of it: to the byte, nothing missing, nothing too many."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from governance.errors import EvidenceError
from governance.sealing.comparing import compare_data, compare_run
from governance.spelling import canonical_json

PAGE = hashlib.sha256(b"page").hexdigest()
MANIFEST = {"format": "governance-run/1", "files": {"page.html": PAGE}, "inputs": {"users.csv": "ab"}}


def run_with(folder: Path, text: str) -> dict[str, str]:
    """A run of one page and this manifest; what was attested of it."""
    folder.mkdir(exist_ok=True)
    (folder / "page.html").write_bytes(b"page")
    (folder / "manifest.json").write_text(text, "utf-8")
    return {"manifest.json": hashlib.sha256(text.encode()).hexdigest()}


def test_an_intact_run_tells_its_files_and_the_digests_of_its_data(tmp_path: Path) -> None:
    found = compare_run(tmp_path, run_with(tmp_path, canonical_json(MANIFEST)))
    assert (found.files, found.ignored, found.inputs) == (2, (), {"users.csv": "ab"})


@pytest.mark.parametrize(
    "changes", [{"format": "governance-run/2"}, {"files": []}, {"files": None}, {"inputs": []}, {"inputs": None}]
)
def test_a_manifest_of_another_form_is_none_of_ours_though_it_was_attested(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    for text in (canonical_json(MANIFEST | changes), canonical_json(MANIFEST) + "\n", " " + canonical_json(MANIFEST)):
        with pytest.raises(EvidenceError, match=r"found no manifest of ours in manifest\.json\.$"):
            compare_run(tmp_path, run_with(tmp_path, text))


@pytest.mark.parametrize("text", ["", "[]", "{}", '"x"', "[" * 100_000, '{"format": "governance-run/1"}'])
def test_what_is_no_manifest_is_told_and_ends_nothing(tmp_path: Path, text: str) -> None:
    with pytest.raises(EvidenceError, match="found no manifest of ours"):
        compare_run(tmp_path, run_with(tmp_path, text))


@pytest.mark.parametrize("digest", [None, 7, ["x"], "", PAGE.upper()])
def test_a_digest_of_another_form_matches_no_file(tmp_path: Path, digest: object) -> None:
    text = canonical_json(MANIFEST | {"files": {"page.html": digest}})
    with pytest.raises(EvidenceError, match=r"found another 'page\.html'\.$"):
        compare_run(tmp_path, run_with(tmp_path, text))


@pytest.mark.parametrize(("many", "told"), [(4, ""), (5, ""), (6, "; and 1 more"), (8, "; and 3 more")])
def test_the_first_problems_are_told_and_how_many_more(tmp_path: Path, many: int, told: str) -> None:
    attested = run_with(tmp_path, canonical_json(MANIFEST))
    names = [f"{number}.txt" for number in range(many)]
    for name in names:
        (tmp_path / name).touch()
    listed = "; ".join(f"a file too many, {name!r}" for name in names[:5])
    with pytest.raises(EvidenceError) as error:
        compare_run(tmp_path, attested)
    assert str(error.value) == f"{tmp_path}: expected the files that were attested, found {listed}{told}."


def test_only_files_that_a_notebooks_copy_or_a_file_manager_would_leave_are_ignored(tmp_path: Path) -> None:
    attested = run_with(tmp_path, canonical_json(MANIFEST))
    (tmp_path / "Thumbs.db").touch()
    assert compare_run(tmp_path, attested).ignored == ("Thumbs.db",)
    os.mkfifo(tmp_path / ".DS_Store")
    with pytest.raises(EvidenceError, match=r"found a file too many, '\.DS_Store'\.$"):
        compare_run(tmp_path, attested)


LONG = "t" * 80 + ".csv"
PARTS = {"users/part 3": PAGE, "users/part 4": hashlib.sha256(b"more").hexdigest(), f"{LONG[:59]}…": PAGE}


def test_parts_and_long_names_which_are_attested_by_other_names_are_told_by_content(tmp_path: Path) -> None:
    (tmp_path / "users").mkdir()
    for name, content in {"users/b.parquet": b"page", "users/a.parquet": b"more", LONG: b"page"}.items():
        (tmp_path / name).write_bytes(content)
    compare_data(tmp_path, PARTS)
    (tmp_path / "users" / "a.parquet").rename(tmp_path / "users" / "c.parquet")
    compare_data(tmp_path, PARTS)
    (tmp_path / "users" / "c.parquet").write_bytes(b"other")
    with pytest.raises(EvidenceError, match=r"a file too many, 'users/c\.parquet'; no file for a part of 'users'"):
        compare_data(tmp_path, PARTS)
    (tmp_path / "users" / "c.parquet").rename(tmp_path / "c.parquet")
    (tmp_path / "c.parquet").write_bytes(b"more")
    with pytest.raises(EvidenceError, match=r"a file too many, 'c\.parquet'"):
        compare_data(tmp_path, PARTS)


def test_a_run_of_tables_in_memory_is_of_no_folder(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="expected a run that attests its data, found one of tables in memory"):
        compare_data(tmp_path, {})


def test_data_are_compared_by_name_and_content_but_for_what_spark_and_file_managers_leave(tmp_path: Path) -> None:
    (tmp_path / "users").mkdir()
    (tmp_path / "users" / "part.parquet").write_bytes(b"page")
    for name in (".DS_Store", "users/_SUCCESS", "users/Thumbs.db"):
        (tmp_path / name).touch()
    compare_data(tmp_path, {"users/part.parquet": PAGE})
    for attested, found in (
        ({"x.csv": PAGE}, r"a file too many, 'users/part\.parquet'; no file 'x\.csv'"),
        ({"users/part.parquet": "ab"}, r"another 'users/part\.parquet'"),
        ({"users/part.parquet": PAGE, "b.csv": PAGE}, r"no file 'b\.csv'"),
    ):
        with pytest.raises(EvidenceError, match=rf"the data that the run was made of, found {found}\.$"):
            compare_data(tmp_path, attested)


def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    attested, scan = run_with(tmp_path, canonical_json(MANIFEST)), os.scandir
    (tmp_path / "closed").mkdir()

    def refuse(path: str) -> object:
        if Path(path).name == "closed":
            raise PermissionError
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(EvidenceError, match="expected folders that can be read, found PermissionError"):
        compare_run(tmp_path, attested)
