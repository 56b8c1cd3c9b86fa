"""Shared code of the kinds that judge rows and join tables."""
