"""The policy as an OSCAL catalog: a group per section, a control per clause, with its text and its rules."""

from __future__ import annotations

import uuid
from typing import Any

from governance.policy import Clause, NotNormative, Policy, Section
from governance.reports.exports.oscal import NAMESPACE, OSCAL, objective
from governance.spelling import canonical_json

_IDS = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE + "/catalog")


def catalog(policy: Policy) -> str:
    """The JSON text; the same policy gives the same bytes."""
    effective = policy.history[-1].effective if policy.history else policy.published.retrieved
    source = str(uuid.uuid5(_IDS, policy.published.url))
    document = {
        "uuid": str(uuid.uuid5(_IDS, policy.digest)),
        "metadata": {
            "title": policy.title["en"],
            "last-modified": f"{effective}T00:00:00+00:00",
            "version": policy.version,
            "oscal-version": OSCAL,
            "props": [_prop("policy-sha256", policy.digest)],
        },
        "groups": [_group(policy, section, source) for section in policy.sections],
        "back-matter": {
            "resources": [
                {
                    "uuid": source,
                    "title": policy.published.title,
                    "description": f"The published text, read on {policy.published.retrieved}; restated here.",
                    "props": [_prop("sha256", policy.published.sha256)],
                    "rlinks": [{"href": policy.published.url}],
                }
            ]
        },
    }
    return canonical_json({"catalog": document})


def _group(policy: Policy, section: Section, source: str) -> dict[str, Any]:
    asides = [_aside(sentence) for sentence in policy.not_normative if sentence.section == section.id]
    return {
        "id": f"section-{section.id}",
        "title": section.title["en"],
        "props": [_prop("title-fa", section.title["fa"])],
        "controls": [_control(policy, clause, source) for clause in policy.clauses if clause.section == section.id],
        # An empty list is not valid in OSCAL.
        **({"parts": asides} if asides else {}),
    }


def _control(policy: Policy, clause: Clause, source: str) -> dict[str, Any]:
    rules = [rule for rule in policy.rules if clause.id in rule.clauses]
    return {
        "id": clause.id,
        "title": clause.statement["en"],
        "props": [_prop("text-sha256", clause.fingerprint)],
        "links": [{"href": f"#{source}", "rel": "reference"}],
        "parts": [
            {"id": f"{clause.id}_smt", "name": "statement", "prose": clause.statement["fa"]},
            {
                "id": objective(clause.id),
                "name": "assessment-objective",
                "prose": " ".join(f"{rule.title['en']}." for rule in rules) or "No rule serves this clause.",
                "props": [_prop("rule", rule.id) for rule in rules] or [_prop("rule", "none")],
            },
        ],
    }


def _aside(sentence: NotNormative) -> dict[str, Any]:
    return {
        "id": f"{sentence.id}_overview",
        "name": "overview",
        "prose": sentence.statement["fa"],
        "props": [{**_prop("not-normative", "yes"), "remarks": sentence.reason["en"]}],
    }


def _prop(name: str, value: str) -> dict[str, str]:
    return {"name": name, "ns": NAMESPACE, "value": value}
