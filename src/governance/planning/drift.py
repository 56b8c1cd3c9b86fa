"""Changes of the policy's text: suspect checks, differences word by word, and reviews."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from pathlib import Path
from typing import Literal

from governance.arguments import PathInput, path_of
from governance.errors import UsageError, but_found
from governance.planning.checks import Plan, stale
from governance.planning.coverage import Untested, unrecorded_changes, untested
from governance.policy import Attestation, ColumnReview, Policy, Review, Waiver, fingerprint, in_force, read_prose
from governance.policy.migration import FORMAT
from governance.policy.strict_yaml import Problems, read_file
from governance.regular_files import read_regular
from governance.results import Reason
from governance.spelling import is_a_name, normalise

REVIEWS = "reviews.yaml"
PROSE = "policy.fa.md"
_HEAD = (
    "# Which rule was judged against which text of a clause; written by `governance policy review` only.\n"
    f"format: {FORMAT}\n"
)
Piece = tuple[Literal["same", "removed", "added"], str]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A rule that was reviewed against another text of a clause, or never, and its checks, which cannot pass."""

    clause: str
    rule: str
    reason: Reason
    checks: tuple[str, ...]
    review: Review | None


@dataclass(frozen=True, slots=True)
class Status:
    """The status of the policy's files at a time; `moved`: whether the published text differs, None if not compared."""

    policy: Policy
    as_of: datetime
    suspects: tuple[Suspect, ...]
    unrecorded: tuple[str, ...]
    untested: tuple[Untested, ...]
    moved: bool | None = None

    @property
    def drifted(self) -> bool:
        """Whether something needs a person's action."""
        return bool(self.suspects or self.unrecorded or self.moved)

    def waivers(self, *, standing: bool) -> tuple[Waiver, ...]:
        """The waivers in force, or those without effect."""
        return tuple(w for w in self.policy.waivers if in_force(w.since, w.until, self.as_of) is standing)

    @property
    def ended(self) -> tuple[tuple[ColumnReview, str], ...]:
        """The reviews of columns that are without effect, each with the reason."""
        return ended_reviews(self.policy, self.as_of)

    def attestations(self, *, standing: bool) -> tuple[Attestation, ...]:
        """The attestations in force, or the others."""
        return tuple(a for a in self.policy.attestations if in_force(a.on, a.until, self.as_of) is standing)


def status(plan: Plan, as_of: datetime, published: PathInput | None = None) -> Status:
    """The status of a policy; `published` is a copy of the real page, compared by its digest."""
    moved = None
    if published is not None:
        try:
            digest = hashlib.sha256(read_regular(path_of(published, "published"), follow=True)).hexdigest()
        except OSError:
            raise UsageError("expected a readable file, found none.", argument="published", given=published) from None
        moved = digest != plan.policy.published.sha256
    return Status(
        policy=plan.policy,
        as_of=as_of,
        suspects=tuple(_suspects(plan)),
        unrecorded=unrecorded_changes(plan.policy),
        untested=untested(plan),
        moved=moved,
    )


def ended_reviews(policy: Policy, as_of: datetime) -> tuple[tuple[ColumnReview, str], ...]:
    """The reviews of columns that are without effect at a time, each with the reason."""
    found = ((one, one.ended(policy.tables.get(one.column.partition("/")[0]), as_of)) for one in policy.column_reviews)
    return tuple((one, why) for one, why in found if why)


def _suspects(plan: Plan) -> Iterator[Suspect]:
    reviews = {(review.rule, review.clause): review for review in plan.policy.reviews}
    for clause in plan.policy.clauses:
        for rule in plan.policy.rules:
            reason = stale(rule, plan.policy, clause.id)
            if reason is not None:
                checks = tuple(check.id for check in plan.checks if check.rule is rule)
                yield Suspect(clause.id, rule.id, reason, checks, reviews.get((rule.id, clause.id)))


