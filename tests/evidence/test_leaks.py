"""The last look before publication: a value in any encoding stops the report."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import urllib.parse
from collections.abc import Callable, Mapping
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from governance.detection.kinds.phones import PHONE
from governance.encryption.envelope import additional_data, parse, unseal
from governance.encryption.keys import load_keys
from governance.errors import EvidenceError
from governance.evidence import find_leaks
from governance.evidence.corpus import Corpus
from governance.evidence.leaks import _Search
from governance.policy import Policy
from governance.results import CheckResult, Evidence, Reason, Verdict
from governance.rules.people.leads import habits_of
from governance.sources import open_source
from governance.spelling import bare, bare_texts, bare_words
from governance.synthetic import Dataset
from tests.rules.conftest import KEYS, SEALINGS, contract, sealed_with
from tests.rules.conftest import column as declared
from tests.rules.conftest import policy as policy_over

FIELDS = contract(
    "users",
    declared("id", "integer"),
    declared("name", classification="confidential"),
    declared("code", classification="confidential", category="user.unique_id"),
    declared("word", category="user.unique_id"),
    declared("mobile", classification="restricted", category="user.contact", plaintext=PHONE),
    declared("mobile_token", classification="confidential", category="user.contact.phone_number"),
    declared("email", classification="restricted", category="user.contact.email.work"),
    declared("email_token"),
)
TELEPHONE, ADDRESS = "+989123456789", "a.long.address@mail.example"


def leak(
    tmp_path: Path, page: str, *, held: Mapping[str, Any], public: str = "", keyed: bool = False, own: str = ""
) -> str:
    """The column of which a value was found in a page, and in which line of it; "" for none."""
    rows = len(next(iter(held.values())))
    made = policy_over(FIELDS)
    (tmp_path / "page.html").write_text(page, "utf-8")
    with closing(open_source({"users": pa.table({"id": range(rows), **held})}, made.tables)) as source:
        try:
            find_leaks(tmp_path, made, source, KEYS if keyed else None, public=[public], own=own.split())
        except EvidenceError as error:
            said = re.fullmatch(
                r"page\.html:(\d+): expected no value of the data, found one of users\.(\w+);.*", str(error)
            )
            assert said
            return f"{said[2]} {said[1]}"
    return ""


def mobiles(*numbers: str) -> list[str]:
    return [sealed_with(SEALINGS[0], text, "users", "mobile", str(row)) for row, text in enumerate(numbers)]


def test_what_the_contract_calls_secret_is_searched_for_and_nothing_else(tmp_path: Path) -> None:
    for name, found in (("code", "code 2"), ("word", "")):
        assert leak(tmp_path, "one\ntell-tale", held={name: ["tell-tale"]}) == found
    assert leak(tmp_path, "one\ntell-tale", held={"mobile": [None, "tell-tale"]}) == "mobile 2"
    assert (
        leak(tmp_path, "tell-tale", held={"code": []}) == leak(tmp_path, "tell-tale", held={"code": pa.nulls(3)}) == ""
    )
    assert leak(tmp_path, "tell-tale", held={"code": ["", "…", "tell-tale"]}) == "code 1"


def test_what_is_public_is_no_leak_and_all_beside_it_is(tmp_path: Path) -> None:
    assert leak(tmp_path, "tell-tale", public="a tell-tale", held={"code": ["tell-tale"]}) == ""
    assert (
        leak(tmp_path, "tell-tale, chat-up", public="a tell-tale", held={"code": ["tell-tale", "chat-up"]}) == "code 1"
    )
    assert leak(tmp_path, "0912 345 6789", public=TELEPHONE, held={"mobile": [TELEPHONE]}) == ""


@pytest.mark.parametrize(
    ("name", "value", "page", "found"),
    [
        ("name", "Mina Roy", "by Mina Roy", True),
        ("name", "Mina Roy", "by MinaRoy", True),
        ("name", "Mina", "by Mina", False),
        ("name", "Alexandra", "by Alexandra", False),
        ("name", "A By", "by A By", True),
        ("name", "A By", "aby", False),
        ("name", "Mi Roys", "x miroys", True),
        ("name", "Mina Roy", "<td>Mina</td><td dir='ltr'>Roy</td>", True),
        ("name", "نیلا راد", json.dumps(json.dumps("نیلا راد")), True),
        ("name", "نیلا راد", json.dumps(str("نیلا راد".encode())), True),
        ("name", "نیلا راد", html.escape("".join(f"&#{ord(sign)};" for sign in "نیلا راد")), True),
        ("name", "نیلا راد", urllib.parse.quote(urllib.parse.quote("نیلا راد")), True),
        ("name", "Mi Roy", "x miroy", False),
        ("code", "abcdef", "x abcdef", False),  # one word may be one of ours
        ("code", "abcde1", "x abcde1", True),
        ("code", "abcde", "x abcde", False),
        ("code", "ab def", "x abdef", False),
        ("code", "ab defg", "x abdefg", True),
        ("code", "123456789", "x 123456789", True),
        ("code", "12345678", "x 12345678", False),
        ("code", "00123456789", "x 0123456789", False),
        ("mobile", "00123456789", "x 0123456789", True),
        ("mobile", "123456789", "x 12-34-56-789", True),
        ("code", "123456789", "x 12-34-56-789", False),
        ("code", "²³²³²³²³²", "x 232323232", False),
    ],
)
def test_a_value_is_known_by_enough_of_it(tmp_path: Path, name: str, value: str, page: str, *, found: bool) -> None:
    for held in ([value], ["another value", None, value]):
        assert leak(tmp_path, page, held={name: held}) == (f"{name} 1" if found else "")


@pytest.mark.parametrize(
    ("held", "page"),
    [
        ([123456789], "123456789"),
        ([123456789.0], "123456789"),
        ([Decimal(123456789)], "123456789"),
        ([b"tell-tale"], "tell-tale"),
        ([["x", "tell-tale"]], "tell-tale"),
        ([{"a": {"b": "tell-tale"}}], "tell-tale"),
        (pa.array([["x"], ["tell-tale"]], pa.large_list(pa.large_string())), "tell-tale"),
        (pa.array(["tell-tale"], pa.large_string()), "tell-tale"),
    ],
)
@pytest.mark.parametrize("keyed", [False, True])
def test_cells_of_every_type_are_searched(tmp_path: Path, held: Any, page: str, *, keyed: bool) -> None:
    assert leak(tmp_path, f"one\n{page}", held={"code": held}, keyed=keyed) == "code 2"
    assert leak(tmp_path, "one\nand other words", held={"code": held}, keyed=keyed) == ""


def test_a_digest_is_of_a_telephone_or_an_address_if_it_is_not_ours_or_public(tmp_path: Path) -> None:
    for name, value in (("mobile", TELEPHONE), ("email", ADDRESS)):
        digest = hashlib.sha256(value.encode()).hexdigest()
        assert leak(tmp_path, f"one\nx {digest}", held={name: [value]}) == f"{name} 2"
        assert leak(tmp_path, f"x {digest}", own=digest, held={name: [value]}) == ""
        assert leak(tmp_path, f"x {digest}", public=f"x {digest}", held={name: [value]}) == ""
        assert leak(tmp_path, f"x {digest}", held={"mobile_token": [value]}) == ""
    assert leak(
        tmp_path, hashlib.md5(b"09123456789", usedforsecurity=False).hexdigest(), held={"mobile": ["0912 345 6789"]}
    )


@pytest.mark.parametrize("tokens", [None, "right", "wrong", "first wrong", "last missing", "lists"])
def test_a_sealed_value_is_found_by_its_token_or_opened(tmp_path: Path, tokens: str | None) -> None:
    numbers = [f"+98912345678{last}" for last in range(8)]
    made = [KEYS.token(number) for number in numbers]
    wrong = ["0" * 64] * 8
    beside: dict[str | None, Any] = {
        "right": made,
        "wrong": wrong,
        "first wrong": [*wrong[:1], *made[1:]],
        "last missing": [*made[:7], None],
        "lists": [[token] for token in made],
    }
    held = {"mobile": mobiles(*numbers)} | ({"mobile_token": beside[tokens]} if tokens else {})
    for number in (numbers[0], numbers[7]):
        for written in (number, "0" + number[3:], number[3:], "0" + number[3:6] + " " + number[6:]):
            assert leak(tmp_path, f"one\ntel. {written}", keyed=True, held=held) == "mobile 2"
        assert leak(tmp_path, f"tel. {number}", keyed=True, public=number[3:], held=held) == ""
        # Without the keys nobody can tell.
        assert leak(tmp_path, f"tel. {number}", held=held) == ""
        digest = hashlib.sha256(number.encode()).hexdigest()
        assert leak(tmp_path, f"one\n{digest}", keyed=True, held=held) == "mobile 2"
    assert leak(tmp_path, "tel. +989123456790", keyed=True, held=held) == ""


def test_a_value_that_no_key_opens_is_found_by_its_token(tmp_path: Path) -> None:
    held = {"mobile": ["sealed elsewhere"], "mobile_token": [KEYS.token(TELEPHONE)]}
    assert leak(tmp_path, "one\ntel. 0912 345 6789", keyed=True, held=held) == "mobile 2"
    assert leak(tmp_path, "tel. 0912 345 6789", held=held) == ""


@pytest.mark.parametrize("tokens", [False, True])
def test_a_sealed_address_is_found_by_its_token_or_opened(tmp_path: Path, *, tokens: bool) -> None:
    sealed = sealed_with(SEALINGS[0], ADDRESS, "users", "email", "1")
    held = {"email": [None, sealed]} | ({"email_token": [None, KEYS.token(ADDRESS)]} if tokens else {})
    assert leak(tmp_path, f"one\nby {ADDRESS}.", keyed=True, held=held) == "email 2"
    assert leak(tmp_path, f"by {ADDRESS.upper()}", keyed=True, held=held) == "email 1"
    assert leak(tmp_path, f"by {ADDRESS}", keyed=True, public=f"of {ADDRESS}", held=held) == ""
    assert leak(tmp_path, "by another@mail.example", keyed=True, held=held) == ""


PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
ENCODINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in a sentence": lambda value: f"<td>{value}</td>",
    "in Persian digits": lambda value: value.translate(PERSIAN),
    "percent": lambda value: urllib.parse.quote(value, safe=""),
    "html": lambda value: "".join(f"&#{ord(c)};" for c in value),
    "html names": html.escape,
    "json": json.dumps,
    "base64": lambda value: f"data:text/plain;base64,{base64.b64encode(value.encode()).decode()}",
    "base64url": lambda value: base64.urlsafe_b64encode(value.encode()).decode().rstrip("="),
    "base64 in base64": lambda value: base64.b64encode(base64.b64encode(value.encode())).decode(),
    "hex": lambda value: value.encode().hex(),
    "backwards": lambda value: value[::-1],
    "upper case": str.upper,
}


@pytest.fixture(scope="module")
def values(clean_world: Dataset) -> dict[str, str]:
    """A name, a phone and an e-mail of the world, as their owner would write them."""
    import pyarrow.parquet as pq

    keys = load_keys(clean_world.keys)
    found = {}
    for user in pq.read_table(clean_world.data / "users.parquet").to_pylist():
        found["name"] = user["name"]
        for column in ("mobile", "email"):
            envelope = parse(user[column] or "")
            if envelope:
                place = additional_data("users", column, str(user["user_id"]))
                plain = unseal(envelope, key=keys.data_keys[envelope.kid], bound_to=place)
                found[column] = (plain or b"").decode()
    return found


@pytest.fixture
def look(policy: Policy, clean_world: Dataset, tmp_path: Path) -> Callable[[str], None]:
    def find(text: str) -> None:
        (tmp_path / "page.html").write_text(text, "utf-8")
        source = open_source(clean_world.data, policy.tables)
        try:
            find_leaks(tmp_path, policy, source, load_keys(clean_world.keys), public=["به نام کاربر"])
        finally:
            source.close()

    return find


@pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=ENCODINGS.keys())
@pytest.mark.parametrize("column", ["name", "mobile", "email"])
def test_a_value_in_any_encoding_is_a_leak(
    values: dict[str, str], look: Callable[[str], None], column: str, encoding: Callable[[str], str]
) -> None:
    value = values[column]
    with pytest.raises(EvidenceError) as error:
        look(f"before {encoding(value)} after")
    assert str(error.value).startswith(f"page.html:1: expected no value of the data, found one of users.{column}")
    assert value not in str(error.value)


@pytest.mark.parametrize("prefix", ["0", "0098", "98", "+98 ", ""])
def test_a_phone_is_a_leak_in_every_written_form(
    values: dict[str, str], look: Callable[[str], None], prefix: str
) -> None:
    bare = values["mobile"].removeprefix("+98")
    for written in (bare, f"{bare[:3]} {bare[3:6]} {bare[6:]}", f"{bare[:3]}-{bare[3:]}"):
        with pytest.raises(EvidenceError):
            look(prefix + written)


@pytest.mark.parametrize("shape", ["struct", "binary", "list"])
def test_values_of_nested_and_binary_columns_are_searched(policy: Policy, tmp_path: Path, shape: str) -> None:
    person = "نام‌آور بی‌همتا"
    cells = {"struct": {"first": person}, "binary": person.encode(), "list": [person]}
    table = pa.table({"user_id": [1], "name": pa.array([cells[shape]])})
    source = open_source({"users": table}, policy.tables)
    (tmp_path / "page.html").write_text(f"<p>{person}</p>", "utf-8")
    with pytest.raises(EvidenceError, match=r"page\.html:1: expected no value of the data, found one of users\.name"):
        find_leaks(tmp_path, policy, source, None, public=[])


@pytest.mark.parametrize("algorithm", SEALINGS)
def test_what_a_value_of_any_format_seals_is_a_leak(policy: Policy, tmp_path: Path, algorithm: str) -> None:
    sealed = sealed_with(algorithm, "a.long.address@mail.example", "users", "email", "1")
    source = open_source({"users": pa.table({"user_id": [1], "email": [sealed]})}, policy.tables)
    (tmp_path / "page.html").write_text("<p>a.long.address@mail.example</p>", "utf-8")
    with pytest.raises(EvidenceError, match=r"page\.html:1: expected no value of the data, found one of users\.email"):
        find_leaks(tmp_path, policy, source, KEYS, public=[])


def test_parts_of_values_and_public_words_are_none(values: dict[str, str], look: Callable[[str], None]) -> None:
    look(f"{values['name'].split()[0]} {values['mobile'][:7]} {values['email'][:4]} references ABCDEFGH12345678")


def test_what_is_embedded_is_left_out_and_nothing_beside_it(
    policy: Policy, clean_world: Dataset, values: dict[str, str], tmp_path: Path
) -> None:
    embedded = f"data:font/woff2;base64,{values['name'].split()[0]}/{values['email']}"
    source = open_source(clean_world.data, policy.tables)
    keys = load_keys(clean_world.keys)
    try:
        (tmp_path / "page.html").write_text(f"<style>{embedded}</style>", "utf-8")
        find_leaks(tmp_path, policy, source, keys, public=[], embedded=embedded)
        with pytest.raises(EvidenceError, match=r"found one of users\.email"):
            find_leaks(tmp_path, policy, source, keys, public=[])
        (tmp_path / "page.html").write_text(f"<style>{embedded}</style>{values['email']}", "utf-8")
        with pytest.raises(EvidenceError, match=r"found one of users\.email"):
            find_leaks(tmp_path, policy, source, keys, public=[], embedded=embedded)
    finally:
        source.close()


WRITTEN = st.text(st.sampled_from("aZé ß\u0301هٔیي\u200c_0123456789۰۱۲²①-./\n\0"), min_size=1, max_size=14)


@given(st.lists(WRITTEN, min_size=1, max_size=12))
def test_values_are_folded_all_at_once_as_one_by_one(values: list[str]) -> None:
    assert bare_texts(values) == [" ".join(bare_words(value)) for value in values]
    assert ["".join(bare_words(value)) for value in values] == [bare(value.replace("\0", " ")) for value in values]


def test_the_join_over_many_values_leaves_out_none_that_stands_in_a_file(policy: Policy) -> None:
    columns, habits = policy.tables["users"].columns, habits_of(policy)

    @given(st.lists(WRITTEN, min_size=1, max_size=6), st.integers(0, 5), st.sampled_from(list(ENCODINGS)))
    @example(["00000①"], 0, "as it is")
    def holds(values: list[str], one: int, encoding: str) -> None:
        corpus = Corpus()
        corpus.add("page", f"before {ENCODINGS[encoding](values[one % len(values)])} after".encode())
        search = _Search(corpus, [], (), None, habits)
        assert repr(search).startswith("<"), "a traceback shows no token of a file"
        for column in columns:
            found = [search._find(corpus, bare_words(value), value, column) for value in values]
            assert [place for place in found if place] == list(search._places(values, column))

    holds()


def test_the_join_leaves_out_what_no_file_holds(policy: Policy, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("نرگس 0912-345-6789; references, 2026-11-22", "utf-8")
    absent = ["نرگس کاوه", "0912-345-6780", "2026-11-22 10:00:00.123456", "references to", "A0000000000000"]
    held = pa.table({"user_id": range(5), "name": absent})
    find_leaks(tmp_path, policy, open_source({"users": held}, policy.tables), None, public=[])


def _others(tmp_path: Path, page: str, tables: Mapping[str, Any], *, verdict: Verdict = Verdict.FAILED) -> str:
    """Where a value was found, `table.column`, by a check on the public column `users.word` with that verdict."""
    (tmp_path / "page.html").write_text(page, "utf-8")
    check = CheckResult(
        id="free", rule="free", clauses=(), table="users", column="word", verdict=verdict,
        reason=Reason.HOLDS, evidence=Evidence(examined=1),
    )  # fmt: skip
    made = policy_over(FIELDS)
    with closing(open_source({name: pa.table(held) for name, held in tables.items()}, made.tables)) as source:
        try:
            find_leaks(tmp_path, made, source, None, public=["the words of a page"], checks=[check])
        except EvidenceError as error:
            return str(error).split("found one of ")[1].split(";")[0]
    return ""


@pytest.mark.parametrize("spell", [str, lambda text: base64.b64encode(text.encode()).decode()])
@pytest.mark.parametrize("value", ["Mina Roy", "mina@mail.example", "U-20417"])
def test_what_no_contract_declares_is_secret(tmp_path: Path, value: str, spell: Callable[[str], str]) -> None:
    users, held, page = {"id": [1, 2], "word": ["x", "y"]}, {"held": ["a page", value]}, f"by {spell(value)}"
    assert _others(tmp_path, page, {"users": users, "loose": held}) == "loose.held"
    assert _others(tmp_path, page, {"users": {**users, **held}}) == "users.held"
    assert _others(tmp_path, "the words of a page", {"users": users, "loose": held}) == ""


@pytest.mark.parametrize(
    ("cell", "page", "found"),
    [
        ("call 0912 345 6789", "09123456789", True),
        ("call 09123456789", "<td>0912 345 6789</td>", True),
        ("mail mina@mail.example today", "mina@mail.example", True),
        ("card 6037-9975-6006-1302", "6037\u20139975\u20136006\u20131302", True),
        ("&#54;037997560061302", "&#54;037997560061302", True),
        ("cvv2: 711", "got cvv2: 711", True),
        ("a title of a book", "a title of a book", False),
        ("call 0912 345 6789", "call", False),
    ],
)
def test_findings_in_a_public_column_are_secret_unless_its_checks_hold(
    tmp_path: Path, cell: str, page: str, *, found: bool
) -> None:
    tables = {"users": {"id": [1, 2], "word": ["an innocent", cell]}}
    for verdict in (Verdict.FAILED, Verdict.ERROR, Verdict.NOT_EVALUATED, Verdict.WAIVED):
        assert _others(tmp_path, page, tables, verdict=verdict) == ("users.word" if found else ""), verdict
    assert _others(tmp_path, page, tables, verdict=Verdict.PASSED) == ""
