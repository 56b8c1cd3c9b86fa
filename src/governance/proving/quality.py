"""The quality of detection, measured on labelled cases."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from governance.detection import KINDS, scan
from governance.detection.kinds.code_labels import PASSWORD, PIN
from governance.reports.facts.proof import Quality

LOOKALIKES: Final = "look-alikes"
NOTHING: Final = "none"
_STRETCH: Final = "STRETCH"  # prefix of the reason of a case that is a known limit


@dataclass(frozen=True, slots=True)
class Case:
    """A text, the kind of value in it (`none` for a look-alike), and the value's form."""

    text: str
    kind: str
    form: str
    stretch: bool = False


def read_cases(text: str) -> tuple[Case, ...]:
    """The cases of a file with one JSON object a line: `text`, `kind` and `why`."""
    return tuple(_case(**json.loads(line)) for line in text.splitlines() if line.strip())


def _case(text: str, kind: str, why: str) -> Case:
    reason = why.removeprefix("second author").lstrip(":, ")
    form = re.split(r"[,:;(]", reason.removeprefix(_STRETCH).lstrip(": "))[0].strip()
    return Case(text, kind, form or kind, reason.startswith(_STRETCH))


def measure(cases: Iterable[Case]) -> tuple[Quality, ...]:
    """Recall by kind and form, then the false alarms of each kind; gravest kinds first.

    What counts is found in a column of all cases, for its kind alone: a case that the sieve holds back is lost.
    Only guessing distinguishes a one-time password from a PIN, so each counts for the other.
    """
    cases = tuple(cases)
    seen = _seen([case.text for case in cases])
    found: defaultdict[tuple[str, str], list[bool]] = defaultdict(list)
    alarms: defaultdict[str, int] = defaultdict(int)
    lookalikes = 0
    for case, kinds in zip(cases, seen, strict=True):
        if case.kind == NOTHING:
            lookalikes += 1
            for kind in kinds:
                alarms[kind] += 1
        else:
            form = f"{case.form} (a known limit)" if case.stretch else case.form
            found[case.kind, form].append(bool(kinds & _alike(case.kind)))
    kinds_seen = sorted({kind for kind, _ in found} | set(alarms), key=KINDS.index)
    return tuple(
        one
        for kind in kinds_seen
        for one in (
            *(Quality(k, form, len(hits), sum(hits), 0, 0) for (k, form), hits in found.items() if k == kind),
            Quality(kind, LOOKALIKES, 0, 0, lookalikes, alarms[kind]),
        )
    )


def _seen(texts: list[str]) -> list[set[str]]:
    """The kinds found in each text, sure or to review."""
    found: list[set[str]] = [set() for _ in texts]
    for kind in KINDS:
        hits = scan(pa.array(texts, pa.large_string()), [kind])
        for row in (*hits.rows.tolist(), *hits.review.tolist()):
            found[row].add(kind)
    return found


def _alike(kind: str) -> frozenset[str]:
    secrets = frozenset({PIN, PASSWORD})
    return secrets if kind in secrets else frozenset({kind})
