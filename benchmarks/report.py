"""A whole report beside the plain way to have one: `python -m benchmarks.report`.

The plain way is what the tools' own pages teach: a notebook a part of the policy, each importing Great Expectations and
checking its tables itself, run by papermill's command one after the other, and turned into pages by nbconvert. It
checks far less. What no report can go below is one import of the engine and a start of a kernel for each notebook.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

GOVERNANCE = [sys.executable, "-m", "governance"]
IMPORT = [sys.executable, "-c", "import great_expectations"]
KERNEL = """
import sys, time
from nbclient import NotebookClient
import nbformat
empty = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
start = time.perf_counter()
for _ in range(int(sys.argv[1])):
    NotebookClient(empty).execute()
print(time.perf_counter() - start)
"""
PLAIN = """
import great_expectations as gx
import pandas as pd

context = gx.get_context(mode="ephemeral")
frame = pd.read_parquet(path)
batch = context.data_sources.add_pandas("data").add_dataframe_asset("table").add_batch_definition_whole_dataframe("all")
suite = context.suites.add(gx.ExpectationSuite(name="suite"))
for column in frame.columns:
    suite.add_expectation(gx.expectations.ExpectColumnValuesToNotBeNull(column=column, mostly=0.5))
    if frame[column].dtype.kind in "OT":
        suite.add_expectation(gx.expectations.ExpectColumnValuesToNotMatchRegex(column=column, regex="[0-9]{16}"))
found = batch.get_batch(batch_parameters={"dataframe": frame}).validate(suite)
found.success
"""
CHART = """
import altair as alt
counts = pd.DataFrame({"column": list(frame.columns), "missing": [int(frame[c].isna().sum()) for c in frame.columns]})
alt.Chart(counts).mark_bar().encode(x="missing:Q", y="column:N")
"""
# One table for each of our notebooks.
TABLES = (
    "books",
    "users",
    "access_events",
    "transfers",
    "transactions",
    "subject_requests",
    "announcements",
    "reviews",
)


def seconds(command: list[str], *, cwd: Path | None = None) -> float:
    """Wall time of one whole process that ends well, or with the verdict `violated`."""
    start = time.perf_counter()
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=cwd)
    if done.returncode not in {0, 1}:
        sys.exit(f"{' '.join(command)}\n{done.stderr[-2000:]}")
    return time.perf_counter() - start


def plain(folder: Path, data: Path) -> tuple[float, float]:
    """Seconds of papermill's and of nbconvert's commands over one notebook a table."""
    folder.mkdir()
    names = []
    for number, table in enumerate(TABLES):
        path = data / f"{table}.parquet"
        cells = [new_code_cell(f"path = {str(path)!r}"), new_code_cell(PLAIN), new_code_cell(CHART)]
        names.append(f"{number:02d}_{table}.ipynb")
        nbformat.write(new_notebook(cells=cells), folder / names[-1])
    (folder / "out").mkdir()
    papermill = [sys.executable, "-m", "papermill", "--no-progress-bar", "-k", "python3"]
    ran = sum(seconds([*papermill, name, f"out/{name}"], cwd=folder) for name in names)
    html = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "html", *(f"out/{name}" for name in names)]
    return ran, seconds(html, cwd=folder)


def main() -> None:
    """Make the demo world, report on it both ways, and print the parts and the ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        world, run = folder / "demo", folder / "run"
        seconds([*GOVERNANCE, "synth", "--world", "demo", "--out", str(world)])
        seconds(IMPORT)  # the first import of a day compiles
        imported = seconds(IMPORT)
        report = [*GOVERNANCE, "report", "--data", str(world / "data"), "--keys", str(world / "keys.json")]
        ours = seconds([*report, "--out", str(run)])
        parts = json.loads((run / "run.json").read_text("utf-8"))["seconds"]
        notebooks = len(list((run / "notebooks").glob("*.ipynb")))
        started = subprocess.run(
            [sys.executable, "-c", KERNEL, str(notebooks)], check=True, capture_output=True, text=True
        )
        kernels = float(started.stdout)
        ran, converted = plain(folder / "plain", world / "data")
    rest = ours - sum(parts.values())
    print(f"import great_expectations             {imported:6.1f} s")
    print(f"{notebooks} starts of a kernel                 {kernels:6.1f} s, one after the other")
    print(f"governance report                     {ours:6.1f} s")
    for part, spent in parts.items():
        print(f"  {part:35} {spent:6.1f} s")
    print(f"  {'start, look for leaks, seal':35} {rest:6.1f} s")
    print(f"the plain way, {len(TABLES)} notebooks            {ran + converted:6.1f} s")
    print(f"  papermill                           {ran:6.1f} s")
    print(f"  nbconvert                           {converted:6.1f} s")
    reach = imported + 1.5 * kernels / 2 + 5
    print(f"the plain way takes {(ran + converted) / ours:.2f} × as long")
    print(f"the reach is {reach:.1f} s, ours is {ours / reach:.2f} × that")


if __name__ == "__main__":
    main()
