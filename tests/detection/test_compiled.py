"""The compiled pass leads to the same verdicts as arithmetic does, on strings made to tell them apart."""

import os

import numpy as np
import pyarrow as pa
import pytest

from governance.detection import BANK_DATA, KINDS, PERSONAL_DATA, compiled, flags, scan
from governance.detection.lanes import Cells
from tests.detection.test_superset import _COLUMNS, _HIDING, _SECRETS, adversarial

pytest.importorskip("numba")
# All 60,000 where there is time for it.
_TELLING = np.uint32(~(flags.SIGNED | flags.WIDE | flags.RARE) & 0xFFFF)
COUNT = int(os.environ.get("ADVERSARIAL", "6000"))


@pytest.mark.parametrize("kinds", [KINDS, BANK_DATA, PERSONAL_DATA, *((kind,) for kind in KINDS)], ids=len)
@pytest.mark.parametrize("label", ["", "cvv2", "card_number", "national_code"])
def test_same_verdicts(kinds: tuple[str, ...], label: str, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [text for text, _ in adversarial(COUNT)]
    texts += [column.format(hide(secret)) for column in _COLUMNS for hide in _HIDING for secret in _SECRETS]
    column = pa.array(texts, pa.large_string())
    monkeypatch.setattr(compiled, "_WORTH", 1 << 60)
    expected = scan(column, kinds, label=label)
    monkeypatch.setattr(compiled, "_WORTH", 0)
    found = scan(column, kinds, label=label)
    wrong = [texts[row] for row in sorted(set(expected.rows.tolist()) ^ set(found.rows.tolist()))]
    assert wrong == []
    assert found.kinds == expected.kinds
    assert found.review.tolist() == expected.review.tolist()


def test_the_shallow_pass_leaves_nothing_to_find(monkeypatch: pytest.MonkeyPatch) -> None:
    from governance.detection import kernel, shallow  # numba may be missing

    texts = [text for text, _ in adversarial(COUNT)]
    texts += [column.format(hide(secret)) for column in _COLUMNS for hide in _HIDING for secret in _SECRETS]
    cells = Cells.of(pa.array(texts, pa.large_string()))
    monkeypatch.setattr(shallow, "_SAMPLE", 0)
    seen, counts = shallow.skim(cells.data, cells.offsets)
    deep = np.full(len(texts), shallow.DEEP, dtype=np.uint32)
    monkeypatch.setattr(kernel, "skim", lambda *_: (deep, np.zeros(len(texts), dtype=np.int64)))
    told, digits = kernel.triage(cells.data, cells.offsets, any_prefix=True)  # type: ignore[no-untyped-call]
    told[digits < 10] &= np.uint32(~flags.IBAN & 0xFFFF)  # no account number has fewer
    left = seen & shallow.DEEP == 0
    assert left.any()
    assert [texts[row] for row in np.flatnonzero(left & (told & _TELLING & ~seen != 0))] == []
    assert (counts == digits)[left].all()


def test_numba_waits_until_there_is_much_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_met", 0)
    assert compiled.triage(1000) is None
    assert compiled.triage(compiled._WORTH) is not None


def test_without_numba_arithmetic_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled._load.cache_clear()
    monkeypatch.setattr(compiled, "find_spec", lambda _: None)
    assert compiled.triage(1 << 40) is None
    compiled._load.cache_clear()
