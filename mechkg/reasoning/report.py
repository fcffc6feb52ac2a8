"""The full report on a hypothesis space: verdicts, kill matrix, what survivors share, conflict sets, what-if."""

from __future__ import annotations

from collections.abc import Callable, Collection

from mechkg.errors import TooLargeError
from mechkg.model.report import Matrix, Report, Whole
from mechkg.model.verdict import Check
from mechkg.reasoning.check import check
from mechkg.reasoning.conflict_sets import conflict_sets
from mechkg.reasoning.counting import count_survivors
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.rate_laws import printed
from mechkg.reasoning.sweep import of_sweep, sweep
from mechkg.reasoning.what_if import what_if


def report(
    problem: Problem,
    without: Collection[str] = (),
    ignoring: Collection[str] = (),
    *,
    budget: float = 5.0,
    progress: Callable[[str, float], None] | None = None,
) -> Report:
    """Work out everything about a space; ``budget`` seconds at most go into the conflict sets of each candidate.

    ``progress`` is told what is being done and the share that is done. Raises NotFoundError, with the nearest name, for an
    unknown assumption or observation.
    """

    def tell(what: str, share: float) -> None:
        if progress is not None:
            progress(what, share)

    tell("verdicts", 0.0)
    found = check(problem, without=without, ignoring=ignoring)
    tell("the whole space", 0.2)
    whole = whole_space(problem, without, ignoring)
    tell("what if", 0.4)
    flips = what_if(problem, without, ignoring)
    out = [c for c in problem.space.candidates if (v := found.candidate(c.id)) is not None and v.verdict == "ruled out"]
    sets = []
    for number, candidate in enumerate(out):
        tell(f"conflict sets of {candidate.id}", 0.5 + 0.5 * number / len(out))
        sets.append(conflict_sets(problem, candidate, without, ignoring, budget=budget))
    tell("done", 1.0)
    table = matrix(found)
    return Report(found, whole, table, classes(table), rate_laws(problem), tuple(sets), flips)


def matrix(found: Check) -> Matrix:
    """Return the part of each observation in each candidate, observations that decide most first."""
    observations = sorted({o for c in found.candidates for o in c.observations()})
    rows = tuple(tuple(c.role(o) or "silent" for o in observations) for c in found.candidates)
    weight = {o: sum(row[place] == "conflict" for row in rows) for place, o in enumerate(observations)}
    order = sorted(range(len(observations)), key=lambda place: (-weight[observations[place]], observations[place]))
    return Matrix(
        tuple(c.id for c in found.candidates),
        tuple(observations[place] for place in order),
        tuple(tuple(row[place] for place in order) for row in rows),
    )


def classes(table: Matrix) -> tuple[tuple[str, ...], ...]:
    """Return the candidates that no observation tells apart, together; those alone in their class are left out."""
    same: dict[tuple[str, ...], list[str]] = {}
    for name, row in zip(table.candidates, table.roles, strict=True):
        same.setdefault(row, []).append(name)
    return tuple(tuple(names) for names in same.values() if len(names) > 1)


def rate_laws(problem: Problem) -> dict[str, tuple[str, ...]]:
    """Return the rate laws that the named candidates claim, as printed, each with the candidates that claim it."""
    found: dict[str, list[str]] = {}
    for candidate in problem.space.candidates:
        for postulate in candidate.postulates:
            if (law := problem.facts.laws.get(postulate)) is not None:
                text = printed(law, lambda name: problem.labels.say("participant", name))
                if candidate.id not in found.setdefault(text, []):
                    found[text].append(candidate.id)
    return {law: tuple(names) for law, names in sorted(found.items())}


def whole_space(problem: Problem, without: Collection[str] = (), ignoring: Collection[str] = ()) -> Whole:
    """Return what all candidates come to: gone through one by one, or counted where there are too many."""
    try:
        swept = sweep(problem.program, problem.space, without, ignoring)
    except TooLargeError:
        return count_survivors(problem, without, ignoring)
    return of_sweep(swept)
