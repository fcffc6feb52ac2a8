"""The engine against an oracle: a naive evaluator of stratified rules, written here without clingo."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechkg.errors import RuleError
from mechkg.reasoning.engine import Engine, parse_rules
from mechkg.reasoning.terms import Atom, Comparison, ForAll, Literal

CHOICES = "{ on(X) } :- option(X).\n"


def naive(rules: list[tuple[str, list[str], list[str]]], true: set[str], strata: int) -> set[str]:
    """Evaluate propositional rules (head, positive, negative) stratum by stratum; heads are named p<stratum>_<n>."""
    known = set(true)
    for stratum in range(strata):
        while True:
            fresh = {
                head
                for head, positive, negative in rules
                if head.startswith(f"p{stratum}_") and known.issuperset(positive) and known.isdisjoint(negative)
            } - known
            if not fresh:
                break
            known |= fresh
    return known


@st.composite
def programs(draw: st.DrawFn) -> list[tuple[str, list[str], list[str]]]:
    """Random stratified programs over three options and three strata: negation only on lower strata and options."""
    options = ["o0", "o1", "o2"]
    heads = {stratum: [f"p{stratum}_{n}" for n in range(3)] for stratum in range(3)}
    rules = []
    for stratum in range(3):
        below = options + [h for lower in range(stratum) for h in heads[lower]]
        for _ in range(draw(st.integers(1, 6))):
            head = draw(st.sampled_from(heads[stratum]))
            positive = draw(st.lists(st.sampled_from(below + heads[stratum]), max_size=3))
            negative = draw(st.lists(st.sampled_from(below), max_size=2))
            rules.append((head, positive, negative))
    return rules


@settings(max_examples=60, deadline=None)
@given(programs())
def test_every_setting_agrees_with_a_naive_evaluator(program: list[tuple[str, list[str], list[str]]]) -> None:
    def written(name: str) -> str:
        return f'on("{name}")' if name.startswith("o") else f'holds("{name}")'

    text = "\n".join(
        f"{written(head)} :- option(Q), {', '.join([written(p) for p in positive] + [f'not {written(n)}' for n in negative])}."
        if positive or negative
        else f"{written(head)} :- option(Q)."
        for head, positive, negative in program
    )
    rules = parse_rules(text, "random.lp")
    engine = Engine(rules, CHOICES, [Atom("option", (name,)) for name in ("o0", "o1", "o2")])
    for chosen in itertools.chain.from_iterable(itertools.combinations(["o0", "o1", "o2"], n) for n in range(4)):
        on = [Atom("on", (o,)) for o in chosen]
        off = [Atom("on", (o,)) for o in ("o0", "o1", "o2") if o not in chosen]
        setting = engine.best(on, off)
        assert setting is not None
        derived = {str(a.arguments[0]) for a in setting.atoms if a.name in ("on", "holds")}
        assert derived == naive(program, set(chosen), 3)


def test_each_rule_that_fired_is_reported_with_its_values() -> None:
    engine = Engine(parse_rules('path(X,Y) :- edge(X,Y).\npath(X,Z) :- path(X,Y), edge(Y,Z).', "t.lp"), "", [
        Atom("edge", ("a", "b")), Atom("edge", ("b", "c"))
    ])  # fmt: skip
    setting = engine.best([], [])
    assert setting is not None
    assert set(setting.fired) == {(0, ("a", "b")), (0, ("b", "c")), (1, ("a", "c", "b"))}


def test_an_unnamed_choice_is_free_and_the_cheapest_setting_wins() -> None:
    choices = CHOICES + '#minimize { 1,X : on(X) }.\n:- not on("a"), not on("b").\n'
    engine = Engine([], choices, [Atom("option", ("a",)), Atom("option", ("b",))])
    setting = engine.best([], [Atom("on", ("a",))])
    assert setting is not None
    assert Atom("on", ("b",)) in setting.atoms
    assert setting.cost == (1,)
    assert engine.best([], [Atom("on", ("a",)), Atom("on", ("b",))]) is None


def test_all_settings_can_be_listed() -> None:
    engine = Engine([], CHOICES, [Atom("option", ("a",)), Atom("option", ("b",))])
    assert len(list(engine.all([], []))) == 4
    assert len(list(engine.all([Atom("on", ("a",))], []))) == 2


def test_premises_are_read_in_their_three_forms() -> None:
    [rule] = parse_rules("ok(R) :- step(R), have(X) : needs(R,X); not bad(R), size(R,N), N >= 3.", "t.lp")
    kinds = [type(premise) for premise in rule.premises]
    assert kinds == [Literal, ForAll, Literal, Literal, Comparison]
    assert rule.variables == ("R", "N")
    [comparison] = [p for p in rule.premises if isinstance(p, Comparison)]
    assert comparison.holds({"N": 3})
    assert not comparison.holds({"N": 2})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("p(X) :- q(X,_).", "t.lp:1: name every variable"),
        ("\n{ p(X) } :- q(X).", "t.lp:2:"),
        ("p(X) :- q(X), #count { Y : r(Y) } > 1.", "t.lp:1:"),
        ("p(X) :- q(X)", "t.lp"),
    ],
)
def test_what_a_proof_cannot_be_read_from_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(RuleError, match=message):
        parse_rules(text, "t.lp")
