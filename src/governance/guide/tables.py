"""A table as a cell shows it: escaped, in the direction and digits of its language; plain text outside a browser."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from markupsafe import Markup

from governance.reports import words
from governance.reports.charts.colours import LIGHT
from governance.reports.facts.standing import ORDER
from governance.reports.language.safe_names import visible
from governance.results import Verdict

if TYPE_CHECKING:
    import pandas as pd

_ICONS = dict(zip(ORDER, "✖‼○◐✎✔", strict=True))


class Id(str):
    """An id, a name or a code: left to right in any language, its digits as they are."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads to a file beside the notebook."""

    text: str
    to: str


Cell: TypeAlias = "str | int | Verdict | Link | tuple[str, ...]"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns, with a caption and the number of rows left out."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    language: str
    caption: str = ""
    left_out: int = 0

    @classmethod
    def of(cls, language: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]], caption: str = "") -> Table:
        """A table whose columns and caption are keys of the `notebook` words; captions begin with `caption_`."""
        say = words(language)
        headers = tuple(say.say(f"notebook.{column}") for column in columns)
        above = say.say(f"notebook.caption_{caption}") if caption else ""
        return cls(headers, tuple(tuple(row) for row in rows), language, above)

    def __len__(self) -> int:
        return len(self.rows)

    def head(self, most: int = 20) -> Table:
        """The first rows, with the number of rows left out."""
        kept = self.rows[:most]
        return replace(self, rows=kept, left_out=self.left_out + len(self.rows) - len(kept))

    def where(self, text: str) -> Table:
        """The rows in which a text stands, whatever its case."""
        wanted = text.strip().casefold()
        return replace(
            self, rows=tuple(row for row in self.rows if any(wanted in self._plain(c).casefold() for c in row))
        )

    def frame(self) -> pd.DataFrame:
        """The same for pandas, numbers as numbers."""
        import pandas as pd  # noqa: PLC0415  a second to import, rarely needed

        cells = [[cell if isinstance(cell, int) else self._plain(cell) for cell in row] for row in self.rows]
        return pd.DataFrame(cells, columns=list(self.columns))

    def __repr__(self) -> str:
        lines = [" | ".join(self.columns), *(" | ".join(map(self._plain, row)) for row in self.rows)]
        return "\n".join(line for line in (self.caption, *lines, self._rest()) if line)

    def _repr_html_(self) -> str:
        say = words(self.language)
        head = Markup("").join(
            Markup('<th scope="col" style="text-align:start">{}</th>').format(c) for c in self.columns
        )
        body = Markup("").join(
            Markup("<tr>{}</tr>").format(Markup("").join(self._cell(cell) for cell in row)) for row in self.rows
        )
        below = self._rest() if self.rows else say.say("notebook.none")
        return str(
            Markup(
                '<div dir="{}" style="overflow-x:auto;text-align:start"><div>{}</div>'
                '<table style="margin:0;direction:{}">'
                "<thead><tr>{}</tr></thead><tbody>{}</tbody></table><div>{}</div></div>"
            ).format(say.direction, self.caption, say.direction, head, body, below)
        )

    def _rest(self) -> str:
        return words(self.language).say("notebook.more", n=self.left_out) if self.left_out else ""

    def _plain(self, cell: Cell) -> str:
        say = words(self.language)
        match cell:
            case Verdict():
                return f"{_ICONS[cell]} {say.say(f'verdict.{cell}')}"
            case bool() | str():
                return visible(str(cell))
            case int():
                return say.number(cell)
            case Link():
                return visible(cell.text)
        return say.listed([visible(part) for part in cell])

    def _cell(self, cell: Cell) -> Markup:
        style, inner = "text-align:start;white-space:normal;max-width:38em", Markup("{}").format(self._plain(cell))
        match cell:
            case Verdict():
                style += f";color:{LIGHT[cell]};white-space:nowrap;font-weight:bold"
            case Id():
                inner = _code(cell)
            case Link():
                inner = Markup('<a href="{}">{}</a>').format(cell.to, visible(cell.text))
            case tuple():
                inner = words(self.language).mark("separator").join(_code(part) for part in cell)
        return Markup('<td style="{}">{}</td>').format(style, inner)


def _code(text: str) -> Markup:
    return Markup('<bdi dir="ltr"><code style="white-space:nowrap">{}</code></bdi>').format(visible(text))
