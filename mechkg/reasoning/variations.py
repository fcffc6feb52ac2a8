"""Experiments that could be done next: systematic variations of the procedures that a hypothesis space looks at.

A variation changes one thing in one procedure (a portion or a charge left out, a promoter replaced by a relative that does not
promote, contents taken out first, two additions in the other order, one portion in deficit) and keeps all else. What comes before
the change is the stage of the paper itself, so what is known of it still counts; the changed stage and those after it are new.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

from mechkg.reasoning.facts import contents_of, medium_atoms
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.terms import Atom

EXTRA_COST = {"repeat": 0.0, "leave out": 0.0, "portion": 0.0, "deficit": 0.5, "swap": 0.5, "order": 0.5, "take out": 8.0}
"""Kind of a variation -> hours of work that it adds (a convention). To take contents out first, a way must first be found."""

HOURS_PER_STAGE = 0.25
"""Hours of work for one stage, beside the time that it lasts (a convention)."""


@dataclass(frozen=True, slots=True)
class Variation:
    """An experiment that could be done: what is changed, in words, and the facts of its new stages.

    ``watched`` is the stage that is looked at, ``base`` the stage of the paper that it varies; ``hours`` is what it costs.
    """

    name: str
    kind: str
    base: str
    change: str
    watched: str
    facts: frozenset[Atom]
    hours: float


@dataclass(frozen=True, slots=True)
class _Stage:
    """One stage as far as the rules know it."""

    follows: tuple[str, ...] = ()
    charged: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    duration: int | None = None
    fresh: bool = False
    incubation: bool = False
    medium: str | None = None


class _World:
    """The stages of a problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        many: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        one: dict[str, dict[str, int | str]] = defaultdict(dict)
        flags: dict[str, set[str]] = defaultdict(set)
        self.classes: dict[str, set[str]] = defaultdict(set)
        self.promoters: set[str] = set()
        for atom in sorted(problem.facts.atoms, key=str):
            values = atom.arguments
            if atom.name in ("follows", "charged", "holds"):
                many[atom.name][str(values[0])].append(str(values[1]))
            elif atom.name in ("duration", "medium"):
                one[atom.name][str(values[0])] = values[1]
            elif atom.name in ("stage", "fresh_medium", "incubation"):
                flags[atom.name].add(str(values[0]))
            elif atom.name == "is_a":
                self.classes[str(values[0])].add(str(values[1]))
            elif atom.name == "needs_promoter":
                self.promoters.add(str(values[1]))
        self.stages = {
            name: _Stage(
                tuple(many["follows"][name]),
                tuple(many["charged"][name]),
                tuple(many["holds"][name]),
                int(one["duration"][name]) if name in one["duration"] else None,
                name in flags["fresh_medium"],
                name in flags["incubation"],
                str(one["medium"][name]) if name in one["medium"] else None,
            )
            for name in sorted(flags["stage"])
        }

    def path(self, tip: str) -> list[str]:
        """Return a stage and all it continues, each after those it continues."""
        found: dict[str, None] = {}

        def walk(name: str) -> None:
            if name in found or name not in self.stages:
                return
            for before in self.stages[name].follows:
                walk(before)
            found[name] = None

        walk(tip)
        return list(found)

    def tips(self) -> list[str]:
        """Return stages where something was looked for, one for each way of getting there."""
        looked = {str(a.arguments[3]) for a in self.problem.facts.atoms if a.name == "reported"} & self.stages.keys()
        found: dict[tuple[object, ...], str] = {}
        for name in sorted(looked, key=lambda n: (len(self.path(n)), n)):
            path = self.path(name)
            shape = tuple((s.charged, s.holds, s.fresh, s.incubation, len(s.follows)) for s in map(self.stages.get, path) if s)
            found.setdefault(shape, name)
        return list(found.values())

    def contained(self, name: str) -> tuple[str, ...]:
        """Return the chemicals in a stage: put in, or kept from before."""
        stage = self.stages[name]
        kept = () if stage.fresh else tuple(c for before in stage.follows for c in self.contained(before))
        return tuple(dict.fromkeys((*stage.charged, *kept)))


def variations(problem: Problem) -> list[Variation]:
    """Return the experiments that could be done: each way in which the papers got to an observation, and its variations."""
    world = _World(problem)
    found: list[Variation] = []
    for tip in world.tips():
        path = world.path(tip)
        found.append(Variation(f"as in {tip}", "repeat", tip, "as it was done", tip, frozenset(), _hours(world, path, "repeat")))
        for number, (kind, change, edits) in enumerate(_changes(world, path)):
            name = f"{tip}~{number + 1}"
            facts, watched = _carried_out(world, path, edits, name)
            found.append(Variation(name, kind, tip, change, watched, frozenset(facts), _hours(world, path, kind)))
    return found


def _hours(world: _World, path: Sequence[str], kind: str) -> float:
    lasting = sum((world.stages[name].duration or 0) for name in path) / 3600
    return round(lasting + HOURS_PER_STAGE * len(path) + EXTRA_COST[kind], 2)


Edits = Mapping[str, _Stage]


