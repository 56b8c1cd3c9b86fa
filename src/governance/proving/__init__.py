"""The proof that each check bites: every violation planted alone, evaluated, and held against its ledger."""

from governance.proving.listing import proof_lines
from governance.proving.prove import prove, save

__all__ = ["proof_lines", "prove", "save"]
