"""The proof that `governance prove` writes: whether each check finds exactly what was planted for it.

A proof holds for one version: it names the digests of the code, the policy files and the recipe that made it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from governance.errors import UsageError
from governance.regular_files import read_regular
from governance.spelling import canonical_json, strict_json

if TYPE_CHECKING:
    from cattrs import Converter

FORMAT = "governance-proof/2"
PROOF = "proof.json"  # in a run that was given a proof of its own version
Fired = tuple[tuple[str, int], ...]  # checks with their violations, in the order of their ids


@dataclass(frozen=True, slots=True)
class ProofInputs:
    """The digests of the inputs of a proof."""

    code: str
    policy: str
    recipe: str


@dataclass(frozen=True, slots=True)
class Planted:
    """One violation, planted alone into a small clean world: what should fire and what did.

    `shows` are the problems that were found, by rule kind and code.
    """

    kind: str
    form: str
    expected: Fired
    fired: Fired
    shows: tuple[tuple[str, str], ...] = ()

    @property
    def holds(self) -> bool:
        return self.expected == self.fired


@dataclass(frozen=True, slots=True)
class DeclaredProblem:
    """A problem that a rule kind declares: how many violations show it, or the reason why none can."""

    kind: str
    code: str
    shown: int
    reason: str = ""

    @property
    def holds(self) -> bool:
        """Whether it is either shown or has a reason why not."""
        return bool(self.shown) != bool(self.reason)


@dataclass(frozen=True, slots=True)
class Quality:
    """The quality of detection of one kind of data in one form: on `cases` of it, and on look-alikes."""

    kind: str
    form: str
    cases: int
    found: int
    lookalikes: int
    alarms: int


@dataclass(frozen=True, slots=True)
class SchemeOutcome:
    """The verdict on a scheme of encryption, genuine or fake: without a key, and with one."""

    scheme: str
    plaintext: str
    rows: int
    keyless: str
    keyed: str
    genuine: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """Everything that was proven of one version.

    `clean` are the checks that fire where nothing is planted, `together` those whose count in the planted world differs
    from its ledger, with both counts; a proof that holds has neither.
    """

    version: ProofInputs
    checks: tuple[str, ...]
    violations: tuple[Planted, ...]
    clean: Fired = ()
    together: tuple[tuple[str, int, int], ...] = ()
    quality: tuple[Quality, ...] = ()
    schemes: tuple[SchemeOutcome, ...] = ()
    problems: tuple[DeclaredProblem, ...] = ()
    format: str = FORMAT

    @property
    def unproven(self) -> tuple[str, ...]:
        """The checks that no violation fires."""
        fired = {check for planted in self.violations for check, _ in planted.fired}
        return tuple(check for check in self.checks if check not in fired)

    @property
    def unshown(self) -> tuple[DeclaredProblem, ...]:
        """The problems that no violation shows, without a reason, or that some show despite a reason."""
        return tuple(problem for problem in self.problems if not problem.holds)

    @property
    def holds(self) -> bool:
        """Whether every violation fires exactly its checks, and every check and problem has a violation."""
        astray = self.unproven or self.unshown or self.clean or self.together
        return bool(self.violations) and not astray and all(planted.holds for planted in self.violations)

    def to_json(self) -> str:
        return canonical_json(_converter().unstructure(self))


def load_proof(path: Path) -> Proof:
    """A proof as `prove` wrote it; UsageError for any other file."""
    try:
        text = read_regular(path, follow=True).decode()
        proof = _converter().structure(strict_json(text), Proof)
        if proof.format != FORMAT or proof.to_json() != text:
            raise ValueError("another format")
    except Exception as error:  # noqa: BLE001  the converter has a hierarchy of its own
        raise UsageError(
            f"expected what `governance prove --out` writes, found something else ({type(error).__name__}).",
            argument="proof",
            given=path,
        ) from None
    return proof


@cache
def _converter() -> Converter:
    from cattrs.preconf.json import make_converter  # noqa: PLC0415  half of this module's import time

    return make_converter(forbid_extra_keys=True)
