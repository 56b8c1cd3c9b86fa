"""What can be wrong with a company's data, one form at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.policy import Policy

if TYPE_CHECKING:
    from governance.synthetic.planting.planter import Planter


@dataclass(frozen=True, slots=True)
class Violation:
    """One form in which rules of a kind are violated, at every place where this form is planted.

    `plant` adds rows, columns or tables and records exactly which checks, of this kind and of others, each thing fires.
    It must do so alone in a clean world as well as beside all others. What is wrong with the policy's own registers, an
    attestation that expired or a change that nobody announced, is no row: `amend` makes it so. Such a violation is only
    ever planted alone, and its plan is that of the amended policy.
    """

    kind: str
    form: str
    plant: Callable[[Planter], None]
    amend: Callable[[Policy], Policy] | None = None

    @property
    def name(self) -> str:
        return f"{self.kind}: {self.form}"
