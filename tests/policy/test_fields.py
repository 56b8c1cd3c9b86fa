"""One reader turns mappings into frozen dataclasses by the types and the metadata of their fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import pytest

from governance.policy import Severity, Text
from governance.policy.fields import DAY, TABLE, USE, expects, read_fields, read_record
from governance.policy.strict_yaml import Problems, parse


@dataclass(frozen=True, slots=True)
class Needed:
    kinds: tuple[str, ...] = field(metadata=expects(choices=("iban", "card_expiry")))
    days: int = field(metadata=expects(least=1))
    right: Literal["access", "erasure"] = field(metadata=expects(key="law"))
    kind: Literal["needed"] = "needed"


@dataclass(frozen=True, slots=True)
class Optional:
    table: str = field(default="users", metadata=expects(form=TABLE))
    words: tuple[str, ...] = ("tls",)
    channels: tuple[str, ...] = field(default=(), metadata=expects(least="channel"))
    protocols: tuple[str, ...] = field(default=("https",), metadata=expects(least="protocol", required=True))
    kind: Literal["optional"] = "optional"


@dataclass(frozen=True, slots=True)
class Record:
    id: str
    title: Text
    clause: str = field(metadata=expects(known="clauses"))
    uses: tuple[str, ...] = field(metadata=expects(form=USE, within="purposes", least="purpose"))
    severity: Severity
    first: str = field(metadata=expects(key="from", form=DAY))
    last: str = field(metadata=expects(key="until", form=DAY, not_before="first"))
    lookup: bool = False


KNOWN = {"clauses": ["KP-1-1", "KP-1-2"], "purposes": ["essential.service", "functional"]}
RECORD = """title: {fa: "الف", en: A}
clause: KP-1-1
uses: [essential.service.security]
severity: warning
from: "2026-11-01"
until: "2026-11-01"
"""


def told(cls: type[Needed | Optional], text: str) -> tuple[Needed | Optional | None, list[str]]:
    problems = Problems()
    node = parse(text.encode(), "x.yaml", problems)
    read = read_fields(cls, node, problems)
    return read, [str(problem) for problem in problems.found]


def recorded(
    old: str = "", new: str = "", known: dict[str, list[str] | None] | None = None
) -> tuple[Record, list[str]]:
    problems = Problems()
    assert old in RECORD
    node = parse(RECORD.replace(old, new, 1).encode(), "x.yaml", problems)
    assert node is not None
    read = read_record(Record, node, problems, known or KNOWN, id="one")
    return read, [str(problem).removeprefix("x.yaml:") for problem in problems.found]


def test_what_is_there_is_read_and_the_rest_are_defaults() -> None:
    assert told(Needed, "{kinds: [iban], days: 3, law: erasure}") == (Needed(("iban",), 3, "erasure"), [])
    assert told(Optional, "{protocols: [sftp]}") == (Optional(protocols=("sftp",)), [])
    assert read_fields(Optional, None, Problems()) == Optional()
    assert recorded()[0].uses == ("essential.service.security",)
    assert recorded()[0].severity is Severity.WARNING
    assert recorded()[1] == []


def test_nothing_is_read_of_no_mapping_where_a_field_is_needed() -> None:
    assert read_fields(Needed, None, Problems()) is None


def test_an_empty_list_is_no_value_of_a_needed_one() -> None:
    assert told(Needed, "{kinds: [], days: 3, law: erasure}") == (None, [])


@pytest.mark.parametrize(
    ("cls", "text", "message"),
    [
        (
            Needed,
            "{kinds: [ibann], days: 3, law: access}",
            "kinds[0]: expected one of card_expiry, iban, found 'ibann'",
        ),
        (Needed, "{kinds: [iban], days: 0, law: access}", "days: expected a whole number from 1, found 0"),
        (Needed, "{kinds: [iban], days: 1, law: acess}", "law: expected one of access, erasure, found 'acess'"),
        (Needed, "{kinds: [iban], days: 1}", "expected the key 'law', found none"),
        (
            Needed,
            "{kinds: [iban], days: 1, law: access, kind: needed}",
            "kind: expected one of the keys kinds, days, law",
        ),
        (Optional, "{table: a b, protocols: [x]}", "table: expected the name of a table, found 'a b'"),
        (Optional, "{words: [], protocols: [x]}", "words: expected at least one entry, found none"),
        (Optional, "{channels: [], protocols: [x]}", "channels: expected at least one channel, found none"),
        (Optional, "{protocols: []}", "protocols: expected at least one protocol, found none"),
        (Optional, "{}", "expected the key 'protocols', found none"),
        (Optional, "5", "expected a mapping with protocols, table, words, channels, found 5"),
    ],
)
def test_what_is_wrong_is_a_problem_and_gives_no_instance(
    cls: type[Needed | Optional], text: str, message: str
) -> None:
    read, messages = told(cls, text)
    assert read is None
    assert len(messages) == 1
    assert message in messages[0]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("KP-1-1", "KP-1-3", "2: clause: expected one of KP-1-1, KP-1-2, found 'KP-1-3'; did you mean 'KP-1-2'?"),
        ("service.sec", "servic.sec", "essential.servic.security'; did you mean 'essential.service.security'?"),
        (
            "essential.service.security",
            "marketing",
            "3: uses[0]: expected a purpose of the policy or one below it: essential.service, functional",
        ),
        ('until: "2026-11-01', 'until: "2026-10-31', "6: until: expected a day from 2026-11-01 on, found '2026-10-31'"),
        ('until: "2026-11-01', 'until: "2026-11-31', "6: until: expected a day such as 2026-11-22, found '2026-11-31'"),
        ("warning", "grave", "4: severity: expected one of critical, info, warning, found 'grave'"),
        (", en: A", "", "1: title: expected the key 'en', found none"),
    ],
)
def test_a_record_is_read_although_something_is_wrong(old: str, new: str, message: str) -> None:
    read, messages = recorded(old, new)
    assert read.id == "one"
    assert any(message in text for text in messages)


def test_names_that_could_not_be_read_prove_no_reference_wrong() -> None:
    assert recorded("KP-1-1", "KP-9", {"clauses": None, "purposes": None})[1] == []
