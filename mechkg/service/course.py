"""What a candidate pathway says of each species at each stage, beside what was seen there, as the rules derive it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mechkg.model.procedure import Procedure
from mechkg.reasoning.outcomes import Model
from mechkg.reasoning.problem import Problem
from mechkg.service.check import AD_HOC, chosen
from mechkg.service.describe_item import title_of
from mechkg.service.pathways import Contradiction, contradictions_of
from mechkg.service.recorded import Recorded
from mechkg.service.workbench import Setting


@dataclass(frozen=True, slots=True)
class Noted:
    """What was noted of a species at a stage; ``seen`` is None where it says neither that it was there nor that it was not.

    An absence without method or detection limit is such a one.
    """

    observation: str
    words: str
    seen: bool | None


@dataclass(frozen=True, slots=True)
class At:
    """A species at a stage, for one candidate.

    possible: it can be there. available: it must be there when the stage begins; left: when it ends. expected: so many seconds
    after which it must be seen, None where it need not be seen. gone: it was found to be gone at the end.
    """

    species: str
    possible: bool
    available: bool
    left: bool
    expected: int | None
    gone: bool
    noted: tuple[Noted, ...]
    contradictions: tuple[Contradiction, ...]

    @property
    def seen(self) -> bool | None:
        """Whether it was seen: yes where some observation says so, no where it was looked for and not seen, else None."""
        told = {note.seen for note in self.noted}
        return True if True in told else False if False in told else None


@dataclass(frozen=True, slots=True)
class StageOf:
    """A stage as it is told, the stages that it continues, what is in its medium, and what is derived for it.

    ``runs`` are the steps of the candidate that can run there, ``prompt`` those that are known to be prompt. ``others`` are
    contradictions about what takes part in no step.
    """

    id: str
    words: str
    name: str
    action: str
    continues: tuple[str, ...]
    medium: str
    species: tuple[At, ...]
    runs: tuple[str, ...]
    prompt: tuple[str, ...]
    others: tuple[Contradiction, ...] = ()

    @property
    def contradictions(self) -> tuple[Contradiction, ...]:
        """Everything that cannot be met there."""
        return (*(each for at in self.species for each in at.contradictions), *self.others)

    def at(self, species: str) -> At | None:
        """Return what is derived of a species."""
        return next((at for at in self.species if at.species == species), None)


@dataclass(frozen=True, slots=True)
class Played:
    """A procedure of the space: its stages in order, after those of other procedures that they continue."""

    id: str
    title: str
    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """What a candidate says of all stages of a space.

    ``gone`` are its steps and claims that no longer count; it says nothing then.
    """

    space: str
    candidate: str
    steps: tuple[str, ...]
    version: int
    procedures: tuple[Played, ...]
    stages: dict[str, StageOf]
    gone: tuple[str, ...] = ()

    def procedure(self, name: str) -> Played | None:
        """Return a procedure."""
        return next((each for each in self.procedures if each.id == name), None)

    def conflicting(self, procedure: Played) -> int:
        """Return at how many stages of a procedure something cannot be met."""
        return sum(bool(self.stages[name].contradictions) for name in procedure.stages if name in self.stages)


def procedures_of(view: Recorded, space: str) -> tuple[Played, ...]:
    """Return the procedures of a space that count, in its order."""
    entries = view.catalog.entries
    names = dict.fromkeys(name.partition("/")[0] for name in view.catalog.space(space).procedures)
    return tuple(
        Played(name, title_of(view, entries[name]), tuple(_line(view, name)))
        for name in names
        if name in entries and entries[name].kind == "procedure"
    )


def course(view: Recorded, space: str, candidate: str, setting: Setting) -> Course:
    """Return what a candidate says of the stages of a space, with the premises of a setting.

    ``candidate`` is a named one, or the name of the one that the setting puts together. Raises NotFoundError with the nearest
    name for anything unknown, BadInputError for a candidate that breaks a constraint.
    """
    procedures = procedures_of(view, space)
    with view.lock:
        problem = view.problem(space)
        own = candidate == AD_HOC
        found = chosen(problem, None, setting.steps, setting.postulates) if own else chosen(problem, candidate)
        held = problem.setting(found, problem.assumptions(setting.without), problem.reported(setting.ignoring))
        [outcome] = problem.outcomes.of([held])
        steps = (*problem.space.background, *found.steps)
        if outcome.gone:
            return Course(problem.space.id, found.id, steps, problem.version, procedures, {}, outcome.gone)
        model = problem.outcomes.model(held, outcome.orders)
        stages = _stages(view, problem, model, tuple(contradictions_of(problem, found.id, outcome)))
        return Course(problem.space.id, found.id, steps, problem.version, procedures, stages)


# --- stages -----------------------------------------------------------------------------------------------------------


def _line(view: Recorded, procedure: str) -> Iterable[str]:
    """Yield the stages of a procedure in order, each after those of other procedures that lead to it."""
    done: set[str] = set()
    for stage in _continued(view, procedure):
        yield from _up_to(view, stage, done)


def _up_to(view: Recorded, stage: str, done: set[str]) -> Iterable[str]:
    if stage in done:
        return
    done.add(stage)
    for before in _continued(view, stage.partition("/")[0]).get(stage, ()):
        yield from _up_to(view, before, done)
    yield stage


def _continued(view: Recorded, procedure: str) -> dict[str, tuple[str, ...]]:
    """Return which stages each stage of a procedure continues."""
    entry = view.catalog.entries.get(procedure)
    value = entry.value if entry else None
    if not isinstance(value, Procedure):
        return {}
    found: dict[str, tuple[str, ...]] = {}
    before: str | None = None
    for stage in value.stages:
        given = stage.continues if stage.continues is not None else (before,) if before else ()
        found[f"{procedure}/{stage.id}"] = tuple(name if "/" in name else f"{procedure}/{name}" for name in given)
        before = stage.id
    return found


def _stages(view: Recorded, problem: Problem, model: Model, against: Sequence[Contradiction]) -> dict[str, StageOf]:
    holding: dict[str, set[tuple[str, str]]] = {
        name: {(str(a.arguments[0]), str(a.arguments[1])) for a in model.named(name)}
        for name in ("possible", "available", "left", "gone", "feasible", "prompt_in")
    }
    expected: dict[tuple[str, str], int] = {}
    for atom in model.named("expected"):
        where, seconds = (str(atom.arguments[0]), str(atom.arguments[1])), int(atom.arguments[2])
        expected[where] = min(seconds, expected.get(where, seconds))
    noted = _noted(problem, model)
    contradicted: dict[tuple[str, str], list[Contradiction]] = defaultdict(list)
    for each in against:
        contradicted[each.species, each.stage].append(each)
    media = {str(a.arguments[0]): str(a.arguments[1]) for a in problem.facts.atoms if a.name == "medium"}
    here = sorted({str(a.arguments[0]) for a in problem.facts.atoms if a.name == "stage"})
    follows = sorted((str(a.arguments[0]), str(a.arguments[1])) for a in problem.facts.atoms if a.name == "follows")
    species = _species(problem)
    say = problem.labels.say

    def at(name: str, stage: str) -> At:
        where = name, stage
        return At(
            name,
            where in holding["possible"],
            where in holding["available"],
            where in holding["left"],
            expected.get(where),
            where in holding["gone"],
            tuple(noted.get(where, ())),
            tuple(contradicted.get(where, ())),
        )

    stages = {}
    for name in here:
        told = _told(view, name)
        stages[name] = StageOf(
            name,
            say("stage", name),
            told[0],
            told[1],
            tuple(before for stage, before in follows if stage == name),
            say("medium", media[name]) if name in media else "",
            tuple(at(each, name) for each in species),
            tuple(sorted(step for step, stage in holding["feasible"] if stage == name)),
            tuple(sorted(step for step, stage in holding["prompt_in"] if stage == name)),
            tuple(each for (what, stage), some in contradicted.items() if stage == name and what not in species for each in some),
        )
    return stages


def _species(problem: Problem) -> list[str]:
    """Return what takes part in the steps of a space, in a stable order."""
    return sorted({name for step in problem.facts.steps.values() for name in (*step.consumed, *step.made)})


def _noted(problem: Problem, model: Model) -> dict[tuple[str, str], list[Noted]]:
    """Return what was noted of each species at each stage, printed and early observations first."""
    seen = {tuple(map(str, a.arguments)) for a in model.named("seen")}
    unseen = {tuple(map(str, a.arguments)) for a in model.named("unseen")}
    found: dict[tuple[str, str], list[Noted]] = defaultdict(list)
    for atom in sorted(model.named("observed"), key=lambda a: (problem.rank(str(a.arguments[0])), str(a))):
        observation, seen_as, species, stage = map(str, atom.arguments)
        key = observation, species, stage
        there = True if key in seen else False if key in unseen else None
        found[species, stage].append(Noted(observation, problem.labels.say("seen-as", seen_as), there))
    # a spectrum without any band speaks of all that would have one
    told = {(note.observation, *where) for where, notes in found.items() for note in notes}
    for observation, *where in sorted(unseen, key=lambda key: (problem.rank(key[0]), key)):
        if (observation, *where) not in told:
            found[where[0], where[1]].append(Noted(observation, problem.labels.say("seen-as", "absent"), False))
    return found


def _told(view: Recorded, name: str) -> tuple[str, str]:
    """Return what a stage is called within its procedure, and what is done in it."""
    procedure, _, own = name.partition("/")
    entry = view.catalog.entries.get(procedure)
    value = entry.value if entry else None
    stage = next((each for each in value.stages if each.id == own), None) if isinstance(value, Procedure) else None
    return (stage.sample or own, stage.action) if stage else (own, "")
