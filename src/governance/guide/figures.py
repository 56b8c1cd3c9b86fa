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
class Figure:
    """A chart with its text alternative; who sees no chart reads that."""

    spec: Spec
    told: str

    @classmethod
    def of(cls, figure: figures.Figure | None, told: str, language: str) -> Figure:
        """A picture of the pages; `told` is what is not to be seen where there is none."""
        return cls(figure.spec, f"{figure.title}: {figure.caption}") if figure else nothing(told, language)

    def __repr__(self) -> str:
        return self.told

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        if not self.spec:
            return {"text/plain": self.told}
        # A dark JupyterLab would swallow dark letters on no ground.
        config = self.spec["config"] | {"background": "#ffffff"}
        spec = {"$schema": _SCHEMA, **self.spec, "description": self.told, "config": config}
        return {_MIME: spec, "text/plain": self.told}


def bars(rows: Sequence[Bar], colours: Mapping[str, str], *, axis: str, told: str, language: str) -> Figure:
    """Stacked bars, or the sentence that there is nothing."""
    return Figure(specs.bars(rows, colours, axis, words(language)), told) if rows else nothing(told, language)


def matrix(tiles: Sequence[Tile], *, told: str, language: str, step: int = 44) -> Figure:
    """Rows × columns with a number in each field, or the sentence that there is nothing."""
    return Figure(specs.matrix(tiles, words(language), step=step), told) if tiles else nothing(told, language)


def nothing(told: str, language: str) -> Figure:
    """What stands where there is nothing to draw."""
    return Figure({}, f"{told}: {words(language).say('notebook.none')}")
