"""A copy of the expectations for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.policy.folder import Folder, copied


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return copied(tmp_path)
