"""Where the answer of a notebook comes from: a stored run is verified before it answers, and says what it is."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from governance import open_section
from governance.errors import EvidenceError, UsageError
from governance.inputs import KEYS_VARIABLE
from governance.notebooks import MAKING
from tests.reports.conftest import clean
from tests.sealing.conftest import publish


@pytest.fixture(autouse=True)
def without_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEYS_VARIABLE, raising=False)
    monkeypatch.delenv(MAKING, raising=False)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return publish(tmp_path / "run")


def test_it_names_the_digest_the_time_the_data_and_the_signer(run: Path) -> None:
    found = open_section("1", run=str(run), lang="en")
    for text in (repr(found), found._repr_html_()):
        assert hashlib.sha256((run / "results.json").read_bytes()).hexdigest() in text
        assert "2026-11-22, 08:00 Tehran time (1 Azar 1405)" in found.origin.striptags()
        assert "demo" in text
        assert "signed by the key " in text
        assert "for which nobody vouched here" in text
    assert "اجرایی ذخیره‌شده" in open_section("1", run=str(run))._repr_html_()


def test_a_run_without_keys_is_called_unsigned(tmp_path: Path) -> None:
    unsigned = publish(tmp_path / "run", key=None)
    assert "UNSIGNED" in repr(open_section(run=str(unsigned), lang="en"))


def test_keys_of_the_environment_must_have_signed(run: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text("{}", "utf-8")
    keys.chmod(0o600)
    monkeypatch.setenv(KEYS_VARIABLE, str(keys))
    with pytest.raises(Exception, match=r"keys\.json"):
        open_section(run=str(run))


@pytest.mark.parametrize("name", ["results.json", "index.html", "rows/a.csv"])
def test_a_run_that_was_changed_answers_nothing(run: Path, name: str) -> None:
    text = clean().to_json() if name == "results.json" else "x"
    (run / name).write_text(text, "utf-8")
    with pytest.raises(EvidenceError, match="It answers nothing; make the report again, or name the data to look at"):
        open_section(run=str(run))


def test_a_run_that_was_never_sealed_answers_only_while_it_is_made(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (run / "attestation.dsse.json").unlink()
    with pytest.raises(EvidenceError, match="It answers nothing"):
        open_section(run=str(run))
    monkeypatch.setenv(MAKING, "1")
    assert "sealed after this notebook" in repr(open_section(run=str(run), lang="en"))


def test_a_sealed_run_is_verified_even_while_another_is_made(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MAKING, "1")
    (run / "index.html").write_text("x", "utf-8")
    with pytest.raises(EvidenceError, match=r"found another 'index\.html'"):
        open_section(run=str(run))


@pytest.mark.parametrize("name", ["keys", "as_of"])
def test_what_belongs_to_data_needs_data(run: Path, name: str) -> None:
    for given in ({name: "x"}, {name: "x", "run": str(run)}):
        with pytest.raises(UsageError, match=f"{name}: expected the data that it is for, as `data`, found none"):
            open_section("1", **given)


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (['run: str = ""', '# Parameters\ndta = "X"\n'], "found 'dta'; did you mean 'data'"),
        (['# Parameters\nlang = "en"\nasof = "2026-01-01"\n'], "found 'asof'; did you mean 'as_of'"),
    ],
)
def test_what_papermill_injected_must_be_known(
    run: Path, cells: list[str], found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = SimpleNamespace(history_manager=SimpleNamespace(input_hist_raw=["", *cells]))
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    with pytest.raises(UsageError, match=found):
        open_section("1", run=str(run))
    known = '# Parameters\nlang = "en"\nPAPERMILL_INPUT_PATH = "a.ipynb"\n'
    shell.history_manager.input_hist_raw = ["", "dta = 1", known]
    assert open_section("1", run=str(run), lang="en")


def test_the_proof_of_another_run_is_not_shown_for_data_that_is_evaluated_now(run: Path) -> None:
    assert json.loads((run / "manifest.json").read_text("utf-8"))["files"]
    assert open_section(run=str(run)).proof() is None
