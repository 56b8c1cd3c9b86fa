"""The labels as one automaton over letters: separators between words and invisible characters don't count."""

from collections import deque
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Final

import numpy as np
import numpy.typing as npt

CODE, NATIONAL = 1, 2
EDGE: Final = 0  # the symbol of everything that is no letter; a run counts once
DROP, DIGIT, LATIN = 255, 254, 1  # not symbols: skipped, digit; the first Latin symbol
_PERSIAN: Final = 27
SYMBOLS: Final = 96

FIGURE: Final = SYMBOLS - 1  # the symbol of a digit that a label ends with

# A space stands for any run without letters and digits, or for nothing; `^` is required, `0` is any digit.
_CODES = (
    "سی وی|کد امنیت|پشت کارت|پشت این کارت|انقضا|اعتبار|معتبر|منقضی|پین|کد پویا|کد یک بار|کد یه بار|کد تایی|کد ورود"
    "|رمز دوم|رمز پویا|رمز موقت|رمز خرید|رمز یک|رمز یه|رمز اینترنت|رمز اول|رمز ثابت|رمز کارت|رمز عابر|رمز خودپرداز"
    "|رمز 0|^c v|^c s c|^c c v|^cardpin|^card verif|^exp|^valid t|^valid u|^good t|^good u|^mpin|^ipin|^atmpin|^pin"
    "|^otp|^one time|^dynamic|^security code|^verification|^second pass|^static pass|^cardcv|^cardexp|^ramz|^kod amni"
    "|^kode amni|^enghz|^enghez|^enqz|^enqez|^mm yy"
)
_NATIONALS = "کد ملی|شماره ملی|ش ملی|^national|^mell|code mell"
_SAME = {"ي": "ی", "ى": "ی", "ئ": "ی", "ك": "ک", "أ": "ا", "إ": "ا", "ؤ": "و", "ة": "ه"}
_LETTERS = "".join(sorted({letter for text in (_CODES, _NATIONALS) for letter in text if letter > "\u0600"}))


def symbol(letter: str) -> int:
    """The symbol of a letter, of `^` or of `0`."""
    if letter in "^0":
        return EDGE if letter == "^" else FIGURE
    return LATIN + ord(letter) - ord("a") if letter.isascii() else _PERSIAN + _LETTERS.index(letter)


def phrases() -> list[str]:
    """All labels, with their spaces and edges."""
    return f"{_CODES}|{_NATIONALS}".split("|")


OTHER: Final = _PERSIAN + len(_LETTERS)  # any other letter of the Arabic script


def _spellings(phrase: str) -> Iterator[list[int]]:
    parts = phrase.split(" ")
    for gaps in product(("", "^"), repeat=len(parts) - 1):
        yield [symbol(letter) for part, gap in zip(parts, (*gaps, ""), strict=True) for letter in part + gap]


@cache
def automaton() -> tuple[npt.NDArray[np.int16], npt.NDArray[np.uint8]]:
    """Next states by state and symbol, and the labels read at each state (Aho and Corasick)."""
    children: list[dict[int, int]] = [{}]
    outputs = [0]
    for phrases, meaning in ((_CODES, CODE), (_NATIONALS, NATIONAL)):
        for phrase in phrases.split("|"):
            for spelling in _spellings(phrase):
                state = 0
                for symbol in spelling:
                    if symbol not in children[state]:
                        children[state][symbol] = len(children)
                        children.append({})
                        outputs.append(0)
                    state = children[state][symbol]
                outputs[state] |= meaning
    table = np.zeros((len(children), SYMBOLS), dtype=np.int16)
    fails = [0] * len(children)
    waiting = deque([0])
    while waiting:
        state = waiting.popleft()
        for symbol in range(SYMBOLS):
            child = children[state].get(symbol)
            fallback = int(table[fails[state], symbol]) if state else 0
            if child is None:
                table[state, symbol] = fallback
                continue
            fails[child] = fallback
            outputs[child] |= outputs[fallback]
            table[state, symbol] = child
            waiting.append(child)
    return table, np.array(outputs, dtype=np.uint8)


@cache
def depths() -> npt.NDArray[np.uint8]:
    """How many symbols of a label have been read when a state is reached."""
    table, _ = automaton()
    found = np.full(len(table), 255, dtype=np.uint8)
    reached, depth = np.array([0]), 0
    while len(reached):  # breadth first: each state is reached by its shortest path
        found[reached] = depth
        after = np.unique(table[reached])
        reached, depth = after[found[after] == 255], depth + 1
    return found


@cache
def ascii_symbols() -> npt.NDArray[np.uint8]:
    """The symbol of each byte of ASCII."""
    symbols = np.zeros(128, dtype=np.uint8)
    for code in range(128):
        char = chr(code)
        if char.isalpha():
            symbols[code] = symbol(char.lower())
        elif char.isdigit():
            symbols[code] = DIGIT
    return symbols


@cache
def arabic_symbols() -> npt.NDArray[np.uint8]:
    """The symbols of U+0600 to U+06FF as folding sees them."""
    from governance.detection.text.folding import fold  # noqa: PLC0415  only to build the table

    symbols = np.zeros(256, dtype=np.uint8)
    for place in range(256):
        folded = fold(chr(0x600 + place))
        if not folded:
            symbols[place] = DROP
        elif folded.isascii():
            symbols[place] = DIGIT if folded.isdigit() else EDGE
        elif folded.isalpha():
            symbols[place] = symbol(folded) if folded in _LETTERS else OTHER
    return symbols
