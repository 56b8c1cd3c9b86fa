"""What can be wrong with a company's data, one form at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.synthetic.planting.planter import Planter


@dataclass(frozen=True, slots=True)
class Violation:
    """One form in which rules of a kind are violated, at every place where this form is planted.

    `plant` adds rows, columns or tables and records exactly which checks, of this kind and of others, each thing fires.
    It must do so alone in a clean world as well as beside all others.
    """

    kind: str
    form: str
    plant: Callable[[Planter], None]

    @property
    def name(self) -> str:
        return f"{self.kind}: {self.form}"
