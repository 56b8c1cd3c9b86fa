"""A strict wrapper around papermill; the only module that imports it.

papermill accepts a notebook whose kernel died or that called `sys.exit`, only warns of an unknown parameter, and writes
every parameter into the output. So parameters are checked before the run and every cell after it, and the last cell
must show the verdict of the results; a verdict is never taken from a cell.
"""

from __future__ import annotations

import asyncio
import builtins
import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from governance import errors
from governance.errors import EvidenceError, UsageError
from governance.notebooks.failed import clear, failed_folder, keep
from governance.notebooks.kernels import Kernels, private_kernels
from governance.notebooks.parameters import check_parameters, check_source
from governance.notebooks.stored import (
    RUN_FROM_HERE,
    last_begun,
    normalise,
    shows_verdict,
    unfinished,
    without_folder,
)
from governance.results import Results
from governance.sealing import digest, files_of

TIMEOUT_SECONDS: Final = 120
AT_ONCE: Final = 2
# The name, after the number, of a notebook about the whole policy.
_WHOLE: Final = ("welcome", "proof")
NotebookProgress = Callable[[str, str], None]


def discover(folder: Path, sections: Sequence[str]) -> tuple[Path, ...]:
    """The notebooks of a policy's sections, by the number in their names, and those of the whole policy."""
    paths = sorted(folder.glob("[0-9][0-9]_*.ipynb"))
    whole = {path.stem[3:]: path for path in paths if path.stem[3:] in _WHOLE}
    if "welcome" not in whole:
        raise UsageError(f"{folder}: expected a notebook 00_welcome.ipynb, found none.")
    numbered = {path.name[:2]: path for path in paths if path not in whole.values()}
    for number in (wanted := [section.zfill(2) for section in sections]):
        if number not in numbered:
            raise UsageError(f"{folder}: expected a notebook {number}_….ipynb for that section, found none.")
    chosen = sorted([*whole.values(), *(numbered[number] for number in wanted)])
    for path in chosen:
        if not path.is_file():
            raise UsageError(f"{path}: expected a notebook, found something else than a file.")
    return tuple(chosen)


def run_notebooks(
    paths: Sequence[Path],
    *,
    run: Path,
    write: Callable[[str, str], None],
    results: Results,
    language: str,
    out: Path | None = None,
    progress: NotebookProgress | None = None,
    kernels: Kernels | None = None,
) -> tuple[str, ...]:
    """Execute notebooks on a stored run, two at a time, and `write` each by its path in a run; returns their names.

    `kernels` may have been prepared before the run; they serve only these notebooks. Each notebook sees a copy of `run`
    of its own, which it must leave as it is, so that none forges what another reads; no text names the copy's folder.

    EvidenceError names each notebook that failed, and its cell; its partial output is kept beside `out`, the target of
    the run.
    """
    if not (run / "results.json").is_file():
        raise EvidenceError(f"{run}: expected stored results for the notebooks to read, found none.")
    parameters = {"run": RUN_FROM_HERE, "lang": language, "strict": False}
    check_parameters(parameters)
    failed = failed_folder(out or run)
    clear(failed)
    given_files = {name: digest(run / name) for name in files_of(run)}
    work = _Work(run, given_files, write, parameters, results, failed, progress or (lambda _name, _state: None))
    given = nullcontext(kernels) if kernels else private_kernels()
    with given as chosen, chosen.in_force():
        # An import inside a thread would delay its start, and an interruption just then would orphan it.
        _import_all()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            begun = [pool.submit(work.execute, path, chosen, number) for number, path in enumerate(paths)]
            try:
                complaints = [complaint for future in begun if (complaint := future.result())]
            except BaseException:
                # Interrupted: notebooks that have not begun must not delay the end.
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    if complaints:
        raise EvidenceError(" ".join(complaints))
    return tuple(path.name for path in paths)


