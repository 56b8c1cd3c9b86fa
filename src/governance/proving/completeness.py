"""Checks that everything that can be found can be planted: rule kinds have planters, detection kinds have values."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from governance import detection
from governance.detection.kinds.detector import Data
from governance.errors import DeclarationError
from governance.rules.kinds import KINDS, Kind
from governance.synthetic.planting import PLANTERS, VALUES, KindPlanter
from governance.synthetic.planting.forms import Values


def check_planters(kinds: Mapping[str, Kind] = KINDS, planters: Mapping[str, KindPlanter] = PLANTERS) -> None:
    """DeclarationError unless kinds and planters match by name, and planters excuse declared problems only."""
    _check_names("synthetic/planting/kinds", "planter", "rule kind", kinds, planters)
    for name, planter in planters.items():
        strange = sorted(set(planter.never).difference(kinds[name].problems))
        if strange:
            place = f"synthetic/planting/kinds/{name}.py"
            raise DeclarationError(f"{place}: expected `never` to name problems of the kind, found {strange[0]!r}.")


def check_values(
    kinds: Collection[str] = detection.KINDS,
    values: Mapping[str, Values] = VALUES,
    personal: Collection[str] = detection.DEFAULT.of_data(Data.PERSONAL),
) -> None:
    """DeclarationError unless each detection kind has values, with a category for personal data only."""
    _check_names("synthetic/planting/values", "values", "detection kind", kinds, values)
    for name, known in values.items():
        if bool(known.category) != (name in personal):
            wanted = "a category, as it is personal data" if name in personal else "no category, as it is bank data"
            raise DeclarationError(f"synthetic/planting/values/{name}.py: expected {wanted}, found {known.category!r}.")


def _check_names(folder: str, what: str, of: str, wanted: Collection[str], found: Collection[str]) -> None:
    for name in sorted(set(wanted).difference(found)):
        raise DeclarationError(f"{folder}/{name}.py: expected the {what} of the {of} {name!r}, found no such file.")
    for name in sorted(set(found).difference(wanted)):
        raise DeclarationError(
            f"{folder}/{name}.py: expected the {what} of a {of}, found that none is called {name!r}."
        )
