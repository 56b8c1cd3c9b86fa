"""Which cells are worth the authority's time: a superset of those in which it would find something."""
