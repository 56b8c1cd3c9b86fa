"""The common digests of a value, in each spelling in which others might have hashed it."""

import hashlib
from collections.abc import Iterator
from typing import Final

HASHES: Final = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2b")


def spelled(text: str) -> tuple[str, ...]:
    """A value as people and programs write it: a number of Iran with each of its prefixes, an address in any case."""
    if text.startswith("+98"):
        national = text.removeprefix("+98")
        return (text, f"0{national}", national, f"98{national}", f"0098{national}")
    if text.startswith("+"):
        return (text, text[1:], f"00{text[1:]}")
    return tuple(dict.fromkeys((text.strip(), text.strip().lower(), text.strip().upper())))


def digests(text: str) -> Iterator[str]:
    """The digests of every spelling, as hex in small letters."""
    for spelling in spelled(text):
        encoded = spelling.encode()
        for name in HASHES:
            yield hashlib.new(name, encoded, usedforsecurity=False).hexdigest()
