"""What changes a project of format 1 into one of format 2: the register, column roles, origins of tokens, vocabularies.

In format 1, rules named their tables by parameters or by defaults, and knew columns by fixed names. The changes are
applied to parsed files when a project is loaded, and to their texts by `governance migrate`: there is one reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from governance.policy.column_roles import ENTRIES, PUBLIC_NAME, SESSION, ColumnRole
from governance.policy.strict_yaml import Node, Problems, shown
from governance.policy.vocabulary import covers
from governance.spelling import folded

FORMAT: Final = 2
Step = str | int
Documents = Mapping[str, Node | None]
# An entry of the register: its table where no rule names one; the parameters that name it, by kind; the kinds of rules
# that are about this very table.
_SOURCES: Final[Mapping[str, tuple[str, Mapping[str, str], tuple[str, ...]]]] = {
    "people": ("users", {"erased": "people", "unlinkable": "people", "fulfilled": "people"}, ()),
    "requests": ("subject_requests", {"erased": "requests", "rectified": "requests"}, ("fulfilled",)),
    "exports": ("export_items", {"fulfilled": "items"}, ()),
    "accesses": ("access_events", {"authorised": "events", "purposed": "events"}, ()),
    "grants": ("grants", {"authorised": "grants", "purposed": "grants"}, ("granted",)),
    "transfers": ("transfers", {"minimal": "transfers"}, ("never_sold", "protected_transport")),
    "messages": ("messages", {}, ("opted_out",)),
    "subscriptions": ("subscriptions", {"opted_out": "subscriptions"}, ()),
    "announcements": ("announcements", {}, ("announced",)),
}
_PREFIX, _VISIT = ("minimal", "prefix", "shared_"), ("unlinkable", "session", "session_id")
_GONE = {_PREFIX[:2], _VISIT[:2], ("fulfilled", "records")}
# Words of a vocabulary that a rule adds, by entry and role.
_WORDS: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("transfers", "protocol"): ("protected_transport", "protocols"),
    ("transfers", "consideration"): ("never_sold", "nothing"),
    ("announcements", "channel"): ("announced", "channels"),
    ("subscriptions", "topic"): ("opted_out", "other_topics"),
}
_TOKEN = "_token"  # noqa: S105  ends the names of columns with keyed tokens
_ADDRESSES = ("mobile", "email")
_PERSON = ("subject", "id")


@dataclass(frozen=True, slots=True)
class Change:
    """New first entries of the mapping, or new entries before the last of the list, at a path; None removes it."""

    file: str
    path: tuple[Step, ...]
    adds: Mapping[str, Any] | list[Any] | None


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of a contract: its columns by name, each with its path."""

    file: str
    name: str
    columns: Mapping[str, tuple[tuple[Step, ...], Mapping[str, Any]]]

    @property
    def key(self) -> str:
        keys = [name for name, (_, column) in self.columns.items() if column.get("primaryKey") is True]
        return keys[0] if len(keys) == 1 else ""


def migrated(documents: Documents, main: str, problems: Problems) -> dict[str, Node | None]:
    """The files as they are in the present format, without the key `format`; the lines stay those of the files.

    PolicyError for a format that is unknown: nothing else of such a file can be judged.
    """
    found = dict(documents)
    for change in changes(documents, main, problems):
        node = found[change.file]
        found[change.file] = node and applied(node, change.path, change.adds)
    formats = {name: node for name, node in found.items() if node and "format" in _mapping(node)}
    return {**found, **{name: applied(node, ("format",), None) for name, node in formats.items()}}


def changes(documents: Documents, main: str, problems: Problems) -> tuple[Change, ...]:
    """What the files lack for the present format: none for those that have it. Contracts are of the policy's format."""
    old = dict(_of_format_1(documents, problems))
    found = [Change(name, ("format",), None) for name, given in old.items() if given]
    found += [Change(name, (), {"format": FORMAT}) for name in old if name != main]
    first = documents.get(main)
    if main not in old or first is None:
        return tuple(found)
    top = first.plain()
    rules = {key: rule for key, rule in _dict(top.get("rules")).items() if isinstance(rule, dict)}
    tables = {
        table.name: table for name, node in documents.items() if node for table in _tables(name, _dict(node.plain()))
    }
    if "register" in top:
        problems.add(
            _mapping(documents[main])["register"], f"`format: {FORMAT}` first in a file with a register", "none"
        )
        return ()
    register = _register(rules, tables, _mapping(documents[main]).get("rules"), problems)
    found.append(Change(main, (), {"format": FORMAT, **({"register": register} if register else {})}))
    found += _without_tables(main, rules)
    for table in tables.values():
        for path, column in table.columns.values():
            adds = [{"property": key, "value": value} for key, value in _said(table, column, register, tables, rules)]
            if adds:
                found.append(Change(table.file, (*path, "customProperties"), adds))
    return tuple(found)


