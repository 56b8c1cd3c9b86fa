"""Checks the ledger of transfers against the agreements: recipient, payload, agreement, time and purpose."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa

from governance.policy import Contract
from governance.results import Reason
from governance.rules.labelled_counts import Facts, pairs
from governance.rules.registered import Registered
from governance.rules.scope import Scope
from governance.rules.tables.relational import (
    Need,
    Ready,
    covered,
    entry,
    lacking,
    of_policy,
    ready,
    row_keys,
    text,
    values,
    written_as,
)
from governance.sources.database import literal

TRANSFERS = "transfers"
_ROLES = ("recipient", "payload", "purpose")

# An agreement is in force from the start of its first day to the end of its last, in UTC. A transfer counts once, under
# its first problem.
_SQL = """
WITH agreed AS ({agreed}),
     of_agreement AS ({of_agreement}),
     of_policy AS ({of_policy}),
     registered AS (SELECT DISTINCT recipient, LOWER(recipient) AS folded FROM agreed),
     transfer AS (
         SELECT row_key, CAST(recipient AS STRING) AS recipient, CAST(payload AS STRING) AS payload,
                CAST(purpose AS STRING) AS purpose, CAST(event_time AS TIMESTAMP) AS event_time
         FROM {transfers} s
         WHERE {which}
     ),
     graded AS (
         SELECT t.*, CASE WHEN r.recipient IS NULL AND f.folded IS NOT NULL THEN 'recipient_in_other_letters'
                          WHEN r.recipient IS NULL THEN 'unregistered_recipient'
                          WHEN {purpose} IS NULL THEN 'gap_no_purpose'
                          WHEN p.purpose IS NULL THEN 'purpose_not_of_policy'
                          WHEN t.event_time IS NULL THEN 'gap_undated' END AS plain
         FROM transfer t
         LEFT JOIN (SELECT DISTINCT recipient FROM registered) r ON r.recipient = t.recipient
         LEFT JOIN (SELECT DISTINCT folded FROM registered) f ON f.folded = LOWER(TRIM(t.recipient))
         LEFT JOIN of_policy p ON p.purpose = t.purpose
     ),
     violation AS (
         SELECT * FROM graded t WHERE t.plain IS NOT NULL OR NOT EXISTS (
             SELECT 1 FROM agreed a JOIN of_agreement o ON o.agreement = a.agreement
             WHERE o.purpose = t.purpose AND {under} AND {in_force}
         )
     )
SELECT row_key, plain AS problem FROM violation t WHERE t.plain IS NOT NULL
UNION ALL
SELECT row_key, 'payload_not_of_recipient' FROM violation t
WHERE t.plain IS NULL AND NOT EXISTS (SELECT 1 FROM agreed a WHERE {under})
UNION ALL
SELECT row_key, 'agreement_expired' FROM violation t
WHERE t.plain IS NULL AND NOT EXISTS (SELECT 1 FROM agreed a WHERE {under} AND {in_force})
  AND EXISTS (SELECT 1 FROM agreed a WHERE {under} AND CAST(a.ends AS TIMESTAMP) <= t.event_time)
UNION ALL
SELECT row_key, 'agreement_not_begun' FROM violation t
WHERE t.plain IS NULL AND EXISTS (SELECT 1 FROM agreed a WHERE {under})
  AND NOT EXISTS (SELECT 1 FROM agreed a WHERE {under} AND CAST(a.ends AS TIMESTAMP) <= t.event_time)
  AND NOT EXISTS (SELECT 1 FROM agreed a WHERE {under} AND {in_force})
