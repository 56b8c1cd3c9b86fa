"""Rules judged on data: one file a kind, evaluated table by table; no Great Expectations in here."""

from __future__ import annotations

from governance.rules.evaluation import evaluate, judge
from governance.rules.kinds import KINDS, Kind
from governance.rules.scope import Scope
from governance.rules.settlement import holds, settle, waiver_of

__all__ = ["KINDS", "Kind", "Scope", "evaluate", "holds", "judge", "settle", "waiver_of"]
