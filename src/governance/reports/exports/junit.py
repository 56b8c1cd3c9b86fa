"""JUnit XML: a suite per section and place apart, a case per check, so that any CI server lists them."""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree as ET

from governance.reports.exports.sentences import ENGLISH, excuse, outcome
from governance.reports.facts.standing import headline
from governance.reports.facts.views import homes
from governance.reports.language.safe_names import visible
from governance.results import APART, CheckResult, Results, Verdict

_ELEMENTS = {
    Verdict.FAILED: "failure",
    Verdict.ERROR: "error",
    Verdict.NOT_EVALUATED: "error",
    Verdict.WAIVED: "skipped",
    Verdict.ATTESTED: "skipped",
}
_COUNTS = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def junit(results: Results) -> str:
    """The XML text; every check is in exactly one suite, so that suites add up."""
    home = homes(results)
    root = ET.Element("testsuites", {"name": results.policy.title["en"], **_counts(results.checks)})
    titles = {section.id: f"{section.id}. {section.title['en']}" for section in results.policy.sections}
    titles |= {place: ENGLISH.say(f"{place}.title") for place in APART if place in home.values()}
    for place, title in titles.items():
        checks = [check for check in results.checks if home[check.id] == place]
        attributes = {"name": title, **_counts(checks), "timestamp": results.as_of}
        suite = ET.SubElement(root, "testsuite", attributes)
        for check in checks:
            _case(suite, check, excuse(results, check))
    out = ET.SubElement(root[0], "system-out") if len(root) else None
    if out is not None:
        out.text = headline(results, "en")
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _case(suite: ET.Element, check: CheckResult, why: str) -> None:
    # A case has one class: the first clause that its violations touch, else the first of its rule.
    named = {"classname": f"{check.about[0]}.{check.rule}", "name": visible(check.id)}
    case = ET.SubElement(suite, "testcase", named)
    kind = _ELEMENTS.get(check.verdict)
    if kind is not None:
        ET.SubElement(
            case,
            kind,
            {"type": f"{check.verdict}/{check.reason}", "message": " ".join(filter(None, (outcome(check), why)))},
        )


def _counts(checks: tuple[CheckResult, ...] | list[CheckResult]) -> dict[str, str]:
    found = Counter(_ELEMENTS.get(check.verdict, "") for check in checks)
    return {"tests": str(len(checks)), **{name: str(found[kind]) for name, kind in _COUNTS.items()}}
