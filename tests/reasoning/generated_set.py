"""The generated set: larger random spaces for the benchmarks, in which every optional step matters."""

from __future__ import annotations

from collections.abc import Sequence

from mechkg.reasoning.facts import Facts
from tests.reasoning.drafts import DAY, HOUR, MINUTE, Draft

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
    space = Draft(seed, f"generated-{choices}")
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

    def __init__(self, space: Draft, bases: Sequence[str], sinks: Sequence[str]) -> None:
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
    space: Draft, background: int, species: int, observations: int, repeatable: Sequence[tuple[str, str, tuple[str, ...]]]
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
