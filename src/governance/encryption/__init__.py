"""Encrypted values: their envelope, their keys, and the inspection of a column that should hold them."""
