"""The sieve asks about every cell in which `classify` finds something: in all scripts, in all shapes, for all kinds."""

import random
import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.detection import BANK_DATA, KINDS, PERSONAL_DATA, Grade, classify, look, scan
from governance.detection.detectors import DEFAULT, DETECTORS
from governance.detection.kinds.detector import Sign
from governance.detection.sieve import superset
from governance.detection.sieve.candidates import Candidates
from governance.detection.text.folding import fold
from tests.conftest import Sampling
from tests.detection.conftest import Maker
from tests.detection.test_superset import adversarial, adversarial_texts

pytestmark = pytest.mark.slow

_MANY = 60_000
_BLOCKS = [*range(0x80, 0x20000, 0x80), *range(0xE0000, 0xE0200, 0x80)]  # every block begins at one of these
_A_BLOCK = 1_000  # texts, of which a run draws a few
_SEEDS = ("6037990000123451", "cvv2: 123", "exp 08/27", "رمز پویا ۸۳۷۲۶۱", "09121234567", "a@b.ir", "کد ملی 0084575948")


def _missed(texts: Sequence[str], kinds: Sequence[str]) -> list[str]:
    """The texts in which `classify` and `scan` don't find the same."""
    hits = scan(pa.array(texts, pa.large_string()), kinds)
    assert hits.fell_back == frozenset()
    sure, unsure = set(hits.rows.tolist()), set(hits.review.tolist())
    wrong = []
    for place, text in enumerate(texts):
        grades = {one.grade for one in classify(text) if one.kind in kinds}
        if (place in sure, place in unsure) != (Grade.FAIL in grades, grades == {Grade.SUSPECT}):
            wrong.append(text)
    return wrong


@cache
def _asked_about() -> tuple[list[str], list[frozenset[str]]]:
    texts = adversarial_texts(_MANY)
    return texts, [frozenset(one.kind for one in classify(text)) for text in texts]


@pytest.mark.parametrize("kinds", [BANK_DATA, PERSONAL_DATA, KINDS], ids=len)
def test_sixty_thousand_adversarial_texts_hide_nothing(kinds: tuple[str, ...]) -> None:
    texts, found = _asked_about()
    wanted = frozenset(kinds) & DEFAULT.sieved
    asked = set(Candidates.of(wanted, "").rows(pa.array(texts, pa.large_string())).tolist())
    held = {place for place, some in enumerate(found) if some & wanted}
    assert held - asked == set()
    assert len(held) > _MANY / 20


@pytest.mark.parametrize("kind", sorted(DEFAULT.sieved))
def test_every_kind_alone_passes_its_sieve(kind: str) -> None:
    texts, found = _asked_about()
    asked = set(Candidates.of(frozenset({kind}), "").rows(pa.array(texts, pa.large_string())).tolist())
    held = {place for place, some in enumerate(found) if kind in some}
    assert len(held) > 200, f"no case of {kind} was tried"
    assert held - asked == set()


ORDINARY = {
    "prose": ("کتاب رمز داوینچی ۵۰۰ صفحه داشت و پشت جلد ۳ نقد بود.", "The card arrived in 2024, page 312 of 500."),
    "books": ("شابک 9786222950123", "ISBN 978-600-119-123-4", "چاپ ۱۴۰۲، قیمت ۲۵۰٬۰۰۰ تومان"),
    "replies": ('{"code": 100, "authority": "A98370000000000000000000000000271828", "card_pan": "603799******1234"}',),
    "tables": ("5.1,3.5,1.4,0.2,-1.09234,1990,12", "18.0  8  307.0  130.0  3504.  12.0  70", "1e-05\t2.5e+03\tNaN\t7"),
    "ids": (
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "2024-11-22T15:30:45.123456Z",
        "/var/log/app-2024.11.22/part-00012",
    ),
}


@pytest.mark.parametrize("texts", ORDINARY.values(), ids=ORDINARY)
def test_ordinary_texts_stay_in_the_sieve(texts: tuple[str, ...]) -> None:
    column = pa.array([f"{text} {number % 7}" for number in range(400) for text in texts], pa.large_string())
    assert len(Candidates.of(frozenset(BANK_DATA), "").rows(column)) == 0


