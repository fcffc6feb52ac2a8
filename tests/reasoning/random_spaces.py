"""Random hypothesis spaces for the shipped rules: type-correct, shaped like chemistry, the same for the same seed.

``random_facts`` draws small spaces in which every rule has a chance to fire; ``spaces`` is the same as a strategy of hypothesis.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import permutations

from hypothesis import strategies as st

from mechkg.reasoning.facts import Facts
from tests.reasoning.drafts import (
    CHEMICALS,
    CLASSES,
    HOUR,
    METHODS,
    MINUTE,
    OUTCOMES,
    PERCENT,
    PROMOTERS,
    SECONDS,
    SOLVENTS,
    WHOLE,
    Draft,
    constants,
    unknown_predicates,
)
from tests.reasoning.generated_set import random_program
from tests.reasoning.studies import FORMS, ORDERS, draw_studies

__all__ = ["random_facts", "random_program", "spaces"]

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
    space = Draft(seed, "random")
    rng = space.rng
    _draw_species(space, 4 + steps)
    space.add_chemicals()
    _draw_stages(space, stages)
    studied = draw_studies(space, rng.randint(0, steps)) if observations else 0
    _draw_steps(space, steps - studied)
    _draw_assumptions(space)
    _draw_observations(space, max(0, observations - len(space.observations)))
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


def _draw_species(space: Draft, many: int) -> None:
    kinds = ["PC", "MSC", "M", "F", *space.rng.choices(("PC", "MSC", "M", "F"), (3, 4, 1, 1), k=many)]
    for number, kind in enumerate(kinds):
        shy = 0.1 if kind == "MSC" else 0.75
        space.add_species(f"{kind.lower()}-{number}", kind, None if space.maybe(0.05) else not space.maybe(shy))


def _draw_stages(space: Draft, many: int) -> None:
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


def _draw_steps(space: Draft, many: int) -> None:
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
                    "needs_promoter",
                    step,
                    rng.choice([*PROMOTERS.values(), *PROMOTERS]),
                    rng.choice(("Chemical", "Chemical", *CLASSES)),
                )
        if todo and space.maybe(0.5 if kind == "isomerisation" else 0.25):
            count += 1
            space.add_reverse(step, space.add_step(f"step-{count}", kind, products, reactants, todo.pop()))
        if optional and space.maybe(0.02):
            space.say("background", step)


def _draw_assumptions(space: Draft) -> None:
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


def _reach(space: Draft, running: Iterable[str]) -> dict[str, list[str]]:
    """Return what could be there in each stage when these steps run."""
    found: dict[str, list[str]] = {}
    steps = [space.steps[step] for step in running]
    for stage in space.stages:
        there = dict.fromkeys([*(x for b in space.before[stage] for x in found[b]), *space.put_in[stage]])
        while more := [p for r, ps in steps if all(x in there for x in r) for p in ps if p not in there]:
            there.update(dict.fromkeys(more))
        found[stage] = list(there)
    return found


def _draw_observations(space: Draft, many: int) -> None:
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


def _draw_claims(space: Draft, many: int, observations: int) -> None:
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


def _draw_routes(space: Draft, observation: str, subject: str) -> None:
    """Draw which steps, taken together, give enough of the subject of a yield; or that none do."""
    if space.maybe(0.2):
        space.say("beyond", observation, subject, space.rng.choice((500, 1000)))
        return
    for number in range(space.rng.randint(1, 2)):
        space.say("route", observation, f"route-{number}")
        for step in space.rng.sample(list(space.steps), min(len(space.steps), space.rng.randint(1, 2))):
            space.say("route_step", observation, f"route-{number}", step)


def _draw_measurement(space: Draft, claims: dict[str, str]) -> None:
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
            space.say("found_between", name, asked, *rng.choice(ORDERS))
    elif kind == "kinetic-form":
        space.say("form", name, rng.choice(FORMS))
    elif kind in ("rate-comparison", "amount-comparison"):
        space.say("compares", name, rng.choice(OUTCOMES if kind == "rate-comparison" else ("more", "less", *["similar"] * 3)))
        other = rng.choice([s for s in space.stages if s != stage] or space.stages)
        space.say("than", name, other)
        if space.maybe(0.7):
            space.say("differs", stage, other, asked)
    elif kind == "yield":
        space.say("yield_of", name, subjects[0], rng.choice(taken))
        _draw_routes(space, name, subjects[0])
    elif kind == "isosbestic-point":
        for one, other in permutations(space.steps, 2):
            if space.maybe(0.3):
                space.say("alike", one, other)
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


def _draw_links(space: Draft, measured: str, claims: dict[str, str]) -> None:
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
