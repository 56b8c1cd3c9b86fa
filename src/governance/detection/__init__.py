"""Finds card numbers and personal data in texts and columns.

`classify` is the authority: it decides what one text holds. `scan` brings it the few cells of a column in which it
could find anything, `look` does so for several questions at once. `scan_known` finds people of whom keyed tokens are
known, in whatever form they are written. Findings say where and what kind, never the value.
"""

from governance.detection.authority import classify
from governance.detection.findings import BANK_DATA, KINDS, PERSONAL_DATA, Finding, Grade
from governance.detection.known import Known, KnownHits, scan_known
from governance.detection.scanning import Hits, Sightings, look, scan

__all__ = [
    "BANK_DATA",
    "KINDS",
    "PERSONAL_DATA",
    "Finding",
    "Grade",
    "Hits",
    "Known",
    "KnownHits",
    "Sightings",
    "classify",
    "look",
    "scan",
    "scan_known",
]
