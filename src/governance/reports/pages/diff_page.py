"""A page of the differences between two texts of the policy, word by word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from governance.reports.charts import colours
from governance.reports.language.words import words
from governance.reports.pages.book import environment

if TYPE_CHECKING:
    from governance.planning.drift import ClauseChange


def render_changes(changes: Sequence[ClauseChange], *, old: str, new: str, language: str = "fa") -> str:
    """The page; `old` and `new` are the names of the two texts."""
    say = words(language)
    counts = {what: sum(change.what == what for change in changes) for what in ("added", "removed", "changed")}
    page = environment().get_template("changes.html.j2")
    return page.render(say=say, changes=changes, counts=counts, old=old, new=new, colours=colours)
