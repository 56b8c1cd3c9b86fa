"""JupyterLab opens at the welcome notebook, and asks nobody whether it may fetch news."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("lab")]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    """The address of a JupyterLab started by `governance lab`."""
    options = ["--no-browser", "--allow-root", "--ServerApp.port=0", "--IdentityProvider.token=t"]
    environment = {**os.environ, "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"), "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "governance", "lab", *options]
    with subprocess.Popen(command, cwd=PROJECT, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            found: list[Path] = []
            for _ in range(300):
                found = list((tmp_path / "runtime").glob("jpserver-*.json"))
                if found:
                    break
                time.sleep(0.2)
            assert found, "JupyterLab did not start within a minute"
            yield str(json.loads(found[0].read_text("utf-8"))["url"])
        finally:
            process.terminate()


def get(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310  an address on this machine
        return bytes(answer.read())


def test_lab_opens_at_the_welcome_notebook_without_asking_for_news(lab: str) -> None:
    assert shutil.which("jupyter", path=str(Path(sys.executable).parent)), "JupyterLab is installed with the package"
    notebook = json.loads(get(f"{lab}api/contents/notebooks/00_welcome.ipynb?token=t"))
    assert notebook["type"] == "notebook"
    page = get(f"{lab}lab?token=t").decode()
    assert "/lab/tree/notebooks/00_welcome.ipynb" in page or "00_welcome" in get(f"{lab}?token=t").decode()
    settings = json.loads(get(f"{lab}lab/api/settings/@jupyterlab/apputils-extension:notification?token=t"))
    assert settings["schema"]["properties"]["fetchNews"]["default"] == "false"
