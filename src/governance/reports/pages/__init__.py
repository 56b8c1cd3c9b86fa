"""The pages of a report: templates, filled from the facts in a separate process."""
