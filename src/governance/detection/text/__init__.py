"""One text, made readable: folded, undone of encodings, laid out as a page with its words and numbers."""
