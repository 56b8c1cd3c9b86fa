"""SARIF 2.1.0: a result per check that doesn't pass, at its clause or else its contract, related to its rule."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from governance.policy import Severity
from governance.reports.exports.sentences import excuse, outcome, title
from governance.reports.facts.standing import UNEVALUATED, headline
from governance.reports.language.safe_names import visible
from governance.results import CheckResult, Results, RuleText, Verdict
from governance.spelling import canonical_json

FOLDER = "expectations"
_LEVELS = {Severity.CRITICAL: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def sarif(results: Results) -> str:
    """The JSON text."""
    rules = results.policy.rules
    index = {rule.id: number for number, rule in enumerate(rules)}
    open_checks = [check for check in results.checks if check.verdict is not Verdict.PASSED]
    driver = {
        "name": "governance",
        "version": version("governance"),
        "rules": [_descriptor(rule) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"governance/{results.policy.id}/{results.policy.version}"},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not any(check.verdict in UNEVALUATED for check in open_checks),
                "exitCode": results.exit_code,
                "toolExecutionNotifications": [
                    _notification(check, index[check.rule]) for check in open_checks if check.verdict in UNEVALUATED
                ],
            }
        ],
        "results": [_result(results, check, rules[index[check.rule]], index[check.rule]) for check in open_checks],
        "properties": {
            "as_of": results.as_of,
            "headline": headline(results, "en"),
            "policy_sha256": results.policy.digest,
            "verdict": results.verdict.value,
        },
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return canonical_json({"$schema": schema, "version": "2.1.0", "runs": [run]})


def _descriptor(rule: RuleText) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": title(rule)},
        "fullDescription": {"text": rule.rationale["en"]},
        "help": {"text": rule.remedy["en"]},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"clauses": list(rule.clauses), "kind": rule.kind, "tags": ["privacy", *rule.clauses]},
    }


def _result(results: Results, check: CheckResult, rule: RuleText, number: int) -> dict[str, Any]:
    # Only failures have a level; the standard requires `none` for every other kind.
    fails = check.violates or check.verdict is Verdict.WAIVED
    kind = "fail" if fails else ("review" if check.verdict is Verdict.ATTESTED else "open")
    result: dict[str, Any] = {
        "ruleId": rule.id,
        "ruleIndex": number,
        "kind": kind,
        "level": _LEVELS[rule.severity] if fails else "none",
        "message": {"text": f"{title(rule)}: {outcome(check)}"},
        **_locations(results, check, rule),
        "partialFingerprints": _fingerprints(check),
        "occurrenceCount": max(1, check.evidence.violations),
        "properties": {
            "check": visible(check.id),
            "clauses": list(check.concerned if fails else check.clauses),
            "about": list(check.about),
            "reason": check.reason.value,
        },
    }
    if check.verdict is Verdict.WAIVED:
        excused = excuse(results, check)
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", **({"justification": excused} if excused else {})}
        ]
    return result


def _fingerprints(check: CheckResult) -> dict[str, str]:
    """What makes it the same alert in a later run: its id, as checks of one rule stand at one line of the policy."""
    digest = check.fingerprint
    # The second is what code scanning tells alerts apart by; without it, it takes the text of the line.
    return {"check/v1": digest, "primaryLocationLineHash": f"{digest[:16]}:1"}


def _notification(check: CheckResult, number: int) -> dict[str, Any]:
    return {
        "descriptor": {"id": check.reason.value},
        "associatedRule": {"id": check.rule, "index": number},
        "level": "error" if check.verdict is Verdict.ERROR else "warning",
        "message": {"text": f"{visible(check.id)}: {outcome(check)}"},
    }


def _locations(results: Results, check: CheckResult, rule: RuleText) -> dict[str, Any]:
    """The clauses that a check touches or serves, else its table's contract, else its rule; that is related anyway."""
    places = [clause.place for clause in results.policy.clauses if clause.id in check.about and clause.place]
    contract = None if places else results.policy.tables.get(check.table)
    if contract:
        places = [f"{contract.file}:{contract.line}"]
    name = {"fullyQualifiedName": visible(check.id), "kind": "member"}
    own = {"physicalLocation": _physical(rule.place), "id": 1, "message": {"text": f"rule {rule.id}"}}
    # Readers show the first location, and some refuse a second.
    return {
        "locations": [{"physicalLocation": _physical((places or [rule.place])[0]), "logicalLocations": [name]}],
        "relatedLocations": [own],
    }


def _physical(place: str) -> dict[str, Any]:
    file, _, line = place.rpartition(":")
    return {"artifactLocation": {"uri": f"{FOLDER}/{file}"}, "region": {"startLine": int(line)}}
