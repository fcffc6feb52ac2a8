"""The reaction network of a hypothesis space: what takes part, what turns into what, and what is concluded of each.

The network is read from the items that count, so that it is there before anything is worked out. What is concluded of its steps
and species comes from the check of the space, and from going through all of its candidates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from mechkg.model.hypothesis import HypothesisSpace
from mechkg.model.report import Whole
from mechkg.model.species import Chemical, Species
from mechkg.model.step import Influence, Participant, Step
from mechkg.model.verdict import Check
from mechkg.reasoning.outcomes import Outcome
from mechkg.reasoning.problem import Problem
from mechkg.service.catalog import Catalog, Entry
from mechkg.service.equation import in_words
from mechkg.service.reading import View
from mechkg.service.recorded import Recorded
from mechkg.service.species_sheet import paper_of
from mechkg.service.workbench import Setting

Stand = Literal["established", "required", "possible", "excluded", "undecided"]
"""What a step comes to. established: taken for granted; required: in every survivor; possible: in some; excluded: in none;
undecided: no candidate survives, or the step no longer counts."""

OTHER: Final = "chemical"
"""The kind of what takes part and is no species."""

SHORT: Final = 18
"""So many letters are short enough for a drawing."""

_SIZES: Final = ("chemical", "M", "F", "M/F", "complex", "composition", "feature", "PC")
"""Kinds from the smallest on; all that are not named are as large as a cluster."""


@dataclass(frozen=True, slots=True)
class Said:
    """Words of a source, and where they stand: paper or note by its name, its short title, the place in it."""

    words: str
    document: str
    paper: str
    locator: str


@dataclass(frozen=True, slots=True)
class Taking:
    """Something that takes part in a step: its name, how often where that is told, and whether it is what the step is about.

    What is smaller than something else on its side of the step comes beside that: monomers that are exchanged, by-products.
    """

    species: str
    coefficient: float | None
    main: bool


@dataclass(frozen=True, slots=True)
class Help:
    """What promotes or inhibits a step, in words, with the item where it is one chemical, and in which medium it does so."""

    words: str
    item: str | None
    medium: str


@dataclass(frozen=True, slots=True)
class Node:
    """Something that takes part: a species of a kind, or a chemical.

    ``short`` is its name where there is little room. ``facts`` are (what, value); ``made_by`` and ``used_by`` are steps of this
    network.
    """

    id: str
    name: str
    short: str
    kind: str
    silent: bool
    facts: tuple[tuple[str, str], ...]
    said: tuple[Said, ...]
    made_by: tuple[str, ...]
    used_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reaction:
    """A step of the network, in one direction; ``reverse`` is the step of the other direction, where that is here too."""

    id: str
    name: str
    kind: str
    status: str
    established: bool
    left: tuple[Taking, ...]
    right: tuple[Taking, ...]
    reverse: str | None
    promoters: tuple[Help, ...]
    inhibitors: tuple[Help, ...]
    said: tuple[Said, ...]

    def mirrors(self, other: Reaction) -> bool:
        """Say whether the other step is just this one the other way round.

        >>> to = Reaction("to", "to", "k", "s", True, (Taking("a", None, True),), (Taking("b", None, True),), "fro", (), (), ())
        >>> to.mirrors(Reaction("fro", "fro", "k", "s", True, to.right, to.left, "to", (), (), ()))
        True
        """
        return self.reverse == other.id and (_of(self.left), _of(self.right)) == (_of(other.right), _of(other.left))


@dataclass(frozen=True, slots=True)
class Network:
    """The network of a space; ``gone`` are steps that it names and that no longer count."""

    space: HypothesisSpace
    version: int
    species: tuple[Node, ...]
    steps: tuple[Reaction, ...]
    gone: tuple[str, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of what takes part, the largest first."""
        return tuple(sorted({node.kind for node in self.species}, key=lambda kind: (-size(kind), kind)))


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What an observation says of a species at a stage and a candidate cannot meet; ``rule`` finds it, ``brief`` says it."""

    candidate: str
    observation: str
    species: str
    stage: str
    rule: str
    brief: str


def size(kind: str) -> int:
    """Return what orders kinds by how large their members are.

    >>> size("M") < size("PC") < size("MSC") == size("QD")
    True
    """
    return _SIZES.index(kind) if kind in _SIZES else len(_SIZES)


def network(view: Recorded, space: str) -> Network:
    """Return the network of a space; raise NotFoundError with the nearest name for an unknown one."""
    catalog = view.catalog
    value = catalog.space(space)
    names = tuple(dict.fromkeys((*value.background, *value.optional)))
    entries = [catalog.entries[name] for name in names if name in catalog.entries]
    here: set[str | None] = {entry.id for entry in entries}
    steps = tuple(_reaction(view, entry, here, entry.id in value.background) for entry in entries)
    made, used = _by_species(steps, "right"), _by_species(steps, "left")
    species = dict.fromkeys(taking.species for step in steps for taking in (*step.left, *step.right))
    return Network(
        value,
        view.version,
        tuple(_node(view, name, made.get(name, ()), used.get(name, ())) for name in species),
        steps,
        tuple(name for name in names if name not in here),
    )


def standing(network: Network, whole: Whole) -> dict[str, Stand]:
    """Return what each step of a network comes to among the survivors of the space."""
    words: dict[str, Stand] = {"required": "required", "possible": "possible", "excluded": "excluded"}
    return {
        step.id: "established" if step.established else words.get(whole.standing.get(step.id, ""), "undecided")
        for step in network.steps
    }


def on_in(network: Network, check: Check) -> dict[str, tuple[str, ...]]:
    """Return for each step the candidates that take it, in their order; those that are established are taken by all."""
    found: dict[str, list[str]] = {step.id: [] for step in network.steps}
    for candidate in check.candidates:
        for step in network.steps:
            if step.established or step.id in candidate.steps:
                found[step.id].append(candidate.id)
    return {name: tuple(candidates) for name, candidates in found.items()}


def contradictions(view: View, space: str, setting: Setting) -> tuple[Contradiction, ...]:
    """Return what the candidates of a space cannot meet, by candidate, with the premises of a setting.

    Raises NotFoundError with the nearest name for anything unknown among the premises.
    """
    with view.lock:
        problem = view.problem(space)
        without, ignoring = problem.assumptions(setting.without), problem.reported(setting.ignoring)
        candidates = problem.candidates()
        outcomes = problem.outcomes.of([problem.setting(each, without, ignoring) for each in candidates])
        return tuple(
            each
            for candidate, outcome in zip(candidates, outcomes, strict=True)
            for each in contradictions_of(problem, candidate.id, outcome)
        )


def contradictions_of(problem: Problem, candidate: str, outcome: Outcome) -> Iterable[Contradiction]:
    """Yield what one candidate cannot meet, printed and early observations first; what says less than another is left out."""
    told = {(str(a.arguments[1]), (a.arguments[0], *a.arguments[2:])) for a in outcome.conflicts}
    for atom in sorted(outcome.conflicts, key=lambda a: (problem.rank(str(a.arguments[0])), str(a))):
        observation, rule, species, stage = (str(a) for a in atom.arguments)
        found = problem.rulebook.by_name(rule)
        if not any((stronger, (atom.arguments[0], *atom.arguments[2:])) in told for stronger in found.yields):
            yield Contradiction(candidate, observation, species, stage, rule, found.brief)


# --- reading ----------------------------------------------------------------------------------------------------------


def _of(side: Iterable[Taking]) -> frozenset[str]:
    return frozenset(taking.species for taking in side)


def _by_species(steps: Iterable[Reaction], side: Literal["left", "right"]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for step in steps:
        for taking in step.left if side == "left" else step.right:
            found[taking.species].append(step.id)
    return {name: tuple(dict.fromkeys(some)) for name, some in found.items()}


def _reaction(view: Recorded, entry: Entry, here: Collection[str | None], established: bool) -> Reaction:
    value = entry.value
    assert isinstance(value, Step)
    catalog = view.catalog
    return Reaction(
        entry.id,
        entry.label,
        value.kind.replace("-", " "),
        value.status,
        established,
        _side(catalog, value.reactants),
        _side(catalog, value.products),
        value.reverse if value.reverse in here else None,
        tuple(_help(catalog, each) for each in value.promoters),
        tuple(_help(catalog, each) for each in value.inhibitors),
        _said(view, entry),
    )


def _side(catalog: Catalog, those: Iterable[Participant]) -> tuple[Taking, ...]:
    found = tuple(those)
    most = max((size(_kind(catalog, each.of)) for each in found), default=0)
    return tuple(Taking(each.of, each.coefficient, size(_kind(catalog, each.of)) == most) for each in found)


def _kind(catalog: Catalog, name: str) -> str:
    value = catalog.entries[name].value if name in catalog.entries else None
    return value.kind if isinstance(value, Species) else OTHER


def _help(catalog: Catalog, given: Influence) -> Help:
    medium = in_words(given.medium_class) if given.medium_class else ""
    if given.chemical is not None:
        entry = catalog.entries.get(given.chemical)
        return Help(entry.label if entry else given.chemical, entry.id if entry else None, medium)
    if given.chemical_class is not None:
        return Help(f"any {in_words(given.chemical_class)}", None, medium)
    return Help(str(given.condition), None, medium)


def _node(view: Recorded, name: str, made_by: tuple[str, ...], used_by: tuple[str, ...]) -> Node:
    entry = view.catalog.entries.get(name)
    if entry is None:  # it no longer counts, or was never told of
        return Node(name, name, name, OTHER, False, (), (), made_by, used_by)
    value = entry.value
    signature = value.signature if isinstance(value, Species | Chemical) else None
    silent = signature is not None and signature.silent
    kind = _kind(view.catalog, name)
    names = value.names if isinstance(value, Species | Chemical) else ()
    short = entry.label if len(entry.label) <= SHORT else min(names, key=len, default=entry.label)
    return Node(entry.id, entry.label, short, kind, silent, tuple(_facts(view, value)), _said(view, entry), made_by, used_by)


def _facts(view: Recorded, value: object) -> Iterable[tuple[str, str]]:
    if isinstance(value, Species):
        material = view.catalog.entries.get(value.material)
        yield "material", material.label if material else value.material
        if value.names[1:]:
            yield "also called", "; ".join(value.names[1:])
        if value.compositions:
            yield "composition", "; ".join(dict.fromkeys(each.formula for each in value.compositions))
        if value.size:
            yield "size", value.size
    if isinstance(value, Chemical):
        if value.formula:
            yield "formula", value.formula
        if value.classes:
            yield "class", ", ".join(map(in_words, value.classes))
    if isinstance(value, Species | Chemical) and (found := value.signature):
        if found.absorption:
            yield "absorbs at", ", ".join(map(str, found.absorption))
        if found.emission:
            yield "emits at", ", ".join(map(str, found.emission))
        if found.silent:
            yield "seen", "no band where one looks: that nothing is seen says nothing of it"


def _said(view: Recorded, entry: Entry) -> tuple[Said, ...]:
    paper = paper_of(view, entry)
    body = entry.record.body
    return tuple(Said(words, entry.record.document, paper, body.get("locator", "")) for words in body.get("quote", ()))
