"""Renders the pages of a run from results and words; every page is one self-contained file."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from governance import detection
from governance.errors import UsageError
from governance.reports.charts import colours, figures
from governance.reports.charts.figures import Figure
from governance.reports.exports import EXPORTS
from governance.reports.facts import register_views, views
from governance.reports.facts.history import Changes, Past
from governance.reports.facts.matrix import Matrix, by_kind
from governance.reports.facts.phrases import Phrases, code, isolated, prose
from governance.reports.facts.proof import Proof
from governance.reports.facts.standing import ORDER, headline, scoped
from governance.reports.facts.trails import Trails
from governance.reports.facts.unlooked import not_looked_at
from governance.reports.language.safe_names import row_file, visible
from governance.reports.language.words import Words, with_kinds, words
from governance.reports.pages.fonts import MOST_PAGE, Font
from governance.results import CheckResult, Results, RowReference

SHOWN_REFERENCES = 200  # of one check
MOST_REFERENCES = 2000  # of one page
SHOWN_DIGESTS = 100  # of the files of the data
INDEX, TEXT, PROOF = "index.html", "policy.html", "proof.html"


@dataclass(frozen=True, slots=True)
class Page:
    """One page; `path` is relative to the run's directory."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Book:
    """The pages of one language: `folder` holds them, `root` leads from there to the run's directory."""

    results: Results
    now: Past
    sections: tuple[views.SectionView, ...]
    apart: tuple[views.ApartView, ...]  # the rules that serve no clause
    say: Words
    folder: str
    mirror: str  # from these pages to those of the other language
    rows: frozenset[str]
    notebooks: frozenset[str]
    history: tuple[Past, ...] = ()
    proof: Proof | None = None
    digests: tuple[tuple[str, str], ...] = ()
    font: Font | None = None

    @property
    def trails(self) -> Trails | None:
        """The verdicts of the last runs; None for a first run."""
        return Trails.of((*self.history, self.now))

    @property
    def root(self) -> str:
        return "../" if self.folder else ""

    @property
    def head(self) -> str:
        """The running head of a printed page: policy, time and digest."""
        policy = self.results.policy
        line = f"{policy.id} {policy.version} \u00b7 {self.results.as_of} \u00b7 {policy.digest[:16]}"
        # A style sheet has no entities: nothing here may end a string in it.
        return _UNQUOTABLE.sub("", line)

    @property
    def language(self) -> str:
        """The language of the pages at the top, which `--lang` chose."""
        return self.say.other if self.folder else self.say.language

    def pages(self) -> tuple[Page, ...]:
        """The index, one page a section and place apart, the policy's text, the proof."""
        sections = (self._section(position) for position in range(len(self.sections)))
        return (self._index(), *sections, *map(self._apart, self.apart), self._policy(), self._proof())

    def csv(self, check: CheckResult) -> str:
        """The address of a check's file of references, "" when it has none."""
        return f"{self.root}rows/{quote(row_file(check.id))}" if check.id in self.rows else ""

    def page_of_clause(self, clause: str) -> str:
        """The link to a clause on its section's page, or to a place apart; for a removed clause to the text."""
        if clause in {view.place for view in self.apart}:
            return views.page_of(clause)
        found = next((one for one in self.results.policy.clauses if one.id == clause), None)
        return f"{views.page_of(found.section)}#c-{clause}" if found else TEXT

    def rule_chart(self, view: views.RuleView) -> Figure | None:
        """The chart of a rule's counts, if they form a series."""
        return figures.of_rule(view, self.say)

    @property
    def contents(self) -> list[tuple[str, str]]:
        """Every page with its short title."""
        say, phrases = self.say, Phrases(self.say)
        sections = [
            (view.page, say.say("section.number", section=phrases.numerals(view.section.id))) for view in self.sections
        ]
        return [
            (INDEX, say.say("page.index")),
            *sections,
            *((view.page, say.say(f"{view.place}.name")) for view in self.apart),
            (TEXT, say.say("text.short")),
            (PROOF, say.say("proof.short")),
        ]

    def unshown(self, check: CheckResult, found: Sequence[RowReference]) -> int:
        """How many violating rows of a check have a reference that its page leaves out."""
        return max(0, check.evidence.violations - len(found))

    def _index(self) -> Page:
        actions = views.actions(self.sections, self.apart)
        before = self.history[-1] if self.history else None
        return self._page(
            "index",
            INDEX,
            sentence=headline(self.results, self.say.language),
            verdict=self.results.verdict,
            sections=self.sections,
            apart=self.apart,
            actions=actions[: views.SHOWN_ACTIONS],
            more=max(0, len(actions) - views.SHOWN_ACTIONS),
            shared=views.shared(self.results),
            counts=self.results.counts(),
            span=register_views.Span.of(self.results),
            most_digests=SHOWN_DIGESTS,
            chart=figures.verdicts(self.results, self.say) if self.results.checks else None,
            before=before,
            changes=Changes.between(before, self.now) if before else None,
            trend=figures.trend((*self.history, self.now), self.say) if before else None,
            waivers=register_views.waivers(self.results),
            attestations=register_views.attestations(self.results),
            untested=register_views.untested(self.results),
            unlooked=not_looked_at(self.results),
            review=sum(check.evidence.review for check in self.results.checks),
        )

    def _section(self, position: int) -> Page:
        found, view = self.sections, self.sections[position]
        notebook = views.notebook_of(view.section.id, self.notebooks)
        return self._page(
            "section",
            view.page,
            sentence=scoped(self.results, [clause.clause for clause in view.clauses], self.say),
            verdict=self.results.section_verdict(view.section.id),
            view=view,
            before=found[position - 1] if position else None,
            after=found[position + 1] if position + 1 < len(found) else None,
            chart=figures.findings_of(self.results, view.section.id, self.say),
            notebook=f"{self.root}notebooks/{quote(notebook)}" if notebook else "",
            most_references=self._most_references([rule for clause in view.clauses for rule in clause.rules]),
            scripted=True,
        )

    def _apart(self, view: views.ApartView) -> Page:
        return self._page(
            "apart",
            view.page,
            view=view,
            chart=figures.findings_of(self.results, view.place, self.say),
            most_references=self._most_references(view.rules),
            scripted=True,
        )

    def _most_references(self, rules: Sequence[views.RuleView]) -> int:
        """How many references of a check a page shows, so that the page stays small."""
        failing = sum(bool(check.evidence.rows) for rule in rules for check in rule.open)
        return max(20, min(SHOWN_REFERENCES, MOST_REFERENCES // max(1, failing)))

    def _policy(self) -> Page:
        return self._page(
            "policy",
            TEXT,
            text=register_views.sentences(self.results),
            untested=register_views.untested(self.results),
            editions=register_views.editions(self.results),
            other_regions=len(detection.regions().difference(self.results.policy.regions)),
        )

    def _proof(self) -> Page:
        proof = self.proof
        return self._page(
            "proof",
            PROOF,
            proof=proof,
            matrix=Matrix.of(proof, (rule.id for rule in self.results.policy.rules)) if proof else None,
            quality=by_kind(proof.quality) if proof else (),
        )

    def _page(self, template: str, path: str, **values: object) -> Page:
        text = (
            environment()
            .get_template(f"{template}.html.j2")
            .render(
                book=self,
                results=self.results,
                policy=self.results.policy,
                say=self.say,
                phrases=Phrases(self.say),
                path=path,
                pages=self.contents,
                trails=self.trails,
                **{"scripted": False, **values},
            )
        )
        return Page(self.folder + path, text)


def render(
    results: Results,
    *,
    language: str = "fa",
    rows: Collection[str] = (),
    notebooks: Collection[str] = (),
    history: Sequence[Past] = (),
    proof: Proof | None = None,
    digests: Mapping[str, str] = MappingProxyType({}),
    font: Font | None = None,
) -> tuple[Page, ...]:
    """The pages in both languages: the given one at the top, its mirror in the folder of its name.

    `rows` are the ids of checks that have a file of references, `notebooks` the names of the executed notebooks,
    `history` the earlier runs, oldest first; `proof` must be of this version; `digests` are the data's, by file name.
    UsageError if a page with this font would be too large.
    """
    top = with_kinds(words(language), results.policy.kinds)
    mirror = with_kinds(words(top.other), results.policy.kinds)
    found, own, now = views.sections(results), views.apart(results), Past.of(results)
    files = frozenset(rows), frozenset(notebooks), tuple(history), proof, tuple(sorted(digests.items())), font
    pages = (
        *Book(results, now, found, own, top, "", f"{mirror.language}/", *files).pages(),
        *Book(results, now, found, own, mirror, f"{mirror.language}/", "../", *files).pages(),
    )
    largest = max(len(page.text.encode()) for page in pages) if font else 0
    if largest >= MOST_PAGE:
        raise UsageError(
            f"expected a font with which every page stays under {MOST_PAGE:,} bytes, found one that makes a "
            f"page of {largest:,}; take a part of it that has the letters of both languages, or none.",
            argument="font",
        )
    return pages


# Direction marks would turn the text around them; loaded policy files hold none, but a stored run could.
_TURNING = re.compile("[\u202a-\u202e\u2066\u2068]")
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def _shown(value: object) -> object:
    """A value as a template prints it: characters that hide or turn text are written as codes."""
    if isinstance(value, Markup):
        return Markup(_TURNING.sub(lambda found: visible(found[0]), value))  # noqa: S704  it was HTML before
    return _HIDDEN.sub(lambda found: visible(found[0]), value) if isinstance(value, str) else value


_UNQUOTABLE = re.compile("[^0-9A-Za-z:.+ \u00b7_-]")
_SCRIPT = (Path(__file__).parent / "templates" / "filter.js").read_text("utf-8")


def _hash(script: str) -> str:
    """The hash by which a content security policy allows a script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


@cache
def environment() -> Environment:
    """The templates and the functions that they may call."""
    made = Environment(
        loader=PackageLoader("governance.reports.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"code": code, "isolated": isolated, "prose": prose, "visible": visible}
    made.globals |= {
        "colours": colours,
        "order": ORDER,
        "references": views.references,
        "exports": sorted(EXPORTS),
        "script": Markup(_SCRIPT),  # noqa: S704  our own file
        "script_hash": _hash(_SCRIPT),
        "row_file": row_file,
        "waiver_of": register_views.waiver_of,
        "attestation_of": register_views.attestation_of,
    }
    return made
