"""How fast and how well card numbers are found, beside what others do with the same texts, in one process.

Run with `python -m benchmarks.detection [ROWS]` from the project's folder; what isn't installed is left out of the
table (`make .venv/peers` has all of it). Slow contenders see a sample, and say so.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from statistics import median
from time import perf_counter, process_time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from faker import Faker

from governance.detection import BANK_DATA, scan
from governance.synthetic.company.pools import build_pools
from governance.synthetic.planting.values import VALUES

TIGHT = "[0-9۰-۹٠-٩](?:[ -]?[0-9۰-۹٠-٩]){15}"
SAMPLE = 4_000
TIMES = 7


@dataclass(frozen=True)
class Texts:
    """A column, the rows with a card number in them, and its size."""

    name: str
    column: pa.Array
    planted: frozenset[int]

    @property
    def megabytes(self) -> float:
        """Of text, without offsets."""
        return float(pc.sum(pc.binary_length(self.column)).as_py()) / 1e6

    def sample(self, rows: int) -> Texts:
        """The first rows."""
        return Texts(self.name, self.column.slice(0, rows), frozenset(row for row in self.planted if row < rows))


def mixed(rows: int) -> Texts:
    """Reviews with their numbers, most of them with some, and notes and card numbers as above."""
    pools, rng = build_pools(1, "fa_IR"), np.random.default_rng(7)
    praise, notes = pools.praise.to_pylist(), pools.notes.to_pylist()
    texts = [" ".join(praise[int(n)] for n in rng.integers(0, len(praise), rng.integers(1, 4))) for _ in range(rows)]
    for row in rng.choice(rows, rows // 33, replace=False).tolist():
        texts[row] += " " + notes[int(rng.integers(len(notes)))]
    return _planted("mixed text", texts, rng)


def sparse(rows: int) -> Texts:
    """Words, three quarters of them Persian, with a note in one text of 33 and a card number in one of a thousand."""
    pools, rng = build_pools(1, "fa_IR"), np.random.default_rng(11)
    faker = Faker(["fa_IR", "en_US"])
    faker.seed_instance(11)
    words = [*([*faker["fa_IR"].sentences(600)] * 3), *faker["en_US"].sentences(600)]
    notes = pools.notes.to_pylist()
    texts = [" ".join(words[int(n)] for n in rng.integers(0, len(words), rng.integers(1, 4))) for _ in range(rows)]
    for row in rng.choice(rows, rows // 33, replace=False).tolist():
        texts[row] += " " + notes[int(rng.integers(len(notes)))]
    return _planted("sparse text", texts, rng)


def _planted(name: str, texts: list[str], rng: np.random.Generator) -> Texts:
    forms = VALUES["payment_card_number"].forms
    draws: Any = SimpleNamespace(rng=rng)  # forms of cards need no world
    planted = rng.choice(len(texts), len(texts) // 1000, replace=False).tolist()
    for number, row in enumerate(planted):
        texts[row] += " " + forms[number % len(forms)].write(draws)
    return Texts(name, pa.array(texts, pa.large_string()), frozenset(planted))


def dense(rows: int) -> Texts:
    """Sixteen random digits a cell."""
    ids = np.random.default_rng(3).integers(10**15, 10**16, rows)
    return Texts("dense ids", pa.array(ids).cast(pa.large_string()), frozenset())


def replies(rows: int) -> Texts:
    """Replies of a payment gateway as JSON, properly masked."""
    rng = np.random.default_rng(5)
    texts = [
        json.dumps(
            {
                "code": 100,
                "authority": "A" + "".join(map(str, rng.integers(0, 10, 35))),
                "ref_id": int(rng.integers(10**11, 10**12)),
                "card_pan": f"603799******{rng.integers(1000, 10000)}",
            }
        )
        for _ in range(rows)
    ]
    return Texts("JSON replies", pa.array(texts, pa.large_string()), frozenset())


def numbers(rows: int) -> Texts:
    """Lines of comma- or tab-separated numbers, as tables of measurements have them."""
    rng = np.random.default_rng(13)

    def number() -> str:
        value, places, form = rng.normal(0, 10.0 ** rng.integers(6)), rng.integers(1, 9), rng.random()
        if form < 0.7:
            return f"{value:.{places}{'f' if form < 0.6 else 'e'}}"
        return "NaN" if form < 0.75 else str(rng.integers(10 ** rng.integers(3, 13)) if form < 0.85 else int(value))

    lines = [",\t"[row % 2].join(number() for _ in range(rng.integers(4, 12))) for row in range(rows)]
    return Texts("lines of numbers", pa.array(lines, pa.large_string()), frozenset())


def ours(column: pa.Array) -> set[int]:
    """Rows with a sure or suspect card number, by this project."""
    hits = scan(column, BANK_DATA)
    return {*hits.rows.tolist(), *hits.review.tolist()}


def re2(column: pa.Array) -> set[int]:
    """Arrow's regular expressions, without a check digit."""
    return set(np.flatnonzero(pc.match_substring_regex(column, TIGHT).to_numpy(zero_copy_only=False)).tolist())


