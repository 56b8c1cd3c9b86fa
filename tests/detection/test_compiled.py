"""The compiled pass leads to the same verdicts as arithmetic does, on strings made to tell them apart."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest

from governance.detection import BANK_DATA, KINDS, PERSONAL_DATA, Grade, classify, scan
from governance.detection.detectors import SIEVED
from governance.detection.sieve import automaton, compiled, flags
from governance.detection.sieve.candidates import Candidates
from governance.detection.sieve.text_buffers import TextBuffer
from tests.conftest import Sampling
from tests.detection.test_superset import _COLUMNS, _HIDING, _SECRETS, adversarial, adversarial_texts

pytest.importorskip("numba")
_TELLING = np.uint32(~(flags.SIGNED | flags.WIDE) & 0xFFFF)
_LABELS = flags.CODE | flags.NATIONAL
COUNT = 6000


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


@pytest.mark.slow
@pytest.mark.soak
def test_sixty_thousand_strings_are_judged_alike(monkeypatch: pytest.MonkeyPatch, sampling: Sampling) -> None:
    pairs = [(text, classify(text)) for text in sampling.of(adversarial_texts(60_000), 12_000)]
    column = pa.array([text for text, _ in pairs], pa.large_string())
    for kinds in (KINDS, BANK_DATA, PERSONAL_DATA):
        asked = [{finding.grade for finding in findings if finding.kind in kinds} for _, findings in pairs]
        sure = {row for row, grades in enumerate(asked) if Grade.FAIL in grades}
        unsure = {row for row, grades in enumerate(asked) if grades == {Grade.SUSPECT}}
        for worth in (1 << 60, 0):  # by arithmetic, and compiled
            monkeypatch.setattr(compiled, "_WORTH", worth)
            hits = scan(column, kinds)
            assert (set(hits.rows.tolist()) ^ sure, set(hits.review.tolist()) ^ unsure) == (set(), set())


def test_the_first_pass_leaves_nothing_to_find(monkeypatch: pytest.MonkeyPatch) -> None:
    from governance.detection.sieve import fast  # numba may be missing

    wanted = int(_TELLING)
    texts = [text for text, _ in adversarial(COUNT)]
    texts += [column.format(hide(secret)) for column in _COLUMNS for hide in _HIDING for secret in _SECRETS]
    cells = TextBuffer.of(pa.array(texts, pa.large_string()))
    seen, counts = fast.glance(cells.data, cells.offsets, wanted, any_prefix=True)  # type: ignore[no-untyped-call]
    every = np.full(len(texts), flags.DEEP, dtype=np.uint32)
    monkeypatch.setattr(fast, "glance", lambda *_, **__: (every, np.zeros(len(texts), dtype=np.int64)))
    told, digits = fast.triage(cells.data, cells.offsets, wanted, any_prefix=True)  # type: ignore[no-untyped-call]
    told[digits < 10] &= np.uint32(~flags.IBAN & 0xFFFF)  # no account number has fewer
    left = seen & flags.DEEP == 0
    told[digits < 3] &= np.uint32(~_LABELS & 0xFFFF)  # nor a code
    told[seen & _LABELS != 0] &= np.uint32(~_LABELS & 0xFFFF)  # one label is enough
    assert left.any()
    assert [texts[row] for row in np.flatnonzero(left & (told & _TELLING & ~seen != 0))] == []
    assert (counts == digits)[left].all()


_GAPS, _INVISIBLE = ("", " ", ".", "\n", " - ", "،"), ("\u200c", "ـ", "\u064b", "\u200f", "\u064b\u200c", "\ufeff")
_VARIANTS = {"ی": "يىئ", "ک": "ك", "ا": "أإ", "و": "ؤ", "ه": "ة"}


def _written(phrase: str) -> Iterator[str]:
    """A label with all signs between its words, all variants of its letters, and invisible signs at each place."""
    before = "" if phrase.startswith("^") else "کتا"
    for gap in _GAPS:
        label = phrase.removeprefix("^").replace(" ", gap)
        yield before + label
        yield label.upper()
        for place in range(1, len(label)):
            yield from (before + label[:place] + sign + label[place:] for sign in _INVISIBLE)
        for letter, others in _VARIANTS.items():
            yield from (before + label.replace(letter, other) for other in others)


@pytest.mark.parametrize("phrase", automaton.phrases())
def test_no_label_escapes_the_first_pass(phrase: str) -> None:
    """A label that none of the marked letters stand in would be missed, whatever the cases at hand say."""
    from governance.detection.sieve import fast  # numba may be missing

    texts = [f"{ahead}{label} 123456" for ahead in ("", "x1234567 ") for label in _written(phrase)]
    cells = TextBuffer.of(pa.array(texts, pa.large_string()))
    seen, _ = fast.glance(cells.data, cells.offsets, int(_TELLING), any_prefix=False)  # type: ignore[no-untyped-call]
    assert [texts[row] for row in np.flatnonzero(seen & (flags.DEEP | _LABELS) == 0)] == []


@pytest.mark.parametrize("phrase", automaton.phrases())
def test_no_label_escapes_arithmetic(phrase: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_WORTH", 1 << 60)
    whole = phrase + "hru" if phrase.endswith(" t") else phrase  # of `thru`
    texts = [f"کتاب {label} 12345678" for label in _written(whole)]
    rows = Candidates.of(SIEVED, "").rows(pa.array(texts, pa.large_string()))
    assert [text for row, text in enumerate(texts) if row not in set(rows.tolist())] == []


def test_numba_waits_until_there_is_much_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_met", 0)
    assert compiled.triage(1000) is None
    assert compiled.triage(compiled._WORTH) is not None


def test_without_numba_arithmetic_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled._load.cache_clear()
    monkeypatch.setattr(compiled, "find_spec", lambda _: None)
    assert compiled.triage(1 << 40) is None
    compiled._load.cache_clear()
