"""The interface's words, numbers, dates and names in each language."""
