"""The door to Great Expectations: nothing else in the package imports it, and no result of its own leaves here.

Importing this package registers the expectations, so that a compiled suite can be used in any project of the library:

    import governance.gx
    suite = governance.gx.load_suite("users", as_of="2026-11-22T00:00:00Z")
    batch.validate(suite)
"""

from __future__ import annotations

import logging
import os

from governance.gx.lean import lean_import

os.environ.setdefault("GX_ANALYTICS_ENABLED", "False")
# Its log lines quote exceptions, and exceptions quote values.
logging.getLogger("great_expectations").setLevel(logging.CRITICAL + 1)

with lean_import():
    from governance.gx.expectations import (
        ExpectAccessToBeAuthorised,
        ExpectColumnValuesToBeEncrypted,
        ExpectColumnValuesToBeFreeOf,
        ExpectTableColumnsToBeDeclared,
    )
    from governance.gx.suites import compile_suites, load_suite, write_suites
    from governance.gx.validation import validate

__all__ = [
    "ExpectAccessToBeAuthorised",
    "ExpectColumnValuesToBeEncrypted",
    "ExpectColumnValuesToBeFreeOf",
    "ExpectTableColumnsToBeDeclared",
    "compile_suites",
    "load_suite",
    "validate",
    "write_suites",
]
