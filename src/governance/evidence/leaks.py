"""The scan before a report is published: no file of it may hold a value that the contracts call confidential.

The tokens of the files are few: they are joined with the columns, each with those of its kind. A telephone is known by
its last digits, in columns of telephones only; a number by all of its nine digits or more; a text by six characters or
more, a name by two words or more. A sealed column is searched by its keyed tokens, and opened where it has none. So are
columns without a contract; and of any other column in which a check found something, what detection finds in its cells.
The content of the policy's own files is public. A message names a hit's file and column, never its value.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from governance.detection import DEFAULT, Detectors, classify
from governance.detection.digests import digests
from governance.detection.ids import Habits
from governance.detection.kinds.emails import EMAIL
from governance.detection.kinds.phones import PHONE
from governance.detection.subjects import candidates, phone
from governance.encryption.keys import Keyring
from governance.encryption.opening import SEALED
from governance.errors import EvidenceError
from governance.evidence.corpus import PHONE_DIGITS, Corpus, Place, tokens_of
from governance.evidence.decoding import readings, undone
from governance.policy import Classification, Column, Contract, Policy
from governance.results import CheckResult, Verdict
from governance.rules.batch import key_of, key_texts
from governance.rules.people.leads import habits_of, is_token, token_beside
from governance.rules.people.sealed import opened
from governance.sources import Source, shown_name
from governance.spelling import bare, bare_texts, bare_words

_SECRET = (Classification.CONFIDENTIAL, Classification.RESTRICTED)
_CATEGORIES: Final = {PHONE: "user.contact.phone_number", EMAIL: "user.contact.email"}
_LEAST_TEXT = 6
_LEAST_COUNT = 5  # digits of a number that is worth a look
_PARTED = r"(?:\d\D{0,6}){9}|[@&%\\]|[[({< ](?i:at)[])}> ]"
_PROVEN = 4  # sealed values of a batch that are opened to see that its tokens are theirs
_DIGEST = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{32,128}(?![0-9A-Za-z])")


def find_leaks(
    folder: Path,
    policy: Policy,
    source: Source,
    keys: Keyring | None,
    *,
    public: Iterable[str],
    embedded: str = "",
    own: Iterable[str] = (),
    checks: Collection[CheckResult] = (),
) -> None:
    """EvidenceError with the file, its line and the column if a value of a secret column stands in a file.

    `public` are texts with public content: the policy's files and the words of the pages. `embedded` is a text in many
    files that was made before any data was read, such as a font: it is not scanned. `own` are digests that the files
    show and that are not of single values, beside those of the `checks`, which say where something was found.
    """
    published, known = Corpus(), {*own, policy.digest, *(clause.fingerprint for clause in policy.clauses)}
    known.update(check.fingerprint for check in checks)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        raw = path.read_bytes()
        known.add(hashlib.sha256(raw).hexdigest())
        published.add(path.relative_to(folder).as_posix(), raw, embedded)
    search = _Search(published, [*public], known, keys, habits_of(policy), policy.detectors)
    secret = (
        (contract.table, *found)
        for contract, columns in _secret_columns(policy, source)
        for found in search.table(contract, columns, source)
    )
    others = (
        (table, *found)
        for table, columns in _other_columns(policy, source, checks).items()
        for found in search.others(table, columns, source)
    )
    for table, column, place in chain(secret, others):
        raise EvidenceError(
            f"{place}: expected no value of the data, found one of {shown_name(table)}.{shown_name(column.name)}; "
            "nothing was published (if a table or a column is named after it, rename that)."
        )


def _secret_columns(policy: Policy, source: Source) -> Iterator[tuple[Contract, list[Column]]]:
    schemas = source.schemas()
    for contract in policy.contracts:
        # What is beyond the limits, nobody read.
        held = {*schemas[contract.table].names} - {*source.beyond(contract.table)} if contract.table in schemas else ()
        columns = [column for column in contract.columns if column.name in held and column.classification in _SECRET]
        if columns:
            yield contract, columns


def _other_columns(policy: Policy, source: Source, checks: Iterable[CheckResult]) -> dict[str, list[Column]]:
    """By table, the columns that no contract declares, and those about which a check does not simply hold."""
    doubted = {
        (check.table, check.column)
        for check in checks
        if check.verdict not in {Verdict.PASSED, Verdict.ATTESTED} or check.evidence.review
    }
    declared = {contract.table: {one.name: one for one in contract.columns} for contract in policy.contracts}
    found = {}
    for table, schema in source.schemas().items():
        columns, whole = declared.get(table, {}), (table, "") in doubted
        names = [name for name in dict.fromkeys(schema.names) if name not in {*source.beyond(table)}]
        wanted = [name for name in names if name not in columns or whole or (table, name) in doubted]
        others = [columns.get(name) or _undeclared(name) for name in wanted]
        found[table] = [one for one in others if one.classification not in _SECRET or not one.clause]
    return {table: columns for table, columns in found.items() if columns}


def _undeclared(name: str) -> Column:
    """What is assumed of a column of which nobody said what it holds."""
    return Column(name, name, "string", "", Classification.CONFIDENTIAL, clause="")


@dataclass(repr=False)
class _Search:
    """The tokens of files, as sets that whole columns are joined with."""

    published: Corpus
    public: Sequence[str]
    own: Collection[str]
    keys: Keyring | None
    habits: Habits
    detectors: Detectors = DEFAULT

    def others(self, table: str, columns: Sequence[Column], source: Source) -> Iterator[tuple[Column, Place]]:
        """The columns that are not declared to be secret with a value in a file all the same, and where."""
        for batch in source.cells(table, [column.name for column in columns]):
            for column in columns:
                texts = _spelled(batch.column(column.name))
                if column.classification in _SECRET:
                    yield from ((column, place) for place in self._places(texts, column))
                yield from ((column, place) for place in self._found_in(texts, column))

    def _found_in(self, texts: Sequence[str], column: Column) -> Iterator[Place]:
        """Where cells with findings stand, or what was found in them, of those that share a token with the files."""
        if not texts:
            return
        spelled = pa.array(bare_texts(texts), pa.large_string())
        shares = self._possible(spelled, "") | _by_word(spelled, self._strange_words, np.logical_or)
        # Numbers and addresses may be parted otherwise here than there.
        apart = pc.match_substring_regex(pa.array(texts, pa.large_string()), _PARTED)
        for index in np.flatnonzero(shares | np.asarray(apart, dtype=bool)).tolist():
            text = texts[index]
            if not shares[index] and self._beside_public.isdisjoint(tokens_of(undone(text))):
                continue
            with suppress(ValueError):  # too long to be judged: then its check is an error
                findings = classify(text, label=column.name, among=self.detectors)
                for start, end, kind in {(0, len(text), ""), *((*one.span, one.kind) for one in findings)}:
                    of_kind = replace(column, category=_CATEGORIES.get(kind, ""), plaintext="")
                    said = readings(text[start:end].encode("utf-8", "surrogatepass")) if findings else ()
                    yield from self._places([one.text for one in said], of_kind)

    def table(self, contract: Contract, columns: Sequence[Column], source: Source) -> Iterator[tuple[Column, Place]]:
        """The columns of a table that have a value in a file, and where."""
        schema = source.schemas()[contract.table]
        beside = {column.name: token_beside(contract, column.name) for column in columns}
        wanted = dict.fromkeys(column.name for column in columns)
        wanted |= dict.fromkeys(key_of(contract, schema))
        wanted |= dict.fromkeys(name for name in beside.values() if name in schema.names)
        for batch in source.cells(contract.table, list(wanted)):
            row_keys = key_texts(batch, contract)
            for column in columns:
                cells, token = batch.column(column.name), beside[column.name]
                texts = _spelled(cells)
                if self.keys is not None:
                    named = batch.column(token) if token in wanted else None
                    rows = row_keys if row_keys is not None else pa.nulls(len(cells), pa.string())
                    texts += self._opened([cells, rows], named, contract, column, self.keys)
                    yield from ((column, place) for place in self._by_token(named, column, self.keys))
                yield from ((column, place) for place in self._places(texts, column))

    def _places(self, texts: Sequence[str], column: Column) -> Iterator[Place]:
        """Where values stand that are not public."""
        if not texts:
            return
        spelled = pa.array(bare_texts(texts), pa.large_string())
        kind = _kind(column)
        for index in np.flatnonzero(self._possible(spelled, kind)).tolist():
            words, text = spelled[index].as_py().split(), texts[index]
            place = self._find(self.published, words, text, column)
            if place and not self._find(self._known, words, text, column):
                yield place
        if kind and self._strange and not is_token(column):
            yield from self._by_digest(texts)

    def _possible(self, spelled: pa.Array, kind: str) -> np.ndarray[Any, Any]:
        """Which values may be found: their words, or their number, joined with those of the files all at once."""
        whole = pc.replace_substring(spelled, " ", "")
        digits = pc.utf8_is_decimal(whole)  # as `_find` tells numbers: ² and ① are digits, and no decimals
        found = pc.is_in(whole, self._numbers)
        if kind == PHONE:
            last = pc.utf8_slice_codeunits(whole, start=-PHONE_DIGITS)
            found = pc.or_(found, pc.is_in(last, self._last_digits))
        each = _by_word(spelled, self._words, np.logical_and)
        texts = pc.and_(pc.invert(digits), pc.or_(pa.array(each), pc.is_in(whole, self._words)))
        return np.asarray(pc.or_(found, texts), dtype=bool)

    def _find(self, corpus: Corpus, words: Sequence[str], text: str, column: Column) -> Place | None:
        whole = "".join(words)
        if whole.isdecimal():
            last = corpus.last_digits if _kind(column) == PHONE else {}
            return corpus.numbers.get(whole) or last.get(whole[-PHONE_DIGITS:])
        named = column.category.startswith("user.name")
        # One word without a digit is nobody's secret, and may be one of ours.
        if len(text.split()) < 2 if named else len(text) < _LEAST_TEXT or text.isalpha():
            return None
        # Without its space a short name would be found in other words.
        return corpus.find(words, *([[whole]] if len(whole) >= _LEAST_TEXT else []))

    def _by_digest(self, texts: Sequence[str]) -> Iterator[Place]:
        sizes = {len(digest) for digest in self._strange}
        for text in texts:
            # As a number is hashed with its country or without, both are made from the form with it.
            for spelled in {text, *self._with_country(text)}:
                yield from (self._strange[made] for made in digests(spelled, sizes) if made in self._strange)

    def _by_token(self, named: pa.Array | None, column: Column, keys: Keyring) -> Iterator[Place]:
        """Where values stand whose keyed tokens are in the column beside theirs."""
        kind = _kind(column)
        if named is None or not kind or not _is_text(named):
            return
        tokens = self._tokens(kind, keys)
        for token in pc.unique(named.filter(pc.is_in(named, pa.array(tokens, named.type)))).to_pylist():
            text, place = tokens[token]
            if not self._find_public(text, kind):
                yield place

    def _tokens(self, kind: str, keys: Keyring) -> Mapping[str, tuple[str, Place]]:
        if kind not in self._made:
            found = ((text, place) for written, place in self._written(kind) for text in self._canonical(written, kind))
            self._made[kind] = {keys.token(text): (text, place) for text, place in found}
        return self._made[kind]

    def _written(self, kind: str) -> Iterator[tuple[str, Place]]:
        """What the files say that may be a telephone's number or an address, in each form that it may be meant in."""
        if kind == EMAIL:
            yield from self.published.addresses.items()
            return
        for digits, place in {**self.published.dialled, **self.published.numbers}.items():
            last = digits[-PHONE_DIGITS:]
            yield from ((written, place) for written in (digits, last, f"+{digits}", f"0{last}"))

    def _canonical(self, text: str, kind: str) -> set[str]:
        """The texts that tokens are made of."""
        digits = text.removeprefix("+")
        if kind == PHONE and digits.isdecimal() and not self.habits.abroad:
            return set(self._with_country(digits))
        return {found for name, found in candidates(text, "", self.habits) if name == kind}

    def _with_country(self, text: str) -> Iterator[str]:
        """A number of the country whose numbers are written without it, with it."""
        if "IR" in self.habits.regions:
            yield from (found for _, found in phone(bare(text)))

    def _find_public(self, text: str, kind: str) -> bool:
        if kind == PHONE:
            return bare(text)[-PHONE_DIGITS:] in self._known.last_digits
        return self._known.find(bare_words(text)) is not None

    def _opened(
        self,
        kept: list[pa.Array],
        named: pa.Array | None,
        contract: Contract,
        column: Column,
        keys: Keyring,
    ) -> list[str]:
        """What the sealed cells of rows by key say, as far as the keys open them and no token says it already."""
        cells, tokens = kept[0], None
        if _is_text(cells):
            sealed = pc.match_substring_regex(cells, SEALED.pattern)
            kept = [array.filter(sealed) for array in kept]
            tokens = named.filter(sealed) if named is not None and _kind(column) and _is_text(named) else None

        def plain(cell: object, row: str | None) -> Iterator[str]:
            for text in _texts(cell):
                found = opened(contract, column.name, row, text, keys) if SEALED.match(text) else None
                if found:
                    yield found

        if tokens is not None and not self._strange:
            first = zip(*(array.slice(0, _PROVEN).to_pylist() for array in (*kept, tokens)), strict=True)
            if all(self._is_of(token, plain(cell, row), column, keys) for cell, row, token in first if token):
                kept = [array.filter(pc.is_null(tokens)) for array in kept]
        pairs = zip(*(array.to_pylist() for array in kept), strict=True)
        return [text for cell, row in pairs for text in plain(cell, row)]

    def _is_of(self, token: str, plain: Iterator[str], column: Column, keys: Keyring) -> bool:
        """Whether a token is made of the value beside it, in the spelling that is looked for."""
        return any(keys.token(text) == token for value in plain for text in self._canonical(value, _kind(column)))

    @cached_property
    def _known(self) -> Corpus:
        made = Corpus()
        for text in self.public:
            made.add("public", text.encode())
        return made

    @cached_property
    def _strange(self) -> Mapping[str, Place]:
        """The digests in the files that are neither ours nor public, by which no value was looked for yet."""
        known = {*self.own, *(digest for text in self.public for digest in _DIGEST.findall(text))}
        return {digest: place for digest, place in self.published.digests.items() if digest not in known}

    @cached_property
    def _beside_public(self) -> frozenset[str]:
        """The tokens of the files that are not public, but for small numbers, which anything may have."""
        found = self.published.tokens - self._known.tokens
        return frozenset(one for one in found if len(one) >= _LEAST_COUNT or not one.isdecimal())

    @cached_property
    def _strange_words(self) -> pa.Array:
        return pa.array(self._beside_public, pa.large_string())

    @cached_property
    def _made(self) -> dict[str, Mapping[str, tuple[str, Place]]]:
        return {}

    @cached_property
    def _words(self) -> pa.Array:
        return pa.array(self.published.vocabulary, pa.large_string())

    @cached_property
    def _numbers(self) -> pa.Array:
        return pa.array(self.published.numbers, pa.large_string())

    @cached_property
    def _last_digits(self) -> pa.Array:
        return pa.array(self.published.last_digits, pa.large_string())


