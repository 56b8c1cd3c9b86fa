"""Selects candidate cells for `classify`: a superset of the cells in which it finds something."""