@pytest.mark.parametrize("label", ["", "card_number", "maestro", "شماره کارت"])
@pytest.mark.parametrize("beside", [(), ("x 12",) * 500], ids=["digits only", "beside texts"])
def test_digits_alone_hide_nothing(label: str, beside: tuple[str, ...], pan: Maker) -> None:
    chance = random.Random(5)  # noqa: S311 - the same numbers every time
    texts = list(beside)
    for prefix in ("603799", "991975", "4", "51", "6759", "3714", "62", "0912", "98", "012"):
        for length in range(11, 31):
            texts += [zeros + pan(prefix, length) + trail for zeros in ("", "0", "000") for trail in ("", "0829")]
            texts.append(prefix + "".join(chance.choices("0123456789", k=length)))
    column = pa.array(texts, pa.large_string())
    for kinds in (BANK_DATA, KINDS, ("phone_number",), ("national_id",), ("iban",)):
        wanted = frozenset(kinds) & DEFAULT.sieved
        asked = set(Candidates.of(wanted, label).rows(column).tolist())
        left = [text for place, text in enumerate(texts) if place not in asked]
        assert not [text for text in left if any(one.kind in wanted for one in classify(text, label=label))]


@pytest.mark.parametrize(
    "label", ["expmonth", "card_expmonth", "expyy", "enghezamonth", "cvv2", "card pin", "اعتبار کارت"]
)
def test_labels_glued_in_a_columns_name_announce(label: str) -> None:
    texts = ["08 year 27", "27, mm 08", "0827", "123", "4821"] * 60
    hits = scan(pa.array(texts, pa.large_string()), KINDS, label=label)
    asked = [any(one.grade is Grade.FAIL for one in classify(text, label=label)) for text in texts]
    assert hits.rows.tolist() == [row for row, found in enumerate(asked) if found] != []


def _of_block(start: int, chance: random.Random) -> str:
    signs = [chr(code) for code in range(start, start + 0x80)]
    drawn = [chance.choice(signs) for _ in range(chance.choice((13, 24, 40)))]
    seed = chance.choice(_SEEDS)
    for _ in range(chance.randrange(4)):
        place = chance.randrange(len(seed) + 1)
        seed = seed[:place] + chance.choice(signs) + seed[place:]
    return "".join(drawn[:13]) + chance.choice(("", seed, f" {seed}")) + "".join(drawn[13:])


@pytest.mark.soak
def test_texts_of_every_block_of_unicode_hide_nothing(sampling: Sampling) -> None:
    for start in sampling.of(_BLOCKS, 40):
        if 0xD800 <= start < 0xE000:
            continue
        chance = random.Random(start)  # noqa: S311 - the same texts for a block every time
        texts = [_of_block(start, chance) for _ in range(_A_BLOCK)]
        assert _missed(texts, KINDS) == []


def test_no_character_is_changed_by_folding_and_unknown_to_the_patterns() -> None:
    known = pa.array([chr(code) for code in range(0x80, 0x110000) if not 0xD800 <= code < 0xE000], pa.large_string())
    strange = pc.match_substring_regex(known, superset.strange())
    for char in known.filter(pc.invert(strange)).to_pylist():
        folded = fold(char)
        read = pa.array([char], pa.large_string())
        if folded not in {char, ""}:
            assert pc.match_substring_regex(read, superset.superset(re.escape(folded)))[0].as_py(), hex(ord(char))
    assert fold(superset.plain("６０３７ ı İ")) == superset.plain("６０３７ ı İ"), "folding twice changes nothing"


