"""Proofs as trees of lines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mechkg.errors import NotFoundError
from mechkg.reasoning.render import proof_lines
from mechkg.service.proof_tree import Line, explanation, proved, tree
from mechkg.service.workbench import Setting
from mechkg.service.workspace import Workspace

SPACE = "cdtese-msc399"


def lines_of(line: Line, depth: int = 0) -> Iterator[tuple[int, str]]:
    yield depth, line.sentence
    for each in line.beneath:
        yield from lines_of(each, depth + 1)


@pytest.mark.parametrize("full", [False, True])
def test_the_tree_has_the_lines_of_the_proof(shipped: Workspace, full: bool) -> None:
    for proof in explanation(shipped, SPACE, "eq2", Setting()).proofs[:5]:
        told = [(depth, sentence) for depth, sentence, _ in proof_lines(proof, full=full)]
        found = tree(proof, full=full)
        assert [*lines_of(found)] == told
        assert len(found) == len(told)


def test_the_proof_that_decides_goes_down_to_quotes_and_assumptions(shipped: Workspace) -> None:
    found = proved(shipped, explanation(shipped, SPACE, "eq2", Setting()), Setting())
    [proof] = found.proofs

    def walk(line: Line) -> Iterator[Line]:
        yield line
        for each in line.beneath:
            yield from walk(each)

    lines = [*walk(proof)]
    assert found.found.verdict == "ruled out" and found.role is None
    assumed = {line.assumption for line in lines if line.assumption}
    assert assumed and assumed <= set(shipped.catalog.space(SPACE).assumptions)
    quoted = [source for line in lines for source in line.sources if source.quotes]
    assert quoted and all(source.document in shipped.catalog.entries for source in quoted)
    assert {one.id for one in found.subjects} == {conflict.observation for conflict in found.found.conflicts}


def test_what_is_no_conflict_has_reasons(shipped: Workspace) -> None:
    explained = explanation(shipped, SPACE, "eq2", Setting())
    name = next(iter(explained.candidate.permitted))
    found = proved(shipped, explained, Setting(), observation=name)
    assert found.role == "permitted" and found.asked is not None and found.asked.id == name
    assert found.proofs and found.proofs[0].node.standing == "absent"


def test_an_unknown_observation_is_told_with_the_nearest(shipped: Workspace) -> None:
    with pytest.raises(NotFoundError, match="z-f1-o6"):
        proved(shipped, explanation(shipped, SPACE, "eq2", Setting()), Setting(), observation="z-f1-o66")
