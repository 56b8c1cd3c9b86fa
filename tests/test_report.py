"""The main job: one published run, whole, reproducible, and without a value of the data in any encoding."""

from __future__ import annotations

import base64
import codecs
import csv
import hashlib
import html
import json
import os
import re
import signal
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from governance.encryption.envelope import additional_data, parse, unseal
from governance.encryption.keys import load_keys
from governance.notebooks import discover
from governance.policy import Policy
from governance.results import Results
from governance.synthetic import Dataset
from tests.commands import govern
from tests.conftest import PROJECT, Shared

pytestmark = pytest.mark.slow
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def program(*arguments: object, cwd: Path = PROJECT, **environment: str) -> subprocess.CompletedProcess[str]:
    """The program, started as whoever uses it starts it."""
    return subprocess.run(
        [sys.executable, "-m", "governance", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, **environment},
    )


@pytest.fixture(scope="module")
def planted_report(planted_world: Dataset, shared: Shared) -> tuple[Path, str]:
    """The published run on the planted world, and all that the command printed."""

    def published(folder: Path) -> tuple[Path, str]:
        out = folder / "run"
        done = program("report", "--data", planted_world.data, "--keys", planted_world.keys, "--out", out)
        assert done.returncode == 1, done.stderr
        return out, done.stdout + done.stderr

    return shared.once("planted-report", published)


def test_the_run_directory_holds_what_the_readme_says(planted_report: tuple[Path, str], policy: Policy) -> None:
    out, _ = planted_report
    found = {
        path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file() and path.parent.name != "rows"
    }
    sections = [section.id for section in policy.sections]
    names = ("index", *(f"section-{section}" for section in sections))
    others = ("register", "silent", "policy", "proof")
    pages = {f"{folder}{page}.html" for folder in ("", "en/") for page in (*names, *others)}
    notebooks = {f"notebooks/{path.name}" for path in discover(PROJECT / "notebooks", sections)}
    exports = {f"exports/{name}" for name in ("junit.xml", "sarif.json", "oscal.json", "summary.md")}
    assert found == pages | notebooks | exports | {"results.json", "manifest.json", "run.json", "attestation.dsse.json"}


def test_the_pages_name_the_violated_clauses_with_the_ledgers_counts(
    planted_report: tuple[Path, str], planted_world: Dataset
) -> None:
    out, _ = planted_report
    fired = planted_world.ledger.fired()
    for section, clause, prefix in (
        ("1", "KP-1-2-3", "no-bank-data/"),
        ("4", "KP-4-1", "restricted-encrypted/"),
        ("4", "KP-4-3", "authorised-access/"),
    ):
        page = (out / "en" / f"section-{section}.html").read_text("utf-8")
        part = page[page.index(f'id="c-{clause}"') :]
        # Whole columns count beside rows; tables that no contract names are told apart.
        counted = [thing for name, things in fired.items() if name.startswith(prefix) for thing in things]
        rows = sum(kind in {"row", "column"} for kind, *_ in counted)
        assert "Violated" in part[:1500]
        assert f"{rows:,} " in part[: part.index("<table")], clause


def test_every_failing_row_stands_in_its_csv(planted_report: tuple[Path, str], planted_world: Dataset) -> None:
    out, _ = planted_report
    keys = load_keys(planted_world.keys)
    for name, things in planted_world.ledger.fired().items():
        expected = sorted(keys.reference(table, key) for _, table, key, *_ in _rows(things))
        path = out / "rows" / (name.replace("/", "--").replace("*", "rest") + ".csv")
        if expected:
            with path.open(encoding="utf-8", newline="") as file:
                assert sorted(row["reference"] for row in csv.DictReader(file)) == expected
        else:
            assert not path.exists()


def test_the_manifest_digests_every_file_and_input(planted_report: tuple[Path, str], planted_world: Dataset) -> None:
    out, _ = planted_report
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()} - {
        "manifest.json",
        "run.json",
        "attestation.dsse.json",
    }
    assert set(manifest["files"]) == files
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest
    for name, digest in manifest["inputs"].items():
        assert hashlib.sha256((planted_world.data / name).read_bytes()).hexdigest() == digest
    assert set(manifest["inputs"]) == {path.name for path in planted_world.data.iterdir()}


