"""An executed notebook: whether it ran to its end, and its stored form, free of what differs between runs."""

from __future__ import annotations

import hashlib
import html
import json
import urllib.parse
from typing import Any, Final

INJECTED: Final = "injected-parameters"
VERDICT_MIME: Final = "application/vnd.governance.verdict+json"
# From a stored notebook's own folder, the run is one level up.
RUN_FROM_HERE: Final = ".."
_OUTPUT_TYPES: Final = frozenset({"display_data", "execute_result", "stream"})


def sources_of(text: str) -> list[str]:
    """What the cells of a notebook say, without what they once showed; none of a text that is no notebook."""
    try:
        return ["".join(cell["source"]) for cell in json.loads(text)["cells"]]
    except (ValueError, LookupError, TypeError, RecursionError):
        return []


def unfinished(notebook: Any) -> int:  # noqa: ANN401  a notebook node
    """The number of the first code cell that did not end well, as its author counts them; 0 if all did.

    Only papermill's bad news about a cell counts: it marks cells after a dead kernel as `completed`.
    """
    for number, cell in enumerate(_own_cells(notebook), start=1):
        status = cell.metadata.get("papermill", {}).get("status", "completed")
        ended = cell.execution_count is not None and status == "completed"
        if not ended or any(output.output_type not in _OUTPUT_TYPES for output in cell.outputs):
            return number
    return 0


def last_begun(notebook: Any) -> int:  # noqa: ANN401
    """The number of the last code cell that papermill let begin, 0 for none."""
    begun = [cell.metadata.get("papermill", {}).get("exception") is not None for cell in _own_cells(notebook)]
    return max((number for number, began in enumerate(begun, start=1) if began), default=0)


def shows_verdict(notebook: Any, section: str, verdict: str) -> bool:  # noqa: ANN401
    """Whether the last code cell, and no other, showed the verdict of the results for a section."""
    cells = _own_cells(notebook)
    shown = [
        (number, dict(output.data[VERDICT_MIME]))
        for number, cell in enumerate(cells, start=1)
        for output in cell.outputs
        if VERDICT_MIME in output.get("data", {})
    ]
    return shown == [(len(cells), {"section": section, "verdict": verdict})]


def _own_cells(notebook: Any) -> list[Any]:  # noqa: ANN401
    """Code cells without the one that papermill injects."""
    return [
        cell for cell in notebook.cells if cell.cell_type == "code" and INJECTED not in cell.metadata.get("tags", [])
    ]


def without_folder(text: str, run: str) -> str:
    """A notebook's text with the run's folder relative wherever a cell showed it, however it was quoted."""
    for spelling in (run, *(html.escape(run, quote=quote) for quote in (True, False)), urllib.parse.quote(run)):
        for quoted in (spelling, repr(spelling)[1:-1]):
            text = text.replace(json.dumps(quoted, ensure_ascii=False)[1:-1], RUN_FROM_HERE)
    return text


def normalise(notebook: Any, name: str, injected: str) -> Any:  # noqa: ANN401
    """Make the bytes depend on the inputs only: no times or machine, ids by position, the parameters as given."""
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    notebook.metadata["language_info"] = {"name": "python"}
    count = 0
    for index, cell in enumerate(notebook.cells):
        cell.metadata = {"tags": list(cell.metadata["tags"])} if cell.metadata.get("tags") else {}
        cell.id = hashlib.sha256(f"{name}/{index}".encode()).hexdigest()[:12]
        if INJECTED in cell.metadata.get("tags", []):
            cell.source = injected
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            for output in cell.outputs:
                if "execution_count" in output:
                    output.execution_count = count
    return notebook
