"""An executed notebook as it is stored: proven to have run to its end, and free of what differs from run to run."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from governance.errors import EvidenceError

VERDICT_MIME: Final = "application/vnd.governance.verdict+json"
# From a stored notebook's own folder, the run is one level up.
RUN_FROM_HERE: Final = ".."
_OUTPUT_TYPES: Final = frozenset({"display_data", "execute_result", "stream"})


def check_complete(notebook: Any, name: str, verdicts: dict[str, str]) -> None:  # noqa: ANN401  a notebook node
    """EvidenceError unless every code cell ran and the last one showed one of the known verdicts."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for index, cell in enumerate(cells):
        status = cell.metadata.get("papermill", {}).get("status", "completed")
        wrong = [output.output_type for output in cell.outputs if output.output_type not in _OUTPUT_TYPES]
        if (
            cell.execution_count is None
            or status != "completed"
            or wrong
            or "raises-exception" in cell.metadata.get("tags", [])
        ):
            raise EvidenceError(f"{name}: expected every cell to run, found code cell {index + 1} unfinished.")
    shown = [
        output.data[VERDICT_MIME]
        for output in (cells[-1].outputs if cells else [])
        if VERDICT_MIME in output.get("data", {})
    ]
    if len(shown) != 1 or verdicts.get(shown[0].get("section")) != shown[0].get("verdict"):
        raise EvidenceError(
            f"{name}: expected the last cell to show the verdict of the results, found another or none."
        )


def normalise(notebook: Any, name: str, run: str) -> Any:  # noqa: ANN401
    """The same bytes for the same inputs: no times, no machine, ids from places, the run's folder as seen from here."""
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    notebook.metadata["language_info"] = {"name": "python"}
    count = 0
    for index, cell in enumerate(notebook.cells):
        cell.metadata = {"tags": list(cell.metadata["tags"])} if cell.metadata.get("tags") else {}
        cell.id = hashlib.sha256(f"{name}/{index}".encode()).hexdigest()[:12]
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.source = cell.source.replace(run, RUN_FROM_HERE)
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            for output in cell.outputs:
                if "execution_count" in output:
                    output.execution_count = count
    return notebook
