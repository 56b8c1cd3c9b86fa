"""Notebooks as reports: run strictly, stored so that the same run gives the same bytes."""

from governance.notebooks.runner import PARAMETERS, check_parameters, discover, run_notebooks
from governance.notebooks.stored import VERDICT_MIME

__all__ = ["PARAMETERS", "VERDICT_MIME", "check_parameters", "discover", "run_notebooks"]
