"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ProjectOption = Annotated[Path | None, typer.Option(help="The folder that holds expectations/; else found upwards.")]
LogOption = Annotated[
    Path | None, typer.Option(help="The log of runs; else governance-log.jsonl beside the run directory.")
]
