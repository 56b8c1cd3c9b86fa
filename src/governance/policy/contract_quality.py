"""What a contract's `quality` entries demand, of the few forms that are run; all others are named as not run.

Run are six expectations of Great Expectations, and the metrics of the standard that say exactly the same. Whatever
could read more than it says (SQL, patterns, conditions on rows) never is.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, floor
from typing import Any, Final

from governance.policy.model import Quality
from governance.policy.strict_yaml import Node, Problems, Value, parse

NOT_NULL: Final = "expect_column_values_to_not_be_null"
IN_SET: Final = "expect_column_values_to_be_in_set"
BETWEEN: Final = "expect_column_values_to_be_between"
UNIQUE: Final = "expect_column_values_to_be_unique"
ROWS_BETWEEN: Final = "expect_table_row_count_to_be_between"
ROWS_EQUAL: Final = "expect_table_row_count_to_equal"
_ARGUMENTS: Final[Mapping[str, frozenset[str]]] = {
    NOT_NULL: frozenset(),
    IN_SET: frozenset({"value_set"}),
    BETWEEN: frozenset({"min_value", "max_value"}),
    UNIQUE: frozenset(),
    ROWS_BETWEEN: frozenset({"min_value", "max_value"}),
    ROWS_EQUAL: frozenset({"value"}),
}
# The standard's own text writes them so.
_SPELLINGS = {"minValue": "min_value", "maxValue": "max_value", "valueSet": "value_set"}
# In version 3.0 a metric was called a rule, and duplicates were counted by another name.
_METRICS = {"duplicateCount": "duplicateValues"}
_OPERATORS = (
    *("mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeGreaterOrEqualTo", "mustBeLessThan", "mustBeLessOrEqualTo"),
    *("mustBeBetween", "mustNotBeBetween"),
)


def read_quality(node: Node | None, column: str, names: Mapping[str, str], not_run: list[str]) -> tuple[Quality, ...]:
    """The entries of one column, or of the table where `column` is "", that are run; the others go to `not_run`.

    `names` are the table's columns by every name they have.
    """
    found = []
    for entry in node.value if node is not None and isinstance(node.value, list) else []:
        fields = entry.value if isinstance(entry.value, dict) else {}
        read = _custom(fields) if _value(fields, "type") == "custom" else _metric(fields)
        quality = _checked(read, entry, column, names) if read else None
        if quality is None:
            not_run.append(entry.path)
        else:
            found.append(quality)
    return tuple(found)


def _checked(read: tuple[str, dict[str, Any]], entry: Node, column: str, names: Mapping[str, str]) -> Quality | None:
    """The expectation if it is about the place where it stands, and all its arguments are understood."""
    expectation, arguments = read
    named = arguments.pop("column", column)
    about = names.get(named, "") if isinstance(named, str) else ""
    of_table = expectation in {ROWS_BETWEEN, ROWS_EQUAL}
    if not isinstance(named, str) or (named and not about) or (column and about != column) or of_table == bool(about):
        return None
    if not _fits(expectation, arguments):
        return None
    return Quality(expectation, about, arguments, entry.file, entry.line)


def _fits(expectation: str, arguments: Mapping[str, Any]) -> bool:
    known = _ARGUMENTS.get(expectation)
    if known is None or not arguments.keys() <= known or (known and not arguments):
        return False
    bound = int if expectation in {ROWS_BETWEEN, ROWS_EQUAL} else (int | float | str)
    return all(
        bool(value) and isinstance(value, tuple) if name == "value_set" else _is(value, bound)
        for name, value in arguments.items()
    )


def _is(value: object, kind: Any) -> bool:  # noqa: ANN401  types are of any type
    return isinstance(value, kind) and not isinstance(value, bool)


def _custom(fields: Mapping[str, Node]) -> tuple[str, dict[str, Any]] | None:
    """An expectation of Great Expectations, written as a mapping or as a text that holds one."""
    node = fields.get("implementation")
    if node is not None and isinstance(node.value, str):
        node = parse(node.value.encode(), node.file, Problems())
    inner = node.value if node is not None and isinstance(node.value, dict) else {}
    name = _value(inner, "type") or _value(inner, "expectation_type")
    given = inner.get("kwargs")
    if _value(fields, "engine") != "greatExpectations" or not isinstance(name, str):
        return None
    if inner.keys() - {"type", "expectation_type", "kwargs", "meta"} or (given and not isinstance(given.value, dict)):
        return None
    arguments = given.value if given is not None and isinstance(given.value, dict) else {}
    return name, {_SPELLINGS.get(key, key): _plain(child) for key, child in arguments.items()}


def _metric(fields: Mapping[str, Node]) -> tuple[str, dict[str, Any]] | None:
    """A metric of the standard whose condition an expectation says exactly."""
    named = _value(fields, "metric") or _value(fields, "rule")
    given = fields["arguments"].value if "arguments" in fields else None
    operators = [key for key in _OPERATORS if key in fields]
    if _value(fields, "type") not in {None, "library"} or not isinstance(named, str) or len(operators) != 1:
        return None
    none_allowed = operators == ["mustBe"] and _value(fields, "mustBe") == 0
    match _METRICS.get(named, named), given:
        case "nullValues", None if none_allowed:
            return NOT_NULL, {}
        case "duplicateValues", None if none_allowed:
            return UNIQUE, {}
        case "invalidValues", {"validValues": Node(value=list()) as members, **others} if none_allowed and not others:
            return IN_SET, {"value_set": _plain(members)}
        case "rowCount", None if _value(fields, "unit") in {None, "rows"}:
            return _row_count(operators[0], _plain(fields[operators[0]]))
    return None


def _row_count(operator: str, bound: Any) -> tuple[str, dict[str, Any]] | None:  # noqa: ANN401  JSON is of any type
    """Bounds of whole numbers; by the standard, `mustBeBetween` excludes its own two."""
    between = operator == "mustBeBetween" and isinstance(bound, tuple) and len(bound) == 2
    if not all(_is(one, int | float) for one in (bound if between else (bound,))):
        return None
    match operator:
        case "mustBe":
            return ROWS_EQUAL, {"value": bound}
        case "mustBeGreaterThan":
            return ROWS_BETWEEN, {"min_value": floor(bound) + 1}
        case "mustBeGreaterOrEqualTo":
            return ROWS_BETWEEN, {"min_value": ceil(bound)}
        case "mustBeLessThan":
            return ROWS_BETWEEN, {"max_value": ceil(bound) - 1}
        case "mustBeLessOrEqualTo":
            return ROWS_BETWEEN, {"max_value": floor(bound)}
        case "mustBeBetween" if between:
            return ROWS_BETWEEN, {"min_value": floor(bound[0]) + 1, "max_value": ceil(bound[1]) - 1}
    return None


def _value(fields: Mapping[str, Node], key: str) -> Value:
    return fields[key].value if key in fields else None


def _plain(node: Node) -> Any:  # noqa: ANN401  JSON is of any type
    """The value of a node; lists as tuples, as values stay as they are."""
    if isinstance(node.value, list):
        return tuple(_plain(child) for child in node.value)
    if isinstance(node.value, dict):
        return {key: _plain(child) for key, child in node.value.items()}
    return node.value
