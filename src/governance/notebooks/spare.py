"""The program of a spare: it imports, reports that it is ready, waits for arguments, and becomes a normal kernel."""

from __future__ import annotations

import json
import os
import socket
import sys
from typing import Final

import governance

# The names that notebooks use of the package, which imports each at its first use.
_USED: Final = ("open_section", "guide", "explore")


def main() -> None:
    """Become a kernel, or end if none is needed."""
    # As in ipykernel's own launcher: nothing may be imported from the current folder.
    if sys.path[0] in {"", os.getcwd()}:  # noqa: PTH109  as it stands in the path
        del sys.path[0]
    from ipykernel import kernelapp  # noqa: PLC0415

    for name in _USED:
        getattr(governance, name)
    with socket.socket(fileno=os.dup(0)) as channel:
        # A kernel's own input is empty.
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        channel.sendall(b"+")
        received = b"".join(iter(lambda: channel.recv(1 << 16), b""))
    if received:
        *arguments, folder = json.loads(received)
        os.chdir(folder)
        sys.argv = ["ipykernel_launcher", *arguments]
        kernelapp.launch_new_instance()


if __name__ == "__main__":
    main()
