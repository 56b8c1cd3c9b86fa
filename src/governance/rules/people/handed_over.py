"""Rows of payloads that processors were sent for marketing: offers as well, with or without a message beside them.

So is what was sent for anything else under a subject that no notice has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from governance.detection.subjects import contacts_in
from governance.policy import Contract, covers
from governance.policy.table_register import PAYLOADS, payloads_of
from governance.results import Reason
from governance.rules.batch import missing
from governance.rules.people.leads import habits_of, is_token, token_beside
from governance.rules.people.notice_subjects import of_no_notice
from governance.rules.people.sealed import opened
from governance.rules.registered import Registered, registered
from governance.rules.scope import Scope
from governance.rules.tables.carried_rows import link_of, same_transfer
from governance.rules.tables.relational import among, below, misfits_in, moment, text, values
from governance.rules.tables.transfer_ledger import TRANSFERS
from governance.sources.database import literal, quote

_ADDRESS, _SUBJECT = "user.contact", "subject"


@dataclass(frozen=True, slots=True)
class Side:
    """A table with rows that may be offers; `sql` gives their key, address, channel, time, and problem if unwanted."""

    own: Registered
    sql: str


@dataclass(frozen=True, slots=True)
class Handed:
    """The payloads with offers; `unproven` and `lacks` say what could not be read."""

    sides: tuple[Side, ...] = ()
    unproven: Reason | None = None
    lacks: tuple[str, ...] = ()


def handed_over(scope: Scope, offers: Sequence[str]) -> Handed:
    """The rows of payloads under transfers for these uses and those below, or of strange subjects, with addresses.

    Their channel is the one that the transfer's purpose ends in, as in `marketing.communications.email`; a transfer
    whose purpose names none stands for every channel.
    """
    ledger = registered(scope.policy, TRANSFERS)
    names = [ledger.columns.get(role, "") for role in ("purpose", "event_time")] if ledger else []
    if ledger is None or missing(names, scope.source.schemas().get(ledger.table, pa.schema([]))):
        return Handed()  # the kind `minimal` says so
    purpose = f"LOWER({text('purpose')})"
    is_offer = f"COALESCE({below(purpose, offers)}, FALSE)"
    carriers = f"SELECT *, {is_offer} AS sells FROM {ledger.sql('purpose', 'event_time')} s"
    said = scope.source.query(f"SELECT DISTINCT {purpose} AS said, sells FROM ({carriers}) t").to_pylist()
    channel = _channels([row["said"] for row in said if row["said"]], scope.policy.recognised.channels)
    sells = any(row["sells"] for row in said)
    parts = [
        _handed(scope, contract, columns, carriers, channel)
        for contract in payloads_of(scope.policy.register, scope.policy.contracts)
        if (columns := _columns(contract)) and (sells or contract.role(_SUBJECT))
    ]
    return Handed(
        tuple(side for part in parts for side in part.sides),
        next((part.unproven for part in parts if part.unproven), misfits_in(scope, (ledger.contract, names))),
        tuple(name for part in parts for name in part.lacks),
    )


def _channels(purposes: Sequence[str], channels: Sequence[str]) -> str:
    """SQL of the channel of a transfer `t`; "" where its purpose names none that is recognised."""
    named = {purpose: purpose.rpartition(".")[2] for purpose in purposes}
    known = {channel.casefold() for channel in channels}
    cases = [f"WHEN {literal(one)} THEN {literal(last)}" for one, last in named.items() if last in known]
    return f"CASE LOWER({text('t.purpose')}) {' '.join(cases)} ELSE '' END" if cases else "''"


def _handed(
    scope: Scope, contract: Contract, columns: Sequence[tuple[str, str]], carriers: str, channel: str
) -> Handed:
    """The rows of one payload, by the tokens of their addresses; those without one are opened.

    Each was sent at the later of its own time and its transfer's.
    """
    link, schema = link_of(contract, scope.policy), scope.source.schemas().get(contract.table)
    if schema is None:
        return Handed(unproven=Reason.MISSING_TABLE, lacks=(contract.table,))
    if not link or link not in schema.names:
        # Nobody knows which of them were sent for marketing.
        return Handed(unproven=Reason.NOT_DECLARED, lacks=(f"{contract.table}: relationships to transfers",))
    subject, time = contract.role(_SUBJECT), contract.event_time
    wanted = (*(name for pair in columns for name in pair), subject, time)
    held = [name for name in dict.fromkeys(wanted) if name in schema.names]
    own = Registered(PAYLOADS, contract, {})
    rows = f"(SELECT *, {quote(link)} AS transfer FROM {own.sql(also=[*dict.fromkeys([link, *held])])} r) p"
    unknown = _unregistered(scope, contract.table, subject) if subject in held else "FALSE"
    under = f"{rows} JOIN ({carriers}) t ON {same_transfer(scope, contract.table, link)} AND (t.sells OR {unknown})"
    sent, written = moment("t.event_time"), moment("p." + quote(time)) if time in held else "NULL"
    said = (
        f"{channel} AS channel, CASE WHEN {written} > {sent} THEN {written} ELSE {sent} END AS event_time,"
        " CASE WHEN t.sells THEN 'offer_after_unsubscribing' ELSE 'offer_as_notice' END AS code"
    )
    sides, reasons = [], [misfits_in(scope, (contract, [*held, link]))]
    for name, token in columns:
        known = text("p." + quote(token)) if token in held else "NULL"
        if token in held:
            sides.append(f"SELECT p.row_key, LOWER({known}) AS address, {said} FROM {under} WHERE {known} IS NOT NULL")
        if name in held:
            given, reason = _opened(scope, contract, name, f"{under} WHERE {known} IS NULL")
            opened_rows = f"JOIN ({values(('opened', 'address'), given)}) g ON g.opened = CAST(p.row_key AS STRING)"
            sides += [f"SELECT p.row_key, g.address, {said} FROM {under} {opened_rows}"] if given else []
            reasons.append(reason)
    return Handed(tuple(Side(own, side) for side in sides), next(filter(None, reasons), None))


def _unregistered(scope: Scope, table: str, subject: str) -> str:
    """SQL that is true for a row `p` whose subject is no notice's."""
    cell = f"CAST({quote(subject)} AS STRING)"
    sql = f"SELECT DISTINCT {cell} AS subject FROM {quote(table)} WHERE {text(quote(subject))} IS NOT NULL"
    written = scope.source.query(sql).column(0).to_pylist()
    found = of_no_notice(written, scope.policy.recognised.notices)
    return among(f"CAST(p.{quote(subject)} AS STRING)", found)


