"""What a value alone is, and what it is with its label, its signs and its neighbours: nothing, a suspect or sure."""

from __future__ import annotations

import pytest

from governance.detection import Grade, classify

# A text with words around it, the kind, and what is found of it: nothing, or a grade and the value.
GRADES = [
    ("api_key", "sk_live_4eC39HqLyjWDarjtT1zdp7dc", Grade.FAIL, "sk_live_4eC39HqLyjWDarjtT1zdp7dc"),
    ("api_key", "sk_test_4eC39HqLyjWDarjtT1zdp7dc", Grade.SUSPECT, "sk_test_4eC39HqLyjWDarjtT1zdp7dc"),
    ("bank_account_number", "bank account no: 12345678-abcd", Grade.FAIL, "12345678"),
    ("bank_account_number", "bank account no: 12345678-abcd-4769-8abc-0123456789ab", None, ""),
    ("iban", "be710961-2345-6769-8abc-0123456789ab", None, ""),
    ("iban", "account abcdabcd062960000000100324200001", None, ""),
    ("iban", "MT55ABCD1234567AAAAAAAAAAAAAAAA", None, ""),
    ("iban", "NO9386011117947X", None, ""),
    ("iban", "270170000000100324200001, 12", Grade.SUSPECT, "270170000000100324200001"),
    ("iban", "2701 7000 0000 1003 2420 0001", Grade.SUSPECT, "2701 7000 0000 1003 2420 0001"),
    ("iban", "2701,7000,0000,1003,2420,0001", None, ""),
    ("iban", "NO9386011117947 X", Grade.FAIL, "NO9386011117947"),
    ("bank_account_number", "حساب بانکی 123456", Grade.FAIL, "123456"),
    ("bank_account_number", "account no: 123456", Grade.SUSPECT, "123456"),
    ("bank_account_number", "account no: 123456 bank mellat", Grade.FAIL, "123456"),
    ("payment_card_number", "ref 603799XXX0123451 1404/05", Grade.FAIL, "603799XXX0123451"),
    ("payment_card_number", "603799XXXX123451", None, ""),
    ("payment_card_number", "371449XX5398431", Grade.FAIL, "371449XX5398431"),
    ("payment_card_number", "30569309XX5904", None, ""),
    ("payment_card_number", "6221 26XX XX12 3456 789", Grade.FAIL, "6221 26XX XX12 3456 789"),
    ("payment_card_number", "6037XXX000123451", Grade.FAIL, "6037XXX000123451"),
    ("payment_card_number", "603XXXX000123451", None, ""),
    ("payment_card_number", "to 6037 99XX X012 3451 12", Grade.FAIL, "6037 99XX X012 3451"),
    ("payment_card_number", "4.222222222222E12", Grade.FAIL, "4.222222222222E12"),
    ("payment_card_number", "4539 5787 6362 - 1486", Grade.FAIL, "4539 5787 6362 - 1486"),
    ("payment_card_number", "4539 5787 6362 | 1486", Grade.SUSPECT, "4539 5787 6362 | 1486"),
    ("payment_card_number", "4539 5787 6362\n1486", Grade.SUSPECT, "4539 5787 6362\n1486"),
    ("payment_card_number", "card 8888888888888888", None, ""),
    ("payment_card_number", f"card{'x' * 8}4539578763621486", Grade.FAIL, "4539578763621486"),
    ("payment_card_number", f"card{'x' * 9}4539578763621486", None, ""),
    ("payment_card_number", "00004539578763621486", Grade.SUSPECT, "4539578763621486"),
    ("payment_card_number", "4539-5787-6362-1486 4539", Grade.SUSPECT, "4539-5787-6362-1486"),
    ("payment_card_number", "4539 4539-5787-6362-1486", Grade.SUSPECT, "4539-5787-6362-1486"),
    ("payment_card_number", "4539-5787-6362-1486 4539 12", Grade.SUSPECT, "4539-5787-6362-1486"),
    ("payment_card_number", "12 4539 4539-5787-6362-1486", Grade.SUSPECT, "4539-5787-6362-1486"),
    ("payment_card_number", "3714-496353-98126 12345", Grade.SUSPECT, "3714-496353-98126"),
    ("payment_card_number", "3714-496353-98126 123456", Grade.FAIL, "3714-496353-98126"),
    ("payment_card_number", "45 4539-5787-6362-1486", Grade.FAIL, "4539-5787-6362-1486"),
    ("payment_card_number", "a card4539578763621486", Grade.FAIL, "4539578763621486"),
    ("payment_card_number", "card: 4539 and 5787 and 6362 and 1486", Grade.FAIL, "4539 and 5787 and 6362 and 1486"),
    ("payment_card_number", "price 4539 and 5787 and 6362 and 1486", None, ""),
    ("payment_card_number", "4.539578763621487E15", None, ""),
    ("payment_card_number", "4.539578763621486000E15", Grade.SUSPECT, "4.539578763621486000E15"),
    ("payment_card_number", "4.53957876362149E15", Grade.SUSPECT, "4.53957876362149E15"),
    ("payment_card_number", "4.5395787636E15", None, ""),
    ("payment_card_number", "card 4.5395787636E15", Grade.SUSPECT, "4.5395787636E15"),
    ("payment_card_number", "5.02229E15", Grade.SUSPECT, "5.02229E15"),
    ("payment_card_number", "4539578763621486.0", Grade.SUSPECT, "4539578763621486"),
    ("payment_card_number", "4539578763621486.05", None, ""),
    ("payment_card_number", "4539578763621486x", None, ""),
    ("track_data", "%B9000000000000001^A/B^2708101?", Grade.FAIL, "%B9000000000000001^A/B^2708101?"),
    ("track_data", "1037990000123452D2708101", None, ""),
    ("track_data", "4222222222222=2708101", Grade.FAIL, "4222222222222=2708101"),
    ("track_data", "4222222222223=2708101", None, ""),
    ("national_id", "0000010111", Grade.SUSPECT, "0000010111"),
    ("national_id", "1111111111", None, ""),
    ("landline_number", "تلفن 02188776655", Grade.FAIL, "02188776655"),
    ("landline_number", "phone 2188776655", Grade.SUSPECT, "2188776655"),
    ("landline_number", "phone 09121234567", None, ""),
    ("landline_number", "phone +49 30 901820", None, ""),
    ("landline_number", "tel 0049 30 901820", None, ""),
    ("tax_id", "شناسه ملی 10861234508", Grade.FAIL, "10861234508"),
    ("tax_id", "شناسه ملی 10861234509", None, ""),
    ("tax_id", "کد اقتصادی 411111111111", Grade.FAIL, "411111111111"),
    ("tax_id", "کد اقتصادی 0084575948", Grade.FAIL, "0084575948"),
    ("tax_id", "کد اقتصادی 0084575949", None, ""),
    ("mac_address", "00:00:00:00:00:00", None, ""),
    ("mac_address", "11:22:33:44:55:66", Grade.SUSPECT, "11:22:33:44:55:66"),
    ("mac_address", "aa-bb-cc-dd-ee-11", Grade.FAIL, "aa-bb-cc-dd-ee-11"),
    ("mac_address", "1122.3344.5566", None, ""),
    ("mac_address", "mac 1122.3344.5566", Grade.FAIL, "1122.3344.5566"),
    ("mac_address", "1a22.3344.5566", Grade.FAIL, "1a22.3344.5566"),
    ("password", "password: abcd", Grade.SUSPECT, "abcd"),
    ("password", "password: abcd efg", None, ""),
    ("password", "password: abcd\nefg", None, ""),
    ("password", "password: abcd,efg", Grade.SUSPECT, "abcd"),
    ("password", "password: abc", None, ""),
    ("password", "password: Tr0ub4dor. ok", Grade.FAIL, "Tr0ub4dor"),
    ("password", "internet password: Tr0ub4dor", None, ""),
    ("social_handle", "t.me/joinchat", None, ""),
    ("social_handle", "insta sara_kh", None, ""),
    ("social_handle", "insta: sarakh", None, ""),
    ("social_handle", "insta: sara.", None, ""),
    ("social_handle", "insta: sara.k", Grade.SUSPECT, "sara.k"),
    ("social_handle", "telegram=sara_k", Grade.SUSPECT, "sara_k"),
    ("social_handle", "insta id @sara", Grade.FAIL, "@sara"),
    ("coordinates", "90.0000, 51.3920", Grade.SUSPECT, "90.0000, 51.3920"),
    ("coordinates", "90.0001, 51.3920", None, ""),
    ("coordinates", "35.7011, 51.392", None, ""),
    ("coordinates", "35.7011, 180.0000", Grade.SUSPECT, "35.7011, 180.0000"),
    ("coordinates", "35.7011, 180.0001", None, ""),
    ("coordinates", "-0.1807, -78.4678", Grade.SUSPECT, "-0.1807, -78.4678"),
    ("coordinates", "gps 0.1807, 1.0000", None, ""),
    ("coordinates", "gps 0.1807, 1.0001", Grade.FAIL, "0.1807, 1.0001"),
    ("email_address", "sara@example.ir, ok", Grade.FAIL, "sara@example.ir"),
    ("email_address", "sara@example.ir:22", Grade.SUSPECT, "sara@example.ir"),
    ("email_address", "x @ gmail.com", Grade.FAIL, "x @ gmail.com"),
    ("email_address", "ali @example.ir", Grade.SUSPECT, "ali @example.ir"),
    ("email_address", "us @ketab.ir", None, ""),
    ("email_address", "\\nali @example.ir", Grade.SUSPECT, "ali @example.ir"),
    ("email_address", "sara@app.route(", None, ""),
    ("email_address", "sara@example.ir(x)", Grade.FAIL, "sara@example.ir"),
    ("email_address", "s@weights.unknown", None, ""),
    ("email_address", f"https://{'u' * 44}:pw@example.ir", None, ""),
    ("email_address", f"https://{'u' * 45}:pw@example.ir", Grade.FAIL, "pw@example.ir"),
    ("phone_number", "a09121234567", None, ""),
    ("phone_number", "12 989121234567", Grade.SUSPECT, "989121234567"),
    ("phone_number", "سفارش 12; 989121234567", None, ""),
    ("phone_number", "سفارش +989121234567", Grade.FAIL, "989121234567"),
    ("phone_number", "سفارش 98 912 123 4567", Grade.FAIL, "98 912 123 4567"),
    ("phone_number", "98 912 123 4567 14", Grade.FAIL, "98 912 123 4567"),
    ("phone_number", "12 98 912 123 4567", Grade.FAIL, "98 912 123 4567"),
    ("phone_number", "98:912 123 4567 14", None, ""),
    ("phone_number", "09121234567a", None, ""),
    ("phone_number", "id_09121234567", Grade.FAIL, "09121234567"),
    ("phone_number", "09121234567_id", None, ""),
    ("phone_number", "0912:1234567", Grade.FAIL, "0912:1234567"),
    ("phone_number", "0912,1234567", Grade.FAIL, "0912,1234567"),
    ("phone_number", "0915:30 12:30 09", None, ""),
    ("postal_address", "خیابان گلها پلاک 12، 1415563451", None, ""),
    ("postal_address", "خیابان گلها پلاک 12، 14155-63451", Grade.SUSPECT, "14155-63451"),
    ("postal_address", "خیابان گلها، 14155-63451", None, ""),
    ("postal_address", f"12{' ' * 170}خیابان گلها، 14155-63451", None, ""),
    ("postal_address", f"خیابان{' ' * 200}خیابان، کد پستی 1415563451", Grade.FAIL, "1415563451"),
    ("phone_number", "so/tel/8877665", Grade.SUSPECT, "8877665"),
    ("phone_number", "aBc4dEf5gHi6jKl7aBc4dEf5/tel/8877665", None, ""),
    ("birth_date", "aBc4dEf5gHi6jKl7aBc4dEf5/birth_date/1990-04-21", None, ""),
    ("one_time_password", f"ab, 482917 is your {'x' * 13} otp", Grade.FAIL, "482917"),
    ("one_time_password", f"ab, 482917 is your {'x' * 14} otp", None, ""),
    ("card_expiry", "تاریخ اعتبار 07/29", Grade.FAIL, "07/29"),
    ("card_expiry", "اعتبار 07/29", None, ""),
    ("card_expiry", "08/27 exp banana", None, ""),
    ("card_expiry", "(08/27 exp) banana", Grade.FAIL, "08/27"),
    ("card_expiry", "08/27 انقضا موز", Grade.FAIL, "08/27"),
    ("card_expiry", "08/27 انقضا بلیط", None, ""),
    ("one_time_password", "otp: a12345", None, ""),
    ("card_verification_code", "482 cvv2", Grade.FAIL, "482"),
    ("card_verification_code", "482 cvv2 12", None, ""),
    ("card_pin", "5000 pin", None, ""),
    ("card_pin", f"bank{' ' * 20}lot pin 4821", Grade.FAIL, "4821"),
    ("card_pin", f"bank{' ' * 60}lot pin 4821", None, ""),
    ("card_pin", "my pin 4821", Grade.FAIL, "4821"),
    ("card_pin", "trip to pin 4821 here", None, ""),
    ("card_pin", f"my pin: 5000 and so on{', and on' * 6}", Grade.FAIL, "5000"),
    ("card_pin", f"bowling pin: 5000 and so on{', and on' * 6}", None, ""),
    ("national_id", "1612345603", None, ""),
    ("national_id", "9012345601", None, ""),
    ("national_id", "1912345609", Grade.SUSPECT, "1912345609"),
    ("national_id", "0123456789", None, ""),
    ("national_id", "کد ملی 1612345603", Grade.FAIL, "1612345603"),
    ("national_id", "nid 0084575948", Grade.FAIL, "0084575948"),
    ("national_id", "nid 84575948", None, ""),
    ("national_id", "شملی 84575948", Grade.FAIL, "84575948"),
    ("ip_address", "gadget 185.143.234.0", Grade.FAIL, "185.143.234.0"),
    ("ip_address", "gadget 185.0.234.17", None, ""),
    ("ip_address", "gadget 18.143.19.234", None, ""),
    ("ip_address", "gadget 18.143.20.234", Grade.FAIL, "18.143.20.234"),
    ("ip_address", "2001:db8:85a3:1:2:8a2e:370:7334", Grade.FAIL, "2001:db8:85a3:1:2:8a2e:370:7334"),
    ("ip_address", "ab:cd:ef:12:34:56:78", None, ""),
    ("ip_address", "9.2.3.30", Grade.FAIL, "9.2.3.30"),
    ("ip_address", "9.2.3.29", None, ""),
    ("ip_address", "10.2.3.4", Grade.FAIL, "10.2.3.4"),
    ("ip_address", "256.1.2.3", None, ""),
    ("ip_address", "x[2000::2]", None, ""),
    ("ip_address", "x 2000::2", Grade.FAIL, "2000::2"),
]


