"""What a notebook shows of a stored run: tables and charts in the words of one language, light enough for a kernel."""

from governance.guide.answers import (
    attested,
    collected,
    collected_chart,
    encryption,
    encryption_chart,
    purposes,
    purposes_chart,
    rights,
    rights_chart,
    shared,
    shared_chart,
    versions,
    versions_chart,
)
from governance.guide.counts import counted
from governance.guide.figures import Figure
from governance.guide.proving import proven, proven_chart, quality, quality_chart, schemes, unproven
from governance.guide.steps import (
    advice,
    data,
    findings,
    outcomes,
    overview,
    places,
    references,
    rules,
    sentences,
    verdicts,
)
from governance.guide.tables import Table

__all__ = [
    "Figure",
    "Table",
    "advice",
    "attested",
    "collected",
    "collected_chart",
    "counted",
    "data",
    "encryption",
    "encryption_chart",
    "findings",
    "outcomes",
    "overview",
    "places",
    "proven",
    "proven_chart",
    "purposes",
    "purposes_chart",
    "quality",
    "quality_chart",
    "references",
    "rights",
    "rights_chart",
    "rules",
    "schemes",
    "sentences",
    "shared",
    "shared_chart",
    "unproven",
    "verdicts",
    "versions",
    "versions_chart",
]
