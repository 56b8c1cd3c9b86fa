"""The door to Great Expectations: nothing else in the package imports it, and no result of its own leaves here.

Importing this package registers the expectations, so that a compiled suite can be used in any project of the library:

    import governance.gx
    suite = governance.gx.load_suite("users", as_of="2026-11-22T00:00:00Z")
    batch.validate(suite)
"""

from __future__ import annotations

import logging
import os
import sys

# jsonschema, which Great Expectations imports, builds a grammar for IRIs with this module: three seconds for a check of
# formats that nothing here uses. It is imported inside `suppress(ImportError)`, so its absence is foreseen.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None is how an import is refused
os.environ.setdefault("GX_ANALYTICS_ENABLED", "False")
# Its log lines quote exceptions, and exceptions quote values.
logging.getLogger("great_expectations").setLevel(logging.CRITICAL + 1)

from governance.gx.expectations import (  # noqa: E402  the lines above must come first
    ExpectAccessToBeAuthorised,
    ExpectColumnValuesToBeEncrypted,
    ExpectColumnValuesToBeFreeOf,
    ExpectTableColumnsToBeDeclared,
)
from governance.gx.suites import compile_suites, load_suite, write_suites  # noqa: E402
from governance.gx.validation import validate  # noqa: E402

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
