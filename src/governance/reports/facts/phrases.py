"""Counts, places and problems of a run in one language, for the templates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from governance.policy import REST, Published
from governance.reports.facts import places
from governance.reports.facts.further_counts import Fact
from governance.reports.facts.trails import Lately, Trail
from governance.reports.facts.unlooked import SHOWN_NAMES, Unlooked
from governance.reports.language.dates import moment, spanned
from governance.reports.language.digits import numerals, share
from governance.reports.language.safe_names import visible
from governance.reports.language.words import Words
from governance.results import CheckResult, Period, Reason, RuleText

_WITHHELD = "(name withheld)"  # the substitute for a name that is itself a finding


def code(text: str) -> Markup:
    """An id, a name or a digest: left to right in any language, and nothing hidden in it."""
    return Markup('<bdi dir="ltr"><code>{}</code></bdi>').format(visible(text))


def isolated(text: str) -> Markup:
    """A name of a person or a title, isolated because it may run in either direction."""
    return Markup("<bdi>{}</bdi>").format(visible(text))


def prose(text: str) -> Markup:
    """A sentence of the policy files, with text between backticks as code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return Markup("{}").format(visible(text))
    return Markup("").join(code(part) if place % 2 else visible(part) for place, part in enumerate(parts))


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases of one language."""

    words: Words

    def expectation(self, rule: RuleText) -> str:
        """The expectation of a rule, as suites name it; "" for a rule that was stored without it."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", rule.expectation).lower()

    def counted(self, counts: Iterable[tuple[str, int]]) -> str:
        """Counts with their units, such as "37 rows, 2 columns"."""
        return self.words.listed([self.words.say(f"unit.{unit}", n=count) for unit, count in counts])

    def over(self, unit: str, examined: int, places: int) -> str:
        return self.words.say("rule.over", counted=self.counted([(unit, examined)]), places=self.places(places))

    def places(self, count: int) -> str:
        return self.words.say("actions.places", n=count)

    def found(self, check: CheckResult) -> str:
        """The violations out of the examined, and the waived out of these; "" for a check that examined nothing."""
        evidence = check.evidence
        if not evidence.examined and not evidence.violations:
            return ""
        part = share(evidence.violations, evidence.examined, self.words.language) if evidence.violations else ""
        found = self.words.say(
            "rule.violations_share" if part else "rule.violations_of",
            violations=evidence.violations,
            examined=self.counted([(evidence.unit, evidence.examined)]),
            share=part,
        )
        if not check.waived:
            return found
        return self.words.say("rule.waived", found=found, waived=check.waived, violations=evidence.violations)

    def plain_place(self, check: CheckResult) -> str:
        """The place of a check, as text."""
        if check.table == REST:
            return self.words.say("place.rest_tables")
        return places.place(check) or self.words.say("place.none")

    def place(self, check: CheckResult) -> Markup:
        """The place of a check."""
        if not check.table:
            return Markup("<span>{}</span>").format(self.words.say("place.none"))
        name = code(places.place(check))
        if check.table == REST:
            return Markup("{}").format(self.words.say("place.rest_tables"))
        if check.column == REST:
            return name + Markup(" <small>{}</small>").format(self.words.say("place.rest_columns"))
        return name

    def named(self, group: str, name: str) -> Markup | str:
        """The word for a code of the results; a code without a word is shown itself."""
        return self.words.named(group, name) or code(name)

    def kind(self, name: str) -> Markup:
        """A kind of data; `national_id/KW` is one as a region writes it."""
        kind, _, region = name.partition("/")
        shown = Markup("{}").format(self.named("problem", kind))
        return shown + Markup(" ({})").format(code(region)) if region else shown

    def problems(self, check: CheckResult) -> list[Markup]:
        """The problems with counts, most frequent first."""
        ordered = places.by_frequency(check.evidence.problems)
        return [self.words.mark("rule.tallied", name=self.named("problem", problem), n=n) for problem, n in ordered]

    def columns(self, check: CheckResult) -> list[Markup]:
        """The columns of a whole table in which a check found violations, most frequent first."""
        ordered = places.by_frequency(check.evidence.columns)
        return [self.words.mark("rule.tallied", name=self._name(name), n=n) for name, n in ordered]

    def names(self, check: CheckResult) -> list[Markup | str]:
        """The undeclared columns or tables that a check found."""
        return [self._name(name) for name in check.evidence.names]

    def _name(self, name: str) -> Markup | str:
        return self.words.say("place.withheld") if name == _WITHHELD else code(name)

    def fact(self, fact: Fact) -> Markup:
        """A further count of a rule, with the place that it tells of."""
        name = self.named("fact", fact.name)
        if fact.at is None:
            return self.words.mark("rule.tallied", name=name, n=fact.count)
        return self.words.mark("rule.tallied_at", name=name, place=self.place(fact.at), n=fact.count)

    def result(self, found: Sequence[tuple[str, int]], waived: Sequence[tuple[str, int]]) -> str:
        """All violations of a rule against the limit of zero."""
        if not found:
            return self.words.say("rule.clean")
        key = "rule.limit_waived" if waived else "rule.limit"
        return self.words.say(key, found=self.counted(found), waived=self.counted(waived))

    def reason(self, check: CheckResult) -> str:
        """The reason of a verdict, unless the verdict alone shows it."""
        plain = {Reason.VIOLATED, Reason.HOLDS}
        if check.reason in plain:
            return ""
        text = self.words.say(f"reason.{check.reason}")
        if not check.evidence.lacks:
            return text
        clauses = self.words.listed(list(check.clauses)) or self.words.say(f"{check.apart}.name")
        return self.words.say(
            "rule.lacks", reason=text, lacks=self.words.listed(list(check.evidence.lacks)), clauses=clauses
        )

    def unlooked(self, cause: Unlooked) -> list[Markup]:
        """What a cause kept from being looked at, by name."""
        places = (self.place(check) if check.table else code(check.rule) for check in cause.places)
        named = [*(code(name) for name in cause.lacks), *places]
        more = len(named) - SHOWN_NAMES
        return [*named[:SHOWN_NAMES], *([self.words.mark("unlooked.more", n=more)] if more > 0 else [])]

    def codes(self, names: Iterable[str]) -> Markup:
        """Several ids or names."""
        return escape(self.words.say("separator")).join(code(name) for name in names)

    def touches(self, check: CheckResult) -> Markup | str:
        """Which of several clauses the violations concern, and how many of them concern none."""
        if len(check.clauses) < 2 and not (check.clauses and check.silent):
            return ""
        parts = [self.words.mark("rule.touched", clause=code(name), n=count) for name, count in check.concerns]
        parts += [self.words.mark("rule.silent", n=check.silent)] if check.silent else []
        return escape(self.words.say("separator")).join(parts)

    def reasons(self, reasons: Iterable[str]) -> str:
        return self.words.listed([self.words.say(f"reason.{reason}") for reason in reasons])

    def part(self, part: int, whole: int) -> str:
        """A part of a whole, with its share."""
        percent = share(part, whole, self.words.language)
        return f"{self.words.number(part)} ({percent})" if percent else self.words.number(part)

    def judged(self, code_text: str) -> Markup | str:
        """The word for a verdict, reason or problem; a code without a word is shown itself."""
        return self.words.judged(code_text) or code(code_text)

    def trail(self, trail: Trail) -> str:
        """A row of icons in words."""
        verdicts = [
            self.words.say(f"verdict.{step.verdict}" if step.verdict else "trail.unknown") for step in trail.steps
        ]
        return self.words.say("trail.text", n=len(verdicts), verdicts=self.words.listed(verdicts))

    def lately(self, lately: Lately) -> Markup:
        """Since when a verdict stands, and which runs could not tell; "" where nothing is known."""
        days = Markup("{}").format(self.words.say("separator")).join(self.day(step.as_of) for step in lately.unseen)
        unseen = self.words.mark("trail.unseen", days=days) if lately.unseen else Markup("")
        if lately.since:
            return self.words.mark("trail.since", day=self.day(lately.since.as_of)) + unseen
        known = any(step.verdict for step in lately.unseen)
        if lately.turned:
            return self.words.mark("trail.new_lately" if unseen else "trail.new") + unseen
        return self.words.mark("trail.first_seen") + unseen if known else Markup("")

    def run(self, number: int, as_of: str) -> str:
        """A run by its number in the log and its day."""
        at = moment(as_of, self.words.language)
        day = at.jalali if self.words.language == "fa" else at.gregorian
        return self.words.say("trail.run", number=number, day=day)

    def numerals(self, text: str) -> str:
        """A section's number or a version in the page's digits."""
        return numerals(visible(text), self.words.language)

    def moment(self, iso: str) -> Markup:
        """A moment in both calendars."""
        at = moment(iso, self.words.language)
        gregorian = Markup('<bdi dir="ltr">{}</bdi>').format(at.gregorian)
        text = self.words.mark("moment", jalali=at.jalali, time=at.time, gregorian=gregorian)
        return Markup('<time datetime="{}">{}</time>').format(at.iso, text)

    def day(self, iso: str) -> Markup:
        """A day in both calendars."""
        at = moment(iso, self.words.language)
        gregorian = Markup('<bdi dir="ltr">{}</bdi>').format(at.gregorian)
        text = self.words.mark("day", jalali=at.jalali, gregorian=gregorian)
        return Markup('<time datetime="{}">{}</time>').format(at.gregorian, text)

    def period(self, found: Period) -> Markup:
        """A span of days in both calendars."""
        persian, gregorian = spanned(found, self.words.language)
        days = Markup('<bdi dir="ltr">{}</bdi>').format(gregorian)
        text = self.words.mark("day", jalali=persian, gregorian=days) if persian else days
        return Markup('<span class="period">{}</span>').format(text)

    def link(self, address: str, text: Markup | str) -> Markup:
        return Markup('<a href="{}">{}</a>').format(address, text)

    def published(self, published: Published) -> Markup:
        """The title of the published text, linked if its address is a web page."""
        title = Markup("<bdi>{}</bdi>").format(published.title)
        if not published.url.startswith(("https://", "http://")):
            return title
        return Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(published.url, title)
