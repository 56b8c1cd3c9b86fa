"""Kind `opted_out`: nobody gets an offer after unsubscribing, until they subscribe again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa

from governance.planning.checks import Check
from governance.policy import Where
from governance.policy.strict_yaml import Node, Problems
from governance.results import Evidence, Reason
from governance.rules.base import Scope, Tally
from governance.rules.kinds.kind import Kind, Places
from governance.rules.tables.relational import below, lacking, literal, moment, row_key, row_keys, text, unproven

MESSAGE_COLUMNS = ("address_token", "channel", "purpose", "template", "sent_at")
WISH_COLUMNS = ("address_token", "channel", "topic", "action", "occurred_at")

# An address is a keyed token, so that a wish outlives the account that it came from: erased and registered anew, the
# address is still unsubscribed. An action that isn't `subscribe` unsubscribes, and a wish that names no channel speaks
# of all. Of two wishes in the same moment, unsubscribing counts.
_WISHES = """
SELECT LOWER({address}) AS address, LOWER(COALESCE({channel}, '')) AS channel,
       CASE WHEN LOWER({action}) = 'subscribe' THEN 0 ELSE 1 END AS leaves, {at} AS occurred_at
FROM "{subscriptions}" WHERE COALESCE(LOWER({topic}), '') NOT IN ({others})
"""
# A notice that is written from a template of offers is judged as the offer that it is.
_SQL = """
WITH message AS (
         SELECT {key}, LOWER({address}) AS address, LOWER(COALESCE({channel}, '')) AS channel,
                COALESCE(LOWER({purpose}), '') AS purpose, {template} AS template, {at} AS sent_at
         FROM "{messages}"
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
     sent AS (SELECT DISTINCT address, channel, sent_at FROM judged WHERE offers = 1),
     standing AS (
         SELECT s.address, s.channel, s.sent_at,
                MAX(CASE WHEN w.leaves = 1 AND w.occurred_at <= s.sent_at - INTERVAL '{grace}' DAY
                         THEN w.occurred_at END) AS left_at,
                MAX(CASE WHEN w.leaves = 0 AND w.channel = s.channel AND w.occurred_at <= s.sent_at
                         THEN w.occurred_at END) AS joined_at
         FROM sent s
         JOIN wish w ON w.address = s.address AND (w.channel = s.channel OR w.channel = '' OR s.channel = '')
         GROUP BY s.address, s.channel, s.sent_at
     ),
     refused AS (
         SELECT * FROM standing WHERE left_at IS NOT NULL AND (joined_at IS NULL OR joined_at <= left_at)
     )
SELECT j.row_key,
       CASE WHEN j.offer = 0 AND j.notice = 0 AND j.offers = 0 THEN 'gap_unknown_purpose'
            WHEN j.offers = 1 AND j.address IS NULL THEN 'gap_unknown_address'
            WHEN j.sent_at IS NULL THEN 'gap_undated'
            WHEN j.offer = 1 THEN 'offer_after_unsubscribing'
            ELSE 'offer_as_notice' END AS problem
FROM judged j
LEFT JOIN refused r ON r.address = j.address AND r.channel = j.channel AND r.sent_at = j.sent_at
WHERE (j.offer = 0 AND j.notice = 0 AND j.offers = 0) OR (j.offers = 1 AND (j.address IS NULL OR j.sent_at IS NULL))
   OR r.address IS NOT NULL
"""
_COUNTS = """
SELECT COUNT(*) AS events, COUNT(DISTINCT CASE WHEN leaves = 1 THEN address END) AS unsubscribed,
       SUM(CASE WHEN address IS NULL OR occurred_at IS NULL THEN 1 ELSE 0 END) AS incomplete
FROM ({wishes}) w
"""
_OFFERS = 'SELECT COUNT(*) AS offers FROM "{messages}" WHERE {is_offer}'


@dataclass(frozen=True, slots=True)
class OptedOut:
    """`offers` and `notices` are the fideslang data uses that tell them apart, with all that lies below them.

    An offer may still arrive `grace_days` after unsubscribing. Wishes about `other_topics` don't concern offers.
    """

    subscriptions: str = "subscriptions"
    offers: tuple[str, ...] = ("marketing",)
    notices: tuple[str, ...] = ("essential",)
    grace_days: int = 0
    other_topics: tuple[str, ...] = ()
    kind: ClassVar[str] = "opted_out"

    def watch(self, check: Check, schema: pa.Schema, scope: Scope) -> _Messages:  # noqa: ARG002  the protocol's names
        return _Messages(self, check, scope)


@dataclass(frozen=True, slots=True)
class _Messages:
    rule: OptedOut
    check: Check
    scope: Scope
    columns: Sequence[str] = ()

    def see(self, batch: pa.RecordBatch, keys: pa.Array | None) -> None:
        """Messages are joined with the wishes at the end."""

    def evidence(self, rows: int) -> Evidence:
        contract = self.check.contract
        if contract is None:
            return Evidence(0, unproven=Reason.MISSING_TABLE)
        rule, messages = self.rule, contract.table
        needs = {messages: MESSAGE_COLUMNS, rule.subscriptions: WISH_COLUMNS}
        reason = unproven(
            self.scope,
            needs,
            {messages: ("sent_at",), rule.subscriptions: ("occurred_at",)},
        )
        if reason is not None and reason is not Reason.IN_THE_FUTURE:
            return Evidence(0, lacks=lacking(self.scope, needs), unproven=reason)
        names = {
            "messages": messages,
            "is_offer": below("purpose", rule.offers),
            "is_notice": below("purpose", rule.notices),
            "wishes": self._wishes(),
        }
        query = self.scope.source.query
        (counts,) = query(_COUNTS.format_map(names)).to_pylist()
        raw_offer = below(f"COALESCE(LOWER({text('purpose')}), '')", rule.offers)
        (sent,) = query(_OFFERS.format(messages=messages, is_offer=raw_offer)).to_pylist()
        sql = _SQL.format(
            key=row_key(contract),
            **{name: text(name) for name in ("channel", "purpose", "template")},
            address=text("address_token"),
            at=moment("sent_at"),
            grace=rule.grace_days,
            **names,
        )
        found = query(sql)
        tally = Tally()
        for key, problem in zip(row_keys(found, contract), found.column("problem").to_pylist(), strict=True):
            tally.problems[problem] += 1
            tally.name(key, problem)
        wishes = self.scope.policy.tables[rule.subscriptions]
        if reason is None and not self.scope.source.rows(wishes.table) and not wishes.allow_empty:
            reason = Reason.NO_ROWS
        return Evidence(
            examined=rows,
            violations=tally.violations,
            problems=tally.counts(),
            facts=(("offers", sent["offers"]), ("unsubscribed", counts["unsubscribed"])),
            rows=tally.references(contract, self.scope.keys),
            unproven=reason or (Reason.INCOMPLETE if counts["incomplete"] else None),
        )

    def _wishes(self) -> str:
        others = [literal(topic.casefold()) for topic in self.rule.other_topics]
        return _WISHES.format(
            **{name: text(name) for name in ("channel", "action", "topic")},
            address=text("address_token"),
            at=moment("occurred_at"),
            subscriptions=self.rule.subscriptions,
            # Nothing is nowhere: a list without members is no SQL.
            others=", ".join(others) or "'(none)'",
        )


def read(node: Node | None, where: Where, problems: Problems) -> OptedOut:
    """The parameters of an `opted_out` rule, all optional."""
    rule = OptedOut()
    if node is None:
        return rule
    fields = problems.fields(node, [], ["subscriptions", "offers", "notices", "grace_days", "other_topics"])
    if where.columns or not where.tables:
        problems.add(node, "a rule about the tables of messages, without `columns`")
    table = problems.text(fields.get("subscriptions"), default=rule.subscriptions)
    if not table.isidentifier():
        problems.add(fields["subscriptions"], "the name of a table")
    return OptedOut(
        table,
        problems.texts(fields.get("offers")) or rule.offers,
        problems.texts(fields.get("notices")) or rule.notices,
        problems.integer(fields.get("grace_days"), default=0, least=0),
        problems.texts(fields.get("other_topics")),
    )


KIND = Kind(
    parameters=OptedOut,
    kernel=OptedOut.watch,
    places=Places.NAMED_TABLES,
    expectation="ExpectOffersToRespectUnsubscribing",
    read=read,
    problems=(
        "gap_unknown_purpose",
        "gap_unknown_address",
        "gap_undated",
        "offer_after_unsubscribing",
        "offer_as_notice",
    ),
    facts=("offers", "unsubscribed"),
    besides=lambda rule, _: (rule.subscriptions,),
)
