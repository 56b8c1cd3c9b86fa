"""The rules: what must hold, where, and how it is judged; what each kind needs is read by the kind itself."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Protocol

from governance.policy.contracts import TYPES
from governance.policy.model import Classification, Contract, Examples, Parameters, Rule, Severity, Where
from governance.policy.reading import read_text
from governance.policy.strict_yaml import Node, Problems, shown

_RULE_ID = re.compile(r"[a-z][a-z0-9-]*")


class KindReader(Protocol):
    """Turns a rule's `parameters` into its kind's typed value; the kinds themselves live above this package."""

    def __call__(self, node: Node | None, where: Where, problems: Problems) -> Parameters | None: ...


def read_rules(
    node: Node | None,
    clauses: Collection[str],
    tables: Mapping[str, Contract | None],
    kinds: Mapping[str, KindReader],
    problems: Problems,
) -> tuple[Rule, ...]:
    """The rules in their order; `tables` are the contracts by table, None for one that cannot be read."""
    rules = []
    for key, child in problems.entries(node, least="rule"):
        if not _RULE_ID.fullmatch(key):
            problems.add(child, "a rule id of small letters, digits and -", f"the key {shown(key)}")
        fields = problems.fields(
            child,
            ["kind", "clauses", "severity", "title", "rationale", "remedy", "where"],
            ["references", "examples", "parameters"],
        )
        where = _where(fields.get("where"), tables, problems)
        kind = problems.text(fields.get("kind"), choices=kinds)
        told = len(problems.found)
        parameters = kinds[kind](fields.get("parameters"), where, problems) if kind else None
        if kind and parameters is None and len(problems.found) == told:
            # A kind that reads nothing out of its parameters must not make the rule vanish.
            problems.add(fields.get("parameters", child), f"parameters that a rule of kind {kind} can check by", "none")
        severity = problems.text(fields.get("severity"), default="critical", choices=[s.value for s in Severity])
        serves = problems.texts(fields.get("clauses"), choices=clauses, least="clause that the rule serves")
        title, rationale, remedy = (read_text(fields.get(name), problems) for name in ("title", "rationale", "remedy"))
        if parameters is not None:
            rules.append(
                Rule(
                    id=key,
                    clauses=serves,
                    severity=Severity(severity),
                    title=title,
                    rationale=rationale,
                    remedy=remedy,
                    where=where,
                    parameters=parameters,
                    file=child.file,
                    line=child.line,
                    references=problems.texts(fields.get("references")),
                    examples=_examples(fields.get("examples"), problems),
                )
            )
    return tuple(rules)


def _examples(node: Node | None, problems: Problems) -> Examples | None:
    if node is None:
        return None
    fields = problems.fields(node, ["passes", "fails"])
    return Examples(read_text(fields.get("passes"), problems), read_text(fields.get("fails"), problems))


def _where(node: Node | None, tables: Mapping[str, Contract | None], problems: Problems) -> Where:
    if node is None:
        return Where()
    fields = problems.fields(node, ["tables"], ["columns", "undeclared"])
    wanted, columns = fields.get("tables"), fields.get("columns")
    chosen: tuple[str, ...] = ()
    if wanted is not None and isinstance(wanted.value, list):
        chosen = problems.texts(wanted, choices=tables, least="table")
    elif wanted is not None and wanted.value == "none":
        for key in sorted({"columns", "undeclared"} & fields.keys()):
            problems.add(fields[key], f"no `{key}` in a rule about no table")
        return Where(nowhere=True)
    elif wanted is not None and wanted.value != "all":
        problems.add(wanted, "`all`, `none` or a list of tables")
    names: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    if columns is not None and isinstance(columns.value, list):
        contracts = [tables[table] for table in chosen or tables]
        known = {column.name for contract in contracts if contract for column in contract.columns}
        names = problems.texts(columns, choices=None if None in contracts else known, least="column")
    elif columns is not None and isinstance(columns.value, dict):
        narrowed = problems.fields(columns, [], ["types", "classification"])
        if not columns.value:
            problems.add(columns, "types, classification or both", "neither")
        types = problems.texts(narrowed.get("types"), choices=TYPES, least="type")
        levels = problems.texts(
            narrowed.get("classification"), choices=[c.value for c in Classification], least="classification"
        )
    elif columns is not None and columns.value != "all":
        problems.add(columns, "`all`, a list of columns, or a mapping with types, classification")
    return Where(
        tables=chosen,
        columns=columns is not None,
        names=names,
        types=types,
        classifications=tuple(Classification(level) for level in levels),
        undeclared=problems.boolean(fields.get("undeclared")),
    )
