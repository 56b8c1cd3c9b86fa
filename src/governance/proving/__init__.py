"""The proof that each check bites: every violation planted alone, evaluated, and held against its ledger."""

from governance.proving.completeness import check_planters, check_values
from governance.proving.prove import prove, save
from governance.reports.terminal.proof_lines import proof_lines

__all__ = ["proof_lines", "prove", "save"]

check_planters()
check_values()
