"""What is found in a text is found wherever the text travels, and what holds nothing holds nothing there either."""

import html
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from governance.detection import classify
from governance.proving.quality import NOTHING, Case, measure, read_cases

pytestmark = pytest.mark.slow

CASES = [
    case
    for case in read_cases(
        (Path(__file__).parents[2] / "synthetic_data" / "detection_cases.jsonl").read_text(encoding="utf-8")
    )
    if not case.stretch and case.text.strip()
]
CARRIERS: dict[str, Callable[[str], str]] = {
    "a message": lambda text: f"{text}\nلطفا پیگیری کنید",
    "JSON in ASCII": lambda text: json.dumps({"note": text}),
    "JSON": lambda text: json.dumps({"id": 12, "body": text, "ok": True}, ensure_ascii=False),
    "a query": lambda text: f"https://ketab.example/s?q={quote(text)}&p=2",
    "HTML": lambda text: f"<p class='m'>{html.escape(text)}</p>",
    "an attribute": lambda text: f'<msg text="{html.escape(text)}"/>',
    "a line of a log": lambda text: f"10:22:31 INFO body={text}",
    "quotation marks": lambda text: f"«{text}»",
}


@pytest.mark.parametrize("carry", CARRIERS.values(), ids=CARRIERS)
def test_a_carrier_hides_nothing_and_adds_nothing(carry: Callable[[str], str]) -> None:
    measured = measure(Case(carry(case.text), case.kind, f"{place}") for place, case in enumerate(CASES))
    assert [one.form for one in measured if one.found < one.cases] == []
    alarms = [place for place, case in enumerate(CASES) if case.kind == NOTHING and classify(carry(case.text))]
    assert alarms == []


def test_a_tag_between_groups_is_nothing_and_what_its_attributes_escape_is_read() -> None:
    assert classify('<a href="?a=1&b=2">6037</a><a href="?b">9900</a> <b class=10>0012</b> 3451')
    assert classify('<i data-note="6037%209900%200012%203451">')
    assert not classify('<i data-note="6037%209900%200012%203452">')
