"""Kinds of data as lines for a terminal: all that can be looked for, and what a policy leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from governance import detection
from governance.detection import Detectors
from governance.spelling import canonical_json


def kind_rows(among: Detectors) -> Iterator[Mapping[str, object]]:
    """Each kind with its category, the regions whose formats it knows, and an example made up; the gravest first."""
    regions = {kind.name: detector.regions for detector in among.by_name.values() for kind in detector.kinds}
    for name, kind in among.declared.items():
        yield {
            "kind": name,
            "data": kind.data.value,
            "category": kind.category,
            "regions": list(regions[name]),
            "example": kind.example,
            "unless_named": kind.usual,
            "own": name in among.own,
        }


def kind_lines(among: Detectors) -> Iterator[str]:
    """A kind a line; a * stands before those that are looked for only where a rule names them."""
    rows = list(kind_rows(among))
    for row in rows:
        regions = _listed([str(region) for region in row["regions"]], 6)  # type: ignore[attr-defined]
        start = f"{' ' if row['unless_named'] else '*'} {row['kind']:<25} {row['category']:<52}"
        yield f"{start} {regions or 'everywhere':<12} {row['example']}{' (own)' if row['own'] else ''}"
    yield f"{len(rows)} kinds; * only where a rule names it; regions of this policy: {', '.join(among.regions)}"


def kinds_json(among: Detectors) -> str:
    """The same as JSON."""
    return canonical_json(list(kind_rows(among))).rstrip("\n")


def unsought_lines(kinds: Sequence[str], regions: Sequence[str]) -> Iterator[str]:
    """What a policy's rules don't look for."""
    others = len(detection.regions().difference(regions))
    yield f"not looked for: {', '.join(kinds) or 'no kind is left out'}"
    yield f"not looked for: telephone, national and tax numbers of {others} other regions than {', '.join(regions)}"


def _listed(names: Sequence[str], most: int) -> str:
    return " ".join(names) if len(names) <= most else f"{' '.join(names[:most])} +{len(names) - most}"
