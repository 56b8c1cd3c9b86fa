"""Whatever can be found can be planted, and who forgets a planter or values is told which file is missing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import governance
from governance import detection
from governance.proving.completeness import check_planters, check_values
from governance.rules.kinds import KINDS
from governance.synthetic.planting import PLANTERS, VALUES


def test_every_kind_has_its_planter_and_every_detection_kind_its_values() -> None:
    check_planters()
    check_values()
    assert PLANTERS.keys() == KINDS.keys()
    assert VALUES.keys() == set(detection.KINDS)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_kind_without_a_planter_is_named(name: str) -> None:
    with pytest.raises(TypeError, match=f"^synthetic/planting/kinds/{name}.py: expected the planter of the rule kind"):
        check_planters(KINDS, {key: known for key, known in PLANTERS.items() if key != name})


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_planter_without_a_kind_is_named(name: str) -> None:
    with pytest.raises(TypeError, match=f"^synthetic/planting/kinds/{name}.py: .* none is called '{name}'"):
        check_planters({key: known for key, known in KINDS.items() if key != name}, PLANTERS)


@pytest.mark.parametrize(
    ("missing", "what"),
    [("kinds/granted", "planter of the rule kind 'granted'"), ("values/iban", "values of the detection kind 'iban'")],
)
def test_the_package_cannot_be_imported_while_one_is_missing(missing: str, what: str, tmp_path: Path) -> None:
    whole = Path(governance.__file__).parent
    shutil.copytree(whole, tmp_path / "governance", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "governance" / "synthetic" / "planting" / f"{missing}.py").unlink()
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import governance.proving"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    expected = (
        f"governance.errors.DeclarationError: synthetic/planting/{missing}.py: expected the {what}, found no such file."
    )
    assert done.stderr.splitlines()[-1] == expected


def test_an_excuse_for_a_problem_that_the_kind_does_not_declare_is_named() -> None:
    excused = replace(PLANTERS["granted"], never={"unheard_of": "nobody knows it"})
    with pytest.raises(TypeError, match=r"kinds/granted\.py: .*'unheard_of'"):
        check_planters(KINDS, {**PLANTERS, "granted": excused})


@pytest.mark.parametrize("name", detection.KINDS)
def test_a_detection_kind_without_values_is_named(name: str) -> None:
    with pytest.raises(TypeError, match=f"^synthetic/planting/values/{name}.py: expected the values of the detection"):
        check_values(values={key: known for key, known in VALUES.items() if key != name})
    with pytest.raises(TypeError, match=f"^synthetic/planting/values/{name}.py: .* none is called '{name}'"):
        check_values([kind for kind in detection.KINDS if kind != name])


@pytest.mark.parametrize("name", detection.KINDS)
def test_values_of_personal_data_have_a_category_and_of_bank_data_none(name: str) -> None:
    other = replace(VALUES[name], category="" if VALUES[name].category else "user.name")
    with pytest.raises(TypeError, match=f"^synthetic/planting/values/{name}.py: expected (a|no) category"):
        check_values(values={**VALUES, name: other})
