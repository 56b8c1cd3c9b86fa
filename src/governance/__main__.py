"""`python -m governance`."""

from governance.cli.main import main

main()
