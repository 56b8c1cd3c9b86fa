"""Changes the texts of policy files: to the present format, and by a waiver; comments, order and quotes stay."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from governance.errors import EvidenceError, UsageError
from governance.policy.load import MAIN, REGISTERS, WAIVERS, read_files
from governance.policy.migration import Change, Step, applied, changes
from governance.policy.registers import read_waivers
from governance.policy.strict_yaml import Node, Problems, is_not_a_text, parse, read_file

_WIDTH = 120
_PLAIN = re.compile(r"[A-Za-z][\w.]*")


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A file that is to be changed, before and after."""

    name: str
    old: str
    new: str


def rewritten(folder: Path) -> tuple[Rewritten, ...]:
    """The files of an `expectations/` folder that migration changes; PolicyError where they cannot be read."""
    problems = Problems()
    raw, documents = read_files(folder, problems)
    found = changes(documents, MAIN, problems)
    problems.stop()
    files = []
    for name in dict.fromkeys(change.file for change in found):
        own = [change for change in found if change.file == name]
        old, wanted = (raw[name] or b"").decode("utf-8-sig"), documents[name]
        for change in own:
            wanted = wanted and applied(wanted, change.path, change.adds)
        new = _text(old, own)
        read = parse(new.encode(), name, problems, foreign=name not in {MAIN, *REGISTERS})
        if problems.found or not _same(read, wanted):
            raise UsageError(f"{name}: expected a layout that can be rewritten, found another; migrate it by hand.")
        files.append(Rewritten(name, old, new))
    return tuple(files)


def with_waiver(folder: Path, entry: Mapping[str, Any], longest: int) -> Rewritten:
    """The file of waivers with a further entry at its end; PolicyError where the reader would refuse the entry.

    `longest` is the most days that the policy allows, 0 if it says nothing.
    """
    problems = Problems()
    raw = read_file(folder / WAIVERS, WAIVERS, problems)
    before = parse(raw, WAIVERS, problems) if raw is not None else None
    problems.stop()
    old = (raw or b"").decode("utf-8-sig")
    root: Any = yaml.compose(old, Loader=yaml.SafeLoader)
    listed = next((value for name, value in root.value if name.value == "waivers"), None) if before else None
    if listed is None or not isinstance(listed.value, list) or (listed.flow_style and listed.value):
        raise UsageError(f"{WAIVERS}: expected `waivers: []`, or an entry a line, found another layout.")
    ending, pad = "\r\n" if "\r\n" in old else "\n", " " * (2 if listed.flow_style else listed.start_mark.column)
    fields = [_wrapped(f"{key}: {_flow(value)}", f"{pad}  ") for key, value in entry.items()]
    added = f"\n{pad}- " + f"\n{pad}  ".join(fields)
    start, end = listed.start_mark.index, _end(listed)
    if listed.value:  # behind the comment of its last line
        line = old.find("\n", end)
        start = end = len(old if line < 0 else old[:line].rstrip("\r"))
    new = old[:start].rstrip(" ") + added.replace("\n", ending) + old[end:]
    after = parse(new.encode(), WAIVERS, problems)
    wanted = [*(before.mapping["waivers"].plain() if before else []), dict(entry)]
    if problems.found or after is None or after.mapping["waivers"].plain() != wanted:
        raise UsageError(f"{WAIVERS}: expected a layout that can be added to, found another; add the entry by hand.")
    read_waivers(applied(after, ("format",), None) if "format" in after.mapping else after, longest, problems)
    problems.stop()
    return Rewritten(WAIVERS, old, new)


def write(folder: Path, files: tuple[Rewritten, ...]) -> None:
    """Replace the files, all of them or none; EvidenceError when one cannot be written."""
    done: list[Rewritten] = []
    with ExitStack() as stack:
        try:
            staged = [(file, _staged(folder / file.name, file.new, stack)) for file in files]
            for file, path in staged:
                path.replace(folder / file.name)
                done.append(file)
        except OSError as error:
            for file in done:
                (folder / file.name).write_bytes(file.old.encode())
            kind = type(error).__name__
            raise EvidenceError(f"{folder}: expected a place to write, found {kind}; nothing was changed.") from None


