"""From policy to plan: the checks of a policy, their coverage, and changes since its review."""
