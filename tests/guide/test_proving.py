"""The notebook of proof: what is shown of a proof, and that without a matching one nothing is claimed."""

from __future__ import annotations

from pathlib import Path

from governance import guide
from governance.guide.section import Section
from governance.reports.facts.proof import Planted, Proof, ProofInputs, Quality, SchemeOutcome
from governance.results import Results, Verdict
from tests.guide.test_guide import LANGUAGES, drawn
from tests.reports.conftest import violated

CHECKS = ("declared/users/*", "no-bank-data/users/note")


def proof(results: Results, **changed: str) -> Proof:
    version = ProofInputs(**{"code": "c" * 64, "policy": results.policy.digest, "recipe": "r" * 64, **changed})
    exact = Planted("undeclared", "a column", ((CHECKS[0], 1),), ((CHECKS[0], 1),))
    missed = Planted("undeclared", "a table", ((CHECKS[0], 1),), ())
    quality = (Quality("iban", "spaced", 10, 9, 5, 0), Quality("iban", "plain", 10, 10, 5, 0))
    schemes = (SchemeOutcome("base64", "mobile", 300, "failed", "failed", genuine=False),)
    return Proof(version, CHECKS, (exact, missed), clean=((CHECKS[0], 3),), quality=quality, schemes=schemes)


@LANGUAGES
def test_what_misses_is_named(language: str) -> None:
    found = proof(violated())
    assert guide.proven(found, language).rows == (("undeclared", Verdict.FAILED, 2, 1, 1, ("a table",)),)
    assert [row[0] for row in guide.unproven(found, language).rows] == [CHECKS[1], CHECKS[0]]
    assert guide.quality(found, language).rows[0][1:] == (2, 20, 19, 10, 0, ("spaced",))
    assert guide.schemes(found, language).rows[0][0] == "base64"
    drawn(guide.proven_chart(found, language))
    drawn(guide.quality_chart(found, language))


def test_the_chart_of_detection_tells_found_missed_and_false_alarms_apart() -> None:
    values = guide.quality_chart(proof(violated()), "en").spec["data"]["values"]
    assert {one["group"]: one["n"] for one in values} == {"missed": 1, "found": 19}


@LANGUAGES
def test_without_a_proof_nothing_is_claimed(language: str) -> None:
    for name in ("proven", "unproven", "quality", "schemes"):
        table = getattr(guide, name)(None, language)
        assert len(table) == 0
        assert ("Not proven for this version" if language == "en" else "اثبات نشده است") in table.caption
    drawn(guide.proven_chart(None, language))
    drawn(guide.quality_chart(None, language))


def test_a_proof_is_found_in_the_run(tmp_path: Path) -> None:
    results = violated()
    (tmp_path / "proof.json").write_text(proof(results).to_json(), "utf-8")
    assert Section("", results, "en", tmp_path).proof() == proof(results)


def test_a_proof_of_another_version_is_none(tmp_path: Path) -> None:
    results = violated()
    (tmp_path / "proof.json").write_text(proof(results, policy="0" * 64).to_json(), "utf-8")
    assert Section("", results, "en", tmp_path).proof() is None


def test_a_run_without_a_proof_has_none(tmp_path: Path) -> None:
    assert Section("", violated(), "en", tmp_path).proof() is None