def _staged(target: Path, text: str, stack: ExitStack) -> Path:
    """A text beside the file that it shall replace, removed in the end if it did not."""
    with tempfile.NamedTemporaryFile("wb", dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
        stack.callback(Path(file.name).unlink, missing_ok=True)
        file.write(text.encode())
    path = Path(file.name)
    path.chmod(target.stat().st_mode)
    return path


def _text(old: str, found: list[Change]) -> str:
    root = yaml.compose(old, Loader=yaml.SafeLoader)
    edits = [edit for change in found for edit in _edits(old, root, change)]
    # From the end, so that the places before stay true; at one place, what is removed goes first.
    ending = "\r\n" if "\r\n" in old else "\n"
    for start, end, new in sorted(edits, key=lambda edit: edit[:2], reverse=True):
        old = old[:start] + new.replace("\n", ending) + old[end:]
    return old


def _edits(text: str, root: yaml.Node | None, change: Change) -> Iterator[tuple[int, int, str]]:
    if change.adds is None:
        yield (*_span(text, _at(root, change.path[:-1]), str(change.path[-1])), "")
        return
    node = _at(root, change.path)
    if isinstance(change.adds, Mapping):
        entries = [f"{key}: {_flow(value)}" for key, value in change.adds.items()]
        start, indent = node.start_mark.index + bool(node.flow_style), node.start_mark.column
        # A long entry of a block is a block itself.
        lines = [_block(key, value, indent) for key, value in change.adds.items()]
        joined = "".join(f"{entry}, " for entry in entries) if node.flow_style else "".join(lines)
        yield start, start, joined if node.flow_style else joined[indent:] + " " * indent
        return
    start, column = node.value[-1].start_mark.index, node.start_mark.column
    if node.flow_style:
        yield start, start, "".join(f"{_flow(item)}, " for item in change.adds)
        return
    dash = text.rindex("-", 0, start)
    items = [_wrapped(f"- {_flow(item)}", " " * column) for item in change.adds]
    yield dash, dash, "".join(f"{item}\n{' ' * column}" for item in items)


def _span(text: str, mapping: Any, key: str) -> tuple[int, int]:  # noqa: ANN401  PyYAML's nodes are untyped
    """Where an entry of a mapping stands: whole lines of a block, with a comma of a flow."""
    place = next(i for i, (name, _) in enumerate(mapping.value) if name.value == key)
    name, value = mapping.value[place]
    if not mapping.flow_style:
        start = text.rindex("\n", 0, name.start_mark.index) + 1 if name.start_mark.line else 0
        end = text.find("\n", _end(value))
        return start, len(text) if end < 0 else end + 1
    if place + 1 < len(mapping.value):
        return name.start_mark.index, mapping.value[place + 1][0].start_mark.index
    return (_end(mapping.value[place - 1][1]) if place else name.start_mark.index), _end(value)


def _end(node: yaml.Node) -> int:
    """Where a node ends; the mark of a block stands behind the comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    index: int = node.end_mark.index
    return index


def _at(node: Any, path: tuple[Step, ...]) -> Any:  # noqa: ANN401  PyYAML's nodes are untyped
    for step in path:
        node = node.value[step] if isinstance(step, int) else next(v for k, v in node.value if k.value == step)
    return node


def _block(key: str, value: Any, indent: int) -> str:  # noqa: ANN401  a plain value
    pad = " " * indent
    if not isinstance(value, Mapping):
        return f"{pad}{key}: {_flow(value)}\n"
    return f"{pad}{key}:\n" + "".join(_block(name, item, indent + 2) for name, item in value.items())


def _flow(value: Any) -> str:  # noqa: ANN401  a plain value
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    plain = isinstance(value, int) or (_PLAIN.fullmatch(value) and not is_not_a_text(value))
    return str(value) if plain else json.dumps(value, ensure_ascii=False)


def _wrapped(text: str, pad: str) -> str:
    """An item in lines that are not too long, broken between the entries of its lists."""
    lines = [""]
    for part in text.split(", "):
        if lines[-1] and len(pad) + len(lines[-1]) + len(part) > _WIDTH:
            lines.append("    ")
        lines[-1] += f"{part}, "
    return f"\n{pad}".join(line.rstrip() for line in lines).removesuffix(",")


def _same(one: Node | None, other: Node | None) -> bool:
    """Whether two nodes say the same; the lines may differ, and so may the order of keys."""
    if one is None or other is None:
        return one is other
    mine, yours = one.value, other.value
    if isinstance(mine, dict) and isinstance(yours, dict):
        return mine.keys() == yours.keys() and all(_same(mine[key], yours[key]) for key in mine)
    if isinstance(mine, list) and isinstance(yours, list):
        return len(mine) == len(yours) and all(map(_same, mine, yours))
    return type(mine) is type(yours) and mine == yours
