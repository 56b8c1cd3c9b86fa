"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ProjectOption = Annotated[Path | None, typer.Option(help="The folder that holds expectations/; else found upwards.")]
LogOption = Annotated[
    Path | None, typer.Option(help="The log of runs; else governance-log.jsonl beside the run directory.")
]
MinutesOption = Annotated[
    float,
    typer.Option(min=0, help="How long the evaluation may take; checks that are not finished by then are incomplete."),
]
MemoryOption = Annotated[
    float | None,
    typer.Option(min=0, help="GB of memory that it may take, likewise; four fifths of the machine's without."),
]
DAY = 24 * 60.0  # minutes
