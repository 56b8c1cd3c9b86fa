"""The interface's own words; a sentence is whole in its file, with named places for what varies.

Most stand here, one file a language. Those of a kind lie beside the module that declares it, a block a language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import Markup, escape

from governance.errors import UsageError, but_found
from governance.policy.strict_yaml import Node, Problems, load
from governance.reports.language.digits import number, numerals

LANGUAGES = ("fa", "en")
_PACKAGE = Path(__file__).parents[2]
_BESIDE = (_PACKAGE / "detection" / "kinds", _PACKAGE / "rules" / "kinds")  # folders with words beside modules
_PLURAL = ("one", "other")


@dataclass(frozen=True, slots=True)
class Plural:
    """A sentence that depends on the number `n` in it."""

    one: str
    other: str


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language by dotted key; a key that the file doesn't have is a KeyError."""

    language: str
    texts: Mapping[str, str | Plural]

    @property
    def direction(self) -> str:
        return self.say("language.direction")

    @property
    def other(self) -> str:
        """The mirror's language."""
        return next(language for language in LANGUAGES if language != self.language)

    def template(self, key: str, n: object = None) -> str:
        """The sentence of a key, with its places still open."""
        text = self.texts[key]
        if isinstance(text, Plural):
            return text.one if n == 1 else text.other
        return text

    def say(self, key: str, **values: object) -> str:
        """A sentence as plain text; numbers are written in the language's digits."""
        return self.template(key, values.get("n")).format_map({name: self._plain(v) for name, v in values.items()})

    def mark(self, key: str, **values: object) -> Markup:
        """The same as HTML: everything is escaped but what is HTML already."""
        template = Markup(escape(self.template(key, values.get("n"))))  # noqa: S704  it was escaped on the same line
        return template.format_map({name: self._plain(v) for name, v in values.items()})

    def named(self, group: str, code: str) -> str:
        """The word for a code of the results, "" for a code that has none."""
        key = f"{group}.{code}"
        return self.say(key) if key in self.texts else ""

    def listed(self, parts: list[str]) -> str:
        return self.say("separator").join(parts)

    def number(self, value: int) -> str:
        return number(value, self.language)

    def localised(self, label: str) -> str:
        """A label that is a number, or a span of numbers, in the language's digits."""
        return numerals(label, self.language) if label.replace("-", "").rstrip("+").isdigit() else label

    def _plain(self, value: object) -> object:
        return self.number(value) if isinstance(value, int) else value


@cache
def words(language: str) -> Words:
    """The words of a language; UsageError for one that has no file."""
    if language not in LANGUAGES:
        raise UsageError(f"Expected one of the languages {', '.join(LANGUAGES)}, {but_found(language, LANGUAGES)}")
    name = f"words.{language}.yaml"
    problems = Problems()
    texts: dict[str, str | Plural] = {}
    _flatten(load(Path(__file__).with_name(name), shown_as=name), texts, problems)
    for block in _blocks(_BESIDE, language, problems):
        _flatten(block, texts, problems, below=f"{language}.")
    problems.stop()
    return Words(language, texts)


def _blocks(folders: Iterable[Path], language: str, problems: Problems) -> Iterator[Node]:
    """The blocks of a language in all files `*.words.yaml` of some folders; each file has one for every language."""
    for path in sorted(path for folder in folders for path in folder.glob("*.words.yaml")):
        blocks = problems.fields(load(path, shown_as=path.name), LANGUAGES)
        if language in blocks:
            yield blocks[language]


def _flatten(node: Node, texts: dict[str, str | Plural], problems: Problems, *, below: str = "") -> None:
    """Note the texts under a node by their path, without the beginning `below`."""
    for key, child in problems.entries(node):
        path = child.path.removeprefix(below)
        if path in texts:
            problems.add(child, "a key that no other file of words has", path)
        elif not isinstance(child.value, dict):
            texts[path] = problems.text(child)
        elif not set(_PLURAL).isdisjoint(child.value):
            forms = problems.fields(child, _PLURAL)
            texts[path] = Plural(*(problems.text(forms.get(form)) for form in _PLURAL))
        elif "." in key:
            problems.add(child, "a key without a dot")
        else:
            _flatten(child, texts, problems, below=below)
