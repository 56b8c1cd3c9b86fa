"""Kind `erased`: of somebody who was erased nothing is left, in any column, however it is written.

People who were erased are known by their tokens only, from the requests. A row that refers to a person who does not
exist is told apart, as `orphan_key`: it names nobody, and says that somebody's rows outlived them.
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
from governance.rules.people.leads import people_tables, referring
from governance.rules.people.links import person_keys
from governance.rules.people.residue import ERASURES
from governance.rules.people.searching import Cells, Tables, search_table


@dataclass(frozen=True, slots=True)
class Erased:
    """`requests` says who was erased, `people` is the table of which each row is a person.

    Tables that `keeps` names may keep tokens: what was asked and answered, and the wish to get no more offers.
    """

    requests: str = "subject_requests"
    people: str = "users"
    keeps: tuple[str, ...] = ("subject_requests",)
    kind: ClassVar[str] = "erased"

    def watch(self, check: Check, schema: pa.Schema, scope: Scope) -> Cells | Tables:
        watch = search_table(check, schema, scope, sought=ERASURES, requests=self.requests, keeps=self.keeps)
        references = referring(check.contract, self.people) if check.contract else ()
        ids = person_keys(scope, self.people) if references else None
        if isinstance(watch, Cells) and ids is not None:
            watch.references, watch.ids = references, ids
        return watch


def read(node: Node | None, where: Where, problems: Problems) -> Erased:
    """The parameters of an `erased` rule, all optional."""
    rule = Erased()
    if node is None:
        return rule
    fields = problems.fields(node, [], ["requests", "people", "keeps"])
    if where.columns:
        problems.add(node, "a rule about tables, without `columns`")
    return Erased(
        problems.text(fields.get("requests"), default=rule.requests),
        problems.text(fields.get("people"), default=rule.people),
        problems.texts(fields.get("keeps")) or rule.keeps,
    )


KIND = Kind(
    parameters=Erased,
    kernel=Erased.watch,
    places=Places.TABLES,
    expectation="ExpectErasedPeopleToBeGone",
    read=read,
    problems=("phone_number", "email_address", "person_name", "user_id", "digest", "token", "orphan_key"),
    facts=("erased_people", "columns", "rows_hit", "rows_read"),
    besides=lambda rule, policy: {*people_tables(policy), rule.requests, rule.people},
)
