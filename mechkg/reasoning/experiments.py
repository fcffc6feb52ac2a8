"""The next experiment: what every survivor predicts of each variation, which splits them best, and at what cost.

The new stages are grounded together with the space, so the same rules that judge candidates predict outcomes: *none* where a
species is impossible, *must* where it is expected in any order, *likely* where it is reached by steps that have their promoters.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from itertools import combinations, product

from mechkg.model.experiment import Experiment, Pair, Plan, Predicted, Readout
from mechkg.model.hypothesis import Candidate
from mechkg.reasoning.engine import HittingSets
from mechkg.reasoning.facts import Facts
from mechkg.reasoning.outcomes import Model, Outcomes, Setting
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.sweep import MOST_CHOICES, choices_of, sweep
from mechkg.reasoning.terms import Atom
from mechkg.reasoning.variations import Variation, variations

MOST_SURVIVORS = 16
"""Predictions are made for the named survivors and, up to this number in all, the smallest that have no name."""

NOT_SHOWN = ("take out",)
"""Kinds of change that no procedure of the space shows how to make."""

_FOR: dict[Predicted, int] = {"must": 2, "likely": 1, "open": 0, "none": -2, "follows": 2, "need not follow": -1}


def plan_experiments(
    problem: Problem,
    without: Collection[str] = (),
    ignoring: Collection[str] = (),
    *,
    progress: Callable[[float], None] | None = None,
) -> Plan:
    """Rank the experiments that could be done next; ``progress`` is told the share that is done.

    Raises NotFoundError, with the nearest name, for an unknown assumption or observation.
    """
    withdrawn, ignored = problem.assumptions(without), problem.reported(ignoring)
    survivors = _survivors(problem, withdrawn, ignored)
    tried = variations(problem)
    atoms = problem.facts.atoms.union(*(v.facts for v in tried))
    extended = replace(problem, facts=Facts(problem.facts.space, atoms, problem.facts.stated_by))
    outcomes = extended.outcomes
    known = problem.outcomes.of([problem.setting(c, withdrawn, ignored) for c in survivors])
    models = []
    for number, (candidate, outcome) in enumerate(zip(survivors, known, strict=True)):
        models.append(_models(extended, outcomes, problem.setting(candidate, withdrawn, ignored), outcome.orders))
        if progress is not None:
            progress((number + 1) / len(survivors))
    names = [_name(c) for c in survivors]
    visible = sorted({str(a.arguments[0]) for a in atoms if a.name == "visible"})
    in_play = [s for s in visible if Atom("in_play", (s,)) in models[0][0]] if models else []
    found = [_experiment(problem, variation, names, in_play, models) for variation in tried]
    ranked = _ranked([e for e in found if e.separates or e.may_separate])
    return Plan(tuple(names), tuple(ranked), _smallest_set(ranked), _pairs(names, ranked), len(tried))


def _survivors(problem: Problem, withdrawn: Collection[str], ignored: Collection[str]) -> list[Candidate]:
    """Return the named candidates that survive and the smallest survivors that have no name."""
    named = problem.named
    outcomes = problem.outcomes.of([problem.setting(c, withdrawn, ignored) for c in named], quick=True)
    found = [c for c, outcome in zip(named, outcomes, strict=True) if not outcome.conflicts]
    known = {frozenset((*c.steps, *c.postulates)) for c in found}
    if len(choices_of(problem.space, withdrawn)[0]) <= MOST_CHOICES // 2:
        swept = sweep(problem.program, problem.space, withdrawn, ignored)
        places = sorted(swept.places(swept.minimal), key=lambda place: (place.bit_count(), place))
        for place in places:
            if len(found) >= MOST_SURVIVORS:
                break
            on = [choice for k, choice in enumerate(swept.choices) if place >> k & 1]
            steps = tuple(s for choice in on for s in choice.steps)
            claims = tuple(p for choice in on for p in choice.postulates)
            if on and frozenset((*steps, *claims)) not in known:
                said = [*(problem.labels.say("step", s) for s in steps), *(problem.labels.say("postulate", p) for p in claims)]
                title = ", ".join(said)
                found.append(Candidate(id=f"unnamed-{len(found) + 1}", title=title, steps=steps, postulates=claims))
    return found


def _name(candidate: Candidate) -> str:
    return candidate.id if not candidate.id.startswith("unnamed-") else " + ".join((*candidate.steps, *candidate.postulates))


def _models(problem: Problem, outcomes: Outcomes, setting: Setting, orders: Sequence[Atom]) -> tuple[Model, Model]:
    """Return what holds in a setting when nothing that is open is faster, and when everything that is open is."""
    program = outcomes.program
    media = {a.arguments[1] for a in problem.facts.atoms if a.name == "medium"}
    chosen = [a for a in orders if str(a) in program.index]
    every = [program.atom(n) for n in outcomes.inputs.orders if program.atom(n).arguments[2] in media]
    return outcomes.model(setting, chosen), outcomes.model(setting, every)


def _experiment(
    problem: Problem,
    variation: Variation,
    names: Sequence[str],
    species: Sequence[str],
    models: Sequence[tuple[Model, Model]],
) -> Experiment:
    readouts = []
    for name in species:
        predicted = tuple(_predicted(variation, name, *both) for both in models)
        if len(set(predicted)) > 1:
            readouts.append(Readout(name, problem.labels.say("species", name), predicted))
    surely, maybe = _separated(names, readouts)
    worst, mean = _left(len(names), readouts)
    base = problem.labels.say("stage", variation.base)
    return Experiment(
        variation.name, variation.kind, variation.base, f"{base}, {variation.change}", variation.change, tuple(readouts),
        surely, maybe, worst, mean, variation.hours, variation.kind not in NOT_SHOWN,
    )  # fmt: skip


def _predicted(variation: Variation, species: str, alone: Model, outrun: Model) -> Predicted:
    there = Atom("possible", (species, variation.watched))
    possible = there in alone or there in outrun
    if variation.kind == "deficit":
        return "need not follow" if possible else "follows"
    if not possible:
        return "none"
    expected = [a for a in alone.named("expected") if a.arguments[:2] == (species, variation.watched)]
    if expected and any(a in outrun for a in expected):
        return "must"
    return "likely" if Atom("routed", (species, variation.watched)) in alone else "open"


def _separated(
    names: Sequence[str], readouts: Sequence[Readout]
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    surely, maybe = [], []
    for one, other in combinations(range(len(names)), 2):
        gaps = []
        for readout in readouts:
            a, b = readout.predicted[one], readout.predicted[other]
            if a != b:
                gaps.append(abs(_FOR[a] - _FOR[b]) if "none" in (a, b) or "follows" in (a, b) or "must" in (a, b) else 0)
        pair = (names[one], names[other])
        if gaps and max(gaps) >= 3:
            surely.append(pair)
        elif gaps and max(gaps) >= 2:
            maybe.append(pair)
    return tuple(surely), tuple(maybe)


def _left(count: int, readouts: Sequence[Readout]) -> tuple[int, float]:
    """Return how many survivors are left after the least telling outcome, and in the mean over the outcomes that can come.

    An outcome says of each readout whether it is seen (or follows); a survivor is left when it allows all of it. Survivors count
    alike, and an outcome as often as there are survivors that allow it.
    """
    left = []
    for outcome in product((True, False), repeat=min(len(readouts), 8)):
        allowing = sum(
            all(
                readout.predicted[place] not in (("none",) if seen else ("must", "follows"))
                if readout.predicted[place] in ("none", "must", "follows")
                else True
                for readout, seen in zip(readouts, outcome, strict=False)
            )
            for place in range(count)
        )
        if allowing:
            left.append(allowing)
    return max(left), round(sum(n * n for n in left) / sum(left), 2)


def _ranked(found: Sequence[Experiment]) -> list[Experiment]:
    """Return the experiments that split best first; of those that predict the same only the cheapest."""
    order = sorted(
        found,
        key=lambda e: (e.worst, -len(e.separates), e.expected, -len(e.may_separate), not e.shown, e.hours, e.name),
    )
    cheapest: dict[tuple[object, ...], Experiment] = {}
    for experiment in sorted(order, key=lambda e: (not e.shown, e.hours, e.name)):
        told = (experiment.kind == "deficit", tuple((r.species, r.predicted) for r in experiment.readouts))
        cheapest.setdefault(told, experiment)
    kept = {e.name for e in cheapest.values()}
    return [e for e in order if e.name in kept]


def _smallest_set(ranked: Sequence[Experiment]) -> tuple[str, ...]:
    """Return the fewest experiments that separate every pair that some experiment separates; of equal sets the cheaper one."""
    pairs = {pair for e in ranked for pair in e.separates}
    pairs |= {pair for e in ranked for pair in e.may_separate if pair not in pairs}
    if not pairs:
        return ()
    search = HittingSets({number: round(10 * e.hours) for number, e in enumerate(ranked)})
    for pair in sorted(pairs):
        surely = [number for number, e in enumerate(ranked) if pair in e.separates]
        search.must_meet(surely or [number for number, e in enumerate(ranked) if pair in e.may_separate])
    return tuple(ranked[number].name for number in search.smallest() or ())


def _pairs(names: Sequence[str], ranked: Sequence[Experiment]) -> tuple[Pair, ...]:
    found = []
    for pair in combinations(names, 2):
        surely = [e for e in ranked if pair in e.separates]
        some = surely or [e for e in ranked if pair in e.may_separate]
        best = min(some, key=lambda e: (not e.shown, e.hours)) if some else None
        found.append(Pair(pair[0], pair[1], best.name if best else None, bool(surely)))
    return tuple(found)
