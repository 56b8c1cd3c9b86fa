"""Kernels of our own interpreter, isolated from this machine and user: no history, startup file, time zone or keys."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from governance.notebooks.descendants import descendants_ended
from governance.notebooks.floors import check_floors
from governance.notebooks.spares import Spares

# Removed from a kernel's environment: the path of the keys, IPython's startup file, a missing browser.
_UNSET = ("GOVERNANCE_KEYS", "PYTHONSTARTUP", "JUPYTER_PATH", "JUPYTER_CONFIG_PATH", "JPY_SESSION_NAME")
# Set in the kernels of a report that is being made: the run that they read is sealed only after them.
MAKING = "GOVERNANCE_MAKING_A_RUN"
_LAUNCHER = [sys.executable, "-m", "ipykernel_launcher"]


@dataclass(frozen=True, slots=True)
class Kernels:
    """How kernels are started: in their own folder, with their own environment variables; None unsets one."""

    folder: str
    variables: Mapping[str, str | None]
    spares: Spares

    def room(self, name: str) -> Path:
        """A new path in their folder, which is removed with them."""
        return Path(self.folder) / name

    def config(self, number: int) -> Any:  # noqa: ANN401
        """The configuration of a kernel: it talks over private sockets, which no other process can take."""
        from traitlets.config import Config  # noqa: PLC0415  the notebook stack takes a second to import

        chosen = Config()
        chosen.KernelManager.transport = "ipc"
        chosen.KernelManager.ip = f"{self.folder}/k{number}"
        # It holds their key, and would be left among the machine's temporary files by whatever is killed.
        chosen.KernelManager.connection_file = f"{self.folder}/k{number}.json"
        return chosen

    def manager(self) -> type:
        """A manager that starts a kernel in a spare, as long as there are any."""
        from jupyter_client.manager import AsyncKernelManager  # noqa: PLC0415

        spares = self.spares

        class Manager(AsyncKernelManager):
            async def _async_launch_kernel(self, kernel_cmd: list[str], **own: Any) -> None:  # noqa: ANN401
                spare = spares.take() if kernel_cmd[:3] == _LAUNCHER else None
                if spare is None or not spare.become(kernel_cmd[3:], str(own["cwd"])):
                    await super()._async_launch_kernel(kernel_cmd, **own)
                    return
                started: Any = self.provisioner
                started.process, started.cwd = spare.process, own["cwd"]
                # It leads its own session, and so its own process group.
                started.pid = started.pgid = spare.process.pid
                self._reconcile_connection_info(started.connection_info)

        return Manager

    def in_force(self) -> AbstractContextManager[None]:
        """The environment of this process, which kernels inherit, for as long as the block runs."""
        return _environment(self.variables)


@contextmanager
def private_kernels(spares: int = 0) -> Iterator[Kernels]:
    """Kernels for as long as the block runs; `spares` processes are prepared at once."""
    from governance.sources.spill import Spill  # noqa: PLC0415  arrays, which no kernel needs, and it imports this file

    check_floors()
    # Swept after a kill, as it holds a copy of the run; the paths of sockets must be short.
    with closing(Spill("gov-")) as private:
        folder = str(private.folder)
        profile = private.folder / "profile_default"
        profile.mkdir()
        (profile / "ipython_config.py").write_text("c = get_config()\nc.HistoryManager.enabled = False\n", "utf-8")
        changed = {
            "IPYTHONDIR": folder,
            # A kernel spec named python3 in the user's folder may be another interpreter.
            "JUPYTER_DATA_DIR": f"{folder}/data",
            "JUPYTER_CONFIG_DIR": f"{folder}/config",
            "JUPYTER_RUNTIME_DIR": f"{folder}/runtime",
            "JUPYTER_PLATFORM_DIRS": "1",
            "TZ": "UTC",
            MAKING: "1",
            "PYTHONHASHSEED": "0",
        }
        known = {name: value for name, value in os.environ.items() if name not in _UNSET}
        with (
            descendants_ended(),
            Spares(spares, {**known, **changed, "JPY_PARENT_PID": str(os.getpid())}) as found,
        ):
            yield Kernels(folder, {**changed, **dict.fromkeys(_UNSET)}, found)


@contextmanager
def _environment(changed: Mapping[str, str | None]) -> Iterator[None]:
    """Set variables, None to unset one, and restore them afterwards."""
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