UNION ALL
SELECT row_key, 'purpose_not_of_agreement' FROM violation t
WHERE t.plain IS NULL AND EXISTS (SELECT 1 FROM agreed a WHERE {under} AND {in_force})
"""
_UNDER = "a.recipient = t.recipient AND a.payload = t.payload"
_IN_FORCE = "CAST(a.starts AS TIMESTAMP) <= t.event_time AND t.event_time < CAST(a.ends AS TIMESTAMP)"


@dataclass(frozen=True, slots=True)
class TransferProblem:
    """A row, by its key as text if it has one, and its problem."""

    key: str | None
    problem: str


def readiness(scope: Scope) -> Ready:
    """Whether the ledger of transfers can be judged, and proves anything."""
    found = ready(scope, _need(scope))
    # Payloads name their transfer by its key.
    keyed = not found.rows or entry(scope, TRANSFERS).contract.primary_key
    return found if keyed else Ready(Reason.NO_ROW_KEY, rows=False)


def lacks(scope: Scope) -> tuple[str, ...]:
    """What the ledger lacks: its entry in the register, its table, columns or roles."""
    return lacking(scope, _need(scope))


def _need(scope: Scope) -> Need:
    """The ledger with its count of rows, if it has one."""
    contract = scope.policy.tables.get(scope.policy.register.transfers)
    counted = ("row_count",) if contract and contract.role("row_count") else ()
    return Need(TRANSFERS, (*_ROLES, *counted), times=("event_time",))


def against_agreements(scope: Scope, payload: Contract) -> tuple[TransferProblem, ...]:
    """Transfers of one payload that no agreement allows."""
    policy, ledger = scope.policy, entry(scope, TRANSFERS)
    named = {table.table: written_as(scope, ledger, "payload", table) for table in policy.contracts}
    allowed = of_policy(scope, ledger)
    sql = _SQL.format(
        agreed=values(
            ("agreement", "recipient", "payload", "starts", "ends"),
            [
                (a.id, a.recipient, name, a.valid_from, day_after(a.valid_until))
                for a in policy.agreements
                for name in named.get(a.payload, (a.payload,))
            ],
        ),
        of_agreement=values(
            ("agreement", "purpose"),
            [(a.id, use) for a in policy.agreements for use in covered(allowed, a.purposes)],
        ),
        of_policy=values(("purpose",), [(use,) for use in allowed]),
        transfers=ledger.sql("recipient", "payload", "purpose", "event_time"),
        which=of_payload(scope, ledger, payload),
        purpose=text("t.purpose"),
        under=_UNDER,
        in_force=_IN_FORCE,
    )
    return findings(scope.source.query(sql), ledger.contract)


def of_others(scope: Scope, payloads: Collection[str]) -> tuple[TransferProblem, ...]:
    """Transfers of anything but these payloads."""
    ledger = entry(scope, TRANSFERS)
    listed = ", ".join(map(literal, sorted(payloads))) or "''"
    sql = f"""
        SELECT row_key, 'unregistered_payload' AS problem FROM {ledger.sql("payload")} s
        WHERE COALESCE(CAST(payload AS STRING), '') NOT IN ({listed})
    """
    return findings(scope.source.query(sql), ledger.contract)


def count(scope: Scope, payload: Contract) -> int:
    """The number of transfers of a payload."""
    ledger = entry(scope, TRANSFERS)
    sql = f"SELECT COUNT(*) AS n FROM {ledger.sql('payload')} s WHERE {of_payload(scope, ledger, payload)}"
    return int(scope.source.query(sql).column(0)[0].as_py())


def by_recipient(scope: Scope, payload: Contract) -> Facts:
    """The number of transfers of a payload by recipient; only recipients in an agreement are named."""
    registered = {agreement.recipient for agreement in scope.policy.agreements}
    ledger = entry(scope, TRANSFERS)
    sql = (
        f"SELECT CAST(recipient AS STRING) AS recipient, COUNT(*) AS n FROM {ledger.sql('recipient', 'payload')} s"
        f" WHERE {of_payload(scope, ledger, payload)} GROUP BY 1"
    )
    found = scope.source.query(sql).to_pylist()
    return pairs(
        "flow", [(payload.table, row["recipient"], row["n"]) for row in found if row["recipient"] in registered]
    )


def of_payload(scope: Scope, ledger: Registered, payload: Contract) -> str:
    """SQL that is true for a transfer of a payload."""
    names = written_as(scope, ledger, "payload", payload)
    return f"CAST(payload AS STRING) IN ({', '.join(map(literal, names)) or 'NULL'})"


def day_after(day: str) -> str:
    """The day after `day`; far in the future if there is no end."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat() if day else "9999-12-31"


def findings(found: pa.Table, contract: Contract) -> tuple[TransferProblem, ...]:
    """The rows of a query, by their keys, with their problems."""
    return tuple(map(TransferProblem, row_keys(found, contract), found.column("problem").to_pylist()))
