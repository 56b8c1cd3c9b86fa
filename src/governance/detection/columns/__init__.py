"""Whole columns: their cells with nested values and numbers, and what only many cells together give away."""
