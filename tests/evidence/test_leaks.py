"""The last look before publication: a value in any encoding stops the report."""

from __future__ import annotations

import base64
import html
import json
import urllib.parse
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from governance.encryption.envelope import additional_data, parse, unseal
from governance.encryption.keys import load_keys
from governance.errors import EvidenceError
from governance.evidence import find_leaks
from governance.evidence.corpus import Corpus
from governance.evidence.leaks import _Search
from governance.policy import Policy
from governance.rules.people.leads import habits_of
from governance.sources import open_source
from governance.spelling import bare, bare_texts, bare_words
from governance.synthetic import Dataset
from tests.rules.conftest import KEYS, SEALINGS, sealed_with

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
    import pyarrow as pa

    person = "نام‌آور بی‌همتا"
    cells = {"struct": {"first": person}, "binary": person.encode(), "list": [person]}
    table = pa.table({"user_id": [1], "name": pa.array([cells[shape]])})
    source = open_source({"users": table}, policy.tables)
    (tmp_path / "page.html").write_text(f"<p>{person}</p>", "utf-8")
    with pytest.raises(EvidenceError, match=r"page\.html:1: expected no value of the data, found one of users\.name"):
        find_leaks(tmp_path, policy, source, None, public=[])


@pytest.mark.parametrize("algorithm", SEALINGS)
def test_what_a_value_of_any_format_seals_is_a_leak(policy: Policy, tmp_path: Path, algorithm: str) -> None:
    import pyarrow as pa

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
        for column in columns:
            found = [search._find(corpus, bare_words(value), value, column) for value in values]
            assert [place for place in found if place] == list(search._places(values, column))

    holds()


def test_the_join_leaves_out_what_no_file_holds(policy: Policy, tmp_path: Path) -> None:
    import pyarrow as pa

    (tmp_path / "page.html").write_text("نرگس 0912-345-6789; references, 2026-11-22", "utf-8")
    absent = ["نرگس کاوه", "0912-345-6780", "2026-11-22 10:00:00.123456", "references to", "A0000000000000"]
    held = pa.table({"user_id": range(5), "name": absent})
    find_leaks(tmp_path, policy, open_source({"users": held}, policy.tables), None, public=[])
