"""Kind `encrypted`: every value has the declared form, and no nonce serves twice under a key, in any column; with keys,
a sample opens, in its own row only, and each keyed token beside a value is its own; without, the verdict says
"consistent", not proven, and nothing where the contract demands proof.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from governance.encryption.problems import PROBLEMS
from governance.policy.fields import expects
from governance.rules.cells.encrypted_columns import encrypted_columns
from governance.rules.kinds.kind import Kind, Over, Places

if TYPE_CHECKING:
    from governance.rules.kernel import Kernel
    from governance.rules.scope import Target


@dataclass(frozen=True, slots=True)
class Encrypted:
    """With keys, `sample` rows at most are decrypted; the rest is judged by its form.

    `canaries` are values that are known to stand in the data, such as the operator's own test numbers: a hash of one of
    them was made without a salt.
    """

    sample: int = field(default=10_000, metadata=expects(least=1))
    canaries: tuple[str, ...] = ()
    kind: ClassVar[str] = "encrypted"


def _kernel(rule: Encrypted, on: Target) -> Kernel:
    from governance.rules.cells.encryption import EncryptedValues

    return EncryptedValues.of(on, rule.sample, rule.canaries)


KIND = Kind(
    parameters=Encrypted,
    kernel=_kernel,
    places=Places.DECLARED_COLUMNS,
    expectation="ExpectColumnValuesToBeEncrypted",
    problems=PROBLEMS,
    facts={
        **dict.fromkeys(
            ("values", "distinct", "sampled", "decrypted", "tokens", "proven_tokens", "too_large"), Over.CHECK
        ),
        "seed": Over.PLACE,
    },
    alone=True,
    besides=lambda _, policy: {place.table for place in encrypted_columns(policy)},
)
