"""The compiled pass, if numba is installed and the data is large enough to pay for loading it."""

import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from governance.detection.sieve.bytemap import Bytes, Places

_WORTH = 64 << 20  # bytes: below, NumPy finishes before numba is loaded


class Triage(Protocol):
    """The wanted flags, and digits, of each cell; with `any_prefix` a card number may begin with any digits."""

    def __call__(
        self, data: Bytes, offsets: Places, wanted: int, *, any_prefix: bool
    ) -> tuple[npt.NDArray[np.uint32], Places]: ...


_met = 0


def triage(size: int) -> Triage | None:
    """The compiled pass over so many bytes; None without numba, and until the process has met enough of them."""
    global _met  # noqa: PLW0603  past work predicts further work
    _met += size
    return _load() if _met >= _WORTH else None


@cache
def _load() -> Triage | None:
    if find_spec("numba") is None:
        return None
    from numba import config  # noqa: PLC0415  it takes half a second to load

    # numba compiles a function anew if its own file changes, but not if a function or constant of another does.
    folder, before = Path(__file__).parents[1], config.CACHE_DIR  # type: ignore[attr-defined]
    sources = b"".join(source.read_bytes() for source in sorted(folder.rglob("*.py")))
    digest = hashlib.sha256(sources).hexdigest()
    config.CACHE_DIR = str(folder / "__pycache__" / f"fast-{digest[:16]}")  # type: ignore[attr-defined]
    try:
        from governance.detection.sieve.fast import triage as compiled  # noqa: PLC0415
    finally:
        config.CACHE_DIR = before  # type: ignore[attr-defined]
    made: Triage = compiled
    return made