@pytest.mark.parametrize(("kind", "text", "grade", "value"), GRADES)
def test_a_value_is_as_sure_as_its_form_and_its_neighbours(
    kind: str, text: str, grade: Grade | None, value: str
) -> None:
    found = [(one.grade, text[slice(*one.span)]) for one in classify(text) if one.kind == kind]
    assert found == ([(grade, value)] if grade else [])


FOURS = ["4539 5787 6312 3459", "4539 5787 6322 3457", "4539 5787 6362 3458", "4539 5787 6372 3456"]


@pytest.mark.parametrize(("rows", "found"), [(FOURS, FOURS), ([*FOURS[:3], "4539 5787 6372 3457"], [])])
def test_in_a_table_all_that_look_like_cards_are_some_or_none_is(rows: list[str], found: list[str]) -> None:
    text = " ".join(rows)
    assert [text[slice(*one.span)] for one in classify(text)] == found


@pytest.mark.parametrize(
    ("right", "wrong", "found"),
    [(1, 6, 1), (1, 7, 0), (2, 5, 2), (2, 6, 0), (3, 5, 3), (3, 6, 3), (3, 7, 0), (8, 0, 8)],
)
def test_many_numbers_of_which_few_are_right_are_right_by_accident(right: int, wrong: int, found: int) -> None:
    numbers = ["0084575948", "0084575956", "0084575964", "0084575972"] * 2
    texts = [*numbers[:right], *(str(int(number) + 1).zfill(10) for number in numbers[:wrong])]
    assert len([one for one in classify("; ".join(texts)) if one.kind == "national_id"]) == found


@pytest.mark.parametrize(("number", "found"), [("6037 9900 0012 3451", True), ("6037 9900 0012-3451", False)])
def test_in_a_long_row_of_fours_a_number_has_one_sign(number: str, found: bool) -> None:  # noqa: FBT001
    row = f"1234 2345 3456 4567 5678 6789 7890 8901 9012 {number} 1234"
    assert [(one.grade, row[slice(*one.span)]) for one in classify(row)] == [(Grade.SUSPECT, number)] * found
