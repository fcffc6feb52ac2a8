"""The ground program: indices, reading atoms and instances back, the order in which atoms rest on each other."""

from __future__ import annotations

import clingo
from hypothesis import given
from hypothesis import strategies as st

from mechkg.reasoning.engine import ground, parse_rules
from mechkg.reasoning.program import GroundProgram, reaching, read_atom, read_instance
from mechkg.reasoning.terms import Atom
from tests.reasoning.small_spaces import SmallSpace, small_spaces

CYCLE = """
path(X,Y) :- on(X), edge(X,Y).
path(X,Z) :- path(X,Y), path(Y,Z).
far(X) :- node(X), not path(X,X).
near(X) :- node(X), far(X).
"""
NODES = [Atom("node", (n,)) for n in "abc"]
EDGES = [Atom("edge", pair) for pair in (("a", "b"), ("b", "a"), ("b", "c"))]


def program() -> GroundProgram:
    return ground(parse_rules(CYCLE, "t.lp"), "{ on(X) } :- node(X).", [*NODES, *EDGES])


def named(found: GroundProgram, numbers: object) -> set[str]:
    return {found.texts[n] for n in numbers if n in found.texts}  # type: ignore[attr-defined]


TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.just("\n"))


@given(st.lists(st.integers(-(2**31), 2**31 - 1) | TEXT, max_size=4))
def test_an_atom_is_read_back_from_the_text_that_clingo_writes(values: list[str | int]) -> None:
    symbols = [clingo.String(v) if isinstance(v, str) else clingo.Number(v) for v in values]
    assert read_atom(str(clingo.Function("p", symbols))) == Atom("p", tuple(values))


def test_an_instance_is_read_back() -> None:
    assert read_instance('12,"a, b",-3') == (12, ("a, b", -3))
    assert read_instance("4") == (4, ())


def test_atoms_are_found_by_predicate_in_a_stable_order() -> None:
    found = program()
    assert [str(atom) for _, atom in found.atoms("on")] == ['on("a")', 'on("b")', 'on("c")']
    assert (
        [number for number, _ in found.atoms("on")]
        == found.by_name["on"]
        == sorted(found.by_name["on"], key=found.texts.__getitem__)
    )
    assert list(found.atoms("nothing")) == []
    assert found.index['on("a")'] == found.by_name["on"][0]


def test_every_atom_comes_after_what_it_rests_on_and_cycles_stand_together() -> None:
    found = program()
    place = {atom: k for k, (members, _) in enumerate(found.components) for atom in members}
    for rule in found.rules:
        for other in (*rule.positive, *rule.negative):
            if rule.head in place and other in place:
                assert place[other] <= place[rule.head]
                assert place[other] < place[rule.head] or other in rule.positive
    recursive = [named(found, members) for members, again in found.components if again]
    assert {'path("a","a")', 'path("a","b")', 'path("b","a")', 'path("b","b")'} <= set().union(*recursive)
    single = [members for members, again in found.components if not again]
    assert all(len(members) == 1 for members in single)
    assert {'far("a")', 'near("a")'} <= set().union(*(named(found, members) for members in single))


@given(small_spaces())
def test_components_hold_every_concluded_atom_once(space: SmallSpace) -> None:
    found = space.program
    listed = [atom for members, _ in found.components for atom in members]
    assert sorted(listed) == sorted({rule.head for rule in found.rules} - found.facts)
    known: set[int] = set()
    for members, again in found.components:
        for atom in members:
            needs = {n for rule in found.concluded_by.get(atom, ()) for n in (*rule.positive, *rule.negative)}
            open_needs = {n for n in needs if n in set(listed)}
            assert open_needs <= known | set(members)
            if not again:
                assert not open_needs & set(members)
        known.update(members)


def test_rules_are_found_by_what_they_conclude_with_and_without_facts() -> None:
    found = program()
    head = found.index['path("a","b")']
    [first] = [rule for rule in found.instances_of[head] if rule.instance.startswith("0")]
    assert named(found, first.positive) == {'on("a")', 'edge("a","b")'}
    [bare] = [rule for rule in found.concluded_by[head] if rule.instance == first.instance]
    assert named(found, bare.positive) == {'on("a")'}
    facts = {rule.head for rules in found.concluded_by.values() for rule in rules} & found.facts
    assert facts == set()


def test_what_an_atom_can_rest_on() -> None:
    found = program()
    within = named(found, reaching(found, [found.index['far("b")']]))
    assert {'far("b")', 'path("b","b")', 'on("a")', 'on("b")'} <= within
    assert not {'far("a")', 'near("b")', 'path("c","c")'} & within
    assert reaching(found, []) == set()
