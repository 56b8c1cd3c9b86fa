"""What no rule of a policy looks for."""

from __future__ import annotations

from dataclasses import replace

from governance.detection import KINDS, OwnKind, regions
from governance.policy import Policy
from governance.reports.terminal.kind_lines import kind_lines, kind_rows, unsought_lines
from governance.rules.looked_for import not_looked_for


def test_kinds_that_no_rule_names_are_told(policy: Policy) -> None:
    kinds = not_looked_for(policy)
    assert {"birth_date", "password", "api_key"} <= set(kinds)
    assert not {"payment_card_number", "phone_number"} & set(kinds)


def test_an_own_kind_that_no_rule_names_is_told(policy: Policy) -> None:
    own = OwnKind("member_number", "user.account", "KM-[0-9]{6}", passes=("KM-204518",))
    assert "member_number" in not_looked_for(replace(policy, kinds=(own,)))
    (row,) = [row for row in kind_rows(replace(policy, kinds=(own,)).detectors) if row["own"]]
    assert (row["kind"], row["example"]) == ("member_number", "KM-204518")


def test_a_region_whose_format_nobody_knows_is_told(policy: Policy) -> None:
    kinds = not_looked_for(replace(policy, regions=("IR", "KW")))
    assert "national_id/KW" in kinds
    assert "phone_number/KW" not in kinds


def test_without_rules_nothing_is_looked_for(policy: Policy) -> None:
    assert not_looked_for(replace(policy, rules=())) == KINDS


def test_the_lines_name_them(policy: Policy) -> None:
    kinds = not_looked_for(policy)
    first, second = unsought_lines(kinds, policy.regions)
    assert all(kind in first for kind in kinds)
    assert "IR" in regions()
    assert f"of {len(regions()) - 1} other regions than IR" in second
    lines = list(kind_lines(policy.detectors))
    assert len(lines) == len(KINDS) + 1
    assert all(row["example"] for row in kind_rows(policy.detectors))
