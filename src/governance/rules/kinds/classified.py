"""Kind `classified`: personal data stands only in columns whose contract says so; people's names are known by their
tokens, with keys.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from governance import detection
from governance.detection.kinds.detector import Data
from governance.policy import REST, Column, covers
from governance.policy.column_roles import OWN_CONTACT
from governance.policy.fields import expects
from governance.rules.kinds.kind import SEARCHED, About, Kind, Places
from governance.rules.people.leads import PERSON_NAME, is_published, people_tables

if TYPE_CHECKING:
    from governance.rules.kernel import Kernel, RestKernel
    from governance.rules.scope import Target


_CONTACT = "user.contact"
# One for each category that a column with built-in kinds of values should have.
_PROBLEMS: Final = tuple(
    dict.fromkeys(
        f"undeclared_{detection.DECLARED[kind].category}" for kind in detection.DEFAULT.of_data(Data.PERSONAL)
    )
)


@dataclass(frozen=True, slots=True)
class Classified:
    """`kinds` are the detection kinds that a column must be declared for."""

    kinds: tuple[str, ...] = field(default=detection.PERSONAL_DATA, metadata=expects(known="personal data"))
    kind: ClassVar[str] = "classified"


def _kernel(rule: Classified, on: Target) -> Kernel | RestKernel:
    from governance.rules.cells.values import search_rest, search_values

    among = on.scope.policy.detectors
    code = partial(problem, among=among)
    if on.check.place is None or on.check.contract is None or on.check.place.table == REST:
        return search_rest(on, rule.kinds, code=code)
    wanted = {name: unannounced(on.check.contract.column(name), rule.kinds, among) for name in on.schema.names}
    return search_values(on, {name: kinds for name, kinds in wanted.items() if kinds}, code=code)


def unannounced(
    column: Column | None,
    kinds: tuple[str, ...] = detection.PERSONAL_DATA,
    among: detection.Detectors = detection.DEFAULT,
) -> tuple[str, ...]:
    """The kinds that a column is not declared for."""
    if column is None:
        return kinds
    own = _CONTACT if column.role == OWN_CONTACT else column.category
    others = [kind for kind in kinds if not _related(own, among.declared[kind].category)]
    return tuple(kind for kind in others if kind != PERSON_NAME or not is_published(column))


def problem(kind: str, among: detection.Detectors = detection.DEFAULT) -> str:
    """The problem of a column with such values: it isn't declared as this category."""
    return f"undeclared_{among.declared[kind].category}"


def _related(category: str, other: str) -> bool:
    """Whether one of two categories is the other or lies below it."""
    return covers(category, other) or covers(other, category)


KIND = Kind(
    parameters=Classified,
    kernel=_kernel,
    places=Places.TABLES,
    expectation="ExpectTableColumnsToBeClassified",
    problems=_PROBLEMS,
    of_data=problem,
    facts=SEARCHED,
    speaks=dict.fromkeys(_PROBLEMS, About.CATEGORY),
    besides=lambda _, policy: people_tables(policy),
)
