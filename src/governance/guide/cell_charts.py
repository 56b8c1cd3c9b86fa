"""Charts in a cell: the same definitions as on the pages, drawn by JupyterLab with its own copy of Vega."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from governance.reports import words
from governance.reports.charts import figures, specs
from governance.reports.charts.specs import Bar, Spec, Tile

# JupyterLab knows the format by this name.
_MIME = "application/vnd.vegalite.v5+json"
_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


@dataclass(frozen=True, slots=True)
class CellChart:
    """A chart with its text alternative."""

    spec: Spec
    text: str

    @classmethod
    def of(cls, figure: figures.Figure | None, text: str, language: str) -> CellChart:
        """A chart of the pages; `text` replaces a missing one."""
        return cls(figure.spec, f"{figure.title}: {figure.caption}") if figure else nothing(text, language)

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        if not self.spec:
            return {"text/plain": self.text}
        # Dark letters without a background would be invisible in a dark JupyterLab.
        config = self.spec["config"] | {"background": "#ffffff"}
        spec = {"$schema": _SCHEMA, **self.spec, "description": self.text, "config": config}
        return {_MIME: spec, "text/plain": self.text}


def bars(rows: Sequence[Bar], colours: Mapping[str, str], *, axis: str, text: str, language: str) -> CellChart:
    """Stacked bars, or `text` if there are no rows."""
    return CellChart(specs.bars(rows, colours, axis, words(language)), text) if rows else nothing(text, language)


def matrix(tiles: Sequence[Tile], *, text: str, language: str, step: int = 44) -> CellChart:
    """Rows × columns with a number in each field, or `text` if there are no tiles."""
    return CellChart(specs.matrix(tiles, words(language), step=step), text) if tiles else nothing(text, language)


def nothing(text: str, language: str) -> CellChart:
    """The text in place of an empty chart."""
    return CellChart({}, f"{text}: {words(language).say('notebook.none')}")