@pytest.mark.parametrize("name", [name for name, one in DETECTORS.items() if one.signs])
def test_a_derived_pattern_matches_whatever_the_rules_pattern_matches(name: str) -> None:
    detector = DETECTORS[name]
    texts = [text for text, _ in adversarial() if text]
    folded = [fold(text) for text in texts]
    plain = pa.array([superset.plain(text) for text in texts], pa.large_string())
    signs: list[Sign] = [*detector.signs, *detector.hints]
    for sign in signs:
        held = [bool(re.search(sign.pattern, text, sign.flags)) for text in folded]
        matched = pc.match_substring_regex(plain, superset.superset(sign.pattern, sign.flags)).to_pylist()
        assert [text for text, one, other in zip(texts, held, matched, strict=True) if one and not other] == []
    if detector.hints:
        either = "|".join(superset.superset(sign.pattern, sign.flags) for sign in detector.hints)
        for sign in detector.signs:
            both = zip(
                pc.match_substring_regex(plain, superset.superset(sign.pattern, sign.flags)).to_pylist(),
                pc.match_substring_regex(plain, either).to_pylist(),
                strict=True,
            )
            assert all(hinted for signed, hinted in both if signed)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"(?<![^\W_])pin", "- pin"),
        (r"pin(?![^\W_])", "-pin 1-"),
        ("[^ا-ی]x", "-٣x"),
        ("(?<![ا-ی])A", "-١a"),
        (r"\D7", "x7"),
        (r"(?:x)?(?<![a-z])y(?=[:=])", "1y="),
        (r"(?:(?<=[0-9]{3})|(?-i:(?<=[a-z])(?=[A-Z])))pin(?![a-z])(?=:)", "aPin:"),
        (r"(?>a+)b++[^\s](?s:.){0,3}c", "aabb-\u064b\nc"),
        ("کی", "كي"),
        ("[کگ]ی", "ک\u200cى"),
    ],
)
def test_lookarounds_and_classes_are_derived_as_they_are_meant(pattern: str, text: str) -> None:
    assert re.search(pattern, fold(text), re.IGNORECASE)
    read = pa.array([superset.plain(text), text], pa.large_string())
    assert pc.match_substring_regex(read, superset.superset(pattern))[0].as_py()
    strange = pc.match_substring_regex(read, superset.strange())[1].as_py()
    assert strange or pc.match_substring_regex(read, superset.superset(pattern))[1].as_py()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("5,1,0912,1234567", ("phone_number",)),
        ("تلفن: 5|12|0211|2345678", ("phone_number",)),
        ("IR3108 بعد 072069 بعد 899449 بعد 4639278 بعد 5", ("iban",)),
        (".6037996674827707D300510100000", ("track_data",)),
        ("1,60379\u06f83641+65566,2", ("national_id",)),
    ],
)
def test_numbers_in_rows_and_between_words_are_asked_about(text: str, kinds: tuple[str, ...]) -> None:
    assert any(one.kind in kinds for one in classify(text))
    assert len(Candidates.of(frozenset(kinds), "").rows(pa.array([text] * 200, pa.large_string()))) == 200


@pytest.mark.parametrize("pattern", [r"(a)\1", r"(a)?(?(1)b|c)"])
def test_what_re2_can_not_have_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="expected a pattern without"):
        superset.superset(pattern)


_CELL = st.one_of(
    st.sampled_from(adversarial_texts(600)),
    st.sampled_from(_SEEDS),
    st.text(max_size=30),
)
_SHAPES = {
    "text": lambda cells: pa.array(cells, pa.string()),
    "dictionary": lambda cells: pa.array(cells, pa.string()).dictionary_encode(),
    "bytes": lambda cells: pa.array([None if cell is None else cell.encode() for cell in cells], pa.binary()),
    "list": lambda cells: pa.array([None if cell is None else ["", cell] for cell in cells]),
    "struct": lambda cells: pa.array([None if cell is None else {"x": cell} for cell in cells]),
    "map": lambda cells: pa.array(
        [None if cell is None else [("x", cell)] for cell in cells], pa.map_(pa.string(), pa.string())
    ),
    "slices": lambda cells: pa.chunked_array(
        [pa.array(["-", *cells], pa.string()).slice(1), pa.array([], pa.string())]
    ),
}


@settings(max_examples=60)
@given(cells=st.lists(st.one_of(st.none(), _CELL), max_size=12), shape=st.sampled_from(sorted(_SHAPES)))
def test_in_every_shape_a_cell_is_found_if_its_text_is(cells: list[str | None], shape: str) -> None:
    seen = look(_SHAPES[shape](cells))
    assert seen.fell_back == frozenset()
    found = seen.hits(sorted(set(KINDS) - DEFAULT.known_only))
    alone = [row for row, cell in enumerate(cells) if cell and any(one.grade is Grade.FAIL for one in classify(cell))]
    assert set(found.rows.tolist()) >= set(alone)
    if shape in {"text", "dictionary", "bytes", "slices"}:
        assert found.rows.tolist() == alone


@settings(max_examples=60)
@given(numbers=st.lists(st.integers(10**9, 10**19 - 1), max_size=12))
def test_numbers_are_found_whatever_their_type(numbers: list[int]) -> None:
    written = look(pa.array([str(number) for number in numbers])).hits(KINDS)
    exact = look(pa.array([Decimal(number) for number in numbers], pa.decimal128(20, 0))).hits(KINDS)
    whole = look(pa.array(numbers, pa.uint64())).hits(KINDS)
    for hits in (exact, whole):
        assert (hits.rows.tolist(), hits.review.tolist()) == (written.rows.tolist(), written.review.tolist())
