"""YAML that means what it says: the only module that reads it.

Refused, each with its line: duplicate keys, anchors, aliases, merge keys, tags, files over 1 MB or 50 levels, and the
plain scalars that YAML 1.1 turns into something else (`NO`, `012`, `12:30`, dates): those must be quoted. A file cannot
carry code.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import yaml

from governance.errors import PolicyError, Problem, near

MAX_BYTES = 1_000_000
MAX_DEPTH = 50

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")
_TRAP = re.compile(
    r"(?i:y|n|yes|no|on|off|true|false|null)|[-+]?0[0-9_]+|[-+]?0[xob][0-9a-f_]+|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9]*)?"
    r"|[-+]?[0-9][0-9_]*_[0-9_]*|[-+]?(?:[0-9][0-9_]*)?\.?[0-9_]+[eE][-+]?[0-9]+|[-+]?\.(?i:inf)|\.(?i:nan)|\+[0-9.]+|[0-9]+\.|-?\.[0-9]+"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?"
)
Value: TypeAlias = "bool | int | float | str | list[Node] | dict[str, Node] | None"


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a file, with its place."""

    value: Value
    file: str
    line: int
    path: str

    def describe(self) -> str:
        """What was found here, short enough for a sentence."""
        if isinstance(self.value, dict):
            return "a mapping"
        if isinstance(self.value, list):
            return "a list"
        return "nothing" if self.value is None else repr(self.value)[:80]


@dataclass(slots=True)
class Problems:
    """Collects what is wrong, so that all of it is told at once."""

    found: list[Problem] = field(default_factory=list)

    def add(self, node: Node, expected: str, found: str = "", *, near: str = "") -> None:
        self.found.append(Problem(node.file, node.line, node.path, expected, found or node.describe(), near))

    def stop(self) -> None:
        """Raise everything collected so far, if anything was."""
        if self.found:
            raise PolicyError(self.found)

    def fields(self, node: Node, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Node]:
        """The entries of a mapping; unknown and missing keys are problems, and so is anything but a mapping."""
        known = [*required, *optional]
        if not isinstance(node.value, dict):
            self.add(node, "a mapping with " + ", ".join(known))
            return {}
        for key, child in node.value.items():
            if key not in known:
                self.add(child, "one of the keys " + ", ".join(known), f"the key {key!r}", near=near(key, known))
        for key in required:
            if key not in node.value:
                self.add(node, f"the key {key!r}", "none")
        return {key: child for key, child in node.value.items() if key in known}

    def items(self, node: Node | None) -> list[Node]:
        """The elements of a list; a missing list is empty."""
        if node is None:
            return []
        if not isinstance(node.value, list):
            self.add(node, "a list")
            return []
        return node.value

    def entries(self, node: Node | None) -> Iterator[tuple[str, Node]]:
        """The key and value pairs of a mapping with free keys."""
        if node is None:
            return
        if not isinstance(node.value, dict):
            self.add(node, "a mapping")
            return
        yield from node.value.items()

    def text(self, node: Node | None, *, default: str = "", choices: Collection[str] = ()) -> str:
        """A non-empty string, one of `choices` if there are any."""
        if node is None:
            return default
        if not isinstance(node.value, str) or not node.value.strip():
            self.add(node, "a text")
            return default
        if choices and node.value not in choices:
            self.add(node, "one of " + ", ".join(sorted(choices)), near=near(node.value, choices))
            return default
        return node.value

    def texts(self, node: Node | None, *, choices: Collection[str] = ()) -> tuple[str, ...]:
        """A list of distinct strings."""
        seen: list[str] = []
        for child in self.items(node):
            word = self.text(child, choices=choices)
            if word and word in seen:
                self.add(child, "each entry once", f"{word!r} twice")
            seen.append(word)
        return tuple(word for word in seen if word)

    def integer(self, node: Node | None, *, default: int, least: int = 0) -> int:
        """A whole number, not below `least`."""
        if node is None:
            return default
        if isinstance(node.value, bool) or not isinstance(node.value, int) or node.value < least:
            self.add(node, f"a whole number from {least}")
            return default
        return node.value

    def number(self, node: Node | None, *, default: float) -> float:
        """A number, not negative."""
        if node is None:
            return default
        if isinstance(node.value, bool) or not isinstance(node.value, int | float) or node.value < 0:
            self.add(node, "a number from 0")
            return default
        return float(node.value)

    def boolean(self, node: Node | None, *, default: bool = False) -> bool:
        """`true` or `false`."""
        if node is None:
            return default
        if not isinstance(node.value, bool):
            self.add(node, "true or false")
            return default
        return node.value


