"""What rules counted beside their verdicts, as pictures: groups that look alike, accesses, transfers, days, bytes."""

from __future__ import annotations

from governance.guide.figures import Figure
from governance.reports import words
from governance.reports.charts import figures
from governance.reports.facts.series import series_of
from governance.reports.facts.views import rule_views
from governance.results import Results


def counted(results: Results, name: str, language: str) -> Figure:
    """The first series of a name that the rules counted: `k`, `use`, `flow`, `day` or `byte`."""
    say = words(language)
    for view in rule_views(results):
        series = series_of(view)
        if series is not None and series.name == name and series.total:
            return Figure.of(figures.of_rule(view, say), "", language)
    return Figure.of(None, say.say(f"chart.{name}"), language)
