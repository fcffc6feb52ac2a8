"""A case file that stands on its own is checked without touching the user's graph."""

from __future__ import annotations

from pathlib import Path

import pytest

from mechkg.errors import BadInputError, NotFoundError
from mechkg.service.check import check
from mechkg.service.open_case import opened
from tests.service.test_load_corpus import GOOD

CASE = (
    GOOD.replace("kind: present", "kind: absent").replace(
        "{id: first, action: mix, duration: 1 min}", "{id: first, action: mix, duration: 1 min, holds: pc-1}"
    )
    + """\
assumptions:
  - {id: prompt, statement: It is prompt., backing: silent, effects: [{kind: converts, step: turn, within: 5 min}]}
  - id: limit
    statement: It would be seen.
    backing: silent
    effects: [{kind: detects, method: absorption, limit: 0.005 absorbance}]
spaces:
  - id: case
    title: A case
    question: Does PC-1 turn into MSC-1?
    optional: [turn]
    assumptions: [prompt, limit]
    procedures: [run]
    candidates: [{id: "yes", title: It does, steps: [turn]}]
"""
).replace("products: [msc-1]}", "products: [msc-1], promoters: [{chemical: solvent, medium_class: HydrocarbonSolvent}]}")


def test_a_case_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(CASE)
    with opened(str(path)) as (workspace, space):
        [found] = check(workspace, space).candidates
        assert found.verdict == "ruled out"
        assert [(c.observation, c.rule, set(c.assumptions)) for c in found.conflicts] == [
            ("seen", "absent-but-expected", {"prompt", "limit"})
        ]
        assert check(workspace, space, without=["prompt"]).candidates[0].conflicts == ()


def test_a_mistake_in_a_case_is_said_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(CASE.replace("optional: [turn]", "optional: [turns]").replace("steps: [turn]}]", "steps: [turns]}]"))
    with pytest.raises(BadInputError, match=r"case\.yaml:\d+.*did you mean 'turn'"), opened(str(path)):
        pass


def test_a_case_that_is_not_there_or_has_no_space(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no case file"), opened(str(tmp_path / "none.yaml")):
        pass
    path = tmp_path / "case.yaml"
    path.write_text(GOOD)
    with pytest.raises(NotFoundError, match="holds 0 hypothesis spaces"), opened(str(path)):
        pass
