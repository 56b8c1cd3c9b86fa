"""Tells the subjects of recognised notices from those that no register knows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from governance.policy.contracts import Notice
from governance.spelling import normalise

_NUMBER = re.compile("[0-9]+")


def strange(pairs: Iterable[tuple[str, str]], notices: Sequence[Notice]) -> Iterator[tuple[str, str]]:
    """Templates with subjects that they may not bear; one of which none is declared may bear any."""
    told = {notice.template.casefold(): _plain(notice.subjects) for notice in notices}
    for template, subject in pairs:
        known = told.get(template)
        if known and not _bears(known, subject):
            yield template, subject


def of_no_notice(subjects: Iterable[str], notices: Sequence[Notice]) -> list[str]:
    """The subjects that no notice may bear; none if a notice may bear any."""
    told = _plain(subject for notice in notices for subject in notice.subjects)
    if not notices or not all(notice.subjects for notice in notices):
        return []  # the promise is unproven: `recognised.notices` lacks subjects
    return [subject for subject in subjects if not _bears(told, subject)]


def _plain(subjects: Iterable[str]) -> set[str]:
    return {normalise(subject).casefold() for subject in subjects}


def _bears(known: set[str], subject: str) -> bool:
    """A digit sign in the register stands for any number."""
    (written,) = _plain([subject])
    return written in known or _NUMBER.sub("#", written) in known