def _columns(contract: Contract) -> list[tuple[str, str]]:
    """The columns of addresses, each with that of its tokens; "" where there is only one of the two."""
    contacts = [column for column in contract.columns if covers(_ADDRESS, column.category)]
    pairs = [(column.name, token_beside(contract, column.name)) for column in contacts if not is_token(column)]
    beside = {token for _, token in pairs}
    return [*pairs, *(("", column.name) for column in contacts if is_token(column) and column.name not in beside)]


def _opened(scope: Scope, contract: Contract, name: str, rows: str) -> tuple[list[tuple[str, str]], Reason | None]:
    """The tokens of the addresses in these rows, by row, sealed or clear; and why some are missing."""
    keys, habits = scope.keys, habits_of(scope.policy)
    sql = f"SELECT CAST(p.row_key AS STRING) AS row_key, CAST(p.{quote(name)} AS STRING) AS cell FROM {rows}"
    cells = [row for row in scope.source.query(sql).to_pylist() if row["cell"]]
    if keys is None:
        return [], Reason.NO_KEY if cells else None
    found = []
    for row in cells:
        written = opened(contract, name, row["row_key"], row["cell"], keys) or ""
        address = next(contacts_in(written, contract.label(name), habits), "")
        if address and row["row_key"] is not None:
            found.append((row["row_key"], keys.token(address)))
    return found, Reason.INCOMPLETE if len(found) < len(cells) else None
