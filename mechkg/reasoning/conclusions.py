"""Conclusions against the survivors of a hypothesis space: derived, derived with assumptions, tied, contradicted, not covered.

Every setting of the steps, postulates and order choices that meets the constraints and no observation rules out is a survivor;
whether a statement is true in all, in some or in none of them is asked of the solver, so the size of the space does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from mechkg.errors import BadInputError, NotFoundError
from mechkg.model.conclusion import AGREES, Assessed, Conclusion, Finding, Mapped, Statement
from mechkg.model.hypothesis import Candidate
from mechkg.reasoning.check import conflicts
from mechkg.reasoning.engine import Clause, Solver
from mechkg.reasoning.evaluate import plan
from mechkg.reasoning.predicates import PREDICATES
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.render import proof_lines, quotes_of
from mechkg.reasoning.sweep import choices_of
from mechkg.reasoning.terms import Atom, Term

Goal = tuple[int | None, bool]
"""An atom (None: one that never holds) and the value that is asked of it."""

UNTESTED = "silent"
"""Backing of an assumption that nothing supports; a conclusion that needs one is only derived with it."""


_NAMED = {kind: kind for kind in ("step", "stage", "observation", "assumption", "postulate")}
_NAMED |= dict.fromkeys(("participant", "species", "chemical"), "participant")
"""Kind of an argument that is a name -> the kind whose names it may be."""

NO_ATOM = 0
"""An index that no atom has: it holds in no setting."""


def constraint_clauses(problem: Problem) -> Iterator[Clause]:
    """Yield the constraints of a space as clauses over the inputs and the established steps, which are on."""
    inputs, program = problem.outcomes.inputs, problem.program
    number = inputs.steps | inputs.postulates
    number |= {step: program.index[str(Atom("on", (step,)))] for step in problem.space.background}
    for constraint in problem.space.constraints:
        members = [number.get(m, NO_ATOM) for m in constraint.members]
        if constraint.kind in ("one-of", "at-least-one"):
            yield [(m, True) for m in members]
        if constraint.kind in ("one-of", "at-most-one"):
            yield from ([(a, False), (b, False)] for a, b in combinations(members, 2))
        if constraint.kind in ("all-or-none", "analogy"):
            held = [(inputs.assumptions[constraint.assumption], False)] if constraint.assumption in inputs.assumptions else []
            yield from ([(a, False), (b, True), *held] for a, b in zip(members, members[1:] + members[:1], strict=True))
        if constraint.kind == "requires":
            yield from ([(members[0], False), (m, True)] for m in members[1:])


@dataclass(frozen=True)
class Assessor:
    """Assesses conclusions about one problem."""

    problem: Problem

    def solver(self, goals: Collection[int] = ()) -> Solver:
        """Return a solver of the settings that meet the constraints and are free of conflict."""
        program = self.problem.program
        forbidden = program.by_name.get("conflict", [])
        todo = plan(program, [*forbidden, *goals], {})
        return Solver(todo, forbidden=forbidden, clauses=constraint_clauses(self.problem))

    def assess(self, mapped: Mapped, answers: Callable[[Statement], bool]) -> Assessed:
        """Assess one conclusion; ``answers`` says whether a question of the graph is answered as a statement says.

        Raises NotFoundError, with the nearest name, for a step, postulate, candidate, assumption or observation that is unknown.
        """
        problem = self.problem
        without = problem.assumptions(mapped.without)
        goals = [goal for claim in mapped.claims for goal in self._goals_of(claim)]
        solver = self.solver([atom for atom, _ in goals if atom is not None])
        held = self._held(without)
        status = self._status(solver, mapped, goals, held, answers)
        if status in ("never", "no survivor"):
            return self._result(mapped, "contradicted", observations=self._against(solver, goals, held, True))
        if status == "sometimes":
            lacking = self._lacking(solver, mapped, goals, held)
            if not self._covered(mapped, without):
                return self._result(mapped, "not covered", candidates=lacking)
            return self._result(mapped, "tied", candidates=lacking)
        needed = tuple(
            name
            for name in problem.space.assumptions
            if name not in without
            and self._status(solver, mapped, goals, self._held((*without, name)), answers) in ("sometimes", "never")
        )
        untested = [name for name in needed if problem.backing.get(name) == UNTESTED]
        found: Finding = "derived with assumptions" if untested else "derived"
        return self._result(mapped, found, assumptions=needed, observations=self._against(solver, goals, held, False))

    # --- what is asked --------------------------------------------------------------------------------------------------

    def _goals_of(self, claim: Statement) -> list[Goal]:
        inputs, program = self.problem.outcomes.inputs, self.problem.program
        space = self.problem.space
        if name := claim.on or claim.off:
            if name in space.background:
                return [(program.index[str(Atom("on", (name,)))], claim.on is not None)]
            return [(_of(f"optional step of '{space.id}'", name, inputs.steps), claim.on is not None)]
        if name := claim.postulated or claim.not_postulated:
            return [(_of(f"postulate of '{space.id}'", name, inputs.postulates), claim.postulated is not None)]
        if name := claim.holds or claim.fails:
            return [(program.index.get(str(self._atom(name, claim.of))), claim.holds is not None)]
        if claim.observed:
            goals: list[Goal] = []
            for observation in self.problem.reported(claim.observed):
                goals.append((program.index.get(str(Atom("taken", (observation,)))), True))
                if self._is_absence(observation):
                    goals.append((program.index.get(str(Atom("can_see", (observation,)))), True))
            return goals
        return []

    def _atom(self, name: str, arguments: tuple[Term, ...]) -> Atom:
        """Return a claimed atom; one that is misspelt never holds, and would be taken for something that was shown to fail."""
        if name not in PREDICATES:
            raise NotFoundError.of("predicate", name, PREDICATES)
        kinds = PREDICATES[name].arguments
        if len(arguments) != len(kinds):
            raise BadInputError(
                f"'{name}' takes {len(kinds)} arguments ({', '.join(kinds)}), and {len(arguments)} are given",
                hint=f"it says: {PREDICATES[name].says}",
            )
        for kind, argument in zip(kinds, arguments, strict=True):
            if kind in _NAMED and argument not in (known := self._names.get(_NAMED[kind], set())):
                raise NotFoundError.of(kind, str(argument), map(str, known))
        return Atom(name, arguments)

    @cached_property
    def _names(self) -> dict[str, set[Term]]:
        """Kind of what has a name -> the names in the facts, and in anything that rules can conclude from them."""
        found: dict[str, set[Term]] = {}
        program = self.problem.program
        for name in program.by_name.keys() & PREDICATES.keys():
            for _, atom in program.atoms(name):
                for kind, argument in zip(PREDICATES[name].arguments, atom.arguments, strict=True):
                    if kind in _NAMED:
                        found.setdefault(_NAMED[kind], set()).add(argument)
        return found

    def _is_absence(self, observation: str) -> bool:
        return any(
            a.name == "reported" and a.arguments[0] == observation and a.arguments[1] in ("absent", "featureless")
            for a in self.problem.facts.atoms
        )

    def _held(self, without: Collection[str]) -> dict[int, bool]:
        inputs = self.problem.outcomes.inputs
        held = {n: name not in without for name, n in inputs.assumptions.items()}
        return held | dict.fromkeys(inputs.observations.values(), True)

    def _status(
        self,
        solver: Solver,
        mapped: Mapped,
        goals: Sequence[Goal],
        held: Mapping[int, bool],
        answers: Callable[[Statement], bool],
    ) -> str:
        """Return whether all claims hold always, sometimes or never in the survivors, or that there is none."""
        if solver.clash(held) is not None:
            return "no survivor"
        parts = [self._goal(solver, goal, held) for goal in goals]
        for claim in mapped.claims:
            if claim.question:
                parts.append("always" if answers(claim) else "never")
            elif name := claim.ruled_out or claim.survives:
                free = solver.clash({**held, **self._signed(self._candidate(name))}) is None
                parts.append("always" if free == (claim.survives is not None) else "never")
        return "never" if "never" in parts else "sometimes" if "sometimes" in parts else "always"

    def _goal(self, solver: Solver, goal: Goal, held: Mapping[int, bool]) -> str:
        atom, value = goal
        if atom is None:
            return "never" if value else "always"
        settled = solver.value(atom)
        if settled is not None:
            return "always" if settled == value else "never"
        if solver.clash({**held, atom: not value}) is not None:
            return "always"
        return "sometimes" if solver.clash({**held, atom: value}) is None else "never"

    def _candidate(self, name: str) -> Candidate:
        [found] = self.problem.candidates([name])
        return found

    def _signed(self, candidate: Candidate) -> dict[int, bool]:
        inputs = self.problem.outcomes.inputs
        signed = {n: name in candidate.steps for name, n in inputs.steps.items()}
        return signed | {n: name in candidate.postulates for name, n in inputs.postulates.items()}

    # --- what comes of it -----------------------------------------------------------------------------------------------

    def _lacking(self, solver: Solver, mapped: Mapped, goals: Sequence[Goal], held: Mapping[int, bool]) -> tuple[str, ...]:
        """Return the named candidates that survive without the conclusion."""
        found = []
        for candidate in self.problem.named:
            setting = {**held, **self._signed(candidate)}
            for atom, value in goals:
                fixed = atom is not None and setting.get(atom, not value) != value
                if atom is not None and fixed and solver.clash({**setting, atom: not value}) is None:
                    found.append(candidate.id)
                    break
        return tuple(found)

    def _covered(self, mapped: Mapped, without: Collection[str]) -> bool:
        """Say whether some observation plays another part in some candidate when what is claimed is switched."""
        problem = self.problem
        choices, _ = choices_of(problem.space, without)
        switches = [
            choice
            for choice in choices
            for claim in mapped.claims
            if (claim.on or claim.off) in choice.steps or (claim.postulated or claim.not_postulated) in choice.postulates
        ]
        if not switches:
            return True
        settings = []
        for candidate in problem.named:
            for choice in switches:
                on = problem.setting(candidate, without)
                for present in (True, False):
                    steps = on.steps | set(choice.steps) if present else on.steps - set(choice.steps)
                    claims = on.postulates | set(choice.postulates) if present else on.postulates - set(choice.postulates)
                    settings.append(type(on)(steps, claims, on.without, on.ignoring))
        outcomes = problem.outcomes.of(settings)
        return any(
            (a.hit, a.explained, a.bears) != (b.hit, b.explained, b.bears)
            for a, b in zip(outcomes[::2], outcomes[1::2], strict=True)
        )

    def _against(self, solver: Solver, goals: Sequence[Goal], held: Mapping[int, bool], value: bool) -> tuple[str, ...]:
        """Return observations that cannot stand together with the conclusion (``value`` true), or with its opposite."""
        name_of = {n: name for name, n in self.problem.outcomes.inputs.observations.items()}
        found: dict[str, None] = {}
        for atom, asked in goals:
            if atom is None or solver.value(atom) is not None:
                continue
            core = solver.clash({**held, atom: asked == value})
            found.update((name_of[n], None) for n in smallest(solver, {**held, atom: asked == value}, core) if n in name_of)
        if not found and (core := solver.clash(held)) is not None:
            found.update((name_of[n], None) for n in smallest(solver, held, core) if n in name_of)
        return tuple(found)

    def _result(
        self,
        mapped: Mapped,
        found: Finding,
        *,
        assumptions: Sequence[str] = (),
        candidates: Sequence[str] = (),
        observations: Sequence[str] = (),
    ) -> Assessed:
        return Assessed(
            mapped.id, "", None, found, None, tuple(assumptions), tuple(candidates), tuple(observations), note=mapped.note
        )

    def proof(self, mapped: Mapped, found: Assessed) -> tuple[str, ...]:
        """Say in lines why a finding stands: what rules out the candidates on the other side, or what the tied ones explain."""
        problem = self.problem
        without = problem.assumptions(mapped.without)
        outcomes = problem.outcomes.of([problem.setting(c, without) for c in problem.named])
        lines: list[str] = []
        for candidate, outcome in zip(problem.named, outcomes, strict=True):
            if not outcome.conflicts:
                lines.append(f"{candidate.id} ({candidate.title}) survives")
                continue
            prover = problem.prover(problem.outcomes.model(problem.setting(candidate, without), outcome.orders))
            _, proof = conflicts(problem, outcome, prover)[0]
            lines.append(f"{candidate.id} ({candidate.title}) is ruled out:")
            for depth, sentence, node in proof_lines(proof):
                lines.append(f"{'  ' * (depth + 1)}{sentence}")
                lines.extend(f"{'  ' * (depth + 3)}{quote}" for quote in quotes_of(node))
        return tuple(lines)


def smallest(
    solver: Solver, setting: Mapping[int, bool], core: Sequence[int] | None, frame: Mapping[int, bool] | None = None
) -> list[int]:
    """Return a part of ``core`` that clashes and of which no part does: what can be left out, one after the other, is.

    ``frame`` is so in any case, and is no part of it.
    """
    fixed = dict(frame or {})
    left = [n for n in core or () if n not in fixed]
    place = 0
    while place < len(left):
        trial = solver.clash({**{n: setting[n] for n in left[:place] + left[place + 1 :]}, **fixed})
        if trial is None:
            place += 1
        else:
            kept = set(trial)
            left = [n for n in left if n in kept]
    return left


def judged(found: Assessed, conclusion: Conclusion) -> Assessed:
    """Put a curator's judgement beside a finding."""
    agrees = AGREES[conclusion.judgement] == found.found
    return Assessed(
        found.id, conclusion.text, conclusion.judgement, found.found, agrees,
        found.assumptions, found.candidates, found.observations, found.proof, found.note,
    )  # fmt: skip


def _of(what: str, name: str, known: Mapping[str, int]) -> int:
    if name not in known:
        raise NotFoundError.of(what, name, known)
    return known[name]
