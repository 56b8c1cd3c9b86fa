"""Encrypted values: their envelope, their keys, and what can be told of a column that claims to hold them."""
