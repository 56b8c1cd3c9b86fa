"""Plants transfers without transport protection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from governance.planning.checks import Plan
from governance.synthetic.company.shipping import PAYLOADS
from governance.synthetic.company.world import World
from governance.synthetic.planting import company
from governance.synthetic.planting.planter import KindPlanter, Planter, SpoiledCell, Violation

_KIND, _TABLE = "protected_transport", "transfers"
_BARE: Mapping[str, str | None] = {
    "TLS 1.0": "TLSv1.0",
    "TLS 1.1 in Persian digits": "TLS v۱٫۱",
    "SSL 3": "SSLv3",
    "plain HTTP": "http",
    "FTP": "FTP",
    "falls back": "TLSv1.3 (fallback TLSv1.0)",
    "Cyrillic letter": "ТLSv1.3",
    "unknown": "proprietary",
    "blank": "",
    "missing": None,
}


def violations(plan: Plan, world: World) -> Iterator[Violation]:
    """Each form once."""
    del plan, world
    for form, protocol in _BARE.items():
        yield Violation(_KIND, form, partial(expose, form=form, protocol=protocol))


def expose(planter: Planter, form: str, protocol: str | None) -> None:
    """One transfer of payments over a protocol."""
    row = company.transfer(planter, PAYLOADS[0])
    row["protocol"] = protocol
    planter.record(form, _TABLE, "", planter.key(_TABLE, row), planter.fires.of_table(_KIND, _TABLE))


def _spoiled(planter: Planter, cell: SpoiledCell) -> tuple[str, ...]:
    return planter.fires.of_table(_KIND, _TABLE) if (cell.table, cell.column) == (_TABLE, "protocol") else ()


PLANTER = KindPlanter(violations, _spoiled)
