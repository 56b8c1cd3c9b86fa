"""A strict reader of YAML; the only module that parses it.

Refused, each with its line: duplicate keys, anchors, aliases, merge keys, tags, several documents, files over 4 MB or
50 levels, characters that an editor doesn't show, and the plain scalars that some reader of YAML turns into something
else (`NO`, `012`, `12:30`, dates): those must be quoted. A file cannot carry code.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import yaml
from yaml.resolver import Resolver

from governance.errors import PolicyError, Problem, near
from governance.regular_files import read_regular

MAX_BYTES = 4_000_000
MAX_DEPTH = 50

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}")
# PyYAML's own resolver knows the rest of YAML 1.1; this adds what it omits, and what YAML 1.2 reads differently.
_TRAP = re.compile(
    r"(?i:y|n|yes|no|on|off|true|false|null)|[-+]?0[0-9_]+|[-+]?0o[0-7]+"
    r"|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)[eE][-+]?[0-9]+|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
)
# What people who write contracts leave unquoted, and every reader but the oldest takes as the text it looks like.
_FOREIGN = re.compile(r"(?i:y|n)|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt ][0-9:.]+ ?(?:[Zz]|[-+][0-9:]+)?)?")
_RESOLVER = Resolver()
# libyaml is ten times as fast; PyYAML without it reads the same.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT = "tag:yaml.org,2002:str"
# Control and direction characters, and the line breaks of YAML that editors don't show as such: each of them could show
# a reviewer something else than this module reads.
_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|\r(?!\n)")
_PLAIN_KEY = re.compile(r"[\w.-]{1,60}")

Value: TypeAlias = "bool | int | float | str | list[Node] | dict[str, Node] | None"


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a file, with its place."""

    value: Value
    file: str
    line: int
    path: str

    @property
    def mapping(self) -> dict[str, Node]:
        """The entries of a mapping, none of anything else."""
        return self.value if isinstance(self.value, dict) else {}

    def plain(self) -> Any:  # noqa: ANN401  JSON is of any type
        """The value without the places in it."""
        match self.value:
            case dict(entries):
                return {key: child.plain() for key, child in entries.items()}
            case list(items):
                return [child.plain() for child in items]
            case value:
                return value

    def describe(self) -> str:
        """A description of the node, short enough for a sentence."""
        match self.value:
            case dict():
                return "a mapping"
            case list():
                return "a list"
            case None:
                return "nothing"
            case bool():
                return str(self.value).lower()
            case str():
                return shown(self.value)
            case _:
                return str(self.value)


@dataclass(slots=True)
class Problems:
    """Collects all problems, so that one error lists them."""

    found: list[Problem] = field(default_factory=list)

    def add(self, node: Node, expected: str, found: str = "", *, near: str = "") -> None:
        self.found.append(Problem(node.file, node.line, node.path, expected, found or node.describe(), near))

    def stop(self) -> None:
        """Raise everything collected so far, if anything was."""
        if self.found:
            raise PolicyError(self.found)

    def fields(self, node: Node, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Node]:
        """The entries of a mapping; unknown and missing keys are problems, so is anything but a mapping."""
        known = [*required, *optional]
        if not isinstance(node.value, dict):
            self.add(node, "a mapping with " + ", ".join(known) if known else "no value")
            return {}
        expected = "one of the keys " + ", ".join(known) if known else "no key"
        for key, child in node.value.items():
            if key not in known:
                self.add(child, expected, f"the key {shown(key)}", near=near(key, known))
        for key in required:
            if key not in node.value:
                self.add(node, f"the key {key!r}", "none")
        return {key: child for key, child in node.value.items() if key in known}

    def items(self, node: Node | None, *, least: str = "") -> list[Node]:
        """The elements of a list; a missing list is empty; an empty list is a problem if `least` names its elements."""
        if node is None:
            return []
        if not isinstance(node.value, list):
            self.add(node, "a list")
            return []
        if least and not node.value:
            self.add(node, f"at least one {least}", "none")
        return node.value

    def entries(self, node: Node | None, *, least: str = "") -> Iterator[tuple[str, Node]]:
        """The key and value pairs of a mapping with free keys; `least` as for `items`."""
        if node is None:
            return
        if not isinstance(node.value, dict):
            self.add(node, "a mapping")
            return
        if least and not node.value:
            self.add(node, f"at least one {least}", "none")
        yield from node.value.items()

    def text(self, node: Node | None, *, default: str = "", choices: Collection[str] | None = None) -> str:
        """A non-empty string; one of `choices`, unless that is None. With empty choices, every text is wrong."""
        if node is None:
            return default
        if not isinstance(node.value, str) or not node.value.strip():
            self.add(node, "a text")
            return default
        if choices is not None and node.value not in choices:
            known = ", ".join(sorted(choices)) or "none, for none is declared"
            self.add(node, f"one of {known}", near=near(node.value, choices))
            return default
        return node.value

    def texts(self, node: Node | None, *, choices: Collection[str] | None = None, least: str = "") -> tuple[str, ...]:
        """A list of distinct strings; `least` as for `items`."""
        seen: list[str] = []
        for child in self.items(node, least=least):
            word = self.text(child, choices=choices)
            if word and word in seen:
                self.add(child, "each entry once", f"{shown(word)} twice")
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


