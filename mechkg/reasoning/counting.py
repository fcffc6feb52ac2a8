"""Spaces too large to go through: survivors counted by a decision diagram, what they share asked of the solver.

The diagram is made by the evaluator, with nodes in the place of rows, and counts exactly. When its time or memory ends, or
the package for diagrams is not installed, survivors are listed up to a number instead, and what is reported is a lower bound
that says so.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from typing import Any

from mechkg.errors import TooLargeError
from mechkg.model.report import Whole
from mechkg.reasoning.conclusions import constraint_clauses
from mechkg.reasoning.engine import Solver
from mechkg.reasoning.evaluate import AWAY, directions, evaluate, plan
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.sweep import Choice, choices_of

SECONDS = 20.0
"""Time for a diagram, and again for the list of minimal survivors."""

MOST_NODES = 5_000_000
"""Nodes of a diagram, about forty bytes each."""

MOST_LISTED = 10_000
"""Survivors that are listed one by one when there is no diagram."""

MOST_MINIMAL = 20


def count_survivors(
    problem: Problem,
    without: Collection[str] = (),
    ignoring: Collection[str] = (),
    *,
    seconds: float = SECONDS,
    nodes: int = MOST_NODES,
) -> Whole:
    """Count candidates and survivors of a space and find what they share, without going through them."""
    inputs = problem.outcomes.inputs
    choices, _ = choices_of(problem.space, without)
    held = {n: name not in without for name, n in inputs.assumptions.items()}
    held |= {n: name not in ignoring for name, n in inputs.observations.items()}
    forbidden = problem.program.by_name.get("conflict", [])
    solver = Solver(plan(problem.program, forbidden, held), clauses=constraint_clauses(problem))
    switch = [_switch(problem, choice) for choice in choices]
    standing = _standing(solver, choices, switch)
    minimal, complete = _minimal(solver, choices, switch, seconds)
    try:
        candidates, survivors = _diagram(problem, choices, held, seconds, nodes)
        exact, method = True, "decision diagram"
    except (ImportError, TooLargeError) as error:
        solver = Solver(plan(problem.program, forbidden, held), clauses=constraint_clauses(problem))
        survivors = _listed(solver, switch, seconds)
        candidates = 1 << len(choices)
        exact = False
        why = error if isinstance(error, TooLargeError) else "no package for decision diagrams is installed"
        unmet = "; the constraints are not taken off the candidates" if problem.space.constraints else ""
        method = f"survivors listed one by one; {why}{unmet}"
    return Whole(len(choices), candidates, survivors, standing, minimal, complete, {}, exact, method)


def _switch(problem: Problem, choice: Choice) -> int:
    """Return one input that stands for a choice: its members go together."""
    inputs = problem.outcomes.inputs
    return next(iter([inputs.steps[s] for s in choice.steps] + [inputs.postulates[p] for p in choice.postulates]))


def _standing(solver: Solver, choices: list[Choice], switch: list[int]) -> dict[str, str]:
    if solver.clash({}) is not None:
        return {}
    found = {}
    for choice, number in zip(choices, switch, strict=True):
        can_be_on = solver.clash({number: True}) is None
        can_be_off = solver.clash({number: False}) is None
        word = "excluded" if not can_be_on else "possible" if can_be_off else "required"
        found.update(dict.fromkeys(choice.members, word))
    return found


def _minimal(solver: Solver, choices: list[Choice], switch: list[int], seconds: float) -> tuple[tuple[tuple[str, ...], ...], int]:
    """Return survivors that contain no other, and up to how many choices the list has every one.

    Each is made smaller until nothing can be left out, then everything that contains it is set aside.
    """
    start = time.monotonic()
    found: list[tuple[int, ...]] = []
    while len(found) < MOST_MINIMAL and time.monotonic() - start < seconds:
        answer = solver.settle({})
        if answer is None:
            names = [tuple(m for k in places for m in choices[k].members) for places in sorted(found, key=len)]
            return tuple(names), len(choices)
        on = {k for k, number in enumerate(switch) if answer.get(number, False)}
        for k in sorted(on):
            if k in on:
                trial = {number: False for j, number in enumerate(switch) if j not in on or j == k}
                smaller = solver.settle(trial)
                if smaller is not None:
                    on = {j for j, number in enumerate(switch) if smaller.get(number, False)}
        found.append(tuple(sorted(on)))
        if not on:
            break
        solver.require([(switch[k], False) for k in on])
    names = [tuple(m for k in places for m in choices[k].members) for places in sorted(found, key=len)]
    return tuple(names), len(choices) if found and not found[-1] else 0


def _diagram(problem: Problem, choices: list[Choice], held: Mapping[int, bool], seconds: float, nodes: int) -> tuple[int, int]:
    """Return the numbers of candidates and of survivors; raise TooLargeError when time or memory ends."""
    from dd.cudd import BDD

    diagram = BDD()
    try:
        return _counted(diagram, problem, choices, held, seconds, nodes)
    except TooLargeError as error:
        why = str(error)
    # raised from here: what hangs on the error holds nodes, and they must go before their diagram does
    raise TooLargeError(why)


def _counted(
    diagram: Any, problem: Problem, choices: list[Choice], held: Mapping[int, bool], seconds: float, nodes: int
) -> tuple[int, int]:
    start = time.monotonic()

    def tick() -> None:
        if time.monotonic() - start > seconds:
            raise TooLargeError(f"the decision diagram took more than {seconds:g} s")
        if len(diagram) > nodes:
            raise TooLargeError(f"the decision diagram grew beyond {nodes} nodes")

    program, inputs = problem.program, problem.outcomes.inputs
    todo = plan(program, program.by_name.get("conflict", ()), held)
    ways = directions(todo)
    todo = plan(program, program.by_name.get("conflict", ()), {**held, **{n: True for n in inputs.orders if ways.get(n) == AWAY}})
    names = [f"c{k}" for k in range(len(choices))]
    orders = [f"o{n}" for n in todo.inputs if n in set(inputs.orders)]
    diagram.declare(*names, *orders)
    rows: dict[int, Any] = {n: diagram.var(f"o{n}") for n in inputs.orders if f"o{n}" in orders}
    member: dict[int, Any] = {}
    for name, choice in zip(names, choices, strict=True):
        for known, parts in ((inputs.steps, choice.steps), (inputs.postulates, choice.postulates)):
            member.update((known[part], diagram.var(name)) for part in parts if part in known)
    rows |= member
    valid = diagram.true
    for clause in constraint_clauses(problem):
        some = diagram.false
        for atom, value in clause:
            node = member.get(atom, diagram.true if held.get(atom, atom in program.facts) else diagram.false)
            some = some | (node if value else ~node)
        valid = valid & some
    found = evaluate(todo, {n: rows[n] for n in todo.inputs}, diagram.false, diagram.true, tick=tick)
    free = valid
    for row in found.values():
        free = free & ~row
        tick()
    if orders:
        free = diagram.exist(orders, free)
    width = len(names)
    return int(diagram.count(valid, nvars=width)), int(diagram.count(free, nvars=width))


def _listed(solver: Solver, switch: list[int], seconds: float) -> int:
    """Count survivors one by one, up to ``MOST_LISTED`` or as long as the time lasts: a lower bound."""
    start = time.monotonic()
    count = 0
    while count < MOST_LISTED and time.monotonic() - start < seconds:
        answer = solver.settle({})
        if answer is None:
            break
        count += 1
        solver.require([(number, not answer.get(number, False)) for number in switch])
    return count
