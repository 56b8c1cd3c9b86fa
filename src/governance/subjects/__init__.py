"""One person's data: where it is stored, and a copy of it for them."""

from governance.subjects.exporting import export_subject
from governance.subjects.finding import DataPlace, PersonData, find_subject
from governance.subjects.listing import place_lines

__all__ = ["DataPlace", "PersonData", "export_subject", "find_subject", "place_lines"]
