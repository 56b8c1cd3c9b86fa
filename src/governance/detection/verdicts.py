"""What the authority said of a value, remembered for as long as one scan lasts."""

from governance.detection.authority import findings_of
from governance.detection.cards import rounded
from governance.detection.findings import KINDS, Finding, Grade
from governance.detection.gravity import NOTHING, SUSPECT

_MOST = 1 << 16  # verdicts kept
_LONGEST = 256  # characters of a value worth keeping


class Verdicts:
    """The gravity of single values, of the kinds asked for."""

    def __init__(self, kinds: frozenset[str]) -> None:
        self._kinds = kinds
        self._known: dict[tuple[str | bytes, str], int] = {}

    def of(self, value: str | bytes, label: str) -> int:
        """The gravity of a cell; bytes are read as UTF-8, else as Latin-1."""
        gravity = self._known.get((value, label))
        if gravity is None:
            gravity = _gravity(findings_of(value if isinstance(value, str) else read(value), label, self._kinds))
            if len(value) <= _LONGEST:
                if len(self._known) >= _MOST:
                    self._known.clear()
                self._known[value, label] = gravity
        return gravity

    def of_rounded(self, value: int, spacing: int) -> int:
        """The gravity of a float too large to be exact, whose neighbours are `spacing` away."""
        return SUSPECT if "payment_card_number" in self._kinds and rounded(value, spacing) else NOTHING


def read(value: bytes) -> str:
    """Bytes as UTF-8, else as Latin-1."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _gravity(findings: tuple[Finding, ...]) -> int:
    sure = [KINDS.index(finding.kind) for finding in findings if finding.grade is Grade.FAIL]
    return min(sure) if sure else SUSPECT if findings else NOTHING