def test_no_value_stands_in_the_run_or_the_log_in_any_encoding(
    planted_report: tuple[Path, str], planted_world: Dataset
) -> None:
    """Searched by brute force, with none of the package's own ways of looking."""
    out, log = planted_report
    artefacts = {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    artefacts["log"] = log.encode()
    haystack = {name: raw + b"\n" + b"\n".join(_decoded(raw)) for name, raw in artefacts.items()}
    needles = set(_planted_values(planted_world))
    assert len(needles) > 500
    forms = set().union(*map(_spellings, needles))
    assert [f"a planted value stands in {name}" for name, _ in _standing(forms, haystack)] == []
    # The search finds each of them, of whatever length the text before it is.
    hidden = {"a page": b"y".join(forms)}
    assert _standing(forms, hidden) == [("a page", form) for form in sorted(forms)]


def test_two_runs_are_identical_but_for_time_and_host(
    planted_report: tuple[Path, str], planted_world: Dataset, tmp_path: Path
) -> None:
    first, _ = planted_report
    second = tmp_path / "elsewhere" / "again"
    environment = {"PYTHONHASHSEED": "7", "TZ": "Asia/Tehran", "LC_ALL": "C"}
    done = program(
        "report",
        "--data",
        planted_world.data,
        "--keys",
        planted_world.keys,
        "--out",
        second,
        cwd=tmp_path,
        **environment,
    )
    assert done.returncode == 1, done.stderr
    names = {path.relative_to(first).as_posix() for path in first.rglob("*") if path.is_file()}
    assert names == {path.relative_to(second).as_posix() for path in second.rglob("*") if path.is_file()}
    different = {name for name in names if (first / name).read_bytes() != (second / name).read_bytes()}
    assert different == {"run.json", "attestation.dsse.json"}


def test_the_run_verifies_offline_and_without_the_engine(
    planted_report: tuple[Path, str], planted_world: Dataset
) -> None:
    out, _ = planted_report
    done = program("verify", out, "--keys", planted_world.keys)
    assert done.returncode == 0, done.stderr
    assert re.match(
        r"verified: [0-9]+ files, signed by key [0-9a-f]{64}\ntrusted by: .*\nlog: line 1 of 2, ", done.stdout
    )
    code = "from governance.sealing import verify; import sys; print(sorted({'pandas', 'numpy', 'pyarrow', "
    code += "'great_expectations', 'governance.evidence', 'socket'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_the_clean_world_reports_0_and_replaces_an_earlier_run(clean_world: Dataset, tmp_path: Path) -> None:
    out = tmp_path / "run"
    for _ in range(2):
        done = govern("report", "--data", clean_world.data, "--keys", clean_world.keys, "--out", out, "--lang", "en")
        assert done.code == 0, done.err
        # What no data can show is vouched for, and said to be.
        told = "attested: Every clause is kept, 1 of 25 on a person's word and not by the data. As of "
        assert done.out.startswith(told)
    assert Results.from_json((out / "results.json").read_text("utf-8")).exit_code == 0
    assert (out / "fa" / "index.html").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["governance-log.jsonl", "run"]
    done = govern("diff", out, out)
    assert done.code == 0, done.err
    assert done.out.splitlines()[1:] == ["nothing changed"]
    assert "The last 2 runs, oldest first: " in (out / "index.html").read_text("utf-8")
    opened = out / "notebooks" / ".ipynb_checkpoints" / "04_security-checkpoint.ipynb"
    opened.parent.mkdir()
    opened.write_text("{}", "utf-8")
    done = govern("verify", out, "--keys", clean_world.keys)
    assert done.code == 0, done.err
    told = "ignored, as no part of the run: notebooks/.ipynb_checkpoints/04_security"
    assert told in done.out


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_cancelled_report_says_so_and_leaves_nothing(
    clean_world: Dataset, tmp_path: Path, how: signal.Signals
) -> None:
    # In the background of a shell, Ctrl-C is ignored, and by what is started there too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    out = tmp_path / "run"
    command = [sys.executable, "-m", "governance", "report", "--data", str(clean_world.data), "--out", str(out)]
    environment = {**os.environ, "TMPDIR": str(scratch)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=PROJECT, env=environment) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "notebooks" in line:
                break
        process.send_signal(how)
        told = process.stderr.read()
    assert process.returncode == 130
    assert told.splitlines()[-1] == "governance: interrupted; no half-made report was published."
    assert [path.name for path in tmp_path.iterdir()] == ["scratch"]
    assert not [path.name for path in scratch.iterdir() if path.name.startswith(("gov", "run"))]


def _rows(things: frozenset[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return [thing for thing in things if thing[0] == "row"]


def _planted_values(world: Dataset) -> Iterator[str]:
    """Every cell that the ledger points at, and every name, phone and e-mail of the world, decrypted."""
    keys = load_keys(world.keys)
    tables = {path.stem: pq.read_table(path).to_pylist() for path in world.data.glob("*.parquet")}
    key_of = {"users": "user_id", "books": "book_id", "transactions": "transaction_id", "reviews": "review_id"}
    key_of |= {"interactions": "interaction_id", "grants": "grant_id", "access_events": "event_id"}
    cells = {(table, str(row[key_of[table]])): row for table, rows in tables.items() if table in key_of for row in rows}
    for entry in world.ledger.entries:
        row = cells.get((entry.table, str(entry.row)))
        # Of an access violation the row is an event, and its cells are names of places.
        if row is not None and entry.column in row and not entry.form.startswith("access"):
            value = row[entry.column]
            if isinstance(value, str | int) and len(str(value)) >= 9:
                yield str(value)
    for user in tables["users"]:
        if len((user["name"] or "").split()) > 1:
            yield user["name"]
        for column in ("mobile", "email"):
            envelope = parse(user[column] or "")
            key = keys.data_keys.get(envelope.kid) if envelope else None
            if envelope and key:
                place = additional_data("users", column, str(user["user_id"]))
                plain = unseal(envelope, key=key, bound_to=place)
                if plain:
                    yield plain.decode()


def _standing(forms: set[bytes], haystack: dict[str, bytes]) -> list[tuple[str, bytes]]:
    """Which forms stand in what; those whose first eight bytes stand nowhere in it need no search of their own."""
    ordered = sorted(forms)
    heads = np.array([int.from_bytes(form[:8], "little") for form in ordered], dtype=np.uint64)
    short = np.array([len(form) < 8 for form in ordered])
    found = []
    for name, raw in haystack.items():
        eights = [np.frombuffer(raw, np.dtype("<u8"), (len(raw) - start) // 8, start) for start in range(8)]
        likely = short | np.isin(heads, np.concatenate(eights))
        found += [(name, form) for form, here in zip(ordered, likely, strict=True) if here and form in raw]
    return found


def _spellings(value: str) -> set[bytes]:
    digits = "".join(c for c in value if c.isdigit())
    texts = {value, value.translate(PERSIAN), html.escape(value), json.dumps(value)[1:-1], urllib.parse.quote(value)}
    texts |= {value[::-1], codecs.encode(value, "rot13")} if not value.isdigit() else {value[::-1]}
    if value.startswith("+98"):
        texts |= {"0" + value[3:], "0098" + value[3:], value[3:], ("0" + value[3:]).translate(PERSIAN), digits[-8:]}
    forms = {text.encode() for text in texts}
    for raw in (value.encode(), digits.encode() if len(digits) >= 9 else value.encode()):
        forms |= {raw.hex().encode(), base64.b64encode(raw).rstrip(b"="), base64.urlsafe_b64encode(raw).rstrip(b"=")}
        forms |= {hashlib.new(name, raw).hexdigest().encode() for name in ("md5", "sha1", "sha256")}
    return forms


def _decoded(raw: bytes) -> Iterator[bytes]:
    text = raw.decode("utf-8", "replace")
    yield html.unescape(text).encode()
    yield urllib.parse.unquote(text).encode()
    yield text.encode().decode("unicode_escape", "replace").encode("utf-8", "replace")
