"""Small studies that random spaces hold now and then, so that rules that ask for much at once fire too.

Each has stages, species and steps of its own; what was found in it is drawn at random, so that it may agree with the steps or
not. What else is drawn for a space may take up its species and stages.
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.reasoning.drafts import CHEMICALS, DAY, HOUR, MINUTE, Draft

ORDERS = (-250, 250), (750, 1250), (1750, 2250), (250, 750)
"""Thousandths between which an order was found."""

FORMS = ("first-order", "not-first-order", "zero-order", "induction", "burst")


def draw_studies(draft: Draft, most: int, share: float = 0.4) -> int:
    """Draw some studies with at most so many optional steps; return how many there are."""
    studies = _Studies(draft, most)
    for study in (studies.rate, studies.marker, studies.rivals, studies.level, studies.numbers):
        if draft.maybe(share):
            study()
    return most - studies.left


class _Studies:
    """Makers of studies."""

    def __init__(self, draft: Draft, most: int) -> None:
        self.draft, self.rng, self.left = draft, draft.rng, most

    # --- parts ----------------------------------------------------------------------------------------------------------

    def _species(self, kind: str, *, visible: bool) -> str:
        return self.draft.add_species(f"{kind.lower()}-{len(self.draft.species)}", kind, visible)

    def _step(self, kind: str, taken: Sequence[str], made: Sequence[str], prompt: str | None = None) -> str:
        """Add a step, optional as long as there may be more; ``prompt`` names the assumption by which it is."""
        optional = self.left > 0 and self.draft.maybe(0.85)
        self.left -= optional
        step = self.draft.add_step(f"study-{len(self.draft.steps) + 1}", kind, taken, made, optional)
        if prompt is not None:
            self.draft.say("converts", self.draft.add_assumption(prompt, "converts"), step, MINUTE)
        return step

    def _helped(self, step: str) -> str:
        self.draft.say("needs_promoter", step, "PrimaryAmine", "Chemical")
        return step

    def _claim(self) -> str:
        name = f"study-claim-{sum(atom.name == 'postulate' for atom in self.draft.atoms) + 1}"
        self.draft.say("postulate", name)
        return name

    def _slow(self, step: str, before: str | None = None) -> str:
        claim = self._claim()
        self.draft.say("rate_determining", claim, step)
        if before is not None:
            self.draft.say("preceded_by", claim, before)
        return claim

    def _stage(self, before: Sequence[str] = (), *, helped: bool = False, lasts: int = HOUR, holds: Sequence[str] = ()) -> str:
        put_in: dict[str, int | None] = {"sol-a": 2, **({"pro-a": 1} if helped else {})}
        name = f"s{len(self.draft.stages) + 1}/s1"
        return self.draft.add_stage(name, before, fresh=bool(before), put_in=put_in, lasts=lasts, holds=holds)

    def _absent(self, species: str, stage: str, method: str = "absorption") -> str:
        name = self.draft.add_observation("absent", [species], stage, (0, HOUR), method)
        if self.draft.maybe(0.7):
            self.draft.say("has_limit", name)
        return name

    # --- rates ----------------------------------------------------------------------------------------------------------

    def rate(self) -> None:
        """Something forms; one or two claims say by which slow step, and rates, orders and forms in time were found."""
        draft, maybe = self.draft, self.draft.maybe
        made = self._species("MSC", visible=True)
        taken = [self._species("M", visible=maybe(0.5)) for _ in range(1 + maybe(0.3))]
        source = self._species("PC", visible=False)
        feeding = maybe(0.5)
        first = self._stage(holds=[source, *taken[1:]] if feeding else [source, *taken])
        stage, other = self._stage([first]), self._stage([first])
        slow = self._step("growth", [*taken, made] if maybe(0.15) else taken, [made])
        before = self._step("isomerisation", [source], taken[:1]) if feeding else None
        claims = [self._slow(slow, before if maybe(0.5) else None)]
        if maybe(0.35):
            again = self._step("growth", [source], [made])
            if maybe(0.7):
                claims.append(self._slow(again))
        if maybe(0.3):
            draft.add_reverse(slow, self._step("dissolution", [made], taken))
        helping = [self.rng.choice(list(CHEMICALS)) for _ in range(2)]
        for step, chemical in zip((slow, before), helping, strict=True):
            if step is not None and maybe(0.5):
                draft.say("influences", step, chemical)
        difference = self.rng.choice((*taken, *helping, source, made))
        draft.say("differs", stage, other, difference)
        asked_of = (*taken, *helping, source, made)
        for _ in range(self.rng.randint(2, 5)):
            subject = self.rng.choice((made, made, *taken))
            self._measured(claims, taken, asked_of, difference, subject, stage)
            draft.say("than", draft.observations[-1], other)

    def _measured(
        self, claims: Sequence[str], taken: Sequence[str], asked_of: Sequence[str], difference: str, subject: str, stage: str
    ) -> None:
        """Draw one finding about a rate, and what each claim says of it: orders, or that they are open."""
        draft, rng = self.draft, self.rng
        kind = rng.choice(("rate-dependence", "kinetic-form", "rate-comparison"))
        name = draft.add_observation(kind, [subject], stage, (0, HOUR))
        asked = difference if kind == "rate-comparison" else rng.choice(asked_of)
        if kind == "rate-dependence":
            draft.say(rng.choice(("rate_depends", "rate_independent")), name, asked)
            if draft.maybe(0.6):
                draft.say("found_between", name, asked, *rng.choice(ORDERS))
        elif kind == "kinetic-form":
            draft.say("form", name, rng.choice(FORMS))
        else:
            draft.say("compares", name, rng.choice(("faster", "slower", "similar", "unaffected")))
        for claim in claims:
            order = rng.choice((1000, 1000, 1000, 500, 2000, None))
            if order is None:
                for item in dict.fromkeys((asked, *taken)):
                    draft.say("law_open", claim, name, item)
                continue
            orders = {asked: 0, **dict.fromkeys(taken, 1000), taken[0]: order}
            for item, value in orders.items():
                draft.say("law_order", claim, name, item, value)
            draft.say("total_order", claim, name, sum(orders.values()))
            if len(taken) == 1 and order == 1000:
                draft.say("sole_partner", claim, name, taken[0])

    # --- what a promoter shows --------------------------------------------------------------------------------------------

    def marker(self) -> None:
        """What a promoter would turn into something seen; amounts with and without it, what comes first, what crosses."""
        draft, maybe = self.draft, self.draft.maybe
        reserve, shown = self._species("PC", visible=False), self._species("MSC", visible=True)
        late, origin = self._species("MSC", visible=True), self._species("PC", visible=True)
        first = self._stage(holds=[reserve, origin])
        if maybe(0.3):
            draft.say("charged", first, shown)
        kept, longer = (
            draft.add_stage(f"s{len(draft.stages) + 1}/s1", [first], lasts=lasts, incubation=True) for lasts in (HOUR, DAY)
        )
        if maybe(0.5):
            draft.hold(kept, reserve)
        helped, plain = self._stage([kept], helped=True), self._stage([kept])
        self._helped(self._step("isomerisation", [reserve], [shown], prompt="a-marker"))
        if maybe(0.6):
            self._step("growth", [origin], [late])
        if maybe(0.4):
            self._helped(self._step("growth", [shown], [late], prompt="a-marker"))
        if maybe(0.3):
            self._step("fragmentation", [reserve], [self._species("F", visible=False)])
        for finding in self.rng.sample((self._marked, self._weighed, self._weighed, self._ordered, self._crossed), 2):
            finding(shown, late, origin, helped, plain)
        if maybe(0.3):
            draft.add_observation("present", [self.rng.choice((shown, late))], longer, (0, MINUTE))
        if maybe(0.3):
            made = draft.add_observation("yield", [shown], helped, (0, HOUR))
            draft.say("yield_of", made, shown, reserve)
            if maybe(0.5):
                draft.say("route", made, "route-0")
                draft.say("route_step", made, "route-0", self.rng.choice(list(draft.steps)))

    def _marked(self, shown: str, late: str, origin: str, helped: str, plain: str) -> None:
        if self.draft.maybe(0.7):
            self._absent(shown, helped)
        else:
            self.draft.add_observation("present", [shown], helped, (0, HOUR))

    def _weighed(self, shown: str, late: str, origin: str, helped: str, plain: str) -> None:
        here, there = self.rng.sample((helped, plain), 2)
        name = self.draft.add_observation("amount-comparison", [shown], here, (0, HOUR))
        self.draft.say("compares", name, self.rng.choice(("more", "less", "similar")))
        self.draft.say("than", name, there)

    def _ordered(self, shown: str, late: str, origin: str, helped: str, plain: str) -> None:
        name = self.draft.add_observation("precedes", [shown, late], helped, (0, HOUR))
        self.draft.say("earlier", name, self.rng.choice((shown, shown, late)))

    def _crossed(self, shown: str, late: str, origin: str, helped: str, plain: str) -> None:
        self.draft.add_observation("isosbestic-point", [origin, shown], helped, (0, HOUR))
        self.draft.add_observation("increases", [shown], helped, (0, HOUR))
        if self.draft.maybe(0.5):
            self.draft.add_observation("decreases", [origin], helped, (0, HOUR))

    # --- two ways out -----------------------------------------------------------------------------------------------------

    def rivals(self) -> None:
        """Two steps want the same; which product is seen first, and which step a claim calls slower."""
        draft, maybe = self.draft, self.draft.maybe
        wanted = self._species("PC", visible=False)
        seen, other = self._species("MSC", visible=True), self._species("MSC", visible=True)
        stage = self._stage([self._stage(holds=[wanted])], helped=True)
        prompt = self._helped(self._step("isomerisation", [wanted], [seen], prompt="a-rivals"))
        rival = self._step("substitution", [wanted], [other])
        claim = self._claim()
        draft.say("claims_slower", claim, *self.rng.sample((prompt, rival), 2))
        if maybe(0.5):
            draft.say("limited_to", claim, stage)
        draft.add_observation("present", [seen], stage, (0, MINUTE))
        if maybe(0.8):
            self._absent(other, stage)

    # --- how much there must be -------------------------------------------------------------------------------------------

    def level(self) -> None:
        """Something that is not seen by its band must reach a level; it was looked for and not found."""
        draft, maybe = self.draft, self.draft.maybe
        source, between = self._species("PC", visible=False), self._species("M", visible=False)
        made = self._species("MSC", visible=True)
        stage = self._stage([self._stage(holds=[source])])
        early = self._step("isomerisation", [source], [between], prompt="a-early" if maybe(0.5) else None)
        late = self._step("growth", [between], [made])
        if maybe(0.5):
            self._slow(late, early)
        else:
            self._slow(early)
        assumption = draft.add_assumption("a-study-level", "level")
        draft.say("level", assumption, between)
        name = self._absent(between, stage, self.rng.choice(("mass", "mass", "absorption")))
        draft.say("limit_reaches" if maybe(0.7) else "limit_misses", name, assumption, between)

    def numbers(self) -> None:
        """A number was found that claims foretell."""
        draft, subject = self.draft, self.rng.choice(list(self.draft.species))
        name = draft.add_observation("ratio", [subject], self.rng.choice(draft.stages), (0, HOUR))
        for _ in range(self.rng.randint(1, 3)):
            draft.say("foretells", self._claim(), name, "a number", self.rng.choice(("less", "same", "more")))
