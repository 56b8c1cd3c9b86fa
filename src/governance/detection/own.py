"""Kinds of data that a policy declares for itself: a pattern of RE2, a check digit, and words that must stand near.

The pattern is matched on folded text, as the detectors of `kinds` are, so digits of every script match `[0-9]`. A match
counts only where no ASCII letter or digit touches it: RE2 can't look around itself.
"""

import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from importlib import import_module
from pkgutil import walk_packages
from re import _constants as op  # type: ignore[attr-defined]  # `re` has no other door to a parsed pattern
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

from governance.detection.contacts import spelled
from governance.detection.detectors import DEFAULT, DETECTORS, HOME, Detectors
from governance.detection.findings import Finding, Grade
from governance.detection.kinds.detector import Data, Detector, Kind, Regions
from governance.detection.kinds.labels import Pattern
from governance.detection.sieve.superset import superset
from governance.detection.text.folding import fold
from governance.detection.text.page import Page

LARGEST: Final = 10_000  # instructions of a compiled pattern
_NEAR: Final = 40  # characters before and behind a match in which a context word counts
_MOST_REFUSED: Final = 1000  # matches of a cell from which the search goes on one sign later
_OWN_CHECKS: Final = ("luhn", "mod97", "verhoeff")
_MODULES: Final = {"luhn": "luhn", "mod97": "iso7064.mod_97_10", "verhoeff": "verhoeff"}
_SAMPLES: Final = ("", "a", "7", "a 7", "۷ ی")  # texts in which a pattern must not match nothing
_OTHER_SYNTAX: Final = ("[[:", "{,")  # what RE2 reads otherwise than Python


@dataclass(frozen=True, slots=True)
class OwnKind:
    """A kind of a policy: `fa` and `en` are its titles, "" if it has none; `passes` and `fails` are its cases."""

    name: str
    category: str
    pattern: str
    checksum: str = ""
    context: tuple[str, ...] = ()
    regions: Regions = ()
    fa: str = ""
    en: str = ""
    passes: tuple[str, ...] = ()
    fails: tuple[str, ...] = ()


def flaw(pattern: str) -> tuple[str, str]:
    """What is expected of a pattern, and what was found instead; both "" for one that can be used."""
    if fold(pattern) != pattern:
        return "a pattern as folded text is written, with ASCII digits and Persian yeh and kaf", "other signs in it"
    try:
        compiled = _compiled(pattern)
    except _error() as error:
        said = str(error.args[0] if error.args else "")
        if "too large" in said or "repetition size" in said:
            return f"a pattern of at most {LARGEST:,} instructions of RE2", "a larger one"
        return "a pattern of RE2, which has no references back and doesn't look around", "one that RE2 can't compile"
    if compiled.programsize > LARGEST:
        return f"a pattern of at most {LARGEST:,} instructions of RE2", f"one of {compiled.programsize:,}"
    if any(match.start() == match.end() for text in _SAMPLES for match in compiled.finditer(text)):
        return "a pattern that matches at least one sign", "one that matches nothing, too"
    return "", ""


@cache
def checks() -> tuple[str, ...]:
    """The names of all checksums: some general ones, and each module of python-stdnum that can tell right numbers."""
    import stdnum  # noqa: PLC0415  only a policy with own kinds needs it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of modules that were renamed
        found = [module.name.removeprefix("stdnum.") for module in walk_packages(stdnum.__path__, "stdnum.")]
        others = [name for name in found if name not in _OWN_CHECKS and hasattr(_module(name), "is_valid")]
    return (*_OWN_CHECKS, *others)


@cache
def check_of(name: str) -> Callable[[str], bool]:
    """Whether a text carries the right check digits, by the name of a checksum.

    `luhn` and `verhoeff` look at its digits, `mod97` at its letters too, a module of python-stdnum at the text.
    """
    valid: Callable[[str], bool] = _module(_MODULES.get(name, name)).is_valid
    if name == "mod97":
        return lambda text: valid(re.sub("[^0-9A-Za-z]", "", text).upper())
    return (lambda text: valid(re.sub("[^0-9]", "", text))) if name in _OWN_CHECKS else valid


def _module(name: str) -> Any:  # noqa: ANN401  a module
    return import_module(f"stdnum.{name}")


