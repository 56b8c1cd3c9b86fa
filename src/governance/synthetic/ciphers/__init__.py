"""How values are sealed in synthetic worlds: well, and in the ways that a check must catch."""
