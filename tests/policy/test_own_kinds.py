# ruff: noqa: E501  sentences are compared whole
"""Regions and kinds of a policy: what is read, what is refused, and in which sentence."""

from __future__ import annotations

import re
import time
from contextlib import closing

import pyarrow as pa
import pytest

from governance.detection import HOME, classify, detectors_for, own, scan
from governance.sources import open_source, shown_name
from tests.policy.folder import EXPECTATIONS, Folder

POLICY = "policy.yaml"
MEMBER = """kinds:
  member_number:
    category: user.account.username
    title: {fa: "شمارهٔ عضویت", en: "member number"}
    pattern: "KM-[0-9]{6}"
    context: [member, عضو]
    cases:
      passes: ["member KM-204518", "عضو KM-۲۰۴۵۱۸"]
      fails: ["KM-204518", "member KM-2045189"]
"""


def with_kinds(folder: Folder, text: str) -> int:
    return folder.change(POLICY, "rules:\n", text + "rules:\n")


def test_a_policy_without_regions_and_kinds_looks_for_what_it_looked_for(folder: Folder) -> None:
    policy = folder.load()
    assert (policy.regions, policy.kinds) == (HOME, ())
    assert policy.detectors is folder.load().detectors


def test_own_kinds_are_looked_for_and_change_no_other_policy(folder: Folder) -> None:
    plain = folder.load().detectors
    with_kinds(folder, MEMBER)
    own = folder.load().detectors
    text = "عضو KM-۲۰۴۵۱۸"
    assert [one.kind for one in classify(text, among=own)] == ["member_number"]
    assert classify(text, among=plain) == classify(text) == ()
    column = pa.array([text, "KM-204518", "member KM-204518", None, "x" * 40])
    assert scan(column, ["member_number"], among=own).rows.tolist() == [0, 2]
    assert scan(pa.array(["KM-204518"]), ["member_number"], label="member", among=own).rows.tolist() == [0]
    assert "member_number" in own.sieved


def test_a_rule_names_an_own_kind_and_what_is_misspelt_is_told(folder: Folder) -> None:
    with_kinds(folder, MEMBER)
    folder.change(POLICY, "kinds: [phone_number,", "kinds: [member_number, phone_number,")
    (rule,) = [rule for rule in folder.load().rules if "member_number" in getattr(rule.parameters, "kinds", ())]
    assert rule.parameters.kind in {"classified", "free_of"}
    folder.change(POLICY, "kinds: [member_number,", "kinds: [member_numbr,")
    (problem,) = folder.problems()
    assert problem.endswith("found 'member_numbr'; did you mean 'member_number'?")


@pytest.mark.parametrize("name", ["nationl_id_typo", "passport", "KM"])
def test_an_unknown_plaintext_is_refused(folder: Folder, name: str) -> None:
    folder.change("contracts/users.odcs.yaml", "value: phone_number}", f"value: {name}}}")
    (problem,) = folder.problems()
    assert f"found '{name}'" in problem
    assert problem.endswith("?") == (name != "KM")


def test_an_own_kind_may_be_a_plaintext(folder: Folder) -> None:
    with_kinds(folder, MEMBER)
    folder.change("contracts/users.odcs.yaml", "value: phone_number}", "value: member_number}")
    columns = {column.plaintext for contract in folder.load().contracts for column in contract.columns}
    assert "member_number" in columns


