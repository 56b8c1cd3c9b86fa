"""OSCAL assessment results: a finding per clause, an observation per check, an accepted risk per waiver.

A finding needs an objective of a control, and a rule at a place apart serves no clause: its checks are observations
only, whose verdict is a property of the result.
"""

from __future__ import annotations

import uuid
from typing import Any

from governance.reports.exports.sentences import excuse, outcome, title
from governance.reports.facts.standing import headline, of_clause
from governance.reports.language.safe_names import visible
from governance.results import APART, CheckResult, Results, RuleText, Verdict, worst
from governance.spelling import canonical_json

OSCAL = "1.1.3"
NAMESPACE = "https://governance.invalid/ns/oscal"
_IDS = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)


def oscal(results: Results) -> str:
    """The JSON text; ids are derived from names, so the same run gives the same bytes."""
    rules = {rule.id: rule for rule in results.policy.rules}
    waived = [check for check in results.checks if check.verdict is Verdict.WAIVED]
    clauses = [clause.id for clause in results.policy.clauses if of_clause(results, clause.id)]
    plan = _id(results, "plan")
    result: dict[str, Any] = {
        "uuid": _id(results, "result"),
        "title": results.policy.title["en"],
        "description": headline(results, "en"),
        "start": results.as_of,
        "props": [
            _prop("verdict", results.verdict.value),
            _prop("policy-sha256", results.policy.digest),
            _prop("broken-rules", str(len(results.broken_rules))),
            _prop("silent-findings", str(results.silent)),
            *(_prop(f"{place}-verdict", found.value) for place in APART if (found := results.place_verdict(place))),
        ],
        "reviewed-controls": {
            "control-selections": [{"include-controls": [{"control-id": clause} for clause in clauses]}]
        },
        "observations": [_observation(results, check, rules[check.rule]) for check in results.checks],
        "findings": [_finding(results, clause) for clause in clauses],
    }
    if waived:
        result["risks"] = [_risk(results, check, rules[check.rule]) for check in waived]
    document = {
        "uuid": _id(results, "document"),
        "metadata": {
            "title": f"Assessment of: {results.policy.title['en']}",
            "last-modified": results.as_of,
            "version": results.policy.version,
            "oscal-version": OSCAL,
        },
        "import-ap": {"href": f"#{plan}"},
        "results": [result],
        "back-matter": {
            "resources": [
                {
                    "uuid": plan,
                    "title": "The policy as rules, which is the plan of this assessment",
                    "rlinks": [{"href": "expectations/policy.yaml", "media-type": "application/yaml"}],
                }
            ]
        },
    }
    return canonical_json({"assessment-results": document})


def objective(clause: str) -> str:
    """The id of a clause's assessment objective, the same in the catalog and in the results."""
    return f"{clause}_obj"


def _observation(results: Results, check: CheckResult, rule: RuleText) -> dict[str, Any]:
    return {
        "uuid": _id(results, "observation", check.id),
        "title": visible(check.id),
        "description": f"{title(rule)}: {outcome(check)}",
        "methods": ["EXAMINE" if check.verdict is Verdict.ATTESTED else "TEST"],
        "types": ["finding" if check.violates else "control-objective"],
        "collected": results.as_of,
        "props": [
            _prop("verdict", check.verdict.value),
            _prop("reason", check.reason.value),
            _prop("examined", str(check.evidence.examined)),
            _prop("violations", str(check.evidence.violations)),
        ],
    }


def _finding(results: Results, clause: str) -> dict[str, Any]:
    checks = results.of_clause(clause)
    state, reason = _status(results, clause)
    statement = next(one.statement["en"] for one in results.policy.clauses if one.id == clause)
    finding: dict[str, Any] = {
        "uuid": _id(results, "finding", clause),
        "title": clause,
        "description": statement,
        "target": {
            "type": "objective-id",
            "target-id": objective(clause),
            "status": {"state": state, "reason": reason},
        },
    }
    if checks:
        finding["related-observations"] = [
            {"observation-uuid": _id(results, "observation", check.id)} for check in checks
        ]
    waived = (check for check in checks if check.on(clause) is Verdict.WAIVED)
    risks = [{"risk-uuid": _id(results, "risk", check.id)} for check in waived]
    if risks:
        finding["related-risks"] = risks
    return finding


def _status(results: Results, clause: str) -> tuple[str, str]:
    """The state of a clause and its reason; violations come first, whatever else is unknown."""
    if clause in results.touched:
        return "not-satisfied", "fail"
    match worst(of_clause(results, clause)):
        case Verdict.PASSED | Verdict.ATTESTED:
            return "satisfied", "pass"
        case _:
            return "not-satisfied", "other"


def _risk(results: Results, check: CheckResult, rule: RuleText) -> dict[str, Any]:
    return {
        "uuid": _id(results, "risk", check.id),
        "title": f"Waived: {title(rule)}",
        "description": outcome(check),
        "statement": excuse(results, check) or rule.rationale["en"],
        "status": "deviation-approved",
    }


def _prop(name: str, value: str) -> dict[str, str]:
    return {"name": name, "ns": NAMESPACE, "value": value}


def _id(results: Results, *names: str) -> str:
    key = "\0".join([results.policy.id, results.policy.digest, results.as_of, *names])
    return str(uuid.uuid5(_IDS, key.encode("utf-8", "backslashreplace").decode()))