@dataclass(frozen=True, slots=True)
class _Work:
    """The settings shared by every notebook of a run."""

    run: Path
    files: Mapping[str, str]
    write: Callable[[str, str], None]
    parameters: Mapping[str, Any]
    results: Results
    failed: Path
    progress: NotebookProgress

    def execute(self, path: Path, kernels: Kernels, number: int) -> str:
        """Run one notebook and store it; returns its problem, "" if none."""
        try:
            self.progress(path.name, "running")
            self._execute(path, kernels, number)
        except EvidenceError as error:
            self.progress(path.name, "failed")
            return str(error)
        finally:
            _close_loop()
        self.progress(path.name, "done")
        return ""

    def _execute(self, path: Path, kernels: Kernels, number: int) -> None:
        import nbformat  # noqa: PLC0415

        check_source(nbformat.read(path, as_version=4), path.name)
        kept: list[Any] = []
        seen = self._copy(kernels.room(f"run{number}"))
        stopped = self._papermill(
            path, seen, kept, kernel_manager_class=kernels.manager(), config=kernels.config(number)
        )
        executed = kept[0] if kept else nbformat.v4.new_notebook()
        cell = last_begun(executed) if stopped else unfinished(executed)
        if stopped or cell:
            complaint = f"{path.name}: expected every cell to run, found {stopped or 'the end'} in code cell {cell}"
        elif not shows_verdict(executed, *self._verdict(path)):
            complaint = f"{path.name}: expected the last cell to show the verdict of the results, found another or none"
        elif not self._is_intact(seen):
            complaint = f"{path.name}: expected cells that only read the run's files, found these changed"
        else:
            normal = normalise(executed, path.name, _injected(self.parameters))
            text = without_folder(nbformat.writes(normal) + "\n", str(seen))
            self.write(f"notebooks/{path.name}", text)
            return
        language = str(self.parameters["lang"])
        place = keep(executed, self.failed, path.name, cell=cell, error=stopped, language=language)
        raise EvidenceError(f"{complaint}; {f'it is kept as {place}' if place else 'open it in JupyterLab to see it'}.")

    def _copy(self, place: Path) -> Path:
        for name in self.files:
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.run / name, place / name)
        for path in (*place.rglob("*"), place):
            path.chmod(0o500 if path.is_dir() else 0o400)
        return place.resolve()

    def _is_intact(self, copy: Path) -> bool:
        """Whether a notebook left the run's files as they were before any notebook ran."""
        try:
            return {name: digest(copy / name) for name in files_of(copy)} == self.files
        except (OSError, EvidenceError):
            return False

    def _papermill(self, path: Path, run: Path, kept: list[Any], **kernel: object) -> str:
        """Let papermill run a notebook, which is put into `kept`; returns the name of the error that stopped it."""
        import papermill  # noqa: PLC0415

        try:
            papermill.execute_notebook(
                str(path),
                None,
                engine_name=_keeping_engine(),
                kept=kept,
                parameters={**self.parameters, "run": str(run)},
                progress_bar=False,
                request_save_on_cell_execute=False,
                start_timeout=60,
                execution_timeout=TIMEOUT_SECONDS,
                record_timing=False,
                shutdown_kernel="immediate",
                **kernel,
                # As in JupyterLab; `cwd` would change the directory of the whole process, other threads included.
                resources={"metadata": {"path": str(path.parent.resolve())}},
            )
        except Exception as error:  # noqa: BLE001  its text holds the cell's output
            return _named(error)
        return ""

    def _verdict(self, path: Path) -> tuple[str, str]:
        """The section of a notebook, and its verdict."""
        if path.stem[3:] in _WHOLE:
            return "", self.results.verdict.value
        own = [section.id for section in self.results.policy.sections if section.id.zfill(2) == path.name[:2]]
        return own[0], self.results.section_verdict(own[0]).value


def _injected(parameters: Mapping[str, Any]) -> str:
    """The cell that papermill injects for these parameters."""
    from papermill.translators import papermill_translators  # noqa: PLC0415

    return str(papermill_translators.find_translator("python3", "python").codify(dict(parameters), "Parameters"))


def _import_all() -> None:
    import jupyter_client.manager  # noqa: F401, PLC0415
    import nbformat  # noqa: F401, PLC0415

    _keeping_engine()


@cache
def _keeping_engine() -> str:
    """The name of an engine like papermill's own that keeps its notebook, which the original drops if a kernel dies."""
    from papermill.engines import NBClientEngine, papermill_engines  # noqa: PLC0415

    class Keeping(NBClientEngine):  # type: ignore[misc]  # papermill has no types
        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, *, kept: list[Any], **own: Any) -> Any:  # noqa: ANN401
            kept.append(nb_man.nb)
            return super().execute_managed_notebook(nb_man, kernel_name, **own)

    papermill_engines.register("governance", Keeping)
    return "governance"


def _close_loop() -> None:
    """The kernel's client makes an event loop for each thread and leaves it open, with pending tasks."""
    from jupyter_core.utils import ensure_event_loop  # noqa: PLC0415  the notebook stack takes a second to import

    loop = ensure_event_loop()
    waiting = asyncio.all_tasks(loop)
    for task in waiting:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*waiting, return_exceptions=True))
    loop.close()


def _named(error: Exception) -> str:
    """The class of an error; for a class that the cell defined, which may have any name, a fixed word."""
    name = getattr(error, "ename", None)
    if name is None:
        return type(error).__name__
    return str(name) if hasattr(builtins, str(name)) or hasattr(errors, str(name)) else "an error"
