"""How the digits of a text join to numbers, and where a text says nothing: in tokens, beyond a heading."""

from __future__ import annotations

import pytest

from governance.detection.text.page import Page

TEN = "1234567890"
# A text, and of each group its digits by runs, the signs between them and the runs that a number must fill.
GROUPS: dict[str, list[tuple[str, str, set[tuple[int, int]]]]] = {
    TEN: [(TEN, "", set())],
    TEN[:9]: [],
    f"a{TEN}b": [(TEN, "", set())],
    "12345 6789": [],
    "12345 67890": [("12345 67890", " ", {(0, 2)})],
    "12345,67890": [("12345 67890", ",", set())],
    "12345\n67890": [("12345 67890", "\n", {(0, 2)})],
    "0912 123 4567": [("0912 123 4567", "  ", {(0, 3)})],
    "0912,123,4567": [("0912 123 4567", ",,", {(0, 3)})],
    "(0912) - 123 / 4567": [("0912 123 4567", ")/", {(0, 3)})],
    "1234 5678 9012 3456 12/34": [("1234 5678 9012 3456 12 34", "    /", {(0, 4), (0, 5), (0, 6)})],
    "12/34 1234 5678 9012 3456": [("12 34 1234 5678 9012 3456", "/    ", {(1, 6), (2, 6), (0, 6)})],
    "12:30:45 0912123456": [("12 30 45 0912123456", ":: ", {(0, 4), (2, 4)})],
    f"{TEN}\n12 34": [(f"{TEN} 12 34", "\n ", {(0, 3)})],
    f"{TEN} {TEN} 12345": [(f"{TEN} {TEN} 12345", "  ", set())],
    f"{TEN} {TEN} 1234": [(f"{TEN} {TEN} 1234", "  ", {(0, 3)})],
    # up to eleven characters, three signs, one mask or two words between two runs
    f"{TEN}{' ' * 11}12": [(f"{TEN} 12", " ", {(0, 2)})],
    f"{TEN}{' ' * 12}12": [(TEN, "", set())],
    "12345---67890": [("12345 67890", "-", {(0, 2)})],
    "12345----67890": [],
    "12345*67890": [("12345 67890", "*", {(0, 2)})],
    "12345**67890": [],
    f"{TEN} و 123": [(f"{TEN} 123", "و", {(0, 2)})],
    f"{TEN} dash dash 12": [(f"{TEN} 12", "و", {(0, 2)})],
    f"{TEN} و و و 12": [(TEN, "", set())],
    f"12 x {TEN}": [(TEN, "", set())],
    f"{TEN}; {TEN}": [(f"{TEN} {TEN}", ";", set())],
    f"{TEN} -; {TEN}": [(f"{TEN} {TEN}", ";", set())],
    # a fraction belongs to no number, what looks like one behind a zero or in a chain does
    "12.5 1234567890": [(TEN, "", set())],
    f"{TEN}.5": [(TEN, "", set())],
    f"{TEN}.5 12": [(TEN, "", set())],
    f"12 {TEN}.5": [(TEN, "", set())],
    "1,234,567,890.25": [("1 234 567 890", ",,,", {(0, 4)})],
    "0912.1234567": [("0912 1234567", ".", {(0, 2)})],
    "1.2.3.4567890": [("1 2 3 4567890", "...", {(0, 4)})],
    f" .{TEN} 12": [],
    f"{TEN} ,12": [(f"{TEN} 12", ",", set())],
}


@pytest.mark.parametrize("text", GROUPS)
@pytest.mark.parametrize("heading", ["", "12345678901 a heading"])
def test_digits_join_to_the_numbers_that_people_write(text: str, heading: str) -> None:
    page = Page.under(heading, text)
    found = []
    for group in page.groups:
        ends = [
            start + after - before
            for start, before, after in zip(group.starts, group.borders, group.borders[1:], strict=False)
        ]
        runs = [page.text[start:end] for start, end in zip(group.starts, ends, strict=True)]
        assert "".join(runs) == group.digits
        assert [ord(size) - 48 for size in group.sizes] == [len(run) for run in runs]
        assert group.span(0, len(group.digits)) == (group.starts[0], ends[-1])
        found.append((" ".join(runs), group.signs, set(group.wholes)))
    assert found == GROUPS[text]


