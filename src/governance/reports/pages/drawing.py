"""A separate process that renders the pages and exports of a run.

Its imports and the chart engine take seconds to start. It starts while the data is evaluated, and renders while the
notebooks run.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from governance.errors import EvidenceError, GovernanceError
from governance.policy.wording import LANGUAGES
from governance.reports.exports import export
from governance.reports.facts.history import Past
from governance.reports.facts.proof import Proof
from governance.reports.language.words import words
from governance.reports.pages.book import environment, render
from governance.reports.pages.fonts import Font
from governance.results import Results

_DEBUG = "GOVERNANCE_DEBUG"


@dataclass(frozen=True, slots=True)
class Job:
    """The input of rendering: the stored results, and the other arguments of `render`."""

    stored: str
    language: str
    rows: tuple[str, ...]
    notebooks: tuple[str, ...]
    history: tuple[Past, ...]
    proof: Proof | None
    digests: Mapping[str, str]
    font: Font | None

    def texts(self) -> dict[str, str]:
        """Every page and export by its path in the run."""
        results = Results.from_json(self.stored)
        pages = render(
            results,
            language=self.language,
            rows=self.rows,
            notebooks=self.notebooks,
            history=self.history,
            proof=self.proof,
            digests=self.digests,
            font=self.font,
        )
        exports = {f"exports/{name}": text for name, text in export(results).items()}
        return {page.path: page.text for page in pages} | exports


@dataclass(slots=True)
class Drawing:
    """A process that draws one job; it is stopped at the end of the `with` block, done or not."""

    _process: subprocess.Popen[bytes] = field(init=False)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(  # noqa: S603  this interpreter, a module of our own
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if os.environ.get(_DEBUG) else subprocess.DEVNULL,
            # Only this process handles Ctrl-C, and then stops the other.
            start_new_session=True,
        )
        return self

    def begin(self, job: Job) -> None:
        """Start rendering without waiting for it."""
        assert self._process.stdin is not None  # noqa: S101  a pipe was asked for
        try:
            with self._process.stdin as pipe:
                pickle.dump(job, pipe)
        except OSError:
            pass  # it has ended; `texts` raises its error

    def texts(self) -> dict[str, str]:
        """The rendered texts, once they are complete; EvidenceError if rendering failed."""
        assert self._process.stdout is not None  # noqa: S101
        try:
            found: dict[str, str] | GovernanceError | str = pickle.load(self._process.stdout)  # noqa: S301  our own
        except (EOFError, pickle.UnpicklingError):
            found = "the end of the process that draws them"
        if isinstance(found, GovernanceError):
            raise found
        if isinstance(found, str):
            raise EvidenceError(f"Expected pages, found {found}; set {_DEBUG}=1 to see more.")
        return found

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def _draw(job: Job) -> dict[str, str] | GovernanceError | str:
    try:
        return job.texts()
    except GovernanceError as error:
        return error
    except Exception as error:  # noqa: BLE001  its message may be anything
        traceback.print_exc()
        return type(error).__name__


def _get_ready() -> None:
    """Load the words, the templates and the engine of the charts."""
    from governance.reports.charts import svg as charts  # noqa: PLC0415  the engine is heavy

    for language in LANGUAGES:
        words(language)
    for name in environment().list_templates(extensions=["j2"]):
        environment().get_template(name)
    charts.to_svg({"config": {}, "data": {"values": []}, "mark": "bar"}, title="", description="")


def main() -> None:
    """Prepare, read a job, write its texts."""
    _get_ready()
    try:
        job: Any = pickle.load(sys.stdin.buffer)  # noqa: S301  from the process that started this one
    except EOFError:
        return  # the parent needs no pages
    pickle.dump(_draw(job), sys.stdout.buffer)


if __name__ == "__main__":
    main()
