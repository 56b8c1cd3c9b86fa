"""The page of proof, and the counts that make a picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from governance.errors import UsageError
from governance.reports import render
from governance.reports.charts.figures import of_rule
from governance.reports.facts.matrix import Matrix, by_kind
from governance.reports.facts.proof import Planted, Proof, ProofInputs, Quality, load_proof
from governance.reports.facts.series import series_of
from governance.reports.facts.views import RuleView
from governance.reports.language.words import words
from governance.results import Results

from .conftest import check, clean, results
from .page import read

NOTE = "no-bank-data/transactions/note"
FIRED = ((NOTE, 1),)


def proof(*planted: Planted) -> Proof:
    return Proof(ProofInputs("a" * 64, "b" * 64, "c" * 64), tuple(one.id for one in clean().checks), planted)


def shown(run: Results, found: Proof | None) -> str:
    page = next(page for page in render(run, proof=found) if page.path == "en/proof.html")
    return " ".join("".join(read(page.text).words).split())


def test_without_a_proof_nothing_is_proven() -> None:
    assert "Not proven for this version" in shown(clean(), None)


def test_the_matrix_counts_forms_by_rule() -> None:
    wrong = Planted("free_of", "sly", FIRED, ())
    planted = proof(Planted("free_of", "easy", FIRED, FIRED), wrong, Planted("other", "x", (), FIRED))
    found = Matrix.of(planted, [rule.id for rule in clean().policy.rules])
    assert [(row.kind, row.forms, row.holding) for row in found.rows] == [("free_of", 2, 1), ("other", 1, 0)]
    first = found.rows[0].cells[found.rules.index("no-bank-data")]
    assert (first.expected, first.fired, first.as_expected) == (2, 1, False)
    assert found.wrong == (("free_of", "sly", f"{NOTE} 1", "–"), ("other", "x", "–", f"{NOTE} 1"))
    assert found.unproven == ("declared: 1", "restricted: 1")


def test_a_proof_holds_only_when_everything_fires_as_it_must() -> None:
    everything = tuple((one.id, 1) for one in clean().checks)
    whole = proof(Planted("free_of", "easy", everything, everything))
    assert whole.holds
    assert "Proven 1 violation was planted" in shown(clean(), whole)
    assert not replace(whole, clean=FIRED).holds
    assert not proof().holds
    assert "Checks that fire where nothing is planted" in shown(clean(), replace(whole, clean=FIRED))


def test_the_page_says_that_each_fired_exactly_its_own_only_when_it_did() -> None:
    everything = tuple((one.id, 1) for one in clean().checks)
    exact = "Each fired exactly the checks that it must"
    assert exact in shown(clean(), proof(Planted("free_of", "easy", everything, everything)))
    assert exact not in shown(clean(), proof(Planted("free_of", "easy", everything, FIRED)))


def test_forms_that_are_missed_or_raise_an_alarm_are_named_with_their_number() -> None:
    quality = (
        Quality("iban", "bare", 4, 4, 9, 0),
        Quality("iban", "sly", 4, 1, 9, 2),
        Quality("card_pin", "x", 1, 1, 1, 0),
    )
    assert [(one.kind, one.weak) for one in by_kind(quality)] == [("iban", (("sly", 5),)), ("card_pin", ())]
    page = next(p for p in render(clean(), proof=replace(proof(), quality=quality)) if p.path == "en/proof.html")
    assert [row[-1] for row in read(page.text).cells if "IBAN" in row[0] or row[0] == "card PIN"] == ["sly(5)", "–"]


def test_quality_adds_up_by_kind() -> None:
    (found,) = by_kind((Quality("iban", "a", 3, 2, 5, 1), Quality("iban", "b", 1, 1, 0, 0)))
    assert (found.cases, found.found, found.lookalikes, found.alarms) == (4, 3, 5, 1)


def test_a_proof_is_read_back_to_the_byte_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "proof.json"
    path.write_text(proof().to_json(), "utf-8")
    assert load_proof(path) == proof()
    for broken in ("{}", proof().to_json() + " ", proof().to_json().replace('"checks"', '"check"')):
        path.write_text(broken, "utf-8")
        with pytest.raises(UsageError, match="expected what `governance prove --out` writes"):
            load_proof(path)


def view(*facts: tuple[str, int]) -> RuleView:
    one = check("no-bank-data", "t/c")
    run = results(replace(one, evidence=replace(one.evidence, facts=facts)))
    return RuleView.of(run.policy.rules[0], run)


def test_a_rule_that_counts_nothing_has_no_picture() -> None:
    assert series_of(view(("columns", 3))) is None
    assert of_rule(view(("unknown:3", 3)), words("en")) is None


def test_series_stand_in_the_order_of_their_numbers() -> None:
    found = series_of(view(("day:10", 1), ("day:late", 2), ("day:8", 3), ("columns", 9)))
    assert found is not None
    assert [labels[0] for labels, _ in found.rows] == ["8", "9", "10", "late"]
    assert found.total == 6
    (fact,) = view(("day:8", 3), ("columns", 9)).facts
    assert (fact.name, fact.count, fact.at) == ("columns", 9, None)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ((("k:1", 2), ("k:10-19", 5), ("k:1000+", 1)), "Groups of rows that look alike; 0 hold fewer than 0 rows."),
        ((("day:1", 2), ("day:late", 5)), "7 requests; 5 of them late or still open after their deadline."),
        ((("use:analyst:improve", 4), ("use:lead:support", 9)), "13 accesses to columns; lead × support"),
        ((("flow:shared_sms:sms", 4), ("flow:shared_email:mail", 9)), "13 transfers to 2 recipients; most to mail."),
        ((("byte:1", 240), ("byte:2", 250)), "Distinct bytes at each of the first 2 places"),
    ],
)
def test_every_series_is_drawn_told_and_tabled(facts: tuple[tuple[str, int], ...], told: str) -> None:
    for language in ("en", "fa"):
        figure = of_rule(view(*facts), words(language))
        assert figure is not None
        assert figure.drawing.startswith("<svg")
        assert 'role="img"' in figure.drawing
        assert len(figure.data) == len(facts)
        assert all(len(row) == len(figure.heads) for row in figure.data)
        if language == "en":
            assert figure.caption.startswith(told)
