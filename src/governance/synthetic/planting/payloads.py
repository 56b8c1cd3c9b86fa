"""Plants payloads with more than was agreed on, and transfers beyond their agreement."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np
import pyarrow as pa

from governance.planning.checks import Plan
from governance.policy import Agreement, Contract
from governance.synthetic.company.shipping import PAYLOADS
from governance.synthetic.company.world import World
from governance.synthetic.planting import company, undeclared
from governance.synthetic.planting.company import new_row
from governance.synthetic.planting.planter import Planter, Violation
from governance.synthetic.planting.transfers import record

_KIND = "minimal"
_TABLE = "transfers"
_SEGMENTS = ("novel", "history", None)
_TICK, _DAY = timedelta(microseconds=1), timedelta(days=1)
_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def _mobile(rng: np.random.Generator) -> str:
    return f"0912{rng.integers(2_000_000, 9_999_999)}"


# By form: the kind of personal data, and a text that holds it.
_TEXTS: dict[str, tuple[str, Callable[[np.random.Generator], str]]] = {
    "mobile number in a text": ("phone_number", lambda rng: f"تماس: {_mobile(rng)}"),
    "mobile number in Persian digits": ("phone_number", lambda rng: f"شماره {_mobile(rng).translate(_PERSIAN)} است"),
    "e-mail address in a text": ("email_address", lambda rng: f"reader{rng.integers(1000)}@example.com"),
    "mobile number in base64": (
        "phone_number",
        lambda rng: base64.b64encode(f"mobile: {_mobile(rng)}".encode()).decode(),
    ),
}


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Each form once on each payload where it can be."""
    yield Violation(_KIND, "column that was not agreed on", _add_column)
    for form in _TEXTS:
        yield Violation(_KIND, form, partial(_write, form=form))
    yield Violation(_KIND, "row without a transfer", partial(_stray, form="row without a transfer", number=10**9))
    yield Violation(
        _KIND, "row that names no transfer", partial(_stray, form="row that names no transfer", number=None)
    )
    yield Violation(_KIND, "row under another payload's transfer", _misfiled)
    yield Violation(_KIND, "purpose of another agreement", _other_purpose)
    yield Violation(_KIND, "payload of another recipient", _other_recipient)
    yield Violation(_KIND, "before the agreement began", _too_early)
    if former(plan, world):
        yield Violation(_KIND, "after the agreement ended", _too_late)
    yield Violation(_KIND, "transfer of what is no payload", _other_payload)
    yield Violation(_KIND, "payload that nobody agreed on", _other_table)


def _add_column(planter: Planter) -> None:
    for payload in _payloads(planter):
        planter.add_column("undeclared column: text", payload, "customer_segment", pa.string(), _SEGMENTS)


def _write(planter: Planter, form: str) -> None:
    """In a free text, or where there is none in the name of a page."""
    kind, write = _TEXTS[form]
    for payload in _payloads(planter):
        row = new_row(planter, payload)
        column = _free_text(planter.contracts[payload])
        row[column] = write(planter.rng)
        also = (
            *planter.fires.of_column("free_of", payload, column, detects=kind),
            *planter.fires.of_table("classified", payload),
        )
        planter.record(form, payload, column, planter.key(payload, row), _fires(planter, payload), also)


def _free_text(contract: Contract) -> str:
    names = [column.name for column in contract.columns if column.logical_type == "string"]
    return next(name for name in ("body", "text", "description", "page", *names) if name in names)


def _stray(planter: Planter, form: str, number: int | None) -> None:
    for payload in _payloads(planter):
        row = new_row(planter, payload)
        row["transfer_id"] = number
        planter.record(form, payload, "transfer_id", planter.key(payload, row), _fires(planter, payload))


def _misfiled(planter: Planter) -> None:
    for turn, payload in enumerate(_payloads(planter)):
        row = new_row(planter, payload)
        row["transfer_id"] = company.transfer(planter, PAYLOADS[(turn + 1) % len(PAYLOADS)])["transfer_id"]
        form = "row under another payload's transfer"
        planter.record(form, payload, "transfer_id", planter.key(payload, row), _fires(planter, payload))


def _other_purpose(planter: Planter) -> None:
    """A purpose of the policy, and of no agreement."""
    for payload in _payloads(planter):
        row = company.transfer(planter, payload)
        row["purpose"] = "essential.service.operations.support"
        record(planter, "purpose of another agreement", row, _fires(planter, payload))


def _other_recipient(planter: Planter) -> None:
    for turn, payload in enumerate(_payloads(planter)):
        row = company.transfer(planter, payload)
        row["recipient"] = planter.world.sharings[PAYLOADS[(turn + 1) % len(PAYLOADS)]].recipient
        record(planter, "payload of another recipient", row, _fires(planter, payload))


def _too_early(planter: Planter) -> None:
    """In the last moment in which there was no agreement yet."""
    for payload in _payloads(planter):
        row = company.transfer(planter, payload)
        own = [a for a in planter.plan.policy.agreements if (a.payload, a.recipient) == (payload, row["recipient"])]
        row["sent_at"] = min(_start(agreement.valid_from) for agreement in own) - _TICK
        record(planter, "before the agreement began", row, _fires(planter, payload))


def _too_late(planter: Planter) -> None:
    """To a processor of former times: in the first moment after the last day, and now."""
    for agreement in former(planter.plan, planter.world):
        for sent_at in (_start(agreement.valid_until) + _DAY, None):
            after_the_end(planter, agreement, sent_at)


def after_the_end(planter: Planter, agreement: Agreement, sent_at: datetime | None = None) -> None:
    """One transfer under an agreement that had ended, at some moment of the period if no other is named."""
    row = company.transfer(planter, agreement.payload)
    row.update(recipient=agreement.recipient, purpose=agreement.purposes[0], sent_at=sent_at or row["sent_at"])
    record(planter, "after the agreement ended", row, _fires(planter, agreement.payload))


def former(plan: Plan, world: World) -> tuple[Agreement, ...]:
    """The agreements that had ended before the world's time and whose recipients have no other."""
    return tuple(agreement for agreement in plan.policy.agreements if _is_former(agreement, plan, world))


def _is_former(agreement: Agreement, plan: Plan, world: World) -> bool:
    """Whether an agreement had ended before the world's time, and its recipient has no other."""
    others = [a for a in plan.policy.agreements if a.recipient == agreement.recipient and a is not agreement]
    return not others and _start(agreement.valid_until) + _DAY < world.recipe.period_from


def _other_payload(planter: Planter) -> None:
    for name in ("shared_partner", "users", PAYLOADS[0].upper(), None):
        row = company.transfer(planter, PAYLOADS[0])
        row["payload"] = name
        record(planter, "transfer of what is no payload", row, planter.fires.of_table(_KIND, "shared_partner"))


def _other_table(planter: Planter) -> None:
    """One is called like a payload, one names transfers."""
    counts = pa.array(planter.rng.integers(10, 400, 3))
    called = pa.table({"segment": ["رمان", "تاریخ", "کودک"], "size": counts})
    naming = pa.table({"transfer_id": pa.array([1, 2, 3]), "pages": counts})
    for name, rows in {"shared_partner": called, "partner_pages": naming}.items():
        undeclared.ensure_table(planter, name, rows)
        planter.record("payload that nobody agreed on", name, "", None, planter.fires.of_table(_KIND, name))


def _payloads(planter: Planter) -> tuple[str, ...]:
    return tuple(payload for payload in PAYLOADS if payload in planter.contracts)


def _fires(planter: Planter, payload: str) -> tuple[str, ...]:
    return planter.fires.of_table(_KIND, payload)


def _start(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)
