"""`governance waive`: what fails now, by reference, until a day; nothing is written that the reader would refuse."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from governance.errors import PolicyError
from governance.evidence import publish, publishing, write_manifest, write_rows
from governance.policy.rewriting import with_waiver, write
from governance.reports import row_file
from governance.reports.facts.history import Past
from governance.results import Results
from governance.sealing import Log
from governance.synthetic import Dataset
from tests.commands import Done, govern
from tests.conftest import PROJECT

CHECK, COLUMNS = "grants-in-order/grants", "declared/grants"
ENTRY = {
    "scope": CHECK,
    "owner": "Mina: of support",
    "reason": {"fa": "در دست اصلاح", "en": "being # mended"},
    "since": "2026-11-22",
    "until": "2026-12-31",
    "references": [f"AAAAAAAAAAAAAAA{letter}" for letter in "ABCDEFGHIJKLMNOP"],
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project's policy."""
    shutil.copytree(PROJECT / "expectations", tmp_path / "project" / "expectations")
    return tmp_path / "project"


@pytest.fixture
def data(clean_world: Dataset, tmp_path: Path) -> Path:
    """The clean world with three grants for ever."""
    folder = Path(shutil.copytree(clean_world.data, tmp_path / "data"))
    _never_ending(folder, 3)
    return folder


def _never_ending(folder: Path, rows: int) -> None:
    path = folder / "grants.parquet"
    table = pq.read_table(path)
    kind = table.schema.field("valid_until").type
    ever = pa.array([datetime(9999, 12, 31, tzinfo=UTC)] * rows, kind)
    ends = pa.concat_arrays([ever, table["valid_until"].combine_chunks()[rows:]])
    pq.write_table(table.set_column(table.schema.get_field_index("valid_until"), "valid_until", ends), path)


def _with_column(folder: Path, name: str) -> None:
    path = folder / "grants.parquet"
    table = pq.read_table(path)
    pq.write_table(table.append_column(name, pa.array(["fine"] * table.num_rows)), path)


def _waive(project: Path, check: str = CHECK, *more: object, **changes: str) -> Done:
    given = {"by": "Mina", "until": "2026-12-31", "reason": "being mended"} | changes
    options = [part for name, value in given.items() for part in (f"--{name}", value)]
    return govern("waive", check, *options, *more, "--project", project)


@pytest.mark.slow
def test_what_fails_is_waived_by_reference_and_one_row_more_fails(
    project: Path, data: Path, clean_world: Dataset
) -> None:
    seen = ("--data", data, "--keys", clean_world.keys)
    done = _waive(project, CHECK, *seen)
    assert (done.code, done.out.strip()) == (
        0,
        f"{CHECK}: waived by Mina until 2026-12-31: 3 rows by reference, in waivers.yaml",
    )
    assert (project / "expectations" / "waivers.yaml").read_text("utf-8").count("#") == 3, "comments are kept"
    checked = govern("check", CHECK, *seen, "--project", project)
    assert (checked.code, "waived: 3 of" in checked.out, "; 3 of 3 waived" in checked.out) == (0, True, True)
    assert "expected a check that fails, found it waived" in _waive(project, CHECK, *seen).complaint
    _never_ending(data, 5)
    more = govern("check", CHECK, *seen, "--project", project)
    assert (more.code, "violated: 5 of" in more.out, "; 3 of 5 waived" in more.out) == (1, True, True)
    assert "2 rows by reference" in _waive(project, CHECK, *seen).out
    assert govern("check", CHECK, *seen, "--project", project).code == 0


@pytest.mark.slow
def test_what_cannot_be_waived_is_refused_and_columns_are_counted(
    project: Path, data: Path, clean_world: Dataset
) -> None:
    before, seen = (project / "expectations" / "waivers.yaml").read_bytes(), ("--data", data)
    named = (*seen, "--keys", clean_world.keys)
    refused = {
        "found 'grants-in-order/grant'; did you mean 'grants-in-order/grants'?": _waive(project, CHECK[:-1], *seen),
        "expected a day until 2027-11-23, 366 days after it begins": _waive(project, CHECK, *named, until="2999-01-01"),
        "expected a day such as 2026-11-22, found 'soon'": _waive(project, CHECK, *named, until="soon"),
        "reason.en: expected a text that says something, found 'n/a'": _waive(project, CHECK, *named, reason="n/a"),
        "owner: expected a text that says something, in one line, found '-'": _waive(project, CHECK, *named, by="-"),
        "owner: expected a text that says something, in one line, found 'A": _waive(project, CHECK, *named, by="A\nB"),
        "found it passed; there is nothing to waive": _waive(project, CHECK, "--data", clean_world.data),
        "expected --run or --data": _waive(project, CHECK),
        "expected failing rows by reference, which the key file gives, found none": _waive(project, CHECK, *seen),
    }
    for told, done in refused.items():
        assert (done.code, told in done.complaint) == (3, True), done.complaint
    assert (project / "expectations" / "waivers.yaml").read_bytes() == before
    _with_column(data, "mood")
    assert "1 counted" in _waive(project, COLUMNS, *seen).out
    assert govern("check", COLUMNS, *seen, "--project", project).code == 0
    _with_column(data, "weather")
    assert "; 1 of 2 waived" in govern("check", COLUMNS, *seen, "--project", project).out


