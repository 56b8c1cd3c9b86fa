"""The people of a data set, by keyed tokens: the current ones, and those who asked for erasure.

One index serves every rule of a run, and each column of a batch is searched once for all rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from governance import detection
from governance.detection.subjects import contacts_in
from governance.encryption.keys import Keyring
from governance.policy import Classification, Contract, Policy
from governance.policy.column_roles import PERSON
from governance.results import Reason
from governance.rules.batch import Batch, key_texts, missing
from governance.rules.part import Counts
from governance.rules.people.current import CURRENT, current_tokens, token_targets
from governance.rules.people.digests import Digests, Origins, current_digests
from governance.rules.people.leads import habits_of, is_token, names_of, spellings, token_beside
from governance.rules.people.proofs import FOREIGN, PROVEN, UNTRIED
from governance.rules.people.public_names import public_names
from governance.rules.registered import PEOPLE, Registered, registered
from governance.rules.scope import Scope
from governance.rules.tables.relational import Need, undeclared

# Prefixes of origins: a completed erasure or rectification, by its reference.
ERASED: Final = "erased:"
RECTIFIED: Final = "rectified:"

_CONTACT = "user.contact"


@dataclass(frozen=True, slots=True)
class Subjects:
    """Searches the batches of a run; `known` maps tokens to their origins, from people and requests.

    `digested` says of whose values the digests are known too. `unproven` is the reason why what is not found proves
    nothing: not every token was compared with its value.
    """

    known: detection.Known[Origins] = field(repr=False)
    digested: Digests = field(default_factory=Digests)
    unproven: Reason | None = None

    @property
    def facts(self) -> Counts:
        """How many names of people are public too, so that they are looked for as nobody's; () for none."""
        return (("public_names", len(self.known.public)),) if self.known.public else ()

    def search(
        self, batch: Batch, column: str, read: Callable[[], pa.Array] | None = None
    ) -> detection.KnownHits[Origins]:
        """The known people in a column, cached for the batch.

        `read` decrypts a column of envelopes, to search its plaintext instead.
        """
        return batch.once(
            ("known", column, read is not None),
            lambda: detection.scan_known(
                read() if read else batch.column(column),
                self.known,
                label=batch.label(column),
                whole=holds_ids(batch.contract, column),
                counted=_is_counted(batch.contract, column),
            ),
        )


def nobody_known(scope: Scope) -> Reason | None:
    """Why the people of a run are not known, if they aren't."""
    people = scope.policy.register.people
    if undeclared(scope, Need(PEOPLE)):
        return Reason.NOT_DECLARED
    return Reason.NO_KEY if scope.keys is None or people in scope.source.sealed else None


def why_unproven(people: Subjects | None, scope: Scope) -> Reason | None:
    """Why a search for the people that `find_subjects` gave proves nothing, if it doesn't."""
    if people is None:
        return nobody_known(scope)
    return people.unproven if scope.source.relational else Reason.NEEDS_TABLES


def find_subjects(scope: Scope) -> Subjects | None:
    """The index of a run; None where `nobody_known` says why.

    Call it when a kernel starts: it reads tables, and while a batch is folded the source is reading another.
    """
    keys = scope.keys
    if keys is None or nobody_known(scope) is not None:
        return None
    return scope.once("subjects", lambda: _subjects(scope, keys))


def _subjects(scope: Scope, keys: Keyring) -> Subjects:
    policy, schemas, seen = scope.policy, scope.source.schemas(), Counter[str]()
    people, tokens = policy.tables.get(policy.register.people), _index(scope, keys, seen)
    held = schemas[people.table].names if people is not None and people.table in schemas else ()
    contacts = clear_contacts(policy, people, held) if people is not None else ()
    digested = current_digests(scope, keys, contacts, CURRENT)
    known = detection.Known(tokens, keys.token, habits_of(policy), public_names(scope, keys, tokens), digested.added)
    # A key that makes none of the tokens is another one: what it makes of requests leads to nobody either.
    strange = Reason.OTHER_KEY if seen[FOREIGN] and not seen[PROVEN] else None
    return Subjects(known, digested, strange or (Reason.SAMPLED if seen[UNTRIED] else None))


def holds_ids(contract: Contract | None, column: str) -> bool:
    """Whether a whole cell may be a person's id: a contract says so, or nothing says what the column holds."""
    declared = contract.column(column) if contract else None
    return declared is None or declared.role == PERSON


