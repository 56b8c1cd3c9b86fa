"""One colour per verdict, in pages and charts: contrast of at least 4.5 : 1, and always with an icon or word."""

from __future__ import annotations

from types import MappingProxyType

from governance.results import Verdict

LIGHT = MappingProxyType(
    {
        Verdict.FAILED: "#a3142b",
        Verdict.ERROR: "#86207f",
        Verdict.NOT_EVALUATED: "#4d5666",
        Verdict.WAIVED: "#8a4b00",
        Verdict.ATTESTED: "#1a5c8a",
        Verdict.PASSED: "#17663a",
    }
)
DARK = MappingProxyType(
    {
        Verdict.FAILED: "#ff8a95",
        Verdict.ERROR: "#e59ddf",
        Verdict.NOT_EVALUATED: "#b4bdca",
        Verdict.WAIVED: "#f0b36a",
        Verdict.ATTESTED: "#7cc4f2",
        Verdict.PASSED: "#7fd8a2",
    }
)
INK = "#1b1d22"
TONE = "#2b6cb0"  # of charts that show no verdicts
TONE_DARK = "#7fb2f0"
RULE = "#dfe2e8"