def memcpy(column: pa.Array) -> set[int]:
    """What any reading costs."""
    np.frombuffer(column.buffers()[2], np.uint8).copy()
    return set()


def contenders() -> Iterator[tuple[str, Callable[[pa.Array], set[int]], bool]]:
    """Name, what it does, and whether it needs a sample only."""
    yield "pyarrow RE2, one card pattern", re2, False
    yield "memcpy", memcpy, False
    yield "this project", ours, False
    if find_spec("great_expectations"):
        yield "GX NotMatchRegex (no check digit)", _great_expectations(), True
    if find_spec("stdnum"):
        yield "re + python-stdnum Luhn", _stdnum(), True
    if find_spec("presidio_analyzer"):
        yield "Presidio CreditCardRecognizer", _presidio(), True


def _great_expectations() -> Callable[[pa.Array], set[int]]:
    import great_expectations as gx  # noqa: PLC0415

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    batches = context.data_sources.add_pandas("p").add_dataframe_asset("a").add_batch_definition_whole_dataframe("b")
    expectation = gx.expectations.ExpectColumnValuesToNotMatchRegex(column="text", regex=TIGHT)

    def run(column: pa.Array) -> set[int]:
        batch = batches.get_batch({"dataframe": pa.table({"text": column}).to_pandas()})
        result = batch.validate(expectation, result_format="COMPLETE")
        return set(result.result["unexpected_index_list"] or ())

    return run


def _stdnum() -> Callable[[pa.Array], set[int]]:
    from stdnum import luhn  # noqa: PLC0415

    pattern = re.compile(r"\d(?:[ -]?\d){12,18}")

    def found(text: str) -> bool:
        return any(luhn.is_valid(re.sub(r"\D", "", match[0])) for match in pattern.finditer(text))

    return lambda column: {row for row, text in enumerate(column.to_pylist()) if found(text)}


def _presidio() -> Callable[[pa.Array], set[int]]:
    from presidio_analyzer.predefined_recognizers import CreditCardRecognizer  # noqa: PLC0415

    recognizer = CreditCardRecognizer()
    return lambda column: {
        row for row, text in enumerate(column.to_pylist()) if recognizer.analyze(text, ["CREDIT_CARD"])
    }


def main() -> None:
    """Print a table for each kind of text: medians of speed, ratios to RE2's, what was found and what wrongly."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    line = "{:<36}{:>10}{:>8}{:>10}{:>9}{:>12}{:>8}{:>8}\n"
    for texts in (sparse(rows), mixed(rows), dense(rows), replies(rows // 4), numbers(rows // 4)):
        sys.stdout.write(
            f"\n{texts.name}: {len(texts.column):,} rows, {texts.megabytes:.1f} MB, {len(texts.planted)} cards\n"
        )
        heads = ("", "wall MB/s", "of RE2", "CPU MB/s", "of RE2", "k rows/s", "found", "wrong")
        sys.stdout.write(line.format(*heads))
        base: tuple[float, float] | None = None
        for name, find, slow in contenders():
            seen = texts.sample(SAMPLE) if slow else texts
            find(seen.column.slice(0, 50))
            times = [_timed(find, seen.column) for _ in range(1 if slow else TIMES)]
            wall, used = median(wall for wall, _, _ in times), median(used for _, used, _ in times)
            speed, cpu, hits = seen.megabytes / wall, seen.megabytes / used, times[0][2]
            base = base or (speed, cpu)
            told = f"{name[:23]}, {len(seen.column):,} rows" if slow else name
            shown = (f"{speed:,.1f}", f"{speed / base[0]:.2f}", f"{cpu:,.1f}", f"{cpu / base[1]:.2f}")
            rate = f"{len(seen.column) / wall / 1000:,.0f}"
            sys.stdout.write(line.format(told[:36], *shown, rate, len(hits & seen.planted), len(hits - seen.planted)))


def _timed(find: Callable[[pa.Array], set[int]], column: pa.Array) -> tuple[float, float, set[int]]:
    wall, used = perf_counter(), process_time()
    hits = find(column)
    return perf_counter() - wall, max(process_time() - used, 1e-9), hits


if __name__ == "__main__":
    main()
