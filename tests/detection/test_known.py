"""People known by their tokens are found in every form in which others write of them; nobody else is."""

import base64
import hashlib
import json
from urllib.parse import quote

import pyarrow as pa
import pytest

from governance.detection import KINDS, Known, scan, scan_known
from governance.detection.kinds.phones import PHONE

NOTE = "کتاب خوبی بود و ترجمه روان است"
MOBILE, EMAIL, NAME, USER = "+989121234567", "sara.ahmadi7@mail.example", "سارا رضا زاده", "user:100001"
ENGLISH = "sara ahmadi"


def token(text: str) -> str:
    return hashlib.sha256(f"key {text}".encode()).hexdigest()


def hashed(text: str) -> list[str]:
    names = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
    return [hashlib.new(name, text.encode()).hexdigest() for name in names]


DIGESTS = [digest for text in ("100001", "09121234567", EMAIL) for digest in hashed(text)]
KNOWN = Known(
    {token(text): text for text in (MOBILE, EMAIL, NAME, USER, ENGLISH)} | {token(one): "hash" for one in DIGESTS},
    token,
)


def found(column: pa.Array | list[str | None], label: str = "") -> list[tuple[int, str, str]]:
    hits = scan_known(pa.array(column) if isinstance(column, list) else column, KNOWN, label=label)
    return list(zip(hits.rows.tolist(), hits.kinds, hits.origins, strict=True))


MOBILES = (
    "09121234567",
    "با ۰۹۱۲ ۱۲۳ ۴۵ ۶۷ تماس گرفت",
    "+98 912-123-4567",
    "00989121234567",
    "989121234567",
    "9121234567",
    "٠٩١٢١٢٣٤٥٦٧",
    "(0912) 1234567",
    "tel:+989121234567",
    '{"mobile": "09121234567"}',
    "۰۹۱۲\u200c۱۲۳\u200c۴۵۶۷",
    quote("۰۹۱۲۱۲۳۴۵۶۷"),
    base64.b64encode("شماره 09121234567".encode()).decode(),
    b"phone 09121234567 !".hex(),
    b"09121234567".hex(),
    base64.b64encode(b"09121234567").decode(),
    base64.b64encode(b"+989121234567").decode().rstrip("="),
    "token=" + base64.b64encode(b"9121234567").decode(),
    "0x" + b"9121234567".hex(),
    "0912.123.4567",
    "کد پیگیری 9121234567",
    "سفارش 989121234567",
    "ref=912 123 4567",
    "00980 912 123 4567",
    "0912 dash 123 dash 4567",
    "9121234567.0",
    "9.121234567e+09",
    "9.121234567E9",
    base64.b64encode(b"009809121234567").decode(),
    b"009809121234567".hex(),
)
EMAILS = (
    EMAIL,
    EMAIL.upper(),
    "ایمیل: sara.ahmadi7@mail.example.",
    "ایمیلsara.ahmadi7@mail.example",
    "sara.ahmadi7 [at] mail [dot] example",
    "mailto:sara.ahmadi7@mail.example?subject=x",
    "sara.ahmadi7%40mail.example",
    "sara.ahmadi7+books@mail.example",
    json.dumps({"to": [EMAIL]}),
    base64.b64encode(EMAIL.encode()).decode(),
    "<a>sara.ahmadi7</a>@mail.example",
    "sara.ahmadi7&#64;mail.example",
    "sara.ahmadi7 at mail dot example",
    "sara.ahmadi7 AT mail.example",
    "SARA.AHMADI7_at_mail_dot_example",
    "ایمیل من sara.ahmadi7 ات mail دات example است",
)
NAMES = (
    NAME,
    "سارا رضا زاده از خدمات راضی بود",
    "نظر خانم سارا  رضا زاده: عالی",
    "سارا_رضا_زاده",
    "سارا‌رضا‌زاده",
    "سارا\nرضا زاده",
    "رضا زاده، سارا",
    "سارا رضا زادۀ".replace("ۀ", "ه"),
    '{"name": "سارا", "family": "رضا زاده"}',
    json.dumps({"name": NAME}),
    quote(NAME),
    base64.b64encode(NAME.encode()).decode(),
    "سَارا رضا زاده",
    "Sara AHMADI wrote",
    "sara.ahmadi",
)
USERS = (
    "user 100001",
    "کاربر ۱۰۰۰۰۱",
    "user_id=100001&page=2",
    '{"userId": 100001}',
    "شناسهٔ کاربری: ۱۰۰۰۰۱",
    "/users/100001",
)


