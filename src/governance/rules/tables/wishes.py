"""Checks messages against the wishes of their addresses: no offer after unsubscribing, until a new subscription."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from governance.planning.checks import Check
from governance.results import Evidence, Reason
from governance.rules.kernel import EngineKernel, evidence, part_of
from governance.rules.part import Part
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
)
from governance.sources.database import literal

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
FROM {subscriptions} s WHERE COALESCE(LOWER({topic}), '') NOT IN ({others})
"""
# A notice from a template of offers is judged as an offer.
_SQL = """
WITH message AS (
         SELECT row_key, LOWER({address}) AS address, LOWER(COALESCE({channel}, '')) AS channel,
                COALESCE(LOWER({purpose}), '') AS purpose, {template} AS template, {at} AS event_time
         FROM {messages} s
     ),
     named AS (
         SELECT m.*, CASE WHEN {is_offer} THEN 1 ELSE 0 END AS offer, CASE WHEN {is_notice} THEN 1 ELSE 0 END AS notice
         FROM message m
     ),
     advertising AS (SELECT DISTINCT template FROM named WHERE offer = 1 AND template IS NOT NULL),
     judged AS (
         SELECT n.*, CASE WHEN n.offer = 1 OR a.template IS NOT NULL THEN 1 ELSE 0 END AS offers
         FROM named n LEFT JOIN advertising a ON a.template = n.template
     ),
     wish AS ({wishes}),
     sent AS (SELECT DISTINCT address, channel, event_time FROM judged WHERE offers = 1),
     standing AS (
         SELECT s.address, s.channel, s.event_time,
                MAX(CASE WHEN w.leaves = 1 AND w.event_time <= s.event_time - INTERVAL '{grace}' DAY
                         THEN w.event_time END) AS left_at,
                MAX(CASE WHEN w.leaves = 0 AND w.channel = s.channel AND w.event_time <= s.event_time
                         THEN w.event_time END) AS joined_at
         FROM sent s
         JOIN wish w ON w.address = s.address AND (w.channel = s.channel OR w.channel = '' OR s.channel = '')
         GROUP BY s.address, s.channel, s.event_time
     ),
     refused AS (
         SELECT * FROM standing WHERE left_at IS NOT NULL AND (joined_at IS NULL OR joined_at <= left_at)
     )
SELECT j.row_key,
       CASE WHEN j.offer = 0 AND j.notice = 0 AND j.offers = 0 THEN 'gap_unknown_purpose'
            WHEN j.offers = 1 AND j.address IS NULL THEN 'gap_unknown_address'
            WHEN j.event_time IS NULL THEN 'gap_undated'
            WHEN j.offer = 1 THEN 'offer_after_unsubscribing'
            ELSE 'offer_as_notice' END AS problem
FROM judged j
LEFT JOIN refused r ON r.address = j.address AND r.channel = j.channel AND r.event_time = j.event_time
WHERE (j.offer = 0 AND j.notice = 0 AND j.offers = 0) OR (j.offers = 1 AND (j.address IS NULL OR j.event_time IS NULL))
   OR r.address IS NOT NULL
"""
_COUNTS = """
SELECT COUNT(*) AS events, COUNT(DISTINCT CASE WHEN leaves = 1 THEN address END) AS unsubscribed,
       SUM(CASE WHEN address IS NULL OR event_time IS NULL OR leaves IS NULL THEN 1 ELSE 0 END) AS incomplete
FROM ({wishes}) w
"""
_OFFERS = "SELECT COUNT(*) AS offers FROM {messages} s WHERE {is_offer}"


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
        needs = (
            Need(_MESSAGES, _MESSAGE, times=("event_time",), table=contract.table),
            Need(_WISHES, _WISH, times=("event_time",), whole=True, words={"action": "unsubscribe"}),
        )
        reason, judged = ready(scope, *needs)
        if judged and not _comparable(scope, contract.table):
            lacks = (f"{contract.table}: tokenOf a column of people, as in {scope.policy.register.subscriptions}",)
            return Evidence(0, lacks=lacks, unproven=Reason.NOT_DECLARED)
        if not judged:
            return Evidence(0, lacks=lacking(scope, *needs), unproven=reason)
        wishes = entry(scope, _WISHES)
        names = {
            "messages": entry(scope, _MESSAGES, contract.table).sql(*_MESSAGE, "event_time"),
            "is_offer": below("purpose", self.offers),
            # What nobody knows may be an offer by the name of a notice.
            "is_notice": among("purpose", covered(scope.policy.uses, self.notices)),
            "wishes": self._wishes(wishes),
        }
        query = scope.source.query
        (counts,) = query(_COUNTS.format_map(names)).to_pylist()
        raw_offer = below(f"COALESCE(LOWER({text('purpose')}), '')", self.offers)
        (sent,) = query(_OFFERS.format(messages=names["messages"], is_offer=raw_offer)).to_pylist()
        sql = _SQL.format(
            **{name: text(name) for name in ("channel", "purpose", "template")},
            address=text("address_token"),
            at=moment("event_time"),
            grace=self.grace_days,
            **names,
        )
        found = query(sql)
        pairs = zip(row_keys(found, contract), found.column("problem").to_pylist(), strict=True)
        if reason is None and not scope.source.rows(wishes.table) and not wishes.contract.allow_empty:
            reason = Reason.NO_ROWS
        return evidence(
            self.check,
            scope,
            part_of(self.check, scope, part.rows, pairs),
            facts=(("offers", sent["offers"]), ("unsubscribed", counts["unsubscribed"])),
            unproven=reason or (Reason.INCOMPLETE if counts["incomplete"] else None),
        )

    def _wishes(self, own: Registered) -> str:
        others = [literal(topic.casefold()) for topic in self.other_topics]
        return _WISHES_SQL.format(
            **{name: text(name) for name in ("channel", "action", "topic")},
            address=text("address_token"),
            at=moment("event_time"),
            subscriptions=own.sql(*_WISH, "event_time"),
            # SQL has no empty lists.
            others=", ".join(others) or "'(none)'",
        )


def _comparable(scope: Scope, messages: str) -> bool:
    """Whether the tokens of messages and of wishes stand for the same column of people."""
    sides = (entry(scope, _MESSAGES, messages), entry(scope, _WISHES))
    columns = [side.contract.column(side.column("address_token")) for side in sides]
    tokens = [set(column.token_of) if column else set() for column in columns]
    return bool(tokens[0] & tokens[1])
