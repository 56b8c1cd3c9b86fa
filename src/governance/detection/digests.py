"""The common digests of a value, in each spelling in which others might have hashed it."""

import hashlib
from collections.abc import Collection, Iterator
from typing import Final

HASHES: Final = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2b")
_SIZES: Final = {name: 2 * hashlib.new(name, usedforsecurity=False).digest_size for name in HASHES}
HEX_SIZES: Final = frozenset(_SIZES.values())
_PERSIAN: Final = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def spelled(text: str) -> tuple[str, ...]:
    """A value as people and programs write it: a number of Iran with each of its prefixes, an address in any case.

    A shell's `echo` adds the end of a line, which is hashed with the value.
    """
    if text.startswith("+98"):
        national = text.removeprefix("+98")
        usual = f"0{national}"
        return (text, usual, national, f"98{national}", f"0098{national}", usual.translate(_PERSIAN), f"{usual}\n")
    if text.startswith("+"):
        return (text, text[1:], f"00{text[1:]}")
    bare = text.strip()
    return tuple(dict.fromkeys((bare, bare.lower(), bare.upper(), f"{bare}\n")))


def digests(text: str, sizes: Collection[int] = HEX_SIZES) -> Iterator[str]:
    """The digests of every spelling, as hex in small letters; of these numbers of digits only."""
    for spelling in spelled(text):
        encoded = spelling.encode()
        for name, size in _SIZES.items():
            if size in sizes:
                yield hashlib.new(name, encoded, usedforsecurity=False).hexdigest()
