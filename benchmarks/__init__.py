"""Measurements: each figure is a ratio taken in one process."""
