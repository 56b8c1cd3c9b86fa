"""The rule kinds: one file each, with its typed parameters and its way of looking; no Great Expectations in here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from governance.policy import KindReader
from governance.rules.base import Kind, Scope, Watch
from governance.rules.evaluation import evaluate, judge
from governance.rules.kinds import (
    announced,
    attested,
    authorised,
    classified,
    declared,
    encrypted,
    erased,
    free_of,
    fulfilled,
    granted,
    minimal,
    never_sold,
    opted_out,
    protected_transport,
    purposed,
    rectified,
    unlinkable,
    untwinned,
)
from governance.rules.settlement import holds, settle, waiver_of

KINDS: Final[Mapping[str, KindReader]] = {
    "announced": announced.read,
    "attested": attested.read,
    "authorised": authorised.read,
    "classified": classified.read,
    "declared": declared.read,
    "encrypted": encrypted.read,
    "erased": erased.read,
    "free_of": free_of.read,
    "fulfilled": fulfilled.read,
    "granted": granted.read,
    "minimal": minimal.read,
    "never_sold": never_sold.read,
    "opted_out": opted_out.read,
    "protected_transport": protected_transport.read,
    "purposed": purposed.read,
    "rectified": rectified.read,
    "unlinkable": unlinkable.read,
    "untwinned": untwinned.read,
}

__all__ = ["KINDS", "Kind", "Scope", "Watch", "evaluate", "holds", "judge", "settle", "waiver_of"]
