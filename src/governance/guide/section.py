"""One section of the policy as a notebook shows it: read from a stored run, or evaluated live."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Final

from governance import guide
from governance.arguments import PathInput, path_of
from governance.errors import UsageError
from governance.guide import CellChart, Table
from governance.inputs import find_project
from governance.notebooks import VERDICT_MIME, check_parameters
from governance.reports import headline, words
from governance.reports.charts.colours import LIGHT
from governance.reports.facts.proof import PROOF, Proof, load_proof
from governance.results import Results, Verdict

# The output of `make report`: a notebook reads it unless it names another run.
LATEST: Final = Path("build") / "report"


class NotCompliantError(Exception):
    """A section does not hold. The last cell of a strict notebook raises it; JupyterLab shows the sentence alone."""

    def _render_traceback_(self) -> list[str]:
        # Isolated, as a Persian sentence would otherwise run in the wrong direction.
        return [f"\u2068{self}\u2069"]


@dataclass(frozen=True, slots=True)
class Section:
    """The part of a run that one notebook shows; the id "" is the whole policy. Its methods are the steps of a tour.

    `run` is the folder of the stored run, None if it was evaluated now.
    """

    id: str
    results: Results
    language: str
    run: Path | None = None

    def __repr__(self) -> str:
        return self.sentence

    @property
    def verdict(self) -> Verdict:
        return self.results.section_verdict(self.id) if self.id else self.results.verdict

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        return headline(self.results, self.language)

    def overview(self) -> Table:
        """The sections of the policy, each with the way to its notebook."""
        return guide.overview(self.results, self.language)

    def clauses(self) -> Table:
        """The sentences of the policy, with their verdicts."""
        return guide.sentences(self.results, self.language)

    def rules(self) -> Table:
        """The rules made from each sentence."""
        return guide.rules(self.results, self.language)

    def data(self) -> Table:
        """The tables that were read."""
        return guide.data(self.results, self.language)

    def findings(self) -> Table:
        """The checks that do not hold."""
        return guide.findings(self.results, self.language)

    def references(self, check_id: str = "") -> Table:
        """Failing rows by opaque reference, of one check or of all."""
        return guide.references(self.results, self.language, check_id)

    def advice(self) -> Table:
        """What to do."""
        return guide.advice(self.results, self.language)

    def chart(self) -> CellChart:
        """The verdicts by section for the whole policy; the violations by place for a section."""
        if self.id:
            return guide.places(self.results, self.id, self.language)
        return guide.verdicts(self.results, self.language)

    def proof(self) -> Proof | None:
        """The proof of the version that made this run, if the run holds it; else None."""
        path = (self.run or find_project() / LATEST) / PROOF
        proof = load_proof(path) if path.is_file() else None
        return proof if proof and proof.version.policy == self.results.policy.digest else None

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
        say, colour = words(self.language), LIGHT[self.verdict]
        style = f"border-inline-start:.4em solid {colour};padding:.6em 1em;font-size:1.15em;color:{colour}"
        style += ";background:#fff"
        word = say.say(f"verdict.{self.verdict}")
        text = f"<strong>{escape(word)}</strong> · {escape(self.sentence)}"
        return f'<div dir="{say.direction}" style="{style}">{text}</div>'


def open_section(
    section: str = "", *, run: str = "", data: str = "", keys: str = "", as_of: str = "", lang: str = "fa"
) -> Section:
    """A section of a stored `run`; without one, of `data` evaluated now; with neither, of the latest report.

    The arguments are the parameters of every notebook; an empty text counts as absent.
    """
    check_parameters({"run": run, "data": data, "keys": keys, "as_of": as_of, "lang": lang})
    folder = None if data and not run else Path(run) if run else _latest()
    results = _evaluated(section, data, keys, as_of) if folder is None else read_run(folder)
    return Section(section, results.narrowed(section) if section else results, lang, folder)


def _latest() -> Path:
    return find_project() / LATEST


def _evaluated(section: str, data: str, keys: str, as_of: str) -> Results:
    from governance.run import check  # noqa: PLC0415  a stored run needs no engine

    return check(data, keys=keys or None, as_of=as_of or None, select=[section] if section else [])


def read_run(folder: PathInput) -> Results:
    """The results of a stored run; UsageError when the folder holds none."""
    path = path_of(folder, "folder") / "results.json"
    try:
        return Results.from_json(path.read_text("utf-8"))
    except (OSError, ValueError):
        raise UsageError(
            f"{path}: expected the results of a run, found none; run `make report`, or name the data to look at."
        ) from None
