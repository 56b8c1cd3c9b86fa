"""A stored run for other programs: files for CI servers, code hosts and compliance tools, from the same results.

| verdict | JUnit | SARIF | OSCAL |
|---|---|---|---|
| failed | failure | fail | not-satisfied, fail |
| error, not_evaluated | error | open, notification | not-satisfied, other |
| waived | skipped | fail, suppressed | not-satisfied, with a risk that is accepted |
| attested | skipped | review | satisfied, method EXAMINE |
| passed | – | – | satisfied, method TEST |
"""

from __future__ import annotations

from governance.reports.exports.catalog import catalog
from governance.reports.exports.junit import junit
from governance.reports.exports.oscal import oscal
from governance.reports.exports.sarif import sarif
from governance.reports.exports.summary import summary
from governance.results import Results

__all__ = ["EXPORTS", "catalog", "export"]

EXPORTS = {"junit.xml": junit, "sarif.json": sarif, "oscal.json": oscal, "summary.md": summary}


def export(results: Results) -> dict[str, str]:
    """The text of every export by its file name, in English."""
    return {name: make(results) for name, make in EXPORTS.items()}
