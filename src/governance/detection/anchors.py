"""Four letters of each label, the rarest it has: a text without them holds no label, and no automaton need read it."""

from functools import cache

import numpy as np
import numpy.typing as npt

from governance.detection import automaton

BITS = 6  # of a symbol; a digit is the last one
STOP = (1 << BITS) - 1
# Letters by how often texts have them, the rarest last.
_RARE = "ایرنهدموتسبکگشزخلقفجحعپصطچضغثظژذ" + "etaoinshrdlucmfgypwbvkjxqz"


def _anchor(letters: str) -> str:
    fours = [letters[start : start + 4] for start in range(max(1, len(letters) - 3))]
    return max(fours, key=lambda four: sum(_RARE.index(letter) for letter in four))


@cache
def anchors() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Bits by the last three symbols, and by the last four: where an anchor ends."""
    threes = np.zeros(1 << (3 * BITS - 3), dtype=np.uint8)
    fours = np.zeros(1 << (4 * BITS - 3), dtype=np.uint8)
    for phrase in automaton.phrases():
        key = 0
        anchor = _anchor(phrase.replace(" ", "").replace("^", ""))
        for letter in anchor:
            key = key << BITS | automaton.symbol(letter)
        three = key & ((1 << 3 * BITS) - 1)
        threes[three >> 3] |= 1 << (three & 7)
        for before in range(1 << BITS) if len(anchor) == 3 else (key >> 3 * BITS,):
            four = before << 3 * BITS | three
            fours[four >> 3] |= 1 << (four & 7)
    return threes, fours
