"""What detection can say: kinds, grades and findings. A finding never holds the value it found."""

from enum import StrEnum
from typing import NamedTuple

BANK_DATA: tuple[str, ...] = (
    "payment_card_number",
    "iban",
    "track_data",
    "card_verification_code",
    "card_expiry",
    "card_pin",
    "one_time_password",
)
PERSONAL_DATA: tuple[str, ...] = ("phone_number", "email_address", "national_id", "ip_address", "person_name")
KINDS: tuple[str, ...] = BANK_DATA + PERSONAL_DATA  # gravest first


class Grade(StrEnum):
    """How sure a finding is: `FAIL` stands alone, `SUSPECT` needs a person to look."""

    FAIL = "fail"
    SUSPECT = "suspect"


class Finding(NamedTuple):
    """One value recognised in a text: where (character positions, end exclusive) and by which rule."""

    kind: str
    rule: str
    grade: Grade
    span: tuple[int, int]