def test_the_place_of_each_digit_is_known() -> None:
    text = "tel 0912 - 123 4567"
    (group,) = Page(text).groups
    assert "".join(text[group.place(offset)] for offset in range(len(group.digits))) == group.digits
    assert text[slice(*group.span(2, 7))] == "12 - 123"
    assert text[slice(*group.span(4, 7))] == "123"
    assert list(group.windows(10, 11)) == [(0, 11)]
    assert list(group.windows(7, 7)) == [(0, 7), (4, 11)]
    assert list(group.windows(8, 10)) == []
    (long,) = Page("1" * 70).groups
    assert long.sizes == chr(48 + 63)


UUID, HASH, CODE = (
    "3c22fb9a-410e-4769-8abc-0123456789ab",
    "d41d8cd98f00b204e9800998ecf8427e",
    "a" + "01234567890" * 3 + "12",
)


@pytest.mark.parametrize("token", [UUID, HASH, HASH * 2, HASH + HASH[:8], CODE, CODE.replace("a0", "S0")])
def test_what_stands_in_an_opaque_token_is_hidden(token: str) -> None:
    text = f"no {token} or {TEN}"
    page = Page(text)
    assert [text[slice(*span)] for span in page.opaque] == [token]
    first = text.index(token)
    assert page.hides((first, first + len(token)))
    assert page.hides((first + 1, first + 9))
    assert page.hides((first, first + 9 if "-" not in token else first + 8))
    assert not page.hides((first - 3, first + 4))
    assert not page.hides((first + 1, first + len(token) + 2))
    assert not page.hides((text.index(TEN), len(text)))
    assert not Page(f"x{token}").opaque
    assert not Page(f"{token}x").opaque
    assert not Page("no token").hides((0, 2))
    assert Page.under("heading", text).opaque == tuple(
        (a + len("heading :::: "), b + len("heading :::: ")) for a, b in page.opaque
    )


@pytest.mark.parametrize("token", ["1" * 32, "1" * 40, HASH[:31], "b" + CODE[1:], UUID[:-1], UUID.replace("-", " ")])
def test_other_long_tokens_hide_nothing(token: str) -> None:
    assert Page(token).opaque == ()


@pytest.mark.parametrize(
    ("blob", "scrambles"),
    [
        ("aB3" * 11, True),
        ("aB3" * 10 + "aB", True),
        ("aB3" * 10 + "a", False),
        ("ab3" * 11, False),
        ("AB3" * 11, False),
        ("aBc" * 11, False),
        ("aBc-" * 11, False),
        ("aB3-_/+" * 6, True),
    ],
)
def test_a_label_in_a_token_of_mixed_signs_is_an_accident(blob: str, scrambles: bool) -> None:  # noqa: FBT001
    page = Page(f"at {blob} end")
    assert [page.scrambles(place) for place in (2, 3, 3 + len(blob) - 1, 3 + len(blob))] == [
        False,
        scrambles,
        scrambles,
        False,
    ]


def test_words_before_a_place_reach_into_the_heading_at_most() -> None:
    page = Page.under("mobile", "a text 0912")
    place = page.text.index("0912")
    assert page.start == len("mobile :::: ")
    assert page.before(place, 5) == "text "
    assert page.before(place, 7) == "a text "
    assert page.before(place, 8) == "mobile :::: a text "
    assert page.before(place, 80) == "mobile :::: a text "
    assert Page("a text 0912").before(7, 80) == "a text "
    assert Page.under("", "x").start == 0


@pytest.mark.parametrize(("text", "small"), [("ABC", "abc"), ("PIN ı İ", "pin i i"), ("STRASSE ß", "strasse ss")])
def test_small_letters_are_those_that_patterns_without_case_know(text: str, small: str) -> None:
    assert Page(text).small == small
