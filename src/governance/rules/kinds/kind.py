"""The declaration of a rule kind, from which everything else in the package derives."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from governance.detection import DEFAULT, KINDS, PERSONAL_DATA, Detectors
from governance.detection.kinds.detector import Data
from governance.policy import REGISTER, SILENT, Policy, Where
from governance.policy.column_roles import ENTRIES
from governance.policy.fields import read_fields
from governance.policy.strict_yaml import Node, Problems
from governance.results import Unit

if TYPE_CHECKING:
    from governance.rules.kernel import Kernel, RestKernel
    from governance.rules.scope import Target


class About(StrEnum):
    """The clause that a problem concerns."""

    RULE = "rule"  # the clauses of the rule that found it
    CATEGORY = "category"  # the one under which data of this category is collected
    PURPOSE = "purpose"  # the one that allows this purpose
    LIST = "list"  # the one whose list a person reads as closed; none without such a reading
    SILENT = "silent"  # none: the policy does not cover the finding


class Over(StrEnum):
    """What a further count speaks of, which decides how the counts of a rule's checks are told together."""

    RUN = "run"  # the whole run: every check of a rule tells the same, so it is told once
    CHECK = "check"  # what the check alone looked at: it adds up
    PLACE = "place"  # a property of the check's place: it adds up with nothing, and is told with its place


class Places(Enum):
    """The places that a rule of a kind must name."""

    COLUMNS = "a rule about columns, with `columns`"
    DECLARED_COLUMNS = "a rule about declared columns, with `columns` and without `undeclared`"
    TABLES = "a rule about tables, without `columns`"
    DECLARED_TABLES = "a rule about declared tables, without `columns` and `undeclared`"
    NAMED_TABLES = "a rule about named tables, without `columns`"
    ONE_TABLE = "a rule about one table, without `columns` and `undeclared`"
    NO_TABLE = "a rule about no table, with `tables: none`"

    def allow(self, where: Where) -> bool:
        """Whether a rule may name these places."""
        match self:
            case Places.COLUMNS:
                return where.columns
            case Places.DECLARED_COLUMNS:
                return where.columns and not where.undeclared
            case Places.TABLES:
                return not where.columns
            case Places.DECLARED_TABLES:
                return not where.columns and not where.undeclared and not where.nowhere
            case Places.NAMED_TABLES:
                return not where.columns and bool(where.tables)
            case Places.ONE_TABLE:
                return not where.columns and not where.undeclared and len(where.tables) == 1
            case Places.NO_TABLE:
                return where.nowhere


def anything(parameters: Any, policy: Policy) -> None:  # noqa: ANN401  of whichever kind
    """`besides` of a kind that may read any table."""


def tables_of(*entries: str) -> Callable[[Any, Policy], Collection[str]]:
    """`besides` of a kind that reads the tables of these entries of the register."""
    return lambda _, policy: [table for entry in entries if (table := getattr(policy.register, entry))]


def nothing(parameters: Any, policy: Policy) -> Collection[str]:  # noqa: ANN401, ARG001
    """`besides` of a kind that reads only its own table."""
    return ()


