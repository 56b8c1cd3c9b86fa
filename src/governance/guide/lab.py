"""JupyterLab on the project's notebooks, without its news pop-up."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from governance.notebooks import check_floors

WELCOME = Path("notebooks") / "00_welcome.ipynb"


def open_lab(project: Path, options: Sequence[str] = ()) -> None:
    """Replace this process by JupyterLab, opened at the welcome notebook; `options` are its own."""
    check_floors()
    # JupyterLab asks at its first start whether it may fetch news; only a setting declines beforehand.
    settings = Path(tempfile.mkdtemp(prefix="governance-lab-"))
    (settings / "overrides.json").write_text(
        json.dumps({"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}), "utf-8"
    )
    arguments = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--LabApp.app_settings_dir={settings}",
        f"--ServerApp.root_dir={project}",
        f"--LabApp.default_url=/lab/tree/{WELCOME.as_posix()}",
        *options,
    ]
    os.execv(sys.executable, arguments)  # noqa: S606  our own interpreter with arguments of our own
