"""A section to explore in JupyterLab: pick a clause, see its checks, search failing rows, read a rule, check again.

Without a browser or the extra `lab`, plain tables show the same.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from governance import guide
from governance.errors import GovernanceError, UsageError
from governance.guide import Table
from governance.guide.section import Section
from governance.inputs import find_project
from governance.reports import words
from governance.reports.facts.standing import severity_of
from governance.reports.language.digits import localise
from governance.results import CheckResult, Results, Verdict

# The world that `make report` makes, offered where no data is named.
DEMO: Final = Path("build") / "demo"
# Jupyter's server sets it for the kernels of its notebooks; papermill does not.
_SESSION: Final = "JPY_SESSION_NAME"
_RULE_LINES: Final = 40
_MOST: Final = 40


def explore(section: Section, *, data: str = "", keys: str = "", as_of: str = "") -> Table | None:
    """Show the explorer of a section; a table of its checks without a browser."""
    clickable = _SESSION in os.environ and find_spec("ipywidgets") is not None
    if not clickable or not section.results.policy.clauses:
        return guide.outcomes(section.results.checks, section.language).head(_MOST)
    demo = find_project() / DEMO
    if not data and (demo / "data").is_dir():
        data, keys = str(demo / "data"), keys or str(demo / "keys.json")
    Explorer(section, data, keys, as_of).show()
    return None


def rule_text(project: Path, place: str) -> str:
    """The lines of the policy files in which a rule is written; "" if it is no longer there."""
    name, _, line = place.rpartition(":")
    path = project / "expectations" / Path(name).name
    if not path.is_file() or not line.isdecimal():
        return ""
    lines = path.read_text("utf-8").splitlines()
    start = int(line) - 1
    if not 0 <= start < len(lines):
        return ""
    # The place points at the rule's content; its id stands above, its content is indented deeper.
    while start and lines[start].startswith("    "):
        start -= 1
    kept = [lines[start]]
    for text in lines[start + 1 : start + _RULE_LINES]:
        if text.strip() and not text.startswith("    "):
            break
        kept.append(text)
    return "\n".join(kept).rstrip()


def check_again(check_id: str, *, data: str, keys: str, as_of: str = "") -> tuple[CheckResult, float]:
    """Evaluate one check now, and time it; GovernanceError names what is missing."""
    from governance.run import check  # noqa: PLC0415  the engine is heavy

    if not data:
        raise UsageError("Expected the folder of the data to check, found none; name it beside the button.")
    begun = time.perf_counter()
    results = check(data, keys=keys or None, as_of=as_of or None, select=[check_id])
    return results.checks[0], time.perf_counter() - begun


@dataclass(slots=True)
class Explorer:
    """The widgets of one section, and the selection in them."""

    section: Section
    data: str
    keys: str
    as_of: str
    clause: Any = field(init=False)
    check: Any = field(init=False)
    search: Any = field(init=False)
    folder: Any = field(init=False)
    key_file: Any = field(init=False)
    again: Any = field(init=False)
    shown: Any = field(init=False)
    result: Any = field(init=False)

    def __post_init__(self) -> None:
        import ipywidgets  # noqa: PLC0415  an extra

        say = words(self.section.language).say
        wide = ipywidgets.Layout(width="98%")
        style = {"description_width": "9em"}
        results = self.section.results
        clauses = [(self._labelled(results.clause_verdict(c.id), c.id), c.id) for c in results.policy.clauses]
        self.clause = ipywidgets.Dropdown(options=clauses, description=say("notebook.clause"), layout=wide, style=style)
        self.check = ipywidgets.Dropdown(description=say("notebook.check"), layout=wide, style=style)
        self.search = ipywidgets.Text(
            placeholder=say("notebook.search"), description=say("notebook.filter"), style=style
        )
        self.folder = ipywidgets.Text(self.data, description=say("notebook.data"), layout=wide, style=style)
        self.key_file = ipywidgets.Text(self.keys, description=say("notebook.keys"), layout=wide, style=style)
        self.again = ipywidgets.Button(description=say("notebook.again"), icon="refresh", layout={"width": "16em"})
        self.shown, self.result = ipywidgets.Output(), ipywidgets.Output()
        self.clause.observe(lambda _: self._pick_clause(), "value")
        self.check.observe(lambda _: self._render(), "value")
        self.search.observe(lambda _: self._render(), "value")
        self.again.on_click(lambda _: self._again())

    def show(self) -> None:
        """Put the widgets on the page."""
        import ipywidgets  # noqa: PLC0415

        if find_spec("itables") is not None:
            import itables  # noqa: PLC0415

            itables.init_notebook_mode(connected=False)
        self._pick_clause()
        rows = [self.clause, self.check, self.search, self.shown, self.folder, self.key_file, self.again, self.result]
        _show(ipywidgets.VBox(rows))

    def _labelled(self, verdict: Verdict, name: str) -> str:
        return f"{name} · {words(self.section.language).say(f'verdict.{verdict}')}"

    def _pick_clause(self) -> None:
        checks = sorted(self.section.results.of_clause(self.clause.value), key=severity_of)
        self.check.options = [(self._labelled(check.verdict, check.id), check.id) for check in checks]
        self.check.value = checks[0].id if checks else None
        self._render()

    def _chosen(self) -> CheckResult | None:
        return next((c for c in self.section.results.checks if c.id == self.check.value), None)

    def _render(self) -> None:
        self.shown.clear_output(wait=True)
        with self.shown:
            policy, language = self.section.results.policy, self.section.language
            clause = next(clause for clause in policy.clauses if clause.id == self.clause.value)
            self._say(clause.statement[language])
            check = self._chosen()
            if check is None:
                self._say(words(language).say("clause.no_checks"))
                return
            _show(guide.outcomes([check], language))
            show_rows(guide.references(self._of(check), language, check.id).where(self.search.value))
            rule = next(rule for rule in policy.rules if rule.id == check.rule)
            file = Path(rule.place.rpartition(":")[0]).name
            written = rule_text(find_project(), rule.place)
            _show_as("text/markdown", f"[{rule.place}](../expectations/{file})\n\n```yaml\n{written}\n```")

    def _say(self, text: str) -> None:
        direction = words(self.section.language).direction
        _show_as("text/html", str(Markup('<div dir="{}">{}</div>').format(direction, text)))

    def _of(self, check: CheckResult) -> Results:
        return replace(self.section.results, checks=(check,))

    def _again(self) -> None:
        say = words(self.section.language)
        self.again.disabled = True
        self.result.clear_output(wait=True)
        with self.result:
            try:
                found, seconds = check_again(
                    str(self.check.value or ""), data=self.folder.value, keys=self.key_file.value, as_of=self.as_of
                )
                _show(guide.outcomes([found], self.section.language))
                self._say(say.say("notebook.took", seconds=localise(f"{seconds:.1f}", self.section.language)))
            except GovernanceError as error:
                self._say(str(error))
            finally:
                self.again.disabled = False


def show_rows(table: Table) -> None:
    """A table that can be sorted and searched, if the extra `lab` is installed; works offline."""
    if find_spec("itables") is None or not len(table):
        _show(table.head(20))
        return
    import itables  # noqa: PLC0415

    _show_as("text/html", itables.to_html_datatable(table.frame(), connected=False, allow_html=False, showIndex=False))


def _show(thing: object) -> None:
    from IPython.display import display  # noqa: PLC0415  only a notebook calls this

    display(thing)  # type: ignore[no-untyped-call]


def _show_as(kind: str, text: str) -> None:
    from IPython.display import display  # noqa: PLC0415

    display({kind: text, "text/plain": text}, raw=True)  # type: ignore[no-untyped-call]
