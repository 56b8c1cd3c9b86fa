"""Kind `rectified`: of a value that was put right nothing is left, in any column, however it is written.

That the new one stands in the record is for the kind `fulfilled` to tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa

from governance.planning.checks import Check
from governance.policy import Where
from governance.policy.strict_yaml import Node, Problems
from governance.rules.base import Scope
from governance.rules.kinds.kind import Kind, Places
from governance.rules.people.leads import people_tables
from governance.rules.people.residue import RECTIFICATIONS
from governance.rules.people.searching import Cells, Tables, search_table


@dataclass(frozen=True, slots=True)
class Rectified:
    """`requests` says what was put right, by the token of the old value; of an empty text, if there was none before.

    Tables that `keeps` names may keep tokens.
    """

    requests: str = "subject_requests"
    keeps: tuple[str, ...] = ("subject_requests",)
    kind: ClassVar[str] = "rectified"

    def watch(self, check: Check, schema: pa.Schema, scope: Scope) -> Cells | Tables:
        return search_table(check, schema, scope, sought=RECTIFICATIONS, requests=self.requests, keeps=self.keeps)


def read(node: Node | None, where: Where, problems: Problems) -> Rectified:
    """The parameters of a `rectified` rule, all optional."""
    rule = Rectified()
    if node is None:
        return rule
    fields = problems.fields(node, [], ["requests", "keeps"])
    if where.columns:
        problems.add(node, "a rule about tables, without `columns`")
    return Rectified(
        problems.text(fields.get("requests"), default=rule.requests),
        problems.texts(fields.get("keeps")) or rule.keeps,
    )


KIND = Kind(
    parameters=Rectified,
    kernel=Rectified.watch,
    places=Places.TABLES,
    expectation="ExpectRectifiedValuesToBeGone",
    read=read,
    problems=("old_value",),
    facts=("rectified_values", "columns", "rows_hit", "rows_read"),
    besides=lambda rule, policy: {*people_tables(policy), rule.requests},
)
