"""Reads mappings of a file into frozen dataclasses, as the types and metadata of their fields expect."""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from governance.errors import near
from governance.policy.strict_yaml import Node, Problems, shown
from governance.policy.vocabulary import covers, data_categories, data_uses
from governance.spelling import is_a_name, says_something

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Known = Mapping[str, Collection[str] | None]
T = TypeVar("T", bound="DataclassInstance")
_NONE: Final[Known] = types.MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TextForm:
    """The required form of a text; for a vocabulary, problems name the nearest of `terms`."""

    expected: str
    fits: Callable[[str], bool]
    terms: Callable[[], Collection[str]] = tuple

    def read(self, node: Node, problems: Problems) -> str:
        """A text of this form; a text of another form is a problem, but returned too."""
        text = problems.text(node)
        if text and not self.fits(text):
            problems.add(node, self.expected, near=near(text, self.terms()))
        return text

    def check_key(self, key: str, node: Node, problems: Problems) -> str:
        """A key of a mapping of this form."""
        if not self.fits(key):
            problems.add(node, self.expected, f"the key {shown(key)}", near=near(key, self.terms()))
        return key


def matching(pattern: str, expected: str) -> TextForm:
    """Texts that match a pattern as a whole."""
    compiled = re.compile(pattern)
    return TextForm(expected, lambda text: compiled.fullmatch(text) is not None)


def term_of(terms: Callable[[], Collection[str]], expected: str) -> TextForm:
    """Terms of a vocabulary."""
    return TextForm(expected, lambda text: text in terms(), terms)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


