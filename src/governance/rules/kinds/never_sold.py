"""Kind `never_sold`: every transfer went to a registered recipient, for nothing in return, and for no purpose that
amounts to a sale or is defined nowhere.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from governance.policy import covers
from governance.policy.vocabulary import purpose_terms
from governance.rules.kinds.kind import Kind, Places, nothing
from governance.spelling import normalise, says_something

if TYPE_CHECKING:
    import pyarrow as pa

    from governance.rules.kernel import Kernel
    from governance.rules.scope import Target
    from governance.rules.tables.rowwise import Marks, Mask


ROLES = ("recipient", "purpose", "consideration", "consideration_amount")
# Words in a ledger for nothing in return.
NOTHING = (
    "none", "no", "nil", "nothing", "n/a", "no consideration", "free of charge", "without consideration",
    "هیچ", "ندارد", "بدون عوض", "بدون مابه‌ازا", "بلاعوض", "رایگان",
)  # fmt: skip
# Uses that amount to a sale, with all uses below them: of fideslang, of companies, of DPV.
SALES = (
    "third_party_sharing", "marketing.advertising", "sales", "sale", "sell",
    "selldatatothirdparties", "sellinsightsfromdata",
)  # fmt: skip
EXCEPT = ("third_party_sharing.legal_obligation",)


@dataclass(frozen=True, slots=True)
class NeverSold:
    """`nothing` are the words for no consideration, `sales` the sale-like purposes, `exempt` those that are none."""

    nothing: tuple[str, ...] = NOTHING
    sales: tuple[str, ...] = SALES
    exempt: tuple[str, ...] = EXCEPT
    kind: ClassVar[str] = "never_sold"

    def is_sale(self, purpose: str) -> bool:
        """Whether a purpose amounts to a sale."""
        key = _use(purpose)
        return any(covers(sale, key) for sale in self.sales) and not any(covers(own, key) for own in self.exempt)


def _kernel(rule: NeverSold, on: Target) -> Kernel:
    from functools import partial

    from governance.rules.tables.rowwise import Rows

    recipients = frozenset(agreement.recipient for agreement in on.scope.policy.agreements)
    known = frozenset(map(_use, {*on.scope.policy.uses, *purpose_terms()}))
    return Rows.of(on, "transfers", ROLES, partial(_find, rule, recipients, known), times=("event_time",))


def _find(rule: NeverSold, recipients: Collection[str], known: Collection[str], batch: pa.RecordBatch) -> Marks:
    from governance.rules.tables.rowwise import texts

    nothing_given = {_folded(word) for word in rule.nothing}
    amount, given, purpose = (batch.column(name) for name in ("consideration_amount", "consideration", "purpose"))
    yield "consideration_in_money", _nonzero(amount)
    yield "consideration_in_kind", texts(given, lambda text: _folded(text) not in {*nothing_given, ""})
    yield "sale_like_purpose", texts(purpose, rule.is_sale)
    yield from _unregistered(batch.column("recipient"), recipients)
    yield "consideration_not_stated", texts(given, lambda text: not _folded(text))
    yield "consideration_not_stated", amount.is_null().to_numpy(zero_copy_only=False)
    yield "gap_no_purpose", texts(purpose, lambda text: not says_something(text))
    # A purpose that is defined nowhere may be a sale by another name.
    yield "purpose_not_of_policy", texts(purpose, lambda text: _use(text) not in known)


def _unregistered(recipient: pa.Array, registered: Collection[str]) -> Marks:
    """Recipients that no agreement names; one that differs in spelling only is reported as an alias."""
    from governance.rules.tables.rowwise import texts

    folded = {_folded(name) for name in registered}
    yield (
        "recipient_in_other_letters",
        texts(recipient, lambda name: name not in registered and _folded(name) in folded),
    )
    yield "unregistered_recipient", texts(recipient, lambda name: name not in registered)


def _use(purpose: str) -> str:
    return _folded(purpose).removeprefix("dpv:")


def _folded(text: str) -> str:
    return normalise(text).casefold()


def _nonzero(amount: pa.Array) -> Mask:
    """Amounts that are not zero; missing amounts are another finding."""
    import numpy as np

    return np.asarray(amount.fill_null(0).to_numpy(zero_copy_only=False) != 0)


KIND = Kind(
    parameters=NeverSold,
    kernel=_kernel,
    places=Places.TABLES,
    expectation="ExpectTransfersToBeUnpaid",
    problems=(
        "consideration_in_money",
        "consideration_in_kind",
        "sale_like_purpose",
        "recipient_in_other_letters",
        "unregistered_recipient",
        "consideration_not_stated",
        "gap_no_purpose",
        "purpose_not_of_policy",
    ),
    besides=nothing,
)
