"""The sieve before the search for known people: nothing that holds a candidate falls through it."""

import json
import random

import pyarrow as pa
import pytest

from governance.detection import Habits
from governance.detection.sieve.sifting import able
from governance.detection.subjects import candidates
from tests.conftest import PROJECT
from tests.detection.test_known import EMAILS, MOBILES, NAMES

FRAGMENTS = (
    *("ali", "Rezaei", "علی", "user", "id", "at", "[at]", "mail.com", "@", "0912", "1234567", "9121234567", "98", "12"),
    *(" dash ", " and ", " at ", " dot ", "9.121234567", "e9", "E+9", "00980", "0x", "q" * 38, "Q1" * 43, "7f" * 28),
    *(
        "+",
        "-",
        " ",
        "  ",
        "_",
        ":",
        '"',
        '","',
        '":"',
        '"a_b":',
        "{",
        "}",
        ",",
        "/",
        ".",
        "(",
        ")",
        "'",
        ";",
        "\n",
        "\t",
        "\0",
    ),
    *(
        "%41",
        "&#65;",
        "\\u0041",
        "<b>",
        "=41=42",
        "YWxpIHJlemFlaSBhbGk",
        "616c6920726573616569616c69",
        "3039313231323334353637",
    ),
    *("d41d8cd98f00b204e9800998ecf8427e", "enc:v1:A256GCM:k:" + "x_Y" * 12),
)


def texts() -> list[str]:
    cases = (PROJECT / "synthetic_data" / "detection_cases.jsonl").read_text("utf-8").splitlines()
    drawn = random.Random(14050903)  # noqa: S311  not for secrets
    joined = ("".join(drawn.choice(FRAGMENTS) for _ in range(drawn.randint(1, 9))) for _ in range(20_000))
    known = [form for form in (*MOBILES, *EMAILS, *NAMES) if isinstance(form, str)]
    return [*known, *(json.loads(case)["text"] for case in cases), *joined]


CLINIC = Habits(("mail", "clinic patient"), regions=("IR", "SE"))


@pytest.mark.parametrize("label", ["", "note", "user_id", "order ref"])
@pytest.mark.parametrize("habits", [Habits(), CLINIC], ids=["usual", "clinic"])
def test_whatever_holds_a_candidate_passes(label: str, habits: Habits) -> None:
    found = texts()
    passed = able(pa.array(found, pa.large_string()), label=label, habits=habits)
    left = [text for text, passes in zip(found, passed, strict=True) if not passes]
    assert len(left) > 1_000, "a sieve that holds nothing back sifts nothing"
    assert [text for text in left if any(candidates(text, label, habits))] == []


@pytest.mark.parametrize(
    "text",
    [
        "1405080114050901",
        "A000000000000000000000000003w2y65bv2",
        "v13rpcsoqyzd457x3cme",
        '{"ref_id":353666204108,"fee_type":"M"}',
    ],
)
def test_ids_and_replies_of_machines_do_not(text: str) -> None:
    assert not able(pa.array([text], pa.large_string())).any()


def test_where_ids_are_texts_whatever_holds_one_passes() -> None:
    held = ["rec-1070-org", "P12", "no digit"]
    assert able(pa.array(held, pa.large_string()), habits=Habits(texts=True)).tolist()[:2] == [True, True]


def test_texts_as_bytes_all_pass() -> None:
    assert able(pa.array([b"1", b"2"], pa.large_binary())).all()
