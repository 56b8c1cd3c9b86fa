"""Checks offers against the wishes of the people whom they reach: none after unsubscribing or objecting.

Offers are messages that no register knows as notices, and rows of payloads that were sent for marketing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from governance.planning.checks import Check
from governance.results import Evidence, Reason
from governance.rules.kernel import EngineKernel, counted, evidence
from governance.rules.part import Part
from governance.rules.people.addresses import Addresses
from governance.rules.people.handed_over import Side, handed_over
from governance.rules.people.notice_subjects import strange
from governance.rules.references import Namer
from governance.rules.registered import Registered
from governance.rules.scope import Scope
from governance.rules.tables.relational import (
    Need,
    among,
    below,
    covered,
    entry,
    lacking,
    moment,
    ready,
    row_keys,
    text,
    values,
)

_MESSAGES, _WISHES = "messages", "subscriptions"
_MESSAGE = ("address_token", "channel", "purpose", "template")
_WISH = ("address_token", "channel", "topic", "action")

# An address is a keyed token, so that a wish outlives its account: after erasure and a new registration, the address is
# still unsubscribed. A wish without a channel concerns all channels. Of two wishes at the same moment, unsubscribing
# counts. A word that nobody knows accuses nobody, and proves nothing.
_WISHES_SQL = """
SELECT LOWER({address}) AS address, LOWER(COALESCE({channel}, '')) AS channel,
       CASE WHEN {action} = 'unsubscribe' THEN 1 WHEN {action} IS NULL THEN NULL ELSE 0 END AS leaves,
       {at} AS event_time
FROM {subscriptions} s WHERE NOT {is_other}
"""
# What no register knows is an offer; `code` is its problem where it was not wanted. On a channel that nobody knows, any
# wish counts.
_MESSAGES_SQL = """
SELECT m.row_key, m.address, CASE WHEN {known} THEN m.channel ELSE '' END AS channel, m.event_time,
       CASE WHEN {is_offer} THEN 'offer_after_unsubscribing'
            WHEN {is_notice} AND NOT {known} THEN 'unknown_channel'
            WHEN {is_notice} AND ({strange} OR x.template IS NOT NULL) THEN 'offer_as_notice'
            WHEN {is_notice} THEN NULL
            ELSE 'gap_unknown_purpose' END AS code
FROM (
    SELECT row_key, LOWER({address}) AS address, LOWER(COALESCE({channel}, '')) AS channel,
           COALESCE(LOWER({purpose}), '') AS purpose, COALESCE(LOWER({template}), '') AS template,
           COALESCE({subject}, '') AS subject, {at} AS event_time
    FROM {messages} s
) m LEFT JOIN ({subjects}) x ON x.template = m.template AND x.subject = m.subject
"""
_SUBJECTS_SQL = """
SELECT LOWER({template}) AS template, {subject} AS subject FROM (SELECT DISTINCT template, subject FROM {messages} m) s
WHERE {template} IS NOT NULL AND {subject} IS NOT NULL
"""
_SQL = """
WITH judged AS ({judged}),
     wish AS ({wishes}),{addresses},
     reached AS (
         SELECT w.*, CASE WHEN m.since > w.event_time AND m.left_at >= w.event_time
                          THEN GREATEST(m.since, m.left_at) END AS until
         FROM wish w LEFT JOIN moved m ON m.address = w.address
         UNION ALL
         SELECT other.address, w.channel, w.leaves, w.event_time, other.until
         FROM wish w
         JOIN owned own ON own.address = w.address AND (own.since IS NULL OR own.since <= w.event_time)
           AND (own.until IS NULL OR w.event_time <= own.until)
         JOIN owned other ON other.person = own.person AND other.address <> w.address
     ),
     sent AS (SELECT DISTINCT address, channel, event_time FROM judged WHERE code IS NOT NULL),
     wished AS (
         SELECT s.address, s.channel, s.event_time,
                MAX(CASE WHEN w.leaves = 1 AND w.event_time <= s.event_time - INTERVAL '{grace}' DAY
                         THEN w.event_time END) AS left_at,
                MAX(CASE WHEN w.leaves = 0 AND w.channel IN (s.channel, '') AND w.event_time <= s.event_time
                         THEN w.event_time END) AS joined_at
         FROM sent s
         JOIN reached w ON w.address = s.address AND (w.channel IN (s.channel, '') OR s.channel = '')
           AND (w.until IS NULL OR s.event_time <= w.until)
         GROUP BY s.address, s.channel, s.event_time
     ),
     objected AS (
         SELECT s.address, s.channel, s.event_time, MAX(o.happened) AS happened
         FROM sent s
         JOIN objection o ON o.address = s.address AND o.happened <= s.event_time
           AND (o.until IS NULL OR s.event_time <= o.until)
         GROUP BY s.address, s.channel, s.event_time
     ),
     answered AS (
         SELECT j.*, w.left_at IS NOT NULL AND (w.joined_at IS NULL OR w.joined_at <= w.left_at) AS unwanted,
                o.happened IS NOT NULL AND (w.joined_at IS NULL OR w.joined_at <= o.happened) AS objected
         FROM judged j
         LEFT JOIN wished w ON w.address = j.address AND w.channel = j.channel AND w.event_time = j.event_time
         LEFT JOIN objected o ON o.address = j.address AND o.channel = j.channel AND o.event_time = j.event_time
     )
