"""The pages of a run: results and words into templates, nothing else; every page is one file that asks for no other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from governance.reports import colours, findings, views
from governance.reports.history import Past
from governance.reports.names import row_file, visible
from governance.reports.phrases import Phrases, code
from governance.reports.standing import ORDER, UNEVALUATED, headline, scoped, shown
from governance.reports.vocabulary import Words, words
from governance.results import CheckResult, Results, Verdict

SHOWN_REFERENCES = 50
INDEX = "index.html"


@dataclass(frozen=True, slots=True)
class Page:
    """One page; `path` is relative to the run's directory."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing, the sentence under it, and the verdicts whose colours it uses; vl_convert escapes what it draws."""

    drawing: Markup
    caption: str
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """The pages of one language: `folder` is where they are, `root` leads from there to the run's directory."""

    results: Results
    sections: tuple[views.SectionView, ...]
    say: Words
    folder: str
    mirror: str  # from these pages to those of the other language
    rows: frozenset[str]
    notebooks: frozenset[str]
    history: tuple[Past, ...] = ()

    @property
    def root(self) -> str:
        return "../" if self.folder else ""

    @property
    def language(self) -> str:
        """The language of the pages at the top, which `--lang` chose."""
        return self.say.other if self.folder else self.say.language

    def pages(self) -> tuple[Page, ...]:
        """The index and one page a section."""
        return (self._index(), *(self._section(position) for position in range(len(self.sections))))

    def csv(self, check: CheckResult) -> str:
        """The address of a check's file of references, "" when it has none."""
        return f"{self.root}rows/{quote(row_file(check.id))}" if check.id in self.rows else ""

    def unshown(self, check: CheckResult, found: views.References) -> int:
        """How many violating rows of a check have a reference that its page leaves out."""
        return max(0, check.evidence.violations - sum(len(names) for _, names in found))

    def _index(self) -> Page:
        actions = views.actions(self.sections)
        return self._page(
            "index",
            INDEX,
            sentence=headline(self.results, self.say.language),
            standing=shown(verdict for section in self.sections for verdict in section.shown),
            sections=self.sections,
            actions=actions[: views.SHOWN_ACTIONS],
            more=max(0, len(actions) - views.SHOWN_ACTIONS),
            shared=views.shared(self.results),
            counts=self.results.counts(),
            chart=self._verdicts_chart() if self.results.checks else None,
        )

    def _section(self, position: int) -> Page:
        found, view = self.sections, self.sections[position]
        notebook = views.notebook_of(view.section.id, self.notebooks)
        return self._page(
            "section",
            view.page,
            sentence=scoped(self.results, [clause.clause for clause in view.clauses], self.say),
            standing=view.shown,
            view=view,
            before=found[position - 1] if position else None,
            after=found[position + 1] if position + 1 < len(found) else None,
            chart=self._findings_chart(view.section.id),
            notebook=f"{self.root}notebooks/{quote(notebook)}" if notebook else "",
        )

    def _page(self, template: str, path: str, **values: object) -> Page:
        text = (
            _environment()
            .get_template(f"{template}.html.j2")
            .render(
                book=self,
                results=self.results,
                policy=self.results.policy,
                say=self.say,
                told=Phrases(self.say),
                path=path,
                **values,
            )
        )
        return Page(self.folder + path, text)

    def _verdicts_chart(self) -> Figure:
        from governance.reports import charts  # noqa: PLC0415  altair is heavy

        counts = self.results.counts()
        told = self.say.say(
            "chart.verdicts_told",
            violated=counts[Verdict.FAILED],
            unevaluated=sum(counts[verdict] for verdict in UNEVALUATED),
            n=len(self.results.checks),
        )
        chart = charts.verdicts_by_section(self.results, self.say.language)
        svg = charts.to_svg(charts.without_legend(chart), title=self.say.say("chart.verdicts"), description=told)
        return Figure(Markup(svg), told, tuple(verdict for verdict in ORDER if counts[verdict]))  # noqa: S704

    def _findings_chart(self, section: str) -> Figure | None:
        places = findings.by_place(self.results, section)
        if not places.groups:
            return None
        from governance.reports import charts  # noqa: PLC0415  altair is heavy

        told = self.say.say(
            "chart.findings_told" if places.groups == places.shown else "chart.findings_part",
            n=places.violations,
            places=len(places.groups),
            shown=len(places.shown),
            worst=charts.label(places.groups[0][0], self.say),
        )
        chart = charts.findings_by_place(self.results, self.say.language, section)
        svg = charts.to_svg(charts.without_legend(chart), title=self.say.say("chart.findings"), description=told)
        drawn = {check.verdict for group in places.shown for check in group}
        return Figure(Markup(svg), told, tuple(verdict for verdict in ORDER if verdict in drawn))  # noqa: S704


def render(
    results: Results,
    *,
    language: str = "fa",
    rows: Collection[str] = (),
    notebooks: Collection[str] = (),
    history: Sequence[Past] = (),
) -> tuple[Page, ...]:
    """The pages in both languages: the given one at the top, its mirror in the folder of its name.

    `rows` are the ids of checks that have a file of references, `notebooks` the names of the executed notebooks.
    """
    top = words(language)
    mirror = words(top.other)
    found = views.sections(results)
    files = frozenset(rows), frozenset(notebooks), tuple(history)
    return (
        *Book(results, found, top, "", f"{mirror.language}/", *files).pages(),
        *Book(results, found, mirror, f"{mirror.language}/", "../", *files).pages(),
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("governance.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"code": code, "visible": visible}
    environment.globals |= {
        "colours": colours,
        "order": ORDER,
        "references": views.references,
        "most_references": SHOWN_REFERENCES,
        "row_file": row_file,
    }
    return environment