def shown(text: str) -> str:
    """A text of a file as a message quotes it: in one line, without control characters, and not too long."""
    return repr(text if len(text) <= 60 else text[:59] + "…")


def load(path: Path, *, shown_as: str = "", foreign: bool = False) -> Node:
    """Read one file; PolicyError with every syntactic problem. `foreign` as for `parse`."""
    name = shown_as or path.name
    problems = Problems()
    raw = read_file(path, name, problems)
    node = parse(raw, name, problems, foreign=foreign) if raw is not None else None
    problems.stop()
    if node is None:
        raise AssertionError("a file without a value has a problem")
    return node


def read_file(path: Path, name: str, problems: Problems) -> bytes | None:
    """The bytes of a regular file, or None and a problem; other files are not opened, as a pipe might never end."""
    top = Node(None, name, 1, "")
    if not path.is_file():
        problems.add(top, "a readable file", "something else" if path.exists() else "none")
        return None
    try:
        raw = read_regular(path, MAX_BYTES + 1, follow=True)
    except OSError as error:
        problems.add(top, "a readable file", type(error).__name__)
        return None
    if len(raw) > MAX_BYTES:
        problems.add(top, f"at most {MAX_BYTES:,} bytes", "more")
        return None
    return raw


def parse(raw: bytes, name: str, problems: Problems, *, foreign: bool = False) -> Node | None:
    """The value of a file, or None and a problem where it cannot be read; problems call the file `name`.

    In a `foreign` file, which other programs wrote or read, unquoted days and `y` are texts.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problems.add(Node(None, name, line, ""), "UTF-8", f"a byte that is not, at offset {error.start}")
        return None
    hidden = _HIDDEN.search(text)
    if hidden:
        at = Node(None, name, text.count("\n", 0, hidden.start()) + 1, "")
        problems.add(at, "characters that an editor shows", f"U+{ord(hidden[0]):04X}")
        return None
    try:
        return _Builder(yaml.parse(text, Loader=_LOADER), name, problems, foreign).document()
    except yaml.MarkedYAMLError as error:
        # libyaml may report the end of the file after its last line.
        line = min(error.problem_mark.line, text.count("\n")) + 1 if error.problem_mark else 1
        problems.add(Node(None, name, line, ""), "YAML", error.problem or "a syntax error")
    except _TooDeepError:
        pass  # its problem is noted; reading on takes time quadratic in the depth
    return None


class _TooDeepError(Exception):
    """The file is nested too deeply."""


@dataclass(frozen=True, slots=True)
class _Builder:
    """Builds nodes from events, which still show what PyYAML's nodes lose."""

    events: Iterator[yaml.Event]
    file: str
    problems: Problems
    foreign: bool

    def document(self) -> Node | None:
        root = None
        for event in self.events:
            if isinstance(event, yaml.NodeEvent):
                found = self._node(event, "", 1)
                if root is None:
                    root = found
                else:
                    self.problems.add(self._at(event, ""), "one document", "another")
        if root is None:
            self.problems.add(Node(None, self.file, 1, ""), "a document", "an empty file")
        return root

    def _node(self, event: yaml.Event, path: str, depth: int) -> Node:
        here = self._at(event, path)
        if depth > MAX_DEPTH and isinstance(event, yaml.CollectionStartEvent):
            self.problems.add(here, f"at most {MAX_DEPTH} levels", "more")
            raise _TooDeepError
        self._refuse_sharing(event, here)
        value: Value = None
        if isinstance(event, yaml.MappingStartEvent):
            value = self._mapping(path, depth)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = [self._node(child, f"{path}[{i}]", depth + 1) for i, child in enumerate(self._children())]
        elif isinstance(event, yaml.ScalarEvent):
            value = event.value if event.style else self._plain(event.value, here)
        return Node(value, self.file, here.line, path)

    def _mapping(self, path: str, depth: int) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        for event in self._children():
            key, at = self._key(event, path, depth), self._at(event, path)
            if key in entries:
                first = entries[key].line
                self.problems.add(at, "each key once", f"the key {shown(key)} twice, first on line {first}")
            step = key if _PLAIN_KEY.fullmatch(key) else shown(key)
            child = self._node(next(self.events), f"{path}.{step}" if path else step, depth + 1)
            # The problems of an entry are placed at its key.
            entries[key] = Node(child.value, self.file, at.line, child.path)
        return entries

    def _key(self, event: yaml.Event, path: str, depth: int) -> str:
        at = self._at(event, path)
        if not isinstance(event, yaml.ScalarEvent):
            self.problems.add(at, "a text as key", self._node(event, path, depth + 1).describe())
            return ""
        self._refuse_sharing(event, at)
        key: str = event.value
        if not key:
            self.problems.add(at, "a text as key", "nothing")
        elif key == "<<":
            self.problems.add(at, "the keys written out", "a merge key")
        elif not event.style and is_not_a_text(key):
            self.problems.add(at, "a quoted key", f"the unquoted {key[:60]}")
        return key

    def _refuse_sharing(self, event: yaml.Event, here: Node) -> None:
        if isinstance(event, yaml.AliasEvent):
            self.problems.add(here, "the value written out", "an alias")
        elif isinstance(event, yaml.NodeEvent) and event.anchor:
            self.problems.add(here, "the value written out", "an anchor")
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
            self.problems.add(here, "a value without a tag", f"the tag {shown(event.tag)}")

    def _plain(self, text: str, here: Node) -> Value:
        match text:
            case "" | "null" | "~":
                return None
            case "true" | "false":
                return text == "true"
        if _INTEGER.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text):
            return float(text)
        if is_not_a_text(text) and not (self.foreign and _FOREIGN.fullmatch(text)):
            self.problems.add(here, "a quoted text or a plain number", f"the unquoted {text[:60]}")
        return text

    def _children(self) -> Iterator[yaml.Event]:
        """The events up to the end of the collection that was begun last."""
        for event in self.events:
            if isinstance(event, yaml.CollectionEndEvent):
                return
            yield event

    def _at(self, event: yaml.Event, path: str) -> Node:
        return Node(None, self.file, event.start_mark.line + 1, path)  # type: ignore[union-attr]


@lru_cache(maxsize=4096)  # files repeat the same keys and words
def is_not_a_text(plain: str) -> bool:
    """Whether some YAML reader parses a plain scalar as a number, a date, a boolean or null."""
    return bool(_TRAP.fullmatch(plain)) or _resolve(plain) != _TEXT


def _resolve(plain: str) -> str:
    """The tag that YAML 1.1 gives a plain scalar."""
    tag: str = _RESOLVER.resolve(yaml.ScalarNode, plain, (True, False))  # type: ignore[no-untyped-call]
    return tag
