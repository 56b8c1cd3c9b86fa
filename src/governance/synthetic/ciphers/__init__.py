"""Encrypts values of synthetic worlds: properly, and in the ways that a check must catch."""
