"""Verdicts and the results of a run.

A result holds ids, counts, reason codes and opaque row references, so it cannot leak values.
"""

from governance.policy import APART, REGISTER, SILENT
from governance.results.evidence import FELL_BACK, SHOWN_REFERENCES, CheckResult, Evidence, RowReference, Unit
from governance.results.results import FORMAT, Results
from governance.results.texts import Period, PolicyText, RuleText, SourceText, TableText, day_order
from governance.results.verdicts import Reason, Verdict, worst

__all__ = [
    "APART",
    "FELL_BACK",
    "FORMAT",
    "REGISTER",
    "SHOWN_REFERENCES",
    "SILENT",
    "CheckResult",
    "Evidence",
    "Period",
    "PolicyText",
    "Reason",
    "Results",
    "RowReference",
    "RuleText",
    "SourceText",
    "TableText",
    "Unit",
    "Verdict",
    "day_order",
    "worst",
]
