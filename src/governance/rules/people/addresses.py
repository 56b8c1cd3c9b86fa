"""Who has, or had, which address: wishes and objections follow a person to each of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from governance.policy import Contract
from governance.results import Reason
from governance.rules.people.requests import owners
from governance.rules.registered import PEOPLE, Registered
from governance.rules.scope import Scope
from governance.rules.tables.relational import Need, entry, lacking, moment, ready, text, values
from governance.sources.database import quote

_REQUESTS: Final = "requests"
_CHANGED: Final = ("old_token", "new_token")
_OBJECTION, _RECTIFICATION = "objection", "rectification"
_PEOPLE_NEED = Need(PEOPLE)
_ASKED_NEED = Need(
    _REQUESTS, ("right", "subject_token"), times=("fulfilled_at",), whole=True, words={"right": _OBJECTION}
)
_NO_TIME = "CAST(NULL AS TIMESTAMP)"
_NOBODY = f"SELECT '' AS person, '' AS address, {_NO_TIME} AS happened, FALSE AS former WHERE 1 = 0"
# `until` is when somebody left an address that another person has now: what was wished there before is no wish of the
# other, if they came later. Two people who have one address at a time share its wishes. Where the first owner was
# erased, nobody can tell a new owner from one who came back: there wishes and objections stay with the address, unless
# the owner left it before.
_SQL = """
     present AS ({people}),
     told AS ({told}),
     taken AS (
         SELECT t.person, t.address, t.happened, t.former, MAX(p.happened) AS since
         FROM told t JOIN present p ON p.address = t.address AND p.person <> t.person
         GROUP BY t.person, t.address, t.happened, t.former
     ),
     owned AS (
         SELECT person, address, happened AS since, CAST(NULL AS TIMESTAMP) AS until FROM present
         UNION
         SELECT t.person, t.address, CAST(NULL AS TIMESTAMP), n.happened
         FROM told t LEFT JOIN taken n ON n.person = t.person AND n.address = t.address AND n.happened = t.happened
     ),
     moved AS (
         SELECT t.address, MAX(t.happened) AS left_at, MAX(t.since) AS since FROM taken t
         WHERE t.former AND NOT EXISTS (SELECT 1 FROM present p WHERE p.person = t.person AND p.address = t.address)
         GROUP BY t.address
     ),
     objection AS (
         SELECT a.address, o.happened, a.until FROM owned a
         JOIN (SELECT person, happened FROM ({done}) d WHERE asked = 'objection') o ON o.person = a.person
         UNION
         SELECT t.address, o.happened, CAST(NULL AS TIMESTAMP) FROM told t
         JOIN (SELECT person, happened FROM ({done}) d WHERE asked = 'objection') o ON o.person = t.person
         WHERE NOT t.former AND NOT EXISTS (SELECT 1 FROM present p WHERE p.person = t.person)
           AND NOT EXISTS (
               SELECT 1 FROM told f
               WHERE f.former AND f.person = t.person AND f.address = t.address AND f.happened >= t.happened
           )
     )"""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Relations about addresses by their tokens, as SQL; `unproven` and `lacks` say what they leave out.

    `owned` holds each person's addresses from `since` to `until`, without bounds where these are null; `moved` the
    addresses that their owner left for another person; `objection` those that an objection speaks of, and until when.
    `objections` counts those who objected.
    """

    sql: str
    objections: int
    unproven: Reason | None
    lacks: tuple[str, ...]

    @classmethod
    def of(cls, scope: Scope, targets: Collection[str]) -> Addresses:
        """The addresses whose tokens stand for these columns of people."""
        needs = (_PEOPLE_NEED, _ASKED_NEED)
        people, asked = (ready(scope, need) for need in needs)
        done = f"SELECT person, happened, '' AS asked FROM ({_NOBODY}) n"
        told, counts = _NOBODY, dict[str, int]()
        if asked.rows:
            own = entry(scope, _REQUESTS)
            names = tuple(_token_columns(scope, own.contract, targets))
            done = _done(scope, own, names, _persons(scope, own) if people.rows else {})
            told = _union(_told(done, names))
            counts = _count(scope, done)
        present: str = _NOBODY
        bare: tuple[str, ...] = ()
        if people.rows:
            own = entry(scope, PEOPLE)
            present, bare = _union(_present(scope, own, targets)), _without_tokens(scope, own.contract, targets)
        return cls(
            _SQL.format(people=present, told=told, done=done),
            counts.get(_OBJECTION, 0),
            people.reason
            or asked.reason
            or (Reason.NOT_DECLARED if bare else None)
            or (Reason.NO_KEY if counts and scope.keys is None else None),
            (*(name for need in needs for name in lacking(scope, need)), *bare),
        )


