"""What a spare runs: it imports, reports that it is ready, waits for arguments, then is a kernel like any other."""

from __future__ import annotations

import json
import os
import socket
import sys
from typing import Final

import governance

# What notebooks ask of the package; it imports each of these when it is first asked for.
_USED: Final = ("open_section", "guide", "explore")


def main() -> None:
    """Become a kernel, or end when nobody needs one."""
    # As ipykernel's own launcher does: what is imported must not come from the folder that it was started in.
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
