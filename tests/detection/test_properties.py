import base64
from collections.abc import Callable
from urllib.parse import quote

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from governance.detection import BANK_DATA, Grade, classify

PREFIXES = ("603799", "589210", "627412", "621986", "610433", "502229", "991975", "585983")
FAMILIES = ("0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩", "０１２３４５６７８９", "०१२३४५६७८९", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")
SEPARATORS = ("", " ", "-", "–", ".", "_", "/", "\u00a0", "\u200c", "\u200f", "\u2066", "، ", " - ", "ـ", "\n")
CARRIERS = ("{}", "کارت من {} است", '{{"note": "{}"}}', "https://x.ir/?q={}&z=1", "({})", "id_{}", "ref:{}تومان")
ENCODINGS: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    quote,
    lambda text: quote(quote(text)),
    lambda text: base64.b64encode(text.encode()).decode(),
    lambda text: "".join(f"\\u{ord(char):04x}" if ord(char) < 0x10000 else char for char in text),
    lambda text: "".join(f"&#{ord(char)};" for char in text),
    lambda text: text.encode().hex(),
)


@st.composite
def card_numbers(draw: st.DrawFn) -> str:
    body = draw(st.sampled_from(PREFIXES)) + "".join(
        draw(st.lists(st.sampled_from("0123456789"), min_size=9, max_size=9))
    )
    total = sum(int(digit) if place % 2 else sum(divmod(2 * int(digit), 10)) for place, digit in enumerate(body[::-1]))
    return body + str(-total % 10)


def _is_sure(text: str) -> bool:
    return any(one.kind == "payment_card_number" and one.grade is Grade.FAIL for one in classify(text))


@settings(max_examples=300, deadline=None)
@given(
    number=card_numbers(),
    family=st.sampled_from(FAMILIES),
    layout=st.tuples(st.sampled_from(SEPARATORS), st.sampled_from([(4, 8, 12), (6, 8), (8,), (), tuple(range(1, 16))])),
    encode=st.sampled_from(ENCODINGS),
    carrier=st.sampled_from(CARRIERS),
)
def test_no_decoration_hides_an_iranian_card(
    number: str, family: str, layout: tuple[str, tuple[int, ...]], encode: Callable[[str], str], carrier: str
) -> None:
    separator, cuts = layout
    assume(separator not in {".", "، "} or len(cuts) != 1)  # a decimal, or two numbers
    parts = [number[start:end] for start, end in zip((0, *cuts), (*cuts, 16), strict=True)]
    written = separator.join(parts).translate(str.maketrans(FAMILIES[0], family))
    assert _is_sure(carrier.format(encode(written)))


@settings(max_examples=200, deadline=None)
@given(
    number=card_numbers(),
    shown=st.sampled_from([6, 8]),
    sign=st.sampled_from("*xX#•●"),
    family=st.sampled_from(FAMILIES),
    carrier=st.sampled_from(CARRIERS),
)
def test_masking_to_the_first_six_or_eight_and_last_four_clears_it(
    number: str, shown: int, sign: str, family: str, carrier: str
) -> None:
    masked = (number[:shown] + sign * (12 - shown) + number[-4:]).translate(str.maketrans(FAMILIES[0], family))
    assert not [one for one in classify(carrier.format(masked)) if one.kind in BANK_DATA]


@settings(max_examples=200, deadline=None)
@given(number=card_numbers(), place=st.integers(6, 11), sign=st.sampled_from("*xX#•●"), hidden=st.integers(1, 3))
def test_hiding_fewer_than_four_digits_is_no_mask(number: str, place: int, sign: str, hidden: int) -> None:
    assert _is_sure(number[:place] + sign * hidden + number[place + hidden :])


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=60), label=st.text(max_size=12))
def test_any_text_is_read_and_spans_lie_within_it(text: str, label: str) -> None:
    for finding in classify(text, label=label):
        assert 0 <= finding.span[0] < finding.span[1] <= len(text)
