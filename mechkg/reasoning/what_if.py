"""What if: every assumption and every observation withdrawn by itself; the weakest premise of each verdict."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice

from mechkg.model.report import Flip, Premise, WhatIf
from mechkg.model.verdict import VerdictName
from mechkg.reasoning.check import verdict_of
from mechkg.reasoning.conflict_sets import DOUBT
from mechkg.reasoning.problem import Problem

LANES = 4096
"""So many settings are worked out in one go."""


def what_if(problem: Problem, without: Collection[str] = (), ignoring: Collection[str] = ()) -> WhatIf:
    """Return what changes when one thing is withdrawn, beyond what is withdrawn already (``without``, ``ignoring``)."""
    withdrawn, ignored = problem.assumptions(without), problem.reported(ignoring)
    candidates = [problem.nothing, *problem.space.candidates]
    things = [("", "")]
    things += [("assumption", a) for a in problem.space.assumptions if a not in withdrawn]
    things += [("observation", o) for o in problem.observations if o not in ignored]
    settings = [
        problem.setting(
            candidate,
            (*withdrawn, name) if kind == "assumption" else withdrawn,
            (*ignored, name) if kind == "observation" else ignored,
        )
        for kind, name in things
        for candidate in candidates
    ]
    todo = iter(settings)
    outcomes = []
    while part := list(islice(todo, LANES)):
        outcomes.extend(problem.outcomes.of(part, quick=True))
    found: list[dict[str, VerdictName]] = []
    for start in range(0, len(outcomes), len(candidates)):
        baseline, *rest = outcomes[start : start + len(candidates)]
        found.append({c.id: verdict_of(outcome, baseline) for c, outcome in zip(candidates[1:], rest, strict=True)})
    before, *after = found
    flips = []
    for (kind, name), verdicts in zip(things[1:], after, strict=True):
        changed = {c: (before[c], verdict) for c, verdict in verdicts.items() if verdict != before[c]}
        if changed:
            flips.append(Flip(kind, name, changed))
    flips.sort(key=lambda flip: (-len(flip.verdicts), flip.kind, flip.name))
    changing = {(flip.kind, flip.name) for flip in flips}
    unchanged = tuple(thing for thing in things[1:] if thing not in changing)
    return WhatIf(tuple(flips), tuple(_weakest(problem, c.id, flips) for c in candidates[1:]), len(things) - 1, unchanged)


def _weakest(problem: Problem, candidate: str, flips: Collection[Flip]) -> Premise:
    """Return the most doubtful thing whose withdrawal changes the verdict on a candidate: an untested assumption first."""

    def doubt(flip: Flip) -> tuple[int, object]:
        if flip.kind == "assumption":
            return DOUBT[problem.backing.get(flip.name, "silent")], flip.name
        return len(DOUBT), tuple(not x if isinstance(x, bool) else x for x in problem.rank(flip.name))

    bearing = [flip for flip in flips if candidate in flip.verdicts]
    if not bearing:
        return Premise(candidate)
    flip = min(bearing, key=doubt)
    backing = problem.backing.get(flip.name) if flip.kind == "assumption" else None
    return Premise(candidate, flip.kind, flip.name, backing)
