"""Whole columns: their cells, nested values and numbers included, and what only many cells together reveal."""
