"""Which amines promote: it follows from the classes of the ontology, not from a list."""

from __future__ import annotations

import pytest

from mechkg.model.hypothesis import Candidate
from mechkg.service.workspace import Workspace

SPACE = "cdtese-msc399"


@pytest.fixture(scope="module")
def promoted(shipped: Workspace) -> set[tuple[str, str]]:
    """(step, chemical) for every promotion at any stage of the space, all steps on."""
    problem = shipped.problem(SPACE)
    every = Candidate(id="every", title="every step", steps=problem.space.optional)
    model = problem.outcomes.model(problem.setting(every), ())
    return {(str(a.arguments[0]), str(a.arguments[2])) for a in model.named("promoted")}


@pytest.mark.parametrize("amine", ["ota", "bta"])
def test_a_primary_amine_promotes(promoted: set[tuple[str, str]], amine: str) -> None:
    assert {("step-3", amine), ("step-5", amine), ("cdse-pc-isomerisation", amine)} <= promoted


@pytest.mark.parametrize("amine", ["di-ota", "di-bta"])
def test_a_secondary_amine_does_not(promoted: set[tuple[str, str]], amine: str) -> None:
    assert not [step for step, chemical in promoted if chemical == amine]


def test_the_neat_sample_in_a_primary_amine_is_not_promoted(promoted: set[tuple[str, str]]) -> None:
    """The samples stand in oleylamine for days: the promotion asks for a dispersion in a hydrocarbon."""
    assert ("step-5", "ola") not in promoted
