"""The rule kinds, one file each; importing this package finds them, and fails for one that is incomplete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Final

from governance.errors import DeclarationError
from governance.rules.kind_words import check_words
from governance.rules.kinds.kind import About, Kind, Over, Places

__all__ = ["KINDS", "About", "Kind", "Over", "Places"]


def _found() -> Iterator[Kind]:
    for module in iter_modules(__path__):
        if module.name == "kind":
            continue
        start = f"rules/kinds/{module.name}.py: expected"
        try:
            kind = getattr(import_module(f"{__name__}.{module.name}"), "KIND", None)
        except TypeError as error:  # a Kind without one of its fields
            raise DeclarationError(f"{start} KIND with all that a Kind declares; {error}.") from None
        if not isinstance(kind, Kind):
            raise DeclarationError(f"{start} KIND, the Kind that it declares, found none.")
        if missing := kind.lacks(module.name):
            raise DeclarationError(f"{start} {missing}.")
        yield kind


KINDS: Final[Mapping[str, Kind]] = MappingProxyType({kind.name: kind for kind in _found()})
if len({kind.expectation for kind in KINDS.values()}) < len(KINDS):
    raise DeclarationError(
        "rules/kinds: expected an expectation of its own for every kind, found two kinds with one name."
    )
check_words(Path(__file__).parent, [(kind.name, kind.problems, kind.facts) for kind in KINDS.values()])
