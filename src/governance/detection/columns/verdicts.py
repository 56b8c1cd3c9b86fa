"""The verdicts of `classify` on values, cached for one scan."""

from collections.abc import Mapping

from governance.detection.authority import findings_of
from governance.detection.columns.marks import TOO_LARGE, mark
from governance.detection.detectors import Detectors
from governance.detection.findings import Finding, Grade
from governance.detection.kinds.cards import KIND as CARD
from governance.detection.kinds.cards import rounded
from governance.detection.text.folding import decoded
from governance.detection.text.layers import TooLongError

_MOST = 1 << 16  # verdicts kept
_LONGEST = 256  # characters of a value worth keeping


class Verdicts:
    """The cached verdicts on single values."""

    def __init__(self, among: Detectors, places: Mapping[str, int]) -> None:
        self._among, self._places = among, places
        self._known: dict[tuple[str | bytes, str, frozenset[str]], int] = {}

    def of(self, value: str | bytes, label: str, kinds: frozenset[str]) -> int:
        """The marks of a cell for these kinds; bytes are read as UTF-8, else as Latin-1."""
        marks = self._known.get((value, label, kinds))
        if marks is None:
            try:
                text = value if isinstance(value, str) else decoded(value)
                marks = self._marks(findings_of(text, label, kinds, self._among))
            except TooLongError:
                marks = int(TOO_LARGE)
            if len(value) <= _LONGEST:
                if len(self._known) >= _MOST:
                    self._known.clear()
                self._known[value, label, kinds] = marks
        return marks

    def of_rounded(self, value: int, spacing: int, kinds: frozenset[str]) -> int:
        """The marks of a float too large to be exact; its neighbours are `spacing` away."""
        return mark(self._places[CARD], Grade.SUSPECT) if CARD in kinds and rounded(value, spacing) else 0

    def _marks(self, findings: tuple[Finding, ...]) -> int:
        marks = 0
        for finding in findings:
            marks |= mark(self._places[finding.kind], finding.grade)
        return marks
