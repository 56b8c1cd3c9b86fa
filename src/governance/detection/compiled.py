"""The compiled pass, where it is installed and worth its loading."""

from functools import cache
from importlib.util import find_spec
from typing import Protocol

import numpy as np
import numpy.typing as npt

from governance.detection.bytemap import Bytes, Places

_WORTH = 8 << 20  # bytes: below, arithmetic is done before numba is loaded


class Triage(Protocol):
    """Flags and digits of each cell; with `any_prefix` a card number may begin with any digits."""

    def __call__(self, data: Bytes, offsets: Places, *, any_prefix: bool) -> tuple[npt.NDArray[np.uint32], Places]: ...


_met = 0


def triage(size: int) -> Triage | None:
    """The compiled pass over so many bytes; None without numba, and until the process has met enough of them."""
    global _met  # noqa: PLW0603  how much there is to do is known by what was done
    _met += size
    return _load() if _met >= _WORTH else None


@cache
def _load() -> Triage | None:
    if find_spec("numba") is None:
        return None
    from governance.detection.kernel import triage as compiled  # noqa: PLC0415  half a second, for who has much to read

    made: Triage = compiled
    return made
