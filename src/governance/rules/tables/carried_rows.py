"""Compares the rows of payloads with the transfers that carried them: each has one of its time, and all are counted."""

from __future__ import annotations

from governance.policy import Contract, Policy
from governance.policy.table_register import PAYLOADS, payloads_of
from governance.results import Reason
from governance.rules.registered import Registered, row_key
from governance.rules.scope import Scope
from governance.rules.tables.relational import Need, entry, misfitting, moment
from governance.rules.tables.transfer_ledger import TRANSFERS, TransferProblem, findings, of_payload
from governance.sources.database import quote

# Rows of a payload without a transfer.
_STRAYS = """
SELECT row_key, 'payload_without_transfer' AS problem FROM {payload} p
WHERE NOT EXISTS (SELECT 1 FROM {transfers} t WHERE {same})
UNION ALL
SELECT row_key, 'payload_of_other_transfer' AS problem FROM {payload} p
WHERE EXISTS (SELECT 1 FROM {transfers} t WHERE {same})
  AND NOT EXISTS (
      SELECT 1 FROM {transfers} t
      WHERE {same} AND {named}
  )
"""
# Rows whose own time is not that of any transfer that may have carried them; clocks and queues explain a day.
_UNTIMELY = """
SELECT p.row_key, 'payload_of_other_time' AS problem
FROM {payload} p JOIN (SELECT * FROM {transfers} s WHERE {named}) t ON {same}
GROUP BY p.row_key, p.written_at
HAVING SUM(CASE WHEN p.written_at < {sent} - INTERVAL '1' DAY OR p.written_at > {sent} + INTERVAL '1' DAY
                THEN 0 ELSE 1 END) = 0
"""


def strays(scope: Scope, payload: Contract, link: str) -> tuple[TransferProblem, ...]:
    """Rows of a payload without a transfer of it, or of another time; `link` is the column that names the transfer.

    None where a transfer cannot be told by its key and payload, as it may be theirs.
    """
    if misfitting(scope, Need(TRANSFERS, ("payload",))) is Reason.MISTYPED:
        return ()
    sql = _STRAYS.format(
        payload=f"(SELECT {row_key(payload)}, {quote(link)} AS transfer FROM {quote(payload.table)})",
        # Not its time: a transfer at an unreadable time is one.
        transfers=entry(scope, TRANSFERS).sql("payload"),
        same=same_transfer(scope, payload.table, link),
        named=of_payload(scope, entry(scope, TRANSFERS), payload),
    )
    return findings(scope.source.query(sql), payload) + _untimely(scope, payload, link)


def _untimely(scope: Scope, payload: Contract, link: str) -> tuple[TransferProblem, ...]:
    """Rows that were not sent when their transfer was; none where either says no time."""
    ledger, time = entry(scope, TRANSFERS), payload.event_time
    if time not in scope.source.schemas()[payload.table].names or "event_time" not in ledger.columns:
        return ()
    rows = Registered(PAYLOADS, payload, {}).sql(also=[*dict.fromkeys([link, time])])
    sql = _UNTIMELY.format(
        payload=f"(SELECT row_key, {quote(link)} AS transfer, {moment(quote(time))} AS written_at FROM {rows} r)",
        transfers=ledger.sql("payload", "event_time"),
        same=same_transfer(scope, payload.table, link),
        named=of_payload(scope, ledger, payload),
        sent=moment("t.event_time"),
    )
    return findings(scope.source.query(sql), payload)


def miscounted(scope: Scope, payload: Contract) -> tuple[TransferProblem, ...]:
    """Transfers of one payload with another number of rows than the ledger says, or with none where it says none.

    A transfer may feed several payloads: then its count may be that of all.
    """
    ledger, policy, schemas = entry(scope, TRANSFERS), scope.policy, scope.source.schemas()
    payloads = payloads_of(policy.register, policy.contracts)
    links = {c.table: link for c in payloads if (link := link_of(c, policy)) and c.table in schemas}
    links = {table: link for table, link in links.items() if link in schemas[table].names}
    alias = {table: f"p{place}" for place, table in enumerate(links)}
    joins = " ".join(
        f"LEFT JOIN (SELECT {quote(link)} AS transfer, COUNT(*) AS n FROM {quote(table)} r GROUP BY 1) {alias[table]}"
        f" ON {same_transfer(scope, table, link, alias[table])}"
        for table, link in links.items()
    )
    counts = {table: f"COALESCE({name}.n, 0)" for table, name in alias.items()}
    own, every = counts[payload.table], " + ".join(counts.values())
    stated = "row_count" in ledger.columns
    wrong = f"t.row_count IS DISTINCT FROM {own} AND t.row_count IS DISTINCT FROM {every}" if stated else f"{own} = 0"
    mine = f"SELECT * FROM {ledger.sql('payload', 'row_count')} s WHERE {of_payload(scope, ledger, payload)}"
    sql = f"SELECT t.row_key, 'row_count_not_of_payload' AS problem FROM ({mine}) t {joins} WHERE {wrong}"
    return findings(scope.source.query(sql), ledger.contract)


def link_of(contract: Contract, policy: Policy) -> str:
    """The column of a payload that names its transfer: the one that references it, else the one called like its key.

    "" where that is the payload's own key, which names its row.
    """
    ledger = policy.tables.get(policy.register.transfers)
    key = ledger.primary_key if ledger else ""
    named = f"{policy.register.transfers}.{key}"
    own = "" if key in contract.key else key
    return next((column.name for column in contract.columns if column.references == named), own)


def same_transfer(scope: Scope, payload: str, link: str, rows: str = "p") -> str:
    """SQL that is true where one of `rows` names a transfer `t`: as the type of both, else as text."""
    schemas, ledger = scope.source.schemas(), entry(scope, TRANSFERS)
    kinds = (schemas[ledger.table].field(ledger.contract.primary_key).type, schemas[payload].field(link).type)
    if kinds[0] == kinds[1]:
        return f"t.row_key = {rows}.transfer"
    return f"CAST(t.row_key AS STRING) = CAST({rows}.transfer AS STRING)"
