"""Numbers and words of the regions that a policy names, and what other policies see of them."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pyarrow as pa
import pytest

from governance.detection import DECLARED, DEFAULT, HOME, KINDS, Grade, classify, detectors_for, scan
from governance.detection.kinds.languages import SPOKEN
from governance.detection.kinds.national_numbers import MODULES, checks
from governance.policy.vocabulary import data_categories
from tests.detection.test_superset import adversarial_texts

ABROAD = {
    ("DE", "Tel. 030 12345678"): {"phone_number", "landline_number"},
    ("DE", "Handy: 0151 23456789"): {"phone_number"},
    ("DE", "+49 30 901820"): {"phone_number", "landline_number"},
    ("DE", "Steuer-ID: 86095742719"): {"national_id", "tax_id"},
    ("DE", "geb. am 12.03.1984"): {"birth_date"},
    ("DE", "geboren am 3. März 1984"): {"birth_date"},
    ("DE", "Reisepass C01X00T47"): {"passport_number"},
    ("DE", "Musterstraße 5, PLZ 10115 Berlin"): {"postal_address"},
    ("DE", "Kontonummer 1234567890"): {"bank_account_number"},
    ("DE", "Passwort: Geheim1!"): {"password"},
    ("NL", "BSN: 111222333"): {"national_id", "tax_id"},
    ("NL", "bsn ۱۱۱۲۲۲۳۳۳"): {"national_id", "tax_id"},
    ("US", "SSN 536-90-4399"): {"national_id"},
    ("US", "call (415) 867-5309"): {"phone_number"},
    ("IT", "codice fiscale RCCMNL83S18D969H"): {"national_id", "tax_id"},
    ("IT", "RCCMNL83S18D969H"): {"national_id", "tax_id"},
    ("FR", "téléphone 06 12 34 56 78"): {"phone_number"},
    ("TR", "TC kimlik no: 17291716060"): {"national_id"},
    ("BR", "CPF 390.533.447-05"): {"national_id", "tax_id"},
    ("GB", "Flat 2, 10 Downing Street, London SW1A 2AA"): {"postal_address"},
    ("ES", "fecha de nacimiento: 21/04/1990"): {"birth_date"},
}


MUTATIONS: tuple[Callable[[str], str], ...] = (
    lambda text: text.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")),
    lambda text: text.replace(" ", "\u00a0"),
    lambda text: f"x{text}y",
    lambda text: f"«{text}»",
    lambda text: text.replace(" ", "").replace(":", ""),
    lambda text: text.upper(),
    lambda text: f"{text[: len(text) // 2]}\u200c{text[len(text) // 2 :]}",
)


@pytest.mark.parametrize(("region", "text"), ABROAD, ids=str)
def test_a_regions_formats_and_words_are_found_and_the_sieve_keeps_them(region: str, text: str) -> None:
    among = detectors_for((region,))
    assert {one.kind for one in classify(text, among=among)} == ABROAD[region, text]
    column = pa.array(["nothing", text, None, *(f"row {number}" for number in range(300))])
    for kind in ABROAD[region, text]:
        hits = scan(column, [kind], among=among)
        assert [*hits.rows.tolist(), *hits.review.tolist()] == [1]
        assert hits.fell_back == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "BSN: 111222334",
        "codice fiscale RCCMNL83S18D969X",
        "SSN 000-00-0000",
        "order 86095742719",
        "Preis 030 Euro",
        "Kapitel 12, Seite 10115",
        "2125550123",
        "Straße ohne Nummer",
    ],
)
def test_look_alikes_abroad_are_not(text: str) -> None:
    assert classify(text, among=detectors_for(("DE", "IT", "NL", "US"))) == ()


def test_the_regions_of_one_policy_are_those_of_no_other() -> None:
    before = classify("Steuer-ID: 86095742719")
    assert classify("Steuer-ID: 86095742719", among=detectors_for(("DE",))) != ()
    assert classify("Steuer-ID: 86095742719") == before == ()
    mobile = "بدون برچسب 09121234567"
    assert [one.kind for one in classify(mobile)] == ["phone_number"]
    assert classify(mobile, among=detectors_for(("FR",))) == ()
    assert [one.kind for one in classify(mobile, among=detectors_for(("FR", "IR")))] == ["phone_number"]
    assert detectors_for() is detectors_for(HOME) is DEFAULT


def test_numbers_of_iran_are_found_as_before_in_a_policy_of_more_regions() -> None:
    more = detectors_for(("IR", "DE"))
    for kind in KINDS:
        example = DECLARED[kind].example
        here = {one.kind for one in classify(example)}
        assert here <= {one.kind for one in classify(example, among=more)}
        assert kind in here or kind == "person_name"


def test_every_kind_has_a_category_of_fideslang() -> None:
    assert {kind.category for kind in DECLARED.values()} <= data_categories()


def test_every_module_of_a_region_is_there_and_knows_wrong_numbers() -> None:
    for region, known in MODULES.items():
        for what in known:
            assert len(checks(what, region)) == len(known[what])
            assert not any(check("x") for check in checks(what, region))


def test_regions_are_written_as_iso_writes_them() -> None:
    regions = {*MODULES, *(region for known in SPOKEN.values() for region in known)}
    assert all(len(region) == 2 and region.isupper() for region in regions)


def test_a_birth_date_is_found_in_a_column_of_dates_too() -> None:
    days = pa.array(["1990-04-21", "1985-01-02", None]).cast(pa.date32())
    for column in (days, days.cast(pa.string()), days.cast(pa.timestamp("us")), days.dictionary_encode()):
        hits = scan(column, ["birth_date"], label="birth_date")
        assert hits.rows.tolist() == [0, 1], column.type
        assert len(scan(column, ["birth_date"], label="created_at").rows) == 0


def test_detectors_travel_to_other_processes() -> None:
    for among in (DEFAULT, detectors_for(("DE", "NL"))):
        assert pickle.loads(pickle.dumps(among)) is among  # noqa: S301  what was written one line above


@pytest.mark.parametrize("text", ["password: hello there", "DOB 04/21/1990", "3.1415, 2.7182"])
def test_usual_kinds_do_not_grow(text: str) -> None:
    usual = {kind for kind in KINDS if DECLARED[kind].usual}
    assert not usual & {one.kind for one in classify(text) if one.grade is Grade.FAIL}


@pytest.mark.slow
@pytest.mark.parametrize("regions", [("DE", "NL"), ("IR", "US", "GB"), ("IT", "FR", "TR")], ids="-".join)
def test_a_scan_finds_what_classify_finds_in_any_regions(regions: tuple[str, ...]) -> None:
    among = detectors_for(regions)
    texts = [*adversarial_texts(1200), *(mutated(text) for _, text in ABROAD for mutated in MUTATIONS)]
    found = [classify(text, among=among) for text in texts]
    for kind in ("phone_number", "landline_number", "national_id", "tax_id", "birth_date", "postal_address"):
        hits = scan(pa.array(texts), [kind], among=among)
        grades = [{one.grade for one in some if one.kind == kind} for some in found]
        assert hits.rows.tolist() == [place for place, some in enumerate(grades) if Grade.FAIL in some], kind
        assert hits.review.tolist() == [place for place, some in enumerate(grades) if some == {Grade.SUSPECT}], kind
