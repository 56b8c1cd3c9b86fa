"""The compiled passes, used with numba: a superset of the rules, equivalent to the NumPy code in `windows`."""

import numpy as np

from governance.detection.sieve.fast.deep import scan_deep
from governance.detection.sieve.fast.glance import glance
from governance.detection.sieve.flags import DEEP

__all__ = ["glance", "scan_deep", "triage"]


def triage(data, offsets, wanted, *, any_prefix):  # type: ignore[no-untyped-def]
    """Flags and the number of digits of each cell; flags that aren't wanted may be missing."""
    flags, counts = glance(data, offsets, wanted, any_prefix=any_prefix)  # type: ignore[no-untyped-call]
    scan_deep(data, offsets, np.flatnonzero(flags & DEEP), flags, counts)  # type: ignore[no-untyped-call]
    return flags, counts
