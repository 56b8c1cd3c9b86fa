"""Evidence on disk: failing rows, digests, the scan for leaks, and publication as a whole or not at all."""

from governance.evidence.leaks import find_leaks
from governance.evidence.manifest import write_manifest
from governance.evidence.publication import check_target, is_run, publish, publishing
from governance.evidence.rows import all_rows, find_row, write_rows
from governance.evidence.staged import Staged

__all__ = [
    "Staged",
    "all_rows",
    "check_target",
    "find_leaks",
    "find_row",
    "is_run",
    "publish",
    "publishing",
    "write_manifest",
    "write_rows",
]