def _of_format_1(documents: Documents, problems: Problems) -> Iterator[tuple[str, Node | None]]:
    """The files of format 1, each with its key `format` if it has one; PolicyError for a format that is unknown."""
    strange = False
    for name, node in documents.items():
        if name.startswith("contracts/") or not _mapping(node):
            continue  # the reader says what is wrong with a file of something else
        given = _mapping(node).get("format")
        if given is None or (given.value == 1 and not isinstance(given.value, bool)):
            yield name, given
        elif given.value != FORMAT:
            problems.add(given, f"1 or {FORMAT}, or a later version of this tool")
            strange = True
    if strange:
        problems.stop()


def applied(node: Node, path: tuple[Step, ...], adds: Mapping[str, Any] | list[Any] | None) -> Node:
    """A node with one change; what is new stands on the line of what it is added to."""
    value = node.value
    if isinstance(value, dict) and path and adds is None and len(path) == 1:
        return _with(node, {key: child for key, child in value.items() if key != path[0]})
    if isinstance(value, dict) and path:
        key = str(path[0])
        return _with(node, {**value, key: applied(value[key], path[1:], adds)})
    if isinstance(value, list) and path:
        return _with(node, [applied(child, path[1:], adds) if i == path[0] else child for i, child in enumerate(value)])
    if isinstance(value, list) and isinstance(adds, list):
        new = [_planted(item, node, f"{node.path}[{i}]") for i, item in enumerate(adds, len(value) - 1)]
        return _with(node, [*value[:-1], *new, *value[-1:]])
    first = {key: _planted(item, node, f"{node.path}.{key}".lstrip(".")) for key, item in _dict(adds).items()}
    return _with(node, {**first, **_dict(value)})


def _register(
    rules: Mapping[str, Any], tables: Mapping[str, _Table], place: Node | None, problems: Problems
) -> dict[str, Any]:
    """The entries for tables that have a contract; rules that contradict each other, or name another, are problems."""
    register: dict[str, Any] = {}
    for entry, (default, parameters, about) in _SOURCES.items():
        named: dict[str, str] = {}
        for key, rule in rules.items():
            given, kind = _dict(rule.get("parameters")), rule.get("kind")
            at = _mapping(_mapping(place).get(key))
            where = _dict(rule.get("where")).get("tables")
            if kind in about and isinstance(where, list) and len(where) == 1:
                named.setdefault(str(where[0]), key)
            if kind not in parameters:
                continue
            table = given.get(parameters[str(kind)], default)
            if parameters[str(kind)] in given and table not in tables:
                problems.text(_mapping(at["parameters"])[parameters[str(kind)]], choices=tables)
            elif table in tables:
                named.setdefault(str(table), key)
        if len(named) > 1:
            problems.add(
                _mapping(place)[list(named.values())[1]],
                f"one table of {entry} for all rules",
                " and ".join(map(shown, named)),
            )
        chosen = next(iter(named), default)
        if chosen in tables and chosen not in register.values():
            register[entry] = chosen
    kind, parameter, default = _PREFIX
    prefixes = [
        _dict(rule.get("parameters")).get(parameter, default) for rule in rules.values() if rule.get("kind") == kind
    ]
    patterns = [{"tables": f"{prefix}*"} for prefix in dict.fromkeys(map(str, prefixes or [default]))]
    payloads = [one for one in patterns if any(table.startswith(one["tables"][:-1]) for table in tables)]
    return {**register, **({"payloads": payloads} if payloads else {})}


def _without_tables(main: str, rules: Mapping[str, Any]) -> Iterator[Change]:
    """Rules without the parameters that the register replaces."""
    gone = _GONE.union(*(parameters.items() for _, parameters, _ in _SOURCES.values()))
    for key, rule in rules.items():
        given = _dict(rule.get("parameters"))
        dropped = [name for name in given if (rule.get("kind"), name) in gone]
        path: tuple[Step, ...] = ("rules", key, "parameters")
        if given and len(dropped) == len(given):
            yield Change(main, path, None)
        else:
            yield from (Change(main, (*path, name), None) for name in dropped)


