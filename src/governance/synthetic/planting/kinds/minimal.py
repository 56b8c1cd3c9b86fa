"""Plants payloads and transfers that exceed their agreements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pyarrow as pa

from governance.planning.checks import Plan
from governance.policy import Agreement, Classification, Contract, Policy
from governance.synthetic.additions import ExtraColumn, Row
from governance.synthetic.company.shipping import PAYLOADS
from governance.synthetic.company.world import FIRST_KEY, World
from governance.synthetic.planting import company, undeclared
from governance.synthetic.planting.cells import plant_form
from governance.synthetic.planting.company import new_row
from governance.synthetic.planting.forms import Form
from governance.synthetic.planting.planter import KindPlanter, Planter, SpoiledCell, Violation
from governance.synthetic.planting.values import VALUES

_KIND = "minimal"
_NEEDLESS = "reader_group"
_TABLE = "transfers"
_SEGMENTS = ("novel", "history", None)
_TICK, _DAY = timedelta(microseconds=1), timedelta(days=1)


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Each form once on each payload where it can be."""
    yield Violation(_KIND, "column that was not agreed on", _add_column)
    for values in VALUES.values():
        for form in (values.messages or values.forms[:1]) if values.category and values.usual else ():
            yield Violation(_KIND, form.name, partial(_write, form=form))
    yield Violation(_KIND, "row without a transfer", partial(_stray, form="row without a transfer", number=10**9))
    yield Violation(
        _KIND, "row that names no transfer", partial(_stray, form="row that names no transfer", number=None)
    )
    yield Violation(_KIND, "row under another payload's transfer", _misfiled)
    yield Violation(_KIND, "row of another time than its transfer", _untimely)
    for name, (count, rows) in _COUNTS.items():
        yield Violation(_KIND, name, partial(_miscount, form=name, count=count, rows=rows))
    yield Violation(_KIND, "purpose of another agreement", _other_purpose)
    yield Violation(_KIND, "payload of another recipient", _other_recipient)
    yield Violation(_KIND, "before the agreement began", _too_early)
    if former(plan, world):
        yield Violation(_KIND, "after the agreement ended", _too_late)
    yield Violation(_KIND, "transfer without a time", _undated)
    yield Violation(_KIND, "transfer of what is no payload", _other_payload)
    yield Violation(_KIND, "payload that nobody agreed on", _other_table)
    agreed = {agreement.payload for agreement in plan.policy.agreements}
    for payload in [name for name in PAYLOADS if name in agreed & plan.policy.tables.keys()][:1]:
        without, beyond = partial(_without, payload=payload), partial(_beyond, payload=payload)
        yield Violation(_KIND, "payload without an agreement", partial(_unagreed, payload=payload), without)
        yield Violation(_KIND, "column that no purpose needs", partial(_needless, payload=payload), beyond)


def _add_column(planter: Planter) -> None:
    for payload in _payloads(planter):
        planter.add_column("undeclared column: text", payload, "customer_segment", pa.string(), _SEGMENTS)


def _write(planter: Planter, form: Form[Planter]) -> None:
    """In a free text, or in the name of a page if there is none."""
    for payload in _payloads(planter):
        plant_form(planter, form, planter, (payload, _free_text(planter.contracts[payload])), kind=_KIND)


def _free_text(contract: Contract) -> str:
    names = [column.name for column in contract.columns if column.logical_type == "string"]
    return next(name for name in ("body", "text", "description", "page", *names) if name in names)


def _stray(planter: Planter, form: str, number: int | None) -> None:
    for payload in _payloads(planter):
        row = new_row(planter, payload)
        company.unload(planter, row)
        row["transfer_id"] = number
        planter.record(form, payload, "transfer_id", planter.key(payload, row), _fires(planter, payload))


def _misfiled(planter: Planter) -> None:
    for turn, payload in enumerate(_payloads(planter)):
        row = new_row(planter, payload)
        company.unload(planter, row)
        row["transfer_id"] = company.transfer(planter, PAYLOADS[(turn + 1) % len(PAYLOADS)])["transfer_id"]
        form = "row under another payload's transfer"
        planter.record(form, payload, "transfer_id", planter.key(payload, row), _fires(planter, payload))


def _untimely(planter: Planter) -> None:
    for payload in _payloads(planter):
        row = new_row(planter, payload)
        row["sent_at"] -= 2 * _DAY
        form = "row of another time than its transfer"
        planter.record(form, payload, "sent_at", planter.key(payload, row), _fires(planter, payload))


# By form, how many rows the ledger tells of, and how many the payload has.
_COUNTS = {
    "more rows than the ledger tells of": (2, 3),
    "fewer rows than the ledger tells of": (2, 1),
    "rows in the ledger only": (2, 0),
    "row of which the ledger tells nothing": (0, 1),
    "transfer without a count": (None, 1),
}


def _miscount(planter: Planter, form: str, count: int | None, rows: int) -> None:
    for payload in _payloads(planter):
        carrier = company.transfer(planter, payload)
        for _ in range(rows):
            planter.lone_row(payload).update(transfer_id=carrier["transfer_id"], sent_at=carrier["sent_at"])
        carrier["row_count"] = count
        _record(planter, form, carrier, _fires(planter, payload))


def _other_purpose(planter: Planter) -> None:
    """A purpose of the policy, and of no agreement."""
    for payload in _payloads(planter):
        row = company.transfer(planter, payload)
        row["purpose"] = "essential.service.operations.support"
        _record(planter, "purpose of another agreement", row, _fires(planter, payload))


def _other_recipient(planter: Planter) -> None:
    for turn, payload in enumerate(_payloads(planter)):
        row = company.transfer(planter, payload)
        row["recipient"] = planter.world.sharings[PAYLOADS[(turn + 1) % len(PAYLOADS)]].recipient
        _record(planter, "payload of another recipient", row, _fires(planter, payload))


