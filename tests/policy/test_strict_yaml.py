"""YAML means what it says, or is refused with its line."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.errors import PolicyError, Problem, UsageError, but_found, near
from governance.policy.strict_yaml import MAX_BYTES, MAX_DEPTH, Node, Problems, load, parse, shown


def told(text: str | bytes) -> list[str]:
    problems = Problems()
    parse(text if isinstance(text, bytes) else text.encode(), "f.yaml", problems)
    return [str(problem) for problem in problems.found]


def value_of(text: str) -> object:
    problems = Problems()
    node = parse(text.encode(), "f.yaml", problems)
    assert node is not None
    assert not problems.found
    assert node.mapping == (node.value if isinstance(node.value, dict) else {})
    return node.plain()


REFUSED = {
    "a duplicate key": ("a: 1\na: 2", "f.yaml:2: expected each key once, found the key 'a' twice, first on line 1"),
    "a duplicate key, once quoted": (
        'a: 1\n"a": 2',
        "f.yaml:2: expected each key once, found the key 'a' twice, first on line 1",
    ),
    "a duplicate key in a flow mapping": (
        "x: {a: 1, 'a': 2}",
        "f.yaml:1: x: expected each key once, found the key 'a' twice, first on line 1",
    ),
    "an anchor": ("a: &x 1", "f.yaml:1: a: expected the value written out, found an anchor"),
    "an anchor on a mapping": ("a: &x {b: 1}", "f.yaml:1: a: expected the value written out, found an anchor"),
    "an anchor on a key": ("&x a: 1", "f.yaml:1: expected the value written out, found an anchor"),
    "an alias to nowhere": ("a: *x", "f.yaml:1: a: expected the value written out, found an alias"),
    "a merge key": ("<<: {deny: []}", "f.yaml:1: expected the keys written out, found a merge key"),
    "a quoted merge key": ('"<<": {deny: []}', "f.yaml:1: expected the keys written out, found a merge key"),
    "a tag that runs code": (
        'a: !!python/object/apply:os.system ["true"]',
        "f.yaml:1: a: expected a value without a tag, found the tag 'tag:yaml.org,2002:python/object/apply:os.system'",
    ),
    "a tag that only names a type": (
        "a: !!str 1",
        "f.yaml:1: a: expected a value without a tag, found the tag 'tag:yaml.org,2002:str'",
    ),
    "a tag of no meaning": ("a: ! x", "f.yaml:1: a: expected a value without a tag, found the tag '!'"),
    "a tag with a line break in it": (
        "a: !%0A::error x",
        "f.yaml:1: a: expected a value without a tag, found the tag '!\\n::error'",
    ),
    "a list as key": ("? [a, b]\n: c", "f.yaml:1: expected a text as key, found a list"),
    "a mapping as key": ("? {a: 1}\n: c", "f.yaml:1: expected a text as key, found a mapping"),
    "an empty key": ('"": 1', "f.yaml:1: expected a text as key, found nothing"),
    "a number as key": ("1: a", "f.yaml:1: expected a quoted key, found the unquoted 1"),
    "a truth value as key": ("on: a", "f.yaml:1: expected a quoted key, found the unquoted on"),
    "nothing as key": ("~: a", "f.yaml:1: expected a quoted key, found the unquoted ~"),
    "an empty file": ("", "f.yaml:1: expected a document, found an empty file"),
    "a file of comments": ("# nothing\n", "f.yaml:1: expected a document, found an empty file"),
    "several documents": ("a: 1\n---\nb: 2\n", "f.yaml:3: expected one document, found another"),
    "a list that never ends": (
        "a: [1, 2",
        "f.yaml:1: expected YAML, found did not find expected ',' or ']'",
    ),
    "a tab as indentation": (
        "a:\n\tb: 1",
        "f.yaml:2: expected YAML, found found character that cannot start any token",
    ),
    "a byte that is no UTF-8": (b"a: 1\nb: \xff", "f.yaml:2: expected UTF-8, found a byte that is not, at offset 8"),
    "UTF-16": ("a: 1".encode("utf-16"), "f.yaml:1: expected UTF-8, found a byte that is not, at offset 0"),
    "a NUL": ("a: 1\nb: \x00", "f.yaml:2: expected characters that an editor shows, found U+0000"),
    "a NUL after an empty line": ("\n\x00", "f.yaml:2: expected characters that an editor shows, found U+0000"),
    "a byte that is no UTF-8 after an empty line": (
        b"\n\xff",
        "f.yaml:2: expected UTF-8, found a byte that is not, at offset 1",
    ),
    "an escape sequence of terminals": (
        "a: \x1b[31m",
        "f.yaml:1: expected characters that an editor shows, found U+001B",
    ),
    "a second byte order mark": (
        "\ufeff\ufeffa: 1",
        "f.yaml:1: expected characters that an editor shows, found U+FEFF",
    ),
    "text that runs backwards": ("a: '\u202eb'", "f.yaml:1: expected characters that an editor shows, found U+202E"),
    "a line that a comment hides": (
        "# all is well\u2028deny: none",
        "f.yaml:1: expected characters that an editor shows, found U+2028",
    ),
    "a line that a carriage return hides": (
        "# all is well\rdeny: none",
        "f.yaml:1: expected characters that an editor shows, found U+000D",
    ),
}
TRAPS = [
    *["NO", "no", "Yes", "on", "OFF", "y", "N", "True", "TRUE", "False", "Null", "NULL"],
    *["012", "08", "0o17", "0x1F", "0b11", "1_000", "+1", "-012", "1.", ".5", "00.5", "1e5", "1.5e3", "6.0e+2"],
    *["12:30", "12:30:45", "190:20:30.15", "2026-11-22", "2026-1-2", "2026-11-22T10:00:00Z", "2026-11-22 10:00:00"],
    *[".inf", "-.INF", ".nan", "=", "<<", "1" * 16, "9" * 5000, "1" * 400 + ".0", "-" + "1" * 16],
]


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_what_could_slip_something_by_is_refused_with_its_line(text: str | bytes, message: str) -> None:
    assert told(text) == [message]


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap[:20])
def test_a_scalar_that_some_reader_takes_for_something_else_must_be_quoted(trap: str) -> None:
    assert told(f"a: {trap}") == [
        f"f.yaml:1: a: expected a quoted text or a plain number, found the unquoted {trap[:60]}"
    ]
    assert told(f"[{trap}]")[0].startswith("f.yaml:1: [0]: ")
    assert value_of(f"a: '{trap}'") == {"a": trap}
    if trap != "<<":
        assert value_of(f'"{trap[:60]}": 1') == {trap[:60]: 1}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 1", 1),
        ("a: -7", -7),
        ("a: 0", 0),
        ("a: 0.25", 0.25),
        ("a: 123456789012345", 123456789012345),
        ("a: true", True),
        ("a: false", False),
        ("a: null", None),
        ("a:", None),
        ("a: v3.1.0", "v3.1.0"),
        ("a: ۱۲", "۱۲"),
        ("a: می‌شود", "می‌شود"),
        ("a: 'x\n\n  y'", "x\ny"),
        ("a: 1\r\n", 1),
        ("\ufeffa: 1", 1),
        ("---\na: [x, {w: z}]\n...\n", ["x", {"w": "z"}]),
        ("a: |\n  one\n  two\n", "one\ntwo\n"),
    ],
)
def test_what_is_unambiguous_is_read(text: str, value: object) -> None:
    found = value_of(text)
    assert found == {"a": value}
    assert repr(found) == repr({"a": value})  # 1 is not True, nor 1.0


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30))
def test_a_quoted_text_is_read_as_it_stands_or_refused(text: str) -> None:
    quoted = "'" + text.replace("'", "''") + "'"
    problems = Problems()
    node = parse(f"a: {quoted}".encode(), "f.yaml", problems)
    assert problems.found or (node is not None and node.plain() == {"a": text})


@given(st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=40), st.binary(max_size=60))
def test_no_file_raises_anything(text: str, raw: bytes) -> None:
    for content in (text.encode(), raw, f"a: {text}".encode(), f"{text}: 1".encode()):
        problems = Problems()
        assert parse(content, "f.yaml", problems) is not None or problems.found


def test_all_problems_are_told_at_once_and_in_order() -> None:
    assert told("b: NO\na: &x 1\na: *x\n2: [012]\n") == [
        "f.yaml:1: b: expected a quoted text or a plain number, found the unquoted NO",
        "f.yaml:2: a: expected the value written out, found an anchor",
        "f.yaml:3: expected each key once, found the key 'a' twice, first on line 2",
        "f.yaml:3: a: expected the value written out, found an alias",
        "f.yaml:4: expected a quoted key, found the unquoted 2",
        "f.yaml:4: 2[0]: expected a quoted text or a plain number, found the unquoted 012",
    ]


@pytest.mark.parametrize(("text", "read"), [("2026-11-22", True), ("y", True), ("NO", False), ("012", False)])
def test_what_other_programs_leave_unquoted_is_a_text_of_their_files_alone(text: str, *, read: bool) -> None:
    problems = Problems()
    node = parse(f"a: {text}".encode(), "f.yaml", problems, foreign=True)
    assert node is not None
    assert node.plain() == {"a": text}
    assert bool(problems.found) is not read
    assert told(f"a: {text}")


def test_fifty_levels_are_read_and_more_are_refused() -> None:
    assert told("[" * MAX_DEPTH + "]" * MAX_DEPTH) == []
    (problem,) = told("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))
    assert problem.endswith(": expected at most 50 levels, found more")
    assert told("{a: " * MAX_DEPTH + "1" + "}" * MAX_DEPTH) == []
    (problem,) = told("{a: " * (MAX_DEPTH + 1) + "1" + "}" * (MAX_DEPTH + 1))
    assert problem.endswith(": expected at most 50 levels, found more")
    for levels in (MAX_DEPTH, MAX_DEPTH + 1):
        assert any("levels" in problem for problem in told("? " * levels + "a")) is (levels > MAX_DEPTH)


BOMBS: dict[str, str] = {
    "brackets": "[" * 900_000,
    "braces": "{" * 900_000,
    "indentation": "\n".join(" " * i + "a:" for i in range(1300)),
    "dashes": "- " * 400_000,
    "questions": "? " * 400_000,
    "aliases": "a: &a [x,x]\n"
    + "\n".join(f"{b}: &{b} [*{a},*{a}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
    "an alias of itself": "a: &a [*a]",
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused_within_a_second(text: str) -> None:
    start = time.process_time()
    assert told(text)
    assert time.process_time() - start < 1


def test_control_characters_of_a_key_stay_out_of_messages() -> None:
    (message,) = told('"k\\n::error::\\e[31m": NO')
    assert message == (
        r"f.yaml:1: 'k\n::error::\x1b[31m': expected a quoted text or a plain number, found the unquoted NO"
    )
    assert len(told(f'"{"k" * 5000}": NO')[0]) < 200


def test_a_file_of_more_than_a_megabyte_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    assert refusal(path) == "big.yaml:1: expected at most 4,000,000 bytes, found more"


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda _: None, "none"),
        (Path.mkdir, "something else"),
        (os.mkfifo, "something else"),
        (lambda path: path.symlink_to("/dev/zero"), "something else"),
        (lambda path: path.symlink_to(path), "none"),
    ],
    ids=["missing", "a folder", "a pipe", "a device", "a link to itself"],
)
def test_what_is_no_file_is_told_and_not_waited_for(make: Callable[[Path], object], found: str, tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    make(path)
    assert refusal(path) == f"f.yaml:1: expected a readable file, found {found}"


def refusal(path: Path) -> str:
    with pytest.raises(PolicyError) as caught:
        load(path)
    return str(caught.value)


def test_a_file_is_shown_under_the_name_it_is_given(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("a: NO")
    with pytest.raises(PolicyError, match=r"^contracts/f\.yaml:1: a: expected a quoted text"):
        load(path, shown_as="contracts/f.yaml")


def read(check: Callable[[Problems, Node], object], text: str) -> tuple[object, list[str]]:
    """What a reader makes of the value of `a`, and its problems."""
    problems = Problems()
    node = parse(f"a: {text}".encode(), "f.yaml", problems)
    assert node is not None
    assert isinstance(node.value, dict)
    found = check(problems, node.value["a"])
    return found, [str(problem).removeprefix("f.yaml:1: ") for problem in problems.found]


@pytest.mark.parametrize(
    ("check", "text", "found", "message"),
    [
        (lambda p, n: p.text(n), "[x]", "", "a: expected a text, found a list"),
        (lambda p, n: p.text(n), "' '", "", "a: expected a text, found ' '"),
        (lambda p, n: p.text(n), "true", "", "a: expected a text, found true"),
        (lambda p, n: p.text(n), "1.5", "", "a: expected a text, found 1.5"),
        (lambda p, n: p.text(n), "", "", "a: expected a text, found nothing"),
        (
            lambda p, n: p.text(n, choices=["red", "green"]),
            "gren",
            "",
            "a: expected one of green, red, found 'gren'; did you mean 'green'?",
        ),
        (lambda p, n: p.text(n, choices=[]), "x", "", "a: expected one of none, for none is declared, found 'x'"),
        (lambda p, n: p.texts(n), "x", (), "a: expected a list, found 'x'"),
        (lambda p, n: p.texts(n), "[x, x]", ("x", "x"), "a[1]: expected each entry once, found 'x' twice"),
        (lambda p, n: p.texts(n, least="word"), "[]", (), "a: expected at least one word, found none"),
        (lambda p, n: list(p.entries(n)), "[]", [], "a: expected a mapping, found a list"),
        (lambda p, n: list(p.entries(n, least="rule")), "{}", [], "a: expected at least one rule, found none"),
        (lambda p, n: p.integer(n, default=3), "1.0", 3, "a: expected a whole number from 0, found 1.0"),
        (lambda p, n: p.integer(n, default=3), "true", 3, "a: expected a whole number from 0, found true"),
        (lambda p, n: p.integer(n, default=3, least=1), "0", 3, "a: expected a whole number from 1, found 0"),
        (lambda p, n: p.integer(n, default=3), "'1'", 3, "a: expected a whole number from 0, found '1'"),
        (lambda p, n: p.number(n, default=0.5), "-1", 0.5, "a: expected a number from 0, found -1"),
        (lambda p, n: p.number(n, default=0.5), "false", 0.5, "a: expected a number from 0, found false"),
        (lambda p, n: p.boolean(n), "'true'", False, "a: expected true or false, found 'true'"),
        (lambda p, n: p.boolean(n, default=True), "0", True, "a: expected true or false, found 0"),
        (lambda p, n: p.fields(n, ["x", "y"]), "z", {}, "a: expected a mapping with x, y, found 'z'"),
        (lambda p, n: p.fields(n, []), "z", {}, "a: expected no value, found 'z'"),
        (lambda p, n: p.fields(n, []), "{z: 1}", {}, "a.z: expected no key, found the key 'z'"),
        (lambda p, n: p.fields(n, ["x"]), "{}", {}, "a: expected the key 'x', found none"),
        (
            lambda p, n: p.fields(n, [], ["parameters"]),
            "{paramters: 1}",
            {},
            "a.paramters: expected one of the keys parameters, found the key 'paramters'; did you mean 'parameters'?",
        ),
    ],
)
def test_a_reader_says_what_it_expected_and_what_it_found(
    check: Callable[[Problems, Node], object], text: str, found: object, message: str
) -> None:
    assert read(check, text) == (found, [message])


@pytest.mark.parametrize(
    ("check", "text", "found"),
    [
        (lambda p, n: p.text(n), "x", "x"),
        (lambda p, n: p.text(n, choices=["x"]), "x", "x"),
        (lambda p, n: p.texts(n, least="word"), "[x, z]", ("x", "z")),
        (lambda p, n: p.texts(n), "[]", ()),
        (lambda p, n: [key for key, _ in p.entries(n, least="rule")], "{x: 1}", ["x"]),
        (lambda p, n: list(p.entries(n)), "{}", []),
        (lambda p, n: p.integer(n, default=3), "0", 0),
        (lambda p, n: p.integer(n, default=3, least=2), "2", 2),
        (lambda p, n: p.number(n, default=3), "0", 0.0),
        (lambda p, n: p.number(n, default=3), "1.5", 1.5),
        (lambda p, n: p.boolean(n), "true", True),
        (lambda p, n: p.boolean(n, default=True), "false", False),
        (lambda p, n: sorted(p.fields(n, ["x"], ["y", "z"])), "{x: 1, z: 2}", ["x", "z"]),
    ],
)
def test_what_is_as_expected_is_read_without_a_problem(
    check: Callable[[Problems, Node], object], text: str, found: object
) -> None:
    assert read(check, text) == (found, [])


def test_what_is_absent_is_the_default() -> None:
    problems = Problems()
    assert problems.text(None, default="x") == "x"
    assert problems.texts(None) == ()
    assert problems.integer(None, default=4) == 4
    assert problems.number(None, default=0.5) == 0.5
    assert problems.boolean(None, default=True)
    assert not problems.boolean(None)
    assert problems.text(None) == ""
    assert list(problems.entries(None)) == []
    problems.stop()


def test_long_texts_are_cut_in_messages() -> None:
    assert shown("x" * 60) == repr("x" * 60)
    assert len(shown("x" * 61)) == 62
    assert shown("x" * 61).endswith("…'")


def test_errors_say_the_nearest_spelling_or_none() -> None:
    assert near("transactoins", ["users", "transactions"]) == "transactions"
    assert near("zzz", ["users"]) == ""
    assert but_found("user", ["users"]) == "found 'user'; did you mean 'users'?"
    assert but_found("zzz", ["users"]) == "found 'zzz'."
    assert UsageError.exit_code == 3


def test_a_policy_error_lists_its_problems_by_file_and_line() -> None:
    second = Problem("b.yaml", 1, "", "x", "y")
    first = Problem("a.yaml", 9, "p", "x", "y", "z")
    error = PolicyError([second, first])
    assert error.problems == (first, second)
    assert str(error) == "a.yaml:9: p: expected x, found y; did you mean 'z'?\nb.yaml:1: expected x, found y"