def _is_counted(contract: Contract | None, column: str) -> bool:
    """Whether a contract calls a column of integers a key: a program counts them up, through others' numbers."""
    declared = contract.column(column) if contract else None
    key = contract is not None and column in contract.key
    return declared is not None and declared.logical_type == "integer" and (key or bool(declared.references))


def clear_contacts(policy: Policy, people: Contract, held: Collection[str]) -> tuple[str, ...]:
    """The columns of people that show a number or an address, and have no tokens beside them."""
    targets = token_targets(policy)
    return tuple(
        column.name
        for column in people.columns
        if column.name in held
        and column.name not in people.key
        and column.logical_type == "string"
        and column.classification is not Classification.RESTRICTED
        and not is_token(column)
        and token_beside(people, column.name) not in held
        and (column.category.startswith(_CONTACT) or f"{people.table}.{column.name}" in targets)
    )


def clear_texts(policy: Policy, people: Contract, row: Mapping[str, str | None]) -> dict[str, str]:
    """A person's numbers and addresses in the clear, by column, as their tokens are made of them."""
    habits = habits_of(policy)
    columns = clear_contacts(policy, people, row)
    # The first is the value itself, the others are what else a text might mean.
    written = {name: next(contacts_in(row[name] or "", people.label(name), habits), "") for name in columns}
    return {name: text for name, text in written.items() if text}


def clear_tokens(scope: Scope, people: Contract, row: Mapping[str, str | None]) -> frozenset[str]:
    """The tokens of a person's values in the clear; of a name, if any column holds such tokens."""
    targets = token_targets(scope.policy)
    found = set(clear_texts(scope.policy, people, row).values())
    for parts in names_of(people, row):
        whole = [text for part in parts if (text := row[part])]
        if len(whole) == len(parts) and any(f"{people.table}.{part}" in targets for part in parts):
            found.update(spellings(whole))
    return frozenset(map(scope.keys.token, found)) if scope.keys else frozenset()


def _index(scope: Scope, keys: Keyring, seen: Counter[str]) -> dict[str, Origins]:
    found: dict[str, dict[str, None]] = {}
    for token, origin in (*current_tokens(scope, keys, seen), *_asked(scope, keys)):
        found.setdefault(token, {})[origin] = None
    shared: dict[Origins, Origins] = {}
    return {token: shared.setdefault(tuple(origins), tuple(origins)) for token, origins in found.items()}


def _asked(scope: Scope, keys: Keyring) -> Iterator[tuple[str, str]]:
    """The tokens of people who were erased by now, and of values that were rectified by now."""
    own = registered(scope.policy, "requests")
    schema = scope.source.schemas().get(own.table) if own else None
    done_by = {"right", "fulfilled_at"}
    if own is None or schema is None or not done_by <= own.columns.keys() or missing(_done(own), schema):
        return
    tokens = [name for name in request_tokens(own) if name in schema.names]
    digests, old = (own.columns.get(role, "") for role in ("digest_tokens", "old_token"))
    columns = [*_done(own), *tokens, *(name for name in (digests, old) if name in schema.names)]
    read = list(dict.fromkeys([*columns, *filter(schema.names.__contains__, own.contract.key)]))
    right, at = _done(own)
    for batch in scope.source.batches(own.table, read):
        by_now = pc.less_equal(batch.column(at), pa.scalar(scope.as_of))
        done = batch.filter(pc.fill_null(by_now, False))  # noqa: FBT003  Arrow's signature
        texts = key_texts(done, own.contract)
        numbers = texts.to_pylist() if texts is not None else [None] * done.num_rows
        for number, row in zip(numbers, done.select(columns).to_pylist(), strict=True):
            reference = keys.reference(own.table, number) if number is not None else ""
            if row[right] == "erasure":
                held = [row[name] for name in tokens] + list(row.get(digests) or ())
                yield from ((token, ERASED + reference) for token in held if token)
            elif row[right] == "rectification":
                held = [row.get(old), *(row.get(digests) or ())]
                yield from ((token, RECTIFIED + reference) for token in held if token)


def request_tokens(requests: Registered) -> tuple[str, ...]:
    """The columns of the table of requests that name the person who made one."""
    return tuple(column.name for column in requests.contract.columns if column.token_of)


def _done(requests: Registered) -> tuple[str, str]:
    return requests.column("right"), requests.column("fulfilled_at")
