"""The last look before a report is published: no file of it may hold a value that the contracts call confidential.

Every artefact is read in every encoding that a value could hide in, then searched for whole values at the borders of
words: texts of six characters or more, numbers of nine digits or more, names of two words or more. What stands in the
policy's own files is no secret. A hit is told by file and column, never by value.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import urllib.parse
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from governance.encryption import Keyring, additional_data, parse, unseal
from governance.errors import EvidenceError
from governance.policy import Classification, Column, Contract, Policy, normalise
from governance.rules.base import key_texts
from governance.sources import Source

_SECRET = (Classification.CONFIDENTIAL, Classification.RESTRICTED)
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d(?:[ .,_/()+*-]{0,2}\d){8,}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){6,}")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_LEAST_TEXT = 6
_LEAST_DIGITS = 9
_PHONE_DIGITS = 10


@dataclass(slots=True)
class Corpus:
    """The words and long numbers of named texts, in the order in which they stand."""

    words: list[str] = field(default_factory=list)
    at: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    numbers: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)

    def add(self, name: str, text: str) -> None:
        """Read a text as it stands, backwards, and as it decodes."""
        self.names.append(name)
        self.starts.append(len(self.words))
        for layer in _layers(text):
            for spelling in {layer, layer[::-1]}:
                folded = fold(spelling)
                for match in _NUMBER.finditer(folded):
                    digits = "".join(filter(str.isdigit, match[0]))
                    self.numbers |= {digits: name, digits[-_PHONE_DIGITS:]: name}
                for word in _WORD.findall(folded):
                    self.at[word].append(len(self.words))
                    self.words.append(word)
                # A border that no value spans.
                self.words.append("")

    def find(self, value: str) -> str:
        """The name of a text that holds a whole value in any of its layers, "" if none does."""
        folded = fold(value)
        words = _WORD.findall(folded)
        if not any(c.isalpha() for c in folded):
            digits = "".join(filter(str.isdigit, folded))
            if len(digits) >= _LEAST_DIGITS:
                return self.numbers.get(digits) or self.numbers.get(digits[-_PHONE_DIGITS:], "")
        if not words:
            return ""
        rarest = min(range(len(words)), key=lambda i: len(self.at.get(words[i], ())))
        for position in self.at.get(words[rarest], ()):
            first = position - rarest
            if first >= 0 and self.words[first : first + len(words)] == words:
                return self.names[bisect_right(self.starts, first) - 1]
        return ""


def fold(text: str) -> str:
    """One spelling: case, digits, joiners, Arabic letters."""
    return text.casefold() if text.isascii() else normalise(text).casefold()


def find_leaks(
    folder: Path, policy: Policy, source: Source, keys: Keyring | None, *, public: Iterable[str], embedded: str = ""
) -> None:
    """EvidenceError with the file and the column if a value of a confidential or restricted column stands in a file.

    `public` are texts whose content is no secret: the policy's files and the words of the pages. `embedded` is one that
    stands in many files and was made before any data was read, such as a font: it is not looked through.
    """
    published, known = Corpus(), Corpus()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        text = path.read_bytes().decode("utf-8", "replace")
        published.add(path.relative_to(folder).as_posix(), text.replace(embedded, "") if embedded else text)
    for text in public:
        known.add("public", text)
    for contract, columns in _secret_columns(policy, source):
        for column, value in _values(contract, columns, source, keys):
            name = published.find(value)
            if name and not known.find(value):
                raise EvidenceError(
                    f"{name}: expected no value of the data, found one of {contract.table}.{column.name}; "
                    "nothing was published (if a table or a column is named after it, rename that)."
                )


def _secret_columns(policy: Policy, source: Source) -> Iterator[tuple[Contract, list[Column]]]:
    schemas = source.schemas()
    for contract in policy.contracts:
        held = schemas[contract.table].names if contract.table in schemas else ()
        columns = [column for column in contract.columns if column.name in held and column.classification in _SECRET]
        if columns:
            yield contract, columns


def _values(
    contract: Contract, columns: Sequence[Column], source: Source, keys: Keyring | None
) -> Iterator[tuple[Column, str]]:
    """Distinct values worth searching for; of an encrypted column also what they decrypt to. The table is read once."""
    wanted = dict.fromkeys(column.name for column in columns)
    if contract.primary_key in source.schemas()[contract.table].names:
        wanted[contract.primary_key] = None
    seen: dict[str, set[str]] = {column.name: set() for column in columns}
    for batch in source.batches(contract.table, list(wanted)):
        row_keys = key_texts(batch, contract)
        names = row_keys.to_pylist() if row_keys is not None else [None] * batch.num_rows
        for column in columns:
            for cell, name in zip(batch.column(column.name).to_pylist(), names, strict=True):
                for text in _texts(cell):
                    for value in filter(None, (text, _opened(text, name, contract, column, keys))):
                        if value not in seen[column.name] and _is_telling(value, column):
                            seen[column.name].add(value)
                            yield column, value


def _texts(cell: object) -> Iterator[str]:
    """A cell as text: of nested ones every leaf, of bytes what they spell."""
    match cell:
        case None:
            return
        case dict():
            for inner in cell.values():
                yield from _texts(inner)
        case list() | tuple():
            for inner in cell:
                yield from _texts(inner)
        case bytes():
            yield cell.decode("utf-8", "replace")
        case _:
            yield str(cell)


def _opened(text: str, name: str | None, contract: Contract, column: Column, keys: Keyring | None) -> str | None:
    if name is None or keys is None or not text.startswith("enc:"):
        return None
    parts = parse(text)
    key = keys.data_keys.get(parts.kid) if parts else None
    if parts is None or key is None:
        return None
    plain = unseal(parts, key=key, bound_to=additional_data(contract.table, column.name, name))
    return plain.decode("utf-8", "replace") if plain is not None else None


def _is_telling(value: str, column: Column) -> bool:
    """Whether a value would give something away: short words and numbers stand on any page."""
    letters = any(c.isalpha() for c in value)
    if column.category.startswith("user.name"):
        return len(value.split()) > 1
    return len(value) >= _LEAST_TEXT if letters else sum(c.isdigit() for c in value) >= _LEAST_DIGITS


def _layers(text: str) -> Iterator[str]:
    """A text, and the texts that it hides behind one or two decodings."""
    yield text
    unescaped = html.unescape(text)
    if unescaped != text:
        yield unescaped
    unquoted = urllib.parse.unquote(unescaped)
    if unquoted != unescaped:
        yield unquoted
    if "\\u" in text:
        yield _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    inner = "\n".join(_decoded(unquoted))
    if inner:
        yield inner
        again = "\n".join(_decoded(inner))
        if again:
            yield again


def _decoded(text: str) -> Iterator[str]:
    for match in _HEX.finditer(text):
        yield from _if_text(bytes.fromhex(match[0]))
    for match in _BASE64.finditer(text):
        bare = match[0].rstrip("=").translate(str.maketrans("-_", "+/"))
        try:
            yield from _if_text(base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True))
        except binascii.Error:
            continue


def _if_text(raw: bytes) -> Iterator[str]:
    """Decoded bytes that read as text; whatever else they are, a value they are not."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return
    if text.isprintable():
        yield text
