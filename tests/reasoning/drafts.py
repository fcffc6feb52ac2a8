"""Facts in the making: what random hypothesis spaces are drawn from, and how stages, steps and observations become facts.

A fact predicate that this file does not know is filled with random values of the right kinds, read from the table of predicates
and from the constants and comparisons of the rules, so that a new predicate is tried from its first day.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from mechkg.reasoning.facts import Facts
from mechkg.reasoning.predicates import PREDICATES
from mechkg.reasoning.rulebook import read_rulebook
from mechkg.reasoning.terms import Atom, Comparison, ForAll, Literal, RuleText, Term, Variable

WHOLE = "the sample"
MINUTE, HOUR, DAY = 60, 3600, 86400
SECONDS = (MINUTE, 600, HOUR, DAY)
PERCENT = (5, 20, 33, 50, 80)
SOLVENTS = {"sol-a": "Hydrocarbon", "sol-b": "Aromatic", "sol-c": "Ether"}
PROMOTERS = {"pro-a": "PrimaryAmine", "pro-b": "Phosphine"}
CHEMICALS = {**SOLVENTS, **PROMOTERS}
CLASSES = ("Chemical", *dict.fromkeys(CHEMICALS.values()))
METHODS = ("absorption", "emission", "mass")
OUTCOMES = ("similar", "more", "less", "faster", "slower", "unaffected")
UNKNOWN_NUMBERS = (0, 1, 2, 3)
_NUMERIC = re.compile(r"second|percent|number|value|amount|order|level|limit|count|ratio|share|thousandth|per-?mil|scaled")

# What this file fills by its own lights, with the kinds of the arguments that it counts on; anything else, or a predicate whose
# arguments have changed, is filled by kind alone.
_TABLE = """
consumes step participant; makes step participant; reverse step step; step_kind step kind; needs_promoter step class medium-class;
is_a chemical class; silent species; visible species; species_kind species kind; stage stage; follows stage stage;
fresh_medium stage; charged stage participant; holds stage species; duration stage seconds; incubation stage;
medium stage medium; fraction stage chemical percent; reported observation seen-as species stage;
applies assumption observation; looked_from observation stage seconds; looked_to observation stage seconds;
by_method observation method; has_limit observation; compares observation outcome; background step; optional step;
assumption assumption; converts assumption step seconds; threshold assumption percent; not_outrun assumption step;
may_outrun assumption step step; back_reaction assumption class seconds; detects assumption method; effect assumption kind;
postulate postulate; rate_determining postulate step; preceded_by postulate step; narrowed_to postulate participant;
limited_to postulate stage; claims_slower postulate step step; step_leads_to assumption step observation;
claim_leads_to assumption postulate observation; step_forbids assumption step observation;
claim_forbids assumption postulate observation; level assumption participant; place observation species stage;
foretells postulate observation what match; limit_reaches observation assumption participant;
limit_misses observation assumption participant; form observation form; rate_depends observation participant;
rate_independent observation participant; influences step participant; than observation stage;
earlier observation participant; found_between observation participant order order;
law_order postulate observation participant order; law_open postulate observation participant;
total_order postulate observation order; sole_partner postulate observation participant; differs stage stage difference;
yield_of observation participant participant; route observation route; route_step observation route step;
beyond observation participant thousandths; alike step step
"""
_FILLED = {name: tuple(kinds) for name, *kinds in map(str.split, _TABLE.split(";"))}


def unknown_predicates() -> list[str]:
    """Return the fact predicates of the table that are filled by kind alone."""
    return [
        predicate.name
        for predicate in PREDICATES.values()
        if predicate.origin in ("fact", "computed") and _FILLED.get(predicate.name) != predicate.arguments
    ]


# --- what the rules tell about arguments ---------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def constants() -> dict[tuple[str, int] | str, tuple[str, ...]]:
    """Return the constants that the rules write, by predicate and place, and by the kind of the argument."""
    found: dict[tuple[str, int] | str, set[str]] = defaultdict(set)
    for rule in read_rulebook().rules:
        for atom in _atoms(rule.text):
            for place, (argument, kind) in enumerate(zip(atom.arguments, PREDICATES[atom.name].arguments, strict=True)):
                if isinstance(argument, str):
                    found[atom.name, place].add(argument)
                    found[kind].add(argument)
    return {key: tuple(sorted(values)) for key, values in found.items()}


@lru_cache(maxsize=1)
def numeric_kinds() -> frozenset[str]:
    """Return the kinds of arguments that are numbers: by their name, or because rules ask which is greater."""
    kinds = {kind for predicate in PREDICATES.values() for kind in predicate.arguments}
    found = {kind for kind in kinds if _NUMERIC.search(kind)}
    for rule in read_rulebook().rules:
        sides = [(p.left, p.right) for p in rule.text.premises if isinstance(p, Comparison) and p.operator not in ("=", "!=")]
        compared = {side.name for pair in sides for side in pair if isinstance(side, Variable)}
        for atom in _atoms(rule.text):
            for argument, kind in zip(atom.arguments, PREDICATES[atom.name].arguments, strict=True):
                if isinstance(argument, Variable) and argument.name in compared:
                    found.add(kind)
    return frozenset(found)


def _atoms(rule: RuleText) -> Iterator[Atom]:
    yield rule.head
    for premise in rule.premises:
        if isinstance(premise, Literal):
            yield premise.atom
        elif isinstance(premise, ForAll):
            yield from (premise.atom, premise.condition)


# --- a space in the making -------------------------------------------------------------------------------------------------


class Draft:
    """Facts gathered so far, and what the rest is drawn from. Lists, not sets: their order is part of the draw."""

    def __init__(self, seed: int, name: str) -> None:
        self.rng = random.Random(f"{name}/{seed}")
        self.name = f"{name}-{seed}"
        self.atoms: dict[Atom, None] = {}
        self.stages: list[str] = []
        self.before: dict[str, list[str]] = {}
        self.contents: dict[str, dict[str, int | None]] = {}
        self.length: dict[str, int] = {}
        self.put_in: dict[str, list[str]] = defaultdict(list)
        self.species: dict[str, str] = {}
        self.seen: list[str] = []
        self.steps: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self.optional: list[str] = []
        self.background: list[str] = []
        self.assumptions: list[str] = []
        self.observations: list[str] = []

    def say(self, name: str, *values: Term) -> None:
        """Add a fact, unless the table has it no longer, or in another form than this file knows."""
        if name in PREDICATES and PREDICATES[name].arguments == _FILLED[name]:
            self.atoms[Atom(name, values)] = None

    def maybe(self, share: float) -> bool:
        return self.rng.random() < share

    def facts(self) -> Facts:
        stated = {atom: (str(atom.arguments[0]).partition("/")[0],) for atom in self.atoms}
        return Facts(self.name, frozenset(self.atoms), stated)

    # what there is

    def add_species(self, name: str, kind: str, visible: bool | None) -> str:
        self.species[name] = kind
        self.say("species_kind", name, kind)
        if visible is not None:
            self.say("visible" if visible else "silent", name)
        if visible:
            self.seen.append(name)
        return name

    def add_chemicals(self) -> None:
        for chemical, kind in CHEMICALS.items():
            for wider in (chemical, kind, "Chemical"):
                self.say("is_a", chemical, wider)

    def add_stage(
        self,
        name: str,
        before: Sequence[str] = (),
        *,
        fresh: bool = False,
        put_in: dict[str, int | None] | None = None,
        lasts: int | None = None,
        incubation: bool = False,
        holds: Iterable[str] = (),
    ) -> str:
        """Add a stage; ``put_in`` is what is charged, in millilitres where known."""
        self.stages.append(name)
        self.before[name] = list(before)
        self.say("stage", name)
        for other in before:
            self.say("follows", name, other)
        if fresh:
            self.say("fresh_medium", name)
        if incubation:
            self.say("incubation", name)
        if lasts is not None:
            self.length[name] = lasts
            self.say("duration", name, lasts)
        total: dict[str, int | None] = {}
        for contents in [*([] if fresh else [self.contents[b] for b in before]), put_in or {}]:
            for chemical, volume in contents.items():
                old = total.get(chemical, 0)
                total[chemical] = None if volume is None or old is None else old + volume
        self.contents[name] = total
        for item in put_in or {}:
            self.say("charged", name, item)
            self.put_in[name].append(item)
        for item in holds:
            self.hold(name, item)
        volumes = [volume for volume in total.values() if volume is not None]
        if total:
            self.say("medium", name, " + ".join(c if v is None else f"{v} mL {c}" for c, v in sorted(total.items())))
        if total and len(volumes) == len(total):
            for chemical, volume in total.items():
                self.say("fraction", name, chemical, round(100 * (volume or 0) / sum(volumes)))
        return name

    def hold(self, stage: str, item: str) -> None:
        self.say("holds", stage, item)
        self.put_in[stage].append(item)

    def add_step(self, name: str, kind: str, reactants: Sequence[str], products: Sequence[str], optional: bool) -> str:
        self.steps[name] = tuple(reactants), tuple(products)
        self.say("step_kind", name, kind)
        for item in reactants:
            self.say("consumes", name, item)
        for item in products:
            self.say("makes", name, item)
        (self.optional if optional else self.background).append(name)
        self.say("optional" if optional else "background", name)
        return name

    def add_reverse(self, name: str, back: str) -> None:
        self.say("reverse", name, back)
        self.say("reverse", back, name)

    def add_assumption(self, name: str, *effects: str) -> str:
        if name not in self.assumptions:
            self.assumptions.append(name)
            self.say("assumption", name)
        for kind in effects:
            self.say("effect", name, kind)
        return name

    def add_observation(
        self, kind: str, subjects: Sequence[str], stage: str, window: tuple[int | None, int | None], method: str = "absorption"
    ) -> str:
        name = f"o{len(self.observations) + 1}"
        self.observations.append(name)
        for subject in subjects:
            self.say("reported", name, kind, subject, stage)
            self.say("place", name, subject, stage)
        for predicate, seconds in zip(("looked_from", "looked_to"), window, strict=True):
            if seconds is not None:
                self.say(predicate, name, stage, seconds)
        self.say("by_method", name, method)
        return name

    # by kind alone

    def fill_unknown(self) -> None:
        """Fill some of the predicates that this file does not know; one about an assumption brings the effect of its name.

        Facts drawn at random mostly make conflicts, so there are few of them, and in some spaces none.
        """
        known: dict[str, Sequence[Term]] = {
            "step": list(self.steps),
            "participant": [*self.species, *CHEMICALS],
            "species": list(self.species),
            "chemical": list(CHEMICALS),
            "class": CLASSES,
            "medium-class": CLASSES,
            "stage": self.stages,
            "medium": [str(atom.arguments[1]) for atom in self.atoms if atom.name == "medium"],
            "observation": self.observations,
            "assumption": self.assumptions,
            "seconds": SECONDS,
            "percent": PERCENT,
            "method": METHODS,
            "outcome": OUTCOMES,
        }
        reported = [atom.arguments for atom in self.atoms if atom.name == "reported"]
        for name in unknown_predicates():
            kinds = PREDICATES[name].arguments
            pools = [_pool(name, place, known) for place in range(len(kinds))]
            for _ in range(self.rng.choice((0, 1, 1, 2, 5 if "observation" in kinds else 3)) if all(pools) else 0):
                values = [self.rng.choice(pool) for pool in pools]
                if self.maybe(0.7):
                    self._fit(kinds, values, reported)
                self.atoms[Atom(name, tuple(values))] = None
                if kinds[0] == "assumption":
                    self.say("effect", str(values[0]), name.replace("_", "-"))

    def _fit(self, kinds: Sequence[str], values: list[Term], reported: Sequence[tuple[Term, ...]]) -> None:
        """Make the values fit each other: what an observation is of and where, and what takes part in a step."""
        fitting: dict[str, Term] = {}
        if "observation" in kinds:
            observation, _, subject, stage = self.rng.choice(reported)
            fitting = {"observation": observation, "species": subject, "participant": subject, "stage": stage}
        elif "step" in kinds:
            step = self.rng.choice(list(self.steps))
            fitting = {"step": step, "participant": self.rng.choice([*self.steps[step][0], *self.steps[step][1]])}
        for kind, value in fitting.items():
            if kind in kinds:
                values[kinds.index(kind)] = value


def _pool(name: str, place: int, known: Mapping[str, Sequence[Term]]) -> Sequence[Term]:
    """Return values for one argument of a predicate that is filled by kind alone; ``known`` has those of the space, by kind."""
    kind = PREDICATES[name].arguments[place]
    if kind in ("observation", "medium") and not known[kind]:
        return ()
    parts = re.split(r"[ -]or[ -]", kind)
    if any(part in known for part in parts):
        values = [value for part in parts for value in known.get(part, [f"{part}-1", f"{part}-2"])]
        return [*values, *(c for c in constants().get(kind, ()) if c not in values)]
    if kind in numeric_kinds():
        return UNKNOWN_NUMBERS
    written = constants().get((name, place)) or (() if kind == "kind" else constants().get(kind, ()))
    return [*written, *(f"{kind}-{n}" for n in (1, 2))]
