"""Checks the ledger of transfers against the agreements: recipient, payload, agreement, time and purpose."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa

from governance.policy import Contract, Policy
from governance.results import Reason
from governance.rules.labelled_counts import Facts, pairs
from governance.rules.registered import Registered, row_key
from governance.rules.scope import Scope
from governance.rules.tables.relational import (
    Need,
    Ready,
    covered,
    entry,
    lacking,
    misfitting,
    ready,
    row_keys,
    spelled,
    values,
    written_as,
)
from governance.sources.database import literal, quote

TRANSFERS = "transfers"
_NEED = Need(TRANSFERS, ("recipient", "payload", "purpose"), times=("event_time",))

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
                          WHEN NULLIF(TRIM(t.purpose), '') IS NULL THEN 'gap_no_purpose'
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


@dataclass(frozen=True, slots=True)
class TransferProblem:
    """A row, by its key as text if it has one, and its problem."""

    key: str | None
    problem: str


def readiness(scope: Scope) -> Ready:
    """Whether the ledger of transfers can be judged, and proves anything."""
    found = ready(scope, _NEED)
    # Payloads name their transfer by its key.
    keyed = not found.rows or entry(scope, TRANSFERS).contract.primary_key
    return found if keyed else Ready(Reason.NO_ROW_KEY, rows=False)


def lacks(scope: Scope) -> tuple[str, ...]:
    """What the ledger lacks: its entry in the register, its table, columns or roles."""
    return lacking(scope, _NEED)


def against_agreements(scope: Scope, payload: Contract) -> tuple[TransferProblem, ...]:
    """Transfers of one payload that no agreement allows."""
    policy, ledger = scope.policy, entry(scope, TRANSFERS)
    named = {table.table: written_as(scope, ledger, "payload", table) for table in policy.contracts}
    written = spelled(scope, ledger, "purpose")
    of_policy = covered(written, [purpose.use for purpose in policy.purposes])
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
            [(a.id, use) for a in policy.agreements for use in covered(of_policy, a.purposes)],
        ),
        of_policy=values(("purpose",), [(use,) for use in of_policy]),
        transfers=ledger.sql("recipient", "payload", "purpose", "event_time"),
        which=_of(scope, ledger, payload),
        under=_UNDER,
        in_force=_IN_FORCE,
    )
    return _findings(scope.source.query(sql), ledger.contract)


def of_others(scope: Scope, payloads: Collection[str]) -> tuple[TransferProblem, ...]:
    """Transfers of anything but these payloads."""
    ledger = entry(scope, TRANSFERS)
    listed = ", ".join(map(literal, sorted(payloads))) or "''"
    sql = f"""
        SELECT row_key, 'unregistered_payload' AS problem FROM {ledger.sql("payload")} s
        WHERE COALESCE(CAST(payload AS STRING), '') NOT IN ({listed})
    """
    return _findings(scope.source.query(sql), ledger.contract)


def count(scope: Scope, payload: Contract) -> int:
    """The number of transfers of a payload."""
    ledger = entry(scope, TRANSFERS)
    sql = f"SELECT COUNT(*) AS n FROM {ledger.sql('payload')} s WHERE {_of(scope, ledger, payload)}"
    return int(scope.source.query(sql).column(0)[0].as_py())


def by_recipient(scope: Scope, payload: Contract) -> Facts:
    """The number of transfers of a payload by recipient; only recipients in an agreement are named."""
    registered = {agreement.recipient for agreement in scope.policy.agreements}
    ledger = entry(scope, TRANSFERS)
    sql = (
        f"SELECT CAST(recipient AS STRING) AS recipient, COUNT(*) AS n FROM {ledger.sql('recipient', 'payload')} s"
        f" WHERE {_of(scope, ledger, payload)} GROUP BY 1"
    )
    found = scope.source.query(sql).to_pylist()
    return pairs(
        "flow", [(payload.table, row["recipient"], row["n"]) for row in found if row["recipient"] in registered]
    )


def strays(scope: Scope, payload: Contract, link: str) -> tuple[TransferProblem, ...]:
    """Rows of a payload without a transfer of it; `link` is the column that names the transfer.

    None where a transfer cannot be told by its key and payload, as it may be theirs.
    """
    if misfitting(scope, Need(TRANSFERS, ("payload",))) is Reason.MISTYPED:
        return ()
    sql = _STRAYS.format(
        payload=f"(SELECT {row_key(payload)}, {quote(link)} AS transfer FROM {quote(payload.table)})",
        # Not its time: a transfer at an unreadable time is one.
        transfers=entry(scope, TRANSFERS).sql("payload"),
        same=same_transfer(scope, payload.table, link),
        named=_of(scope, entry(scope, TRANSFERS), payload),
    )
    return _findings(scope.source.query(sql), payload)


def _of(scope: Scope, ledger: Registered, payload: Contract) -> str:
    """SQL that is true for a transfer of a payload."""
    names = written_as(scope, ledger, "payload", payload)
    return f"CAST(payload AS STRING) IN ({', '.join(map(literal, names)) or 'NULL'})"


def day_after(day: str) -> str:
    """The day after `day`; far in the future if there is no end."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat() if day else "9999-12-31"


def same_transfer(scope: Scope, payload: str, link: str) -> str:
    """SQL that is true where a row `p` names a transfer `t`: as the type of both, else as text."""
    schemas, ledger = scope.source.schemas(), entry(scope, TRANSFERS)
    kinds = (schemas[ledger.table].field(ledger.contract.primary_key).type, schemas[payload].field(link).type)
    if kinds[0] == kinds[1]:
        return "t.row_key = p.transfer"
    return "CAST(t.row_key AS STRING) = CAST(p.transfer AS STRING)"


def _findings(found: pa.Table, contract: Contract) -> tuple[TransferProblem, ...]:
    return tuple(map(TransferProblem, row_keys(found, contract), found.column("problem").to_pylist()))


def link_of(contract: Contract, policy: Policy) -> str:
    """The column of a payload that names its transfer: the one that references it, else the one called like its key.

    "" where that is the payload's own key, which names its row.
    """
    ledger = policy.tables.get(policy.register.transfers)
    key = ledger.primary_key if ledger else ""
    named = f"{policy.register.transfers}.{key}"
    own = "" if key in contract.key else key
    return next((column.name for column in contract.columns if column.references == named), own)
