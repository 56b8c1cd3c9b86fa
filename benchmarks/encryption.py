"""What a checker of encryption can tell, and what looking costs: `python -m benchmarks.encryption [VALUES]`.

First the table scheme × verdict at 30 rows and more; then false alarms on genuine columns; then a keyless look at a
million envelopes beside base64-decoding them one by one, in one process and by turns, and the opening of a sample.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable
from functools import reduce
from statistics import median
from time import perf_counter, process_time

import numpy as np
import pyarrow as pa

from governance.encryption.envelope import bound, seal
from governance.encryption.inspected import InspectedPart
from governance.encryption.inspection import ColumnInspection, EncryptedColumn
from governance.encryption.keys import Keyring
from governance.proving.scheme_table import SchemeVerdict, judged, scheme_table
from governance.results import Verdict
from governance.synthetic.ciphers.schemes import CORPORA, SCHEMES

VALUES = 1_000_000
SAMPLE = 10_000
ROUNDS = 3
COLUMNS = 50
BATCH = 65_536
KEYS = Keyring({"k2026": b"d" * 32}, b"t" * 32, b"r" * 32, b"s" * 32)


def print_table() -> None:
    """A line for each scheme: what is said of it without keys and with, over all corpora and sizes of 30 and more."""
    rows: dict[str, list[SchemeVerdict]] = {}
    for verdict in scheme_table((30, 300)):
        rows.setdefault(verdict.scheme, []).append(verdict)
    line = "{:<44}{:<10}{:<52}{:<36}\n"
    sys.stdout.write(line.format("scheme", "told by", "without keys", "with keys"))
    wrong = 0
    for scheme, verdicts in rows.items():
        said = []
        for keyed in (False, True):
            words = dict.fromkeys(
                verdict.problem or verdict.reason.value for verdict in verdicts if verdict.keyed is keyed
            )
            said.append(", ".join(words)[:50])
        wrong += sum(not verdict.right for verdict in verdicts)
        sys.stdout.write(line.format(scheme, verdicts[0].shown_by, *said))
    passed = sum(v.verdict is Verdict.PASSED for found in rows.values() for v in found if v.shown_by == "form")
    sys.stdout.write(f"{len(rows)} schemes; fakes of a form that passed: {passed}; wrong verdicts: {wrong}\n")


def print_alarms() -> None:
    """False alarms on genuine columns of 30 values, every corpus."""
    genuine = [scheme for scheme in SCHEMES if scheme.shown_by == "genuine"]
    found = [
        judged(scheme, corpus, 30, keyed=False, seed=seed).verdict is Verdict.FAILED
        for scheme in genuine
        for corpus in CORPORA
        for seed in range(COLUMNS)
    ]
    sys.stdout.write(f"false alarms: {sum(found)} of {len(found)} genuine columns\n")


def values_of(count: int, lengths: range, *, opens: bool = False) -> pa.Array:
    """Envelopes of random bytes, or, more slowly, ones that open."""
    rng = np.random.default_rng(1)
    if opens:
        sealed = (
            seal(
                f"0912{row:07d}",
                key=KEYS.data_keys["k2026"],
                kid="k2026",
                nonce=rng.bytes(12),
                bound_to=bound("A256GCM", "users", "mobile", str(row)),
            )
            for row in range(count)
        )
        return pa.array(sealed, pa.string())
    sizes = rng.integers(lengths.start, lengths.stop, count).tolist()
    bodies = (base64.urlsafe_b64encode(rng.bytes(28 + size)).decode().rstrip("=") for size in sizes)
    return pa.array((f"enc:v1:A256GCM:k2026:{body}" for body in bodies), pa.string())


def look(values: pa.Array, names: pa.Array, keys: Keyring | None = None) -> int:
    """The whole inspection of a column; how many values opened."""
    inspection = ColumnInspection(EncryptedColumn("users", "mobile", "phone_number"), keys, SAMPLE)
    starts = range(0, len(values), BATCH)
    parts = (inspection.fold(values.slice(start, BATCH), names.slice(start, BATCH)) for start in starts)
    found = inspection.finish(reduce(InspectedPart.merge, parts))
    assert not found.problems, "genuine values"  # noqa: S101  the benchmark's own
    return found.decrypted


def decode(texts: list[str]) -> None:
    """Base64-decode each envelope, and nothing else."""
    for text in texts:
        body = text.rsplit(":", 1)[-1]
        base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))


def spent(work: Callable[[], object]) -> float:
    """Seconds of processor time."""
    start = process_time()
    work()
    return process_time() - start


def print_speed(count: int) -> None:
    """The ratios, of medians by turns."""
    for what, lengths in {"phones": range(13, 14), "e-mails": range(14, 40)}.items():
        values = values_of(count, lengths)
        texts, names = values.to_pylist(), pa.array(range(count)).cast(pa.string())
        theirs, ours = [], []
        for _ in range(ROUNDS):
            theirs.append(spent(lambda texts=texts: decode(texts)))  # type: ignore[misc]
            ours.append(spent(lambda values=values, names=names: look(values, names)))  # type: ignore[misc]
        ratio = median(mine / other for mine, other in zip(ours, theirs, strict=True))
        sys.stdout.write(
            f"{count:,} {what}: base64 {median(theirs):.2f} s, keyless look {median(ours):.2f} s, ratio {ratio:.2f}\n"
        )
    values = values_of(2 * SAMPLE, range(13, 14), opens=True)
    names = pa.array(range(len(values))).cast(pa.string())
    start = perf_counter()
    opened = look(values, names, KEYS)
    sys.stdout.write(f"keyed sample of {opened:,}: {perf_counter() - start:.1f} s\n")


def main() -> None:
    """Print all three."""
    print_table()
    print_alarms()
    print_speed(int(sys.argv[1]) if len(sys.argv) > 1 else VALUES)


if __name__ == "__main__":
    main()
