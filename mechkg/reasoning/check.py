"""Verdicts: which candidates of a hypothesis space the observations rule out, by which observation, under which assumptions."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mechkg.model.hypothesis import Candidate
from mechkg.model.verdict import CandidateVerdict, Check, Conflict, Explanation, ProofNode, VerdictName
from mechkg.reasoning.outcomes import Outcome, Setting
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.proof import Prover, assumptions_of
from mechkg.reasoning.rulebook import SOUNDNESS
from mechkg.reasoning.terms import Atom


def check(
    problem: Problem,
    candidates: Collection[str] = (),
    without: Collection[str] = (),
    extra: Sequence[Candidate] = (),
    ignoring: Collection[str] = (),
) -> Check:
    """Check the named candidates (all by default) and the ``extra`` ones.

    The assumptions in ``without`` are withdrawn, the observations in ``ignoring`` left out of account. Raises NotFoundError, with
    the nearest name, for an unknown name; BadInputError for an extra candidate that breaks a constraint of the space.
    """
    withdrawn, ignored = problem.assumptions(without), problem.reported(ignoring)
    chosen = problem.candidates(candidates, extra)
    settings = [problem.setting(c, withdrawn, ignored) for c in (problem.nothing, *chosen)]
    baseline, *outcomes = problem.outcomes.of(settings)
    verdicts = tuple(
        _verdict(problem, candidate, setting, outcome, baseline)
        for candidate, setting, outcome in zip(chosen, settings[1:], outcomes, strict=True)
    )
    space = problem.space
    held = tuple(a for a in space.assumptions if a not in withdrawn)
    return Check(
        space.id, space.title, space.question, problem.version, held, withdrawn, verdicts, ignored, _powerless(problem, withdrawn)
    )


def explain(
    problem: Problem, candidate: str | Candidate, without: Collection[str] = (), ignoring: Collection[str] = ()
) -> Explanation:
    """Prove the verdict on one candidate: each conflict, or when there is none each observation explained."""
    withdrawn, ignored = problem.assumptions(without), problem.reported(ignoring)
    [found] = problem.candidates([candidate]) if isinstance(candidate, str) else problem.candidates(extra=[candidate])
    settings = [problem.setting(c, withdrawn, ignored) for c in (problem.nothing, found)]
    baseline, outcome = problem.outcomes.of(settings)
    verdict = _verdict(problem, found, settings[1], outcome, baseline)
    prover = problem.prover(problem.outcomes.model(settings[1], outcome.orders))
    if verdict.conflicts:
        proofs = tuple(proof for _, proof in conflicts(problem, outcome, prover))
    else:
        # first what the established steps alone do not explain
        names = sorted(outcome.explained, key=lambda o: (o in baseline.explained, problem.rank(o)))
        proofs = tuple(prover.prove(Atom("explained", (name,))) for name in names)
    return Explanation(problem.space.id, verdict, problem.version, proofs)


def verdict_of(outcome: Outcome, baseline: Outcome) -> VerdictName:
    """Return the verdict that an outcome comes to; ``baseline`` is the outcome of the established steps alone."""
    if outcome.gone:  # there is nothing to judge
        return "not covered"
    if outcome.conflicts:
        return "ruled out"
    # not covered: nothing observed is read differently with these steps than without them
    return "not covered" if not baseline.conflicts and outcome.explained == baseline.explained else "survives"


def _verdict(problem: Problem, candidate: Candidate, setting: Setting, outcome: Outcome, baseline: Outcome) -> CandidateVerdict:
    prover = problem.prover(problem.outcomes.model(setting, outcome.orders)) if outcome.conflicts else None
    found = [conflict for conflict, _ in conflicts(problem, outcome, prover)] if prover else []
    hit, explained = outcome.hit, outcome.explained
    say = problem.labels.say
    orders = tuple(
        f"{say('step', a.arguments[0])} outruns {say('step', a.arguments[1])} in {say('medium', a.arguments[2])}"
        for a in outcome.orders
    )
    return CandidateVerdict(
        candidate.id,
        candidate.title,
        candidate.steps,
        verdict_of(outcome, baseline),
        tuple(found),
        tuple(sorted(explained - hit)),
        tuple(sorted(outcome.bears - hit - explained)),
        tuple(o for o in problem.observations if o not in hit | explained | outcome.bears),
        orders,
        candidate.postulates,
        outcome.gone,
    )


def conflicts(problem: Problem, outcome: Outcome, prover: Prover) -> list[tuple[Conflict, ProofNode]]:
    """Return the conflicts of an outcome with their proofs, those that decide most first.

    Those are the ones found by sound rules, from printed words, seen early. Of two on the same thing the one that says less is
    left out, where its rule says so.
    """
    told = {(str(a.arguments[1]), (a.arguments[0], *a.arguments[2:])) for a in outcome.conflicts}
    ranked = []
    for atom in outcome.conflicts:
        observation, kind, species, _ = (str(a) for a in atom.arguments)
        proof = prover.prove(atom)
        rule = problem.rulebook.by_name(proof.rule or kind)
        if any((stronger, (atom.arguments[0], *atom.arguments[2:])) in told for stronger in rule.yields):
            continue
        rank = (SOUNDNESS.index(proof.soundness or SOUNDNESS[-1]), *problem.rank(observation), kind, species)
        brief = f"{problem.labels.say('species', species)} {rule.brief}"
        ranked.append((rank, Conflict(observation, kind, assumptions_of(proof), proof.sentence, brief), proof))
    return [(conflict, proof) for _, conflict, proof in sorted(ranked, key=lambda entry: entry[0])]


def _powerless(problem: Problem, withdrawn: Collection[str]) -> tuple[str, ...]:
    """Return the absences that cannot refute: they have no method or no detection limit, or only one that is withdrawn."""
    found = {str(atom.arguments[0]) for _, atom in problem.program.atoms("powerless")}
    if withdrawn:
        pairs = {name: [a.arguments for a in problem.facts.atoms if a.name == name] for name in ("by_method", "detects")}
        printed = {a.arguments[0] for a in problem.facts.atoms if a.name == "has_limit"}
        held = {method for assumption, method in pairs["detects"] if assumption not in withdrawn}
        known = printed | {observation for observation, method in pairs["by_method"] if method in held}
        absences = (atom.arguments[0] for _, atom in problem.program.atoms("absence"))
        found |= {str(observation) for observation in absences if observation not in known}
    return tuple(sorted(found))
