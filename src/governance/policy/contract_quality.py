"""What a contract's `quality` entries demand, of the few forms that are run; all others are named as not run.

Run are six expectations of Great Expectations, and the metrics of the standard that say exactly the same. Whatever
could read more than it says (SQL, patterns, conditions on rows) never is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from math import ceil, floor
from typing import Any, Final

from governance.policy.contracts import Quality
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
_MOMENTS: Final = {"date": date.fromisoformat, "timestamp": datetime.fromisoformat, "time": time.fromisoformat}
# The standard's own text writes them so.
_SPELLINGS = {"minValue": "min_value", "maxValue": "max_value", "valueSet": "value_set"}
# In version 3.0 a metric was called a rule, and duplicates were counted by another name.
_METRICS = {"duplicateCount": "duplicateValues"}
_OPERATORS = (
    *("mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeGreaterOrEqualTo", "mustBeLessThan", "mustBeLessOrEqualTo"),
    *("mustBeBetween", "mustNotBeBetween"),
)


def read_quality(
    node: Node | None, column: str, columns: Mapping[str, tuple[str, str]], not_run: list[str]
) -> tuple[Quality, ...]:
    """The entries of one column, or of the table where `column` is "", that are run; the others go to `not_run`.

    `columns` are the logical names and types of the table's columns, by every name they have.
    """
    found = []
    for entry in node.value if node is not None and isinstance(node.value, list) else []:
        fields = entry.mapping
        read = _custom(fields) if _value(fields, "type") == "custom" else _metric(fields)
        quality = _checked(read, entry, column, columns) if read else None
        if quality is None:
            not_run.append(entry.path)
        else:
            found.append(quality)
    return tuple(found)


def _checked(
    read: tuple[str, dict[str, Any]], entry: Node, column: str, columns: Mapping[str, tuple[str, str]]
) -> Quality | None:
    """The expectation if it is about the place where it stands, and all its arguments suit the column's type."""
    expectation, arguments = read
    named = arguments.pop("column", column)
    of_table = expectation in {ROWS_BETWEEN, ROWS_EQUAL}
    if not isinstance(named, str) or (named and named not in columns) or of_table == bool(named):
        return None
    about, kind = columns.get(named, ("", ""))
    if (column and about != column) or not _fits(expectation, arguments, kind):
        return None
    return Quality(expectation, about, arguments, entry.file, entry.line)


def _fits(expectation: str, arguments: Mapping[str, Any], kind: str) -> bool:
    known = _ARGUMENTS.get(expectation)
    if known is None or not arguments.keys() <= known or (known and not arguments):
        return False
    values = [arguments[name] for name in known if name in arguments]
    if expectation == IN_SET:
        values = list(values[0]) if isinstance(values[0], tuple) and values[0] else [None]
    if expectation == BETWEEN and kind in {"string", "boolean"}:
        return False
    return all(_suits(value, kind) for value in values)


def _suits(value: object, kind: str) -> bool:
    """Whether a value of a file is one of a column's type; "" is the type of numbers of rows."""
    match kind:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer" | "":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "date" | "timestamp" | "time":
            return isinstance(value, str) and _is_moment(value, _MOMENTS[kind])
    return False


def _is_moment(text: str, read: Callable[[str], object]) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def _custom(fields: Mapping[str, Node]) -> tuple[str, dict[str, Any]] | None:
    """An expectation of Great Expectations, written as a mapping or as a text that holds one."""
    node = fields.get("implementation")
    if node is not None and isinstance(node.value, str):
        node = parse(node.value.encode(), node.file, Problems())
    inner = node.mapping if node is not None else {}
    name = _value(inner, "type") or _value(inner, "expectation_type")
    given = inner.get("kwargs")
    if _value(fields, "engine") != "greatExpectations" or not isinstance(name, str):
        return None
    if inner.keys() - {"type", "expectation_type", "kwargs", "meta"} or (given and not isinstance(given.value, dict)):
        return None
    arguments = given.mapping if given is not None else {}
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
    if not all(_suits(one, "number") for one in (bound if between else (bound,))):
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
