"""What is found in real text that holds no one's data: documentation, program sources, and data files of packages.

Run with `python -m benchmarks.real_text [MEGABYTES]` from the project's folder: it reads so many of each source, the
same files every time. Nearly all findings are false alarms, addresses aside. It shows shapes only: 9 for every digit,
a for every letter.
"""

from __future__ import annotations

import gzip
import re
import sys
import sysconfig
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa

from governance.detection import KINDS, Finding, Grade, classify, look

MEGABYTE, SAMPLES = 1_000_000, 10
WHOLE = 1 << 16  # the longest file that is a cell as well
BEFORE = 24  # characters shown before a finding
DOCUMENTATION = ("/usr/share/doc", "/usr/share/common-licenses")
WITH_DATA = ("hazm", "sklearn", "statsmodels", "seaborn", "vega_datasets")
_DATA = frozenset({".csv", ".json", ".txt", ".dat", ".tsv", ".gz", ".words", ".yaml", ".rst", ".xml"})


@dataclass
class Source:
    """Real text: its lines and its shorter files as columns, and the class of each cell's file."""

    name: str
    lines: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    classes: dict[str, str] = field(default_factory=dict)  # of a cell's text, to describe findings

    @property
    def columns(self) -> list[pa.Array]:
        """All cells."""
        return [pa.array(cells, pa.large_string()) for cells in (self.lines, self.files)]

    def add(self, text: str, kind: str) -> None:
        """The lines of one file, and the file."""
        self.lines += text.splitlines()
        self.classes |= dict.fromkeys(text.splitlines(), kind)
        if len(text) <= WHOLE:
            self.files.append(text)
            self.classes[text] = kind


def sources(limit: int) -> Iterator[Source]:
    """Every kind of text that is installed here, at most so many characters of each."""
    paths = sysconfig.get_paths()
    homes = [spec.submodule_search_locations or [] for name in WITH_DATA if (spec := find_spec(name))]
    places = {
        "documentation": ([*DOCUMENTATION], None),
        "Python sources": ([paths["purelib"], paths["stdlib"]], frozenset({".py", ".pyi"})),
        "data files": ([home for one in homes for home in one], _DATA),
    }
    for name, (roots, endings) in places.items():
        source = Source(name)
        left = limit
        for file in _files(roots, endings):
            if left > 0 and (text := _text(file)):
                source.add(text, file.suffix)
                left -= len(text)
        yield source


def _files(roots: list[str], endings: frozenset[str] | None) -> list[Path]:
    """The files under some folders in an order by chance that stays the same."""
    found = {file for root in roots for file in Path(root).rglob("*") if file.is_file() and not file.is_symlink()}
    wanted = [file for file in found if endings is None or file.suffix in endings]
    return sorted(wanted, key=lambda file: blake2b(str(file.relative_to("/")).encode(), digest_size=8).digest())


def _text(file: Path) -> str:
    """What a file says, or nothing if it isn't text."""
    try:
        raw = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        return "" if b"\0" in raw else raw.decode()
    except (OSError, EOFError, UnicodeDecodeError):
        return ""


def _shape(cell: str, found: Finding) -> str:
    start, end = found.span
    shown = re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", cell[max(0, start - BEFORE) : end + 8]))
    return " ".join(shown.split())


def report(source: Source) -> Iterator[str]:
    """Findings by kind and by megabyte, and some samples."""
    counts: Counter[tuple[str, Grade]] = Counter()
    samples: defaultdict[str, list[str]] = defaultdict(list)
    for column in source.columns:
        hits = look(column).hits(KINDS)
        for row in sorted({*hits.rows.tolist(), *hits.review.tolist()}):
            cell = column[row].as_py()
            for found in classify(cell):
                counts[found.kind, found.grade] += 1
                line = f"{source.classes[cell]:12} {found.grade.name:8} {found.rule:20} {_shape(cell, found)}"
                samples[found.kind].append(line)
    size = sum(map(len, (*source.lines, *source.files))) / MEGABYTE
    yield f"\n{source.name}: {size:.1f} MB in {len(source.lines)} lines and {len(source.files)} files"
    for kind in sorted(samples, key=KINDS.index):
        sure, unsure = counts[kind, Grade.FAIL], counts[kind, Grade.SUSPECT]
        rates = f"{10 * sure / size:.1f} per 10 MB, {unsure / size:.1f} suspects per MB"
        yield f"  {kind}: {sure} sure and {unsure} suspects, or {rates}"
        yield from (f"    {line}" for line in sorted(set(samples[kind]))[:SAMPLES])


if __name__ == "__main__":
    for each in sources(int(float(sys.argv[1] if len(sys.argv) > 1 else 10) * MEGABYTE)):
        print(*report(each), sep="\n", flush=True)
