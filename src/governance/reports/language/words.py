"""The words of the interface and of kinds in one language: whole sentences with named placeholders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import Markup, escape

from governance.detection import OwnKind
from governance.errors import UsageError, but_found
from governance.policy.wording import LANGUAGES, Plural, Word, merge_words, read_blocks, read_language
from governance.reports.language.digits import number, numerals

_OWN = Path(__file__).parent
_PACKAGE = _OWN.parents[1]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language by dotted key; an unknown key is a KeyError."""

    language: str
    texts: Mapping[str, Word]

    @property
    def direction(self) -> str:
        return self.say("language.direction")

    @property
    def other(self) -> str:
        """The other language of the pages."""
        return next(language for language in LANGUAGES if language != self.language)

    def template(self, key: str, n: object = None) -> str:
        """The sentence of a key, with its placeholders."""
        text = self.texts[key]
        if isinstance(text, Plural):
            return text.one if n == 1 else text.other
        return text

    def say(self, key: str, **values: object) -> str:
        """A sentence as plain text; numbers are written in the language's digits."""
        return self.template(key, values.get("n")).format_map({name: self._plain(v) for name, v in values.items()})

    def mark(self, key: str, **values: object) -> Markup:
        """The same as HTML: everything is escaped except HTML markup."""
        template = Markup(escape(self.template(key, values.get("n"))))  # noqa: S704  it was escaped on the same line
        return template.format_map({name: self._plain(v) for name, v in values.items()})

    def named(self, group: str, code: str) -> str:
        """The word for a code of the results, "" for a code that has none."""
        key = f"{group}.{code}"
        return self.say(key) if key in self.texts else ""

    def judged(self, code: str) -> str:
        """The word for a verdict, a reason or a problem, "" for anything else."""
        return next(filter(None, (self.named(group, code) for group in ("verdict", "reason", "problem"))), "")

    def listed(self, parts: list[str]) -> str:
        return self.say("separator").join(parts)

    def number(self, value: int) -> str:
        return number(value, self.language)

    def localised(self, label: str) -> str:
        """A label that is a number, or a span of numbers, in the language's digits."""
        return numerals(label, self.language) if label.replace("-", "").rstrip("+").isdigit() else label

    def _plain(self, value: object) -> object:
        return self.number(value) if isinstance(value, int) else value


def with_kinds(say: Words, kinds: Iterable[OwnKind]) -> Words:
    """The words, and the titles of a policy's own kinds of data; one without a title is called by its name."""
    texts: dict[str, Word] = {}
    for kind in kinds:
        title = (kind.en if say.language == "en" else kind.fa) or kind.name
        texts[f"problem.{kind.name}"] = title
        texts.setdefault(f"problem.undeclared_{kind.category}", say.say("unsought.undeclared", kind=title))
    return Words(say.language, {**texts, **say.texts}) if texts else say


def word_files() -> list[Path]:
    """Every file of words: one per language, and those beside the kinds."""
    return [*sorted(_OWN.glob("words.*.yaml")), *sorted(_PACKAGE.glob("*/kinds/*.words.yaml"))]


@cache
def words(language: str) -> Words:
    """The words of a language; UsageError for one that has no file.

    One file `words.<language>.yaml` adds a language, with the words of kinds, which have no block of it.
    """
    own = {path.suffixes[0][1:]: path for path in word_files() if path.parent == _OWN}
    if language not in own:
        raise UsageError(f"Expected one of the languages {', '.join(own)}, {but_found(language, own)}")
    parts = [read_language(own[language])]
    for path in word_files():
        if path.parent != _OWN:
            blocks = read_blocks(path)
            if language in LANGUAGES and language not in blocks:
                raise UsageError(f"{path.name}: expected a block {language!r}, found none.")
            parts.append(blocks.get(language, {}))
    texts = merge_words(parts)
    if language not in LANGUAGES and (lacking := words(LANGUAGES[0]).texts.keys() - texts):
        raise UsageError(f"{own[language].name}: expected every word, found none for {', '.join(sorted(lacking))}.")
    return Words(language, texts)
