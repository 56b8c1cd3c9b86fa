"""Faults by number: what is broken, killed, hung, forged or full, and what the tool then says."""
