"""Kind `protected_transport`: every transfer went over a protocol that protects it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa

from governance.planning.checks import Check
from governance.policy import Where
from governance.policy.strict_yaml import Node, Problems
from governance.rules.base import Scope
from governance.rules.kinds.kind import Kind, Places, nothing
from governance.rules.tables import rowwise
from governance.spelling import normalise

PROTOCOLS = ("TLSv1.2", "TLSv1.3", "SFTP")
# Known to protect nothing, or no longer; all that is not allowed violates, these are told apart by name.
_WEAK = re.compile(
    r"ssl.*|tls(?:1|1\.0|1\.1)?|http(?:1|1\.0|1\.1|2)?|ftp|smtp|telnet|plain(?:text)?|none|unencrypted|udp|tcp"
)


@dataclass(frozen=True, slots=True)
class ProtectedTransport:
    """`protocols` are those that are allowed, in any spelling of letters, digits, spaces and dashes."""

    protocols: tuple[str, ...] = PROTOCOLS
    kind: ClassVar[str] = "protected_transport"

    def watch(self, check: Check, schema: pa.Schema, scope: Scope) -> rowwise.Rows:
        allowed = {_folded(name) for name in self.protocols}

        def find(batch: pa.RecordBatch) -> rowwise.Marks:
            protocol = batch.column("protocol")
            yield "no_protocol", rowwise.texts(protocol, lambda name: not _folded(name))
            yield (
                "weak_protocol",
                rowwise.texts(
                    protocol, lambda name: _folded(name) not in allowed and bool(_WEAK.fullmatch(_folded(name)))
                ),
            )
            yield "unknown_protocol", rowwise.texts(protocol, lambda name: _folded(name) not in allowed)

        return rowwise.Rows(check, scope, schema, ("protocol", "sent_at"), find, times=("sent_at",))


def _folded(name: str) -> str:
    """One spelling of a protocol: `TLS v۱٫۳`, `tls-1.3` and `TLSv1.3` are the same one."""
    text = normalise(name).casefold().replace("٫", ".")
    return re.sub(r"v(?=\d)", "", re.sub(r"[\s_/-]+", "", text))


def read(node: Node | None, where: Where, problems: Problems) -> ProtectedTransport | None:
    """The parameters of a `protected_transport` rule: `protocols`."""
    if node is None:
        return ProtectedTransport()
    if where.columns:
        problems.add(node, "a rule about tables, without `columns`")
    protocols = problems.texts(problems.fields(node, ["protocols"]).get("protocols"), least="protocol")
    return ProtectedTransport(protocols) if protocols else None


KIND = Kind(
    parameters=ProtectedTransport,
    kernel=ProtectedTransport.watch,
    places=Places.TABLES,
    expectation="ExpectTransfersToBeProtected",
    read=read,
    problems=("no_protocol", "weak_protocol", "unknown_protocol"),
    besides=nothing,
)
