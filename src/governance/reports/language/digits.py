"""Numbers on a page: Persian digits in the Persian view; digits in data and ids stay ASCII."""

from __future__ import annotations

_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_PERSIAN = str.maketrans("0123456789,.%", "۰۱۲۳۴۵۶۷۸۹٬٫٪")


def number(value: int, language: str) -> str:
    """A whole number with its thousands separated."""
    return localise(f"{value:,}", language)


def share(part: int, whole: int, language: str) -> str:
    """A part in percent; "" when it would round to 0 or 100, or the whole is zero."""
    if not whole:
        return ""
    percent = f"{100 * part / whole:.2f}".rstrip("0").rstrip(".")
    # Rounding must never turn some into none, or nearly all into all.
    if (percent == "0" and part) or (percent == "100" and part != whole):
        return ""
    return localise(f"{percent}%", language)


def numerals(text: str, language: str) -> str:
    """A numeric id or a version in the language's digits."""
    return text.translate(_DIGITS) if language == "fa" and set(text) <= set("0123456789.-+") else text


def localise(text: str, language: str) -> str:
    """A number in the digits and signs of a language; only for texts that are nothing but a number."""
    return text.translate(_PERSIAN) if language == "fa" else text
