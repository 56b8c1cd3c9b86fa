"""Imports Great Expectations without the dependencies that no check here uses."""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Final

# The library's statistical tests and their charts, which import for a second.
_LATE: Final = ("altair", "scipy.stats")


class _Late(ModuleType):
    """A module that is imported at the first use of one of its names."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  each name has its own type
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def lean_import() -> Iterator[None]:
    """Turn garbage collection off, and import a few slow modules only at their first use."""
    # jsonschema builds a grammar for IRIs with this module: three seconds for a check of formats that nothing here
    # uses. It imports it inside `suppress(ImportError)`, so it works without; None makes an import fail.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    for name in _LATE:
        if name not in sys.modules and (spec := find_spec(name)) is not None:
            late = _Late(name)
            # Code that walks all modules asks each for `__file__`, which must not import this one.
            late.__spec__, late.__file__ = spec, spec.origin
            sys.modules[name] = late
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            # None of it will ever be garbage, so later collections need not search it.
            gc.freeze()
            gc.enable()