SELECT row_key, CASE WHEN code = 'gap_unknown_purpose' THEN code
                     WHEN address IS NULL THEN 'gap_unknown_address'
                     WHEN event_time IS NULL THEN 'gap_undated'
                     WHEN unwanted THEN code
                     ELSE 'offer_after_objecting' END AS problem
FROM answered
WHERE code IS NOT NULL
  AND (code = 'gap_unknown_purpose' OR address IS NULL OR event_time IS NULL OR unwanted OR objected)
"""
_COUNTS = """
SELECT COUNT(DISTINCT CASE WHEN leaves = 1 THEN address END) AS unsubscribed,
       SUM(CASE WHEN address IS NULL OR event_time IS NULL OR leaves IS NULL THEN 1 ELSE 0 END) AS incomplete
FROM ({wishes}) w
"""
_OFFERS = "SELECT COUNT(*) AS n FROM ({judged}) j WHERE code <> 'gap_unknown_purpose'"


@dataclass(frozen=True, slots=True)
class Messages(EngineKernel):
    """A check on a table of messages; the fields are the parameters of the kind `opted_out`."""

    check: Check
    offers: Sequence[str]
    notices: Sequence[str]
    grace_days: int
    other_topics: Sequence[str]

    def finish(self, part: Part, scope: Scope) -> Evidence:
        contract = self.check.contract
        if contract is None:
            return Evidence(0, unproven=Reason.MISSING_TABLE)
        roles = (*_MESSAGE, *(["subject"] if contract.role("subject") else []))
        needs = (
            Need(_MESSAGES, roles, times=("event_time",), table=contract.table),
            Need(_WISHES, _WISH, times=("event_time",), whole=True, words={"action": "unsubscribe"}),
        )
        reason, judged = ready(scope, *needs)
        targets = _comparable(scope, contract.table) if judged else frozenset()
        if judged and not targets:
            lacks = (f"{contract.table}: tokenOf a column of people, as in {scope.policy.register.subscriptions}",)
            return Evidence(0, lacks=lacks, unproven=Reason.NOT_DECLARED)
        if not judged:
            return Evidence(0, lacks=lacking(scope, *needs), unproven=reason)
        own, wishes = entry(scope, _MESSAGES, contract.table), entry(scope, _WISHES)
        told, addresses = self._wishes(wishes), Addresses.of(scope, targets)
        handed, unknown = handed_over(scope, self.offers), _undeclared(scope, own)
        sides = [Side(own, self._messages(scope, own)), *handed.sides]
        offers = [scope.source.query(_OFFERS.format(judged=side.sql)).column(0)[0].as_py() for side in sides]
        # Of the messages every row is examined, of the payloads those that are offers.
        found = Part(rows=part.rows + sum(offers[1:]))
        for side in sides:
            sql = _SQL.format(judged=side.sql, wishes=told, addresses=addresses.sql, grace=self.grace_days)
            rows = scope.source.query(sql)
            keys = row_keys(rows, side.own.contract)
            pairs = list(zip(keys, rows.column("problem").to_pylist(), strict=True))
            found = found.merge(counted(0, pairs, Namer(side.own.table, scope.keys, scope.spill)))
        (counts,) = scope.source.query(_COUNTS.format(wishes=told)).to_pylist()
        return evidence(
            self.check,
            scope,
            found,
            facts=(
                ("offers", sum(offers)),
                ("unsubscribed", counts["unsubscribed"]),
                ("objected", addresses.objections),
            ),
            lacks=(*unknown, *addresses.lacks, *handed.lacks),
            unproven=reason
            or (Reason.NO_ROWS if not scope.source.rows(wishes.table) and not wishes.contract.allow_empty else None)
            or (Reason.NOT_DECLARED if unknown else None)
            or addresses.unproven
            or handed.unproven
            or (Reason.INCOMPLETE if counts["incomplete"] else None),
        )

    def _messages(self, scope: Scope, own: Registered) -> str:
        """The messages with what makes each an offer."""
        recognised = scope.policy.recognised
        templates = [notice.template for notice in recognised.notices]
        names = {name: _cell(name) for name in ("channel", "purpose", "template", "subject")}
        messages = own.sql(*_MESSAGE, "event_time", "subject")
        pairs = scope.source.query(_SUBJECTS_SQL.format(messages=messages, **_texts("template", "subject"))).to_pylist()
        written = ((row["template"], row["subject"]) for row in pairs)
        return _MESSAGES_SQL.format(
            **names,
            address=_cell("address_token"),
            at=moment("event_time"),
            messages=messages,
            subjects=values(("template", "subject"), list(strange(written, recognised.notices))),
            is_offer=below("purpose", self.offers),
            # What nobody knows may be an offer by the name of a notice.
            is_notice=among("purpose", covered(scope.policy.uses, self.notices)),
            known=_is_one_of("m.channel", recognised.channels) if recognised.channels else "m.channel <> ''",
            strange=f"NOT {_is_one_of('m.template', templates)}" if templates else "FALSE",
        )

    def _wishes(self, own: Registered) -> str:
        return _WISHES_SQL.format(
            **_texts("channel", "action"),
            address=_cell("address_token"),
            at=moment("event_time"),
            subscriptions=own.sql(*_WISH, "event_time"),
            is_other=_is_one_of(f"COALESCE(LOWER({text('topic')}), '')", self.other_topics),
        )


def _undeclared(scope: Scope, own: Registered) -> tuple[str, ...]:
    """The registers without which no message is known as a notice."""
    recognised = scope.policy.recognised
    found = [f"recognised.{name}" for name in ("notices", "channels") if not getattr(recognised, name)]
    if "subject" not in own.columns:
        return (*found, f"{own.table}: columnRole subject")
    bare = [notice.template for notice in recognised.notices if not notice.subjects]
    return (*found, *(f"recognised.notices: subjects of {template}" for template in bare))


def _is_one_of(name: str, words: Iterable[str]) -> str:
    """SQL that is true where a cell in small letters is one of these words."""
    return among(name, map(str.casefold, words))


def _cell(name: str) -> str:
    """A cell without the blanks around it, where it is compared with known words only: cheaper than `text`."""
    return f"NULLIF(TRIM(CAST({name} AS STRING)), '')"


def _texts(*names: str) -> dict[str, str]:
    return {name: text(name) for name in names}


def _comparable(scope: Scope, messages: str) -> frozenset[str]:
    """The columns of people for which the tokens both of messages and of wishes stand."""
    sides = (entry(scope, _MESSAGES, messages), entry(scope, _WISHES))
    columns = [side.contract.column(side.column("address_token")) for side in sides]
    tokens = [frozenset(column.token_of) if column else frozenset() for column in columns]
    return tokens[0] & tokens[1]
