"""Facts for the rules, read from the graph by the queries of ``queries/facts``, each with the item that states it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, Protocol

from mechkg.assets import queries_dir
from mechkg.errors import GraphError
from mechkg.reasoning.comparisons import Rows, differences, foretold, limits
from mechkg.reasoning.predicates import facts as fact_predicates
from mechkg.reasoning.rate_facts import RateFacts, balances
from mechkg.reasoning.rate_laws import Balance, RateLaw
from mechkg.reasoning.terms import Atom, Term
from mechkg.reasoning.yields import proportions, yields

COMPUTED_FROM = (
    "charges",
    "levels",
    "limits",
    "measured",
    "media",
    "orders",
    "predictions",
    "stoichiometry",
    "temperatures",
)
"""Queries of ``queries/facts`` that fill no predicate: what computed facts are worked out from."""


class Source(Protocol):
    """What can answer a query with rows of plain values: local names for IRIs, numbers, text."""

    def rows(self, query: str, bindings: Mapping[str, str]) -> Sequence[Sequence[Any]]:
        """Answer ``query``; ``bindings`` gives IRIs (as local names) to variables."""
        ...


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one hypothesis space: atoms, for each the item(s) that state it, the rate law of each claim of a slow step,
    and what each step uses up and makes.
    """

    space: str
    atoms: frozenset[Atom]
    stated_by: Mapping[Atom, tuple[str, ...]]
    laws: Mapping[str, RateLaw] = field(default_factory=dict)
    steps: Mapping[str, Balance] = field(default_factory=dict)


def read_facts(source: Source, space: str) -> Facts:
    """Read all facts that bear on ``space``.

    Only steps that the space considers, claims that its candidates may make, assumptions that it holds, stages that it considers
    or that those continue, and what was observed there are kept: no other can matter.
    """

    @lru_cache
    def rows(name: str) -> Sequence[Sequence[Any]]:
        return source.rows(_query(name), {"space": space})

    stated: dict[Atom, dict[str, None]] = defaultdict(dict)
    stages: set[Term] = {row[0] for row in rows("stage")}
    kept: dict[str, set[Term]] = {
        "stage": stages,
        "step": {row[0] for name in ("background", "optional") for row in rows(name)},
        "postulate": {row[0] for row in rows("postulate")},
        "assumption": {row[0] for row in rows("assumption")},
        "observation": {row[0] for row in rows("reported")},
        "chemical": {row[1] for row in rows("charged") if row[0] in stages},
    }
    for predicate in fact_predicates():
        width = len(predicate.arguments)
        limited = [(place, kept[kind]) for place, kind in enumerate(predicate.arguments) if kind in kept]
        for row in rows(predicate.name):
            if None in row[:width]:
                raise GraphError(f"the query '{predicate.name}' left an argument empty")
            if all(row[place] in known for place, known in limited):
                stated[Atom(predicate.name, tuple([_value(value) for value in row[:width]]))][str(row[width])] = None
    for atom, item in _media(rows, stages):
        stated[atom][item] = None
    rates = _computed(stated, rows)
    return Facts(space, frozenset(stated), {atom: tuple(items) for atom, items in stated.items()}, rates.laws(), rates.steps)


def _computed(stated: dict[Atom, dict[str, None]], rows: Rows) -> RateFacts:
    """Add what has to be worked out to what is stated, and return the rate laws."""
    atoms = list(stated)
    elementary = {str(a.arguments[0]) for a in atoms if a.name == "step_kind" and a.arguments[1] == "elementary"}
    steps = balances(rows, elementary)
    rates = RateFacts(atoms, steps, rows)
    for atom, item in (
        *foretold(rows),
        *limits(atoms, rows),
        *yields(atoms, steps, rows),
        *proportions(atoms, steps),
        *rates.atoms(),
    ):
        stated[atom][item] = None
    for atom in differences(atoms, rows, contents_of):
        stated[atom].update(dict.fromkeys(str(stage).partition("/")[0] for stage in atom.arguments[:2]))
    for place in _places(atoms):
        stated[place][str(place.arguments[0])] = None
    return rates


def _places(atoms: Iterable[Atom]) -> Iterator[Atom]:
    """Yield ``place(observation, species, stage)``: of all that an observation is about, one that stands for it in a sentence."""
    places: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for atom in atoms:
        if atom.name == "reported":
            places[str(atom.arguments[0])].append((str(atom.arguments[2]), str(atom.arguments[3])))
    for observation, found in places.items():
        yield Atom("place", (observation, *min(found)))


def _query(name: str) -> str:
    return _text(queries_dir() / "facts" / f"{name}.rq")


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _value(value: Any) -> Term:
    return round(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _media(rows: Rows, stages: set[Term]) -> list[tuple[Atom, str]]:
    """Work out the medium of each stage: its name (what was put in) and each chemical's share of the printed volume.

    A stage that disperses starts afresh; any other adds to what it continues. What an aliquot brings along is not counted as
    medium: it is about one part in a hundred. Shares are given only where every volume is printed.
    """
    own: dict[Term, dict[str, float | None]] = defaultdict(dict)
    item_of: dict[Term, str] = {}
    for stage, participant, millilitres, item in rows("media"):
        if stage in stages:
            own[stage][str(participant)] = None if millilitres is None else float(millilitres)
            item_of[stage] = str(item)
    before_of: dict[Term, list[Term]] = {stage: [] for stage in sorted(stages, key=str)}
    for stage, before, item in rows("follows"):
        if stage in stages and before in stages:
            before_of[stage].append(before)
            item_of.setdefault(stage, str(item))
    fresh = {row[0] for row in rows("fresh_medium")}
    total: dict[Term, dict[str, float | None]] = {}
    atoms: list[tuple[Atom, str]] = []
    for stage in TopologicalSorter(before_of).static_order():
        contents: dict[str, float | None] = {}
        for before in () if stage in fresh else sorted(before_of[stage], key=str):
            contents = _add(contents, total[before])
        total[stage] = contents = _add(contents, own.get(stage, {}))
        if not contents or stage not in item_of:
            continue
        atoms.extend((atom, item_of[stage]) for atom in medium_atoms(stage, contents))
    return atoms


def medium_atoms(stage: Term, contents: Mapping[str, float | None]) -> list[Atom]:
    """Return what is known of the medium of a stage from its contents, in millilitres where they are printed.

    >>> [str(atom) for atom in medium_atoms("g", {"s": 2.0, "q": 1.0})]
    ['medium("g","1 mL q + 2 mL s")', 'fraction("g","s",67)', 'fraction("g","q",33)']
    """
    name = " + ".join(f"{c}" if v is None else f"{v:g} mL {c}" for c, v in sorted(contents.items()))
    atoms = [Atom("medium", (stage, name))]
    volumes = [v for v in contents.values() if v is not None]
    if len(volumes) == len(contents) and sum(volumes) > 0:
        atoms.extend(Atom("fraction", (stage, c, round(100 * (v or 0) / sum(volumes)))) for c, v in contents.items())
    return atoms


def contents_of(medium: str) -> dict[str, float | None]:
    """Read the name of a medium back.

    >>> contents_of("2 mL s + q")
    {'s': 2.0, 'q': None}
    """
    found: dict[str, float | None] = {}
    for part in medium.split(" + "):
        amount, unit, name = part.partition(" mL ")
        found[name if unit else part] = float(amount) if unit else None
    return found


def _add(one: Mapping[str, float | None], other: Mapping[str, float | None]) -> dict[str, float | None]:
    result = dict(one)
    for name, volume in other.items():
        before = result.get(name, 0.0)
        result[name] = None if volume is None or before is None else before + volume
    return result
