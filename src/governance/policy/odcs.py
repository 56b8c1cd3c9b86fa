"""Validates documents by the JSON schema of the Open Data Contract Standard.

Models of the standard drop unknown keys, nested typos included; the schema finds them. Our own reader, which demands
more and names the nearest spelling, comes first; the schema checks documents in which it finds no problem.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from governance.policy.strict_yaml import Node, Problems

if TYPE_CHECKING:
    import jsonschema_rs

_SCHEMA = Path(__file__).with_name("vocabularies") / "odcs-3.1.0.json"


def check_standard(document: Node, problems: Problems) -> None:
    """Problems of a document that our reader accepts and the standard does not."""
    seen: set[tuple[str, str]] = set()
    for error in _validator().iter_errors(_plain(document)):
        node = _at(document, list(error.instance_path))
        rule = str(error.schema_path[-1]) if error.schema_path else "schema"
        # The library's message quotes the whole value; place and rule are enough to find it.
        if (node.path, rule) not in seen:
            seen.add((node.path, rule))
            problems.add(node, f"what ODCS 3.1.0 allows here ({rule})")


@cache
def _validator() -> jsonschema_rs.Validator:
    import jsonschema_rs  # noqa: PLC0415  not needed by commands that load no policy

    found: jsonschema_rs.Validator = jsonschema_rs.validator_for(json.loads(_SCHEMA.read_text("utf-8")))
    return found


def _plain(node: Node) -> Any:  # noqa: ANN401  JSON is of any type
    if isinstance(node.value, dict):
        return {key: _plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [_plain(child) for child in node.value]
    return node.value


def _at(node: Node, steps: list[str | int]) -> Node:
    found: Any = node
    for step in steps:
        inner = found.value
        named = isinstance(inner, dict) and step in inner
        if named or (isinstance(inner, list) and isinstance(step, int) and step < len(inner)):
            found = inner[step]
    return cast("Node", found)
