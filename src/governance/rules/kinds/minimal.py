"""Kind `minimal`: a payload has the columns of its agreement, no personal data in free text, and each row a transfer
under an agreement in force, which tells how many rows it carried; no other payload exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from governance import detection
from governance.policy import REST
from governance.rules.kinds.classified import unannounced
from governance.rules.kinds.kind import Kind, Over, Places
from governance.rules.people.leads import people_tables

if TYPE_CHECKING:
    from governance.rules.kernel import Kernel
    from governance.rules.scope import Target


@dataclass(frozen=True, slots=True)
class Minimal:
    """No parameters: the register names the ledger of transfers and the pattern of payloads."""

    kind: ClassVar[str] = "minimal"


def _kernel(rule: Minimal, on: Target) -> Kernel:  # noqa: ARG001  it has none
    from governance.rules.cells.payloads import OtherTransfers, Payload

    if on.check.place is not None and on.check.place.table == REST:
        return OtherTransfers(on.check)
    contract = on.check.contract
    # Every column is searched for kinds that it is not declared for: free texts, and columns without a contract.
    kinds = {name: unannounced(contract.column(name) if contract else None) for name in on.schema.names}
    wanted = {name: own for name, own in kinds.items() if own}
    return Payload.of(on, wanted=wanted)


PROBLEMS = (
    "payload_without_agreement", "column_not_of_agreement", "column_beyond_purpose", "payload_without_transfer",
    "payload_of_other_transfer", "unregistered_payload", "recipient_in_other_letters", "unregistered_recipient",
    "gap_no_purpose", "purpose_not_of_policy", "gap_undated", "payload_not_of_recipient", "agreement_expired",
    "agreement_not_begun", "purpose_not_of_agreement", "row_count_not_of_payload", "payload_of_other_time",
)  # fmt: skip

KIND = Kind(
    parameters=Minimal,
    kernel=_kernel,
    places=Places.TABLES,
    expectation="ExpectPayloadToBeMinimal",
    problems=(*detection.PERSONAL_DATA, *PROBLEMS),
    of_data=lambda kind, _: kind,
    facts=dict.fromkeys(("columns", "columns_beyond", "transfers", "tables_beyond", "too_large"), Over.CHECK),
    besides=lambda _, policy: {*people_tables(policy), policy.register.transfers},
)