def review(policy: Policy, folder: Path, clauses: Collection[str], *, by: str, on: str) -> tuple[Review, ...]:
    """Record that every rule of these clauses was reviewed against their present text; returns the new reviews."""
    _check_name(by)
    prints = {clause.id: clause.fingerprint for clause in policy.clauses}
    for name in clauses:
        if name not in prints:
            raise UsageError(f"Expected a clause of the policy, {but_found(name, prints)}")
    kept = {(known.rule, known.clause): known for known in policy.reviews}
    new = []
    for rule in policy.rules:
        for clause in rule.clauses:
            known = kept.get((rule.id, clause))
            if clause in clauses and (known is None or known.fingerprint != prints[clause]):
                kept[rule.id, clause] = Review(rule.id, clause, prints[clause], by.strip(), on)
                new.append(kept[rule.id, clause])
    order = [(rule.id, clause) for rule in policy.rules for clause in rule.clauses if (rule.id, clause) in kept]
    _write(folder, [kept[key] for key in order], policy.column_reviews)
    return tuple(new)


def review_column(policy: Policy, folder: Path, review: ColumnReview) -> None:
    """Record that the suspects of a column were judged, in place of an earlier review of it."""
    _check_name(review.by)
    others = {known.column: known for known in policy.column_reviews} | {review.column: review}
    _write(folder, policy.reviews, [others[column] for column in sorted(others)])


def _check_name(by: str) -> None:
    if not is_a_name(by):
        raise UsageError("expected the name of whoever reviewed, in one line, found none.", argument="by")


def _write(folder: Path, reviews: Collection[Review], columns: Collection[ColumnReview]) -> None:
    (folder / REVIEWS).write_text(_HEAD + _reviews_yaml(reviews) + _columns_yaml(columns), "utf-8")


def _columns_yaml(columns: Collection[ColumnReview]) -> str:
    lines = [
        f"  - {{column: {_quoted(c.column)}, fingerprint: {_quoted(c.fingerprint)}, share: {c.share}, "
        f"by: {_quoted(c.by)}, date: {_quoted(c.on)}, until: {_quoted(c.until)}}}\n"
        for c in columns
    ]
    return "columns:\n" + "".join(lines) if lines else ""


def _reviews_yaml(reviews: Collection[Review]) -> str:
    lines = [
        f"  - {{rule: {r.rule}, clause: {r.clause}, fingerprint: {_quoted(r.fingerprint)}, "
        f"by: {_quoted(r.by)}, date: {_quoted(r.on)}}}\n"
        for r in reviews
    ]
    return "reviews:\n" + "".join(lines) if lines else "reviews: []\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """The change of a sentence between two texts, word by word."""

    id: str
    what: Literal["added", "removed", "changed"]
    pieces: tuple[Piece, ...]


def read_texts(path: PathInput) -> dict[str, str]:
    """The sentences by id of a text: its file, or the project or `expectations` folder that holds it."""
    path = path_of(path, "path")
    candidates = [path, path / PROSE, path / "expectations" / PROSE]
    found = next((candidate for candidate in candidates if candidate.is_file()), None)
    if found is None:
        raise UsageError(f"{path}: expected the text of a policy, or a folder with {PROSE}, found none.")
    problems = Problems()
    raw = read_file(found, str(path), problems)
    texts = read_prose(raw or b"", str(path), problems)
    problems.stop()
    return {key: str(node.value) for key, node in texts.items()}


def differences(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[ClauseChange, ...]:
    """Every sentence that was added, removed or changed, in the new text's order; spelling alone is no change."""
    changes = [
        ClauseChange(key, "added" if key not in old else "changed", words(old.get(key, ""), text))
        for key, text in new.items()
        if key not in old or fingerprint(old[key]) != fingerprint(text)
    ]
    removed = [ClauseChange(key, "removed", words(text, "")) for key, text in old.items() if key not in new]
    return (*changes, *removed)


def words(old: str, new: str) -> tuple[Piece, ...]:
    """The words kept, removed and added; words that differ in spelling only are equal."""
    before, after = old.split(), new.split()
    matcher = SequenceMatcher(None, [normalise(w) for w in before], [normalise(w) for w in after], autojunk=False)
    pieces: list[Piece] = []
    for tag, first, last, start, stop in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(("same", " ".join(after[start:stop])))
            continue
        if first < last:
            pieces.append(("removed", " ".join(before[first:last])))
        if start < stop:
            pieces.append(("added", " ".join(after[start:stop])))
    return tuple(pieces)
