"""papermill behind a strict wrapper: the only module that imports it.

papermill believes a notebook whose kernel died or that called `sys.exit`, turns an unknown parameter into a warning,
and writes every parameter into the output. So parameters are checked before, every cell after, and the last cell must
have shown the verdict that the results hold; a verdict is never taken from a cell.
"""

from __future__ import annotations

import ast
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from governance.errors import EvidenceError, UsageError, but_found
from governance.notebooks.stored import check_complete, normalise
from governance.results import Results

PARAMETERS: Final[Mapping[str, type]] = {
    "run": str,
    "data": str,
    "keys": str,
    "as_of": str,
    "lang": str,
    "strict": bool,
}
TIMEOUT_SECONDS: Final = 300
AT_ONCE: Final = 2
# Credentials in an address, a PEM block, 32 bytes in base64, or a long word that is no path.
_SECRET_VALUE = re.compile(r"://[^/@\s]+:[^/@\s]+@|-----BEGIN|\A[A-Za-z0-9+/_-]{43}=\Z|\A[A-Za-z0-9+_-]{40,}={0,2}\Z")
# What follows the number in the name of a notebook that speaks of the whole policy.
_WHOLE: Final = ("welcome", "proof")
Progress = Callable[[str, str], None]


def discover(folder: Path, sections: Sequence[str]) -> tuple[Path, ...]:
    """The notebooks of a policy's sections, by the number that names start with, and those of the whole policy."""
    paths = sorted(folder.glob("[0-9][0-9]_*.ipynb"))
    whole = {path.stem[3:]: path for path in paths if path.stem[3:] in _WHOLE}
    if "welcome" not in whole:
        raise UsageError(f"{folder}: expected a notebook 00_welcome.ipynb, found none.")
    numbered = {path.name[:2]: path for path in paths if path not in whole.values()}
    for number in (wanted := [section.zfill(2) for section in sections]):
        if number not in numbered:
            raise UsageError(f"{folder}: expected a notebook {number}_….ipynb for that section, found none.")
    return tuple(sorted([*whole.values(), *(numbered[number] for number in wanted)]))


def run_notebooks(
    paths: Sequence[Path], *, run: Path, results: Results, language: str, progress: Progress | None = None
) -> tuple[str, ...]:
    """Execute notebooks on a stored run, two at a time, into its `notebooks/` folder; their names.

    EvidenceError names the notebook and the cell that did not end well.
    """
    out = run / "notebooks"
    out.mkdir(exist_ok=True)
    parameters = {"run": str(run), "lang": language, "strict": False}
    check_parameters(parameters)
    work = partial(_in_its_own_loop, out=out, parameters=parameters, results=results, progress=progress)
    with _private_kernels() as config, ThreadPoolExecutor(AT_ONCE) as pool:
        return tuple(pool.map(lambda item: work(item[1], config=config(item[0])), enumerate(paths)))


def check_parameters(parameters: Mapping[str, object]) -> None:
    """UsageError for a parameter that notebooks do not have, of another type, or that looks like a secret."""
    for name, value in parameters.items():
        if name not in PARAMETERS:
            raise UsageError(
                f"Notebook parameter: expected one of {', '.join(PARAMETERS)}, {but_found(name, PARAMETERS)}"
            )
        if type(value) is not PARAMETERS[name]:
            kind = PARAMETERS[name].__name__
            raise UsageError(f"Notebook parameter {name}: expected a {kind}, found a {type(value).__name__}.")
        if isinstance(value, str) and _SECRET_VALUE.search(value):
            raise UsageError(f"Notebook parameter {name}: expected a path or a name, found what looks like a secret.")


def _in_its_own_loop(path: Path, **arguments: Any) -> str:  # noqa: ANN401  those of `_execute`
    """Close the event loop that the kernel's client makes for each thread and leaves open."""
    from jupyter_core.utils import ensure_event_loop  # noqa: PLC0415

    try:
        return _execute(path, **arguments)
    finally:
        ensure_event_loop().close()


def _execute(
    path: Path, *, out: Path, parameters: Mapping[str, Any], results: Results, progress: Progress | None, config: object
) -> str:
    import nbformat  # noqa: PLC0415  the notebook stack takes a second to import
    import papermill  # noqa: PLC0415

    if _declared(nbformat.read(path, as_version=4), path) != set(PARAMETERS):
        raise EvidenceError(f"{path.name}: expected the parameters {', '.join(PARAMETERS)}, found another set.")
    if progress:
        progress(path.name, "running")
    try:
        executed = papermill.execute_notebook(
            str(path),
            None,
            parameters=dict(parameters),
            progress_bar=False,
            request_save_on_cell_execute=False,
            start_timeout=60,
            execution_timeout=TIMEOUT_SECONDS,
            record_timing=False,
            shutdown_kernel="immediate",
            config=config,
        )
    except Exception as error:  # noqa: BLE001  its text holds the cell's output
        raise EvidenceError(
            f"{path.name}: expected every cell to run, found {type(error).__name__}{_cell_of(error)}; "
            f"open notebooks/{path.name} in JupyterLab to see it."
        ) from None
    sections = {section.id: results.section_verdict(section.id).value for section in results.policy.sections}
    check_complete(executed, path.name, {**sections, "": results.verdict.value})
    normal = normalise(executed, path.name, str(parameters["run"]))
    (out / path.name).write_text(nbformat.writes(normal) + "\n", "utf-8")
    if progress:
        progress(path.name, "done")
    return path.name


def _cell_of(error: Exception) -> str:
    index = getattr(error, "cell_index", None)
    return f" in cell {index}" if isinstance(index, int) else ""


def _declared(notebook: Any, path: Path) -> set[str]:  # noqa: ANN401  a notebook node
    """The names that a notebook's parameters cell assigns."""
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(cells) != 1:
        raise EvidenceError(f"{path.name}: expected one cell tagged 'parameters', found {len(cells)}.")
    try:
        nodes = ast.walk(ast.parse(cells[0].source))
    except SyntaxError:
        raise EvidenceError(f"{path.name}: expected Python in its parameters cell, found something else.") from None
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


@contextmanager
def _private_kernels() -> Iterator[Callable[[int], Any]]:
    """Kernels that keep no history, talk over sockets of their own, and know no zone or hash seed of this machine."""
    from traitlets.config import Config  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="gov-") as folder:
        profile = Path(folder) / "profile_default"
        profile.mkdir()
        (profile / "ipython_config.py").write_text("c = get_config()\nc.HistoryManager.enabled = False\n", "utf-8")
        changed = {"IPYTHONDIR": folder, "TZ": "UTC", "PYTHONHASHSEED": "0", "JUPYTER_PLATFORM_DIRS": "1"}
        before = {name: os.environ.get(name) for name in changed}
        os.environ.update(changed)

        def config(number: int) -> Any:  # noqa: ANN401
            chosen = Config()
            chosen.KernelManager.transport = "ipc"
            chosen.KernelManager.ip = f"{folder}/k{number}"
            return chosen

        try:
            yield config
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value
