"""Finds card numbers and personal data in texts and columns.

`classify` is the authority: it decides what one text holds. `scan` brings it the few cells of a column in which it
could find anything, `look` does so for several questions at once. `scan_known` finds people of whom keyed tokens are
known, in whatever form they are written. Findings say where and what kind, never the value.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from governance.detection.authority import classify
from governance.detection.detectors import BANK_DATA, DECLARED, KINDS, PERSONAL_DATA
from governance.detection.findings import Finding, Grade

if TYPE_CHECKING:
    from governance.detection.known import Known, KnownHits, scan_known
    from governance.detection.scanning import Hits, Sightings, look, scan

__all__ = [
    "BANK_DATA",
    "DECLARED",
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


def __getattr__(name: str) -> object:
    """What reads columns, with NumPy and Arrow, is loaded when it is first asked for: `classify` needs neither."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "known" if "known" in name.lower() else "scanning"
    return getattr(import_module(f"{__name__}.{home}"), name)
