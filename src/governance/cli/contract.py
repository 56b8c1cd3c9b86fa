"""The commands about contracts and their words: what a lone file lacks, and which terms there are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from governance.cli.console import say

contract_app = typer.Typer(
    rich_markup_mode=None, no_args_is_help=True, add_completion=False, help="ODCS contracts: check."
)


@contract_app.command()
def check(
    file: Annotated[Path, typer.Argument(help="An ODCS file, in YAML, of a project or of none.")],
) -> None:
    """Tell whether the standard accepts a file, and what a project would miss in it: 0 nothing, 1 something.

    Exits with 3 if the standard does not accept it.

    Example: governance contract check payments.odcs.yaml
    """
    from governance import detection
    from governance.policy.contract_check import check_contract
    from governance.reports.terminal.contract_lines import checked_lines

    checked = check_contract(file, detection.KINDS)
    say("\n".join(checked_lines(checked)))
    raise typer.Exit(int(bool(checked.missing)))


def terms(
    word: Annotated[str, typer.Argument(help="A word or a part of one, in any spelling.")],
) -> None:
    """Search the words that contracts and policies may use: categories, uses, DPV terms, roles, types, kinds of data.

    Exits with 1 if there is none.

    Example: governance terms phone
    """
    from governance import detection
    from governance.policy.terms import find_terms
    from governance.reports.terminal.contract_lines import term_lines

    kinds = {
        name: kind.data.value + (f", of the category {kind.category}" if kind.category else "")
        for name, kind in detection.DECLARED.items()
    }
    found = find_terms(word, kinds)
    say("\n".join(term_lines(found)) or f"no term contains {word!r} or is spelt nearly so")
    raise typer.Exit(int(not found))
