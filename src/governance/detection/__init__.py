"""Finds card numbers and personal data in texts and columns.

`classify` is the authority: it decides what one text holds. `scan` sends it only the cells of a column in which it
could find something; `look` does so for several kinds at once. `scan_known` finds people by their keyed tokens, in
every written form. Findings hold a place and a kind, never the value.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from governance.detection.authority import LONGEST_CELL, classify
from governance.detection.detectors import (
    BANK_DATA,
    DECLARED,
    DEFAULT,
    HOME,
    KINDS,
    PERSONAL_DATA,
    Detectors,
)
from governance.detection.findings import Finding, Grade
from governance.detection.ids import Habits, findable, words_in
from governance.detection.kinds.abroad import supported as regions
from governance.detection.own import OwnKind, detectors_for
from governance.detection.text.folding import fold

if TYPE_CHECKING:
    from governance.detection.known import Known, KnownHits, scan_known
    from governance.detection.scanning import Hits, Sightings, look, scan

__all__ = [
    "BANK_DATA",
    "DECLARED",
    "DEFAULT",
    "HOME",
    "KINDS",
    "LONGEST_CELL",
    "PERSONAL_DATA",
    "Detectors",
    "Finding",
    "Grade",
    "Habits",
    "Hits",
    "Known",
    "KnownHits",
    "OwnKind",
    "Sightings",
    "classify",
    "detectors_for",
    "findable",
    "fold",
    "look",
    "regions",
    "scan",
    "scan_known",
    "words_in",
]


def __getattr__(name: str) -> object:
    """Load NumPy, Arrow and what needs them at their first use: `classify` needs neither."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "known" if "known" in name.lower() else "scanning"
    return getattr(import_module(f"{__name__}.{home}"), name)
