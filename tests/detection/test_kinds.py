"""What each kind of data declares, held against texts: its shortest value, the sieve's fewest digits, its labels."""

from __future__ import annotations

import pyarrow as pa
import pytest

from governance.detection import DECLARED, KINDS, Grade, classify, detectors_for, scan
from governance.detection.detectors import DETECTORS
from governance.detection.kinds.abroad import calling_code

# A text with the shortest value of a kind that a detector of this region finds.
SHORTEST = {
    "payment_card_number": ("IR", "maestro 500000000009", "500000000009"),
    "iban": ("IR", "NO9386011117947", "NO9386011117947"),
    "phone_number": ("DE", "tel 01640", "01640"),
    "landline_number": ("AT", "tel 01110", "01110"),
    "email_address": ("IR", "a@b.ir", "a@b.ir"),
    "national_id": ("IR", "کد ملی 84575948", "84575948"),
    "birth_date": ("IR", "born 19900421", "19900421"),
    "passport_number": ("IR", "passport no: K123456", "K123456"),
    "password": ("IR", "password: a1b2", "a1b2"),
    "tax_id": ("AU", "tax number 12345679", "12345679"),
    "bank_account_number": ("IR", "حساب بانکی 123456", "123456"),
    "coordinates": ("IR", "lat 1.123,2.123", "1.123,2.123"),
    "mac_address": ("IR", "3c22.fb9a.410e", "3c22.fb9a.410e"),
    "social_handle": ("IR", "insta: a_1", "a_1"),
    "postal_address": ("CH", "Bahnhofstrasse 5, PLZ 8001", "8001"),
    "api_key": ("IR", "xoxb-1234567890", "xoxb-1234567890"),
}
# A text with a finding that has as few digits as one of the detector's can have.
FEWEST = {
    "accounts": ("iban", "MT86ABCD12345678AAAAAAAAAAAAAAA"),
    "bank_accounts": ("bank_account_number", "حساب بانکی 123456"),
    "birth_dates": ("birth_date", "born 3 mar 1990"),
    "card_forms": ("payment_card_number", "card 4.5395E15"),
    "card_rows": ("card_expiry", "4222222222222|05/28"),
    "cards": ("payment_card_number", "maestro 500000000009"),
    "codes": ("card_verification_code", "CVV: 482"),
    "coordinates": ("coordinates", "5°1'N 5°1'E"),
    "expiries": ("card_expiry", "exp 5/29"),
    "landlines": ("landline_number", "تلفن منزل 8877665"),
    "national_ids": ("national_id", "کد ملی 84575948"),
    "passports": ("passport_number", "passport no: C1X0A0T45"),
    "phones": ("phone_number", "تلفن منزل 8877665"),
    "postal_addresses": ("postal_address", "High Street, postcode W1 1AA"),
    "tracks": ("track_data", ";4222222222222=2912?"),
}


@pytest.mark.parametrize("kind", SHORTEST)
def test_no_value_is_shorter_than_the_kind_says(kind: str) -> None:
    region, text, value = SHORTEST[kind]
    spans = [one.span for one in classify(text, among=detectors_for((region,))) if one.kind == kind]
    assert [text[slice(*span)] for span in spans] == [value]
    assert len(value) == DECLARED[kind].shortest


def test_every_kind_that_names_its_shortest_value_is_tried() -> None:
    assert {kind for kind in KINDS if DECLARED[kind].shortest > 1} == {*SHORTEST}
    assert {name for name, one in DETECTORS.items() if one.fewest} - {"tax_ids"} == {*FEWEST}


@pytest.mark.parametrize(("name", "regions"), [*((name, ("IR", "GB")) for name in FEWEST), ("abroad", ("DE",))])
def test_the_sieve_keeps_a_finding_with_the_fewest_digits(name: str, regions: tuple[str, ...]) -> None:
    kind, text = FEWEST.get(name, ("phone_number", "tel 01640"))
    among = detectors_for(regions)
    column = pa.array([f"row of {'x' * (number % 9)}" for number in range(300)] + [text], pa.large_string())
    hits = scan(column, [kind], among=among)
    assert [*hits.rows.tolist(), *hits.review.tolist()] == [300]
    declared = DETECTORS[name] if name in FEWEST else among.by_name["phones"]
    assert sum(sign.isdigit() for sign in text) == declared.fewest


UNUSUAL = {
    "api_key",
    "password",
    "landline_number",
    "passport_number",
    "tax_id",
    "bank_account_number",
    "birth_date",
    "postal_address",
    "coordinates",
    "mac_address",
    "social_handle",
}


def test_these_kinds_are_looked_for_only_where_a_rule_names_them() -> None:
    assert {kind for kind in KINDS if not DECLARED[kind].usual} == UNUSUAL


