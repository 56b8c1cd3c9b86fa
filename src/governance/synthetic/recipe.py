"""The recipe of the worlds: sizes, time, staff and the story of the demo, read strictly from YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from governance.arguments import PathInput, path_of
from governance.policy.strict_yaml import Node, Problems
from governance.policy.strict_yaml import load as load_yaml

RATIOS = (
    "books",
    "transactions",
    "interactions",
    "reviews",
    "access_events",
    "subscriptions",
    "messages",
    "shared_payment_gateway",
    "shared_sms",
    "shared_email",
    "shared_analytics",
    "subject_requests",
)
DEMO_COUNTS = (
    "cards_in_notes",
    "codes_in_notes",
    "shebas_in_reviews",
    "emails_only_encoded",
    "reads_after_leaving",
    "reads_without_role",
    "transfers_by_ftp",
    "transfers_after_agreement",
    "offers_after_unsubscribing",
    "late_answers",
    "erased_in_reviews",
)


_TOP = ("seed", "rows", "locale", "least_books", "least_requests", "rows_a_transfer")


@dataclass(frozen=True, slots=True)
class Staffing:
    """How many people or services hold a role, the prefix of their ids, and their purposes (fideslang data uses)."""

    holders: int
    prefix: str
    purposes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Demo:
    """What went wrong in the demo month: counts at the recipe's default rows, and unauthorised readers."""

    counts: Mapping[str, int]
    curious_role: str
    undeclared_column: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """Sizes are per user; `period_days` end at `as_of`, and so do the `registration_days`, which are more."""

    seed: int
    rows: int
    locale: str
    as_of: datetime
    period_days: int
    registration_days: int
    without_email: float
    with_note: float
    ratios: Mapping[str, float]
    least_books: int
    least_requests: int
    rows_a_transfer: int
    staff: Mapping[str, Staffing]
    other_staff: Staffing
    demo: Demo

    @property
    def period_from(self) -> datetime:
        return self.as_of - timedelta(days=self.period_days)

    @property
    def registered_from(self) -> datetime:
        return self.as_of - timedelta(days=self.registration_days)

    def sizes(self, users: int) -> dict[str, int]:
        """Rows of each table that grows with the users."""
        sizes = {table: max(1, round(users * self.ratios[table])) for table in RATIOS}
        sizes["books"] = max(self.least_books, sizes["books"])
        sizes["subject_requests"] = max(self.least_requests, sizes["subject_requests"])
        return {"users": users, **sizes}

    def staffing(self, role: str) -> Staffing:
        """The staffing of a role, with a default for roles that the recipe doesn't name."""
        return self.staff.get(role, self.other_staff)


def load_recipe(path: PathInput) -> Recipe:
    """Read a recipe; PolicyError with every problem, located."""
    problems = Problems()
    root = load_yaml(path_of(path, "path"))
    top = problems.fields(root, [*_TOP, "time", "shares", "ratios", "staff", "demo"])
    time = _part(top, "time", ["as_of", "period_days", "registration_days"], problems)
    shares = _part(top, "shares", ["without_email", "with_note"], problems)
    ratios = _part(top, "ratios", RATIOS, problems)
    staff = {role: _staffing(node, problems) for role, node in problems.entries(top.get("staff"))}
    other = staff.pop("other", Staffing(2, "staff", ("essential.service.operations",)))
    recipe = Recipe(
        seed=problems.integer(top.get("seed"), default=0),
        rows=problems.integer(top.get("rows"), default=30, least=30),
        locale=problems.text(top.get("locale"), choices=["fa_IR"]),
        as_of=_moment(time.get("as_of"), problems),
        period_days=problems.integer(time.get("period_days"), default=1, least=1),
        registration_days=problems.integer(time.get("registration_days"), default=1, least=1),
        without_email=_share(shares.get("without_email"), problems),
        with_note=_share(shares.get("with_note"), problems),
        ratios={table: problems.number(ratios.get(table), default=1.0) for table in RATIOS},
        least_books=problems.integer(top.get("least_books"), default=1, least=1),
        least_requests=problems.integer(top.get("least_requests"), default=1, least=1),
        rows_a_transfer=problems.integer(top.get("rows_a_transfer"), default=1, least=1),
        staff=staff,
        other_staff=other,
        demo=_demo(top, problems),
    )
    if recipe.registration_days <= recipe.period_days and "registration_days" in time:
        problems.add(time["registration_days"], f"more days than the period's {recipe.period_days}")
    problems.stop()
    return recipe


def _part(
    top: Mapping[str, Node], key: str, required: tuple[str, ...] | list[str], problems: Problems
) -> dict[str, Node]:
    return problems.fields(top[key], required) if key in top else {}


def _staffing(node: Node, problems: Problems) -> Staffing:
    fields = problems.fields(node, ["holders", "purposes"], ["prefix"])
    return Staffing(
        holders=problems.integer(fields.get("holders"), default=1, least=1),
        prefix=problems.text(fields.get("prefix"), default="staff"),
        purposes=problems.texts(fields.get("purposes")) or ("essential.service.operations",),
    )


def _demo(top: Mapping[str, Node], problems: Problems) -> Demo:
    fields = _part(top, "demo", ["counts", "curious_role", "undeclared_column"], problems)
    counts = _part(fields, "counts", DEMO_COUNTS, problems)
    return Demo(
        counts={name: problems.integer(counts.get(name), default=1, least=1) for name in DEMO_COUNTS},
        curious_role=problems.text(fields.get("curious_role")),
        undeclared_column=problems.text(fields.get("undeclared_column")),
    )


def _share(node: Node | None, problems: Problems) -> float:
    share = problems.number(node, default=0.0)
    if share > 1 and node is not None:
        problems.add(node, "a share from 0 to 1")
    return share


def _moment(node: Node | None, problems: Problems) -> datetime:
    text = problems.text(node)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime(2000, 1, 1)  # noqa: DTZ001  has no offset, so it is reported below
    if moment.tzinfo is None and node is not None:
        problems.add(node, "a moment with its offset, such as 2026-11-22T00:00:00+00:00")
    return moment.astimezone(UTC)
