"""The pages of a report: templates, filled from the facts, drawn in a process of their own."""
