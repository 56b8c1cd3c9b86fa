"""Notebooks as reports: run strictly, stored so that the same run gives the same bytes."""

from governance.notebooks.failed import failed_folder
from governance.notebooks.floors import check_floors
from governance.notebooks.kernels import MAKING, private_kernels
from governance.notebooks.parameters import PARAMETERS, check_injected, check_parameters
from governance.notebooks.runner import discover, run_notebooks
from governance.notebooks.stored import VERDICT_MIME, sources_of

__all__ = [
    "MAKING",
    "PARAMETERS",
    "VERDICT_MIME",
    "check_floors",
    "check_injected",
    "check_parameters",
    "discover",
    "failed_folder",
    "private_kernels",
    "run_notebooks",
    "sources_of",
]
