"""The search for residue in every column of a table, and in tables without a contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from governance.policy import REST, Classification
from governance.results import Reason
from governance.rules.kernel import namer
from governance.rules.people.compared import prover_of
from governance.rules.people.leads import referring
from governance.rules.people.links import hidden_keys, person_keys
from governance.rules.people.residue import ERASURES, Asked, Residue, Sought
from governance.rules.scope import Target
from governance.rules.search import RestSearch, Search
from governance.rules.tables.relational import misfits_in


def search_residue(
    on: Target,
    *,
    sought: Sought,
    problems: Sequence[str],
    keeps: Sequence[str],
    orphans: bool = False,
) -> Search | RestSearch:
    """The check that nothing `sought` is left; tables in `keeps`, and that of requests, may keep tokens.

    With `orphans`, keys of people who do not exist are found too.
    """
    check, schema, scope = on.check, on.schema, on.scope
    asked, people = Asked.of(scope, sought), scope.policy.register.people
    contract = check.contract
    unsought = asked.unproven or (
        Reason.INCOMPLETE if sought == ERASURES and asked.done_at and hidden_keys(scope) else None
    )
    if contract is None or check.place is None or check.place.table == REST:
        unproven = unsought if scope.source.relational else Reason.NEEDS_TABLES
        return RestSearch(check, _Strangers(asked, problems), unproven, asked.lacks)
    references = [name for name in referring(contract, people) if name in schema.names] if people and orphans else []
    ids = person_keys(scope) if references else None
    doubt = misfits_in(scope, (contract, references)) if references else None
    if ids is not None and not ids.whole:
        # Nobody knows whom a row without a key would have acquitted.
        references, doubt = [], doubt or Reason.INCOMPLETE
    finder = Residue(
        asked,
        contract,
        tuple(schema.names),
        problems,
        prover_of(scope, contract),
        sealed=frozenset(c.name for c in contract.columns if c.classification is Classification.RESTRICTED),
        keeps=contract.table in {*keeps, scope.policy.register.requests},
        timed=contract.event_time if contract.event_time in schema.names else "",
        references=references,
        ids=ids,
    )
    public = asked.subjects.facts if asked.subjects else ()
    facts = ((sought.fact, len(asked.done_at)), ("columns", len(finder.columns)), *public)
    drawn = finder.prover.unproven if finder.sealed and finder.prover else None
    unproven = unsought or doubt or drawn
    return Search(check, finder, namer(check, scope), facts=facts, lacks=asked.lacks, unproven=unproven)


@dataclass(frozen=True, slots=True)
class _Strangers:
    """Makes the finder for a table without a contract."""

    asked: Asked
    problems: Sequence[str]

    def __call__(self, table: str, schema: pa.Schema) -> Residue:  # noqa: ARG002  the protocol's name
        return Residue(self.asked, None, tuple(schema.names), self.problems, None)
