"""What a finding is: a kind, a grade and a place, never the value itself."""

from enum import StrEnum
from typing import NamedTuple


class Grade(StrEnum):
    """How sure a finding is: `FAIL` is certain, `SUSPECT` needs a person's review."""

    FAIL = "fail"
    SUSPECT = "suspect"


class Finding(NamedTuple):
    """One value recognised in a text: where (character positions, end exclusive) and by which rule."""

    kind: str
    rule: str
    grade: Grade
    span: tuple[int, int]
