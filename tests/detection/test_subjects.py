"""Everything in a text that could name a person, in the one spelling that tokens are made of."""

from __future__ import annotations

import base64
import hashlib

import pytest

from governance.detection.digests import HASHES, digests, spelled
from governance.detection.ids import Habits
from governance.detection.subjects import candidates, contacts_in, names, spellings_of

PHONE, EMAIL, MOBILE = "phone_number", "email_address", "+989121234567"


def of(kind: str, text: str, label: str = "", habits: Habits | None = None) -> set[str]:
    return {written for one, written in candidates(text, label, habits or Habits()) if one == kind}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ali reza", {"ali reza", "reza ali"}),
        (
            "ali reza karimi",
            {
                "ali reza",
                "reza ali",
                "reza karimi",
                "karimi reza",
                "ali reza karimi",
                "karimi ali reza",
                "reza karimi ali",
            },
        ),
        ("karimi, ali", {"karimi ali", "ali karimi"}),
        ("karimi، ali", {"karimi ali", "ali karimi"}),
        ("ali", set()),
        ("ali and reza", set()),
        ("ali: reza", set()),
        ("ali 7 reza", set()),
        ("ali . reza", {"ali reza", "reza ali"}),
        ("ali .. reza", set()),
        ("Ali_REZA", {"ali reza", "reza ali"}),
        ("ali@reza.example", set()),
        ('{"given_name": "ali", "family_name": "karimi"}', {"ali karimi", "karimi ali"}),
    ],
)
def test_words_in_a_row_may_be_a_name(text: str, found: set[str]) -> None:
    assert {written for _, written in names(text)} == found
    assert len([*names(text)]) == len(found), "each once"


def test_names_of_four_words_and_those_with_the_family_first() -> None:
    found = {written for _, written in names("a1 ab bc cd de ef")}
    assert {"ab bc cd de", "bc cd de ef", "cd ab bc", "bc cd ab"} <= found
    assert not {"ab bc cd de ef", "de ab bc cd"} & found
    behind = {written for _, written in names("big karimi, ali reza saeed")}
    assert {"ali karimi", "ali reza karimi", "ali big karimi", "ali reza big karimi"} <= behind
    assert not {"ali reza saeed karimi", "saeed karimi"} & behind


@pytest.mark.parametrize(
    ("name", "spellings"),
    [
        ("Ali Karimi", {"ali karimi", "karimi ali"}),
        ("Karimi, Ali", {"ali karimi", "karimi ali"}),
        ("Ali Reza Karimi", {"ali reza karimi", "karimi ali reza", "reza karimi ali"}),
        ("سارا رضا‌زاده", {"سارا رضازاده", "رضازاده سارا", "سارا رضا زاده", "زاده سارا رضا", "رضا زاده سارا"}),
        ("Ali", set()),
        ("a, b, c", {"a b c", "c a b", "b c a"}),
    ],
)
def test_a_whole_name_has_these_spellings_and_each_is_found_in_it(name: str, spellings: set[str]) -> None:
    assert {*spellings_of(name)} == spellings


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Sara@Mail.Example", {"sara@mail.example"}),
        ("sara [at] mail [dot] example", {"sara@mail.example"}),
        ("sara at mail dot example", {"sara@mail.example"}),
        ("sara.k+book@mail.example", {"sara.k+book@mail.example", "sara.k@mail.example"}),
        ("سلامsara@mail.example", {"سلامsara@mail.example", "sara@mail.example"}),
        ("sara@mail.exampleسلام", {"sara@mail.example"}),
        ("sara@bücher.example", {"sara@bücher.example", "sara@xn--bcher-kva.example"}),
        ("sara@xn--bcher-kva.example", {"sara@xn--bcher-kva.example", "sara@bücher.example"}),
        ("look at this. So", set()),
        ("no address", set()),
    ],
)
def test_an_address_in_each_of_its_spellings(text: str, found: set[str]) -> None:
    assert of(EMAIL, text) >= found
    assert bool(of(EMAIL, text)) is bool(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("9.121234567e+09", {MOBILE}),
        ("9.12123456E+9", {"+989121234560"}),
        ("9.121234567e+08", set()),
        ("9.121234567E+10", set()),
        (b"09121234567".hex(), {MOBILE}),
        ("0x" + b"9121234567".hex(), {MOBILE}),
        (base64.b64encode(b"9121234567").decode(), {MOBILE}),
        (base64.b64encode(b"9121234567").decode().rstrip("="), {MOBILE}),
        (base64.b64encode(b"0912123456799").decode().rstrip("=")[:17], set()),
        (b"tel: 09121234567".hex(), {MOBILE}),
        ("0912 123 45 67", {MOBILE}),
        ("00980 912 123 45 67", {MOBILE}),
        ("1912 123 45 67", set()),
    ],
)
def test_a_mobile_number_in_each_of_its_forms(text: str, found: set[str]) -> None:
    assert of(PHONE, text) == found


def test_numbers_are_those_of_the_policys_regions() -> None:
    assert of(PHONE, "030 12345678") == set()
    assert "+493012345678" in of(PHONE, "030 12345678", habits=Habits(regions=("DE",)))
    assert "+491000000" in of(PHONE, "01000000", habits=Habits(regions=("DE",)))
    assert "+49999999" not in of(PHONE, "0999999", habits=Habits(regions=("DE",)))
    assert of(PHONE, "09121234567", habits=Habits(regions=("DE",))) != {MOBILE}
    assert [*contacts_in("sara@mail.example 09121234567 user 7", "", Habits())] == [MOBILE, "sara@mail.example"]


@pytest.mark.parametrize("name", HASHES)
def test_a_digest_of_each_size_in_each_form(name: str) -> None:
    raw = hashlib.new(name, b"7").digest()
    whole = raw.hex()
    pairs = ":".join(whole[place : place + 2] for place in range(0, len(whole), 2))
    forms = [
        whole,
        whole.upper(),
        f"id={whole}",
        pairs,
        pairs.upper(),
        base64.b64encode(raw).decode(),
        raw.decode("latin-1"),
    ]
    for text in (*forms, base64.urlsafe_b64encode(raw).decode().rstrip("=")):
        assert whole in of("digest", text) & of("token", text), text
    assert of("digest", whole[:-1]) == of("digest", f"x{whole}") == set()


def test_ids_that_are_texts_may_look_like_digests() -> None:
    whole = hashlib.md5(b"7", usedforsecurity=False).hexdigest()
    assert of("user_id", whole) == set()
    assert of("user_id", whole, habits=Habits(texts=True)) == {f"user:{whole}"}
    assert of("user_id", "user 100001") == {"user:100001"}


def test_a_value_is_hashed_as_people_and_programs_write_it() -> None:
    assert set(spelled(MOBILE)) == {
        *(
            "+989121234567",
            "09121234567",
            "9121234567",
            "989121234567",
            "00989121234567",
            "09121234567\n",
            "۰۹۱۲۱۲۳۴۵۶۷",
        )
    }
    assert set(spelled("+4930901820")) == {"+4930901820", "4930901820", "004930901820"}
    assert set(spelled(" Sara@x.ir ")) == {"Sara@x.ir", "sara@x.ir", "SARA@X.IR", "Sara@x.ir\n"}
    assert set(digests("7")) == {hashlib.new(name, one).hexdigest() for name in HASHES for one in (b"7", b"7\n")}
    assert set(digests("7", {32})) == {hashlib.md5(one, usedforsecurity=False).hexdigest() for one in (b"7", b"7\n")}
