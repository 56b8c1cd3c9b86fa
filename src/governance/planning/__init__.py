"""From policy to plan: the checks that a policy asks for, what they cover, and what changed since it was reviewed."""
