"""Checks the ledger of transfers against the agreements: recipient, payload, agreement, time and purpose."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa

from governance.policy import Contract
from governance.results import Reason
from governance.rules.labelled_counts import Facts, pairs
from governance.rules.scope import Scope
from governance.rules.tables.relational import covered, lacking, literal, row_key, row_keys, spelled, unproven, values

COLUMNS = ("recipient", "payload", "purpose", "sent_at")

# An agreement is in force from the start of its first day to the end of its last, in UTC. A transfer counts once, under
# its first problem.
_SQL = """
WITH agreed AS ({agreed}),
     of_agreement AS ({of_agreement}),
     of_policy AS ({of_policy}),
     registered AS (SELECT DISTINCT recipient, LOWER(recipient) AS folded FROM agreed),
     transfer AS (
         SELECT {key}, CAST(recipient AS STRING) AS recipient, CAST(payload AS STRING) AS payload,
                CAST(purpose AS STRING) AS purpose, CAST(sent_at AS TIMESTAMP) AS sent_at
         FROM {transfers}
         WHERE {which}
     ),
     graded AS (
         SELECT t.*, CASE WHEN r.recipient IS NULL AND f.folded IS NOT NULL THEN 'recipient_in_other_letters'
                          WHEN r.recipient IS NULL THEN 'unregistered_recipient'
                          WHEN NULLIF(TRIM(t.purpose), '') IS NULL THEN 'gap_no_purpose'
                          WHEN p.purpose IS NULL THEN 'purpose_not_of_policy'
                          WHEN t.sent_at IS NULL THEN 'gap_undated' END AS plain
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
  AND EXISTS (SELECT 1 FROM agreed a WHERE {under} AND CAST(a.ends AS TIMESTAMP) <= t.sent_at)
UNION ALL
SELECT row_key, 'agreement_not_begun' FROM violation t
WHERE t.plain IS NULL AND EXISTS (SELECT 1 FROM agreed a WHERE {under})
  AND NOT EXISTS (SELECT 1 FROM agreed a WHERE {under} AND CAST(a.ends AS TIMESTAMP) <= t.sent_at)
  AND NOT EXISTS (SELECT 1 FROM agreed a WHERE {under} AND {in_force})
UNION ALL
SELECT row_key, 'purpose_not_of_agreement' FROM violation t
WHERE t.plain IS NULL AND EXISTS (SELECT 1 FROM agreed a WHERE {under} AND {in_force})
"""
_UNDER = "a.recipient = t.recipient AND a.payload = t.payload"
_IN_FORCE = "CAST(a.starts AS TIMESTAMP) <= t.sent_at AND t.sent_at < CAST(a.ends AS TIMESTAMP)"

# Rows of a payload without a transfer.
_STRAYS = """
SELECT {key}, 'payload_without_transfer' AS problem FROM {payload} p
WHERE NOT EXISTS (SELECT 1 FROM {transfers} t WHERE {same})
UNION ALL
SELECT {key}, 'payload_of_other_transfer' AS problem FROM {payload} p
WHERE EXISTS (SELECT 1 FROM {transfers} t WHERE {same})
  AND NOT EXISTS (
      SELECT 1 FROM {transfers} t
      WHERE {same} AND CAST(t.payload AS STRING) = {name}
  )
"""


@dataclass(frozen=True, slots=True)
class TransferProblem:
    """A row, by its key as text if it has one, and its problem."""

    key: str | None
    problem: str


def why_unproven(scope: Scope, transfers: str) -> Reason | None:
    """Why the ledger of transfers proves nothing, if it doesn't."""
    reason = unproven(scope, {transfers: COLUMNS}, {transfers: ("sent_at",)})
    # Payloads name their transfer by its key.
    keyed = transfers in scope.policy.tables and scope.policy.tables[transfers].primary_key
    return reason if reason is not None or keyed else Reason.NO_ROW_KEY


def lacks(scope: Scope, transfers: str) -> tuple[str, ...]:
    """The missing columns of the ledger, or its missing table."""
    return lacking(scope, {transfers: COLUMNS})


def against_agreements(scope: Scope, transfers: str, payload: str) -> tuple[TransferProblem, ...]:
    """Transfers of one payload, by its physical name, that no agreement allows."""
    policy = scope.policy
    contract = policy.tables[transfers]
    named = {table.table: table.physical_name for table in policy.contracts}
    written = spelled(scope, transfers, "purpose")
    of_policy = covered(written, [purpose.use for purpose in policy.purposes])
    sql = _SQL.format(
        agreed=values(
            ("agreement", "recipient", "payload", "starts", "ends"),
            [
                (a.id, a.recipient, named.get(a.payload, a.payload), a.valid_from, day_after(a.valid_until))
                for a in policy.agreements
            ],
        ),
        of_agreement=values(
            ("agreement", "purpose"),
            [(a.id, use) for a in policy.agreements for use in covered(of_policy, a.purposes)],
        ),
        of_policy=values(("purpose",), [(use,) for use in of_policy]),
        key=row_key(contract),
        transfers=f'"{transfers}"',
        which=f"CAST(payload AS STRING) = {literal(payload)}",
        under=_UNDER,
        in_force=_IN_FORCE,
    )
    return _findings(scope.source.query(sql), contract)


def of_others(scope: Scope, transfers: str, payloads: Collection[str]) -> tuple[TransferProblem, ...]:
    """Transfers of anything but these payloads."""
    contract = scope.policy.tables[transfers]
    listed = ", ".join(map(literal, sorted(payloads))) or "''"
    sql = f"""
        SELECT {row_key(contract)}, 'unregistered_payload' AS problem FROM "{transfers}"
        WHERE COALESCE(CAST(payload AS STRING), '') NOT IN ({listed})
    """
    return _findings(scope.source.query(sql), contract)


def count(scope: Scope, transfers: str, payload: str) -> int:
    """The number of transfers of a payload."""
    where = f"CAST(payload AS STRING) = {literal(payload)}"
    return int(scope.source.query(f'SELECT COUNT(*) AS n FROM "{transfers}" WHERE {where}').column(0)[0].as_py())


def by_recipient(scope: Scope, transfers: str, payload: Contract) -> Facts:
    """The number of transfers of a payload by recipient; only recipients in an agreement are named."""
    registered = {agreement.recipient for agreement in scope.policy.agreements}
    where = f"CAST(payload AS STRING) = {literal(payload.physical_name)}"
    sql = f'SELECT CAST(recipient AS STRING) AS recipient, COUNT(*) AS n FROM "{transfers}" WHERE {where} GROUP BY 1'
    found = scope.source.query(sql).to_pylist()
    return pairs(
        "flow", [(payload.table, row["recipient"], row["n"]) for row in found if row["recipient"] in registered]
    )


def strays(scope: Scope, transfers: str, payload: Contract, link: str) -> tuple[TransferProblem, ...]:
    """Rows of a payload without a transfer of it; `link` is the column that names the transfer."""
    sql = _STRAYS.format(
        key=row_key(payload),
        payload=f'"{payload.table}"',
        transfers=f'"{transfers}"',
        same=_same(scope, transfers, payload.table, link),
        name=literal(payload.physical_name),
    )
    return _findings(scope.source.query(sql), payload)


def day_after(day: str) -> str:
    """The day after `day`; far in the future if there is no end."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat() if day else "9999-12-31"


def _same(scope: Scope, transfers: str, payload: str, link: str) -> str:
    """SQL that is true where a row names a transfer: by number, even in a column with nulls, else by text."""
    schemas, key = scope.source.schemas(), scope.policy.tables[transfers].primary_key
    kinds = (schemas[transfers].field(key).type, schemas[payload].field(link).type)
    if all(pa.types.is_integer(kind) or pa.types.is_floating(kind) for kind in kinds):
        return f't."{key}" = p."{link}"'
    return " = ".join(map(_whole, (f't."{key}"', f'p."{link}"')))


def _whole(column: str) -> str:
    """SQL of a number as text, without the `.0` that a column with nulls gets."""
    written = f"CAST({column} AS STRING)"
    return f"CASE WHEN {written} LIKE '%.0' THEN SUBSTR({written}, 1, LENGTH({written}) - 2) ELSE {written} END"


def _findings(found: pa.Table, contract: Contract) -> tuple[TransferProblem, ...]:
    return tuple(map(TransferProblem, row_keys(found, contract), found.column("problem").to_pylist()))
