"""Reads the rules: what must hold, where, and how it is judged; each kind reads its own parameters."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from governance.detection import DEFAULT, Detectors
from governance.policy.contracts import TYPES, Classification, Contract
from governance.policy.fields import Known, expects, matching, read_record
from governance.policy.model import APART, Examples, Parameters, Rule, Severity, Text, Where
from governance.policy.strict_yaml import Node, Problems

_RULE_ID: Final = matching(r"[a-z][a-z0-9-]*", "a rule id of small letters, digits and -")


class KindReader(Protocol):
    """Reads a rule's `parameters` into its kind's type; the kinds themselves live above this package."""

    @property
    def problems(self) -> Collection[str]:
        """The codes of what its rules find."""
        ...

    @property
    def unit(self) -> str:
        """What its checks count."""
        ...

    @property
    def apart(self) -> str:
        """Where the checks of its rules stand that serve no clause, "" if each has to serve one."""
        ...

    @property
    def serves(self) -> bool:
        """Whether its rules may serve a clause."""
        ...

    def read(
        self,
        node: Node | None,
        where: Where,
        problems: Problems,
        at: Node | None,
        *,
        detectors: Detectors = DEFAULT,
    ) -> Parameters | None:
        """The parameters; `at` locates a problem with `where`, None if the file has no `where`.

        `detectors` know the kinds of data that a rule may name.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Entry:
    """A rule as in its file."""

    kind: str = field(metadata=expects(known="kinds"))
    clauses: tuple[str, ...] = field(metadata=expects(known="clauses", least="clause that the rule serves"))
    severity: Severity
    title: Text
    rationale: Text
    remedy: Text
    where: Node | None = field(default=None, metadata=expects(required=True))
    references: tuple[str, ...] = ()
    examples: Examples | None = None
    parameters: Node | None = None


def read_rules(
    node: Node | None,
    known: Known,
    tables: Mapping[str, Contract | None],
    kinds: Mapping[str, KindReader],
    problems: Problems,
    *,
    detectors: Detectors = DEFAULT,
) -> tuple[Rule, ...]:
    """The rules in their order; `tables` are the contracts by table, None for one that cannot be read."""
    rules = []
    for key, child in problems.entries(node, least="rule"):
        _RULE_ID.check_key(key, child, problems)
        if key in APART:
            problems.add(child, f"another id than `{key}`, which names the rules that stand apart", "it")
        kind = _kind(child, kinds)
        without = kind is not None and bool(kind.apart) and not (kind.serves and "clauses" in child.mapping)
        given = {"clauses": ()} if without else {}
        entry = read_record(_Entry, child, problems, {**known, "kinds": kinds}, **given)
        where = _where(entry.where, tables, problems)
        before = len(problems.found)
        parameters = (
            kinds[entry.kind].read(entry.parameters, where, problems, entry.where, detectors=detectors)
            if entry.kind
            else None
        )
        if entry.kind and parameters is None and len(problems.found) == before:
            # A kind whose parameters cannot be read must not make the rule vanish.
            expected = f"parameters that a rule of kind {entry.kind} can check by"
            problems.add(entry.parameters or child, expected, "none")
        if parameters is not None:
            rules.append(
                Rule(
                    id=key,
                    clauses=entry.clauses,
                    severity=entry.severity,
                    title=entry.title,
                    rationale=entry.rationale,
                    remedy=entry.remedy,
                    where=where,
                    parameters=parameters,
                    file=child.file,
                    line=child.line,
                    references=entry.references,
                    examples=entry.examples,
                    unit=kinds[entry.kind].unit,
                    apart=kind.apart if kind is not None and without else "",
                )
            )
    return tuple(rules)


def _kind(node: Node, kinds: Mapping[str, KindReader]) -> KindReader | None:
    """The kind of an entry that is as yet unread."""
    named = node.mapping.get("kind")
    return kinds.get(named.value) if named is not None and isinstance(named.value, str) else None


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
