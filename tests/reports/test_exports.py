"""The exports are what their formats' own readers accept, and say what the results say."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from junitparser import JUnitXml, TestCase

from governance.policy import Attestation, Policy, Text, Waiver
from governance.reports.exports import EXPORTS, export
from governance.reports.exports.catalog import catalog
from governance.reports.exports.summary import MOST_BYTES
from governance.reports.facts.views import homes
from governance.reports.terminal.run_lines import result_lines
from governance.results import REGISTER, Results, Verdict
from tests.conftest import PROJECT

from .conftest import HOSTILE_TABLES, RUNS, check, html, results, violated

SCHEMA = Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json"


def sarif(run: Results) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(export(run)["sarif.json"])
    found: dict[str, Any] = whole["runs"][0]
    return found


def cases(run: Results) -> list[tuple[str, TestCase]]:
    # junitparser reads bytes; it is given exactly those that are written.
    suites = JUnitXml.fromroot(JUnitXml.fromstring(export(run)["junit.xml"].encode())._elem)
    return [(suite.name, case) for suite in suites for case in suite]


def test_junit_has_a_suite_a_section_and_a_case_a_check(run: Results) -> None:
    home = homes(run)
    titles = {section.id: f"{section.id}. {section.title.en}" for section in run.policy.sections}
    titles[REGISTER] = "The register of tables and contracts"
    found = cases(run)
    assert Counter(suite for suite, _ in found) == Counter(titles[home[own.id]] for own in run.checks)
    kinds = Counter(type(case.result[0]).__name__ if case.result else "passed" for _, case in found)
    counts = run.counts()
    assert kinds["Failure"] == counts[Verdict.FAILED]
    assert kinds["Error"] == counts[Verdict.ERROR] + counts[Verdict.NOT_EVALUATED]
    assert kinds["Skipped"] == counts[Verdict.WAIVED] + counts[Verdict.ATTESTED]
    assert kinds["passed"] == counts[Verdict.PASSED]
    whole = JUnitXml.fromstring(export(run)["junit.xml"].encode())
    assert (whole.tests, whole.failures, whole.errors) == (len(found), kinds["Failure"], kinds["Error"])


def test_sarif_is_valid_and_has_a_result_for_each_check_that_is_not_passed(run: Results) -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    # Only JavaScript takes this pattern for a regular expression; our runs have no such field.
    for part in ("run", "toolComponent"):
        del schema["definitions"][part]["properties"]["language"]["pattern"]
    jsonschema_rs.validate(schema, json.loads(export(run)["sarif.json"]))
    found = sarif(run)
    open_checks = [own for own in run.checks if own.verdict is not Verdict.PASSED]
    assert len(found["results"]) == len(open_checks)
    for name in ("check/v1", "primaryLocationLineHash"):
        prints = [one["partialFingerprints"][name] for one in found["results"]]
        assert len(set(prints)) == len(prints)
    for one, own in zip(found["results"], open_checks, strict=True):
        expected = {Verdict.FAILED: "fail", Verdict.WAIVED: "fail", Verdict.ATTESTED: "review"}
        assert one["kind"] == expected.get(own.verdict, "open")
        assert (one["level"] == "none") == (one["kind"] != "fail")
        assert ("suppressions" in one) == (own.verdict is Verdict.WAIVED)
        assert found["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == own.rule
    notes = found["invocations"][0]["toolExecutionNotifications"]
    counts = run.counts()
    assert len(notes) == counts[Verdict.ERROR] + counts[Verdict.NOT_EVALUATED]


def test_sarif_points_at_the_clause_and_names_the_rule() -> None:
    run = violated()
    clauses = tuple(replace(c, place=f"policy.fa.md:{n}") for n, c in enumerate(run.policy.clauses, 7))
    places = {rule.id: rule.place for rule in run.policy.rules}

    def place(at: dict[str, Any]) -> str:
        found = at["physicalLocation"]
        return f"{found['artifactLocation']['uri']}:{found['region']['startLine']}"

    for one in sarif(run)["results"]:
        assert place(one["locations"][0]) == f"expectations/{places[one['ruleId']]}"
    for one in sarif(replace(run, policy=replace(run.policy, clauses=clauses)))["results"]:
        first = next(clause for clause in clauses if clause.id == one["properties"]["clauses"][0])
        assert place(one["locations"][0]) == f"expectations/{first.place}"
        assert place(one["relatedLocations"][0]) == f"expectations/{places[one['ruleId']]}"


def test_two_checks_on_one_line_of_the_policy_are_two_alerts() -> None:
    names = ("t/c", "t/d", "u/c")
    found = sarif(results(*[check("no-bank-data", name, Verdict.FAILED, violations=1) for name in names]))["results"]
    assert len({json.dumps(one["locations"][0]["physicalLocation"]) for one in found}) == 1
    hashes = [one["partialFingerprints"]["primaryLocationLineHash"] for one in found]
    assert len(set(hashes)) == len(names)
    # As code scanning computes it: the hash of a line, and which of equal lines it is.
    assert all(re.fullmatch(r"[0-9a-f]{16}:1", one) for one in hashes)


def test_a_fingerprint_survives_other_counts() -> None:
    few, many = (results(check("no-bank-data", "t/c", Verdict.FAILED, violations=n)) for n in (1, 9))
    assert sarif(few)["results"][0]["partialFingerprints"] == sarif(many)["results"][0]["partialFingerprints"]


def test_oscal_is_valid_to_trestle(tmp_path: Path) -> None:
    trestle = PROJECT / ".venv-tools" / "bin" / "trestle"
    assert trestle.exists(), "this test needs .venv-tools; `make test` makes it"
    subprocess.run([trestle, "init"], cwd=tmp_path, check=True, capture_output=True)
    for name, run in RUNS.items():
        folder = tmp_path / "assessment-results" / name
        folder.mkdir(parents=True)
        (folder / "assessment-results.json").write_text(export(run())["oscal.json"], "utf-8")
    done = subprocess.run([trestle, "validate", "-a"], cwd=tmp_path, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (done.stdout + done.stderr).count("VALID: ") == len(RUNS)
    assert "INVALID" not in done.stdout + done.stderr


def test_oscal_maps_verdicts_as_the_design_says(run: Results) -> None:
    found = json.loads(export(run)["oscal.json"])["assessment-results"]["results"][0]
    observed = {one["title"]: one for one in found["observations"]}
    assert len(observed) == len(run.checks)
    for finding in found["findings"]:
        verdicts = {own.verdict for own in run.of_clause(finding["title"])}
        status = finding["target"]["status"]
        if Verdict.FAILED in verdicts:
            assert status == {"state": "not-satisfied", "reason": "fail"}
        elif verdicts - {Verdict.PASSED, Verdict.ATTESTED}:
            assert status == {"state": "not-satisfied", "reason": "other"}
        else:
            assert status == {"state": "satisfied", "reason": "pass"}
        assert ("related-risks" in finding) == (Verdict.WAIVED in verdicts)
    assert len(found.get("risks", ())) == run.counts()[Verdict.WAIVED]
    ids = json.dumps(found).count('"uuid": "')
    assert ids == 1 + len(found["observations"]) + len(found["findings"]) + len(found.get("risks", ()))


def within(thing: Any, key: str) -> list[Any]:
    """Every value of a key, at any depth."""
    if isinstance(thing, list):
        return [found for one in thing for found in within(one, key)]
    if not isinstance(thing, dict):
        return []
    own = [thing[key]] if key in thing else []
    return own + [found for one in thing.values() for found in within(one, key)]


def test_what_oscal_assesses_stands_in_the_catalog_of_the_policy(policy: Policy) -> None:
    own = json.loads(catalog(policy))
    controls = [control for group in own["catalog"]["groups"] for control in group["controls"]]
    objectives = [part["id"] for one in controls for part in one["parts"] if part["name"] == "assessment-objective"]
    clauses = tuple(clause.id for clause in policy.clauses)
    text = replace(violated().policy, sections=policy.sections, clauses=policy.clauses)
    text = replace(text, rules=tuple(replace(rule, clauses=clauses) for rule in text.rules))
    checks = tuple(replace(one, clauses=clauses) for one in violated().checks)
    document = json.loads(export(replace(violated(), policy=text, checks=checks))["oscal.json"])
    assert sorted(within(document, "target-id")) == sorted(objectives)
    assert sorted(within(document, "control-id")) == sorted(control["id"] for control in controls) == sorted(clauses)
    ids = within(own, "id")
    assert len(ids) == len(set(ids))


def test_the_summary_counts_and_names_what_does_not_hold() -> None:
    text = export(violated())["summary.md"]
    assert text.startswith("## ⚠️ Error: An example privacy policy: 3 of 3 clauses are violated")
    assert "| **All** | **4** | **1** | **1** | **1** | **0** | **12** | **19** |" in text
    assert "312 of 84,200 rows" in text


@pytest.mark.slow
def test_the_summary_fits_however_many_checks_fail() -> None:
    run = results(
        *(
            check("no-bank-data", f"t/{n:05d}{'x' * 200}", Verdict.FAILED, violations=1, references=0)
            for n in range(9000)
        )
    )
    text = export(run)["summary.md"]
    assert len(text.encode()) <= MOST_BYTES + 100
    listed = text.count("| <code>")
    assert f"{9000 - listed:,} more checks that do not hold stand in results.json." in text


@pytest.mark.parametrize("name", EXPORTS)
def test_hostile_names_stay_text(name: str) -> None:
    text = export(violated())[name]
    assert not set("\u202e\u2066\t") & set(text)
    if name in {"junit.xml", "summary.md"}:
        assert "<script" not in text
        assert "<b>" not in text
    assert not any("](" in line for line in export(violated())["summary.md"].splitlines())
    assert len(HOSTILE_TABLES) == 4


def test_a_selection_claims_nothing() -> None:
    run = replace(results(check("no-bank-data", "t/c")), selection=("no-bank-data",), planned=40)
    assert "The selected check holds; this says nothing about the other 39." in export(run)["summary.md"]
    assert BytesIO(export(run)["junit.xml"].encode()).read()


def test_all_say_how_many_violations_of_a_check_that_fails_are_waived() -> None:
    run = results(check("no-bank-data", "t/c", Verdict.FAILED, violations=5, waived=3))
    told = export(run)
    for place in ("junit.xml", "sarif.json", "oscal.json", "summary.md"):
        assert "; 3 of 5 waived" in told[place], place
    assert "3 of 5 waived" in "".join(result_lines(run))
    assert "3 of 5 waived" in html(run, "en/section-1.html")
    assert "۳ از ۵ نقض معاف است" in html(run, "section-1.html")
    whole = export(results(check("no-bank-data", "t/c", Verdict.FAILED, violations=5)))
    assert "waived" not in whole["junit.xml"]


def test_the_exports_say_who_answers_for_what() -> None:
    waived = check("no-bank-data", "t/c", Verdict.WAIVED, violations=2)
    run = results(waived, check("restricted", "u/m", Verdict.ATTESTED, clauses=("PP-4-1",)))
    waiver = Waiver("no-bank-data", "mina", Text("پاک می‌شود", "being cleaned"), "2026-11-01", "2026-12-31", "w", 1)
    attestation = Attestation("PP-4-1", "sara", "security", Text("انجام شد", "was done"), "2026-10-01", "2027-10-01")
    run = replace(run, policy=replace(run.policy, waivers=(waiver,), attestations=(attestation,)))
    told, by_mina = export(run), "Waived by mina until 2026-12-31: being cleaned"
    assert by_mina in told["junit.xml"]
    assert "Attested by sara until 2027-10-01: was done" in told["junit.xml"]
    assert sarif(run)["results"][0]["suppressions"][0]["justification"] == by_mina
    assert "being cleaned" in told["oscal.json"]
    assert "by <bdi>mina</bdi>, until" in html(run, "en/section-1.html")
    assert "by <bdi>sara</bdi>, until" in html(run, "en/section-4.html")
