"""A company for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from governance.synthetic import Dataset
from tests.faults.company import Company


@pytest.fixture
def company(clean_world: Dataset, tmp_path: Path) -> Company:
    return Company.of(clean_world, tmp_path)