SAYING: Final = TextForm("a text that says something", says_something)
ANSWERING: Final = TextForm("a text that says something, in one line", is_a_name)
DAY: Final = TextForm("a day such as 2026-11-22", _is_day)
# Names are used in SQL, in ids of checks and in file names.
NAME: Final = matching(r"[A-Za-z_][A-Za-z0-9_]*", "a logical name of letters, digits and _")
TABLE: Final = TextForm("the name of a table", str.isidentifier)
SHA256: Final = matching(r"[0-9a-f]{64}", "a SHA-256 of 64 small hex digits")
CATEGORY: Final = term_of(data_categories, "a data category of fideslang such as user.contact.email")
USE: Final = term_of(data_uses, "a data use of fideslang such as essential.service.security")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The constraints of a field besides its type.

    `key` is its key in the file, that of the field unless given. A field without a default is `required`; a field with
    a default may be required too, if the mapping is present. `choices` are the allowed texts; `known` names a set of
    texts that the caller supplies; `within` names keys of a tree, and every entry must equal one of them or lie below
    one. `least` is the smallest number, or names what a list must hold at least one of. `not_before` names the field of
    an earlier day.

    A field of the type `Node` is the raw node, for a caller that reads it itself.
    """

    key: str = ""
    required: bool = False
    choices: Collection[str] | None = None
    known: str = ""
    within: str = ""
    form: TextForm | None = None
    least: int | str = ""
    not_before: str = ""


def expects(**given: Any) -> Mapping[str, Expected]:  # noqa: ANN401  the fields of Expected, which checks them
    """The metadata of a dataclass field: `field(metadata=expects(least=1))`."""
    return {"expected": Expected(**given)}


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    type: Any
    default: Any  # MISSING where there is none
    expected: Expected

    @property
    def key(self) -> str:
        return self.expected.key or self.name

    @property
    def required(self) -> bool:
        return self.default is MISSING or self.expected.required

    @property
    def otherwise(self) -> Any:  # noqa: ANN401  of the field's type
        """The substitute for a value that is missing or wrong."""
        return self.default if self.default is not MISSING else _empty(self.type)


def read_fields(cls: type[T], node: Node | None, problems: Problems, known: Known = _NONE) -> T | None:
    """An instance from a mapping, or from no mapping where every field has a default.

    None where something is wrong, or where a required list is empty.
    """
    declared = _fields(cls)
    if node is None:
        return None if any(field.default is MISSING for field in declared) else cls()
    before = len(problems.found)
    record = read_record(cls, node, problems, known)
    empty = any(field.required and getattr(record, field.name) == () for field in declared)
    return None if empty or len(problems.found) > before else record


def read_record(cls: type[T], node: Node | None, problems: Problems, known: Known = _NONE, **given: object) -> T:
    """An instance in any case: a missing or wrong value is a problem, and its default or an empty value replaces it.

    `given` are fields that the caller supplies instead of the mapping.
    """
    declared = [field for field in _fields(cls) if field.name not in given]
    required = [field.key for field in declared if field.required]
    optional = [field.key for field in declared if not field.required]
    return fill(cls, problems.fields(node, required, optional) if node else {}, problems, known, **given)


def fill(cls: type[T], nodes: Mapping[str, Node], problems: Problems, known: Known = _NONE, **given: object) -> T:
    """`read_record` from nodes by key, whose keys were checked before."""
    declared = {field.name: field for field in _fields(cls) if field.name not in given}
    values = {name: _value(field, nodes.get(field.key), problems, known) for name, field in declared.items()}
    for name, field in declared.items():
        first = values[field.expected.not_before] if field.expected.not_before else ""
        if field.key in nodes and first and values[name] and values[name] < first:
            problems.add(nodes[field.key], f"a day from {first} on")
    return cls(**given, **values)


@cache
def _fields(cls: type[DataclassInstance]) -> tuple[_Field, ...]:
    hints = get_type_hints(cls)
    return tuple(
        _Field(field.name, hints[field.name], _default(field), field.metadata.get("expected", Expected()))
        for field in fields(cls)
        if field.init and not _is_tag(hints[field.name])
    )


def _default(field: Field[Any]) -> Any:  # noqa: ANN401  of the field's type
    return field.default if field.default_factory is MISSING else field.default_factory()


def _is_tag(hint: Any) -> bool:  # noqa: ANN401  types are of any type
    """Whether a type has one value only: such a field tags a dataclass, and no file holds it."""
    return get_origin(hint) is Literal and len(get_args(hint)) == 1


def _value(field: _Field, node: Node | None, problems: Problems, known: Known) -> Any:  # noqa: ANN401  of the field's type
    hint, expected, otherwise = _plain(field.type), field.expected, field.otherwise
    if node is None:
        return otherwise
    if hint is bool:
        return problems.boolean(node, default=otherwise)
    if hint is int:
        return problems.integer(node, default=otherwise, least=int(expected.least or 0))
    if hint is float:
        return problems.number(node, default=otherwise)
    if get_origin(hint) is tuple:
        return _records(field, node, problems, known) or _texts(field, node, problems, known)
    if get_origin(hint) is Mapping:
        entries = problems.entries(node, least=str(expected.least))
        return {key: _text(child, expected, None, problems) for key, child in entries}
    if hint is Node:
        return node
    if is_dataclass(hint) and isinstance(hint, type):
        return read_record(hint, node, problems, known)
    choices = _choices(hint, expected, known)
    text = _text(node, expected, choices, problems) or otherwise
    return hint(text) if isinstance(hint, type) else text


def _records(field: _Field, node: Node, problems: Problems, known: Known) -> tuple[Any, ...]:
    """The entries of a list of records, a text alone being the first field of one; () for a list of texts."""
    element = get_args(_plain(field.type))[0]
    if not (is_dataclass(element) and isinstance(element, type)):
        return ()
    first = _fields(element)[0].key
    return tuple(
        read_record(element, child, problems, known)
        if isinstance(child.value, dict)
        else fill(element, {first: child}, problems, known)
        for child in problems.items(node, least=str(field.expected.least))
    )


def _texts(field: _Field, node: Node, problems: Problems, known: Known) -> tuple[str, ...]:
    expected, element = field.expected, get_args(_plain(field.type))[0]
    least = expected.least or ("entry" if field.otherwise and not field.required else "")
    found = problems.texts(node, choices=_choices(element, expected, known), least=str(least))
    roots = known[expected.within] if expected.within else None
    for child in problems.items(node):
        text = str(child.value) if child.value in found else ""
        if text and expected.form:
            expected.form.read(child, problems)
        if text and roots is not None and not any(covers(root, text) for root in roots):
            listed = ", ".join(sorted(roots)) or "none, for none is declared"
            problems.add(child, f"a purpose of the policy or one below it: {listed}")
    return tuple(element(text) for text in found)


def _text(node: Node, expected: Expected, choices: Collection[str] | None, problems: Problems) -> str:
    if expected.form:
        return expected.form.read(node, problems)
    return problems.text(node, choices=choices)


def _choices(hint: Any, expected: Expected, known: Known) -> Collection[str] | None:  # noqa: ANN401  types are of any type
    if get_origin(hint) is Literal:
        return get_args(hint)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return [member.value for member in hint]
    return known[expected.known] if expected.known else expected.choices


def _plain(hint: Any) -> Any:  # noqa: ANN401  types are of any type
    """A type without its `| None`."""
    if get_origin(hint) in {Union, types.UnionType}:
        return next(inner for inner in get_args(hint) if inner is not type(None))
    return hint


def _empty(hint: Any) -> Any:  # noqa: ANN401  types are of any type
    if get_origin(hint) is Literal:
        return get_args(hint)[0]
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return next(iter(hint))
    if get_origin(hint) is Mapping:
        return {}
    if is_dataclass(hint) and isinstance(hint, type):
        return read_record(hint, None, Problems())
    return hint()
