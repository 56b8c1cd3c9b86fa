"""The policy's text in Markdown: a heading of the third level is the id of a sentence, the text follows it."""

from __future__ import annotations

import re

from governance.policy.strict_yaml import Node, Problems, shown

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*")
_LEVEL_OF_IDS = 3
_ID = re.compile(r"[A-Z]+(?:-[0-9]+)+")


def read_prose(raw: bytes, name: str, problems: Problems) -> dict[str, Node]:
    """The texts by id, each with its file and the line of its heading.

    Text before the first section heading is an introduction. After it, a sentence without an id is a problem, as no
    rule could cover it; so is a repeated id, and an id without a text.
    """
    try:
        lines = raw.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problems.add(Node(None, name, line, ""), "UTF-8", f"a byte that is not, at offset {error.start}")
        return {}
    found: dict[str, Node] = {}
    parts: dict[str, list[str]] = {}
    current, opened = "", False
    for number, text in enumerate(lines, 1):
        here = Node(None, name, number, "")
        heading = _HEADING.fullmatch(text)
        if heading is None:
            if text.strip() and current:
                parts[current].append(text.strip())
            elif text.strip() and opened:
                problems.add(here, "the heading of a clause before its text", shown(text.strip()))
            continue
        level, title = len(heading[1]), heading[2]
        current, opened = "", opened or level > 1
        if level < _LEVEL_OF_IDS:
            continue
        if level > _LEVEL_OF_IDS or not _ID.fullmatch(title):
            problems.add(here, "a clause id such as ### KP-1-2-3", shown(text.strip()))
        elif title in found:
            first = found[title].line
            problems.add(here, "each clause once", f"{title} twice, first on line {first}")
        else:
            found[title] = Node(None, name, number, title)
        current = title
        parts.setdefault(title, [])
    return {key: _whole(node, " ".join(parts[key]), problems) for key, node in found.items()}


def _whole(node: Node, text: str, problems: Problems) -> Node:
    if not text:
        problems.add(node, "the clause's text under its heading", "none")
    return Node(text, node.file, node.line, node.path)
