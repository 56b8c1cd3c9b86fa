"""Tables by their entry in the register, with their columns by role: what rules read instead of a company's names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from governance.policy import Column, Contract, Policy
from governance.policy.column_roles import ADDRESS_TOKEN, ENTRIES, EVENT_TIME, REQUEST, SUBJECT_TOKEN
from governance.policy.table_register import entry_of
from governance.rules.batch import PART
from governance.sources.base import MISTYPED
from governance.sources.database import literal, quote

ROW_KEY = "row_key"
PEOPLE = "people"
_ENUMERATED = {(entry, role.name) for entry, roles in ENTRIES.items() for role in roles if role.enumerated}


@dataclass(frozen=True, slots=True)
class Registered:
    """A table with its columns by role; those of its entry, those of any table, and the derived ones."""

    entry: str
    contract: Contract
    columns: Mapping[str, str]

    @property
    def table(self) -> str:
        return self.contract.table

    def column(self, role: str) -> str:
        """The column of a role that the table was asked for before."""
        return self.columns[role]

    def lacks(self, roles: Sequence[str], words: Mapping[str, str]) -> tuple[str, ...]:
        """What its contract doesn't declare: a role, the vocabulary of an enumerated column, a word by what it means.

        People need a primary key of one column, by which they are known.
        """
        absent = [f"{self.table}: columnRole {role}" for role in roles if role not in self.columns]
        if self.entry == PEOPLE and not self.contract.primary_key:
            absent.append(f"{self.table}: primaryKey of one column")
        listed = [role for role in roles if role in self.columns and (self.entry, role) in _ENUMERATED]
        columns = [column for role in listed if (column := self.contract.column(self.columns[role]))]
        absent += [f"{self.table}.{column.name}: vocabulary" for column in columns if not column.vocabulary]
        for role, word in words.items():
            told = self.contract.column(self.columns.get(role, ""))
            if told and told.vocabulary and word not in {term.means for term in told.vocabulary}:
                absent.append(f"{self.table}.{told.name}: a word that means {word}")
        return tuple(absent)

    def sql(self, *roles: str, also: Sequence[str] = ()) -> str:
        """SQL of the table with its row key, these roles and `also` these columns; a role that it has not is null.

        Rows with a mistyped cell in one of them are left out, as nobody knows what it says.
        """
        cells = [f"{self._cell(role)} AS {quote(role)}" for role in roles] + [quote(name) for name in also]
        read = [*(self.columns[role] for role in roles if role in self.columns), *also]
        marks = " AND ".join(f"STRPOS({quote(MISTYPED)}, {literal(f',{name},')}) = 0" for name in read)
        sound = f" WHERE {quote(MISTYPED)} IS NULL OR ({marks})" if marks else ""
        return f"(SELECT {', '.join([row_key(self.contract), *cells])} FROM {quote(self.table)}{sound})"

    def _cell(self, role: str) -> str:
        return quote(self.columns[role]) if role in self.columns else "NULL"


def registered(policy: Policy, entry: str, table: str = "") -> Registered | None:
    """The table of an entry, None where the register has none; of an entry with several tables, or of "", `table`."""
    named = table or getattr(policy.register, entry)
    contract = policy.tables.get(named)
    if contract is None or (entry and entry_of(policy.register, named) != entry):
        return None
    return Registered(entry, contract, _columns(policy, contract))


def row_key(contract: Contract) -> str:
    """SQL of a row's primary key under the name that `relational.row_keys` reads."""
    parts = [quote(name) for name in contract.key]
    if len(parts) > 1:
        parts = [f" || CHR({ord(PART)}) || ".join(_as_text(contract.column(name)) for name in contract.key)]
    return f"{parts[0] if parts else 'NULL'} AS {ROW_KEY}"


def _as_text(column: Column | None) -> str:
    """SQL of a part of a key as `batch.key_texts` spells it."""
    cell = quote(column.name) if column else "NULL"
    if column and column.logical_type == "timestamp":
        return f"STRFTIME(CAST({cell} AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%fZ')"
    if column and column.logical_type == "number":
        whole = f"CAST(CAST({cell} AS BIGINT) AS STRING)"
        return f"CASE WHEN {cell} = FLOOR({cell}) THEN {whole} ELSE CAST({cell} AS STRING) END"
    return f"CAST({cell} AS STRING)"


def _columns(policy: Policy, contract: Contract) -> dict[str, str]:
    """The columns by role, the derived ones included."""
    people, requests = policy.tables.get(policy.register.people), policy.tables.get(policy.register.requests)
    person = f"{people.table}.{people.primary_key}" if people else ""
    request = f"{requests.table}.{requests.primary_key}" if requests else ""
    found = {column.role: column.name for column in contract.columns if column.role}
    for column in contract.columns:
        if column.token_of:
            found.setdefault(SUBJECT_TOKEN if person in column.token_of else ADDRESS_TOKEN, column.name)
        if column.references and column.references == request:
            found.setdefault(REQUEST, column.name)
    return found | ({EVENT_TIME: contract.event_time} if contract.event_time else {})
