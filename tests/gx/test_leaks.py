"""No value of the data leaves through Great Expectations: no result format, message, log, page or folder holds one."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import great_expectations as gx
import pandas as pd
import pytest

from governance.gx import load_suite, parameters
from governance.planning.checks import Plan
from governance.results import CheckResult
from governance.rules.cells.encryption import EncryptedValues
from governance.rules.search import Search
from tests.gx.conftest import AS_OF

PAN = "6037991234567893"
FORMATS: list[Any] = [
    "BOOLEAN_ONLY",
    "BASIC",
    "SUMMARY",
    "COMPLETE",
    {"result_format": "COMPLETE", "include_unexpected_rows": True, "unexpected_index_column_names": ["user_id"]},
]


def canary(number: int) -> str:
    return f"zq{number}canary"


@pytest.fixture
def frame(plan: Plan) -> pd.DataFrame:
    """A canary in every declared column, beside a card number, and an undeclared column that is named by one."""
    names = [column.name for column in plan.policy.tables["users"].columns]
    return pd.DataFrame({name: [f"{canary(n)} {PAN}"] * 3 for n, name in enumerate([*names, "other", PAN])})


def assert_silent(text: str) -> None:
    assert text
    assert "canary" not in text
    assert PAN not in text


def raising(*_: Any, **__: Any) -> Any:
    raise ValueError(f"{canary(0)} {PAN}")


@pytest.mark.parametrize("form", FORMATS, ids=str)
@pytest.mark.parametrize("broken", ["nothing", "a watch", "the scan"])
def test_no_result_format_and_no_exception_holds_a_value(
    frame: pd.DataFrame,
    project: Path,
    *,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    form: Any,
    broken: str,
) -> None:
    if broken == "a watch":
        monkeypatch.setattr(Search, "fold", raising)
        monkeypatch.setattr(EncryptedValues, "of", raising)
    if broken == "the scan":
        monkeypatch.setattr("governance.gx.session.evaluate", raising)
    caplog.set_level(logging.DEBUG)
    context = gx.get_context(mode="ephemeral")
    asset = context.data_sources.add_pandas("p").add_dataframe_asset("frame")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    suite = load_suite("users", project)
    with (
        warnings.catch_warnings(record=True) as warned,
        parameters(suite, data={"users": frame}, as_of=AS_OF, project=project) as passed,
    ):
        outcome = batch.validate(suite, result_format=form, expectation_parameters=passed)
    assert outcome.success is False
    assert not any(each.success for each in outcome.results if "check" in each.expectation_config.kwargs)
    assert_silent(json.dumps(outcome.to_json_dict()))
    assert_silent(repr(outcome) + str(outcome.describe()) + repr(suite))
    assert_silent("." + caplog.text + "".join(str(each.message) for each in warned) + "".join(capfd.readouterr()))


def test_data_docs_of_a_run_hold_no_value(frame: pd.DataFrame, project: Path, tmp_path: Path) -> None:
    context = gx.get_context(mode="file", project_root_dir=tmp_path)
    suite = load_suite("users", project)
    context.suites.add(suite)
    asset = context.data_sources.add_pandas("p").add_dataframe_asset("frame")
    batches = asset.add_batch_definition_whole_dataframe("all")
    definition = gx.ValidationDefinition(name="users", data=batches, suite=suite)
    with parameters(suite, data={"users": frame}, as_of=AS_OF, project=project) as passed:
        definition.run(batch_parameters={"dataframe": frame}, expectation_parameters=passed)
    definition.run(batch_parameters={"dataframe": frame.assign(name="other")}, expectation_parameters=passed)
    context.build_data_docs()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    pages = {path.as_posix(): path.read_text("utf-8") for path in files if path.suffix == ".html"}
    shown = "".join(page for name, page in pages.items() if "/validations/" in name)
    assert "No cell holds data of the named kinds" in shown
    assert "3 of 3" in shown
    assert "no session: run the suite with governance.gx.parameters" in shown
    assert "unexpected Exception occurred" not in shown
    assert any("/expectations/" in name and "holds data of the named kinds" in page for name, page in pages.items())
    for path in files:
        text = path.read_bytes().decode("utf-8", "replace")
        assert "canary" not in text, path
        assert PAN not in text, path


def test_the_programs_own_results_and_spans_hold_no_value(
    run: Callable[..., dict[str, CheckResult]],
    frame: pd.DataFrame,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    found = run({"users": frame, PAN: pd.DataFrame({"canary": [PAN]})})
    assert any(check.evidence.violations for check in found.values())
    assert_silent(repr(found).replace("'canary'", ""))
    assert_silent("." + caplog.text + "".join(capfd.readouterr()))
