"""Plants missing, expired and future attestations in the register, not in the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from governance.planning.checks import Plan
from governance.policy import Attestation, Policy
from governance.synthetic.company.world import World
from governance.synthetic.planting.planter import KindPlanter, Planter, Violation

_KIND = "attested"


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Each form on every attestation of the register, if a rule requires it."""
    today = world.recipe.as_of.date()
    forms: dict[str, Callable[[Attestation], Attestation]] = {
        "attestation of another clause": lambda known: replace(known, clause="another"),
        "attestation that ended yesterday": partial(_of_days, today - timedelta(days=365), today - timedelta(days=1)),
        "attestation that begins tomorrow": partial(_of_days, today + timedelta(days=1), today + timedelta(days=365)),
    }
    if plan.policy.attestations and any(rule.kind == _KIND for rule in plan.policy.rules):
        for form, spoil in forms.items():
            yield Violation(_KIND, form, partial(_register, form=form), partial(_amended, spoil=spoil))


def _of_days(first: date, last: date, known: Attestation) -> Attestation:
    return replace(known, on=first.isoformat(), until=last.isoformat())


def _amended(policy: Policy, spoil: Callable[[Attestation], Attestation]) -> Policy:
    return replace(policy, attestations=tuple(spoil(known) for known in policy.attestations))


def _register(planter: Planter, form: str) -> None:
    planter.record(form, "", "", None, planter.fires.without_place(_KIND))


PLANTER = KindPlanter(violations)
