"""The tokens of a table, compared with the values beside them, once for all rules of a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from governance.policy import Contract
from governance.results import Reason
from governance.rules.batch import Batch
from governance.rules.people.leads import tokens_beside
from governance.rules.people.proofs import FOREIGN, LONE, UNKEYED, Proof, Prover
from governance.rules.people.sealed import is_sealed
from governance.rules.scope import Scope, Target
from governance.sources.typing import Mask


def prover_of(scope: Scope, contract: Contract) -> Prover | None:
    """The prover of a table, made once a run."""
    return scope.once(("prover", contract.table), lambda: Prover.of(scope, contract))


def proofs(prover: Prover, batch: Batch, column: str) -> list[Proof]:
    """The proof of each row of a batch, which all of its kernels share."""
    return batch.once(("proofs", column), lambda: prover.prove(batch.record, batch.keys, column))


@dataclass(frozen=True, slots=True)
class ClearTokens:
    """The columns in the clear with keyed tokens beside them; those of sealed ones the kind `encrypted` compares."""

    columns: tuple[str, ...]
    prover: Prover | None = field(repr=False)

    @classmethod
    def of(cls, on: Target) -> ClearTokens:
        """Those of the table of a check."""
        contract, held = on.check.contract, set(on.schema.names)
        told = [
            column.name
            for column in (contract.columns if contract else ())
            if contract and column.name in held and not is_sealed(contract, column.name)
            if not held.isdisjoint(tokens_beside(contract, column.name))
        ]
        return cls(tuple(told), prover_of(on.scope, contract) if contract and told else None)

    @property
    def unproven(self) -> Reason | None:
        """Why not every token is compared."""
        if not self.columns:
            return None
        return Reason.NO_KEY if self.prover is None else self.prover.unproven

    def marks(self, batch: Batch) -> Iterator[tuple[str, Sequence[str], Mask]]:
        """Each problem with its column and rows."""
        for name in self.columns if self.prover is not None else ():
            assert self.prover is not None  # noqa: S101  asked one line above
            found = np.array([proof.problem for proof in proofs(self.prover, batch, name)])
            yield from ((problem, (name,), found == problem) for problem in (UNKEYED, FOREIGN, LONE))
