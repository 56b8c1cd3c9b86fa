"""What a check of the demo world costs beside the import that it cannot avoid: `python -m benchmarks.check`."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 5
IMPORT = [sys.executable, "-c", "import great_expectations"]
BARE = [sys.executable, "-c", "import sys; sys.modules['rfc3987_syntax'] = None; import great_expectations"]


def seconds(command: list[str]) -> float:
    """Wall time of one whole process."""
    start = time.perf_counter()
    subprocess.run(command, check=False, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """Time the three commands by turns, and print medians and ratios."""
    governance = [sys.executable, "-m", "governance"]
    with tempfile.TemporaryDirectory() as folder:
        world = Path(folder) / "demo"
        subprocess.run([*governance, "synth", "--world", "demo", "--out", str(world)], check=True, capture_output=True)
        check = [*governance, "check", "--data", str(world / "data"), "--keys", str(world / "keys.json")]
        commands = {
            "import great_expectations": IMPORT,
            "the same, without its IRI grammar": BARE,
            "governance check": check,
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for turn in range(RUNS + 1):
            for name, command in commands.items():
                spent = seconds(command)
                if turn:
                    times[name].append(spent)
    for name, spans in times.items():
        ratios = [mine / base for mine, base in zip(spans, times["import great_expectations"], strict=True)]
        print(f"{name:36} {statistics.median(spans):5.2f} s   {statistics.median(ratios):4.2f} × the import")


if __name__ == "__main__":
    main()
