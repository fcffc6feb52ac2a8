"""Facts of a hypothesis space: only what it holds itself, whatever other spaces make of the same observations."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mechkg.reasoning.check import check
from mechkg.reasoning.facts import Facts, read_facts
from mechkg.reasoning.predicates import PREDICATES
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.terms import Atom
from mechkg.service.load_corpus import load_corpus
from mechkg.service.workspace import Workspace

# Two spaces over one procedure and one observation; the first alone says under which condition it bears, and has the step and the
# claim that an assumption of both speaks of.
TWO_SPACES = """
mechkg: 1
source: {id: two-spaces, title: Two spaces}
chemicals:
  - {id: a, names: [A], flag: external}
  - {id: b, names: [B], signature: {absorption: 400 nm}, flag: external}
  - {id: hexane, names: [hexane], classes: [AlkaneSolvent], flag: external}
steps:
  - {id: turn, kind: elementary, reactants: [a], products: [b], flag: external}
  - {id: turn-too, kind: elementary, reactants: [a], products: [b], flag: external}
procedures:
  - id: cuvette
    title: A in hexane
    stages:
      - {id: watch, action: monitor, medium: hexane, charge: [{of: a, amount: 1 mmol/L}], duration: 60 min}
    flag: external
observations:
  - id: b-grows
    kind: increases
    at: cuvette/watch
    subject: b
    method: absorption
    window: {start: 0 min, end: 60 min}
    flag: external
assumptions:
  - id: cell-was-clean
    statement: What grows in the cell comes from A.
    backing: silent
    effects: [{kind: applies, observation: b-grows}]
    flag: external
  - id: quick
    statement: A turns at once.
    backing: silent
    effects: [{kind: converts, step: turn, within: 5 min}, {kind: leads-to, postulate: slow, observation: b-grows}]
    flag: external
  - {id: closed, statement: There is no other way., backing: stated, effects: [{kind: closed-steps}], flag: external}
spaces:
  - id: guarded
    title: With a condition
    question: Does A turn into B?
    optional: turn
    postulates: [{id: slow, statement: it is slow, kind: rate-determining, step: turn}]
    assumptions: [cell-was-clean, quick, closed]
    procedures: cuvette
    candidates: [{id: yes, title: It does, steps: turn}, {id: no, title: It does not}]
    flag: external
  - id: plain
    title: Without one
    question: Does A turn into B?
    optional: turn-too
    assumptions: [closed, quick]
    procedures: cuvette
    candidates: [{id: yes, title: It does, steps: turn-too}, {id: no, title: It does not}]
    flag: external
"""


@pytest.fixture(scope="module")
def two_spaces(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Problem]]:
    folder = tmp_path_factory.mktemp("two-spaces")
    (folder / "two_spaces.yaml").write_text(TWO_SPACES)
    with Workspace.open(folder / "home") as workspace:
        report = load_corpus(workspace, [folder / "two_spaces.yaml"])
        assert [f for f in report.findings if f.severity == "error"] == []
        yield {name: workspace.problem(name) for name in ("guarded", "plain")}


def verdicts(problem: Problem, *without: str) -> dict[str, str]:
    return {c.id: c.verdict for c in check(problem, without=without).candidates}


def test_a_condition_of_one_space_does_not_silence_an_observation_in_another(two_spaces: dict[str, Problem]) -> None:
    guarded, plain = two_spaces["guarded"], two_spaces["plain"]
    condition = Atom("applies", ("cell-was-clean", "b-grows"))
    assert condition in guarded.facts.atoms
    assert condition not in plain.facts.atoms
    assert verdicts(guarded) == verdicts(plain) == {"yes": "survives", "no": "ruled out"}
    assert verdicts(guarded, "cell-was-clean") == {"yes": "not covered", "no": "not covered"}


def test_nothing_that_one_space_holds_is_a_fact_of_another(two_spaces: dict[str, Problem]) -> None:
    assert {
        str(a) for a in two_spaces["guarded"].facts.atoms if a.name in ("converts", "claim_leads_to", "rate_determining")
    } == {
        'converts("quick","turn",300)',
        'claim_leads_to("quick","slow","b-grows")',
        'rate_determining("slow","turn")',
    }
    for problem in two_spaces.values():
        assert foreign(problem.facts, problem) == set()
    told = {str(argument) for atom in two_spaces["plain"].facts.atoms for argument in atom.arguments}
    assert told.isdisjoint({"turn", "slow", "cell-was-clean"})


def test_so_it_is_in_the_shipped_spaces(shipped: Workspace) -> None:
    for entry in shipped.catalog.by_kind["space"]:
        problem = shipped.problem(entry.id)
        assert foreign(problem.facts, problem) == set(), entry.id


def test_the_same_graph_gives_the_same_facts(shipped: Workspace) -> None:
    entry = shipped.catalog.by_kind["space"][0]
    assert read_facts(shipped.store, entry.id) == shipped.problem(entry.id).facts


def foreign(facts: Facts, problem: Problem) -> set[Atom]:
    """Return the facts about a step, assumption or claim that the space does not have."""
    space = problem.space
    own = {
        "step": {*space.background, *space.optional},
        "assumption": {*space.assumptions},
        "postulate": {p.id for p in space.postulates},
    }
    return {
        atom
        for atom in facts.atoms
        for kind, argument in zip(PREDICATES[atom.name].arguments, atom.arguments, strict=True)
        if kind in own and argument not in own[kind]
    }
