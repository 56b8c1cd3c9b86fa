"""The kinds of data that a policy's rules don't look for."""

from __future__ import annotations

from governance.policy import Policy
from governance.rules.kinds import KINDS


def not_looked_for(policy: Policy) -> tuple[str, ...]:
    """The kinds that no rule looks for.

    `national_id/KW` is a kind that is looked for, but not as the policy's region KW writes it.
    """
    among = policy.detectors
    asked = {name for rule in policy.rules for name in KINDS[rule.kind].data(rule.parameters, among)}
    kinds = [name for name in among.names if name not in asked]
    for detector in among.by_name.values():
        if detector.local is not None and not asked.isdisjoint(detector.finds):
            unknown = [region for region in policy.regions if region not in detector.regions]
            kinds += [f"{kind.name}/{region}" for kind in detector.kinds for region in unknown]
    return tuple(kinds)
