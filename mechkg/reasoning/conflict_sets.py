"""Minimal conflict sets and repairs: what cannot hold together, and the least that has to go for a candidate to return.

A conflict set holds steps (signed: part of the candidate, or not), postulates, assumptions and observations that cannot all
stand, whatever the rest and whatever the order choices; no part of it is a conflict set. A repair is a smallest set of
assumptions and observations with one of every conflict set of the candidate: without it the candidate is free of conflict.
Both are found in one search (after Reiter 1987 and Liffiton and others 2016): a smallest set that meets all conflict sets
known so far is either a repair, or leaves a conflict, which is then shrunk to a new conflict set. A search that its time ends
says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from mechkg.model.hypothesis import Candidate
from mechkg.model.report import ConflictSet, ConflictSets
from mechkg.reasoning.conclusions import constraint_clauses, smallest
from mechkg.reasoning.engine import HittingSets, Solver
from mechkg.reasoning.evaluate import plan
from mechkg.reasoning.problem import Problem

DOUBT = {"silent": 0, "supported": 1, "cited": 2, "stated": 3}
"""Backing of an assumption -> how gladly it is kept; one that nothing supports is given up first, an observation last."""

_OBSERVATION = 4


@dataclass(frozen=True)
class _Elements:
    """The inputs of a problem as elements of conflict sets."""

    problem: Problem
    setting: Mapping[int, bool]

    @property
    def steps(self) -> list[int]:
        inputs = self.problem.outcomes.inputs
        return [*inputs.steps.values(), *inputs.postulates.values()]

    def doubt(self) -> dict[int, int]:
        """Return assumptions and observations that are held, with how gladly each is kept."""
        inputs, backing = self.problem.outcomes.inputs, self.problem.backing
        held = {n: DOUBT[backing.get(name, "silent")] for name, n in inputs.assumptions.items() if self.setting[n]}
        return held | {n: _OBSERVATION for n in inputs.observations.values() if self.setting[n]}

    def frame(self) -> dict[int, bool]:
        """Return assumptions withdrawn and observations left out of account: they are so in any case, and no part of a set."""
        inputs = self.problem.outcomes.inputs
        return {n: False for n in (*inputs.assumptions.values(), *inputs.observations.values()) if not self.setting[n]}

    def clash(self, solver: Solver, held: Mapping[int, bool]) -> list[int] | None:
        """Return a part of ``held`` that clashes; None when nothing in it does.

        A step or claim that is not part of the candidate is in it only where the rest does not clash without it, for a reader
        asks what it is in a candidate that clashes. The part is in the order in which its members are to be left out, where
        they can be: steps and claims first, observations last.
        """
        core = solver.clash(held)
        if core is None:
            return None
        absent = [n for n in self.steps if held.get(n) is False]
        positive = {n: value for n, value in held.items() if n not in absent}
        needed = [n for n in absent if n in core]
        place = 0
        while place < len(needed):
            fewer = needed[:place] + needed[place + 1 :]
            trial = solver.clash(positive | dict.fromkeys(fewer, False))
            if trial is None:
                place += 1
            else:
                core = trial
                needed = needed[:place] + [n for n in fewer[place:] if n in set(trial)]
        inputs = self.problem.outcomes.inputs
        late = dict.fromkeys(inputs.observations.values(), 2) | dict.fromkeys(inputs.assumptions.values(), 1)
        return sorted(core, key=lambda n: (late.get(n, 0), n))

    def named(self, numbers: Iterable[int]) -> ConflictSet:
        """Say in names what a set of inputs is."""
        inputs, found = self.problem.outcomes.inputs, set(numbers)

        def those(known: Mapping[str, int], value: bool | None = None) -> tuple[str, ...]:
            return tuple(name for name, n in known.items() if n in found and (value is None or self.setting[n] == value))

        return ConflictSet(
            those(inputs.steps, True),
            those(inputs.steps, False),
            those(inputs.postulates, True),
            those(inputs.postulates, False),
            those(inputs.assumptions),
            those(inputs.observations),
        )


def _whole(problem: Problem) -> Solver:
    forbidden = problem.program.by_name.get("conflict", [])
    return Solver(plan(problem.program, forbidden, {}), clauses=constraint_clauses(problem))


def first_conflict_set(
    problem: Problem,
    candidate: Candidate,
    without: Collection[str] = (),
    observation: str | None = None,
    ignoring: Collection[str] = (),
) -> ConflictSet | None:
    """Return one minimal conflict set of a candidate, from one observation (the first in conflict by default); None without any.

    Only what bears on that observation is looked at, so it comes at once. Where by default no observation is enough by itself,
    because each order of competing steps is in conflict with another one, all are looked at.
    """
    values = setting_values(problem, candidate, without, ignoring)
    if observation is not None:
        return conflict_set_on(problem, values, observation)
    [outcome] = problem.outcomes.of([problem.setting(candidate, without, ignoring)], quick=True)
    if not outcome.hit:
        return None
    return conflict_set_on(problem, values, min(outcome.hit, key=problem.rank)) or conflict_set_on(problem, values)


def setting_values(
    problem: Problem, candidate: Candidate, without: Collection[str] = (), ignoring: Collection[str] = ()
) -> dict[int, bool]:
    """Return the values of the inputs for a candidate."""
    return problem.outcomes.inputs.set_by(problem.setting(candidate, without, ignoring))


def conflict_set_on(problem: Problem, setting: Mapping[int, bool], observation: str | None = None) -> ConflictSet | None:
    """Return one minimal conflict set of a setting that ends in conflict with ``observation``, or with any; None without one."""
    program = problem.program
    start = "conflict(" if observation is None else f'conflict("{observation}",'
    wanted = [n for n in program.by_name.get("conflict", ()) if program.texts[n].startswith(start)]
    todo = plan(program, wanted, {})
    solver = Solver(todo, clauses=constraint_clauses(problem))
    held = {n: setting[n] for n in todo.inputs if n in setting}
    elements = _Elements(problem, setting)
    core = elements.clash(solver, held)
    return None if core is None else elements.named(smallest(solver, held, core, elements.frame()))


def conflict_sets(
    problem: Problem,
    candidate: Candidate,
    without: Collection[str] = (),
    ignoring: Collection[str] = (),
    *,
    budget: float = 5.0,
    most: int = 500,
    progress: Callable[[int, int], None] | None = None,
) -> ConflictSets:
    """Return the minimal conflict sets and the repairs of a candidate, smallest repairs first.

    ``budget``: seconds after which the search ends, and says that it is not complete; so does one that reaches ``most`` of
    either. ``progress`` is told how many conflict sets and repairs are known.
    """
    start = time.monotonic()
    setting = setting_values(problem, candidate, without, ignoring)
    elements = _Elements(problem, setting)
    solver = _whole(problem)
    doubt = elements.doubt()
    frame = elements.frame()
    fixed = {n: setting[n] for n in elements.steps} | frame
    hitting = HittingSets(doubt)
    found: list[ConflictSet] = []
    repairs: list[ConflictSet] = []
    hopeless = complete = False
    while time.monotonic() - start < budget and len(found) < most and len(repairs) < most:
        given_up = hitting.smallest()
        if given_up is None:
            complete = True
            break
        dropped = set(given_up)
        trial = fixed | {n: True for n in doubt if n not in dropped}
        core = elements.clash(solver, trial)
        if core is None:
            if not dropped:
                complete = True
                break
            repairs.append(elements.named(dropped))
            hitting.no_more(dropped)
        else:
            minimal = smallest(solver, trial, core, frame)
            found.append(elements.named(minimal))
            soft = [n for n in minimal if n in doubt]
            if not soft:
                hopeless = complete = True
                break
            hitting.must_meet(soft)
        if progress is not None:
            progress(len(found), len(repairs))
    return ConflictSets(candidate.id, tuple(found), tuple(repairs), complete, hopeless, time.monotonic() - start)