BAD = {
    "unknown region": ("regions: [IR, UK]\n", "found 'UK'; did you mean 'GB'?"),
    "small letters": ("regions: [ir]\n", "found 'ir'; did you mean 'IR'?"),
    "no region": ("regions: []\n", "expected at least one region, found none"),
    "region of a kind": (MEMBER.replace("    context:", "    regions: [DE]\n    context:"), "expected one of IR, found 'DE'"),
    "matches nothing": (MEMBER.replace("KM-[0-9]{6}", "(?:KM-[0-9]{6})?"), "expected a pattern that matches at least one sign, found one that matches nothing, too"),
    "too large": (MEMBER.replace("KM-[0-9]{6}", "(?:[0-9a-z]{1,500}){1,500}"), "expected a pattern of at most 10,000 instructions of RE2, found a larger one"),
    "large": (MEMBER.replace("KM-[0-9]{6}", "[A-Z]{900}[0-9]{900}".replace("900", "1000") * 6), "expected a pattern of at most 10,000 instructions of RE2, found one of "),
    "refers back": (MEMBER.replace("KM-[0-9]{6}", r"(K)\\1"), "expected a pattern of RE2, which has no references back and doesn't look around, found one that RE2 can't compile"),
    "looks around": (MEMBER.replace("KM-[0-9]{6}", "(?<!K)M-[0-9]{6}"), "doesn't look around, found one that RE2 can't compile"),
    "no pattern": (MEMBER.replace("KM-[0-9]{6}", "KM-([0-9]{6}"), "expected a pattern of RE2,"),
    "Persian digits": (MEMBER.replace("[0-9]{6}", "[۰-۹]{6}"), "expected a pattern as folded text is written"),
    "wrong case": (MEMBER.replace('"member KM-204518"', '"member 204518"'), "expected a text that holds member_number, found one in which it is not found, as case 1 of `passes`"),
    "found after all": (MEMBER.replace('"member KM-2045189"', '"member KM-204519"'), "expected a text without member_number, found one in which it is found, as case 2 of `fails`"),
    "one script": (MEMBER.replace("۲۰۴۵۱۸", "204519"), "expected a case in `passes` whose value is written in digits or letters of another script, such as ۱۲۳, found none"),
    "no cases": (MEMBER.split("    cases:", maxsplit=1)[0], "expected the key 'cases', found none"),
    "no failing case": (MEMBER.replace('["KM-204518", "member KM-2045189"]', "[]"), "expected at least one case that holds none, found none"),
    "built-in name": (MEMBER.replace("member_number", "phone_number"), "expected a name that no built-in kind has, found the key 'phone_number'"),
    "bad name": (MEMBER.replace("member_number", "Member"), "expected a kind's name of small letters, digits and _, found the key 'Member'"),
    "checksum": (MEMBER.replace("    context:", "    checksum: lhun\n    context:"), "found 'lhun'; did you mean 'luhn'?"),
    "checksum of a country": (MEMBER.replace("    context:", "    checksum: nl.bns\n    context:"), "found 'nl.bns'; did you mean 'nl.bsn'?"),
    "category": (MEMBER.replace("user.account.username", "user.account.usernam"), "found 'user.account.usernam'; did you mean 'user.account.username'?"),
    "unknown key": (MEMBER.replace("    context:", "    words:"), "found the key 'words'"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_told_in_one_sentence(folder: Folder, text: str, said: str) -> None:
    line = with_kinds(folder, text)
    (problem,) = folder.problems()
    assert said in problem
    place = int(problem.split(":")[1])
    assert problem.startswith("policy.yaml:")
    assert line <= place < line + text.count("\n")
    assert "204518" not in problem


def test_checksums_decide(folder: Folder) -> None:
    text = """kinds:
  dutch_number:
    category: user.government_id
    pattern: "[0-9]{9}"
    checksum: nl.bsn
    cases: {passes: ["111222333", "۱۱۱۲۲۲۳۳۳"], fails: ["111222334", "9111222333"]}
  loyalty_card:
    category: user.account
    pattern: "LC[0-9]{8}"
    checksum: luhn
    cases: {passes: ["LC00000018", "LC٠٠٠٠٠٠١٨"], fails: ["LC00000019"]}
  creditor_number:
    category: user.financial
    pattern: "CR[0-9]{6}"
    checksum: mod97
    cases: {passes: ["CR123430", "CR۱۲۳۵۲۷"], fails: ["CR123431"]}
  meter_number:
    category: user.account
    pattern: "M[0-9]{4}"
    checksum: verhoeff
    cases: {passes: ["M2363", "M۲۳۶۳"], fails: ["M2364"]}
"""
    with_kinds(folder, text)
    assert [kind.checksum for kind in folder.load().kinds] == ["nl.bsn", "luhn", "mod97", "verhoeff"]


def test_a_pattern_that_other_engines_choke_on_ends_in_linear_time(folder: Folder) -> None:
    with_kinds(
        folder, MEMBER.replace("KM-[0-9]{6}", "(?:a+)+KM-[0-9]{6}").replace(" KM", " aKM").replace('"KM', '"aKM')
    )
    among = folder.load().detectors
    begun = time.process_time()
    assert classify("member " + "a" * 100_000, among=among) == ()
    assert time.process_time() - begun < 10


@pytest.mark.parametrize("pattern", [r"KM-[0-9]{6}", r"(?i)km-\\d{6}", r"KM\\W[0-9]{6}", r"[[:upper:]]M-[0-9]{6}"])
def test_a_sieve_or_none_finds_the_same(folder: Folder, pattern: str) -> None:
    with_kinds(folder, MEMBER.replace("KM-[0-9]{6}", pattern))
    among = folder.load().detectors
    texts = [
        "عضو KM-۲۰۴۵۱۸",
        "member KM-204518",
        "KM-204518",
        "ＫＭ－２０４５１８ عضو",
        "member K\u200cM-204518",
        "nothing",
        None,
    ]
    texts += [f"row {number}" for number in range(300)]
    found = scan(pa.array(texts), ["member_number"], among=among)
    assert found.fell_back == frozenset()
    expected = [place for place, text in enumerate(texts) if text and classify(text, among=among)]
    assert found.rows.tolist() == expected == [0, 1, 3, 4]


def test_the_readmes_example_is_read(folder: Folder) -> None:
    readme = (EXPECTATIONS.parent / "README.md").read_text("utf-8")
    (block,) = re.findall(r"```yaml\n(regions: .*?)```", readme, re.DOTALL)
    with_kinds(folder, block)
    policy = folder.load()
    assert (policy.regions, [kind.name for kind in policy.kinds]) == (("IR", "DE"), ["member_number"])


@pytest.mark.parametrize(
    ("pattern", "text", "held"),
    [
        ("[A-Z]{2}[0-9]{3}|[A-Z]{2}[0-9]{5}", "AB12345", "AB12345"),
        ("[A-Z]{2}[0-9]{3}|[A-Z]{2}[0-9]{5}", "AB123456", ""),
        ("(?U)x[0-9]{3,6}", "x123456", "x123456"),
        ("[0-9]( ?[0-9]){7}", "order 5 12345678", "12345678"),
    ],
)
def test_a_match_that_is_refused_hides_no_other(pattern: str, text: str, held: str) -> None:
    kind = own.OwnKind("member", "user.unique_id", pattern, "", (), (), "", "", passes=(), fails=())
    found = classify(text, among=detectors_for(("IR",), (kind,)))
    assert [text[slice(*one.span)] for one in found if one.kind == "member"] == ([held] if held else [])


def test_a_name_that_an_own_kind_finds_is_withheld() -> None:
    kind = own.OwnKind("member", "user.unique_id", "KM-[0-9]{6}", "", (), (), "", "", passes=(), fails=())
    table = pa.table({"KM-204518": [1]})
    with closing(open_source({"t": table}, {}, among=detectors_for(("IR",), (kind,)))):
        assert shown_name("KM-204518") == "(name withheld)"
    with closing(open_source({"t": table}, {})):
        assert shown_name("KM-204518") == "KM-204518"


def test_a_name_of_a_problem_would_be_told_in_its_words(folder: Folder) -> None:
    line = with_kinds(folder, MEMBER.replace("member_number:", "plaintext:"))
    (problem,) = folder.problems()
    assert problem.startswith(f"policy.yaml:{line + 1}: kinds.plaintext: ")
    assert "a name that no problem of a rule has, found the key 'plaintext'" in problem
