"""A stored run as pages in Persian and English: made from the results alone, never from data, files or the engine."""

from governance.reports.names import row_file
from governance.reports.pages import Page, render
from governance.reports.standing import headline
from governance.reports.vocabulary import Words, words

__all__ = ["Page", "Words", "headline", "render", "row_file", "words"]
