"""The proof that each check bites: every violation is planted alone, evaluated, and compared with its ledger."""

from governance.proving.completeness import check_planters, check_values
from governance.proving.prove import prove, save
from governance.reports.terminal.proof_lines import proof_lines

__all__ = ["proof_lines", "prove", "save"]

check_planters()
check_values()