def _too_early(planter: Planter) -> None:
    """In the last moment before the agreement."""
    for payload in _payloads(planter):
        row = company.transfer(planter, payload)
        own = [a for a in planter.plan.policy.agreements if (a.payload, a.recipient) == (payload, row["recipient"])]
        row["sent_at"] = min(_start(agreement.valid_from) for agreement in own) - _TICK
        _record(planter, "before the agreement began", row, _fires(planter, payload))


def _too_late(planter: Planter) -> None:
    """To a former processor: in the first moment after the last day, and now."""
    for agreement in former(planter.plan, planter.world):
        for sent_at in (_start(agreement.valid_until) + _DAY, None):
            after_the_end(planter, agreement, sent_at)


def after_the_end(planter: Planter, agreement: Agreement, sent_at: datetime | None = None) -> None:
    """One transfer under an agreement that had ended, at some moment of the period if no other is named."""
    row = company.transfer(planter, agreement.payload)
    row.update(recipient=agreement.recipient, purpose=agreement.purposes[0], sent_at=sent_at or row["sent_at"])
    _record(planter, "after the agreement ended", row, _fires(planter, agreement.payload))


def former(plan: Plan, world: World) -> tuple[Agreement, ...]:
    """The agreements that had ended before the world's time and whose recipients have no other."""
    return tuple(agreement for agreement in plan.policy.agreements if _is_former(agreement, plan, world))


def _is_former(agreement: Agreement, plan: Plan, world: World) -> bool:
    """Whether an agreement had ended before the world's time, and its recipient has no other."""
    others = [a for a in plan.policy.agreements if a.recipient == agreement.recipient and a is not agreement]
    return not others and _start(agreement.valid_until) + _DAY < world.recipe.period_from


def _undated(planter: Planter) -> None:
    for payload in _payloads(planter):
        row = company.transfer(planter, payload)
        row["sent_at"] = None
        _record(planter, "transfer without a time", row, _fires(planter, payload))


def _other_payload(planter: Planter) -> None:
    for name in ("shared_partner", "users", PAYLOADS[0].upper(), None):
        row = company.transfer(planter, PAYLOADS[0])
        row["payload"] = name
        _record(planter, "transfer of what is no payload", row, planter.fires.of_table(_KIND, "shared_partner"))


def _other_table(planter: Planter) -> None:
    """One is named like a payload, one references transfers."""
    counts = pa.array(planter.rng.integers(10, 400, 3))
    called = pa.table({"segment": ["رمان", "تاریخ", "کودک"], "size": counts})
    naming = pa.table({"transfer_id": pa.array([1, 2, 3]), "pages": counts})
    for name, rows in {"shared_partner": called, "partner_pages": naming}.items():
        undeclared.ensure_table(planter, name, rows)
        planter.record("payload that nobody agreed on", name, "", None, planter.fires.of_table(_KIND, name))


def _without(policy: Policy, payload: str) -> Policy:
    return replace(policy, agreements=tuple(known for known in policy.agreements if known.payload != payload))


def _unagreed(planter: Planter, payload: str) -> None:
    """The payload violates as a whole, and so does each of its transfers to an unregistered recipient."""
    form = "payload without an agreement"
    planter.record(form, payload, "", None, _fires(planter, payload))
    fires = (*_fires(planter, payload), *planter.fires.of_table("never_sold", _TABLE))
    for row in planter.world.transfers.places[PAYLOADS.index(payload)].tolist():
        planter.record(form, _TABLE, "", str(FIRST_KEY[_TABLE] + row), fires)


def _beyond(policy: Policy, payload: str) -> Policy:
    """Contract and agreements name a further column, of a category outside the purposes."""
    contract = policy.tables[payload]
    usual = next(column for column in contract.columns if column.logical_type == "string")
    column = replace(
        usual,
        name=_NEEDLESS,
        physical_name=_NEEDLESS,
        category="user.biometric",
        classification=Classification.INTERNAL,
        required=False,
        unique=False,
    )
    widened = replace(contract, columns=(*contract.columns, column))
    return replace(
        policy,
        contracts=tuple(widened if known is contract else known for known in policy.contracts),
        agreements=tuple(
            replace(known, columns=(*known.columns, _NEEDLESS)) if known.payload == payload else known
            for known in policy.agreements
        ),
    )


def _needless(planter: Planter, payload: str) -> None:
    planter.additions.columns[payload] = [ExtraColumn(_NEEDLESS, pa.string(), _SEGMENTS)]
    planter.record("column that no purpose needs", payload, _NEEDLESS, None, _fires(planter, payload))


def _payloads(planter: Planter) -> tuple[str, ...]:
    return tuple(payload for payload in PAYLOADS if payload in planter.contracts)


def _fires(planter: Planter, payload: str) -> tuple[str, ...]:
    return planter.fires.of_table(_KIND, payload)


def _start(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def _record(planter: Planter, form: str, row: Row, fires: tuple[str, ...]) -> None:
    planter.record(form, _TABLE, "", planter.key(_TABLE, row), fires)


def _spoiled(planter: Planter, cell: SpoiledCell) -> tuple[str, ...]:
    if cell.table == _TABLE:
        named = cell.column in {"recipient", "payload", "purpose", "row_count"}
        return _fires(planter, cell.row["payload"]) if named else ()
    if cell.column != "transfer_id":
        return ()
    # Its own transfer, which came with it, then carried nothing.
    planter.additions.rows[_TABLE][-1]["row_count"] = 0
    return _fires(planter, cell.table)


PLANTER = KindPlanter(violations, _spoiled)