def _changes(world: _World, path: Sequence[str]) -> Iterator[tuple[str, str, Edits]]:
    """Yield kind, words and changed stages of each variation along a path."""
    say = world.problem.labels.say
    for name in path:
        stage = world.stages[name]
        if len(stage.follows) > 1:
            for before in stage.follows:
                kept = replace(stage, follows=tuple(f for f in stage.follows if f != before))
                yield "portion", f"without the portion from {say('stage', before)}", {name: kept}
                yield "deficit", f"with little of the portion from {say('stage', before)}", {name: kept}
        if not stage.follows:
            continue
        for chemical in stage.charged:
            others = tuple(c for c in stage.charged if c != chemical)
            bare = replace(stage, charged=others, medium=None)
            yield "leave out", f"without {say('chemical', chemical)}", {name: bare}
            for other in _relatives(world, chemical):
                words = f"{say('chemical', other)} in place of {say('chemical', chemical)}"
                yield (
                    "swap",
                    words,
                    {name: replace(stage, charged=(*others, other), medium=_renamed(stage.medium, chemical, other))},
                )
        if len(stage.holds) > 1:
            for some in (*combinations(stage.holds, 1), *combinations(stage.holds, 2)):
                if len(some) == len(stage.holds):
                    continue
                left = tuple(s for s in stage.holds if s not in some)
                words = " and ".join(say("species", s) for s in some)
                pure = replace(stage, follows=(), holds=left, charged=world.contained(name))
                yield "take out", f"with {words} taken out first", {name: pure}
    for first, second in pairwise(path):
        one, two = world.stages[first], world.stages[second]
        if two.follows == (first,) and one.follows and one.charged and two.charged and one.charged != two.charged:
            words = f"{_listed(world, two.charged)} first and {_listed(world, one.charged)} after it"
            yield "order", words, {
                first: replace(one, charged=two.charged, medium=None),
                second: replace(two, charged=one.charged, medium=None),
            }  # fmt: skip


def _listed(world: _World, chemicals: Collection[str]) -> str:
    return " and ".join(world.problem.labels.say("chemical", c) for c in chemicals)


def _relatives(world: _World, chemical: str) -> list[str]:
    """Return one chemical that shares a class with a promoter and is none itself, for each class of promoter it belongs to."""
    members: dict[str, int] = defaultdict(int)
    for classes in world.classes.values():
        for name in classes:
            members[name] += 1
    found = []
    for promoter in sorted(world.classes[chemical] & world.promoters):
        kin = [
            # the closest relative: of the smallest class that both belong to
            (min(members[name] for name in shared), -len(shared), other)
            for other, classes in world.classes.items()
            if promoter not in classes and (shared := classes & world.classes[chemical])
        ]
        if kin:
            found.append(min(kin)[-1])
    return found


def _renamed(medium: str | None, chemical: str, other: str) -> str | None:
    if medium is None:
        return None
    return " + ".join(" ".join(other if word == chemical else word for word in part.split()) for part in medium.split(" + "))


def _carried_out(world: _World, path: Sequence[str], edits: Edits, name: str) -> tuple[list[Atom], str]:
    """Return the facts of the changed stages and of those that come after them, and the name of the last."""
    new: dict[str, str] = {}
    atoms: list[Atom] = []
    stages: dict[str, _Stage] = {}
    for place in path:
        stage = edits.get(place, world.stages[place])
        if place not in edits and not any(before in new for before in stage.follows):
            continue
        follows = tuple(new.get(before, before) for before in stage.follows)
        holds = stage.holds
        if place not in edits or (world.stages[place].follows and len(stage.follows) < len(world.stages[place].follows) > 1):
            # what the source says of this stage holds only as far as what it is made from still brings it along
            brought = {s for before in follows for s in (stages.get(before) or world.stages[before]).holds}
            holds = holds if not follows else tuple(s for s in holds if s in brought)
        medium = stage.medium
        if medium is None or (
            place not in edits and any(before in new for before in world.stages[place].follows) and not stage.fresh
        ):
            medium = _medium(world, stage, stages, follows)
        here = replace(stage, follows=follows, holds=holds, medium=medium)
        new[place] = own = f"{name}/{place.partition('/')[2] or place}"
        if any(own == other for other in stages):
            own = new[place] = f"{name}/{place.replace('/', '.')}"
        stages[own] = here
        atoms.extend(_facts(own, here))
    return atoms, new[path[-1]]


def _medium(world: _World, stage: _Stage, stages: Mapping[str, _Stage], follows: Sequence[str]) -> str | None:
    """Return the medium of a changed stage: what it keeps of those before it and what is put in, amounts where they are known."""
    contents: dict[str, float | None] = {}
    sources = [] if stage.fresh else [(stages.get(before) or world.stages[before]).medium for before in follows]
    own = contents_of(stage.medium) if stage.medium else {}
    for source in sources:
        contents |= contents_of(source) if source else {}
    for chemical in stage.charged:
        contents[chemical] = own.get(chemical, _amount(world, chemical))
    return str(medium_atoms("", contents)[0].arguments[1]) if contents else None


def _amount(world: _World, chemical: str) -> float | None:
    """Return the commonest amount in which a chemical is put in, where it is printed."""
    known = [
        amount
        for stage in world.stages.values()
        if stage.medium and (amount := contents_of(stage.medium).get(chemical)) is not None
    ]
    return max(sorted(set(known)), key=known.count) if known else None


def _facts(name: str, stage: _Stage) -> Iterator[Atom]:
    yield Atom("stage", (name,))
    yield from (Atom("follows", (name, before)) for before in stage.follows)
    yield from (Atom("charged", (name, chemical)) for chemical in stage.charged)
    yield from (Atom("holds", (name, species)) for species in stage.holds)
    if stage.fresh:
        yield Atom("fresh_medium", (name,))
    if stage.incubation:
        yield Atom("incubation", (name,))
    if stage.duration is not None:
        yield Atom("duration", (name, stage.duration))
    if stage.medium:
        yield from medium_atoms(name, contents_of(stage.medium))
