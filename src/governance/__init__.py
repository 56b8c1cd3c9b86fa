"""A published privacy policy, made executable.

    from governance import load_policy, plan, check, report, generate

Every command of the command line is a function here. Importing this package loads neither them nor any engine.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from governance import guide
    from governance.guide.explorer import explore
    from governance.guide.section import open_section, read_run
    from governance.inputs import find_project, load_policy
    from governance.planning.checks import plan
    from governance.proving.prove import prove
    from governance.results import Results, Verdict
    from governance.run import check, explain, report
    from governance.sealing import verify
    from governance.sources import Budget
    from governance.subjects import export_subject, find_subject
    from governance.synthetic.generate import generate
    from governance.synthetic.recipe import load_recipe

_HOMES = {
    "Budget": "sources",
    "check": "run",
    "explain": "run",
    "explore": "guide.explorer",
    "export_subject": "subjects",
    "find_project": "inputs",
    "find_subject": "subjects",
    "generate": "synthetic",
    "load_policy": "inputs",
    "load_recipe": "synthetic",
    "open_section": "guide.section",
    "plan": "planning.checks",
    "prove": "proving",
    "read_run": "guide.section",
    "report": "run",
    "Results": "results",
    "Verdict": "results",
    "verify": "sealing",
}

__all__ = [
    "Budget",
    "Results",
    "Verdict",
    "check",
    "explain",
    "explore",
    "export_subject",
    "find_project",
    "find_subject",
    "generate",
    "guide",
    "load_policy",
    "load_recipe",
    "open_section",
    "plan",
    "prove",
    "read_run",
    "report",
    "verify",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401  each name has its own type
    if name == "guide":
        return import_module("governance.guide")
    if name not in _HOMES:
        raise AttributeError(f"module 'governance' has no attribute {name!r}")
    return getattr(import_module(f"governance.{_HOMES[name]}"), name)
