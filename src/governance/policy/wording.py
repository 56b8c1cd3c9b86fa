"""Reads files of words: a file holds a whole language, or a block per language for the code beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

from governance.policy.model import Text
from governance.policy.strict_yaml import Node, Problems, load

LANGUAGES: Final = tuple(field.name for field in fields(Text))
_FORMS = ("one", "other")


@dataclass(frozen=True, slots=True)
class Plural:
    """A sentence that depends on the number `n` in it."""

    one: str
    other: str


Word: TypeAlias = "str | Plural"
Placed: TypeAlias = "Mapping[str, tuple[Word, Node]]"  # words by dotted key, each with its place


@cache
def read_blocks(path: Path) -> Mapping[str, Placed]:
    """The blocks of `<name>.words.yaml` by language.

    The key `name` there becomes the word `kind.<name>`, the key `unseen`, what its checks would not see, the word
    `unseen.<name>`.
    """
    problems = Problems()
    blocks = {}
    for language, block in problems.entries(load(path)):
        words = _flat(block, "", problems)
        for key, group in (("name", "kind"), ("unseen", "unseen")):
            if key in words:
                words[f"{group}.{path.name.removesuffix('.words.yaml')}"] = words.pop(key)
        blocks[language] = words
    problems.stop()
    return blocks


def read_language(path: Path) -> Placed:
    """The words of a file in one language."""
    problems = Problems()
    words = _flat(load(path), "", problems)
    problems.stop()
    return words


def merge_words(parts: Iterable[Placed]) -> dict[str, Word]:
    """All words in one namespace; PolicyError for a duplicate key."""
    problems = Problems()
    merged: dict[str, tuple[Word, Node]] = {}
    for part in parts:
        for key, (word, node) in part.items():
            _, first = merged.setdefault(key, (word, node))
            if first is not node:
                problems.add(node, "each word once", f"{key}, which stands in {first.file}:{first.line}")
    problems.stop()
    return {key: word for key, (word, _) in merged.items()}


def _flat(node: Node, prefix: str, problems: Problems) -> dict[str, tuple[Word, Node]]:
    found: dict[str, tuple[Word, Node]] = {}
    for key, child in problems.entries(node):
        if not isinstance(child.value, dict):
            found[prefix + key] = problems.text(child), child
        elif not set(_FORMS).isdisjoint(child.value):
            forms = problems.fields(child, _FORMS)
            found[prefix + key] = Plural(*(problems.text(forms.get(form)) for form in _FORMS)), child
        elif "." in key:
            problems.add(child, "a key without a dot")
        else:
            found |= _flat(child, f"{prefix}{key}.", problems)
    return found
