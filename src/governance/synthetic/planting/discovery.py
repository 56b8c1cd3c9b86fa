"""Collects a declaration from each module of a folder; a module without it is an error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import TypeVar

from governance.errors import DeclarationError

Declared = TypeVar("Declared")


def declarations(package: str, path: Iterable[str], name: str, of: type[Declared]) -> Mapping[str, Declared]:
    """The value of this name in each module."""
    found: dict[str, Declared] = {}
    for module in iter_modules(path):
        declared = getattr(import_module(f"{package}.{module.name}"), name, None)
        if not isinstance(declared, of):
            place = "/".join((*package.split(".")[1:], f"{module.name}.py"))
            raise DeclarationError(f"{place}: expected {name}, the {of.__name__} that it declares, found none.")
        found[module.name] = declared
    return MappingProxyType(found)
