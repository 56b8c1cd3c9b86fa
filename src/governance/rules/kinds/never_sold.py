"""Kind `never_sold`: data went to registered recipients only, for nothing in return, and for no purpose like a sale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import ClassVar

import numpy as np
import pyarrow as pa

from governance.planning.checks import Check
from governance.policy import Where, covers
from governance.policy.strict_yaml import Node, Problems
from governance.rules.base import Scope
from governance.rules.kinds.kind import Kind, Places, nothing
from governance.rules.tables import rowwise
from governance.spelling import normalise

COLUMNS = ("recipient", "purpose", "consideration", "consideration_amount", "sent_at")
# How a ledger says that nothing was given in return.
NOTHING = (
    "none", "no", "nil", "nothing", "n/a", "no consideration", "free of charge", "without consideration",
    "هیچ", "ندارد", "بدون عوض", "بدون مابه‌ازا", "بلاعوض", "رایگان",
)  # fmt: skip
# Uses that hand data over for their own sake, with all that lies below them: of fideslang, of companies, of DPV.
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

    def watch(self, check: Check, schema: pa.Schema, scope: Scope) -> rowwise.Rows:
        recipients = {agreement.recipient for agreement in scope.policy.agreements}
        nothing = {_folded(word) for word in self.nothing}

        def find(batch: pa.RecordBatch) -> rowwise.Marks:
            column: Mapping[str, pa.Array] = {name: batch.column(name) for name in COLUMNS}
            yield "consideration_in_money", _nonzero(column["consideration_amount"])
            given = column["consideration"]
            yield "consideration_in_kind", rowwise.texts(given, lambda t: _folded(t) not in {*nothing, ""})
            yield "sale_like_purpose", rowwise.texts(column["purpose"], self._is_sale)
            yield from unregistered(column["recipient"], recipients)
            yield "consideration_not_stated", rowwise.texts(given, lambda t: not _folded(t))
            yield "consideration_not_stated", column["consideration_amount"].is_null().to_numpy(zero_copy_only=False)
            yield "gap_no_purpose", rowwise.texts(column["purpose"], lambda t: not t.strip())

        return rowwise.Rows(check, scope, schema, COLUMNS, find, times=("sent_at",))

    def _is_sale(self, purpose: str) -> bool:
        key = _folded(purpose).removeprefix("dpv:")
        return any(covers(sale, key) for sale in self.sales) and not any(covers(own, key) for own in self.exempt)


def unregistered(recipient: pa.Array, registered: set[str]) -> rowwise.Marks:
    """Recipients that no agreement names; one that is named but for its letters is told apart, for it is an alias."""
    folded = {_folded(name) for name in registered}
    yield (
        "recipient_in_other_letters",
        rowwise.texts(recipient, lambda name: name not in registered and _folded(name) in folded),
    )
    yield "unregistered_recipient", rowwise.texts(recipient, lambda name: name not in registered)


def _folded(text: str) -> str:
    return normalise(text).casefold()


def _nonzero(amount: pa.Array) -> rowwise.Mask:
    """Amounts that are not zero; what is no number is not, and what is missing is another finding."""
    if pa.types.is_integer(amount.type) or pa.types.is_floating(amount.type) or pa.types.is_decimal(amount.type):
        numbers = amount.cast(pa.float64(), safe=False).fill_null(0.0).to_numpy(zero_copy_only=False)
        return np.asarray(numbers != 0.0)
    return rowwise.texts(amount, lambda text: text != "" and _is_not_zero(text))


def _is_not_zero(text: str) -> bool:
    try:
        return Decimal(normalise(text)) != 0
    except InvalidOperation:
        return True


def read(node: Node | None, where: Where, problems: Problems) -> NeverSold | None:
    """The parameters of a `never_sold` rule, all optional: `nothing`, `sales` and `exempt`."""
    fields = problems.fields(node, [], ["nothing", "sales", "exempt"]) if node else {}
    if node is not None and where.columns:
        problems.add(node, "a rule about tables, without `columns`")
    return NeverSold(
        nothing=problems.texts(fields.get("nothing")) or NOTHING,
        sales=problems.texts(fields.get("sales")) or SALES,
        exempt=problems.texts(fields.get("exempt")) or EXCEPT,
    )


KIND = Kind(
    parameters=NeverSold,
    kernel=NeverSold.watch,
    places=Places.TABLES,
    expectation="ExpectTransfersToBeUnpaid",
    read=read,
    problems=(
        "consideration_in_money",
        "consideration_in_kind",
        "sale_like_purpose",
        "recipient_in_other_letters",
        "unregistered_recipient",
        "consideration_not_stated",
        "gap_no_purpose",
    ),
    besides=nothing,
)
