"""Reviews of columns whose cells look like what they must not hold: a named person judged that they do not."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from governance.policy.contracts import Contract
from governance.policy.fields import ANSWERING, DAY, SHA256, expects, matching
from governance.spelling import canonical_json

LONGEST_REVIEW: Final = 366  # days


@dataclass(frozen=True, slots=True)
class ColumnReview:
    """A named person judged the suspects of a column, so many percent of its cells, by its declaration at that time."""

    column: str = field(metadata=expects(form=matching(r"[^/]+/.+", "TABLE/COLUMN")))
    fingerprint: str = field(metadata=expects(form=SHA256))
    share: int = field(metadata=expects(least=1))
    by: str = field(metadata=expects(form=ANSWERING))
    on: str = field(metadata=expects(key="date", form=DAY))
    until: str = field(metadata=expects(form=DAY, not_before="on"))

    def ended(self, contract: Contract | None, as_of: datetime) -> str:
        """Why the review is without effect at a time, "" if it holds."""
        day = as_of.astimezone(UTC).date().isoformat()
        if self.fingerprint != declaration(contract, self.column):
            return "the column is declared otherwise"
        return "" if day <= self.until else f"it ended on {self.until}"


def declaration(contract: Contract | None, place: str) -> str:
    """The fingerprint of what a contract says about a column, called TABLE/COLUMN; of its name if it says nothing."""
    column = contract.column(place.partition("/")[2]) if contract else None
    said = [place]
    if column is not None:
        words = [term.value for term in column.vocabulary]
        said += [column.logical_type, column.category, column.classification, column.role, column.plaintext, *words]
    return hashlib.sha256(canonical_json(said).encode()).hexdigest()
