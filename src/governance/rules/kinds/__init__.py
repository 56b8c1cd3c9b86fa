"""The rule kinds, one file each; importing this package finds them, and fails for one that is incomplete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Final

from governance.rules.kind_words import check_words
from governance.rules.kinds.kind import About, Kind, Places

__all__ = ["KINDS", "About", "Kind", "Places"]


def _found() -> Iterator[Kind]:
    for module in iter_modules(__path__):
        if module.name == "kind":
            continue
        kind = getattr(import_module(f"{__name__}.{module.name}"), "KIND", None)
        if not isinstance(kind, Kind):
            raise TypeError(f"rules/kinds/{module.name}.py: expected KIND, the Kind that it declares, found none.")
        if kind.name != module.name:
            raise TypeError(f"rules/kinds/{module.name}.py: expected the kind {module.name!r}, found {kind.name!r}.")
        yield kind


KINDS: Final[Mapping[str, Kind]] = MappingProxyType({kind.name: kind for kind in _found()})
check_words(Path(__file__).parent, [(kind.name, kind.problems, kind.facts) for kind in KINDS.values()])
