"""Kind `protected_transport`: every transfer went over an allowed protocol, in whatever spelling."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from governance.policy.fields import expects
from governance.rules.kinds.kind import Kind, Places, nothing
from governance.spelling import folded

if TYPE_CHECKING:
    import pyarrow as pa

    from governance.rules.kernel import Kernel
    from governance.rules.scope import Target
    from governance.rules.tables.rowwise import Marks


PROTOCOLS = ("TLSv1.2", "TLSv1.3", "SFTP")
# Protocols without sufficient protection; every protocol that is not allowed violates, these get their own problem.
_WEAK = re.compile(
    r"ssl.*|tls(?:1|1\.0|1\.1)?|http(?:1|1\.0|1\.1|2|2\.0)?|ftp|smtp|telnet|plain(?:text)?|none|unencrypted|udp|tcp"
)


@dataclass(frozen=True, slots=True)
class ProtectedTransport:
    """`protocols` are those that are allowed, in any spelling of a word of a vocabulary."""

    protocols: tuple[str, ...] = field(default=PROTOCOLS, metadata=expects(least="protocol"))
    kind: ClassVar[str] = "protected_transport"


def _kernel(rule: ProtectedTransport, on: Target) -> Kernel:
    from functools import partial

    from governance.rules.tables.rowwise import Rows

    allowed = frozenset(_folded(name) for name in rule.protocols)
    return Rows.of(on, "transfers", ("protocol",), partial(_find, allowed), times=("event_time",))


def _find(allowed: Collection[str], batch: pa.RecordBatch) -> Marks:
    from governance.rules.tables.rowwise import texts

    protocol = batch.column("protocol")
    yield "no_protocol", texts(protocol, lambda name: not _folded(name))
    yield (
        "weak_protocol",
        texts(protocol, lambda name: _folded(name) not in allowed and bool(_WEAK.fullmatch(_folded(name)))),
    )
    yield "unknown_protocol", texts(protocol, lambda name: _folded(name) not in allowed)


def _folded(name: str) -> str:
    """One spelling of a protocol: `TLS v۱٫۳`, `TLS_1_3` and `TLSv1.3` are the same one."""
    return re.sub(r"[\s/_-]+", "", folded(name))


KIND = Kind(
    parameters=ProtectedTransport,
    kernel=_kernel,
    places=Places.TABLES,
    expectation="ExpectTransfersToBeProtected",
    problems=("no_protocol", "weak_protocol", "unknown_protocol"),
    besides=nothing,
)
