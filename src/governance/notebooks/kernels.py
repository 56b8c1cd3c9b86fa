"""Kernels of our own interpreter that know nothing of this machine or user: no history, startup file, zone or key."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Of these a kernel must not know: where the keys are, a file that IPython would run first, a browser that is not there.
_UNSET = ("GOVERNANCE_KEYS", "PYTHONSTARTUP", "JUPYTER_PATH", "JUPYTER_CONFIG_PATH", "JPY_SESSION_NAME")


@contextmanager
def private_kernels() -> Iterator[Callable[[int], Any]]:
    """The configuration of the kernel with a number: it talks over sockets of its own, which nobody else can race for.

    The environment of this process changes for as long as the block runs, because kernels inherit it.
    """
    from traitlets.config import Config  # noqa: PLC0415  the notebook stack takes a second to import

    with tempfile.TemporaryDirectory(prefix="gov-") as folder:
        profile = Path(folder) / "profile_default"
        profile.mkdir()
        (profile / "ipython_config.py").write_text("c = get_config()\nc.HistoryManager.enabled = False\n", "utf-8")
        changed = {
            "IPYTHONDIR": folder,
            # A kernel called python3 in the user's own folder may be another interpreter.
            "JUPYTER_DATA_DIR": f"{folder}/data",
            "JUPYTER_CONFIG_DIR": f"{folder}/config",
            "JUPYTER_RUNTIME_DIR": f"{folder}/runtime",
            "JUPYTER_PLATFORM_DIRS": "1",
            "TZ": "UTC",
            "PYTHONHASHSEED": "0",
        }

        def config(number: int) -> Any:  # noqa: ANN401
            chosen = Config()
            chosen.KernelManager.transport = "ipc"
            chosen.KernelManager.ip = f"{folder}/k{number}"
            return chosen

        with _environment({**changed, **dict.fromkeys(_UNSET)}):
            yield config


@contextmanager
def _environment(changed: Mapping[str, str | None]) -> Iterator[None]:
    """Variables as given, None for absent, and then as they were."""
    before = {name: os.environ.get(name) for name in changed}
    try:
        _set(changed)
        yield
    finally:
        _set(before)


def _set(variables: Mapping[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
