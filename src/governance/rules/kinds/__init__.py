"""The rule kinds: one file each."""
