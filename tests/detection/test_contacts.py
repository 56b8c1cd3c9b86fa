"""A company's own contacts are nobody's personal data: in any spelling, as whole values only."""

from __future__ import annotations

import pickle

import pyarrow as pa
import pytest

from governance.detection import classify, detectors_for, scan
from governance.detection.contacts import spelled

OWN = detectors_for(("IR",), (), ("support@ketabrah.example", "021-88665544", "+98 912 345 6789"))


@pytest.mark.parametrize(
    "text",
    [
        "support@ketabrah.example",
        "Support@Ketabrah.Example",
        "پرسشی دارید؟ به support@ketabrah.example بنویسید.",
        "support [at] ketabrah [dot] example",
        "support%40ketabrah.example",
        "c3VwcG9ydEBrZXRhYnJhaC5leGFtcGxl",
        "\u200csupport@ketabrah.example",
        "تلفن: ۰۲۱-۸۸۶۶۵۵۴۴",
        "+98 21 8866 5544",
        "0098-21-88665544",
        "(021) 88665544",
        "09123456789",
        "989123456789",
        "۰۹۱۲ ۳۴۵ ۶۷۸۹",
        "mobile: 912 345 67 89",
    ],
)
def test_a_contact_of_the_company_is_nobodys(text: str) -> None:
    assert classify(text), "it would be found without"
    assert classify(text, among=OWN) == ()
    assert not len(scan(pa.array([text]), OWN.names, among=OWN).rows)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("notsupport@ketabrah.example", "notsupport@ketabrah.example"),
        ("support@ketabrah.example.evil.com", "support@ketabrah.example.evil.com"),
        ("support@ketabrah.example%2eevil.com", "support@ketabrah.example%2eevil.com"),
        ("x.support@ketabrah.example", "x.support@ketabrah.example"),
        ("support@evil.com", "support@evil.com"),
        ("support@ketabrah.example, ali@gmail.com", "ali@gmail.com"),
        ("تلفن: ۰۲۱-۸۸۶۶۵۵۴۵", "۰۲۱-۸۸۶۶۵۵۴۵"),
        ("09123456780", "09123456780"),
        ("021-88665544 یا 09121234567", "09121234567"),
    ],
)
def test_what_only_holds_or_resembles_a_contact_is_found(text: str, value: str) -> None:
    assert value in {text[slice(*finding.span)] for finding in classify(text, among=OWN)}


def test_a_contact_is_no_key_and_no_code() -> None:
    assert [one.kind for one in classify("password: support@ketabrah.example", among=OWN)] == ["password"]


def test_other_countries_and_processes_know_the_same_contacts() -> None:
    german = detectors_for(("DE",), (), ("+49 30 901820",))
    assert classify("Tel. 030 901820", among=german) == ()
    assert classify("Tel. 030 901821", among=german)
    again = pickle.loads(pickle.dumps(OWN))  # noqa: S301  made here
    assert classify("09123456789", among=again) == ()
    assert classify("09123456780", among=again)


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("+98 (21) 8866-5544", "2188665544"),
        ("0098.21.8866.5544", "2188665544"),
        ("021/88665544", "2188665544"),
        ("98 1234 5678", "12345678"),
        ("98 123 4567", "981234567"),
        ("+49 30 901820", "30901820"),
        ("Support [at] Ketabrah [dot] Example", "support@ketabrah.example"),
        ("@Ketabrah", "@ketabrah"),
        (" ۱۲ ", "12"),
    ],
)
def test_a_contact_has_one_spelling(text: str, spelling: str) -> None:
    assert spelled(text, ("IR", "DE")) == spelling
