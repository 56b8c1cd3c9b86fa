"""A stored run as pages in Persian and English, made from the results alone, without data, policy files or engine."""

from governance.reports.facts.standing import headline
from governance.reports.language.safe_names import row_file
from governance.reports.language.words import Words, words
from governance.reports.pages.book import Page, render

__all__ = ["Page", "Words", "headline", "render", "row_file", "words"]
