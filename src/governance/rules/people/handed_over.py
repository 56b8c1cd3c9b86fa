"""Rows of payloads that processors were sent for marketing: offers as well, with or without a message beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from governance.detection.kinds.emails import EMAIL
from governance.detection.kinds.phones import PHONE
from governance.detection.subjects import candidates
from governance.policy import Contract, covers
from governance.policy.table_register import entry_of
from governance.results import Reason
from governance.rules.people.leads import habits_of, is_token, token_beside
from governance.rules.people.sealed import opened
from governance.rules.registered import Registered, registered
from governance.rules.scope import Scope
from governance.rules.tables.relational import below, misfits_in, moment, text, values
from governance.rules.tables.transfer_ledger import TRANSFERS, link_of, same_transfer
from governance.sources.database import literal, quote

_ADDRESS = "user.contact"


@dataclass(frozen=True, slots=True)
class Side:
    """A table with rows that may be offers; `sql` gives their key, address, channel, time, and problem if unwanted."""

    own: Registered
    sql: str


@dataclass(frozen=True, slots=True)
class Handed:
    """The payloads with offers, and how many rows these are; `unproven` and `lacks` say what could not be read."""

    sides: tuple[Side, ...] = ()
    rows: int = 0
    unproven: Reason | None = None
    lacks: tuple[str, ...] = ()


def handed_over(scope: Scope, offers: Sequence[str]) -> Handed:
    """The rows of payloads under transfers for these uses and those below, with addresses of people.

    Their channel is the one that the transfer's purpose ends in, `marketing.communications.email`; else any wish counts.
    """
    ledger = registered(scope.policy, TRANSFERS)
    if ledger is None or not {"purpose", "event_time"} <= ledger.columns.keys():
        return Handed()
    held = scope.source.schemas()
    if ledger.table not in held or not {ledger.column("purpose"), ledger.column("event_time")} <= {
        *held[ledger.table].names
    }:
        return Handed()
    purpose = f"LOWER({text('purpose')})"
    sold = f"SELECT * FROM {ledger.sql('purpose', 'event_time')} t WHERE {below(purpose, offers)}"
    said = scope.source.query(f"SELECT DISTINCT {purpose} AS said FROM ({sold}) s").column(0).to_pylist()
    if not said:
        return Handed(unproven=misfits_in(scope, (ledger.contract, [ledger.column("purpose")])))
    return _read(scope, sold, _channels(said, scope.policy.recognised.channels))


def _channels(purposes: Sequence[str], channels: Sequence[str]) -> str:
    """SQL of the channel of a transfer `t`; "" where its purpose names none that is recognised."""
    named = {purpose: purpose.rpartition(".")[2] for purpose in purposes}
    known = {channel.casefold() for channel in channels}
    cases = [f"WHEN {literal(one)} THEN {literal(last)}" for one, last in named.items() if last in known]
    return f"CASE LOWER({text('t.purpose')}) {' '.join(cases)} ELSE '' END" if cases else "''"


def _read(scope: Scope, sold: str, channel: str) -> Handed:
    sides: list[Side] = []
    reasons: list[Reason] = []
    lacks: list[str] = []
    for contract in scope.policy.contracts:
        link, schema = link_of(contract, scope.policy), scope.source.schemas().get(contract.table)
        columns = _columns(contract)
        if entry_of(scope.policy.register, contract.table) != "payloads" or not link or not columns:
            continue
        if schema is None or link not in schema.names:
            reasons.append(Reason.MISSING_TABLE if schema is None else Reason.MISSING_COLUMN)
            lacks.append(contract.table if schema is None else f"{contract.table}.{link}")
            continue
        own, cells = Registered("payloads", contract, {}), [*dict.fromkeys(filter(None, sum(columns, ())))]
        held = [name for name in cells if name in schema.names]
        rows = f"(SELECT *, {quote(link)} AS transfer FROM {own.sql(also=[*dict.fromkeys([link, *held])])} r) p"
        under = f"{rows} JOIN ({sold}) t ON {same_transfer(scope, contract.table, link)}"
        said = f"{channel} AS channel, {moment('t.event_time')} AS event_time, 'offer_after_unsubscribing' AS code"
        for name, token in columns:
            if token in held:
                address = text("p." + quote(token))
                sides.append(
                    Side(
                        own,
                        f"SELECT p.row_key, LOWER({address}) AS address, {said} FROM {under} WHERE {address} IS NOT NULL",
                    )
                )
            if name in held:
                bare = f" WHERE {text('p.' + quote(token))} IS NULL" if token in held else ""
                opened_, reason = _opened(scope, contract, name, f"{under}{bare}")
                reasons += [reason] if reason else []
                given = values(("opened", "address"), opened_)
                if opened_:
                    sides.append(
                        Side(
                            own,
                            f"SELECT p.row_key, g.address, {said} FROM {under} JOIN ({given}) g ON g.opened = CAST(p.row_key AS STRING)",
                        )
                    )
        doubt = misfits_in(scope, (contract, [*held, link]))
        reasons += [doubt] if doubt else []
    rows = sum(scope.source.query(f"SELECT COUNT(*) AS n FROM ({side.sql}) s").column(0)[0].as_py() for side in sides)
    return Handed(tuple(sides), rows, next(iter(reasons), None), tuple(lacks))


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
        spelled = (said for kind, said in candidates(written, contract.label(name), habits) if kind in {PHONE, EMAIL})
        address = next(spelled, "")
        if address and row["row_key"] is not None:
            found.append((row["row_key"], keys.token(address)))
    return found, Reason.INCOMPLETE if len(found) < len(cells) else None
