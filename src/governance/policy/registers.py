"""The registers beside the policy: processors, waivers, attestations, states of keys, versions, reviews, roles."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Final

from governance.policy.column_reviews import LONGEST_REVIEW, ColumnReview
from governance.policy.contracts import Contract, Register
from governance.policy.fields import NAME, Known, matching, read_record
from governance.policy.model import Agreement, Attestation, KeyState, Review, Role, Version, Waiver
from governance.policy.recognised import check_duration
from governance.policy.strict_yaml import Node, Problems, shown

_AGREEMENT_ID: Final = matching(r"[a-z][a-z0-9-]*", "an agreement id of small letters, digits and -")
_KEY_ID: Final = matching(r"[A-Za-z0-9_-]{1,64}", "a key id of letters, digits, - and _")


def _list(node: Node | None, key: str, problems: Problems) -> list[Node]:
    return problems.items(problems.fields(node, [key]).get(key)) if node else []


def _entries(node: Node | None, key: str, problems: Problems) -> list[tuple[str, Node]]:
    return list(problems.entries(problems.fields(node, [key]).get(key))) if node else []


def read_roles(node: Node | None, known: Known, problems: Problems) -> tuple[Role, ...]:
    """The roles, and what their holders may read."""
    roles = []
    for key, child in _entries(node, "roles", problems):
        NAME.read(Node(key, child.file, child.line, child.path), problems)
        roles.append(read_record(Role, child, problems, known, id=key))
    return tuple(roles)


def read_agreements(
    node: Node | None, known: Known, tables: Mapping[str, Contract | None], register: Register, problems: Problems
) -> tuple[Agreement, ...]:
    """The agreements with processors, as the register names them; `tables` are those with a contract."""
    agreements = []
    for key, child in _entries(node, "agreements", problems):
        _AGREEMENT_ID.check_key(key, child, problems)
        payload = child.mapping.get("payload")
        contract = tables.get(str(payload.value)) if payload else None
        columns = [column.name for column in contract.columns] if contract else None
        agreement = read_record(Agreement, child, problems, {**known, "columns": columns}, id=key)
        for named in register.payloads:
            if named.recipient not in {"", agreement.recipient} and fnmatchcase(agreement.payload, named.tables):
                expected = f"the recipient {named.recipient}, as the register says of {agreement.payload}"
                problems.add(child, expected, shown(agreement.recipient))
        agreements.append(agreement)
    return tuple(agreements)


def read_waivers(node: Node | None, longest: int, problems: Problems) -> tuple[Waiver, ...]:
    """The waivers, for at most so many days; only the plan can tell whether their scope exists."""
    waivers = []
    for child in _list(node, "waivers", problems):
        waiver = read_record(Waiver, child, problems, file=child.file, line=child.line)
        check_duration(child, waiver.since, waiver.until, longest, problems)
        stated = {"references", "count"} & child.mapping.keys()
        if len(stated) != 1:
            expected = "`references` of the rows that it covers, or their `count`, as `governance waive` writes them"
            problems.add(child, expected, "both" if stated else "neither")
        waivers.append(waiver)
    return tuple(waivers)


def read_attestations(node: Node | None, known: Known, longest: int, problems: Problems) -> tuple[Attestation, ...]:
    """The attestations: who vouches for which clause, from when until when, for at most so many days."""
    attestations = []
    for child in _list(node, "attestations", problems):
        attestation = read_record(Attestation, child, problems, known)
        check_duration(child, attestation.on, attestation.until, longest, problems)
        attestations.append(attestation)
    return tuple(attestations)


def read_keys(node: Node | None, problems: Problems) -> tuple[KeyState, ...]:
    """The states of the keys by key id; no policy file holds the keys themselves."""
    keys = []
    for name, child in _entries(node, "keys", problems):
        _KEY_ID.check_key(name, child, problems)
        key = read_record(KeyState, child, problems, kid=name)
        entry = child.mapping
        stated = "state" in entry and entry["state"].value == key.state
        destroyed = key.state == "destroyed"
        if stated and destroyed != ("destroyed" in entry):
            expected = "the day `destroyed` of a key that is destroyed, and of no other"
            problems.add(child, expected, f"{'none' if destroyed else 'it'} with the state {shown(key.state)}")
        keys.append(key)
    return tuple(keys)


def read_history(node: Node | None, current: str, problems: Problems) -> tuple[Version, ...]:
    """The versions in the order in which they took effect; the last is the `current` one."""
    entries = _list(node, "versions", problems)
    versions: list[Version] = []
    for child in entries:
        version = read_record(Version, child, problems)
        fields = child.mapping
        if versions and version.effective and version.effective <= versions[-1].effective:
            expected = f"a day after {versions[-1].effective}, when the version before began"
            problems.add(fields["effective"], expected)
        if version.version and version.version in {earlier.version for earlier in versions}:
            problems.add(fields["version"], "each version once", f"{shown(version.version)} twice")
        versions.append(version)
    if node is not None and not versions:
        problems.add(node, "at least one version", "none")
    if versions and current and versions[-1].version != current:
        problems.add(entries[-1], f"the policy's version {shown(current)} as the last", shown(versions[-1].version))
    return tuple(versions)


def read_reviews(
    node: Node | None, known: Known, problems: Problems
) -> tuple[tuple[Review, ...], tuple[ColumnReview, ...]]:
    """The reviews of rules against texts of clauses, and those of columns with suspects.

    Only `governance policy review` writes them.
    """
    top = problems.fields(node, ["reviews"], ["columns"]) if node else {}
    reviews: dict[tuple[str, str], Review] = {}
    for child in problems.items(top["reviews"]) if "reviews" in top else ():
        review = read_record(Review, child, problems, known)
        if review.rule and (review.rule, review.clause) in reviews:
            problems.add(child, "each rule and clause once", f"{review.rule} and {review.clause} twice")
        reviews[review.rule, review.clause] = review
    columns: dict[str, ColumnReview] = {}
    for child in problems.items(top["columns"]) if "columns" in top else ():
        judged = read_record(ColumnReview, child, problems)
        check_duration(child, judged.on, judged.until, LONGEST_REVIEW, problems)
        if judged.column and judged.column in columns:
            problems.add(child, "each column once", f"{shown(judged.column)} twice")
        columns[judged.column] = judged
    return tuple(reviews.values()), tuple(columns.values())
