"""The parameters of every notebook; papermill only warns of an unknown one, and stores a secret one."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Mapping
from typing import Any, Final

from governance.errors import EvidenceError, UsageError, but_found

PARAMETERS: Final[Mapping[str, type]] = {
    "run": str,
    "data": str,
    "keys": str,
    "as_of": str,
    "lang": str,
    "strict": bool,
}
_INJECTED: Final = "# Parameters\n"
_OF_PAPERMILL: Final = {"PAPERMILL_INPUT_PATH", "PAPERMILL_OUTPUT_PATH"}  # its own, at `--inject-paths`
# Credentials in an address, a PEM block, 32 bytes in base64, or a long word that is no path.
_SECRET_VALUE = re.compile(r"://[^/@\s]+:[^/@\s]+@|-----BEGIN|\A[A-Za-z0-9+/_-]{43}=\Z|\A[A-Za-z0-9+_-]{40,}={0,2}\Z")


def check_parameters(parameters: Mapping[str, object]) -> None:
    """UsageError for an unknown parameter, a wrong type, or a value that looks like a secret."""
    for name, value in parameters.items():
        _check_name(name)
        if type(value) is not PARAMETERS[name]:
            kind = PARAMETERS[name].__name__
            raise UsageError(f"Notebook parameter {name}: expected a {kind}, found a {type(value).__name__}.")
        if isinstance(value, str) and _SECRET_VALUE.search(value):
            raise UsageError(f"Notebook parameter {name}: expected a path or a name, found what looks like a secret.")


def check_injected() -> None:
    """UsageError for an unknown parameter that papermill gave the notebook in which this runs: it only warns of one."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    # papermill tells a kernel nothing of itself, but begins the cell that it injects with this line.
    for source in shell.history_manager.input_hist_raw if shell else ():
        if source.startswith(_INJECTED):
            for name in sorted(_stored(source) - _OF_PAPERMILL):
                _check_name(name)


def _check_name(name: str) -> None:
    if name not in PARAMETERS:
        raise UsageError(f"Notebook parameter: expected one of {', '.join(PARAMETERS)}, {but_found(name, PARAMETERS)}")


def check_source(notebook: Any, name: str) -> None:  # noqa: ANN401  a notebook node
    """EvidenceError unless a notebook takes exactly our parameters and hides no failure."""
    if _assigned(notebook, name) != set(PARAMETERS):
        raise EvidenceError(f"{name}: expected the parameters {', '.join(PARAMETERS)}, found another set.")
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, start=1):
        if "raises-exception" in cell.metadata.get("tags", []):
            raise EvidenceError(
                f"{name}: expected no cell that may fail, found code cell {number} tagged 'raises-exception'."
            )


def _assigned(notebook: Any, name: str) -> set[str]:  # noqa: ANN401
    """The names that a notebook's parameters cell assigns."""
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(cells) != 1:
        raise EvidenceError(f"{name}: expected one cell tagged 'parameters', found {len(cells)}.")
    try:
        return _stored(cells[0].source)
    except SyntaxError:
        raise EvidenceError(f"{name}: expected Python in its parameters cell, found something else.") from None


def _stored(source: str) -> set[str]:
    """The names that some Python assigns."""
    nodes = ast.walk(ast.parse(source))
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
