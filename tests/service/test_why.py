"""Why a candidate has its verdict: proofs of every conflict, or of what it explains."""

from __future__ import annotations

from typing import Any

import pytest

from mechkg.errors import BadInputError, NotFoundError
from mechkg.model.verdict import ProofNode
from mechkg.service.check import check
from mechkg.service.why import why
from mechkg.service.workspace import Workspace
from tests.small_case import SPACE


def everything(node: ProofNode) -> list[ProofNode]:
    return [node, *(below for premise in node.premises for below in everything(premise))]


def test_each_conflict_is_proved_down_to_what_is_stated_or_assumed(small: Workspace) -> None:
    found = why(small, SPACE, "both")
    [proof] = found.proofs
    assert proof.rule == "absent-but-expected"
    assert {n.atom for n in everything(proof) if n.standing == "assumed"} == {
        'assumed("kept")',
        'assumed("limit")',
        'assumed("prompt")',
    }
    assert "C was looked for and not seen (run, dispersed in 3 mL water)" in [n.sentence for n in everything(proof)]
    leaves = [n for n in everything(proof) if not n.premises]
    assert {n.standing for n in leaves} <= {"assumed", "stated", "chosen", "absent", "derived"}


def test_what_survives_is_proved_by_what_it_explains(small: Workspace) -> None:
    found = why(small, SPACE, "turns")
    assert found.candidate.verdict == "survives"
    assert sorted(p.atom or "" for p in found.proofs) == ['explained("b-seen")', 'explained("no-c")']
    assert [p.atom for p in found.about("b-seen")] == ['explained("b-seen")']


def test_a_candidate_of_ones_own_and_premises_withdrawn(small: Workspace) -> None:
    own = why(small, SPACE, steps=["turn", "stray"])
    assert own.candidate.id == "ad-hoc"
    assert [p.sentence for p in own.proofs] == [p.sentence for p in why(small, SPACE, "both").proofs]
    assert why(small, SPACE, "both", without=["prompt"]).candidate.verdict == "survives"
    assert why(small, SPACE, "both", ignoring=["no-c"]).candidate.verdict == "survives"


@pytest.mark.parametrize(("candidate", "steps"), [(None, None), ("both", ["turn"])])
def test_one_candidate_is_asked_of(small: Workspace, candidate: str | None, steps: list[str] | None) -> None:
    with pytest.raises(BadInputError, match=r"no candidate is asked for|not both"):
        why(small, SPACE, candidate, steps=steps)


@pytest.mark.parametrize("name", ["Turn it", "ã×", ""])
def test_a_step_or_claim_whose_name_could_be_none_is_not_found(small: Workspace, name: str) -> None:
    step: Any = {"steps": [name]}
    claim: Any = {"steps": [], "postulates": [name]}
    for own in (step, claim):
        with pytest.raises(NotFoundError, match="there is no"):
            why(small, SPACE, **own)
        with pytest.raises(NotFoundError, match="there is no"):
            check(small, SPACE, **own)