def _said(
    table: _Table,
    column: Mapping[str, Any],
    register: Mapping[str, Any],
    tables: Mapping[str, _Table],
    rules: Mapping[str, Any],
) -> Iterator[tuple[str, Any]]:
    """The custom properties that a column of format 1 had by its name alone."""
    extras = _extras(column)
    if not extras:
        return
    name, people = str(column.get("name")), tables.get(str(register.get("people")))
    entry = next((entry for entry, named in register.items() if named == table.name), "")
    role = next((r for r in ENTRIES.get(entry, ()) if r.column == name and column.get("logicalType") in r.types), None)
    if role:
        if "columnRole" not in extras:
            yield "columnRole", role.name
        members = list(_members(entry, role, people, rules))
        if members and "vocabulary" not in extras:
            yield "vocabulary", members
    elif people and _holds_tokens(column) and "tokenOf" not in extras:
        origins = _origins(name.removesuffix(_TOKEN), table, people)
        if origins:
            yield "tokenOf", origins[0] if len(origins) == 1 else origins
    elif "columnRole" not in extras and (own := _own_role(table, name, column, rules)):
        yield "columnRole", own


def _members(entry: str, role: ColumnRole, people: _Table | None, rules: Mapping[str, Any]) -> Iterator[str]:
    kind, parameter = _WORDS.get((entry, role.name), ("", ""))
    own = [rule for rule in rules.values() if rule.get("kind") == kind] if kind else []
    words = [
        word for rule in own for word in _dict(rule.get("parameters")).get(parameter) or () if isinstance(word, str)
    ]
    known: set[str] = set()
    for word in (*role.members, *words) if role.enumerated else ():
        # The members of `field` are columns of the table of people.
        if folded(word) not in known and (role.name != "field" or (people and word in people.columns)):
            known.add(folded(word))
            yield word


def _holds_tokens(column: Mapping[str, Any]) -> bool:
    named = str(column.get("name")).endswith(_TOKEN)
    return named and column.get("logicalType") == "string" and column.get("classification") == "confidential"


def _origins(stem: str, table: _Table, people: _Table) -> list[str]:
    """The columns whose values a column of tokens stands for; a stem of neither table stands for the person."""
    if stem == "address":
        known = [f"{people.name}.{one}" for one in _ADDRESSES if one in people.columns]
    else:
        known = [f"{home.name}.{stem}" for home in (table, people) if stem in home.columns and stem not in _PERSON][:1]
    if known:
        return known
    return [f"{people.name}.{people.key}"] if people.key else []


def _own_role(table: _Table, name: str, column: Mapping[str, Any], rules: Mapping[str, Any]) -> str:
    """The key of a visit; or names of authors, as which those in the company's own public texts were taken."""
    kind, parameter, default = _VISIT
    for rule in rules.values():
        visits = _list(_dict(rule.get("where")).get("tables")) if rule.get("kind") == kind else ()
        if table.name in visits and _dict(rule.get("parameters")).get(parameter, default) == name:
            return SESSION
    texts = column.get("logicalType") in {"string", "object", "array"} and column.get("classification") == "public"
    return PUBLIC_NAME if texts and covers("system", str(_extras(column).get("fidesDataCategory"))) else ""


def _tables(name: str, contract: Mapping[str, Any]) -> Iterator[_Table]:
    for i, entry in enumerate(_list(contract.get("schema")) if name.startswith("contracts/") else ()):
        columns = {
            str(column.get("name")): (("schema", i, "properties", j), column)
            for j, column in enumerate(_list(_dict(entry).get("properties")))
            if isinstance(column, dict)
        }
        yield _Table(name, str(_dict(entry).get("name")), columns)


def _extras(column: Mapping[str, Any]) -> dict[str, Any]:
    listed = [_dict(entry) for entry in _list(column.get("customProperties"))]
    return {str(entry.get("property")): entry.get("value") for entry in listed}


def _with(node: Node, value: Any) -> Node:  # noqa: ANN401  a value of a file
    return Node(value, node.file, node.line, node.path)


def _planted(value: Any, at: Node, path: str) -> Node:  # noqa: ANN401  a value of a file
    if isinstance(value, Mapping):
        value = {key: _planted(child, at, f"{path}.{key}") for key, child in value.items()}
    elif isinstance(value, list):
        value = [_planted(child, at, f"{path}[{i}]") for i, child in enumerate(value)]
    return Node(value, at.file, at.line, path)


def _mapping(node: Node | None) -> dict[str, Node]:
    return node.mapping if node else {}


def _dict(value: Any) -> dict[str, Any]:  # noqa: ANN401  a value of a file
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> Iterable[Any]:  # noqa: ANN401  a value of a file
    return value if isinstance(value, list) else ()
