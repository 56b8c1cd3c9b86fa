"""The import of Great Expectations without what it brings along and no check here uses."""

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
    """A module that is imported when the first of its names is asked for."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  each name has its own type
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def lean_import() -> Iterator[None]:
    """While it lasts, what is imported is not searched for garbage, and a few dear modules wait for their first use."""
    # jsonschema builds a grammar for IRIs with this module: three seconds for a check of formats that nothing here
    # uses. It imports it inside `suppress(ImportError)`, so its absence is foreseen; None is how an import is refused.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    for name in _LATE:
        if name not in sys.modules and (spec := find_spec(name)) is not None:
            late = _Late(name)
            # Whoever goes through all modules asks each for its file, and must not import this one by that.
            late.__spec__, late.__file__ = spec, spec.origin
            sys.modules[name] = late
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            # None of it will ever be garbage, and later searches need not go through it again.
            gc.freeze()
            gc.enable()
