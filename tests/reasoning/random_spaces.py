"""Random hypothesis spaces for the shipped rules: type-correct, shaped like chemistry, the same for the same seed.

``random_facts`` draws small spaces in which every rule has a chance to fire; ``spaces`` is the same as a strategy of hypothesis.
``random_program`` puts together the larger spaces of the benchmarks ("the generated set"), in which every optional step matters.
A fact predicate that this file does not know is filled with random values of the right kinds, read from the table of predicates
and from the constants and comparisons of the rules, so that a new predicate is tried from its first day.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from hypothesis import strategies as st

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
consumes step participant; makes step participant; reverse step step; step_kind step kind; needs_promoter step class class;
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
foretells postulate observation what outcome; limit_reaches observation assumption participant;
limit_misses observation assumption participant; form observation form; rate_depends observation participant;
rate_independent observation participant; influences step participant; than observation stage;
earlier observation participant; found_between observation participant order order;
law_order postulate observation participant order; law_open postulate observation participant;
total_order postulate observation order; sole_partner postulate observation participant; differs stage stage difference;
yield_of observation participant participant; capped step observation
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


class _Space:
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


# --- small spaces ----------------------------------------------------------------------------------------------------------

_LOOKS = {"absent", "appears", "constant", "decreases", "disappears", "featureless", "increases", "no-reaction", "peak-position"}
_LOOKS |= {"present", "scattering", "single-ensemble"}

# kind of step -> kinds of its reactants and of its products
_SHAPES = {
    "isomerisation": (("PC",), ("MSC",)),
    "assembly": (("M", "F"), ("PC",)),
    "fragmentation": (("PC",), ("M", "F")),
    "substitution": (("PC", "M"), ("PC", "M")),
    "addition": (("PC", "PC"), ("PC",)),
    "growth": (("MSC",), ("MSC",)),
    "dissolution": (("MSC",), ("F",)),
    "precursor-conversion": (("M",), ("MSC",)),
}


def random_facts(seed: int, steps: int, *, stages: int = 6, observations: int = 20) -> Facts:
    """Return a random hypothesis space with ``steps`` optional steps, and some background steps besides.

    A setting of the optional steps is drawn as the truth, and most observations are drawn so as to agree with what could be there
    in that setting: so some settings are in conflict, and some often are not.
    """
    space = _Space(seed, "random")
    rng = space.rng
    _draw_species(space, 4 + steps)
    space.add_chemicals()
    _draw_stages(space, stages)
    _draw_steps(space, steps)
    _draw_assumptions(space)
    _draw_observations(space, observations)
    if space.maybe(0.55):
        _draw_claims(space, rng.randint(1, 3), 1 + observations // 3)
    for observation in space.observations:
        if space.maybe(0.08):
            space.say("applies", space.rng.choice(space.assumptions), observation)
    space.fill_unknown()
    return space.facts()


def spaces(steps: int = 8) -> st.SearchStrategy[Facts]:
    """Return a strategy of random spaces, with at most so many optional steps; it shrinks towards small ones."""
    return st.builds(
        random_facts,
        seed=st.integers(0, 2**32 - 1),
        steps=st.integers(1, steps),
        stages=st.integers(1, 6),
        observations=st.integers(0, 24),
    )


def _draw_species(space: _Space, many: int) -> None:
    kinds = ["PC", "MSC", "M", "F", *space.rng.choices(("PC", "MSC", "M", "F"), (3, 4, 1, 1), k=many)]
    for number, kind in enumerate(kinds):
        shy = 0.1 if kind == "MSC" else 0.75
        space.add_species(f"{kind.lower()}-{number}", kind, None if space.maybe(0.05) else not space.maybe(shy))


def _draw_stages(space: _Space, many: int) -> None:
    rng, resting = space.rng, list[str]()
    for number in range(many):
        before = [rng.choice(space.stages[-3:])] if space.stages and space.maybe(0.85) else []
        if before and len(space.stages) > 1 and space.maybe(0.12):
            before = list(dict.fromkeys([*before, rng.choice(space.stages)]))
        beside = [s for s in space.stages if space.before[s] and s in resting]
        again = bool(beside) and space.maybe(0.3)
        if again:
            before = list(space.before[rng.choice(beside)])
        fresh = bool(before) and not again and space.maybe(0.4)
        put_in: dict[str, int | None] = {}
        if fresh or not before:
            put_in[rng.choice(list(SOLVENTS))] = None if space.maybe(0.1) else rng.randint(1, 4)
        if before and not again and space.maybe(0.9 if before[0] in resting else 0.6):
            put_in[rng.choice(list(PROMOTERS))] = None if space.maybe(0.1) else rng.randint(1, 3)
        if space.maybe(0.1):
            put_in[rng.choice(list(space.species))] = None
        holds = rng.sample(list(space.species), rng.randint(1, 4)) if not before or space.maybe(0.25) else []
        lasts = None if space.maybe(0.1) else rng.choice(SECONDS)
        incubation = again or (not fresh and space.maybe(0.45))
        stage = f"p{number // 3 + 1}/s{number + 1}"
        if incubation:
            resting.append(stage)
        space.add_stage(stage, before, fresh=fresh, put_in=put_in, lasts=lasts, incubation=incubation, holds=holds)
        # what a promoter can act on
        if before and any(c in PROMOTERS for c in space.contents[stage]) and space.maybe(0.65):
            space.hold(before[0], rng.choice([name for name, kind in space.species.items() if kind == "PC"]))


def _draw_steps(space: _Space, many: int) -> None:
    rng = space.rng
    helped = [b for s in space.stages if any(c in PROMOTERS for c in space.contents[s]) for b in space.before[s]]
    at_hand = [item for stage in [*space.stages, *helped, *helped] for item in space.put_in[stage] if item in space.species]

    def pick(kind: str, near: Sequence[str]) -> str:
        if space.maybe(0.12):
            return rng.choice(list(space.species))
        close = [name for name in near if space.species[name] == kind]
        return rng.choice(close if close and space.maybe(0.75) else [n for n, k in space.species.items() if k == kind])

    background = rng.randint(1, 2 + many // 3)
    todo = [True] * many + [False] * background
    rng.shuffle(todo)
    count = 0
    while todo:
        optional = todo.pop()
        count += 1
        kind = rng.choice(list(_SHAPES))
        reactants = list(dict.fromkeys(pick(k, at_hand) for k in _SHAPES[kind][0]))
        made = {pick(k, []): None for k in _SHAPES[kind][1]}
        products = [name for name in made if name not in reactants] or [rng.choice(list(space.species))]
        step = space.add_step(f"step-{count}", kind, reactants, products, optional)
        at_hand.extend(products)
        if kind == "isomerisation" or space.maybe(0.35):
            for _ in range(1 + space.maybe(0.2)):
                space.say(
                    "needs_promoter", step, rng.choice([*PROMOTERS.values()]), rng.choice(("Chemical", "Chemical", *CLASSES))
                )
        if todo and space.maybe(0.5 if kind == "isomerisation" else 0.25):
            count += 1
            space.add_reverse(step, space.add_step(f"step-{count}", kind, products, reactants, todo.pop()))
        if optional and space.maybe(0.02):
            space.say("background", step)


def _draw_assumptions(space: _Space) -> None:
    """Assume all that the rules ask for by name, in most spaces, and something of the kinds that name a step or a method."""
    rng = space.rng
    carried = {"converts", "not-outrun", "may-outrun", "back-reaction", "detects"}
    carried |= {name.replace("_", "-") for name in unknown_predicates()}
    for kind in [k for k in constants().get(("effect", 1), ()) if k not in carried]:
        if space.maybe(0.85):
            space.add_assumption(f"a-{kind}", kind)
    if space.maybe(0.9) or not space.assumptions:
        space.say("detects", space.add_assumption("a-detects", "detects"), "absorption")
    steps = list(space.steps)
    promoted = {atom.arguments[0] for atom in space.atoms if atom.name == "needs_promoter"}
    for step in steps:
        if space.maybe(0.8 if step in promoted else 0.3):
            name = space.add_assumption(f"a-prompt-{rng.randint(1, 3)}", "converts")
            space.say("converts", name, step, rng.choice((*SECONDS[:2], *SECONDS[:3])))
    if space.maybe(0.3):
        space.say("threshold", space.add_assumption("a-prompt-1", "converts"), rng.choice(PERCENT))
    for step in rng.sample(steps, min(2, len(steps))):
        if space.maybe(0.5):
            space.say("not_outrun", space.add_assumption("a-not-outrun", "not-outrun"), step)
            space.say("may_outrun", space.add_assumption("a-may-outrun", "may-outrun"), rng.choice(steps), step)
    if space.maybe(0.8):
        name = space.add_assumption("a-back", "back-reaction")
        space.say("back_reaction", name, "Chemical" if space.maybe(0.6) else rng.choice(CLASSES), rng.choice(SECONDS[:2]))


def _reach(space: _Space, running: Iterable[str]) -> dict[str, list[str]]:
    """Return what could be there in each stage when these steps run."""
    found: dict[str, list[str]] = {}
    steps = [space.steps[step] for step in running]
    for stage in space.stages:
        there = dict.fromkeys([*(x for b in space.before[stage] for x in found[b]), *space.put_in[stage]])
        while more := [p for r, ps in steps if all(x in there for x in r) for p in ps if p not in there]:
            there.update(dict.fromkeys(more))
        found[stage] = list(there)
    return found


def _draw_observations(space: _Space, many: int) -> None:
    rng = space.rng
    noise = rng.choice((0.0, 0.0, 0.05, 0.25))
    truth = [*space.background, *(step for step in space.optional if space.maybe(0.5))]
    there = _reach(space, truth)
    kinds = list(dict.fromkeys([*constants().get("seen-as", ()), "constant", "peak-position"]))
    # those that ask for more than a look at a species: what else is known of them is drawn by kind alone
    other = [kind for kind in kinds if kind not in _LOOKS]
    in_play = list(dict.fromkeys(x for both in space.steps.values() for side in both for x in side if x in space.species))
    to_see = [name for name in in_play if name in space.seen] or in_play
    apart = [r for step, (r, _) in space.steps.items() if len(r) == 2 and step not in truth]
    # what becomes of a reactant where its promoter is added is worth a look
    helped = [s for s in space.stages if any(c in PROMOTERS for c in space.contents[s])]
    promoted = {a.arguments[0] for a in space.atoms if a.name == "needs_promoter"}
    telling = [
        (stage, product)
        for step, (reactants, products) in space.steps.items()
        for stage in helped
        for before in space.before[stage]
        if step in promoted and any(x in there[before] for x in reactants)
        for product in products
        for _ in range(1 + 4 * all(x in space.put_in[before] for x in reactants))
        if product in space.seen
    ]
    for _ in range(many):
        stage, subject = rng.choice(space.stages), rng.choice(to_see if space.maybe(0.9) else list(space.species))
        if looked := bool(telling) and space.maybe(0.35):
            stage, subject = rng.choice(telling)
        runs = [step for step in truth if all(x in there[stage] for x in space.steps[step][0])]
        kind, subjects = "absent", [subject]
        if space.maybe(noise):
            kind = rng.choice(kinds)
        elif other and space.maybe(0.2):
            kind = rng.choice(other)
        elif apart and space.maybe(0.06):
            kind, subjects = "no-reaction", list(rng.choice(apart))
        elif space.maybe(0.06):
            kind = "scattering"
        elif subject in there[stage]:
            able = ["present", "present", "single-ensemble", "constant"]
            able += ["appears", "increases"] * any(subject in space.steps[step][1] for step in runs)
            able += ["decreases", "disappears", "disappears"] * any(subject in space.steps[step][0] for step in runs)
            kind = rng.choice(able)
        elif not any(x in there[stage] for x in space.seen) and space.maybe(0.5):
            kind = "featureless"
        if kind == "featureless":
            subjects = [WHOLE] if space.maybe(0.3) else list(space.seen)
        if kind == "no-change" and space.maybe(0.5):
            subjects = [WHOLE]
        start = rng.choice((0, 0, 0, 0, MINUTE, 600)) if space.maybe(0.95) else None
        end = None if space.maybe(0.08) else rng.choice((MINUTE, *[space.length.get(stage, 3600)] * 3))
        if looked and space.maybe(0.6):
            start, end = 0, MINUTE if kind == "present" else space.length.get(stage, 3600)
        if start is not None and end is not None:
            end = max(start, end)
        name = space.add_observation(kind, subjects, stage, (start, end), rng.choice(("absorption", "absorption", *METHODS)))
        if space.maybe(0.3):
            space.say("has_limit", name)
        if kind == "scattering" or space.maybe(0.1):
            space.say("compares", name, "similar" if space.maybe(0.8) else rng.choice(OUTCOMES))


_ORDERS = (-250, 250), (750, 1250), (1750, 2250), (250, 750)
_FORMS = ("first-order", "not-first-order", "zero-order", "induction", "burst")
_STATED = (
    "rate-dependence",
    "rate-comparison",
    "kinetic-form",
    "amount-comparison",
    "yield",
    "precedes",
    "isosbestic-point",
    "ratio",
)


def _draw_claims(space: _Space, many: int, observations: int) -> None:
    """Draw claims about rates, and observations of rates, amounts, orders of appearance and numbers that bear on them."""
    rng, steps = space.rng, space.steps
    claims: dict[str, str] = {}
    rivals = [(a, b) for a in steps for b in steps if a != b and set(steps[a][0]) & set(steps[b][0])]
    for number in range(1, many + 1):
        claim, slow = f"claim-{number}", rng.choice(list(steps))
        space.say("postulate", claim)
        if rivals and space.maybe(0.3):
            space.say("claims_slower", claim, *rng.choice(rivals))
        else:
            claims[claim] = slow
            space.say("rate_determining", claim, slow)
            before = [step for step, (_, made) in steps.items() if set(made) & set(steps[slow][0])]
            if before and space.maybe(0.5):
                space.say("preceded_by", claim, rng.choice(before))
            if space.maybe(0.15):
                space.say("narrowed_to", claim, rng.choice(steps[slow][1]))
        if space.maybe(0.2):
            space.say("limited_to", claim, rng.choice(space.stages))
    for step in steps:
        if space.maybe(0.4 if step in claims.values() else 0.15):
            space.say("influences", step, rng.choice(list(CHEMICALS)))
    for one in space.stages:
        for other in space.stages:
            if one != other and space.maybe(0.2):
                for difference in rng.sample(("temperature", "time", *CHEMICALS, *space.species), rng.choice((1, 1, 2))):
                    space.say("differs", one, other, difference)
    for _ in range(observations):
        _draw_measurement(space, claims)


def _draw_measurement(space: _Space, claims: dict[str, str]) -> None:
    """Draw an observation that says more than what was seen, with all that goes with its kind."""
    rng = space.rng
    kind, step = (
        rng.choice((*_STATED, *_STATED[:3])),
        rng.choice(list(claims.values() if claims and space.maybe(0.75) else space.steps)),
    )
    taken, made = space.steps[step]
    # mostly where the step could run
    there = _reach(space, space.steps)
    stage = rng.choice([s for s in space.stages if all(x in there[s] for x in taken)] or space.stages)
    subject = WHOLE if space.maybe(0.15) else rng.choice((*made, *made, *taken, step))
    subjects = [subject]
    if kind in ("precedes", "isosbestic-point"):
        subjects = [rng.choice(taken), rng.choice(made)]
    elif kind in ("amount-comparison", "yield"):
        subjects = [rng.choice(made)]
    name = space.add_observation(kind, subjects, stage, (0, space.length.get(stage, HOUR)))
    helping = [a.arguments[1] for a in space.atoms if a.name == "influences" and a.arguments[0] == step]
    asked = rng.choice((*taken, *taken, *helping, rng.choice(list(CHEMICALS)), rng.choice(list(space.species))))
    if kind == "rate-dependence":
        space.say("rate_depends" if space.maybe(0.5) else "rate_independent", name, asked)
        if space.maybe(0.6):
            space.say("found_between", name, asked, *rng.choice(_ORDERS))
    elif kind == "kinetic-form":
        space.say("form", name, rng.choice(_FORMS))
    elif kind in ("rate-comparison", "amount-comparison"):
        space.say("compares", name, rng.choice(OUTCOMES if kind == "rate-comparison" else ("more", "less", *["similar"] * 3)))
        other = rng.choice([s for s in space.stages if s != stage] or space.stages)
        space.say("than", name, other)
        if space.maybe(0.7):
            space.say("differs", stage, other, asked)
    elif kind == "yield":
        space.say("yield_of", name, subjects[0], rng.choice(taken))
        for another, (_, products) in space.steps.items():
            if subjects[0] in products and space.maybe(0.25):
                space.say("capped", another, name)
    elif kind == "precedes":
        space.say("earlier", name, subjects[0] if space.maybe(0.85) else subjects[1])
    for claim, slow in claims.items():
        if kind == "ratio" and space.maybe(0.7):
            space.say("foretells", claim, name, "a number", rng.choice(("less", "same", "more")))
        orders = {item: rng.choice((1000, 1000, 500, 2000)) for item in space.steps[slow][0]}
        if space.maybe(0.15):
            for item in orders:
                space.say("law_open", claim, name, item)
        elif kind in _STATED[:3]:
            for item, order in {asked: 0, **orders}.items():
                space.say("law_order", claim, name, item, order)
            space.say("total_order", claim, name, sum(orders.values()))
            if list(orders.values()) == [1000]:
                space.say("sole_partner", claim, name, next(iter(orders)))
    _draw_links(space, name, claims)


def _draw_links(space: _Space, measured: str, claims: dict[str, str]) -> None:
    """Let assumptions connect steps and claims with observations, and say what an absence could have shown."""
    rng = space.rng
    named = "leads-to" if space.maybe(0.8) else "forbids"
    if space.maybe(0.3):
        observation = rng.choice((measured, *space.observations))
        assumption = space.add_assumption(f"a-{named}", named)
        if claims and space.maybe(0.5):
            space.say(f"claim_{named.replace('-', '_')}", assumption, rng.choice(list(claims)), observation)
        else:
            space.say(f"step_{named.replace('-', '_')}", assumption, rng.choice(list(space.steps)), observation)
    absent = [a.arguments for a in space.atoms if a.name == "reported" and a.arguments[1] == "absent"]
    if absent and space.maybe(0.3):
        observation, _, subject, _ = rng.choice(absent)
        space.say("level", space.add_assumption("a-level", "level"), subject)
        space.say("limit_reaches" if space.maybe(0.6) else "limit_misses", observation, "a-level", subject)


# --- the generated set -----------------------------------------------------------------------------------------------------

MIX, REST, TREATED, DISPERSED, AMINE, LATER = "g/mix", "g/rest", "g/treated", "g/dispersed", "g/amine", "g/later"


def random_program(
    seed: int, choices: int, *, background: int = 12, species: int = 60, observations: int = 32, bases: int = 8
) -> Facts:
    """Return a space with exactly ``choices`` optional steps (8 to 40), each of which decides a conflict in some setting.

    It is put together from small arguments, each about a few rival steps: a source that is needed, a way out that is needed, a
    marker that would show one of the ways out, a competitor that excuses an absence, a product that was not seen, a mixture that
    did not react. Arguments share reactants and products, so that some steps run only when steps of another argument do. At least
    one setting is free of conflict. There are six stages, and ``species``, ``observations`` and ``background`` steps in number.
    """
    space = _Space(seed, f"generated-{choices}")
    rng = space.rng
    at_hand = [space.add_species(f"base-{n}", rng.choice(("PC", "M", "F")), False) for n in range(1, bases + 1)]
    sinks = [space.add_species(f"sink-{n}", "F", False) for n in range(1, 6)]
    space.add_chemicals()
    space.add_stage(MIX, put_in={"sol-a": 5}, lasts=HOUR, holds=at_hand)
    space.add_stage(REST, [MIX], lasts=DAY, incubation=True)
    space.add_stage(TREATED, [REST], fresh=True, put_in={"sol-b": 2, "pro-a": 1}, lasts=HOUR)
    space.add_stage(DISPERSED, [MIX], fresh=True, put_in={"sol-c": 3}, lasts=HOUR)
    space.add_stage(AMINE, [DISPERSED], put_in={"pro-a": 1}, lasts=HOUR)
    space.add_stage(LATER, [AMINE], lasts=DAY, incubation=True)
    for kind in ("closed-steps", "no-unseen-intermediate", "identical-mixtures", "control-comparable", "sees-size"):
        space.add_assumption(f"a-{kind}", kind)
    space.say("detects", space.add_assumption("a-detects", "detects"), "absorption")
    makers = _Arguments(space, at_hand, sinks)
    while (left := choices - len(space.optional)) > 0:
        make, most = rng.choice(makers.kinds)
        full = len(space.background) > background - 4 or len(space.species) > species - 7
        if full or len(space.observations) > observations - 6:
            make, most = makers.pair, 2
        make(min(left, rng.randint(min(2, most), most)))
    _fill_up(space, background, species, observations, makers.repeatable)
    return space.facts()


class _Arguments:
    """Makers of small arguments, each about so many optional steps."""

    def __init__(self, space: _Space, bases: Sequence[str], sinks: Sequence[str]) -> None:
        self.space, self.bases, self.sinks, self.reached = space, list(bases), list(sinks), list[str]()
        self.apart = [(one, other) for one in bases for other in bases if one < other]
        space.rng.shuffle(self.apart)
        self.kinds = [
            (self.source, 5),
            (self.way_out, 3),
            (self.marker, 4),
            (self.competitor, 3),
            (self.unseen, 2),
            (self.pair, 2),
        ]
        self.repeatable: list[tuple[str, str, tuple[str, ...]]] = []

    def _species(self, kind: str, visible: bool, held_in: str | None = None) -> str:
        name = self.space.add_species(f"{kind.lower()}-{len(self.space.species)}", kind, visible)
        if held_in is not None:
            self.space.hold(held_in, name)
        return name

    def _optional(self, kind: str, reactants: Sequence[str], products: Sequence[str]) -> str:
        return self.space.add_step(f"opt-{len(self.space.optional) + 1:02}", kind, reactants, products, True)

    def _prompt(self, step: str) -> str:
        self.space.say("needs_promoter", step, "PrimaryAmine", "Chemical")
        self.space.say("converts", self.space.add_assumption("a-prompt", "converts"), step, MINUTE)
        return step

    def _marker_step(self, reactant: str) -> str:
        """Add a background step that would show ``reactant`` promptly where the promoter is; return what it shows."""
        shown = self._species("MSC", True)
        self._prompt(self.space.add_step(f"bg-{len(self.space.background) + 1:02}", "isomerisation", [reactant], [shown], False))
        return shown

    def _sinks(self, many: int) -> list[str]:
        found = self.space.rng.sample(self.sinks, many)
        self.reached.extend(found)
        return found

    def source(self, steps: int) -> None:
        """Something grows; without one of the routes it cannot. A route may have two steps, or begin in another argument."""
        rng, product = self.space.rng, self._species("MSC", True)
        early = list(self.reached)
        while steps:
            start = rng.choice(early) if early and self.space.maybe(0.3) else rng.choice(self.bases)
            if steps >= 2 and self.space.maybe(0.3):
                middle = self._species("PC", False)
                self._optional("substitution", [start], [middle])
                start, steps = middle, steps - 1
            self._optional("growth", [start], [product])
            steps -= 1
        self.space.add_observation("increases", [product], rng.choice((MIX, REST, DISPERSED)), (0, HOUR))
        self.repeatable.append(("present", product, (REST, AMINE, LATER)))

    def way_out(self, steps: int) -> None:
        """Something falls; without one of the steps it cannot."""
        fading = self._species("MSC", True, MIX)
        for sink in self._sinks(steps):
            self._optional("dissolution", [fading], [sink])
        self.space.add_observation("decreases", [fading], REST, (0, HOUR))
        self.repeatable.append(("present", fading, (MIX, DISPERSED)))

    def marker(self, steps: int) -> None:
        """Something vanishes; the first of its ways out, alone, leaves what a promoter would have shown, and it was not seen."""
        fading, trace = self._species("MSC", True, MIX), self._species("PC", False)
        for product in (trace, *self._sinks(steps - 1)):
            self._optional("substitution", [fading], [product])
        self.space.add_observation("disappears", [fading], REST, (0, DAY))
        self.space.add_observation("absent", [self._marker_step(trace)], TREATED, (0, HOUR))

    def competitor(self, steps: int) -> None:
        """Something that a promoter would show was not seen; only a faster competitor excuses that."""
        at_stake = self._species("PC", False, DISPERSED)
        for sink in self._sinks(steps):
            self._optional("fragmentation", [at_stake], [sink])
        shown = self._marker_step(at_stake)
        self.space.add_observation("absent", [shown], AMINE, (0, HOUR))
        self.repeatable.append(("absent", shown, (AMINE,)))

    def unseen(self, steps: int) -> None:
        """Steps that a promoter makes prompt would have shown their product, and it was not seen."""
        product = self._species("MSC", True)
        for _ in range(steps):
            self._prompt(self._optional("isomerisation", [self._species("PC", False, DISPERSED)], [product]))
        self.space.add_observation("absent", [product], AMINE, (0, HOUR))
        self.repeatable.append(("absent", product, (AMINE, LATER)))

    def pair(self, steps: int) -> None:
        """A mixture did not react, though the steps say that it should."""
        both = self.apart.pop()
        for sink in self._sinks(steps):
            self._optional("assembly", both, [sink])
        self.space.add_observation("no-reaction", both, MIX, (0, HOUR))


def _fill_up(
    space: _Space, background: int, species: int, observations: int, repeatable: Sequence[tuple[str, str, tuple[str, ...]]]
) -> None:
    """Add bystanders, background steps among them, and more looks at what was looked at already, up to the numbers asked for."""
    rng = space.rng
    bystanders = []
    while len(space.species) < species:
        name = space.add_species(f"other-{len(space.species)}", rng.choice(("MSC", "PC")), True)
        bystanders.append(name)
        space.hold(MIX, name)
    pairs = [(a, b) for a in bystanders for b in bystanders if a < b]
    rng.shuffle(pairs)
    while len(space.background) < background:
        one, other = pairs.pop()
        there = space.add_step(f"bg-{len(space.background) + 1:02}", "isomerisation", [one], [other], False)
        if len(space.background) < background and space.maybe(0.4):
            space.add_reverse(there, space.add_step(f"bg-{len(space.background) + 1:02}", "isomerisation", [other], [one], False))
    looks = [(kind, name, stage) for kind, name, stages in repeatable for stage in stages]
    looks += [("present", name, stage) for name in bystanders for stage in (MIX, DISPERSED)]
    rng.shuffle(looks)
    while len(space.observations) < observations:
        kind, name, stage = looks[len(space.observations) % len(looks)]
        seen = space.add_observation(kind, [name], stage, (0, space.length[stage]))
        if kind == "present" and space.maybe(0.1):
            space.say("applies", "a-control-comparable", seen)
