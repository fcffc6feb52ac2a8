"""Small hypothesis spaces with rules of their own, and a plain evaluator of those rules, to hold the reasoner against.

The shipped rules ask for little: with them an order choice only ever helps, for one. Here any stratified rules over the open
choices come up, constraints of every kind, and choices that nothing hangs on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, combinations, product
from typing import NamedTuple, TypeVar, get_args

from hypothesis import strategies as st

from mechkg.model.hypothesis import Backing, Candidate, Constraint, HypothesisSpace, Postulate
from mechkg.reasoning.engine import ground, parse_rules
from mechkg.reasoning.facts import Facts
from mechkg.reasoning.labels import Labels
from mechkg.reasoning.outcomes import Setting
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.program import GroundProgram
from mechkg.reasoning.rulebook import Rule, Rulebook
from mechkg.reasoning.terms import Atom

_T = TypeVar("_T")
Order = tuple[str, str]
"""Two steps: the first is taken to be faster than the second."""

CHOICES = """
{ on(R) } :- optional(R).
on(R) :- background(R).
{ postulated(P) } :- postulate(P).
{ assumed(A) } :- assumption(A).
{ counted(O) } :- reported(O,K,S,G).
{ faster(R2,R,M) } :- contested(R2,R,M).
"""
STRATA = 3


class PlainRule(NamedTuple):
    """``head`` holds when all of ``positive`` do and none of ``negative``; atoms are written as in a rule file."""

    head: str
    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()

    def __str__(self) -> str:
        body = ", ".join(['stage("g")', *self.positive, *(f"not {atom}" for atom in self.negative)])
        return f"{self.head} :- {body}."


def on(step: str) -> str:
    return f'on("{step}")'


def claimed(postulate: str) -> str:
    return f'postulated("{postulate}")'


def assumed(assumption: str) -> str:
    return f'assumed("{assumption}")'


def counted(observation: str) -> str:
    return f'counted("{observation}")'


def faster(order: Order) -> str:
    return f'faster("{order[0]}","{order[1]}","m")'


def derived(stratum: int, number: int) -> str:
    return f'possible("d{stratum}-{number}","g")'


def conflict(observation: str, species: str = "x") -> str:
    return f'conflict("{observation}","clash","{species}","g")'


def subsets(things: Iterable[_T]) -> Iterator[frozenset[_T]]:
    """Yield every part of ``things``, small ones first."""
    listed = list(things)
    return map(frozenset, chain.from_iterable(combinations(listed, n) for n in range(len(listed) + 1)))


def minimal(sets: Iterable[frozenset[_T]]) -> set[frozenset[_T]]:
    """Return those of ``sets`` that contain no other."""
    known = set(sets)
    return {one for one in known if not any(other < one for other in known)}


@dataclass(frozen=True)
class SmallSpace:
    """A hypothesis space with rules of its own."""

    rules: tuple[PlainRule, ...]
    steps: tuple[str, ...] = ("s0", "s1", "s2")
    claims: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ("a0", "a1")
    observations: tuple[str, ...] = ("o0", "o1")
    orders: tuple[Order, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    background: tuple[str, ...] = ()
    backing: tuple[Backing, ...] = ("stated", "silent")
    candidates: tuple[Candidate, ...] = (Candidate(id="nothing", title="nothing"),)

    # --- for the reasoner -----------------------------------------------------------------------------------------------

    @cached_property
    def facts(self) -> Facts:
        atoms = [Atom("stage", ("g",))]
        atoms += [Atom("optional", (s,)) for s in self.steps]
        atoms += [Atom("background", (s,)) for s in self.background]
        atoms += [Atom("postulate", (c,)) for c in self.claims]
        atoms += [Atom("assumption", (a,)) for a in self.assumptions]
        atoms += [Atom("reported", (o, "present", "x", "g")) for o in self.observations]
        atoms += [Atom("contested", (*order, "m")) for order in self.orders]
        return Facts("small", frozenset(atoms), dict.fromkeys(atoms, ("small",)))

    @cached_property
    def rulebook(self) -> Rulebook:
        texts = parse_rules("\n".join(map(str, self.rules)), "small.lp")
        rules = [Rule(f"rule-{n}", f"rule {n} holds", "sound", None, "", "small.lp", text) for n, text in enumerate(texts)]
        return Rulebook(tuple(rules), CHOICES)

    @cached_property
    def program(self) -> GroundProgram:
        return ground([rule.text for rule in self.rulebook.rules], CHOICES, self.facts.atoms)

    @cached_property
    def space(self) -> HypothesisSpace:
        # built without its checks, some of which the tests are to go round
        return HypothesisSpace.model_construct(
            id="small",
            title="a small space",
            question="which?",
            background=self.background,
            optional=self.steps,
            postulates=tuple(Postulate(id=c, statement=f"claim {c}", kind="plain") for c in self.claims),
            constraints=self.constraints,
            assumptions=self.assumptions,
            procedures=("p",),
            candidates=self.candidates,
        )

    def problem(self) -> Problem:
        backing = dict(zip(self.assumptions, self.backing, strict=False))
        return Problem(self.space, self.facts, Labels({}, {}), 1, self.rulebook, backing)

    # --- by hand --------------------------------------------------------------------------------------------------------

    def holding(self, true: Iterable[str]) -> set[str]:
        """Return all atoms that hold when just these choices are made."""
        known = {*true, *map(on, self.background)}
        for stratum in self._strata:
            moving = True
            while moving:
                moving = False
                for rule in stratum:
                    if rule.head not in known and known.issuperset(rule.positive) and known.isdisjoint(rule.negative):
                        known.add(rule.head)
                        moving = True
        return known

    @cached_property
    def _strata(self) -> list[list[PlainRule]]:
        def level(head: str) -> int:
            return int(head[len('possible("d')]) if head.startswith("possible") else STRATA

        return [[rule for rule in self.rules if level(rule.head) == n] for n in range(STRATA + 1)]

    def choices_made(self, setting: Setting, orders: Iterable[Order] = ()) -> set[str]:
        """Return the choices of a setting as atoms."""
        held = [a for a in self.assumptions if a not in setting.without]
        seen = [o for o in self.observations if o not in setting.ignoring]
        return {
            *map(on, setting.steps),
            *map(claimed, setting.postulates),
            *map(assumed, held),
            *map(counted, seen),
            *map(faster, orders),
        }

    def named(self, name: str, setting: Setting, orders: Iterable[Order] = ()) -> set[str]:
        """Return the atoms of one predicate that hold in a setting."""
        return {atom for atom in self.holding(self.choices_made(setting, orders)) if atom.startswith(f"{name}(")}

    def hit(self, setting: Setting, orders: Iterable[Order] = ()) -> frozenset[str]:
        """Return the observations in conflict in a setting."""
        return frozenset(atom.split('"')[1] for atom in self.named("conflict", setting, orders))

    def fewest(self, setting: Setting) -> int:
        """Return in how few observations the best orders leave a conflict."""
        return min(len(self.hit(setting, orders)) for orders in subsets(self.orders))

    def free(self, setting: Setting) -> bool:
        return any(not self.hit(setting, orders) for orders in subsets(self.orders))

    def meets(self, steps: Collection[str], claims: Collection[str], withdrawn: Collection[str] = ()) -> bool:
        """Say whether a candidate meets the constraints, those by analogy only while their assumption is held."""
        on = {*steps, *self.background}
        return not any(c.assumption not in withdrawn and c.broken_by(on, claims) for c in self.constraints)

    def settings(self, without: Collection[str] = (), ignoring: Collection[str] = ()) -> list[Setting]:
        """Return the settings of all steps and claims."""
        away = frozenset(without), frozenset(ignoring)
        return [Setting(steps, claims, *away) for steps, claims in product(subsets(self.steps), subsets(self.claims))]

    def all_kinds(self) -> Iterator[Setting]:
        """Yield the settings with every part of the assumptions withdrawn and of the observations left out."""
        for without, ignoring in product(subsets(self.assumptions), subsets(self.observations)):
            yield from self.settings(without, ignoring)


def constraints_on(
    members: Sequence[tuple[str, str]], assumptions: Sequence[str], most: int = 2
) -> st.SearchStrategy[tuple[Constraint, ...]]:
    """Constraints of every kind among ``members``, each ("steps" or "postulates", name)."""

    @st.composite
    def one(draw: st.DrawFn) -> Constraint:
        kind = draw(st.sampled_from(("one-of", "at-most-one", "at-least-one", "all-or-none", "requires", "analogy")))
        chosen = draw(st.lists(st.sampled_from(members), min_size=2, max_size=3, unique=True))
        parts = {what: tuple(name for kind, name in chosen if kind == what) for what in ("steps", "postulates")}
        more = {"assumption": draw(st.sampled_from(assumptions))} if kind == "analogy" else {}
        if kind == "requires":
            more["first"] = chosen[0][1]
        return Constraint.model_validate({"kind": kind, **parts, **more})

    return st.lists(one(), max_size=most).map(tuple) if len(members) >= 2 else st.just(())


@st.composite
def small_spaces(
    draw: st.DrawFn,
    steps: int = 3,
    claims: int = 2,
    assumptions: int = 2,
    observations: int = 2,
    orders: int = 2,
    constraints: int = 2,
    rules: int = 12,
) -> SmallSpace:
    """Random spaces, with at most so many of each; there is at least one step, assumption and observation."""
    names = SmallSpace(
        (),
        tuple(f"s{n}" for n in range(draw(st.integers(1, steps)))),
        tuple(f"c{n}" for n in range(draw(st.integers(0, claims)))),
        tuple(f"a{n}" for n in range(draw(st.integers(1, assumptions)))),
        tuple(f"o{n}" for n in range(draw(st.integers(1, observations)))),
        tuple((f"s{n}", f"s{n + 1}") for n in range(draw(st.integers(0, orders)))),
        backing=tuple(draw(st.sampled_from(get_args(Backing))) for _ in range(assumptions)),
    )
    inputs = [
        *map(on, names.steps),
        *map(claimed, names.claims),
        *map(assumed, names.assumptions),
        *map(faster, names.orders),
    ]
    found: list[PlainRule] = []
    for _ in range(draw(st.integers(1, rules))):
        stratum = draw(st.integers(0, STRATA))
        below = [*inputs, *(derived(lower, n) for lower in range(stratum) for n in range(2))]
        if stratum == STRATA:
            observation = draw(st.sampled_from(names.observations))
            which = draw(st.sampled_from((conflict(observation), conflict(observation, "y"), f'explained("{observation}")')))
            beside, start = [], (counted(observation),)
        else:
            which, beside, start = derived(stratum, draw(st.integers(0, 1))), [derived(stratum, n) for n in range(2)], ()
        positive = draw(st.lists(st.sampled_from(below + beside), max_size=3, unique=True))
        negative = draw(st.lists(st.sampled_from(below), max_size=2, unique=True))
        found.append(PlainRule(which, (*start, *positive), tuple(negative)))
    members = [*(("steps", s) for s in names.steps), *(("postulates", c) for c in names.claims)]
    limits = draw(constraints_on(members, names.assumptions, constraints))
    return replace(names, rules=tuple(found), constraints=limits)
