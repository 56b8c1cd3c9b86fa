"""Kind `free_of`: no cell holds data of the named kinds, in the spellings, digits and encodings of
`synthetic_data/detection_cases.jsonl`; nor does a whole column, a mask beside a plain hash or its digits, or parts
that make a card number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from governance import detection
from governance.policy import REST
from governance.policy.fields import expects
from governance.rules.cells.column_problems import WHOLES
from governance.rules.kinds.kind import SEARCHED, Kind, Places
from governance.rules.people.leads import PERSON_NAME, people_tables

if TYPE_CHECKING:
    from governance.rules.kernel import Kernel, RestKernel
    from governance.rules.scope import Target


_CARD = "payment_card_number"


@dataclass(frozen=True, slots=True)
class FreeOf:
    """`kinds` are detection kinds that must not occur; people's names are recognised by tokens."""

    kinds: tuple[str, ...] = field(default=detection.BANK_DATA, metadata=expects(known="data"))
    kind: ClassVar[str] = "free_of"


def _kernel(rule: FreeOf, on: Target) -> Kernel | RestKernel:
    from governance.rules.cells.card_columns import CardColumns
    from governance.rules.cells.values import blind, search_rest, search_values

    place, cards = on.check.place, _CARD in rule.kinds
    if place is None or place.table == REST:
        return search_rest(on, rule.kinds, whole=cards)
    rest = place.column == REST
    columns = tuple(name for name in on.schema.names if name not in on.check.covered) if rest else (place.column,)
    if not rest and place.column not in on.schema.names:
        return blind(on)
    return search_values(
        on,
        dict.fromkeys(columns, rule.kinds),
        cards=CardColumns(columns, together=rest, secret=on.scope.secret) if cards else None,
        # Columns together can show card numbers that no single column shows.
        beside=tuple(on.schema.names) if rest and cards else (),
    )


KIND = Kind(
    parameters=FreeOf,
    kernel=_kernel,
    places=Places.COLUMNS,
    expectation="ExpectColumnValuesToBeFreeOf",
    problems=(*detection.KINDS, *WHOLES),
    of_data=lambda kind, _: kind,
    facts=SEARCHED,
    besides=lambda rule, policy: people_tables(policy) if PERSON_NAME in rule.kinds else (),
)
