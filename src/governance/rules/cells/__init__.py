"""Shared code of the kinds that judge the contents of cells."""
