"""Reads the `regions` and the `kinds` of a policy, and runs the cases of each kind."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from governance import detection
from governance.detection import own
from governance.errors import near
from governance.policy.fields import CATEGORY, expects, matching, read_record
from governance.policy.model import Text
from governance.policy.strict_yaml import Node, Problems, shown

_NAME: Final = matching("[a-z][a-z0-9_]{0,39}", "a kind's name of small letters, digits and _")
_USUAL: Final[Mapping[str, str]] = MappingProxyType({"UK": "GB", "EN": "GB", "FA": "IR", "KSA": "SA", "UAE": "AE"})


@dataclass(frozen=True, slots=True)
class _Entry:
    """A kind as in its file."""

    category: str = field(metadata=expects(form=CATEGORY))
    pattern: str
    title: Text | None = None
    checksum: str = ""
    context: tuple[str, ...] = ()
    regions: tuple[str, ...] = field(default=(), metadata=expects(known="regions"))
    cases: Node | None = field(default=None, metadata=expects(required=True))


def read_regions(node: Node | None, problems: Problems) -> tuple[str, ...]:
    """The regions whose formats and languages are looked for; Iran alone, if the policy names none."""
    if node is None:
        return detection.HOME
    known = detection.regions()
    words = problems.texts(node, least="region")
    for child in problems.items(node):
        if child.value in words and child.value not in known:
            close = _USUAL.get(str(child.value).upper()) or near(str(child.value), known)
            problems.add(child, "a region as two capital letters of ISO 3166-1, such as IR", near=close)
    return tuple(word for word in words if word in known) or detection.HOME


def read_kinds(
    node: Node | None, regions: tuple[str, ...], taken: Collection[str], problems: Problems
) -> tuple[own.OwnKind, ...]:
    """The policy's own kinds of data; what is wrong with one, its cases too, is a problem; `taken` are other names."""
    found = []
    for name, child in problems.entries(node, least="kind"):
        before = len(problems.found)
        _NAME.check_key(name, child, problems)
        if name in detection.DECLARED or name in taken:
            what = "built-in kind" if name in detection.DECLARED else "problem of a rule"
            problems.add(child, f"a name that no {what} has", f"the key {shown(name)}")
        entry = read_record(_Entry, child, problems, {"regions": regions})
        parts = child.mapping
        expected, instead = own.flaw(entry.pattern) if entry.pattern else ("", "")
        if expected:
            problems.add(parts["pattern"], expected, instead)
        if entry.checksum and entry.checksum not in own.checks():
            wanted = "a checksum: luhn, mod97, verhoeff or a module of python-stdnum such as nl.bsn"
            problems.add(parts["checksum"], wanted, near=near(entry.checksum, own.checks()))
        cases = problems.fields(entry.cases, ["passes", "fails"]) if entry.cases else {}
        kind = own.OwnKind(
            name,
            entry.category,
            entry.pattern,
            entry.checksum,
            entry.context,
            entry.regions,
            entry.title.fa if entry.title else "",
            entry.title.en if entry.title else "",
            passes=problems.texts(cases.get("passes"), least="case that holds one"),
            fails=problems.texts(cases.get("fails"), least="case that holds none"),
        )
        if len(problems.found) == before:
            _run_cases(kind, cases, problems)
            found.append(kind)
    return tuple(found)


def _run_cases(kind: own.OwnKind, cases: Mapping[str, Node], problems: Problems) -> None:
    """Look for the kind in its cases; those with one must hold it in another script, too."""
    among = detection.detectors_for(detection.HOME, (kind,))
    elsewhere, before = False, len(problems.found)
    for key in ("passes", "fails"):
        for number, child in enumerate(problems.items(cases[key]), start=1):
            text = str(child.value)
            spans = [one.span for one in detection.classify(text, among=among) if one.kind == kind.name]
            if bool(spans) != (key == "passes"):
                wanted = f"a text that holds {kind.name}" if key == "passes" else f"a text without {kind.name}"
                instead = "one in which it is not found" if key == "passes" else "one in which it is found"
                problems.add(child, wanted, f"{instead}, as case {number} of `{key}`")
            elsewhere |= any(_is_folded(text[slice(*span)]) for span in spans)
    if not elsewhere and len(problems.found) == before:
        wanted = "a case in `passes` whose value is written in digits or letters of another script, such as ۱۲۳"
        problems.add(cases["passes"], wanted, "none")


def _is_folded(text: str) -> bool:
    """Whether a value is written in other digits or letters than those that folding makes of it."""
    return any(sign != detection.fold(sign) for sign in re.sub(r"\W", "", text))
