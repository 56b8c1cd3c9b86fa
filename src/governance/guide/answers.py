"""The answers to each section's question: a table and a chart, made from a stored run alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from governance.guide.cell_charts import CellChart, bars, matrix
from governance.guide.steps import problems
from governance.guide.tables import Cell, Id, Table
from governance.policy import Classification, Column, Purpose, Role, covers
from governance.reports import words
from governance.reports.charts.colours import LIGHT, TONE
from governance.reports.charts.specs import Bar, Tile
from governance.reports.facts.register_views import editions
from governance.reports.facts.series import series_of
from governance.reports.facts.views import rule_views
from governance.results import CheckResult, PolicyText, Results, Verdict, worst

_SHADES = {"public": "#9fb3c8", "internal": "#6b8cae", "confidential": "#8a4b00", "restricted": "#86207f"}
ENCRYPTED: Final = "encrypted"  # the kind of the rules that say which columns are encrypted
_PERSONAL = "user"


def collected(results: Results, language: str) -> Table:
    """The declared content of each table, and its number of violations."""
    rows = []
    for contract in results.policy.contracts:
        kinds = [column.classification for column in contract.columns]
        found = sum(check.evidence.violations for check in results.checks if check.table == contract.table)
        personal = sum(covers(_PERSONAL, column.category) for column in contract.columns)
        rows.append((Id(contract.table), len(kinds), personal, kinds.count(Classification.RESTRICTED), found))
    return Table.of(language, ("table", "columns", "personal", "encrypted", "violations"), rows, "collected")


def collected_chart(results: Results, language: str) -> CellChart:
    """The declared columns of each table by classification."""
    say = words(language)
    rows = [
        Bar(contract.table, say.say(f"notebook.{kind}"), n)
        for contract in results.policy.contracts
        for kind in Classification
        if (n := sum(column.classification is kind for column in contract.columns))
    ]
    shades = {say.say(f"notebook.{kind}"): _SHADES[kind] for kind in Classification}
    text = say.say("notebook.chart_collected")
    return bars(rows, shades, axis=say.say("notebook.columns"), text=text, language=language)


def purposes(results: Results, language: str) -> Table:
    """Each purpose: its clauses, the categories that it may use, and the roles that act for it."""
    rows = [
        (
            purpose.title[language],
            Id(purpose.use),
            tuple(purpose.clauses),
            tuple(role.id for role in results.policy.roles if _serves(role, purpose)),
            tuple(purpose.categories),
        )
        for purpose in results.policy.purposes
    ]
    return Table.of(language, ("purpose", "use", "clauses", "roles", "categories"), rows, "purposes")


def purposes_chart(results: Results, language: str) -> CellChart:
    """Purposes × roles: how many columns a role may read for a purpose."""
    policy = results.policy
    tiles = [
        Tile(role.title[language], purpose.title[language], _readable(policy, role, purpose))
        for purpose in policy.purposes
        for role in policy.roles
    ]
    return matrix(tiles, text=words(language).say("notebook.chart_purposes"), language=language)


def _serves(role: Role, purpose: Purpose) -> bool:
    return any(covers(own, purpose.use) or covers(purpose.use, own) for own in role.purposes)


def _readable(policy: PolicyText, role: Role, purpose: Purpose) -> int:
    if not _serves(role, purpose):
        return 0
    return sum(
        role.id in contract.roles and role.covers(column.category) and _touches(purpose, column)
        for contract in policy.contracts
        for column in contract.columns
    )


def _touches(purpose: Purpose, column: Column) -> bool:
    """Whether a column may be used for a purpose: its contract names it, and the policy allows the category."""
    named = any(covers(purpose.use, use) or covers(use, purpose.use) for use in column.purposes)
    return named and any(covers(category, column.category) for category in purpose.categories)


def shared(results: Results, language: str) -> Table:
    """Each recipient: what it may receive, what it received, until when, and the verdict of its checks."""
    rows = [
        (
            agreement.title[language],
            _rows_of(results, agreement.payload),
            _verdict(check for check in results.checks if check.table == agreement.payload),
            tuple(agreement.columns),
            tuple(agreement.purposes),
            Id(agreement.valid_until),
        )
        for agreement in results.policy.agreements
    ]
    columns = ("recipient", "rows_given", "verdict", "columns_given", "purposes_given", "until")
    return Table.of(language, columns, rows, "shared")


def shared_chart(results: Results, language: str) -> CellChart:
    """How many rows each recipient received, and how many of them violate a rule."""
    say = words(language)
    rows = []
    for agreement in results.policy.agreements:
        given = _rows_of(results, agreement.payload)
        broken = max((c.evidence.violations for c in results.checks if c.table == agreement.payload), default=0)
        rows += _split(agreement.title[language], broken, given, language)
    text = say.say("notebook.chart_shared")
    return bars(rows, _kept(language), axis=say.say("notebook.rows_given"), text=text, language=language)


def encryption(results: Results, language: str) -> Table:
    """Each encrypted column: what is proven, from how many values, and the problems."""
    say = words(language)
    rows: list[tuple[Cell, ...]] = []
    for check in _of_kind(results, ENCRYPTED):
        facts = dict(check.evidence.facts)
        reason = say.listed(problems(check.evidence.problems, language)) or say.say(f"reason.{check.reason}")
        counts = (facts.get("values", 0), facts.get("distinct", 0), facts.get("decrypted", 0))
        rows.append((Id(f"{check.table}.{check.column}"), check.verdict, reason, *counts))
    columns = ("column", "verdict", "reason", "values", "distinct", "decrypted")
    return Table.of(language, columns, rows, "encryption")


def encryption_chart(results: Results, language: str) -> CellChart:
    """The values of each encrypted column: proven by decryption, in the declared form, or wrong."""
    say = words(language)
    proven, consistent, wrong = (say.say(f"notebook.{name}") for name in ("proven", "consistent", "wrong"))
    rows = []
    for check in _of_kind(results, ENCRYPTED):
        facts = dict(check.evidence.facts)
        bad, opened = check.evidence.violations, facts.get("decrypted", 0)
        rest = max(facts.get("values", check.evidence.examined) - opened - bad, 0)
        name = f"{check.table}.{check.column}"
        rows += [Bar(name, group, n) for group, n in ((wrong, bad), (consistent, rest), (proven, opened)) if n]
    shades = {wrong: LIGHT[Verdict.FAILED], consistent: LIGHT[Verdict.WAIVED], proven: LIGHT[Verdict.PASSED]}
    text = say.say("notebook.chart_encryption")
    return bars(rows, shades, axis=say.say("notebook.values"), text=text, language=language)


def rights(results: Results, language: str) -> Table:
    """Each rule of the section: how many requests or events were examined, how many were not honoured, and why."""
    say = words(language)
    rows = []
    for view in rule_views(results):
        reasons = [say.say(f"reason.{reason}") for reason in view.reasons]
        causes = say.listed([*problems(view.problems, language), *reasons])
        rows.append((view.rule.title[language], _verdict(view.checks), view.examined, view.found_in_all, causes))
    return Table.of(language, ("right", "verdict", "examined", "violations", "reason"), rows, "rights")


def rights_chart(results: Results, language: str) -> CellChart:
    """The requests of each right: honoured in time, or not."""
    say = words(language)
    rows = []
    for view in rule_views(results):
        # Messages and rows searched for residue are so many that requests would be invisible beside them.
        series = series_of(view)
        if series and series.name == "day":
            rows += _split(view.rule.title[language], view.found_in_all, view.examined, language)
    text = say.say("notebook.chart_rights")
    return bars(rows, _kept(language), axis=say.say("notebook.examined"), text=text, language=language)


def versions(results: Results, language: str) -> Table:
    """Each version of the policy: its start and the clauses that it changed."""
    rows = [
        (Id(one.version.version), Id(one.version.effective), one.differing, one.version.summary[language])
        for one in reversed(editions(results))
    ]
    return Table.of(language, ("version", "effective", "changed", "summary"), rows, "versions")


def versions_chart(results: Results, language: str) -> CellChart:
    """How many clauses each version changed and kept."""
    say = words(language)
    changed, same = say.say("notebook.changed"), say.say("notebook.unchanged")
    rows = []
    for one in reversed(editions(results)):
        name = say.say("notebook.version_of", version=one.version.version)
        differing = len(one.differing)
        rows += [Bar(name, changed, differing), Bar(name, same, len(one.version.clauses) - differing)]
    shades = {changed: TONE, same: _SHADES["public"]}
    text = say.say("notebook.chart_versions")
    return bars(rows, shades, axis=say.say("notebook.clauses"), text=text, language=language)


def attested(results: Results, language: str) -> Table:
    """The attestations: who vouches for what no data can show, and until when."""
    rows = [
        (Id(vouched.clause), vouched.by, vouched.role, vouched.statement[language], Id(vouched.on), Id(vouched.until))
        for vouched in results.policy.attestations
    ]
    return Table.of(language, ("clause", "by", "role", "attests", "since", "until"), rows, "attested")


def _split(name: str, broken: int, examined: int, language: str) -> list[Bar]:
    say = words(language)
    broken = min(broken, examined)
    parts = (("notebook.broken", broken), ("notebook.kept", examined - broken))
    return [Bar(name, say.say(key), n) for key, n in parts if n]


def _kept(language: str) -> dict[str, str]:
    say = words(language)
    return {say.say("notebook.broken"): LIGHT[Verdict.FAILED], say.say("notebook.kept"): LIGHT[Verdict.PASSED]}


def _verdict(checks: Iterable[CheckResult]) -> Verdict:
    found = [check.verdict for check in checks]
    return worst(found) if found else Verdict.NOT_EVALUATED


def _rows_of(results: Results, table: str) -> int:
    return next((read.rows for read in results.source.tables if read.name == table), 0)


def _of_kind(results: Results, kind: str) -> list[CheckResult]:
    named = {rule.id for rule in results.policy.rules if rule.kind == kind}
    return [check for check in results.checks if check.rule in named]
