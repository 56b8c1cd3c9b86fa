"""The rights of data subjects that requests are about."""

from __future__ import annotations

from typing import Final

RIGHTS: Final = ("access", "rectification", "erasure", "objection")
ANY: Final = "any"  # covers the requests of every right
