"""The policy: clauses, rules, contracts and roles, read strictly from `expectations/` into frozen values."""

from governance.policy.load import KindReader, load
from governance.policy.model import (
    REST,
    Classification,
    Clause,
    Column,
    Contract,
    Parameters,
    Policy,
    Published,
    Role,
    Rule,
    Section,
    Severity,
    Text,
    Where,
)
from governance.policy.text import fingerprint, normalise

__all__ = [
    "REST",
    "Classification",
    "Clause",
    "Column",
    "Contract",
    "KindReader",
    "Parameters",
    "Policy",
    "Published",
    "Role",
    "Rule",
    "Section",
    "Severity",
    "Text",
    "Where",
    "fingerprint",
    "load",
    "normalise",
]
