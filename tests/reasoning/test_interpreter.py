"""The oracle: plain cases written by hand, agreement with clingo on random spaces, and what the random spaces hold."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import clingo
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechkg.reasoning.engine import parse_rules
from mechkg.reasoning.facts import Facts
from mechkg.reasoning.predicates import PREDICATES
from mechkg.reasoning.rulebook import read_rulebook
from mechkg.reasoning.terms import Atom, RuleText
from tests.reasoning.agreement import Clingo, firing, read, rule_files
from tests.reasoning.interpreter import NotStratifiedError, UnsafeError, interpret, rank, shipped_rules
from tests.reasoning.random_spaces import random_facts, random_program, spaces
from tests.reasoning.spaces_of_facts import names, open_orders

# --- rules written by hand -------------------------------------------------------------------------------------------------


def derived(rules: str, facts: str, name: str) -> set[tuple[object, ...]]:
    """Return the arguments of the atoms of one predicate; facts are rules without a body."""
    given = [rule.head for rule in parse_rules(facts, "facts.lp")]
    return {atom.arguments for atom in interpret(parse_rules(rules, "t.lp"), given, []) if atom.name == name}


def test_a_positive_cycle_is_followed_to_its_end() -> None:
    rules = "path(X,Y) :- edge(X,Y). path(X,Z) :- path(X,Y), path(Y,Z)."
    facts = 'edge("a","b"). edge("b","c"). edge("c","d"). edge("d","b").'
    letters = "bcd"
    assert derived(rules, facts, "path") == {(x, y) for x in "abcd" for y in letters}


def test_a_positive_cycle_does_not_hold_itself_up() -> None:
    rules = "p(X) :- q(X). q(X) :- p(X). r(X) :- s(X), not p(X)."
    assert derived(rules, 's("a").', "p") == set()
    assert derived(rules, 's("a").', "r") == {("a",)}
    assert derived(rules, 's("a"). q("a").', "r") == set()


def test_an_absence_is_asked_for_when_all_is_known() -> None:
    # the rule that asks stands before those that answer, and they stand in the wrong order
    rules = "left(X) :- item(X), not gone(X). gone(X) :- lost(X). lost(X) :- stolen(X)."
    assert derived(rules, 'item("a"). item("b"). stolen("a").', "left") == {("b",)}


FOR_ALL = "can(R,G) :- step(R), stage(G), there(X,G) : needs(R,X). there(X,G) :- can(R,G), makes(R,X)."


def test_for_all_asks_for_every_way_in_which_its_condition_holds() -> None:
    facts = 'step("r"). stage("g"). needs("r","x"). needs("r","y"). there("x","g").'
    assert derived(FOR_ALL, facts, "can") == set()
    assert derived(FOR_ALL, facts + 'there("y","g").', "can") == {("r", "g")}


def test_for_all_holds_when_nothing_is_needed() -> None:
    assert derived(FOR_ALL, 'step("r"). stage("g").', "can") == {("r", "g")}


def test_for_all_is_tried_again_when_what_it_waits_for_comes() -> None:
    facts = 'stage("g"). step("r1"). step("r2"). step("r3"). makes("r1","x"). makes("r2","y"). needs("r2","x").'
    facts += 'needs("r3","x"). needs("r3","y"). makes("r3","z").'
    assert derived(FOR_ALL, facts, "there") == {("x", "g"), ("y", "g"), ("z", "g")}


def test_for_all_takes_a_condition_that_is_derived() -> None:
    rules = "rival(X,Y) :- near(X,Y), not idle(X). calm(Y) :- item(Y), slow(X) : rival(X,Y)."
    facts = 'item("a"). item("b"). near("c","a"). near("d","b"). near("e","b"). idle("e").'
    assert derived(rules, facts, "calm") == set()
    assert derived(rules, facts + 'slow("d").', "calm") == {("b",)}


def test_constants_and_repeated_variables_select() -> None:
    facts = 'seen("o","absent","a",3). seen("o","present","b",3). seen("p","absent","p",4).'
    assert derived('gone(S) :- seen(O,"absent",S,3).', facts, "gone") == {("a",)}
    assert derived("same(O) :- seen(O,K,O,T).", facts, "same") == {("p",)}
    assert derived('flag("yes",1) :- seen("o",K,S,3).', facts, "flag") == {("yes", 1)}


@pytest.mark.parametrize(
    ("test", "holds"),
    [
        ("X < Y", {(1, 2)}),
        ("X <= Y", {(1, 1), (1, 2), (2, 2)}),
        ("X = Y", {(1, 1), (2, 2)}),
        ("X != Y", {(1, 2), (2, 1)}),
        ("X > Y", {(2, 1)}),
        ("X >= 2", {(2, 1), (2, 2)}),
    ],
)
def test_comparisons_compare_values(test: str, holds: set[tuple[int, int]]) -> None:
    assert derived(f"p(X,Y) :- n(X), n(Y), {test}.", "n(1). n(2).", "p") == holds


def test_an_equation_binds_a_variable() -> None:
    assert derived('p(X,Y) :- q(X), Y = X. r(K) :- q(X), K = "k".', "q(1).", "p") == {(1, 1)}


def test_a_number_is_not_the_string_of_its_digits() -> None:
    assert derived("p(X) :- q(X), r(X).", 'q(1). q("2"). r("1"). r("2").', "p") == {("2",)}


def test_a_predicate_is_told_by_its_width_too() -> None:
    assert derived("p(X) :- p(X,Y).", 'p("a","b").', "p") == {("a", "b"), ("a",)}


def test_established_steps_run_and_what_is_given_is_returned() -> None:
    facts, chosen = [Atom("background", ("b",)), Atom("optional", ("o",))], [Atom("assumed", ("a",))]
    assert interpret([], facts, chosen) == {*facts, *chosen}
    assert {a for a in interpret(shipped_rules(), facts, chosen) if a.name == "on"} == {Atom("on", ("b",))}


def test_what_is_given_of_a_derived_predicate_counts() -> None:
    rules = parse_rules("left(X) :- item(X), not gone(X). gone(X) :- lost(X).", "t.lp")
    given = [Atom("item", ("a",)), Atom("gone", ("a",))]
    assert interpret(rules, given, []) == set(given)


def test_a_cycle_through_an_absence_is_refused() -> None:
    for rules in ("p(X) :- s(X), not q(X). q(X) :- p(X).", "p(X) :- s(X), t(Y) : p(Y)."):
        with pytest.raises(NotStratifiedError):
            interpret(parse_rules(rules, "t.lp"), [], [])


def test_a_variable_that_nothing_binds_is_refused() -> None:
    for rules in ("p(X) :- not q(X).", "p(X) :- q(Y).", "p(Y) :- q(Y), X < Y."):
        with pytest.raises(UnsafeError):
            interpret(parse_rules(rules, "t.lp"), [], [])


# --- agreement with clingo ---------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(-5, 5) | st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=4), min_size=2))
def test_values_are_ordered_as_clingo_orders_them(values: list[str | int]) -> None:
    symbols = [clingo.String(v) if isinstance(v, str) else clingo.Number(v) for v in values]
    ordered = [s.string if s.type == clingo.SymbolType.String else s.number for s in sorted(symbols)]
    assert sorted(values, key=rank) == ordered


def agree(facts: Facts, seed: int, times: int) -> None:
    """Compare oracle and clingo on random settings of all inputs; most assumptions are held and most observations counted."""
    solver, rng = Clingo(facts.atoms), random.Random(seed)
    for _ in range(times):
        share = defaultdict(lambda: rng.random(), assumed=rng.choice((0.5, 0.9, 1)), counted=rng.choice((0.5, 0.95, 1)))
        true = {atom for atom in sorted(solver.inputs) if rng.random() < share[atom.name]}
        ours, theirs = interpret(shipped_rules(), facts.atoms, true), solver.derive(true)
        assert ours == theirs, f"{facts.space}: only ours {sorted(ours - theirs)[:9]}, only clingo's {sorted(theirs - ours)[:9]}"


@settings(max_examples=50, deadline=None)
@given(spaces(), st.integers(0, 999))
def test_oracle_and_clingo_agree_on_random_spaces(facts: Facts, seed: int) -> None:
    agree(facts, seed, 3)


@pytest.mark.parametrize("choices", [8, 16, 40])
def test_oracle_and_clingo_agree_on_the_generated_set(choices: int) -> None:
    agree(random_program(choices, choices), choices, 6)


# --- what the random spaces hold ---------------------------------------------------------------------------------------------


def outcome(facts: Facts, on: Iterable[str], others: Iterable[Atom] = (), rules: Iterable[RuleText] = ()) -> frozenset[Atom]:
    """Return what holds when these steps run and ``others`` are chosen, with all assumptions and all observations."""
    chosen = {Atom("assumed", atom.arguments) for atom in facts.atoms if atom.name == "assumption"}
    chosen |= {Atom("counted", atom.arguments[:1]) for atom in facts.atoms if atom.name == "reported"}
    return interpret([*shipped_rules(), *rules], facts.atoms, [*chosen, *(Atom("on", (step,)) for step in on), *others])


def conflicts(atoms: Iterable[Atom]) -> set[Atom]:
    return {atom for atom in atoms if atom.name == "conflict"}


def settings_of(facts: Facts) -> Iterator[list[str]]:
    steps = names(facts, "optional")
    for number in range(2 ** len(steps)):
        yield [step for place, step in enumerate(steps) if number >> place & 1]


def test_conflicts_explanations_and_survivors_are_common() -> None:
    found: Counter[str] = Counter()
    many = 24
    for seed in range(many):
        facts = random_facts(seed, 3)
        free = open_orders(facts)
        outcomes = [[outcome(facts, on), *([outcome(facts, on, free)] if free else [])] for on in settings_of(facts)]
        survive = [any(not conflicts(atoms) for atoms in each) for each in outcomes]
        found["conflict"] += any(conflicts(atoms) for each in outcomes for atoms in each)
        found["explained"] += any(atom.name == "explained" for each in outcomes for atoms in each for atom in atoms)
        found["survivor"] += any(survive)
        found["both"] += any(survive) and not all(survive)
    assert found["conflict"] > many / 2
    assert found["explained"] > many / 2
    assert found["survivor"] > many / 3
    assert found["both"] > many / 4


MANY = 120
"""So many spaces are tried for what they hold."""

FIRING = 0.95
"""Share of the rules of which each fires in some of them; in the thousand spaces of the benchmark all do."""


def test_nearly_every_rule_fires_in_some_random_space() -> None:
    rules = {rule.name for rule in read_rulebook().rules}
    fired = {name for seed in range(MANY) for name in firing(random_facts(seed, 4), seed)}
    silent = sorted(rules - fired)
    share = 1 - len(silent) / len(rules)
    assert share >= FIRING, f"{share:.1%} of the rules fire; these do not: {', '.join(silent)}"


def test_every_fact_of_the_table_is_tried_with_arguments_of_its_width() -> None:
    filled = {(atom.name, len(atom.arguments)) for seed in range(30) for atom in random_facts(seed, 5).atoms}
    assert filled == {(p.name, len(p.arguments)) for p in PREDICATES.values() if p.origin in ("fact", "computed")}


def test_the_same_seed_gives_the_same_space() -> None:
    assert random_facts(7, 5) == random_facts(7, 5) != random_facts(8, 5)
    assert random_program(7, 20) == random_program(7, 20) != random_program(8, 20)


@pytest.mark.parametrize("choices", [8, 13, 24, 32, 40])
def test_a_generated_space_has_the_numbers_asked_for(choices: int) -> None:
    for seed in range(5):
        facts = random_program(seed, choices)
        many = Counter(atom.name for atom in facts.atoms)
        assert len(names(facts, "optional")) == choices
        assert (many["background"], many["species_kind"], many["stage"]) == (12, 60, 6)
        assert len({atom.arguments[0] for atom in facts.atoms if atom.name == "reported"}) == 32


@pytest.mark.parametrize("choices", [8, 18])
def test_every_optional_step_of_a_generated_space_decides_some_conflict(choices: int) -> None:
    facts, rng = random_program(1, choices), random.Random(choices)
    steps, free = names(facts, "optional"), open_orders(facts)

    def decides(step: str) -> bool:
        share = rng.choice((0, 0.2, 0.5))
        others = [other for other in steps if other != step and rng.random() < share]
        return any(
            conflicts(outcome(facts, others, faster)) != conflicts(outcome(facts, [*others, step], faster))
            for faster in ([], free)
        )

    assert [step for step in steps if not any(decides(step) for _ in range(60))] == []


@pytest.mark.parametrize("choices", [8, 20, 40])
def test_some_setting_of_a_generated_space_survives(choices: int) -> None:
    control = clingo.Control(["--warn=no-atom-undefined", "--opt-mode=ignore"])
    facts = random_program(2, choices)
    demands = ":- conflict(O,X,S,G). :- assumption(A), not assumed(A). :- reported(O,K,S,G), not counted(O)."
    control.add("base", [], "\n".join([rule_files(), demands, *(f"{atom}." for atom in facts.atoms)]))
    control.ground([("base", [])])
    true: list[Atom] = []
    assert control.solve(on_model=lambda model: true.extend(map(read, model.symbols(atoms=True)))).satisfiable
    on, faster = ([atom for atom in true if atom.name == name] for name in ("on", "faster"))
    assert not conflicts(outcome(facts, [str(atom.arguments[0]) for atom in on], faster))
