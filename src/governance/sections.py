"""One section of the policy as a notebook shows it: read from a stored run, or evaluated live."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from governance.errors import UsageError
from governance.notebooks import VERDICT_MIME, check_parameters
from governance.project import find_project
from governance.reports import headline, words
from governance.results import Results, Verdict
from governance.run import check, read_time

if TYPE_CHECKING:
    import pandas as pd

# What `make report` makes: the run that a notebook reads when it is told of no other.
LATEST: Final = Path("build") / "report"


class NotCompliantError(Exception):
    """A section does not hold. The last cell of a strict notebook raises it; JupyterLab shows the sentence alone."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@dataclass(frozen=True, slots=True)
class Figure:
    """A Vega-Lite chart as JupyterLab draws it, from its own copy of Vega: no script comes from anywhere else."""

    spec: dict[str, Any]

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        # JupyterLab knows the format by this name; altair announces a newer one, which no reader of notebooks knows.
        schema = "https://vega.github.io/schema/vega-lite/v5.json"
        return {"application/vnd.vegalite.v5+json": {**self.spec, "$schema": schema}, "text/plain": "(chart)"}


@dataclass(frozen=True, slots=True)
class Section:
    """The part of a run that one notebook speaks of; the id "" is the whole policy."""

    id: str
    results: Results
    language: str

    def __repr__(self) -> str:
        return self.sentence

    @property
    def verdict(self) -> Verdict:
        return self.results.section_verdict(self.id) if self.id else self.results.verdict

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        return headline(self.results, self.language)

    def clauses(self) -> pd.DataFrame:
        """Each clause: its restated sentence, its verdict, and how many checks stand behind it."""
        say = words(self.language)
        rows = [
            {
                say.say("notebook.clause"): clause.id,
                say.say("notebook.statement"): clause.statement[self.language],
                say.say("notebook.verdict"): say.say(f"verdict.{self.results.clause_verdict(clause.id)}"),
                say.say("notebook.checks"): len(self.results.of_clause(clause.id)),
            }
            for clause in self.results.policy.clauses
        ]
        return _frame(rows)

    def findings(self) -> pd.DataFrame:
        """The checks that do not hold: place, verdict, reason and counts; no value of the data."""
        say = words(self.language)
        rows = [
            {
                say.say("notebook.check"): found.id,
                say.say("notebook.verdict"): say.say(f"verdict.{found.verdict}"),
                say.say("notebook.reason"): say.say(f"reason.{found.reason}"),
                say.say("notebook.violations"): found.evidence.violations,
                say.say("notebook.examined"): found.evidence.examined,
            }
            for found in self.results.checks
            if found.verdict is not Verdict.PASSED
        ]
        return _frame(rows)

    def references(self, check_id: str = "") -> pd.DataFrame:
        """Failing rows by opaque reference; `governance explain` tells a holder of the keys which they are."""
        say = words(self.language)
        rows = [
            {
                say.say("notebook.reference"): row.reference,
                say.say("notebook.check"): found.id,
                say.say("notebook.problem"): say.named("problem", row.problem) or row.problem,
            }
            for found in self.results.checks
            if check_id in {"", found.id}
            for row in found.evidence.rows
        ]
        return _frame(rows)

    def chart(self) -> Figure:
        """The verdicts by section for the whole policy; the violations by place for a section."""
        from governance.reports import charts  # noqa: PLC0415  altair takes a second to import

        if self.id:
            return Figure(charts.findings_by_place(self.results, self.language, self.id).to_dict())
        return Figure(charts.verdicts_by_section(self.results, self.language).to_dict())

    def conclude(self, *, strict: bool) -> None:
        """Show the verdict; raise NotCompliantError if `strict` and it is worse than waived, attested or passed."""
        check_parameters({"strict": strict})
        from IPython.display import display  # noqa: PLC0415  only a notebook calls this

        bundle: dict[str, Any] = {
            "text/plain": self.sentence,
            "text/html": self._repr_html_(),
            VERDICT_MIME: {"section": self.id, "verdict": self.verdict.value},
        }
        display(bundle, raw=True)  # type: ignore[no-untyped-call]
        if strict and self.verdict in {Verdict.ERROR, Verdict.NOT_EVALUATED, Verdict.FAILED}:
            raise NotCompliantError(self.sentence)

    def _repr_html_(self) -> str:
        say = words(self.language)
        colour = {"passed": "#1a6b2f", "waived": "#6b5a00", "attested": "#6b5a00"}.get(self.verdict, "#9b1226")
        style = f"border-inline-start:.4em solid {colour};padding:.6em 1em;font-size:1.15em;color:{colour}"
        return f'<div dir="{say.direction}" style="{style}"><strong>{escape(self.sentence)}</strong></div>'


def open_section(
    section: str = "", *, run: str = "", data: str = "", keys: str = "", as_of: str = "", lang: str = "fa"
) -> Section:
    """A section of a stored `run`; without one, of `data` evaluated now; with neither, of the latest report.

    The arguments are the parameters of every notebook, as they come: empty texts are absent.
    """
    check_parameters({"run": run, "data": data, "keys": keys, "as_of": as_of, "lang": lang})
    decided = read_time(as_of, "as_of") if as_of else None
    if run or not data:
        results = read_run(Path(run) if run else find_project() / LATEST)
    else:
        results = check(data, keys=keys or None, as_of=decided, select=[section] if section else [])
    return Section(section, results.narrowed(section) if section else results, lang)


def read_run(folder: Path) -> Results:
    """The results of a stored run; UsageError when the folder holds none."""
    path = folder / "results.json"
    try:
        return Results.from_json(path.read_text("utf-8"))
    except (OSError, ValueError):
        raise UsageError(
            f"{path}: expected the results of a run, found none; run `make report`, or name the data to look at."
        ) from None


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415  half a second to import

    # A clause is shown whole, or its reader cannot judge the verdict beside it.
    pd.options.display.max_colwidth = None
    return pd.DataFrame(rows)
