"""Synthetic worlds: clean, demo and planted, each with a ledger of its violations.

This package never imports the detectors or the rules: planting and finding share no definitions.
"""

from governance.synthetic.generate import Dataset, generate
from governance.synthetic.ledger import Ledger, LedgerEntry, load_ledger
from governance.synthetic.recipe import Recipe, load_recipe

__all__ = ["Dataset", "Ledger", "LedgerEntry", "Recipe", "generate", "load_ledger", "load_recipe"]
