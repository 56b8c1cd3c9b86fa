"""The rule kinds: one file each, with its typed parameters and its way of looking; no Great Expectations in here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from governance.policy import KindReader
from governance.rules import authorised, declared, encrypted, erased, free_of, fulfilled, opted_out, unlinkable
from governance.rules.base import Kind, Scope, Watch
from governance.rules.evaluation import evaluate, judge

KINDS: Final[Mapping[str, KindReader]] = {
    "authorised": authorised.read,
    "declared": declared.read,
    "encrypted": encrypted.read,
    "erased": erased.read,
    "free_of": free_of.read,
    "fulfilled": fulfilled.read,
    "opted_out": opted_out.read,
    "unlinkable": unlinkable.read,
}

__all__ = ["KINDS", "Kind", "Scope", "Watch", "evaluate", "judge"]
