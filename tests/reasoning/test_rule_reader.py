"""The reader of rules for the interpreter: plain cases, and the shipped rules as the reasoner reads them."""

from __future__ import annotations

import pytest

from mechkg.assets import rules_dir
from mechkg.reasoning.engine import parse_rules
from mechkg.reasoning.rulebook import read_rulebook
from mechkg.reasoning.terms import Atom, Comparison, ForAll, Literal, Variable
from tests.reasoning.rule_reader import UnreadableError, read_folder, read_rules

X, Y = Variable("X"), Variable("Y")


def test_a_rule_is_read_in_all_its_parts() -> None:
    [rule] = read_rules('% said: p(X).\np(X,"a, \\"b\\". %") :-\n  q(X,-3), not r , X != "c",\n s(Y) : t(X,Y); u(X).  % so')
    assert (rule.head, rule.variables, rule.line) == (Atom("p", (X, 'a, "b". %')), ("X",), 2)
    assert rule.premises == (
        Literal(Atom("q", (X, -3))),
        Literal(Atom("r"), negative=True),
        Comparison('X != "c"', X, "!=", "c"),
        ForAll(Atom("s", (Y,)), Atom("t", (X, Y))),
        Literal(Atom("u", (X,))),
    )


def test_choices_and_preferences_are_passed_over() -> None:
    text = '{ on(R) } :- optional(R).\non(R) :- background(R).\n#minimize { 1@2,O : conflict(O,"x") }.\njudged("x").'
    assert [(str(rule.head), rule.premises) for rule in read_rules(text)] == [
        ("on(R)", (Literal(Atom("background", (Variable("R"),))),)),
        ('judged("x")', ()),
    ]


@pytest.mark.parametrize(
    "text",
    ["p(X) :- q(X)", "p(X) :- ,.", "p(X) :- q(X), X.", "P(X) :- q(X).", "p(f(X)) :- q(X).", "p :- q : r : s.", "p(_) :- q."],
)
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        assert not read_rules(text)


def test_the_shipped_rules_are_read_as_the_reasoner_reads_them() -> None:
    ours = [rule for rule in read_folder(rules_dir()) if rule.text != "on(R) :- background(R)."]
    theirs = [rule.text for rule in read_rulebook().rules]
    assert [(rule.head, rule.variables, rule.line) for rule in ours] == [(r.head, r.variables, r.line) for r in theirs]
    for one, other in zip(ours, theirs, strict=True):
        assert [_bare(p) for p in one.premises] == [_bare(p) for p in other.premises]


def test_so_are_strings_with_signs_in_them() -> None:
    text = r'p("a\"b\\c","d,e;f:g.h%i") :- q("\n",0), "x" <= "y".'
    [ours], [theirs] = read_rules(text), parse_rules(text, "t.lp")
    assert (ours.head, [_bare(p) for p in ours.premises]) == (theirs.head, [_bare(p) for p in theirs.premises])


def _bare(premise: object) -> object:
    """A premise without its text, which is written in two ways."""
    return (premise.left, premise.operator, premise.right) if isinstance(premise, Comparison) else premise
