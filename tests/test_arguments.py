"""Functions take paths and times as texts, and their errors name the argument; the command line names its option."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

import governance
from governance.arguments import path_of, time_of
from governance.errors import GovernanceError, UsageError
from governance.planning.drift import read_texts, status
from governance.proving import save
from governance.synthetic import Dataset
from tests.commands import govern
from tests.conftest import PROJECT

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CHECK = "declared/users"
NOWHERE = "/nowhere"


def of_any(value: object) -> Any:
    """A value whose type the caller ignores."""
    return value


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-22T12:00:00Z",
        "2026-11-22T12:00:00+00:00",
        "2026-11-22 15:30:00+03:30",
        "2026-11-22T12:00:00",
        NOON,
        NOON.astimezone(timezone(timedelta(hours=5))),
    ],
)
def test_a_moment_is_the_same_in_every_writing(written: str | datetime) -> None:
    found = time_of(written, "as_of")
    assert (found, found.utcoffset()) == (NOON, timedelta(0))


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("yesterday", "an ISO time such as 2026-11-22T00:00:00Z, found 'yesterday'."),
        ("", "an ISO time such as 2026-11-22T00:00:00Z, found ''."),
        (
            "2026-02-30T00:00:00Z",
            "an ISO time such as 2026-11-22T00:00:00Z, found '2026-02-30T00:00:00Z'.",
        ),
        (
            "2026-11-22T25:00:00Z",
            "an ISO time such as 2026-11-22T00:00:00Z, found '2026-11-22T25:00:00Z'.",
        ),
        (
            datetime(2026, 11, 22),  # noqa: DTZ001  it has no zone
            "a time with its zone such as 2026-11-22T00:00:00Z, found 2026-11-22T00:00:00; add Z for UTC.",
        ),
        (date(2026, 11, 22), "a time with its zone such as 2026-11-22T00:00:00Z, found 2026-11-22; add Z for UTC."),
        ("0001-01-01T00:00:00+14:00", "a time of this age, found '0001-01-01T00:00:00+14:00'."),
        (1, "a time such as 2026-11-22T00:00:00Z, found a value of the type int."),
        (None, "a time such as 2026-11-22T00:00:00Z, found nothing."),
    ],
)
def test_what_is_no_moment_is_one_sentence(written: object, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        time_of(of_any(written), "as_of")
    assert str(caught.value) == f"as_of: expected {sentence}"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("", "an empty text"),
        ("  ", "an empty text"),
        ("a\0b", "a text that no path can be"),
        (7, "a value of the type int"),
        (b"out", "a value of the type bytes"),
        (None, "nothing"),
    ],
)
def test_what_is_no_path_is_one_sentence(written: object, found: str) -> None:
    with pytest.raises(UsageError) as caught:
        path_of(of_any(written), "out")
    assert str(caught.value) == f"out: expected a path, found {found}."


def test_a_path_may_be_a_text() -> None:
    assert path_of("a/b", "out") == path_of(Path("a/b"), "out") == Path("a/b")


def test_texts_are_as_good_as_paths_and_times(clean_world: Dataset, tmp_path: Path) -> None:
    policy = governance.load_policy(project=str(PROJECT))
    assert policy == governance.load_policy(PROJECT)
    assert governance.find_project(str(PROJECT)) == PROJECT
    data, keys = str(clean_world.data), str(clean_world.keys)
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    texts = governance.check(data, keys=keys, as_of="2026-11-22T00:00:00Z", select=[CHECK], project=str(PROJECT))
    others = governance.check(clean_world.data, keys=clean_world.keys, as_of=moment, select=[CHECK], project=PROJECT)
    assert texts.to_json() == others.to_json()
    found = governance.find_subject("100001", data, keys=keys, project=str(PROJECT))
    assert found.known
    out = str(tmp_path / "export")
    assert governance.export_subject("100001", data, out, keys=keys, project=str(PROJECT))["users"] == 1
    recipe = governance.load_recipe(str(PROJECT / "synthetic_data" / "recipe.yaml"))
    made = governance.generate(governance.plan(policy), recipe, world="clean", out=str(tmp_path / "world"), rows=30)
    assert (made.data / "users.parquet").is_file()
    assert status(governance.plan(policy), NOON, str(PROJECT / "README.md")).moved
    assert read_texts(str(PROJECT))


CALLS: dict[str, tuple[str, Callable[[], object]]] = {
    "load_policy": ("project", lambda: governance.load_policy(NOWHERE)),
    "plan": ("policy", lambda: governance.plan(of_any("project"))),
    "find_project": ("project", lambda: governance.find_project(of_any(3))),
    "check, its project": ("project", lambda: governance.check("data", project=NOWHERE)),
    "check, its time": ("as_of", lambda: governance.check("data", as_of="2026-22-11", project=str(PROJECT))),
    "check, its keys": ("keys", lambda: governance.check("data", keys="", project=PROJECT)),
    "check, its data": ("data", lambda: governance.check(of_any(5), as_of="2026-11-22T00:00:00Z", project=PROJECT)),
    "check, no data": ("data", lambda: governance.check("", as_of="2026-11-22T00:00:00Z", project=PROJECT)),
    "report": ("out", lambda: governance.report("data", "", project=str(PROJECT))),
    "report, its data": ("data", lambda: governance.report(of_any(5), "out", project=str(PROJECT))),
    "report, its time": ("as_of", lambda: governance.report("data", "out", as_of="noon", project=str(PROJECT))),
    "report, its log": ("log", lambda: governance.report("data", "out", log=of_any(1), project=str(PROJECT))),
    "report, its log within": ("log", lambda: governance.report("data", "out", log="out/log", project=str(PROJECT))),
    "report, its font": ("font", lambda: governance.report("data", "out", font=NOWHERE, project=str(PROJECT))),
    "report, its proof": ("proof", lambda: governance.report("data", "out", proof=NOWHERE, project=str(PROJECT))),
    "explain": ("keys", lambda: governance.explain("A", "data", project=str(PROJECT))),
    "verify": ("run", lambda: governance.verify("")),
    "verify, its log": ("log", lambda: governance.verify("run", of_any(1))),
    "verify, its key": ("key", lambda: governance.verify("run", key="")),
    "verify, its keys": ("keys", lambda: governance.verify("run", keys=of_any(1))),
    "prove": ("project", lambda: governance.prove(NOWHERE)),
    "save": ("out", lambda: save(of_any(None), "")),
    "find_subject": ("project", lambda: governance.find_subject("1", "data", project=NOWHERE)),
    "export_subject": ("out", lambda: governance.export_subject("1", "data", "")),
    "export_subject, there already": ("out", lambda: governance.export_subject("1", "data", str(PROJECT))),
    "load_recipe": ("path", lambda: governance.load_recipe("")),
    "read_run": ("folder", lambda: governance.read_run("")),
}


@pytest.mark.parametrize(("argument", "call"), CALLS.values(), ids=CALLS)
def test_an_error_names_the_argument(
    argument: str, call: Callable[[], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(GovernanceError) as caught:
        call()
    assert caught.value.argument == argument
    assert str(caught.value).startswith((f"{argument}: expected ", f"{argument} {caught.value.given}: expected "))
    assert len(str(caught.value).splitlines()) == 1
    assert "--" not in str(caught.value).replace("`governance prove --out`", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["check", "--data", "x", "--as-of", "2026-22-11"], "--as-of: expected an ISO time"),
        (["check", "--data", "x", "--project", "x"], "--project: expected a folder with"),
        (["explain", "A", "--data", "x"], "--keys: expected the keys"),
        (["report", "--data", "x", "--out", "y", "--log", "y/log"], "--log y/log: expected a place outside"),
        (["policy", "status", "--as-of", "noon"], "--as-of: expected an ISO time"),
        (["policy", "status", "--published", "x"], "--published x: expected a readable file"),
        (["policy", "review", "KP-1-1-1", "--by", " "], "--by: expected the name"),
        (["plan", "--explain", "x"], "--explain: expected a check"),
        (["subject", "export", "1", "--data", "x", "--out", "."], "--out .: expected a new name"),
    ],
)
def test_the_command_line_names_the_option(arguments: list[str], complaint: str) -> None:
    done = govern(*arguments)
    assert done.complaint.startswith(f"governance: {complaint}")
    assert len(done.complaint.splitlines()) == 1


def test_an_error_of_another_process_still_knows_its_argument() -> None:
    error = UsageError("expected a font, found none.", argument="font", given="a.woff2")
    sent = pickle.loads(pickle.dumps(error))  # noqa: S301  made above
    assert str(sent) == "font a.woff2: expected a font, found none."
    assert sent.named("--font") == "--font a.woff2: expected a font, found none."
