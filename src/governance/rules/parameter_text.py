"""A rule's parameters as text, for readers of a run without the policy files."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any


def limits(parameters: object) -> tuple[tuple[str, str], ...]:
    """Every parameter of a kind but its name, in the order in which the kind declares them."""
    if not is_dataclass(parameters) or isinstance(parameters, type):
        return ()
    return tuple(
        (field.name, _text(getattr(parameters, field.name)))
        for field in fields(parameters)
        if field.name != "kind" and not field.name.startswith("_")
    )


def _text(value: Any) -> str:  # noqa: ANN401  parameters are of any type
    match value:
        case Enum():
            return str(value.value)
        case bool():
            return str(value).lower()
        case Mapping():
            return ", ".join(f"{_text(key)}: {_text(inner)}" for key, inner in sorted(value.items()))
        case AbstractSet():
            return ", ".join(sorted(_text(inner) for inner in value))
        case list() | tuple():
            return ", ".join(_text(inner) for inner in value)
        case _:
            return str(value)