def _without_tokens(scope: Scope, people: Contract, targets: Collection[str]) -> tuple[str, ...]:
    """The addresses of people that no column of tokens stands for: nobody knows whose these are."""
    columns = [people.column(name) for name in _token_columns(scope, people, targets)]
    told = {target for column in columns if column for target in column.token_of}
    own = [target for target in sorted(targets) if target.partition(".")[0] == people.table]
    return tuple(f"{people.table}: tokenOf {target}" for target in own if target not in told)


def _count(scope: Scope, done: str) -> dict[str, int]:
    """By right, how many requests were fulfilled."""
    found = scope.source.query(f"SELECT asked, COUNT(*) AS n FROM ({done}) d GROUP BY asked").to_pylist()
    return {row["asked"]: row["n"] for row in found}


def _present(scope: Scope, people: Registered, targets: Collection[str]) -> Iterator[str]:
    """What the table of people says, since the rows came into being."""
    key, held = people.contract.primary_key, scope.source.schemas()[people.table].names
    times = [name for name in [people.contract.event_time] if name in held]
    since = moment(quote(times[0])) if times else _NO_TIME
    for name in _token_columns(scope, people.contract, targets):
        rows = people.sql(also=[*dict.fromkeys([key, name, *times])])
        token = text(quote(name))
        yield (
            f"SELECT CAST({quote(key)} AS STRING) AS person, LOWER({token}) AS address, {since} AS happened,"
            f" FALSE AS former FROM {rows} p WHERE {token} IS NOT NULL"
        )


def _persons(scope: Scope, own: Registered) -> dict[str, str]:
    """By the keys of requests, the people who made them; none without keys."""
    found: dict[str, str] = {}
    for right in (_OBJECTION, _RECTIFICATION):
        made = scope.once(("owners", right), partial(owners, scope, own, entry(scope, PEOPLE).contract, right=right))
        found |= {request: person.key for request, person in made.items()}
    return found


def _done(scope: Scope, own: Registered, names: Collection[str], persons: dict[str, str]) -> str:
    """The fulfilled requests with their tokens, and who made each: the key of a person, else the token of one."""
    said = {name: f"LOWER({text('r.' + quote(name))})" for name in names}
    roles = [role for role in _CHANGED if _holds(scope, own.contract, own.columns.get(role, ""))]
    for role in _CHANGED:
        said[role] = f"LOWER({text('r.' + role)})" if role in roles else "CAST(NULL AS STRING)"
    cells = ", ".join(f"{cell} AS {quote('of ' + name)}" for name, cell in said.items())
    who = f"k.person, 'subject ' || {text('r.subject_token')}, 'of ' || CAST(r.row_key AS STRING)"
    asked = text("r." + quote("right"))
    return (
        f"SELECT COALESCE({who}) AS person, {asked} AS asked, {moment('r.fulfilled_at')} AS happened, {cells}"
        f" FROM {own.sql('right', 'subject_token', 'fulfilled_at', *roles, also=[*names])} r"
        f" LEFT JOIN ({values(('request', 'person'), sorted(persons.items()))}) k"
        " ON k.request = CAST(r.row_key AS STRING)"
        f" WHERE r.fulfilled_at IS NOT NULL AND {asked} IN ('{_OBJECTION}', '{_RECTIFICATION}')"
    )


def _told(done: str, names: Iterable[str]) -> Iterator[str]:
    """What the requests say: the tokens of who asked, and those of the values that a rectification changed."""
    for name, former in (*((name, "FALSE") for name in names), ("old_token", "TRUE"), ("new_token", "FALSE")):
        cell = f"d.{quote('of ' + name)}"
        yield f"SELECT person, {cell} AS address, happened, {former} AS former FROM ({done}) d WHERE {cell} IS NOT NULL"


def _token_columns(scope: Scope, contract: Contract, targets: Collection[str]) -> Iterator[str]:
    """The columns of a table with tokens of the same values."""
    for column in contract.columns:
        known = not set(column.token_of).isdisjoint(targets) and column.role not in _CHANGED
        if known and _holds(scope, contract, column.name):
            yield column.name


def _holds(scope: Scope, contract: Contract, name: str) -> bool:
    return name in scope.source.schemas()[contract.table].names


def _union(parts: Iterable[str]) -> str:
    return " UNION ALL ".join(parts) or _NOBODY
