"""A detector is declared once; what is incomplete is refused by name, and a sieve that fails is made up for."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

import governance
from governance.detection import BANK_DATA, DECLARED, KINDS, PERSONAL_DATA, Finding, Grade, classify, look, scan
from governance.detection.columns.marks import MOST_KINDS
from governance.detection.columns.texts import as_written
from governance.detection.detectors import DEFAULT, DETECTORS, HOME, Detectors, detectors_in
from governance.detection.kinds.detector import Data, Detector, Kind, Numbers
from governance.detection.sieve.candidates import Candidates
from governance.detection.sieve.numbers import SEARCHES, Runs
from governance.detection.text.page import Page
from governance.errors import DeclarationError
from tests.detection.test_superset import adversarial_texts

PAN, PHONE = "6037990000123451", "09121234567"
TWO_FILES = {
    "licences.py": '''
"""Passport numbers."""

import re
from collections.abc import Iterator

from governance.detection.findings import Finding, Grade
from governance.detection.kinds.detector import Data, Detector, Kind
from governance.detection.text.page import Page

_NUMBER = re.compile(r"(?<![A-Za-z0-9])(?:[A-Z][0-9]{8}|77[0-9]{3}|2031-12-31)(?![A-Za-z0-9])")


def find(page: Page) -> Iterator[Finding]:
    """Every licence number."""
    for match in _NUMBER.finditer(page.text, page.start):
        yield Finding("licence_number", "bare", Grade.FAIL, match.span())


DETECTOR = Detector(
    kinds=(Kind("licence_number", Data.PERSONAL, gravity=25, category="user.government_id.drivers_license_number"),),
    find=find,
)
''',
    "licences.words.yaml": """
fa:
  problem:
    licence_number: "شمارهٔ گواهی‌نامه"
    undeclared_user.government_id.drivers_license_number: "شمارهٔ گواهی‌نامه در ستونی که چنین اعلام نشده"
en:
  problem:
    licence_number: "licence number"
    undeclared_user.government_id.drivers_license_number: "licence number in a column that is not declared as such"
""",
}
MANY = """
from governance.detection.findings import Finding, Grade
from governance.detection.kinds.detector import Data, Detector, Kind

NAMES = tuple(f"kind_{place:02}" for place in range(COUNT))


def find(page):
    for place, name in enumerate(NAMES):
        for grade in Grade:
            start = page.text.find(f"{name}{grade.value}", page.start)
            if start >= 0:
                yield Finding(name, "bare", grade, (start, start + 4))


DETECTOR = Detector(kinds=tuple(Kind(name, Data.BANK, 100 + n) for n, name in enumerate(NAMES)), find=find)
"""
LOOK_EVERYWHERE = """
import datetime, json
import pyarrow as pa
from governance.detection import BANK_DATA, KINDS, PERSONAL_DATA, classify, look, scan
from governance.encryption.inspection import EncryptedColumn
from governance.reports import words
from governance.rules.kinds.classified import Classified, problem

def columns(text, number, day, card):
    texts = ["nothing", text, None, card]
    yield "text", pa.array(texts)
    yield "view", pa.array(texts, pa.string_view())
    yield "bytes", pa.array([t and t.encode() for t in texts], pa.binary())
    yield "json", pa.array([t and json.dumps({"note": {"of": t}}) for t in texts])
    yield "escaped", pa.array([t and t.replace(t[0], f"%{ord(t[0]):02X}") for t in texts])
    yield "dictionary", pa.array(texts).dictionary_encode()
    yield "run-end", pa.compute.run_end_encode(pa.array(texts))
    yield "chunks", pa.chunked_array([texts[:1], texts[1:]])
    yield "slice", pa.array(["nothing", *texts])[1:]
    yield "lists", pa.array([t and [{"of": t}] for t in texts])
    yield "maps", pa.array([t and [("of", t)] for t in texts], pa.map_(pa.string(), pa.string()))
    yield "integers", pa.array([1, number, None, int(card)], pa.int64())
    yield "small integers", pa.array([1, number, None, 2], pa.int32())
    yield "floats", pa.array([1.0, float(number), None, float(card)])
    yield "nested numbers", pa.array([[1], [number], None, [int(card)]])
    yield "days", pa.array([datetime.date(2001, 1, 1), day, None, None])
    times = [datetime.datetime.combine(one, datetime.time(8)) for one in (datetime.date(2001, 1, 1), day)]
    yield "times", pa.array([*times, None, None])

