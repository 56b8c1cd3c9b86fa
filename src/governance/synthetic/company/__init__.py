"""The first company: its calendar, people, staff and tables."""
