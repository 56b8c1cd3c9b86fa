"""What several policy files have in common: sentences in two languages, days, and keys of the vocabularies."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from governance.errors import near
from governance.policy.model import Purpose, Text, covers
from governance.policy.strict_yaml import Node, Problems
from governance.policy.vocabulary import data_categories, data_uses

# Names end up in SQL, in ids of checks and in names of files.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def read_text(node: Node | None, problems: Problems) -> Text:
    """A sentence in both languages."""
    if node is None:
        return Text("", "")
    fields = problems.fields(node, ["fa", "en"])
    return Text(problems.text(fields.get("fa")), problems.text(fields.get("en")))


def read_matching(node: Node | None, form: re.Pattern[str], expected: str, problems: Problems) -> str:
    """A text of a form."""
    text = problems.text(node)
    if node is not None and text and not form.fullmatch(text):
        problems.add(node, expected)
    return text


def read_known(node: Node | None, known: Collection[str], expected: str, problems: Problems) -> str:
    """A key of a vocabulary; one that there is not is told with the nearest, for all of them would fill a page."""
    key = problems.text(node)
    if node is not None and key and key not in known:
        problems.add(node, expected, near=near(key, known))
    return key


def read_day(node: Node | None, problems: Problems) -> str:
    """A day of the Gregorian calendar, ISO 8601."""
    text = problems.text(node)
    try:
        if text and date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    if node is not None and text:
        problems.add(node, "a day such as 2026-11-22")
    return text


def read_days(first: Node | None, last: Node | None, problems: Problems) -> tuple[str, str]:
    """The first and the last day of something, in this order."""
    begins, ends = read_day(first, problems), read_day(last, problems)
    if last is not None and begins and ends and ends < begins:
        problems.add(last, f"a day from {begins} on")
    return begins, ends


def read_name(node: Node | None, problems: Problems) -> str:
    """A logical name of a table or column."""
    return read_matching(node, _NAME, "a logical name of letters, digits and _", problems)


def read_category(node: Node | None, problems: Problems) -> str:
    """A fideslang data category that there is."""
    return read_known(node, data_categories(), "a data category of fideslang such as user.contact.email", problems)


def read_categories(node: Node | None, problems: Problems, *, least: str = "") -> tuple[str, ...]:
    """A list of distinct data categories."""
    found = problems.texts(node, least=least)
    for child in problems.items(node) if found else ():
        read_category(child, problems)
    return found


def read_use(node: Node, problems: Problems) -> str:
    """A fideslang data use that there is."""
    return read_known(node, data_uses(), "a data use of fideslang such as essential.service.security", problems)


def read_uses(node: Node | None, purposes: Collection[Purpose] | None, problems: Problems) -> tuple[str, ...]:
    """A list of distinct data uses, each one of the policy's purposes or below one; None: purposes that are unread."""
    found = problems.texts(node, least="purpose")
    for child in problems.items(node) if found else ():
        use = read_use(child, problems)
        if purposes is not None and not any(covers(purpose.use, use) for purpose in purposes):
            known = ", ".join(sorted(purpose.use for purpose in purposes)) or "none, for none is declared"
            problems.add(child, f"a purpose of the policy or one below it: {known}")
    return found
