"""The demo world: a month in which a few realistic things went wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from math import sqrt

import pyarrow as pa

from governance.planning.checks import Plan
from governance.synthetic.additions import Additions
from governance.synthetic.company.world import World
from governance.synthetic.planting.broken_contracts import record_broken
from governance.synthetic.planting.cells import plant_value
from governance.synthetic.planting.company import hire, new_row, row_with
from governance.synthetic.planting.everything import planters
from governance.synthetic.planting.forms import in_base64, sentence
from governance.synthetic.planting.kinds.authorised import plant_read, purpose_of_others
from governance.synthetic.planting.kinds.encrypted import spoil
from governance.synthetic.planting.kinds.erased import in_review
from governance.synthetic.planting.kinds.minimal import after_the_end, former
from governance.synthetic.planting.kinds.opted_out import after_unsubscribing
from governance.synthetic.planting.kinds.protected_transport import expose
from governance.synthetic.planting.planter import Planter
from governance.synthetic.planting.values import VALUES

# Spellings of card numbers in messages to the support desk, the most usual first.
_USUAL = ("card: bare", "card: Persian digits", "card: 4-4-4-4 with spaces", "card: zero-width non-joiners")
_EMPLOYED, _DAY = timedelta(days=400), timedelta(days=1)
_SINCE_LEAVING = 0.4  # of the period
_SEGMENTS = ("novel", "history", "children", None)


def plant_demo(plan: Plan, world: World) -> Additions:
    """Support notes with card numbers, an import that only encoded, two people who read too much, one new column.

    Also an unprotected transfer, a transfer to a former partner, offers after an unsubscribe, a late request, and a
    number left over from an erased person.
    """
    planter = Planter(world, plan, planters(plan))
    demo = world.recipe.demo
    grown = sqrt(world.users / world.recipe.rows)
    counts = {name: max(1, round(count * grown)) for name, count in demo.counts.items()}
    _write(planter, "transactions", "note", _USUAL, counts["cards_in_notes"])
    _write(planter, "transactions", "note", ("CVV2: labelled",), counts["codes_in_notes"])
    _write(planter, "reviews", "body", ("sheba: plain",), counts["shebas_in_reviews"])
    for _ in range(counts["emails_only_encoded"]):
        row = row_with(planter, "users", "email")
        spoil(planter, "base64", "users", "email", row=row, value=in_base64(planter.opened("users", "email", row)))
    _read_after_leaving(planter, counts["reads_after_leaving"])
    _read_without_role(planter, demo.curious_role, counts["reads_without_role"])
    planter.add_column("undeclared column: text", "users", demo.undeclared_column, pa.string(), _SEGMENTS)
    tables = plan.policy.tables
    if "transfers" in tables:
        _repeat(counts["transfers_by_ftp"], partial(expose, planter, "FTP", "FTP"))
        for agreement in former(plan, world)[:1]:
            _repeat(counts["transfers_after_agreement"], partial(after_the_end, planter, agreement))
    if {"messages", "subscriptions"} <= tables.keys():
        form = "offer after unsubscribing"
        _repeat(counts["offers_after_unsubscribing"], partial(after_unsubscribing, planter, form, _DAY * 3))
    if "subject_requests" in tables:
        _repeat(counts["late_answers"], partial(_answer_late, planter))
        _repeat(counts["erased_in_reviews"], partial(in_review, planter))
    record_broken(planter, "broken contract", {})
    return planter.additions


def _repeat(times: int, step: Callable[[], None]) -> None:
    for _ in range(times):
        step()


def _answer_late(planter: Planter) -> None:
    """An objection that was answered after the deadline."""
    row = new_row(planter, "subject_requests")
    received = planter.world.recipe.as_of - _DAY * 29
    answered = received + _DAY * 26
    row.update(received_at=received, answered_at=answered, fulfilled_at=answered + _DAY, outcome="fulfilled")
    fires = planter.fires.of_table("fulfilled", "subject_requests", right="any")
    planter.record("answered too late", "subject_requests", "", planter.key("subject_requests", row), fires)


def _write(planter: Planter, table: str, column: str, names: tuple[str, ...], count: int) -> None:
    forms = {form.name: form for values in VALUES.values() for form in values.forms}
    for number in range(count):
        form = forms[names[number % len(names)]]
        plant_value(planter, form, sentence(planter).format(form.write(planter)), (table, column))


def _read_after_leaving(planter: Planter, count: int) -> None:
    """A person whose grant ended early in the period, but whose account did not."""
    roles = planter.plan.policy.readers("users", "mobile")
    if not roles:
        return
    recipe = planter.world.recipe
    left = recipe.as_of - (recipe.as_of - recipe.period_from) * _SINCE_LEAVING
    actor = hire(planter, roles[0], left - _EMPLOYED, left)
    for _ in range(count):
        event = new_row(planter, "access_events")
        if event["occurred_at"] < left:
            event["occurred_at"] = left + (recipe.as_of - left) * float(planter.rng.random())
        plant_read(planter, "grant expired", "users", "mobile", actor, row=event)


def _read_without_role(planter: Planter, role: str, count: int) -> None:
    if role in planter.plan.policy.readers("users", "name"):
        return
    as_of = planter.world.recipe.as_of
    actor = hire(planter, role, as_of - _EMPLOYED, as_of + _EMPLOYED)
    for _ in range(count):
        plant_read(planter, "role not entitled", "users", "name", actor, purpose=purpose_of_others(planter, role))
