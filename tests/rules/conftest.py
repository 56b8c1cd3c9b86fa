"""A tiny policy with every kind of rule, and its evidence on tables made by hand."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from cryptography.fernet import Fernet

from governance.encryption.ciphers import ALGORITHMS
from governance.encryption.envelope import bound, seal
from governance.encryption.formats import FERNET_ALGORITHM
from governance.encryption.keys import Keyring
from governance.planning.checks import Check, plan
from governance.policy import (
    Classification,
    Column,
    Contract,
    Payload,
    Policy,
    Register,
    Role,
    Rule,
    Severity,
    Term,
    Text,
    Where,
)
from governance.policy.column_roles import ENTRIES, PERSON, SESSION
from governance.policy.contracts import Recognised
from governance.policy.model import Parameters, Published
from governance.results import Evidence, Reason, Verdict
from governance.rules.evaluation import evaluate, judge
from governance.rules.kinds import KINDS
from governance.rules.kinds.authorised import Authorised
from governance.rules.kinds.declared import Declared
from governance.rules.kinds.encrypted import Encrypted
from governance.rules.kinds.free_of import FreeOf
from governance.rules.scope import Scope
from governance.sources import Source, open_source

CARD = "6037991234567893"
WORDS = ("page", "sale", "receipt", "festival", "yearly")  # members of every vocabulary
AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
KEYS = Keyring(data_keys={"k1": bytes(32)}, token_key=bytes(32), reference_key=b"r" * 32, signing_key=bytes(32))
SEALINGS = (*ALGORITHMS, FERNET_ALGORITHM)
TEXT = Text("", "")
GUARDED = (Classification.CONFIDENTIAL, Classification.RESTRICTED)


def sealed_with(algorithm: str, text: str, table: str, column: str, key: str) -> str:
    """A value of a row, sealed in one of `SEALINGS`."""
    secret = KEYS.data_keys["k1"]
    if algorithm == FERNET_ALGORITHM:
        return Fernet(base64.urlsafe_b64encode(secret)).encrypt(text.encode()).decode()
    nonce, place = bytes(ALGORITHMS[algorithm].nonce_bytes), bound(algorithm, table, column, key)
    return seal(text, key=secret, kid="k1", nonce=nonce, bound_to=place, algorithm=algorithm)


def column(name: str, kind: str = "string", classification: str = "internal", **more: Any) -> Column:
    return Column(
        name,
        more.pop("physical", name),
        kind,
        more.pop("category", "user.name"),
        Classification(classification),
        "operations",
        **more,
    )


def contract(
    table: str, *columns: Column, allow_empty: str = "", physical: str = "", key: str | None = None
) -> Contract:
    return Contract(
        table,
        physical or table,
        columns,
        (columns[0].name,) if key is None else tuple(filter(None, (key,))),
        ("clerk",),
        allow_empty,
        "",
    )


def retold(made: Policy, change: Callable[[Column], Column], *tables: str) -> Policy:
    """The policy with columns told otherwise, of these tables or of all."""
    contracts = (
        replace(one, columns=tuple(map(change, one.columns))) if not tables or one.table in tables else one
        for one in made.contracts
    )
    return replace(made, contracts=tuple(contracts))


def by_day(one: Column) -> Column:
    """A column of moments as one of days."""
    return replace(one, logical_type="date") if one.logical_type == "timestamp" else one


USERS = contract(
    "users",
    column("id", "integer"),
    column("name", classification="confidential"),
    column("mobile", classification="restricted", plaintext="phone_number"),
)
EVENTS = contract(
    "events",
    *(column(n) for n in ("event", "actor_id", "table_name", "column_name")),
    column("occurred_at", "timestamp"),
)
GRANTS = contract(
    "grants",
    *(column(n) for n in ("grant", "actor_id", "role")),
    column("valid_from", "timestamp"),
    column("valid_until", "timestamp"),
)


def rule(name: str, parameters: Parameters, where: Where) -> Rule:
    unit = KINDS[parameters.kind].unit
    return Rule(name, ("C-1",), Severity.CRITICAL, TEXT, TEXT, TEXT, where, parameters, "policy.yaml", 1, unit=unit)


RULES = (
    rule("declared", Declared(), Where(undeclared=True)),
    rule(
        "free",
        FreeOf(("payment_card_number", "iban")),
        Where(columns=True, types=("string", "integer"), undeclared=True),
    ),
    rule("enc", Encrypted(), Where(columns=True, classifications=(Classification.RESTRICTED,))),
    rule("auth", Authorised(), Where(columns=True, classifications=GUARDED, undeclared=True)),
)


ENTRY_OF = {
    "users": "people",
    "people": "people",
    "patients": "people",
    "subject_requests": "requests",
    "export_items": "exports",
    "events": "accesses",
    "order": "accesses",
    **{name: name for name in ("grants", "transfers", "messages", "subscriptions", "announcements")},
}


def policy(*contracts: Contract, rules: tuple[Rule, ...] = RULES) -> Policy:
    """A policy over these tables; what each is, and what its columns are read as, follows from the usual names."""
    clerk = Role("clerk", TEXT, ("user.name",), TEXT)
    given = contracts or (USERS, EVENTS, GRANTS)
    entries = {entry: table for table, entry in ENTRY_OF.items() if table in {made.table for made in given}}
    register = Register(**entries, payloads=(Payload("shared_*"),))
    people = next((f"{made.table}.{made.primary_key}" for made in given if made.table == entries.get("people")), "")
    told = tuple(_told(made, people) for made in given)
    own, nowhere = Recognised(tickets=("REQ-*", "INC-*"), actors=("*",), grant_days=2000), Published("", "", "", "")
    return Policy("p", "1", TEXT, nowhere, (), (), rules, told, (clerk,), "", register=register, recognised=own)


def _told(made: Contract, people: str) -> Contract:
    times = [c.name for c in made.columns if c.name in {"occurred_at", "sent_at", "published_at"}]
    told = tuple(_told_column(made, one, people) for one in made.columns)
    return replace(made, columns=told, event_time=made.event_time or next(iter(times), ""))


def _told_column(made: Contract, one: Column, people: str) -> Column:
    entry = ENTRY_OF.get(made.table, "")
    role = next((role for role in ENTRIES.get(entry, ()) if role.name == one.name), None)
    own = people in {one.references, f"{made.table}.{one.name}"}
    session = SESSION if one.name == "session_id" else ""
    words = [*(role.members if role else ()), *WORDS] if role and role.enumerated and not one.vocabulary else ()
    kept, _, token = one.name.rpartition("_")
    targets = {"id": (people,), "subject": (people,), "address": ("users.mobile", "users.email")}
    beside = f"{made.table if made.column(kept) else 'users'}.{kept}"
    return replace(
        one,
        role=one.role or (role.name if role else session or (PERSON if own else "")),
        vocabulary=one.vocabulary or tuple(Term(word, word) for word in dict.fromkeys(words)),
        references="subject_requests.request_id" if (entry, one.name) == ("exports", "request_id") else one.references,
        token_of=targets.get(kept, (beside,)) if token == "token" and kept not in {"old", "new"} else (),  # noqa: S105
    )


class Seen:
    """The evidence and verdict of each check of a policy over some tables, by id."""

    def __init__(
        self, source: Source | Mapping[str, Any], made: Policy | None = None, keys: Keyring | None = KEYS
    ) -> None:
        self.policy = made or policy()
        opened = source if not isinstance(source, Mapping) else open_source(source, self.policy.tables)
        self.checks: dict[str, Check] = {check.id: check for check in plan(self.policy).checks}
        self.evidence: dict[str, Evidence] = {}
        scope = Scope(self.policy, opened, keys, AS_OF)
        for table in {check.place.table: None for check in self.checks.values() if check.place}:
            mine = [check for check in self.checks.values() if check.place and check.place.table == table]
            if table == "*" or table in opened.schemas():
                self.evidence |= evaluate(table, mine, scope)
        opened.close()

    def __getitem__(self, name: str) -> Evidence:
        return self.evidence[name]

    def verdict(self, name: str) -> tuple[Verdict, Reason]:
        return judge(self.checks[name], self.evidence[name], self.policy)


def users(names: list[str | None], ids: list[Any] | None = None, **more: list[Any]) -> dict[str, pa.Table]:
    columns = {"id": ids or list(range(len(names))), "name": names, "mobile": [None] * len(names), **more}
    return {"users": pa.table(columns)}


def emptied(made: Contract) -> Contract:
    return replace(made, allow_empty="nothing yet")
