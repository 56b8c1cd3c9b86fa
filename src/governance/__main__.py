"""`governance`, and `python -m governance`: heeds Ctrl-C before anything else is loaded."""

import sys

from governance.cli.stopping import INTERRUPTED, SENTENCE, heed, is_stopped


def main() -> None:
    """Load the command line and run it."""
    heed()
    try:
        from governance.cli.main import main as run  # noqa: PLC0415  half a second, which may be interrupted
    except BaseException:
        if not is_stopped():
            raise
        sys.stderr.write(f"governance: {SENTENCE}\n")
        sys.exit(INTERRUPTED)
    run()


if __name__ == "__main__":
    main()