# A label, the characters before a value in which it counts, and a value that is less sure, or more, without it.
REACH = [
    ("phone_number", "tel", 32, "030 12345678"),
    ("phone_number", "tel", 24, "9123456789"),
    ("iban", "حساب", 30, "062960000000100324200001"),
    ("payment_card_number", "card", 30, "4539578763621486"),
    ("coordinates", "gps", 32, "35.701,51.392"),
    ("ip_address", "ip", 24, "1.2.3.4"),
    ("mac_address", "mac", 24, "11:22:33:44:55:66"),
    ("national_id", "invoice", 24, "0084575948"),
    ("national_id", "order", 12, "0084575948 کد ملی"),
    ("birth_date", "party", 16, "birth date: 1990-04-21"),
    ("bank_account_number", "bank", 40, "account no: 123456"),
    ("postal_address", "خیابان", 158, "کد پستی 1415563451"),
    ("card_verification_code", "cvv2", 36, "482"),
    ("card_pin", "card pin", 28, "73915"),
    ("card_expiry", "card", 40, "expiry 2029-07-31"),
    ("card_expiry", "voucher", 24, "exp 07/29"),
    ("one_time_password", "one time password", 57, "482917"),
]


@pytest.mark.parametrize(("kind", "label", "reach", "value"), REACH)
def test_a_label_counts_as_far_as_its_reach_and_no_further(kind: str, label: str, reach: int, value: str) -> None:
    among = detectors_for(("IR", "DE"))

    def found(far: int) -> list[str]:
        return [one.grade for one in classify(f"{label:{far}}{value}", among=among) if one.kind == kind]

    assert found(reach) == found(len(label) + 1)
    assert found(reach + 1) == found(2 * reach) != found(reach)


@pytest.mark.parametrize(
    ("region", "text", "grade"),
    [
        ("DE", "03012345678", Grade.SUSPECT),
        ("DE", "3012345678", None),
        ("DE", "0800 1234567", None),
        ("US", "2122345678", None),
        ("US", "tel 2122345678", Grade.FAIL),
        ("DE", "tel 030 12345678", Grade.FAIL),
        ("DE", "+4930901820", Grade.FAIL),
        ("DE", "شناسه ملی 10861234508", None),
        ("MX", "GODE561231", Grade.SUSPECT),
        ("ES", "X1234567L", Grade.SUSPECT),
        ("NL", "BSN ?", None),
        ("NL", "aBc/BSN/111222333/aB", Grade.FAIL),
        ("NL", "aBc4dEf/BSN/111222333/aBc4dEf5gHi6jKl", None),
    ],
)
def test_a_number_abroad_is_as_sure_as_its_form_and_its_label(region: str, text: str, grade: Grade | None) -> None:
    among = detectors_for((region,))
    found = classify(text, among=among)
    assert {one.grade for one in found} == ({grade} if grade else set())
    for kind in {one.kind for one in found}:
        hits = scan(pa.array([*["1a 2b 3c 4d 5e 6f"] * 300, text]), [kind], among=among)
        assert [*hits.rows.tolist(), *hits.review.tolist()] == [300]


@pytest.mark.parametrize("regions", [("IR",), ("DE",), ("IR", "DE")], ids="-".join)
@pytest.mark.parametrize("name", ["national_ids", "phones", "landlines", "tax_ids"])
def test_a_detector_names_the_regions_that_it_looks_for(name: str, regions: tuple[str, ...]) -> None:
    assert detectors_for(regions).by_name[name].regions == regions
    assert not detectors_for(("KR",)).by_name["birth_dates"].regions, "no word of its language is known"


def test_the_code_of_a_country_stands_before_its_numbers() -> None:
    assert [calling_code(region) for region in ("IR", "DE", "US")] == ["98", "49", "1"]


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        ("cvv2", {"codes", "expiries"}),
        ("note", set()),
        ("iban", set()),
        ("payment card", set()),
        ("national code", {"national_ids"}),
    ],
)
def test_every_cell_is_asked_only_under_a_name_that_decides(heading: str, names: set[str]) -> None:
    assert {name for name, one in DETECTORS.items() if one.is_named_by(heading)} == names


@pytest.mark.parametrize(
    ("label", "text", "kind"),
    [
        ("insta", "@sara_kh", "social_handle"),
        ("password", "Tr0ub4dor&3", "password"),
        ("tax_id", "10861234508", "tax_id"),
        ("national_code", "0084575948", "national_id"),
        ("birth_date", "1990-04-21", "birth_date"),
        ("bank_account", "123456", "bank_account_number"),
        ("passport_number", "K12345678", "passport_number"),
        ("cvv2", "482", "card_verification_code"),
        ("expiry", "07/29", "card_expiry"),
    ],
)
def test_a_columns_name_announces_a_whole_cell(label: str, text: str, kind: str) -> None:
    assert [one.span for one in classify(text, label=label) if one.kind == kind] == [(0, len(text))]
    assert kind not in {one.kind for one in classify("x", label=f"{label} {text}")}
    assert kind not in {one.kind for one in classify(text, label="note") if one.grade is Grade.FAIL}


@pytest.mark.parametrize(
    ("kind", "label", "rows"),
    [
        ("card_expiry", "card_expiry", [0, 1]),
        ("card_expiry", "expiry", []),
        ("birth_date", "birth_date", [0, 1]),
        ("birth_date", "created_at", []),
        ("bank_account_number", "bank_account", []),
    ],
)
@pytest.mark.parametrize("type_", [pa.date32(), pa.timestamp("us")])
def test_a_date_is_a_value_under_a_name_that_says_so(
    kind: str, label: str, rows: list[int], type_: pa.DataType
) -> None:
    column = pa.array(["2029-07-31", "2028-01-02", None]).cast(pa.date32()).cast(type_)
    assert scan(column, [kind], label=label).rows.tolist() == rows
