"""Synthetic worlds: clean, demo and planted, each with the ledger of what is wrong in it.

This package never imports the detectors or the rules: the planter and the finder share no definition.
"""

from governance.synthetic.generate import Dataset, generate
from governance.synthetic.ledger import Entry, Ledger, load_ledger
from governance.synthetic.recipe import Recipe, load_recipe

__all__ = ["Dataset", "Entry", "Ledger", "Recipe", "generate", "load_ledger", "load_recipe"]
