"""Validates documents by the JSON schemas of the Open Data Contract Standard, and knows the standard's keys.

Models of the standard drop unknown keys, nested typos included; the schemas find them. Versions 3.0.0 and 3.0.1 are
judged by the schema of 3.0.2, which names all three. Compared with 3.1.0, that schema lacks relationships, ids and the
types `timestamp` and `time`, calls a metric `rule`, and is stricter in few places (a support channel needs its address,
formats of files are listed, a DuckDB schema is a number): so a document of 3.0 is accepted if either schema accepts it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from governance.errors import near
from governance.policy.strict_yaml import Node, Problems, shown

if TYPE_CHECKING:
    import jsonschema_rs

_NEWEST = "v3.1.0"
VERSIONS: Final = ("v3.0.0", "v3.0.1", "v3.0.2", _NEWEST)
_FOLDER = Path(__file__).with_name("vocabularies")
_TYPES = {
    "string": "a text",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "integer": "a whole number",
    "number": "a number",
}


def check_standard(document: Node, problems: Problems) -> str:
    """Add what the standard refuses, except where a problem was found already; the document's version, "" if wrong."""
    node = document.mapping.get("apiVersion")
    version = str(node.value) if node else ""
    if node is not None and version not in VERSIONS:
        problems.text(node, choices=VERSIONS)
        return ""
    plain = document.plain()
    errors = _errors(version or _NEWEST, plain)
    if errors and version not in {"", _NEWEST} and not _errors(_NEWEST, plain):
        errors = []
    told = {(problem.file, problem.path) for problem in problems.found}
    found = Problems()
    places = [tuple(error.instance_path) for error in errors]
    above = {place[:depth] for place in places for depth in range(len(place))}
    alone = {place for place, times in Counter(places).items() if times == 1} - above
    for error, place in zip(errors, places, strict=True):
        _tell(error, _at(document, place), alone=place in alone, problems=found)
    # One branch of the schema after the other refuses the same thing.
    problems.found.extend(problem for problem in dict.fromkeys(found.found) if (problem.file, problem.path) not in told)
    return version


@cache
def keys(*steps: str | int) -> tuple[str, ...]:
    """The keys that the standard knows at a place of a document: `keys("schema", 0)` are those of a table."""
    places: list[Mapping[str, Any]] = [_schema(_NEWEST)]
    for step in steps:
        places = [inner for place in places for inner in _inside(place, step)]
    parts = (part for place in places for part in _parts(place))
    return tuple(dict.fromkeys(key for part in parts for key in part.get("properties", ())))


def _tell(error: jsonschema_rs.ValidationError, node: Node, *, alone: bool, problems: Problems) -> None:
    """One sentence for an error, as the library's own quotes the whole value; `alone`: nothing else is wrong here."""
    kind: Any = error.kind  # its attributes depend on the rule
    rule = str(error.schema_path[-1]) if error.schema_path else "schema"
    match rule, node.value:
        case "additionalProperties" | "unevaluatedProperties", dict() as entries:
            known = keys(*error.instance_path)
            for key in kind.unexpected:
                if key not in known:
                    expected = "one of the keys " + ", ".join(known)
                    problems.add(entries[key], expected, f"the key {shown(key)}", near=near(key, known))
                # Otherwise the key was only not evaluated, because of what is wrong with its value or with another.
                elif alone:
                    problems.add(entries[key], "no such key beside the others here", f"the key {shown(key)}")
        case "required", _:
            problems.add(node, f"the key {kind.property!r}", "none")
        case "enum", _:
            options = [str(option) for option in kind.options]
            problems.add(node, "one of " + ", ".join(options), near=near(str(node.value), options))
        case "type", _ if (name := next(iter(kind.types), "")) in _TYPES:
            problems.add(node, _TYPES[name])
        case _:
            problems.add(node, f"what ODCS allows here ({rule})")


def _errors(version: str, plain: object) -> list[jsonschema_rs.ValidationError]:
    return [*_validator(version).iter_errors(plain)]


@cache
def _schema(version: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (_FOLDER / f"odcs-{'3.1.0' if version == _NEWEST else '3.0.2'}.json").read_text("utf-8")
    )
    return found


@cache
def _validator(version: str) -> jsonschema_rs.Validator:
    import jsonschema_rs  # noqa: PLC0415  not needed by commands that load no policy

    found: jsonschema_rs.Validator = jsonschema_rs.validator_for(_schema(version))
    return found


def _parts(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A schema and those that it is composed of."""
    yield schema
    if "$ref" in schema:
        found: Any = _schema(_NEWEST)
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        yield from _parts(found)
    for inner in (*schema.get("allOf", ()), *schema.get("anyOf", ()), *schema.get("oneOf", ()), schema.get("then")):
        if inner:
            yield from _parts(inner)


def _inside(schema: Mapping[str, Any], step: str | int) -> Iterator[Mapping[str, Any]]:
    for part in _parts(schema):
        inner = part.get("items") if isinstance(step, int) else part.get("properties", {}).get(step)
        if inner:
            yield inner


def _at(node: Node, steps: Iterable[str | int]) -> Node:
    found: Any = node
    for step in steps:
        inner = found.value
        named = isinstance(inner, dict) and step in inner
        if named or (isinstance(inner, list) and isinstance(step, int) and step < len(inner)):
            found = inner[step]
    return cast("Node", found)
