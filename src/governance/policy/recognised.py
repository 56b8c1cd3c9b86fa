"""What a company recognises as its own: notices, senders, channels, contacts, forms of tickets, longest durations.

A register, not a deny-list: what is not in it is not taken for granted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from fnmatch import fnmatchcase
from typing import Final

from governance.policy.contracts import Contract, Recognised, Register
from governance.policy.fields import DAY, read_record
from governance.policy.strict_yaml import Node, Problems, shown

USUAL_DAYS: Final = 366  # of waivers and attestations, where the policy declares no longest duration
_OF_COLUMNS: Final = {"notices": ("messages", "template"), "channels": ("messages", "channel")}


def read_recognised(
    node: Node | None, register: Register, tables: Mapping[str, Contract | None], problems: Problems
) -> Recognised:
    """The registers of the policy; notices and channels are members of the vocabularies of messages."""
    if node is None:
        return Recognised()
    found = read_record(Recognised, node, problems)
    for form in (*problems.items(node.mapping.get("tickets")), *problems.items(node.mapping.get("actors"))):
        if isinstance(form.value, str) and fnmatchcase("-", form.value):
            problems.add(form, "a pattern that not every text matches, such as REQ-[0-9]*")
    for key, (entry, role) in _OF_COLUMNS.items():
        listed = node.mapping.get(key)
        contract = tables.get(getattr(register, entry))
        column = contract.column(contract.role(role)) if contract else None
        if listed is not None and column is not None and column.vocabulary:
            # A template may be an entry with its subjects.
            named = [child.mapping.get("template", child) for child in problems.items(listed)]
            problems.texts(replace(listed, value=named), choices=[term.means for term in column.vocabulary])
    return found


def check_duration(entry: Node, first: str, last: str, longest: int, problems: Problems) -> None:
    """A problem of an entry that holds longer than the policy recognises; 0 for a policy that doesn't say how long."""
    longest = longest or USUAL_DAYS
    if not DAY.fits(first) or not DAY.fits(last) or not isinstance(entry.value, dict):
        return
    latest = date.fromisoformat(first) + timedelta(days=longest)
    if date.fromisoformat(last) > latest:
        problems.add(entry.value["until"], f"a day until {latest}, {longest} days after it begins", shown(last))