@pytest.mark.parametrize("text", MOBILES)
def test_mobile_numbers_in_any_form(text: str) -> None:
    assert ("phone_number", MOBILE) in [hit[1:] for hit in found([NOTE, text])]


@pytest.mark.parametrize("text", EMAILS)
def test_addresses_in_any_form(text: str) -> None:
    assert ("email_address", EMAIL) in [hit[1:] for hit in found([NOTE, text])]


@pytest.mark.parametrize("text", NAMES)
def test_names_in_any_form(text: str) -> None:
    assert {hit[1] for hit in found([NOTE, text])} == {"person_name"}


@pytest.mark.parametrize("text", USERS)
def test_user_ids_where_words_announce_them(text: str) -> None:
    assert found([NOTE, text]) == [(1, "user_id", USER)]


@pytest.mark.parametrize("column", [pa.array([1, 100001]), pa.array([1.0, 100001.0]), pa.array(["7", "۱۰۰۰۰۱"])])
def test_user_ids_under_a_name_that_announces_them(column: pa.Array) -> None:
    assert found(column, "user_id") == [(1, "user_id", USER)]
    assert found(column, "pages") == []


@pytest.mark.parametrize("digest", DIGESTS)
def test_digests_of_them(digest: str) -> None:
    in_base64 = base64.b64encode(bytes.fromhex(digest)).decode()
    for text in (
        digest,
        digest.upper(),
        f"id={digest}",
        f"0x{digest}",
        rf"\x{digest}",
        in_base64,
        in_base64.rstrip("="),
    ):
        assert found([NOTE, text]) == [(1, "digest", "hash")]


@pytest.mark.parametrize("digest", DIGESTS)
def test_digests_as_bytes(digest: str) -> None:
    assert found(pa.array([b"x", bytes.fromhex(digest)])) == [(1, "digest", "hash")]


def test_tokens_themselves() -> None:
    assert found([token(MOBILE), token("+989121234568")]) == [(0, "token", MOBILE)]


@pytest.mark.parametrize(
    "text",
    [
        "09121234568",
        "60379121234567",
        "سارا رضا",
        "سارا و رضا زاده",
        "sara.ahmadi8@mail.example",
        "100001",
        "سفارش 100001",
        "کد پیگیری 989121234568",
        "9.121234567e+10",
        "look at mail dot example",
        NOTE,
    ],
)
def test_nobody_else(text: str) -> None:
    assert found([text]) == []


@pytest.mark.parametrize(
    "column",
    [
        pa.array([NOTE, None, MOBILE]),
        pa.array([NOTE, None, MOBILE], pa.large_string()),
        pa.array([NOTE, None, MOBILE]).dictionary_encode(),
        pa.array([MOBILE, NOTE, None, MOBILE]).dictionary_encode().slice(1),
        pa.array(["x", NOTE, None, MOBILE]).slice(1),
        pa.chunked_array([pa.array([NOTE]), pa.array([], pa.string()), pa.array([None, MOBILE])]),
        pa.array([NOTE.encode(), None, MOBILE.encode()]),
        pa.array([[NOTE], None, [NOTE, MOBILE]]),
        pa.array([{"a": NOTE}, None, {"a": MOBILE}]),
        pa.array([[("k", NOTE)], None, [("k", MOBILE)]], pa.map_(pa.string(), pa.string())),
        pa.array([1, None, 989121234567]),
        pa.array([1, None, 9121234567]),
        pa.array([[1], None, [2, 9121234567]]),
        pa.array([1.5, None, 989121234567.0]),
    ],
    ids=lambda column: str(column.type)[:40],
)
def test_any_layout(column: pa.Array) -> None:
    assert found(column) == [(2, "phone_number", MOBILE)]


def test_a_name_split_over_fields() -> None:
    column = pa.array([{"given": "سارا", "family": "رضا زاده"}, {"given": "سارا", "family": "زاده"}])
    assert found(column) == [(0, "person_name", NAME)]


