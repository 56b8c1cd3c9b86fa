"""Plants rows that break a promise of their contract, where no other rule reads the cell.

Only promises about quality are recorded here: `broken_contracts` records every row that breaks another one, whatever
it was planted for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from governance.planning.checks import Plan
from governance.policy import Column, Contract, Policy, Quality
from governance.synthetic.company.world import World
from governance.synthetic.planting.company import new_row
from governance.synthetic.planting.planter import KindPlanter, Planter, Violation

_KIND = "constrained"
_TABLE = "books"  # no rule reads more of it than its texts
_MOST = 10**12


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Each form once, in every column for which no rule but this one cares."""
    del world
    yield Violation(_KIND, "word that no vocabulary knows", partial(_spoil, wanted=_enumerated, value="unheard of"))
    yield Violation(_KIND, "nothing where something must be", partial(_spoil, wanted=_required, value=None))
    yield Violation(_KIND, "reference to a row that never was", partial(_spoil, wanted=_referring, value=7))
    yield Violation(_KIND, "value used twice where it may stand once", _repeat)
    yield Violation(_KIND, "key used twice", _twice)
    if _TABLE in plan.policy.tables:
        yield Violation(_KIND, "row without a key", _unnamed)
        for form, (entry, plant) in _QUALITY.items():
            yield Violation(_KIND, form, partial(plant, form=form), partial(_promise, entry=entry))


def _free(contract: Contract) -> Iterator[Column]:
    read = {contract.event_time, *contract.key}
    return (column for column in contract.columns if not column.role and column.name not in read)


def _enumerated(contract: Contract, policy: Policy) -> Iterator[Column]:
    del policy
    return (column for column in _free(contract) if column.vocabulary)


def _required(contract: Contract, policy: Policy) -> Iterator[Column]:
    del policy
    return (column for column in _free(contract) if column.required and not column.references and not column.token_of)


def _referring(contract: Contract, policy: Policy) -> Iterator[Column]:
    """The columns that reference a table which the register does not name, as rules follow the others."""
    entries = {getattr(policy.register, name) for name in policy.register.__slots__}
    return (c for c in _free(contract) if c.references and c.references.partition(".")[0] not in entries)


def _spoil(planter: Planter, wanted: Callable[[Contract, Policy], Iterator[Column]], value: object) -> None:
    for table, contract in planter.contracts.items():
        for column in wanted(contract, planter.plan.policy):
            new_row(planter, table)[column.name] = value


def _repeat(planter: Planter) -> None:
    for table, contract in planter.contracts.items():
        for column in _free(contract):
            if column.unique:
                new_row(planter, table)[column.name] = new_row(planter, table)[column.name]


def _twice(planter: Planter) -> None:
    """A request whose number is used twice is a form of another kind."""
    for table in planter.contracts:
        if table == planter.plan.policy.register.requests:
            continue
        first, second = new_row(planter, table), new_row(planter, table)
        planter.rekey(table, second, first[planter.contracts[table].primary_key])


def _unnamed(planter: Planter) -> None:
    new_row(planter, _TABLE)[planter.contracts[_TABLE].primary_key] = None


def _promise(policy: Policy, entry: Quality) -> Policy:
    contracts = (replace(known, quality=(entry,)) if known.table == _TABLE else known for known in policy.contracts)
    return replace(policy, contracts=tuple(contracts))


def _overpriced(planter: Planter, form: str) -> None:
    row = new_row(planter, _TABLE)
    row["price"] = _MOST + 1
    planter.record(form, _TABLE, "", planter.key(_TABLE, row), planter.fires.of_table(_KIND, _TABLE))


def _too_few(planter: Planter, form: str) -> None:
    planter.record(form, _TABLE, "", None, planter.fires.of_table(_KIND, _TABLE))


# By form: the promise that a contract is given, and what breaks it.
_QUALITY: Mapping[str, tuple[Quality, Callable[..., None]]] = {
    "price beyond a promised bound": (
        Quality("expect_column_values_to_be_between", "price", {"max_value": _MOST}, "", 1),
        _overpriced,
    ),
    "fewer rows than promised": (
        Quality("expect_table_row_count_to_be_between", "", {"min_value": _MOST}, "", 1),
        _too_few,
    ),
}

PLANTER = KindPlanter(
    violations,
    never={
        "mistyped": "the company's files are typed Parquet, in which no cell has another type",
        "unkeyed_token": "no table of the company has tokens beside a value in the clear",
        "foreign_token": "no table of the company has tokens beside a value in the clear",
        "lone_token": "no table of the company has tokens beside a value in the clear",
    },
)
