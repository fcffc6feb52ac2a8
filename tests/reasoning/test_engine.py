"""The home of clingo: reading rules, grounding them, searching settings, smallest hitting sets; against plain evaluators."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechkg.errors import RuleError
from mechkg.reasoning.engine import HittingSets, Solver, ground, parse_rules
from mechkg.reasoning.evaluate import plan
from mechkg.reasoning.outcomes import Model
from mechkg.reasoning.program import GroundProgram, read_instance
from mechkg.reasoning.terms import Atom, Comparison, ForAll, Literal, Variable
from tests.reasoning.small_spaces import SmallSpace, minimal, small_spaces, subsets

CHOICES = "{ on(X) } :- option(X).\n"


def program_of(rules: str, options: str = "", facts: list[Atom] | None = None) -> GroundProgram:
    given = [*(facts or []), *(Atom("option", (o,)) for o in options)]
    return ground(parse_rules(rules, "t.lp"), CHOICES if options else "", given)


# --- reading rules -----------------------------------------------------------------------------------------------------------


def test_premises_are_read_in_their_three_forms() -> None:
    [rule] = parse_rules("ok(R) :- step(R), have(X) : needs(R,X); not bad(R), size(R,N), N >= 3.", "t.lp")
    kinds = [type(premise) for premise in rule.premises]
    assert kinds == [Literal, ForAll, Literal, Literal, Comparison]
    assert rule.variables == ("R", "N")
    [comparison] = [p for p in rule.premises if isinstance(p, Comparison)]
    assert comparison.holds({"N": 3})
    assert not comparison.holds({"N": 2})


def test_values_are_read_as_they_are_written() -> None:
    [rule] = parse_rules(r'p(x,-3,"a :- b; \"c\".") :- q(X1,_Y,"",7), X1 != "; ", _Y = 0.', "t.lp")
    assert rule.head == Atom("p", ("x", -3, 'a :- b; "c".'))
    assert rule.premises[0] == Literal(Atom("q", (Variable("X1"), Variable("_Y"), "", 7)))
    assert rule.premises[1:] == (
        Comparison('X1 != "; "', Variable("X1"), "!=", "; "),
        Comparison("_Y = 0", Variable("_Y"), "=", 0),
    )
    assert rule.variables == ("X1", "_Y")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("p(X) :- q(X,_).", "t.lp:1: name every variable"),
        ("\n{ p(X) } :- q(X).", "t.lp:2:"),
        ("p(X) :- q(X), #count { Y : r(Y) } > 1.", "t.lp:1:"),
        ("p(X) :- q(X), 1 < X < 3.", "t.lp:1:"),
        ("p(X) :- q(X,f(X)).", "t.lp:1:"),
        ("p(X) :- q(X), a(Y) : r(X,Y), s(Y).", "t.lp:1:"),
        ("not p(X) :- q(X).", "t.lp:1:"),
        ("p(X) :- q(X), not 1 < X.", "t.lp:1: 'not 1 < X.' is not of the form"),
        ("p(X) :- q(X), not not r(X).", "t.lp:1: 'not not r"),
        ("p(X) :- q(X), not a(Y) : r(X,Y).", "t.lp:1:"),
        ("\n\n#show p/1.", "t.lp:3: expected a rule"),
        ("p(X) :- q(X)", "t.lp"),
    ],
)
def test_what_a_proof_cannot_be_read_from_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(RuleError, match=message):
        parse_rules(text, "t.lp")


# --- grounding ---------------------------------------------------------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(small_spaces(orders=1))
def test_every_setting_agrees_with_a_naive_evaluator(space: SmallSpace) -> None:
    program = space.program
    names = [program.texts[n] for n in sorted(program.inputs)]
    stated = set(map(str, space.facts.atoms))
    for true in itertools.islice(subsets(names), 200):
        model = Model(program, frozenset(program.index[name] for name in true))
        known = {text for text, number in program.index.items() if number in model._true}
        assert known - stated == space.holding(true)


def test_each_rule_instance_is_reported_with_its_values() -> None:
    facts = [Atom("edge", ("a", "b")), Atom("edge", ("b", "c"))]
    program = program_of("path(X,Y) :- edge(X,Y).\npath(X,Z) :- path(X,Y), edge(Y,Z).", facts=facts)
    found = {read_instance(rule.instance): program.texts[rule.head] for rule in program.rules}
    assert found == {
        (0, ("a", "b")): 'path("a","b")',
        (0, ("b", "c")): 'path("b","c")',
        (1, ("a", "c", "b")): 'path("a","c")',
    }
    [last] = [rule for rule in program.rules if rule.instance.startswith("1")]
    assert {program.texts[n] for n in last.positive} == {'path("a","b")', 'edge("b","c")'}


def test_inputs_are_what_the_choices_open_and_facts_what_holds_in_any_case() -> None:
    program = program_of("p(X) :- option(X).\nq(X) :- on(X), not r(X).\nr(X) :- on(X), p(X).", options="ab")
    assert {program.texts[n] for n in program.inputs} == {'on("a")', 'on("b")'}
    assert {'p("a")', 'option("b")'} <= {program.texts[n] for n in program.facts}
    [rule] = [rule for rule in program.rules if program.texts[rule.head] == 'q("a")']
    assert [program.texts[n] for n in rule.negative] == ['r("a")']


def test_text_that_looks_like_syntax_comes_back_as_it_was() -> None:
    odd = "a 'b', (c/d) :- not e. % fired(3)"
    program = ground(parse_rules("p(X) :- q(X).", "t.lp"), "", [Atom("q", (odd,))])
    assert [atom.arguments for _, atom in program.atoms("p")] == [(odd,)]


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ("{ on(X) } :- p(X).", "a choice hangs on something derived"),
        ("{ on(X) } :- option(X), Y < 3.", "the rules cannot be grounded: .*unsafe"),
    ],
)
def test_choices_that_cannot_be_opened_are_refused(choices: str, message: str) -> None:
    rules = parse_rules("p(X) :- chosen(X).", "t.lp")
    with pytest.raises(RuleError, match=message):
        ground(rules, "{ chosen(X) } :- option(X).\n" + choices, [Atom("option", ("a",))])


# --- searching settings ------------------------------------------------------------------------------------------------------

EITHER = "conflict(X) :- option(X), not on(X), not excused(X).\nexcused(X) :- option(X), on(Y), option(Y), Y != X.\n"


def solver_of(rules: str, options: str, **more: object) -> tuple[Solver, dict[str, int]]:
    program = program_of(rules, options)
    todo = plan(program, program.by_name.get("conflict", []), {})
    return Solver(todo, **more), {o: program.index[f'on("{o}")'] for o in options}  # type: ignore[arg-type]


def test_an_input_that_is_not_named_is_free_and_one_named_keeps_its_sign() -> None:
    solver, on = solver_of(EITHER, "ab")
    assert solver.clash({}) is None
    assert solver.settle({on["a"]: False}) == {on["a"]: False, on["b"]: True}
    assert sorted(solver.clash({on["a"]: False, on["b"]: False}) or []) == sorted(on.values())
    assert solver.settle({on["a"]: False, on["b"]: False}) is None


def test_what_is_asked_from_now_on_is_kept() -> None:
    solver, on = solver_of(EITHER, "ab")
    solver.require([(on["a"], True)])
    assert solver.clash({on["a"]: False}) == [on["a"]]
    solver.require([(on["b"], False), (on["a"], False)])
    assert solver.settle({}) == {on["a"]: True, on["b"]: False}
    solver.require([(on["b"], True)])
    assert solver.clash({}) == []


def test_what_holds_in_any_case_cannot_be_avoided() -> None:
    solver, _ = solver_of("conflict(X) :- option(X).", "a")
    assert solver.clash({}) == []
    program = program_of("conflict(X) :- option(X).", "a")
    atom = program.index['conflict("a")']
    todo = plan(program, [atom], {})
    assert Solver(todo, forbidden=()).value(atom) is True
    assert Solver(todo, forbidden=()).clash({}) is None


def test_a_question_that_takes_too_long_is_given_up() -> None:
    # eleven pigeons in ten holes: no solver of this kind is quick about it
    birds, holes = range(11), range(10)
    clash = "\n".join(f'conflict("{a}") :- on("{a}.{h}"), on("{b}.{h}").' for h in holes for a in birds for b in birds if a < b)
    away = "\n".join(f'conflict("{a}") :- option("x"), {", ".join(f"""not on("{a}.{h}")""" for h in holes)}.' for a in birds)
    options = [Atom("option", (name,)) for name in ("x", *(f"{b}.{h}" for b in birds for h in holes))]
    program = ground(parse_rules(f"{clash}\n{away}", "t.lp"), CHOICES, options)
    solver = Solver(plan(program, program.by_name["conflict"], {}), limit=0.05)
    with pytest.raises(TimeoutError):
        solver.clash({})
    one = program.index['on("0.0")']
    assert solver.clash({one: True, program.index['on("1.0")']: True}) is not None, "it can be asked again"


@settings(max_examples=60, deadline=None)
@given(small_spaces(orders=1, constraints=0), st.data())
def test_the_solver_finds_a_setting_free_of_conflict_when_there_is_one(space: SmallSpace, data: st.DataObject) -> None:
    program = space.program
    todo = plan(program, program.by_name.get("conflict", ()), {})
    solver = Solver(todo)
    names = {n: program.texts[n] for n in program.inputs}
    asked = {n: data.draw(st.booleans()) for n in sorted(names) if data.draw(st.booleans())}
    free = [n for n in sorted(names) if n not in asked]

    def clashes(held: dict[int, bool], rest: list[int]) -> bool:
        fixed = {names[n] for n, value in held.items() if value}
        return all(
            any(a.startswith("conflict") for a in space.holding(fixed | {names[n] for n in more})) for more in subsets(rest)
        )

    answer, core = solver.settle(asked), solver.clash(asked)
    assert (answer is None) == (core is not None) == clashes(asked, free)
    if answer is not None:
        assert all(answer[n] == value for n, value in asked.items() if n in answer)
        assert not clashes({n: answer.get(n, False) for n in names}, [])
    if core is not None:
        assert set(core) <= asked.keys()
        assert clashes({n: asked[n] for n in core}, [n for n in names if n not in core])


# --- hitting sets ------------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sets(st.integers(1, 6), min_size=1, max_size=4), max_size=6), st.integers(0, 2**12 - 1))
def test_hitting_sets_come_smallest_first_and_most_doubtful_first(sets: list[set[int]], ranks: int) -> None:
    doubt = {element: ranks >> 2 * element - 2 & 3 for element in range(1, 7)}
    hitting = HittingSets(doubt)
    for one in sets:
        hitting.must_meet(one)
    found: list[frozenset[int]] = []
    while (one_more := hitting.smallest()) is not None:
        found.append(frozenset(one_more))
        if not one_more:
            break
        hitting.no_more(one_more)
    expected = minimal(part for part in subsets(range(1, 7)) if all(part & one for one in sets))
    assert set(found) == expected
    assert len(found) == len(expected)
    order = [(len(part), sum(doubt[e] for e in part)) for part in found]
    assert order == sorted(order)


def test_no_set_is_left_when_something_cannot_be_met() -> None:
    hitting = HittingSets({1: 0, 2: 0})
    hitting.must_meet([])
    assert hitting.smallest() is None
