"""Names and quantities found in passages that a person has marked: ``tests/literature/recognition/``."""

from __future__ import annotations

from pathlib import Path

import pytest

from mechkg.service.benchmark_recognition import as_json, benchmark_recognition
from mechkg.service.workspace import Workspace

MARKED = Path(__file__).parents[1] / "literature" / "recognition"


@pytest.mark.parametrize("new_paper", [False, True], ids=["known", "as a new paper"])
@pytest.mark.parametrize("part", ["tuned", "held_out", "fresh"])
def test_names_and_quantities_are_found(shipped: Workspace, part: str, new_paper: bool) -> None:
    """As a new paper: by the grammar of this field, and by what the text does with a name."""
    found = benchmark_recognition(shipped, MARKED / f"{part}.yaml", new_paper=new_paper)
    shown = "\n".join(map(str, found.misses))
    assert found.precision() >= 0.95, shown
    assert found.recall() >= 0.90, shown


def test_in_a_new_paper_fewer_names_are_known(shipped: Workspace) -> None:
    known, new = (benchmark_recognition(shipped, MARKED / "tuned.yaml", new_paper=new) for new in (False, True))
    assert new.recall("chemical") < known.recall("chemical")
    assert new.recall("material") == known.recall("material") == 1.0


def test_every_miss_is_in_the_json(shipped: Workspace) -> None:
    found = benchmark_recognition(shipped, MARKED / "held_out.yaml", new_paper=True)
    told = as_json(found)
    assert len(told["misses"]) == found.missed.total() + found.wrong.total() > 0
    assert told["kinds"]["chemical"]["there"] == found.there("chemical")
    assert told["recall"] == pytest.approx(found.recall(), abs=1e-4)
