"""Lists written out as one text: as JSON, as Python and NumPy print them, or as PostgreSQL does."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from typing import Final

# NumPy separates items by blanks.
_PRINTED: Final = re.compile(
    r"""\s*(?:('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|([^\s,'"\[\]]+))\s*(?:,|(?=[\s'"])|$)""", re.DOTALL
)
_OF_POSTGRESQL: Final = re.compile(r"""\s*(?:("(?:[^"\\]|\\.)*")|([^,"{}\\]+?))\s*(?:,|$)""", re.DOTALL)


def read_list(text: str) -> list[str | None] | None:
    """The items of a list as texts; None for a text that is no list, or one with its middle left out."""
    text = text.strip()
    inner = text[1:-1].strip()
    if text[:1] == "{" and text[-1:] == "}":
        return _items(inner, _OF_POSTGRESQL, "NULL", lambda quoted: re.sub(r"\\(.)", r"\1", quoted[1:-1]))
    if text[:1] != "[" or text[-1:] != "]":
        return None
    try:
        return [_item(item) for item in json.loads(text)]
    except json.JSONDecodeError:
        return _items(inner, _PRINTED, "None", lambda quoted: str(ast.literal_eval(quoted)))


def _item(value: object) -> str | None:
    return value if isinstance(value, str) or value is None else json.dumps(value, ensure_ascii=False)


def _items(
    inner: str, pattern: re.Pattern[str], missing: str, unquoted: Callable[[str], str]
) -> list[str | None] | None:
    found: list[str | None] = []
    place = 0
    while place < len(inner):
        match = pattern.match(inner, place)
        if match is None or match[2] == "...":  # NumPy leaves out the middle of a long list
            return None
        found.append(unquoted(match[1]) if match[1] is not None else None if match[2] == missing else match[2])
        place = match.end()
    return found
