"""What ends a command from outside: Ctrl-C, pipelines and closed terminals, once for all that comes later."""

from __future__ import annotations

import signal
from typing import Final, NoReturn

INTERRUPTED: Final = 130
SENTENCE: Final = "interrupted; no half-made report was published."
STOPPING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_CAME: Final[list[int]] = []


def heed() -> None:
    """Let every one of these signals end the program in the same way, save those that `nohup` has it ignore."""
    _CAME.clear()
    for one in STOPPING:
        if signal.getsignal(one) is not signal.SIG_IGN:
            signal.signal(one, _stop)


def is_stopped() -> bool:
    """Whether such a signal came, whatever error it became on its way through other libraries."""
    return bool(_CAME)


def _stop(number: int, _: object) -> NoReturn:
    """End the program like Ctrl-C, so that nothing half-made stays behind; what comes later must not cut that short."""
    _CAME.append(number)
    for one in STOPPING:
        signal.signal(one, signal.SIG_IGN)
    raise KeyboardInterrupt
