"""Verdicts, from worst to best, and why a verdict is what it is."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """The verdict of a check, declared from worst to best; the worst part decides the whole."""

    ERROR = "error"
    NOT_EVALUATED = "not_evaluated"
    FAILED = "failed"
    WAIVED = "waived"
    ATTESTED = "attested"
    PASSED = "passed"


class Reason(StrEnum):
    """Why a verdict is what it is; every verdict carries one."""

    HOLDS = "holds"
    DECLARED_EMPTY = "declared_empty"
    CONSISTENT = "consistent_with_declared_format"
    PROVEN = "proven_by_decryption"
    ATTESTED = "attested"
    WAIVED = "waived"
    VIOLATED = "violated"
    MISSING_TABLE = "missing_table"
    MISSING_COLUMN = "missing_column"
    NO_ROWS = "no_rows"
    TOO_FEW_ROWS = "too_few_rows"
    NO_KEY = "no_key"
    NO_ROW_KEY = "no_row_key"
    ONLY_A_KEY_CAN_TELL = "only_a_key_can_tell"
    KEY_SERVICE_DOWN = "key_service_down"
    OTHER_KEY = "other_key"
    SAMPLED = "sampled"
    NOT_A_TIME = "not_a_time"
    NOT_DECLARED = "not_declared"
    MISTYPED = "mistyped"
    UNKNOWN_VALUE = "unknown_value"
    IN_THE_FUTURE = "in_the_future"
    INCOMPLETE = "incomplete"
    NEEDS_TABLES = "needs_tables"
    MATCHES_NOTHING = "matches_nothing"
    NO_CHECK = "no_check"
    STALE = "stale"
    NOT_REVIEWED = "not_reviewed"
    NEEDS_REVIEW = "needs_review"
    OLD_TIME = "old_time"
    NOT_ATTESTED = "not_attested"
    ATTESTATION_EXPIRED = "attestation_expired"
    CHECK_RAISED = "check_raised"
    TOO_LARGE = "too_large"
    NOT_RUN = "not_run"
    DISAGREES = "evidence_disagrees"


ERRORS = frozenset(
    {
        Reason.CHECK_RAISED,
        Reason.TOO_LARGE,
        Reason.NEEDS_TABLES,
        Reason.NOT_A_TIME,
        Reason.IN_THE_FUTURE,
        Reason.NOT_RUN,
        Reason.DISAGREES,
        Reason.KEY_SERVICE_DOWN,
    }
)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of these verdicts; `error` for none, as nothing was evaluated."""
    order = list(Verdict)
    return min(verdicts, key=order.index, default=Verdict.ERROR)
