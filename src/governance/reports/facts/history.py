"""The summary of a run in the log: verdicts, texts and limits by clause and rule, to compare later runs with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from governance.results import APART, CheckResult, Results, Verdict, worst

_FINGERPRINT = 16  # characters of a digest that distinguish two texts


@dataclass(frozen=True, slots=True)
class Past:
    """One run: `clauses` are verdicts by clause, `texts` and `limits` short digests by clause and by rule.

    Among `clauses`, the places apart have their own names. `rules` are verdicts and `found` the violations by rule;
    runs logged by earlier versions have neither.
    """

    policy: str
    version: str
    as_of: str
    verdict: str
    rows: int
    violations: int
    checks: Mapping[str, int]
    clauses: Mapping[str, str]
    texts: Mapping[str, str]
    limits: Mapping[str, str]
    rules: Mapping[str, str] = field(default_factory=dict)
    found: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, results: Results) -> Past:
        """The summary of a run for the log."""
        policy = results.policy
        by_rule: dict[str, list[CheckResult]] = {}
        for check in results.checks:
            by_rule.setdefault(check.rule, []).append(check)
        return cls(
            policy=policy.id,
            version=policy.version,
            as_of=results.as_of,
            verdict=results.verdict.value,
            rows=results.source.rows,
            violations=_violations(results.checks),
            checks={verdict.value: count for verdict, count in results.counts().items()},
            clauses={
                **{clause.id: _on(results, clause.id) for clause in policy.clauses},
                **{place: _standing(results.of_place(place)) for place in APART if results.of_place(place)},
            },
            texts={clause.id: clause.fingerprint[:_FINGERPRINT] for clause in policy.clauses},
            limits={rule.id: _digest(rule.limits) for rule in policy.rules},
            rules={rule: _standing(checks) for rule, checks in by_rule.items()},
            found={rule: _violations(checks) for rule, checks in by_rule.items()},
        )

    def summary(self) -> dict[str, Any]:
        """As JSON, for the log and the attestation."""
        return asdict(self)

    @classmethod
    def read(cls, summaries: Iterable[Mapping[str, Any]], policy: str) -> tuple[Past, ...]:
        """The runs of one policy among the summaries of a log; summaries of another format are skipped."""
        known = {one.name for one in fields(cls)}
        needed = known - {"rules", "found"}
        return tuple(cls(**one) for one in summaries if needed <= set(one) <= known and one["policy"] == policy)


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes between two runs: clauses by verdict and by text, rules by limit.

    `seen` are violated clauses of which the earlier run could not tell.
    """

    violated: tuple[str, ...]
    seen: tuple[str, ...]
    fixed: tuple[str, ...]
    unevaluated: tuple[str, ...]
    texts: tuple[str, ...]
    limits: tuple[str, ...]

    @classmethod
    def between(cls, before: Past, after: Past) -> Changes:
        """`fixed` clauses hold again, `violated` and `unevaluated` ones no longer hold; new ones count as changed."""
        failed, unknown = Verdict.FAILED.value, {Verdict.ERROR.value, Verdict.NOT_EVALUATED.value}
        was, now = before.clauses, after.clauses
        return cls(
            violated=tuple(c for c, v in now.items() if v == failed and was.get(c) not in {failed, *unknown}),
            seen=tuple(c for c, v in now.items() if v == failed and was.get(c) in unknown),
            fixed=tuple(c for c, v in now.items() if was.get(c) == failed and v != failed and v not in unknown),
            unevaluated=tuple(c for c, v in now.items() if v in unknown and was.get(c) not in unknown),
            texts=_differing(before.texts, after.texts),
            limits=_differing(before.limits, after.limits),
        )

    def __bool__(self) -> bool:
        return any([self.violated, self.seen, self.fixed, self.unevaluated, self.texts, self.limits])


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for name in sorted({*before, *after}) if before.get(name) != after.get(name))


def _on(results: Results, clause: str) -> str:
    """The verdict on a clause, violated before all others."""
    return Verdict.FAILED.value if clause in results.touched else results.clause_verdict(clause).value


def _standing(checks: Sequence[CheckResult]) -> str:
    """The verdict of these checks, violated before all others."""
    return (Verdict.FAILED if any(check.violates for check in checks) else worst(one.verdict for one in checks)).value


def _violations(checks: Iterable[CheckResult]) -> int:
    """The violations that need action: all but waived ones."""
    return sum(check.evidence.violations for check in checks if check.violates)


def _digest(limits: Iterable[tuple[str, str]]) -> str:
    text = "\0".join(f"{name}={value}" for name, value in limits)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_FINGERPRINT]
