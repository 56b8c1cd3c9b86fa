"""What people may ask about their data."""

from __future__ import annotations

from typing import Final

RIGHTS: Final = ("access", "rectification", "erasure", "objection")
ANY: Final = "any"  # a rule about all requests
