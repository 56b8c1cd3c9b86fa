"""The door to Great Expectations: no other part imports it, and its own results never leave here.

Importing this package registers an expectation for every rule kind, so that suites work in any project of the library:

    import governance.gx
    suite = context.suites.add(governance.gx.load_suite("users"))
    with governance.gx.parameters(suite, data="data", as_of="2026-11-22T00:00:00Z") as parameters:
        checkpoint.run(expectation_parameters=parameters)
"""

from __future__ import annotations

import logging
import os

from governance.gx.lean import lean_import

os.environ.setdefault("GX_ANALYTICS_ENABLED", "False")
# Its log lines quote exceptions, and exceptions quote values.
logging.getLogger("great_expectations").setLevel(logging.CRITICAL + 1)

with lean_import():
    from governance.gx.expectations import EXPECTATIONS, GovernanceExpectation
    from governance.gx.run_parameters import RunParameters, parameters
    from governance.gx.suites import compile_suites, load_suite, write_suites
    from governance.gx.validation import validate

_CLASSES = {expectation.__name__: expectation for expectation in EXPECTATIONS.values()}
__all__ = ["RunParameters", "compile_suites", "load_suite", "parameters", "validate", "write_suites"]
__all__ += list(_CLASSES)


def __getattr__(name: str) -> type[GovernanceExpectation]:
    if name not in _CLASSES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _CLASSES[name]
