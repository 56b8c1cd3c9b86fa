"""A published privacy policy, made executable."""
