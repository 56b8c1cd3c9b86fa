"""The vocabularies of policy files: categories and uses of fideslang, terms of DPV."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("vocabularies")


def covers(general: str, key: str) -> bool:
    """Whether a key of a fideslang tree is `general` or lies below it: `user.contact` covers `user.contact.email`."""
    return key == general or key.startswith(general + ".")


@cache
def _file(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads((_FOLDER / name).read_text("utf-8"))
    return found


def data_categories() -> frozenset[str]:
    """Every fideslang data category."""
    return frozenset(_file("fideslang.json")["data_categories"])


def data_uses() -> frozenset[str]:
    """Every fideslang data use."""
    return frozenset(_file("fideslang.json")["data_uses"])


def personal_data_terms() -> frozenset[str]:
    """DPV's terms for personal data, with their prefix."""
    return frozenset(f"pd:{name}" for name in _file("dpv.json")["personal_data"])


def purpose_terms() -> frozenset[str]:
    """DPV's terms for purposes, with their prefix."""
    return frozenset(f"dpv:{name}" for name in _file("dpv.json")["purposes"])