def _error() -> type[Exception]:
    import re2  # type: ignore[import-untyped,unused-ignore]  # noqa: PLC0415

    error: type[Exception] = re2.error
    return error


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:  # noqa: ANN401  re2 has no types
    import re2  # noqa: PLC0415  only a policy with own kinds needs it

    options = re2.Options()
    options.log_errors = False
    options.longest_match = True  # the shorter one of two would be part of something longer, which is refused
    return re2.compile(pattern, options)


@lru_cache(maxsize=256)
def _detector(kind: OwnKind) -> Detector:
    sign = _sign(kind.pattern)
    near = Pattern("|".join(rf"(?<![^\W_]){re.escape(fold(word))}(?![^\W_])" for word in kind.context))
    right = check_of(kind.checksum) if kind.checksum else None

    def fits(page: Page, match: Any) -> bool:  # noqa: ANN401  re2 has no types
        span = match.start() + page.start, match.end() + page.start
        return not _is_inside(page.text, span) and (right is None or right(match[0]))

    def find(page: Page) -> Iterator[Finding]:
        for match in _matches(kind.pattern, page.text[page.start :], partial(fits, page)):
            span = match.start() + page.start, match.end() + page.start
            if kind.context and not near.search(page.before(span[0], _NEAR) + page.text[span[0] : span[1] + _NEAR]):
                continue
            yield Finding(kind.name, "own", Grade.FAIL, span)

    declared = Kind(
        kind.name, Data.PERSONAL, 0, kind.category, example=kind.passes[0] if kind.passes else "", usual=False
    )
    return Detector(
        kinds=(declared,),
        find=find,
        regions=kind.regions,
        signs=(sign,) if sign else (),
        announced_by=" ".join(kind.context),
    )


def _matches(pattern: str, text: str, fits: Callable[[Any], bool]) -> Iterator[Any]:
    """The matches that fit; where one doesn't, the next may begin within it, up to a bounded number of them."""
    start, refused = 0, 0
    while match := _compiled(pattern).search(text, start):
        if match.start() < match.end() and fits(match):
            start = match.end()
            yield match
        else:
            refused += 1
            start = match.start() + 1 if refused < _MOST_REFUSED else max(match.end(), match.start() + 1)
        if start > len(text):
            return


def _is_inside(text: str, span: tuple[int, int]) -> bool:
    """Whether an ASCII letter or digit continues a match."""
    return any(
        two.isascii() and len(two) == 2 and two.isalnum()
        for two in (text[max(0, place - 1) : place + 1] for place in span)
    )


def _sign(pattern: str) -> Pattern | None:
    """The pattern for the sieve, None where Python may read it otherwise than RE2: every cell is asked then."""
    if any(syntax in pattern for syntax in _OTHER_SYNTAX):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            parsed = parser.parse(pattern)
            found = superset(pattern, 0)
        return None if _has_other_class(parsed.data) else Pattern(pattern, 0) if _compiled(found) else None
    except (re.error, ValueError, OverflowError, RecursionError, Warning, _error()):
        return None


def _has_other_class(items: Any) -> bool:  # noqa: ANN401  the tree of a parsed pattern
    """Whether a class excludes letters, which are ASCII ones for RE2 only."""
    for kind, value in items:
        if kind is op.IN:
            named = [known for what, known in value if what is op.CATEGORY]
            negated = value[0][0] is op.NEGATE
            if (named and negated) or any("NOT" in str(known) for known in named):
                return True
        elif kind is op.BRANCH:
            if any(_has_other_class(part) for part in value[1]):
                return True
        elif kind in {op.SUBPATTERN, op.MAX_REPEAT, op.MIN_REPEAT} and _has_other_class(value[-1]):
            return True
    return False


def detectors_for(regions: Regions = HOME, own: tuple[OwnKind, ...] = (), contacts: tuple[str, ...] = ()) -> Detectors:
    """The detectors of a policy: those of its regions, and of its own kinds; its own `contacts` are nobody's data."""
    return _made(regions, own, contacts)


@lru_cache(maxsize=64)
def _made(regions: Regions, own: tuple[OwnKind, ...], contacts: tuple[str, ...]) -> Detectors:
    if regions == HOME and not own and not contacts:
        return DEFAULT
    local = {name: one.local(regions) if one.local else one for name, one in DETECTORS.items()}
    known = frozenset(spelled(contact, regions) for contact in contacts)
    recipe = (_made, (regions, own, contacts))
    return Detectors.of(local, regions, {kind.name: _detector(kind) for kind in own}, recipe, known)
