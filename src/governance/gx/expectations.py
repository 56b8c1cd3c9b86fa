"""Thin expectations, one a rule kind: each reads its own check's counts out of the one metric."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.validator.validator import ValidationDependencies

from governance.gx.metric import METRIC
from governance.gx.session import find_session


class GovernanceExpectation(BatchExpectation):  # type: ignore[misc]  # the library has no types
    """What the expectations share: `check` is an id of the plan, `session` is filled in by `load_suite`.

    The result holds `element_count` and `unexpected_count`, and no value in any result format.
    """

    check: str
    table: str
    session: str = ""

    metric_dependencies: ClassVar[tuple[str, ...]] = (METRIC,)
    success_keys: ClassVar[tuple[str, ...]] = ("check", "session")
    domain_keys: ClassVar[tuple[str, ...]] = ("batch_id",)
    domain_type: ClassVar[MetricDomainTypes] = MetricDomainTypes.TABLE

    def get_validation_dependencies(
        self, execution_engine: object = None, runtime_configuration: dict[str, Any] | None = None
    ) -> ValidationDependencies:
        # The same for all checks of a table, and the library takes milliseconds to find out.
        session = find_session(self.session)
        if session is None:
            return super().get_validation_dependencies(execution_engine, runtime_configuration)
        asked = f"{self.batch_id} {self.table} {runtime_configuration}"
        if asked not in session.dependencies:
            found = super().get_validation_dependencies(execution_engine, runtime_configuration)
            session.dependencies[asked] = found
        known = session.dependencies[asked]
        return ValidationDependencies(dict(known.metric_configurations), dict(known.result_format))

    @classmethod
    def is_abstract(cls) -> bool:
        return cls.__name__ == "GovernanceExpectation" or bool(super().is_abstract())

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,  # noqa: ARG002  the library's signature
        execution_engine: object = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        examined, violations, holds = metrics[METRIC][self.check]
        return {"success": holds, "result": {"element_count": examined, "unexpected_count": violations}}


class ExpectTableColumnsToBeDeclared(GovernanceExpectation):
    """Every column of a table, or every table of a source, stands in a data contract."""


class ExpectTableColumnsToBeClassified(GovernanceExpectation):
    """No column of a table holds personal data of the named detection kinds unless it is declared to."""

    kinds: list[str]


class ExpectColumnValuesToBeFreeOf(GovernanceExpectation):
    """No value of a column holds data of the named detection kinds."""

    column: str
    kinds: list[str]


class ExpectColumnValuesToBeEncrypted(GovernanceExpectation):
    """Every value of a column is a genuine envelope bound to its row."""

    column: str
    sample: int
    canaries: list[str]


class ExpectEncryptedValuesToHaveNoTwin(GovernanceExpectation):
    """No column of a table holds in clear, in any written form, what another column keeps encrypted."""


class ExpectAccessToBeAuthorised(GovernanceExpectation):
    """Every access to a column was by a holder of a role that may read it, at that time."""

    column: str
    events: str
    grants: str


class ExpectOffersToRespectUnsubscribing(GovernanceExpectation):
    """No offer was sent to an address that had unsubscribed by then."""

    subscriptions: str
    offers: list[str]
    notices: list[str]
    grace_days: int
    other_topics: list[str]


class ExpectTableToBeUnlinkable(GovernanceExpectation):
    """Nothing in a table leads to a person, and every combination of device families is shared by many visits."""

    k: int
    columns: list[str]
    session: str
    people: str


class ExpectErasedPeopleToBeGone(GovernanceExpectation):
    """Nothing in a table, in any written form, is of somebody who was erased, and no row refers to nobody."""

    requests: str
    people: str
    keeps: list[str]


class ExpectRectifiedValuesToBeGone(GovernanceExpectation):
    """Nothing in a table, in any written form, is a value that was put right since."""

    requests: str
    keeps: list[str]


class ExpectRequestsToBeFulfilled(GovernanceExpectation):
    """Every request of a person is answered, done in time, and done as it was asked."""

    right: str
    days: int
    items: str
    people: str
    records: list[str]


class ExpectAccessToBePurposed(GovernanceExpectation):
    """Every access was for a purpose that the policy, the column and a role then held all allow."""

    events: str
    grants: str


class ExpectGrantsToBeInOrder(GovernanceExpectation):
    """Every grant is of a known role, to somebody, with an end, and for emergencies on a ticket."""


class ExpectTransfersToBeUnpaid(GovernanceExpectation):
    """Every transfer went to a registered recipient, for nothing in return, and for no purpose like a sale."""

    nothing: list[str]
    sales: list[str]
    exempt: list[str]


class ExpectPayloadToBeMinimal(GovernanceExpectation):
    """A payload holds what its agreement names, for what the policy allows, and went out while it was in force."""

    transfers: str
    prefix: str


class ExpectTransfersToBeProtected(GovernanceExpectation):
    """Every transfer went over a protocol that protects it."""

    protocols: list[str]


class ExpectPolicyChangesToBeAnnounced(GovernanceExpectation):
    """Every change of the policy's text was announced before it took effect."""

    notice_days: int
    channels: list[str]


class ExpectClausesToBeAttested(GovernanceExpectation):
    """A named person vouches for the rule's clauses, at the time that decides."""


EXPECTATIONS: Final[Mapping[str, type[GovernanceExpectation]]] = {
    "announced": ExpectPolicyChangesToBeAnnounced,
    "attested": ExpectClausesToBeAttested,
    "declared": ExpectTableColumnsToBeDeclared,
    "classified": ExpectTableColumnsToBeClassified,
    "free_of": ExpectColumnValuesToBeFreeOf,
    "encrypted": ExpectColumnValuesToBeEncrypted,
    "untwinned": ExpectEncryptedValuesToHaveNoTwin,
    "authorised": ExpectAccessToBeAuthorised,
    "erased": ExpectErasedPeopleToBeGone,
    "rectified": ExpectRectifiedValuesToBeGone,
    "fulfilled": ExpectRequestsToBeFulfilled,
    "opted_out": ExpectOffersToRespectUnsubscribing,
    "unlinkable": ExpectTableToBeUnlinkable,
    "purposed": ExpectAccessToBePurposed,
    "granted": ExpectGrantsToBeInOrder,
    "never_sold": ExpectTransfersToBeUnpaid,
    "minimal": ExpectPayloadToBeMinimal,
    "protected_transport": ExpectTransfersToBeProtected,
}
