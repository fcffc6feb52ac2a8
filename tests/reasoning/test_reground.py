"""Grounding again after facts have come and gone: what comes of it is what clingo would have grounded from nothing."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest

from mechkg.reasoning.engine import parse_rules
from mechkg.reasoning.facts import Facts
from mechkg.reasoning.outcomes import Model
from mechkg.reasoning.problem import ground
from mechkg.reasoning.program import GroundProgram
from mechkg.reasoning.reground import reground
from mechkg.reasoning.rulebook import Rule, Rulebook, read_rulebook
from mechkg.reasoning.terms import Atom
from mechkg.service.workspace import Workspace
from tests.reasoning.random_spaces import random_facts


def grounded(rulebook: Rulebook, atoms: Iterable[Atom]) -> GroundProgram:
    known = frozenset(atoms)
    return ground(rulebook, Facts("s", known, dict.fromkeys(known, ("s",))))


def holding(program: GroundProgram, seed: int) -> set[str]:
    """What holds in a setting of the inputs that is drawn by their names."""
    on = {n for n in program.inputs if random.Random(f"{seed} {program.texts[n]}").random() < 0.6}
    return {program.texts[n] for n in Model(program, frozenset(on))._true if n in program.texts}


def assert_as_from_nothing(rulebook: Rulebook, before: frozenset[Atom], after: frozenset[Atom], settings: int = 4) -> bool:
    """Hold what is made of the program of ``before`` against that of ``after``; return whether anything had to be made."""
    old, new = grounded(rulebook, before), grounded(rulebook, after)
    found = reground(old, rulebook, before, after)
    for seed in range(settings):
        if found is not None:
            assert {found.texts[n] for n in found.inputs} == {new.texts[n] for n in new.inputs}
            assert holding(found, seed) == holding(new, seed)
        else:
            roles = ("conflict(", "explained(", "bears(")
            told = [{text for text in holding(p, seed) if text.startswith(roles)} for p in (old, new)]
            assert told[0] == told[1]
    return found is not None


@pytest.mark.parametrize("seed", range(25))
def test_facts_of_random_spaces_come_and_go(seed: int) -> None:
    draw = random.Random(seed)
    atoms = sorted(random_facts(seed, 6).atoms, key=str)
    coming, going = (set(draw.sample(atoms, draw.choice((0, 1, 2, 5, 15)))) for _ in range(2))
    assert_as_from_nothing(read_rulebook(), frozenset(atoms) - coming, frozenset(atoms) - (going - coming))


def test_facts_of_shipped_spaces_come_and_go(shipped: Workspace) -> None:
    draw = random.Random(3)
    made = 0
    for name in ("msc-399-in-toluene", "cdte-449-to-469", "which-step-limits", "cds-msc-311-origin", "cdte-amine"):
        atoms = sorted(shipped.problem(name).facts.atoms, key=str)
        for _ in range(4):
            coming, going = set(draw.sample(atoms, 3)), set(draw.sample(atoms, 3))
            # what is said of one thing may be said of another
            one, other = draw.choice(atoms), draw.choice(atoms)
            coming |= {one._replace(arguments=(other.arguments[0], *one.arguments[1:]))} if one.name == other.name else set()
            before, after = frozenset(atoms) - coming, (frozenset(atoms) | coming) - (going - coming)
            made += assert_as_from_nothing(read_rulebook(), before, after, settings=2)
    assert made > 5


# --- what clingo leaves out, and has to be put back ---------------------------------------------------------------------


def rules(text: str, choices: str = "{ a(X) } :- open(X).") -> Rulebook:
    return Rulebook(
        tuple(Rule(f"r{n}", "", "sound", None, "", "t.lp", t) for n, t in enumerate(parse_rules(text, "t.lp"))), choices
    )


def facts(*atoms: str) -> frozenset[Atom]:
    return frozenset(rule.head for rule in parse_rules(" ".join(f"{atom}." for atom in atoms), "f.lp"))


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        # an absence that was certain no longer is
        ('conflict(X) :- p(X), not q(X).', ['p("x")'], ['p("x")', 'q("x")']),
        # what was there in any case goes, and the instances that it kept away come
        ('conflict(X) :- p(X), not q(X). q(X) :- r(X).', ['p("x")', 'r("x")'], ['p("x")']),
        # of what holds in any case clingo keeps one reason; another may be left
        ('conflict(X) :- q(X). q(X) :- r(X). q(X) :- s(X).', ['r("x")', 's("x")'], ['s("x")']),
        # a condition asks for more, or for less
        ('conflict(X) :- p(X), a(Y) : q(X,Y).', ['p("x")', 'open("y")', 'open("z")', 'q("x","y")'],
         ['p("x")', 'open("y")', 'open("z")', 'q("x","y")', 'q("x","z")']),
        ('conflict(X) :- p(X), a(Y) : q(X,Y).', ['p("x")', 'open("y")', 'q("x","y")', 'q("x","n")'],
         ['p("x")', 'open("y")', 'q("x","y")']),
        # two that rest on each other, one through a condition, hold no longer when what bore them is gone
        ('conflict(X) :- u(X). u(X) :- p(X). u(Y) :- q(X,Y), v(X). v(X) :- w(X), u(Y) : q(X,Y).',
         ['p("x")', 'w("x")', 'q("x","x")'], ['w("x")', 'q("x","x")']),
        # what opens a choice comes and goes
        ('conflict(X) :- a(X).', ['open("x")'], ['open("y")']),
        # a comparison of what is new
        ('conflict(X) :- p(X,N), q(M), N <= M.', ['p("x",3)', 'q(2)'], ['p("x",3)', 'q(2)', 'q(4)']),
    ],
)  # fmt: skip
def test_what_was_left_out_is_put_back(text: str, before: list[str], after: list[str]) -> None:
    assert_as_from_nothing(rules(text), facts(*before), facts(*after))
    assert_as_from_nothing(rules(text), facts(*after), facts(*before))


def test_what_no_verdict_hangs_on_is_not_worked_out() -> None:
    book = rules("conflict(X) :- p(X), a(X). idle(X) :- q(X).")
    before, after = facts('p("x")', 'open("x")', 'q("x")'), facts('p("x")', 'open("x")', 'q("y")')
    assert reground(grounded(book, before), book, before, after) is None
    assert reground(grounded(book, before), book, before, before) is None