def _by_word(spelled: pa.Array, among: pa.Array, gather: np.ufunc) -> np.ndarray[Any, Any]:
    """Of each value, whether all its words are among these, or any, as `gather` says."""
    words = pc.split_pattern(spelled, " ")
    known = np.asarray(pc.is_in(words.flatten(), among), dtype=bool)
    return np.asarray(gather.reduceat(known, np.asarray(words.offsets)[:-1]))


def _kind(column: Column) -> str:
    """The kind of values by the contract's category, "" for one that is compared as it is written."""
    for kind, category in _CATEGORIES.items():
        if column.plaintext == kind or f"{column.category}.".startswith(f"{category}."):
            return kind
    return ""


def _is_text(cells: pa.Array) -> bool:
    return bool(pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type))


def _spelled(cells: pa.Array) -> list[str]:
    """Every distinct cell of a column as text, every leaf of a nested one."""
    with suppress(pa.ArrowNotImplementedError):
        # Nested cells, and a few rare types, cannot be made distinct before they are text.
        cells = pc.unique(cells)
    if pa.types.is_integer(cells.type):
        cells = cells.cast(pa.string())
    return list(dict.fromkeys(text for cell in cells.to_pylist() for text in _texts(cell) if text))


def _texts(cell: object) -> Iterator[str]:
    """The texts in a cell: of a nested cell every leaf, of bytes their decoded text."""
    match cell:
        case None:
            return
        case str():
            yield cell
        case dict():
            for inner in cell.values():
                yield from _texts(inner)
        case list() | tuple():
            for inner in cell:
                yield from _texts(inner)
        case bytes():
            yield cell.decode("utf-8", "replace")
        case float() if cell.is_integer():
            yield str(int(cell))
        case _:
            yield str(cell)