def load(path: Path, *, shown_as: str = "") -> Node:
    """Read one file; PolicyError with every syntactic problem."""
    name = shown_as or path.name
    problems = Problems()
    top = Node(None, name, 1, "")
    try:
        raw = path.read_bytes()
    except OSError as error:
        problems.add(top, "a readable file", type(error).__name__)
        raise PolicyError(problems.found) from None
    if len(raw) > MAX_BYTES:
        problems.add(top, f"at most {MAX_BYTES:,} bytes", f"{len(raw):,}")
        raise PolicyError(problems.found)
    try:
        text = raw.decode("utf-8-sig")
        _refuse_sharing(text, name, problems)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        problems.add(top, "UTF-8", f"a byte that is not, at offset {error.start}")
        raise PolicyError(problems.found) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.add(Node(None, name, line, ""), "YAML", error.problem or "a syntax error")
        raise PolicyError(problems.found) from None
    except (yaml.YAMLError, RecursionError) as error:
        problems.add(top, f"YAML of at most {MAX_DEPTH} levels", type(error).__name__)
        raise PolicyError(problems.found) from None
    if root is None:
        problems.add(top, "a document", "an empty file")
        raise PolicyError(problems.found)
    node = _convert(root, name, "", 1, problems)
    problems.stop()
    return node


def _refuse_sharing(text: str, name: str, problems: Problems) -> None:
    """Aliases vanish when nodes are composed, and nesting overflows there: both are refused on the event stream."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        at = Node(None, name, event.start_mark.line + 1 if event.start_mark else 1, "")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            problems.add(at, f"at most {MAX_DEPTH} levels", f"{depth} levels")
            break
        if isinstance(event, yaml.AliasEvent):
            problems.add(at, "the value written out", "an alias")
        elif isinstance(event, yaml.NodeEvent) and event.anchor:
            problems.add(at, "the value written out", "an anchor")
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
            problems.add(at, "a value without a tag", f"the tag {event.tag}")
    problems.stop()


def _convert(node: yaml.Node, file: str, path: str, depth: int, problems: Problems) -> Node:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        entries: dict[str, Node] = {}
        here = Node(None, file, line, path)
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else ""
            at = Node(None, file, key_node.start_mark.line + 1, path)
            if not key:
                problems.add(at, "a text as key", "something else")
            elif key == "<<":
                problems.add(at, "the keys written out", "a merge key")
            elif key_node.style is None and _TRAP.fullmatch(key):
                problems.add(at, "a quoted key", f"the unquoted {key}")
            elif key in entries:
                problems.add(at, "each key once", f"the key {key!r} twice")
            child = _convert(value_node, file, f"{path}.{key}" if path else key, depth + 1, problems)
            entries[key] = Node(child.value, file, key_node.start_mark.line + 1, child.path)
        return Node(entries, file, here.line, path)
    if isinstance(node, yaml.SequenceNode):
        children = [_convert(child, file, f"{path}[{i}]", depth + 1, problems) for i, child in enumerate(node.value)]
        return Node(children, file, line, path)
    here = Node(None, file, line, path)
    return Node(_scalar(node, here, problems), file, line, path)


def _scalar(node: yaml.Node, here: Node, problems: Problems) -> Value:
    text: str = node.value
    if not isinstance(node, yaml.ScalarNode) or node.style is not None:
        return text
    match text:
        case "" | "null" | "~":
            return None
        case "true":
            return True
        case "false":
            return False
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _TRAP.fullmatch(text):
        problems.add(here, "a quoted text or a plain number", f"the unquoted {text}")
    return text
