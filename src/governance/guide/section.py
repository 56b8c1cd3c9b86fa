"""One section of the policy as a notebook shows it: read from a stored run, or evaluated live."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from governance import guide
from governance.arguments import PathInput, path_of
from governance.errors import EvidenceError, UsageError
from governance.guide import CellChart, Table
from governance.inputs import KEYS_VARIABLE, find_project
from governance.notebooks import MAKING, VERDICT_MIME, check_injected, check_parameters
from governance.reports import headline, words
from governance.reports.charts.colours import LIGHT
from governance.reports.facts.phrases import Phrases, code
from governance.reports.facts.proof import PROOF, Proof, load_proof
from governance.reports.language.words import Words
from governance.results import Results, Verdict
from governance.sealing import ATTESTATION, Verified, verify

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

    `run` is the folder of the stored run, None if it was evaluated now. `origin` says where the answer comes from: the
    digest of the results, their time and data, and whether the run is what was attested.
    """

    id: str
    results: Results
    language: str
    run: Path | None = None
    origin: Markup = field(default_factory=Markup)

    def __repr__(self) -> str:
        return f"{self.sentence}\n{self.origin.striptags()}".rstrip()

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
        """The proof of the version that made this run, if the run holds it; else None, as for one evaluated now."""
        path = self.run / PROOF if self.run else None
        proof = load_proof(path) if path and path.is_file() else None
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
        text += f"<br><small>{self.origin}</small>" if self.origin else ""
        return f'<div dir="{say.direction}" style="{style}">{text}</div>'


def open_section(
    section: str = "", *, run: str = "", data: str = "", keys: str = "", as_of: str = "", lang: str = "fa"
) -> Section:
    """A section of a stored `run`; without one, of `data` evaluated now; with neither, of the latest report.

    The arguments are the parameters of every notebook; an empty text counts as absent. UsageError for one that
    papermill gave and nobody knows, and for keys or a time without data; EvidenceError for a stored run that is not, to
    the byte, what was attested.
    """
    check_injected()
    check_parameters({"run": run, "data": data, "keys": keys, "as_of": as_of, "lang": lang})
    for name, value in {"keys": keys, "as_of": as_of}.items():
        if value and not data:
            raise UsageError("expected the data that it is for, as `data`, found none.", argument=name)
    say = words(lang)
    if data and not run:
        results = _evaluated(section, data, keys, as_of)
        origin, folder = say.mark("notebook.live", **_about(results, lang)), None
    else:
        folder = Path(run) if run else find_project() / LATEST
        results, seal = read_run(folder), _seal(folder, say)
        digest = hashlib.sha256(results.to_json().encode()).hexdigest()
        origin = say.mark("notebook.stored", digest=code(digest), seal=seal, **_about(results, lang))
    return Section(section, results.narrowed(section) if section else results, lang, folder, origin)


def _about(results: Results, language: str) -> dict[str, Markup]:
    """The time and the data of some results."""
    say = words(language)
    moment = say.mark(
        "as_of.told", moment=Phrases(say).moment(results.as_of), whose=say.say(f"as_of.{results.as_of_from}")
    )
    return {"moment": moment, "data": code(results.source.name)}


def _seal(run: Path, say: Words) -> str:
    """A sentence on what verifying a stored run shows; EvidenceError where it is not what was attested."""
    if os.environ.get(MAKING) and not (run / ATTESTATION).exists():
        return say.say("notebook.making")
    found = as_attested(run)
    if not found.signer:
        return say.say("notebook.unsigned")
    return say.say("notebook.vouched" if found.trusted else "notebook.signed", signer=found.signer.id)


def as_attested(run: Path, keys: PathInput | None = None) -> Verified:
    """A stored run, verified with the environment's keys unless given; EvidenceError, with what to do, if changed."""
    try:
        return verify(run, keys=keys or os.environ.get(KEYS_VARIABLE) or None, any_key=True, unsigned=True)
    except EvidenceError as error:
        raise EvidenceError(
            f"{error} It answers nothing; make the report again, or name the data to look at."
        ) from None


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
