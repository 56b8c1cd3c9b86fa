"""The registers beside the policy: processors, waivers, attestations, states of keys, versions, reviews."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final, Literal, cast

from governance.policy.model import (
    Agreement,
    Attestation,
    Contract,
    KeyState,
    Purpose,
    Review,
    Version,
    Waiver,
)
from governance.policy.reading import read_day, read_days, read_matching, read_name, read_text, read_uses
from governance.policy.strict_yaml import Node, Problems, shown

_ID = re.compile(r"[a-z][a-z0-9-]*")
_KID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_STATES: Final = ("active", "decrypt-only", "destroyed")
State = Literal["active", "decrypt-only", "destroyed"]


def _list(node: Node | None, key: str, problems: Problems) -> list[Node]:
    return problems.items(problems.fields(node, [key]).get(key)) if node else []


def read_agreements(
    node: Node | None,
    purposes: Collection[Purpose] | None,
    tables: Mapping[str, Contract | None],
    problems: Problems,
) -> tuple[Agreement, ...]:
    """What each processor may be given; `tables` are those with a contract."""
    fields = problems.fields(node, ["agreements"]) if node else {}
    agreements = []
    for key, child in problems.entries(fields.get("agreements")):
        if not _ID.fullmatch(key):
            problems.add(child, "an agreement id of small letters, digits and -", f"the key {shown(key)}")
        entry = problems.fields(
            child,
            ["recipient", "title", "payload", "columns", "purposes", "valid_from", "valid_until", "contact", "why"],
        )
        payload = problems.text(entry.get("payload"), choices=tables)
        contract = tables.get(payload)
        known = [column.name for column in contract.columns] if contract else None
        first, last = read_days(entry.get("valid_from"), entry.get("valid_until"), problems)
        agreements.append(
            Agreement(
                id=key,
                recipient=read_name(entry.get("recipient"), problems),
                title=read_text(entry.get("title"), problems),
                payload=payload,
                columns=problems.texts(entry.get("columns"), choices=known, least="column"),
                purposes=read_uses(entry.get("purposes"), purposes, problems),
                valid_from=first,
                valid_until=last,
                contact=problems.text(entry.get("contact")),
                why=read_text(entry.get("why"), problems),
            )
        )
    return tuple(agreements)


def read_waivers(node: Node | None, problems: Problems) -> tuple[Waiver, ...]:
    """Who answers for which violation until when; the plan knows whether the scope exists."""
    waivers: list[Waiver] = []
    for child in _list(node, "waivers", problems):
        fields = problems.fields(child, ["scope", "owner", "reason", "since", "until"])
        since, until = read_days(fields.get("since"), fields.get("until"), problems)
        scope = problems.text(fields.get("scope"))
        if scope and scope in {waiver.scope for waiver in waivers}:
            problems.add(fields["scope"], "each scope once", f"{shown(scope)} twice")
        waivers.append(
            Waiver(
                scope=scope,
                owner=problems.text(fields.get("owner")),
                reason=read_text(fields.get("reason"), problems),
                since=since,
                until=until,
                file=child.file,
                line=child.line,
            )
        )
    return tuple(waivers)


def read_attestations(
    node: Node | None, clauses: Collection[str] | None, problems: Problems
) -> tuple[Attestation, ...]:
    """Who vouches for which clause, from when until when."""
    attestations = []
    for child in _list(node, "attestations", problems):
        fields = problems.fields(child, ["clause", "by", "role", "statement", "date", "until"])
        on, until = read_days(fields.get("date"), fields.get("until"), problems)
        attestations.append(
            Attestation(
                clause=problems.text(fields.get("clause"), choices=clauses),
                by=problems.text(fields.get("by")),
                role=problems.text(fields.get("role")),
                statement=read_text(fields.get("statement"), problems),
                on=on,
                until=until,
            )
        )
    return tuple(attestations)


def read_keys(node: Node | None, problems: Problems) -> tuple[KeyState, ...]:
    """The states of the keys by kid; the keys themselves stand in no policy file."""
    fields = problems.fields(node, ["keys"]) if node else {}
    keys = []
    for key, child in problems.entries(fields.get("keys")):
        if not _KID.fullmatch(key):
            problems.add(child, "a key id of letters, digits, - and _", f"the key {shown(key)}")
        entry = problems.fields(child, ["state", "created", "rotation_due"], ["destroyed"])
        state = problems.text(entry.get("state"), default="destroyed", choices=_STATES)
        created, due = read_days(entry.get("created"), entry.get("rotation_due"), problems)
        stated = "state" in entry and entry["state"].value in _STATES
        if stated and (state == "destroyed") != ("destroyed" in entry):
            expected = "the day `destroyed` of a key that is destroyed, and of no other"
            problems.add(child, expected, f"{'none' if state == 'destroyed' else 'it'} with the state {shown(state)}")
        keys.append(KeyState(key, cast("State", state), created, due, read_day(entry.get("destroyed"), problems)))
    return tuple(keys)


def read_history(node: Node | None, current: str, problems: Problems) -> tuple[Version, ...]:
    """The versions in the order in which they took effect; the last is the `current` one."""
    entries = _list(node, "versions", problems)
    versions: list[Version] = []
    for child in entries:
        fields = problems.fields(child, ["version", "effective", "summary", "clauses"])
        effective = read_day(fields.get("effective"), problems)
        if versions and effective and effective <= versions[-1].effective:
            problems.add(fields["effective"], f"a day after {versions[-1].effective}, when the version before began")
        texts = {
            key: read_matching(print_, _FINGERPRINT, "a SHA-256 of 64 small hex digits", problems)
            for key, print_ in problems.entries(fields.get("clauses"), least="clause")
        }
        name = problems.text(fields.get("version"))
        if name and name in {version.version for version in versions}:
            problems.add(fields["version"], "each version once", f"{shown(name)} twice")
        versions.append(Version(name, effective, texts, read_text(fields.get("summary"), problems)))
    if node is not None and not versions:
        problems.add(node, "at least one version", "none")
    if versions and current and versions[-1].version != current:
        problems.add(entries[-1], f"the policy's version {shown(current)} as the last", shown(versions[-1].version))
    return tuple(versions)


def read_reviews(
    node: Node | None, rules: Collection[str] | None, clauses: Collection[str] | None, problems: Problems
) -> tuple[Review, ...]:
    """Which rule was judged against which text of a clause; only `governance policy review` writes them."""
    reviews: dict[tuple[str, str], Review] = {}
    for child in _list(node, "reviews", problems):
        fields = problems.fields(child, ["rule", "clause", "fingerprint", "by", "date"])
        review = Review(
            rule=problems.text(fields.get("rule"), choices=rules),
            clause=problems.text(fields.get("clause"), choices=clauses),
            fingerprint=read_matching(
                fields.get("fingerprint"), _FINGERPRINT, "a SHA-256 of 64 small hex digits", problems
            ),
            by=problems.text(fields.get("by")),
            on=read_day(fields.get("date"), problems),
        )
        if review.rule and (review.rule, review.clause) in reviews:
            problems.add(child, "each rule and clause once", f"{review.rule} and {review.clause} twice")
        reviews[review.rule, review.clause] = review
    return tuple(reviews.values())
