"""One text, made readable: folded, decoded, and split into words and numbers."""
