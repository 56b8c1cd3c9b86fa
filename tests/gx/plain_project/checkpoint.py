"""A team's own use of Great Expectations: suites, validation definitions and a checkpoint in a file context.

As a program, it runs the stored checkpoints once for each mode and prints the outcomes as JSON:

    python checkpoint.py ROOT ENGINES TABLES DATA AS_OF KEYS PROJECT MODES
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

if "without" in sys.argv[-1].split(","):
    sys.modules["governance"] = None  # type: ignore[assignment]  # how an import is refused
else:
    import governance.gx

import great_expectations as gx
import pandas as pd


def open_context(root: Path) -> Any:
    warnings.simplefilter("ignore")
    context = gx.get_context(mode="file", project_root_dir=root)
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    return context


def connect(context: Any, engine: str, root: Path, tables: list[str]) -> dict[str, Any]:
    """A batch definition for each table of the team's own data source."""
    if engine == "pandas":
        source = context.data_sources.add_pandas(engine)
        assets = {table: source.add_dataframe_asset(f"{engine}_{table}") for table in tables}
        return {table: asset.add_batch_definition_whole_dataframe("all") for table, asset in assets.items()}
    if engine == "sqlite":
        source = context.data_sources.add_sqlite(engine, connection_string=f"sqlite:///{root / 'own.sqlite'}")
    else:
        source = context.data_sources.add_duckdb(engine, connection_string=f"duckdb:///{root / 'own.duckdb'}")
    assets = {table: source.add_table_asset(f"{engine}_{table}", table_name=table) for table in tables}
    return {table: asset.add_batch_definition_whole_table("all") for table, asset in assets.items()}


def store(context: Any, engine: str, root: Path, tables: list[str], project: Path) -> None:
    """Store our suites, a definition each, and a checkpoint a table."""
    for table, batches in connect(context, engine, root, tables).items():
        try:
            suite = context.suites.get(table)
        except gx.exceptions.DataContextError:
            suite = context.suites.add(governance.gx.load_suite(table, project))
        definition = gx.ValidationDefinition(name=f"{engine}_{table}", data=batches, suite=suite)
        context.validation_definitions.add(definition)
        context.checkpoints.add(gx.Checkpoint(name=f"{engine}_{table}", validation_definitions=[definition]))


def run(context: Any, name: str, batch_parameters: Any, parameters: Any) -> bool:
    """Whether a stored checkpoint is green; one that raises is not."""
    try:
        checkpoint = context.checkpoints.get(name)
        return bool(checkpoint.run(batch_parameters=batch_parameters, expectation_parameters=parameters).success)
    except Exception:  # noqa: BLE001  whatever it is, nothing was green
        return False


def plain_values(rows: int) -> Iterator[dict[str, Any]]:
    """What somebody without the package might pass, the true count among it."""
    for guard in (0, 1, -1, rows - 1, rows + 1, rows - 0.5, float("nan"), float("-inf"), True, None, str(rows), ""):
        yield {"governance_guard": guard, "governance_session": "x"}
    for session in ("", "x", None):
        yield {"governance_guard": rows, "governance_session": session}


def outcomes(context: Any, engine: str, tables: list[str], mode: str, given: dict[str, Any]) -> dict[str, bool]:
    """By table, whether its checkpoint is green, for any of the values tried; `given` is what `parameters` takes."""
    found = {}
    for table in tables:
        name, frame = f"{engine}_{table}", pd.read_parquet(given["data"] / f"{table}.parquet")
        batch = {"dataframe": frame} if engine == "pandas" else None
        if mode == "parameters":
            with governance.gx.parameters(context.suites.get(table), **given) as passed:
                found[table] = run(context, name, batch, passed)
        elif mode == "none":
            found[table] = run(context, name, batch, None)
        else:
            found[table] = any(run(context, name, batch, values) for values in plain_values(len(frame)))
    return found


if __name__ == "__main__":
    place, engines, names, folder, moment, key_file, policy, modes = sys.argv[1:]
    arguments = {"data": Path(folder), "as_of": moment, "keys": Path(key_file), "project": Path(policy)}
    stored, all_found = open_context(Path(place)), {}
    for own_engine in engines.split(","):
        for own_mode in modes.split(","):
            all_found[f"{own_engine} {own_mode}"] = outcomes(stored, own_engine, names.split(","), own_mode, arguments)
    sys.stdout.write(json.dumps(all_found))