def test_scan_finds_names_through_known_only() -> None:
    column = pa.array([NAME, f"{NAME} 6037990000123451", NOTE])
    assert scan(column, {"person_name"}).rows.tolist() == []
    hits = scan(column, KINDS, known=KNOWN)
    assert (hits.rows.tolist(), hits.kinds) == ([0, 1], ("person_name", "payment_card_number"))


def test_nothing_known_is_shown() -> None:
    known = Known({token(MOBILE): MOBILE}, token, public=frozenset({token(NAME)}))
    assert known.find(f"{MOBILE} {NAME}") == ((PHONE, MOBILE),)
    hits = scan_known(pa.array([MOBILE]), known)
    for shown in (repr(known), repr(hits)):
        assert not [one for one in (MOBILE, NAME, token(MOBILE), token(NAME), "lambda") if one in shown]


def test_a_given_name_of_two_words_may_follow_the_family_name() -> None:
    known = Known({token("محمد رضا احمدی"): "user"}, token)
    assert scan_known(pa.array(["احمدی، محمد رضا", "احمدی، محمد و رضا"]), known).rows.tolist() == [0]


@pytest.mark.parametrize("label", ["", "amount", "phone", "شماره", "user_id", "کاربر"])
@pytest.mark.parametrize("kind", [pa.int64(), pa.uint32(), pa.int8()])
def test_numbers_name_whom_their_digits_would(label: str, kind: pa.DataType) -> None:
    known = Known({token(f"user:{n}"): "user" for n in (7, 100001)} | {token(MOBILE): "mobile"}, token)
    small: list[int | None] = [None, 0, 7, 100001, 912123456, 999999999]
    for numbers in (small, [*small, 9121234567], [-7], [None]):
        fitting = [
            n for n in numbers if n is None or (n < 1 << (kind.bit_width - 1) and (n >= 0 or kind != pa.uint32()))
        ]
        column = pa.array(fitting, kind)
        hits = scan_known(column, known, label=label)
        texts = scan_known(column.cast(pa.string()), known, label=label)
        assert (hits.rows.tolist(), hits.kinds) == (texts.rows.tolist(), texts.kinds)


@pytest.mark.parametrize(
    ("label", "counted", "rows"), [("order_id", True, [1]), ("order_id", False, [0, 1]), ("note", True, [0, 1])]
)
def test_a_number_that_a_program_counts_up_is_no_telephone_number(label: str, counted: bool, rows: list[int]) -> None:  # noqa: FBT001
    hits = scan_known(pa.array(["9121234567", "09121234567", "7"]), KNOWN, label=label, counted=counted)
    assert hits.rows.tolist() == rows


@pytest.mark.parametrize("label", ["user_id", "note"])
def test_a_cell_that_is_an_id_of_any_form_is_found_where_cells_are_ids(label: str) -> None:
    known = Known({token("user:№ b/7"): "b", token("user:100001"): "n"}, token)
    assert scan_known(pa.array(["x", "№ b/7"]), known, label=label, whole=True).rows.tolist() == [1]
    assert scan_known(pa.array(["x", "№ b/7"]), known, label=label).rows.tolist() == []
    hits = scan_known(pa.array([1, 100001]), known, label=label, whole=True)
    assert (hits.rows.tolist(), hits.kinds) == ([1], ("user_id",))


def test_a_name_that_is_public_is_nobodys_and_an_address_stays_somebodys() -> None:
    known = Known({token(one): one for one in (NAME, EMAIL)}, token, public=frozenset({token(NAME), token(EMAIL)}))
    assert scan_known(pa.array([NAME, EMAIL]), known).kinds == ("email_address",)


def test_a_digest_is_looked_up_where_the_caller_says_and_nothing_else_is() -> None:
    digest = hashlib.sha256(MOBILE.encode()).hexdigest()
    asked: list[str] = []

    def look_up(written: str, found: str | None) -> str | None:
        asked.append(written)
        return f"{found}, of a mobile" if written == digest else found

    known = Known({token(digest): "erased"}, token, digests=look_up)
    hits = scan_known(pa.array([f"seen {digest}", f"{EMAIL} {MOBILE}"]), known)
    assert (hits.rows.tolist(), hits.origins) == ([0], ("erased, of a mobile",))
    assert hits.too_large.tolist() == []
    assert digest in asked
    assert not {MOBILE, EMAIL}.intersection(asked)
