"""Kind `unlinkable`: nothing in a table leads to a person, not even inside a text, and at least k visits share each
combination of device families.

A value that a contract calls unique in a table about people leads to them, and so does its common digest without a
salt or a key; so does a time that equals one of a person's row more often than chance explains. Not looked for: values
of fewer than six signs or of letters only without a word beside them, and times that are moved or stand in texts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from governance.policy.fields import expects
from governance.rules.kinds.kind import Kind, Over, Places

if TYPE_CHECKING:
    from governance.rules.kernel import Kernel
    from governance.rules.scope import Target


@dataclass(frozen=True, slots=True)
class Unlinkable:
    """At least `k` visits share each combination of `columns`.

    A visit is what shares a value of the column with the role `session`, where the table has one, else a row.
    """

    k: int = field(metadata=expects(least=2))
    columns: tuple[str, ...] = field(metadata=expects(least="column"))
    kind: ClassVar[str] = "unlinkable"


def _kernel(rule: Unlinkable, on: Target) -> Kernel:
    from governance.rules.people.visits import search_visits

    return search_visits(
        on,
        problems=KIND.problems,
        k=rule.k,
        columns=rule.columns,
    )


KIND = Kind(
    parameters=Unlinkable,
    kernel=_kernel,
    places=Places.NAMED_TABLES,
    expectation="ExpectTableToBeUnlinkable",
    problems=("user_key", "person_token", "joinable_id", "shared_session", "shared_time", "rare_combination"),
    facts={
        **dict.fromkeys(("visits_counted", "rows_counted", "groups", "groups_below_k"), Over.PLACE),
        **dict.fromkeys(("smallest_group", "second_smallest_group", "third_smallest_group"), Over.PLACE),
        **dict.fromkeys(("equal_times", "equal_times_moved"), Over.PLACE),
        "too_large": Over.CHECK,
    },
)
