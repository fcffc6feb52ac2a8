"""Plain values stand for the very same rules, facts and programs, and for nothing that was not foreseen."""

from __future__ import annotations

import marshal
from fractions import Fraction

import pytest

from mechkg.reasoning.facts import Facts
from mechkg.reasoning.plain import plain, plain_facts, plain_program, read, read_plain_facts, read_plain_program
from mechkg.reasoning.rate_laws import Balance, RateLaw
from mechkg.reasoning.rulebook import read_rulebook
from mechkg.reasoning.terms import Atom
from tests.reasoning.random_spaces import random_program
from tests.reasoning.spaces_of_facts import program_of


def test_the_shipped_rules_come_back() -> None:
    book = read_rulebook()
    assert read(marshal.loads(marshal.dumps(plain(book)))) == book


@pytest.mark.parametrize("seed", range(5))
def test_programs_come_back_with_their_order(seed: int) -> None:
    program = program_of(random_program(seed, 8))
    back = read_plain_program(marshal.loads(marshal.dumps(plain_program(program))))
    assert back == program
    assert list(back.texts.items()) == list(program.texts.items())
    assert [type(rule) for rule in back.rules] == [type(rule) for rule in program.rules]
    assert back.components == program.components


def test_facts_come_back() -> None:
    half = Fraction(1, 2)
    stated = {Atom("p", ("a", 1)): ("one", "two"), Atom("q"): ("three",)}
    laws, steps = {"slow": RateLaw({"a": half, "b": Fraction(-1)}, exact=False)}, {"go": Balance({"a": half}, {}, exact=False)}
    facts = Facts("space", frozenset(stated), stated, laws, steps)
    back = read_plain_facts(marshal.loads(marshal.dumps(plain_facts(facts))))
    assert back == facts
    assert all(type(atom) is Atom for atom in back.atoms)


def test_numbers_text_and_truth_stay_apart() -> None:
    values = (1, "1", True, 1.0, None, "", Fraction(1))
    back = read(marshal.loads(marshal.dumps(plain(values))))
    assert [(type(value), value) for value in back] == [(type(value), value) for value in values]


@pytest.mark.parametrize("value", [object(), [1], {1}, len, Exception("x")])
def test_what_was_not_foreseen_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="has no plain form"):
        plain(value)


def test_facts_that_nothing_states_are_refused() -> None:
    with pytest.raises(TypeError, match="nothing states"):
        plain_facts(Facts("space", frozenset({Atom("p")}), {}))