# The counts of a search; a check of the tables without a contract counts their rows, as they have no columns to name.
SEARCHED: Final = MappingProxyType(
    {**dict.fromkeys(("columns", "rows_hit", "rows_read", "too_large"), Over.CHECK), "public_names": Over.RUN}
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A rule kind.

    `parameters` is a frozen dataclass whose class attribute `kind` names the kind; `kernel` starts a check on a table
    with these columns; `problems` are the codes of what it finds, gravest first, and `speaks` says of those that don't
    speak to the rule's own clauses what they speak to; `facts` are its further counts, but for those of a series, each
    with what it speaks of.
    `unit` is what it counts. `empty` names the entry of the register whose table's emptiness counts, "" for the check's
    own. `besides` gives the tables that it looks at besides its own, None for any; an `alone` one can do without them.
    `expectation` is the name of its Great Expectations class. `in_engine` says that the data's engine judges the rows
    as a set: it joins or compares them, so that no part of a table can be judged alone. `of_register` says that its
    rules are about the register of tables and contracts itself, and belong to no clause. `of_data` is the problem of a
    kind of data, for rules that look for some: those of all built-in kinds are among `problems`.
    """

    parameters: type[Any]
    kernel: Callable[[Any, Target], Kernel | RestKernel] = field(repr=False)
    places: Places
    expectation: str
    problems: tuple[str, ...] = ()
    speaks: Mapping[str, About] = field(default_factory=dict)
    facts: Mapping[str, Over] = field(default_factory=dict)
    unit: Unit = "rows"
    empty: str = ""
    in_engine: bool = False
    of_register: bool = False
    besides: Callable[[Any, Policy], Collection[str] | None] = anything
    alone: bool = False
    of_data: Callable[[str, Detectors], str] | None = None

    @property
    def name(self) -> str:
        """How rules name it, and its module, its words and its planter are called."""
        return str(self.parameters.kind)

    @property
    def serves(self) -> bool:
        """Whether its rules may serve a clause."""
        return not self.of_register

    @property
    def apart(self) -> str:
        """Where the checks of its rules stand that serve no clause, "" if each has to serve one."""
        if self.of_register:
            return REGISTER
        return SILENT if self.problems and all(self.about(one) is About.SILENT for one in self.problems) else ""

    def lacks(self, module: str) -> str:
        """What is missing in the declaration of a module's kind, as `what is expected, found what`; "" for nothing."""
        named = getattr(self.parameters, "kind", None)
        if named != module:
            return f"parameters with the class attribute `kind` = {module!r}, found {named!r}"
        frozen = getattr(self.parameters, "__dataclass_params__", None)
        if frozen is None or not frozen.frozen:
            return f"a frozen dataclass of parameters, found {self.parameters.__name__}"
        if not callable(self.kernel):
            return "`kernel`, a function that starts a check, found none"  # type: ignore[unreachable]  # of any kind at all
        if not self.expectation.startswith("Expect") or not self.expectation.isidentifier():
            return f"an `expectation`, a class name that begins with Expect, found {self.expectation!r}"
        if len(set(self.problems)) < len(self.problems) or not set(self.speaks) <= set(self.problems):
            return "each problem once, and `speaks` of declared problems only, found others"
        if not isinstance(self.facts, Mapping) or not all(isinstance(over, Over) for over in self.facts.values()):
            return "`facts` that say what each speaks of, such as Over.CHECK, found others"
        if self.empty and self.empty not in ENTRIES:
            return f"`empty` to name an entry of the register, found {self.empty!r}"
        return ""

    def read(
        self,
        node: Node | None,
        where: Where,
        problems: Problems,
        at: Node | None,
        *,
        detectors: Detectors = DEFAULT,
    ) -> Any:  # noqa: ANN401
        """The parameters of a rule of this kind, None where something is wrong with them."""
        if at is not None and not self.places.allow(where):
            problems.add(at, self.places.value)
        known = {"data": detectors.names, "personal data": detectors.of_data(Data.PERSONAL)}
        return read_fields(self.parameters, node, problems, known)

    def about(self, problem: str) -> About:
        """What a problem speaks to; that of a policy's own kind of data as that of a built-in one."""
        other = self.speaks.get(self.problems[0], About.RULE) if self.of_data and problem not in self.problems else None
        return self.speaks.get(problem, other or About.RULE)

    def category(self, problem: str, among: Detectors) -> str:
        """The category of the data that a problem found; "" if it is about no kind of data."""
        named = (name for name in among.names if self.of_data and self.of_data(name, among) == problem)
        return next((among.declared[name].category for name in named), "")

    def data(self, parameters: Any, among: Detectors) -> tuple[str, ...]:  # noqa: ANN401  of this kind
        """The kinds of data that a rule of this kind looks for, gravest first."""
        named = getattr(parameters, "kinds", PERSONAL_DATA) if self.of_data else ()
        return tuple(name for name in among.names if name in named)

    def codes(self, parameters: Any, among: Detectors) -> tuple[str, ...]:  # noqa: ANN401  of this kind
        """The problems that a rule of this kind can have, by the kinds of data that it looks for."""
        if self.of_data is None:
            return self.problems
        built_in = {self.of_data(name, among) for name in KINDS}
        wanted = [self.of_data(name, among) for name in self.data(parameters, among)]
        return tuple(dict.fromkeys([*wanted, *(code for code in self.problems if code not in built_in)]))