def rows(hits):
    return dict(zip(hits.rows.tolist(), hits.kinds))

planted = columns("licence A12345678", 77123, datetime.date(2031, 12, 31), "6037990000123451")
clean = columns("licence AB2345678", 78123, datetime.date(2031, 12, 30), "6037990000123452")
print(json.dumps({
    "classified": [one.kind for one in classify("A12345678")] + [one.kind for one in classify("77123")],
    "planted": {name: rows(scan(column, KINDS)) for name, column in planted},
    "clean": {name: rows(scan(column, KINDS)) for name, column in clean},
    "others": rows(scan(pa.array(["A12345678"]), BANK_DATA)),
    "seen": rows(look(pa.array(["A12345678"])).hits(PERSONAL_DATA)),
    "order": PERSONAL_DATA,
    "categories": Classified().kinds,
    "said": [words(language).named("problem", code) for language in ("fa", "en")
             for code in ("licence_number", problem("licence_number"))],
}))
"""
LOOK_AT_MANY = """
import json
import pyarrow as pa
from governance.detection import KINDS, Grade, look
many = [kind for kind in KINDS if kind.startswith("kind_")]
seen = look(pa.array([f"{kind}{grade.value}" for kind in many for grade in Grade]))
hits = [seen.hits([kind]) for kind in many]
every = seen.hits(many)
print(json.dumps([len(KINDS), [one.rows.tolist() + one.review.tolist() for one in hits], every.kinds]))
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package, in which somebody adds two files."""
    folder = tmp_path_factory.mktemp("copy")
    source = Path(governance.__file__).parent
    shutil.copytree(source, folder / "governance", ignore=shutil.ignore_patterns("__pycache__"))
    for name, text in TWO_FILES.items():
        (folder / "governance" / "detection" / "kinds" / name).write_text(text, "utf-8")
    return folder


def ran(package: Path, code: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(package), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment, cwd=package, capture_output=True, text=True, check=False)


def test_two_files_add_a_detector_to_everything_that_looks(package: Path) -> None:
    done = ran(package, LOOK_EVERYWHERE)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["classified"] == ["licence_number", "licence_number"]
    licence, card = {"1": "licence_number"}, {"3": "payment_card_number"}
    alone = ("days", "times", "small integers")
    assert said["planted"] == {name: licence | ({} if name in alone else card) for name in said["planted"]}
    assert len(said["planted"]) == 17
    assert said["clean"] == {name: {} for name in said["planted"]}
    assert said["others"] == {}
    assert said["seen"] == {"0": "licence_number"}
    assert said["order"] == [*PERSONAL_DATA[:2], "licence_number", *PERSONAL_DATA[2:]]
    assert said["categories"] == said["order"]
    assert all(said["said"])


def test_more_kinds_than_have_a_mark_are_told_apart(package: Path) -> None:
    module = package / "governance" / "detection" / "kinds" / "many.py"
    module.with_name("many.words.yaml").write_text("fa: {}\nen: {}\n")
    module.write_text(MANY.replace("COUNT", str(count := 2 * MOST_KINDS)))
    done = ran(package, LOOK_AT_MANY)
    module.unlink()
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [
        len(KINDS) + 1 + count,
        [[2 * place, 2 * place + 1] for place in range(count)],
        [f"kind_{place:02}" for place in range(count)],
    ]


def find(page: Page) -> Iterator[Finding]:
    yield Finding("sort_code", "bare", Grade.FAIL, (page.start, page.start + 1))


SORT_CODE = Kind("sort_code", Data.BANK, gravity=900)


def module(name: str, folder: Path, **attributes: object) -> ModuleType:
    made = ModuleType(f"kinds.{name}")
    made.__file__ = str(folder / f"{name}.py")
    made.__dict__.update(attributes)
    return made


def declared(*kinds: Kind, **others: object) -> Detector:
    return Detector(**({"kinds": kinds or (SORT_CODE,), "find": find} | others))  # type: ignore[arg-type]


MISTAKES = {
    "DETECTOR = Detector(...) is missing": None,
    "`find` is missing": declared(find=None),
    "`find` is given though its kinds are `known_only`": declared(known_only=True),
    "kinds that are `known_only` have no sieve": declared(find=None, known_only=True, numbers=(Numbers.CARDS,)),
    "it finds no kind": Detector(find=find),
    "`fewest` and `hints` say nothing without `signs`": declared(fewest=3),
    "`fewest` and `hints` say nothing without `signs`: every cell is asked": declared(hints=(re.compile("7"),)),
    "a sign refers back to a group, which RE2 can't": declared(signs=(re.compile(r"([0-9])-\1"),)),
    "expected a kind's name in small letters, digits and _, found 'Sort code'": declared(
        Kind("Sort code", Data.BANK, 1)
    ),
    "the category of sort_code is missing": declared(Kind("sort_code", Data.PERSONAL, 1)),
    "expected regions as two capital letters, found uk": declared(regions=("uk",)),
    "the kind iban is declared by one.py already": declared(Kind("iban", Data.BANK, 1)),
    "the gravity of sort_code is that of iban already (20)": declared(Kind("sort_code", Data.BANK, 20)),
    "the kind pin in `also` is declared by no detector": declared(also=("pin",)),
    "the kind alias in `also` is `known_only`": declared(also=("alias",)),
    "the names of its kinds are missing (two.words.yaml beside it)": declared(),
}


@pytest.mark.parametrize(("said", "detector"), MISTAKES.items(), ids=MISTAKES)
def test_what_is_forgotten_or_does_not_agree_is_told_in_one_sentence(
    said: str, detector: Detector | None, tmp_path: Path
) -> None:
    for name in ("zero", "one"):
        (tmp_path / f"{name}.words.yaml").touch()
    alias = Kind("alias", Data.PERSONAL, 1, category="user.name")
    zero = module("zero", tmp_path, DETECTOR=Detector(kinds=(alias,), known_only=True))
    one = module("one", tmp_path, DETECTOR=declared(Kind("iban", Data.BANK, 20)))
    two = module("two", tmp_path, find=find, **({"DETECTOR": detector} if detector else {}))
    with pytest.raises(DeclarationError) as error:
        detectors_in([zero, one, two])
    assert str(error.value).startswith(f"detection/kinds/two.py: {said}")
    assert str(error.value).count(".\n") == 0
    assert str(error.value).endswith(".")


def test_a_whole_detector_and_a_module_that_only_helps_are_accepted(tmp_path: Path) -> None:
    (tmp_path / "two.words.yaml").touch()
    found = detectors_in([module("helper", tmp_path), module("two", tmp_path, DETECTOR=declared())])
    assert found == {"two": declared()}


def test_a_finding_of_a_kind_that_nobody_declared_does_not_vanish() -> None:
    from governance.detection import authority

    others = Detectors.of({"two": declared(Kind("other", Data.BANK, 1))}, HOME)
    with pytest.raises(ValueError, match="expected kinds that the detector declares, found sort_code"):
        authority.findings_of("x", "", ["other"], others)


def test_every_kind_is_sieved_or_asked_about_everywhere_or_known_only() -> None:
    assert sorted([*DEFAULT.sieved, *DEFAULT.unsieved, *DEFAULT.known_only]) == sorted(KINDS)
    assert tuple(DECLARED) == KINDS
    assert [*BANK_DATA, *PERSONAL_DATA] == [kind for kind in KINDS if DECLARED[kind].usual]


def test_every_search_of_the_sieve_serves_a_detector_and_finds_its_kinds() -> None:
    assert {number for detector in DETECTORS.values() for number in detector.numbers} == set(Numbers) == set(SEARCHES)


TEXTS = adversarial_texts(400)
COLUMNS = {
    "texts": pa.array(TEXTS),
    "bytes": pa.array([text.encode() for text in TEXTS]),
    "dictionary": pa.array(TEXTS).dictionary_encode(),
    "lists": pa.array([[text, text] for text in TEXTS]),
    "numbers": pa.array([int(PAN), 9121234567, 12, None]),
    "floats": pa.array([float(PAN), 9121234567.0, 12.5, None, 6.2e17]),
}


@pytest.mark.parametrize("column", COLUMNS.values(), ids=COLUMNS)
def test_a_search_that_raises_gives_way_to_the_authority_and_says_so(
    column: pa.Array, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = look(column)
    assert expected.fell_back == frozenset()

    def fails(_: Runs) -> npt.NDArray[np.int64]:
        raise IndexError

    monkeypatch.setitem(SEARCHES, Numbers.PHONES, (*SEARCHES[Numbers.PHONES][:2], fails))
    found = look(column)
    assert found.fell_back == {"phone_number", "landline_number"}
    assert found.hits(KINDS).fell_back == found.fell_back
    assert found.hits(BANK_DATA).fell_back == frozenset()
    assert scan(column, BANK_DATA).fell_back == frozenset(), "nobody asked for phones"
    for kinds in (BANK_DATA, ("phone_number",), KINDS):
        assert found.hits(kinds).rows.tolist() == expected.hits(kinds).rows.tolist()
        assert found.hits(kinds).review.tolist() == expected.hits(kinds).review.tolist()


@pytest.mark.parametrize("column", COLUMNS.values(), ids=COLUMNS)
def test_without_any_sieve_every_cell_is_asked(column: pa.Array, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = look(column).hits(KINDS)

    def fails(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Candidates, "rows", fails)
    found = look(column).hits(KINDS)
    assert found.fell_back == DEFAULT.sieved
    assert (found.rows.tolist(), found.kinds) == (expected.rows.tolist(), expected.kinds)
    assert found.review.tolist() == expected.review.tolist()


def test_a_kind_that_one_of_its_detectors_finds_without_a_sieve_is_asked_about_everywhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    blind = Detector(also=("phone_number",), find=DETECTORS["phones"].find)
    nothing = (*SEARCHES[Numbers.PHONES][:2], lambda _: np.zeros(0, np.int64))
    monkeypatch.setitem(SEARCHES, Numbers.PHONES, nothing)
    among = Detectors.of({**DETECTORS, "blind": blind}, HOME)
    found = scan(pa.array(["nothing", f"mobile {PHONE}"]), ["phone_number"], among=among)
    assert (found.rows.tolist(), found.fell_back) == ([1], frozenset())


@pytest.mark.parametrize(
    "column",
    [pa.array(["77123"] * 300, pa.large_string()), pa.array(["x 77123"] * 300, pa.large_string())],
    ids=["digits", "text"],
)
def test_a_sign_of_digits_is_seen_in_columns_of_digits(column: pa.Array) -> None:
    own = declared(signs=(re.compile(r"(?<![0-9])77[0-9]{3}(?![0-9])"),), fewest=5)
    searches = Candidates.of(frozenset({"sort_code"}), "", Detectors.of({"two": own}, HOME))
    assert len(searches.rows(column)) == 300
    assert searches.fewest_digits == 5


def test_what_the_authority_raises_is_raised_by_a_scan_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from governance.detection.columns import verdicts

    def fails(*_: object) -> None:
        raise RuntimeError("authority")

    monkeypatch.setattr(verdicts, "findings_of", fails)
    with pytest.raises(RuntimeError, match="authority"):
        scan(pa.array([f"mobile {PHONE}"]), KINDS)


@pytest.mark.parametrize("kinds", [BANK_DATA, PERSONAL_DATA, KINDS], ids=len)
def test_letters_that_share_their_first_byte_with_digits_stop_no_sieve(kinds: tuple[str, ...]) -> None:
    texts = [first * 13 for first in "가ꀀ꘠०\U0001d7ce"] + [f"{'가' * 13} {PAN} {PHONE}"]
    found = scan(pa.array(texts, pa.large_string()), kinds)
    assert found.fell_back == frozenset()
    asked = [{one.grade for one in classify(text) if one.kind in kinds} for text in texts]
    assert found.rows.tolist() == [row for row, grades in enumerate(asked) if Grade.FAIL in grades] == [5]


def test_a_whole_float_is_asked_about_as_its_digits() -> None:
    written = as_written(pa.array([912345678901.0, 1.5, None]))
    assert written.to_pylist() == ["912345678901", "1.5", None]