def _stored(results: Results, run: Path) -> Path:
    """A sealed run of one check, whose results name the first of its failing rows only."""
    (own,) = results.checks
    short = replace(results, checks=(replace(own, evidence=replace(own.evidence, rows=own.evidence.rows[:1])),))
    with publishing(run) as staged:
        write_rows(staged, results.checks, row_file, {})
        staged.write("results.json", short.to_json())
        write_manifest(staged, short, {})
        staged.write("run.json", "{}\n")
        publish(staged, run, Log.beside(run), Past.of(short).summary(), None)
    return run


@pytest.mark.slow
def test_a_stored_run_names_every_row_those_beyond_its_results_too(
    project: Path, data: Path, clean_world: Dataset, tmp_path: Path
) -> None:
    seen = ("--data", data, "--keys", clean_world.keys)
    text = govern("check", CHECK, *seen, "--json").out
    run = _stored(Results.from_json(text), tmp_path / "run")
    rows, waivers = run / "rows" / row_file(CHECK), project / "expectations" / "waivers.yaml"
    attested, before = rows.read_text("utf-8"), waivers.read_bytes()
    rows.write_text(f"{attested}grants,grants,{'Z' * 16},grant_too_long\n", "utf-8")
    tampered = _waive(project, CHECK, "--run", run)
    assert (tampered.code, "expected the files that were attested" in tampered.complaint) == (4, True)
    assert waivers.read_bytes() == before
    rows.write_text(attested, "utf-8")
    assert "3 rows by reference" in _waive(project, CHECK, "--run", run).out
    assert govern("check", CHECK, *seen, "--project", project).code == 0
    other = _waive(project, "never-sold/transfers", "--run", run)
    assert (other.code, "found no result of it" in other.complaint) == (3, True)


LAYOUTS = {
    "empty": "# who\nformat: 2\nwaivers: []\n",
    "empty, with a comment": "format: 2\nwaivers: [] # none yet\n",
    "without an end of line": "format: 2\nwaivers: []",
    "of Windows": "format: 2\r\nwaivers: []\r\n",
    "indented": (
        'format: 2\nwaivers:\n    - scope: a # one\n      owner: Ali\n      reason: {fa: "چون", en: because}\n'
        '      since: "2026-01-01"\n      until: "2026-02-01"\n      count: 3 # few\n\n# the end\n'
    ),
    "not indented": (
        'format: 2\nwaivers:\n- {scope: a, owner: Ali, reason: {fa: "چون", en: because}, since: "2026-01-01",'
        ' until: "2026-02-01", count: 3}'
    ),
}


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
def test_an_entry_is_added_in_any_layout_and_nothing_else_changes(text: str, tmp_path: Path) -> None:
    path = tmp_path / "waivers.yaml"
    path.write_bytes(text.encode())
    for _ in range(2):
        write(tmp_path, (with_waiver(tmp_path, ENTRY, 0),))
    after = path.read_bytes().decode()
    assert after.count("being # mended") == 2
    assert [word for word in text.replace("[]", "").split() if word not in after.split()] == []
    assert ("\r\n" in after) is ("\r\n" in text)
    assert "\n\n- " not in after
    assert max(map(len, after.splitlines())) <= 122


def test_an_entry_that_the_reader_refuses_is_not_made(tmp_path: Path) -> None:
    (tmp_path / "waivers.yaml").write_text(LAYOUTS["empty"])
    with pytest.raises(PolicyError, match="a day until 2026-12-02, 10 days after it begins"):
        with_waiver(tmp_path, ENTRY, 10)
