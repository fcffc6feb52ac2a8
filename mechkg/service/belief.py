"""How far something is to be believed, by what counts: which laboratories and methods speak for it, and which against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from mechkg.curation.belief import authors_of, by_directions, grounds_of
from mechkg.curation.belief import belief as sum_up
from mechkg.model.assertion import Claim
from mechkg.model.belief import Belief, Ground
from mechkg.model.disagreement import Disagreement, Side
from mechkg.model.observation import Observation
from mechkg.service.catalog import Catalog, Entry


@dataclass(frozen=True, slots=True)
class Believed:
    """An item, and how far it is to be believed."""

    entry: Entry
    belief: Belief


class Catalogued(Protocol):
    """Whatever has the items that count."""

    @property
    def catalog(self) -> Catalog:
        """The items that count."""
        ...


def belief(view: Catalogued, name: str) -> Believed:
    """Sum up what speaks for and against the item called ``name``: itself, where it claims something, and every claim about it.

    Raises NotFoundError with the nearest name.
    """
    catalog = view.catalog
    entry = catalog.find(name)
    claims = [
        (e.record.id, e.record.document, e.value) for e in catalog.referring.get(entry.id, ()) if isinstance(e.value, Claim)
    ]
    own = (entry.record.id, entry.record.document)
    grounds = by_directions(entry.id, entry.value, claims, own, observations_of(catalog))
    return Believed(entry, sum_up(grounds, authors_in(catalog)))


def beliefs_of_sides(catalog: Catalog, found: Disagreement) -> tuple[Belief, ...]:
    """Sum up what speaks for each side of a disagreement; what carries a side that contradicts it speaks against it."""
    observations, authors = observations_of(catalog), authors_in(catalog)
    looser = {frozenset(pair) for pair in found.looser}
    made = []
    for side in found.sides:
        grounds: list[Ground] = []
        for other in found.sides:
            if other is side or frozenset((side.value, other.value)) not in looser:
                grounds += _grounds(catalog, other, observations, against=other is not side)
        made.append(sum_up(grounds, authors))
    return tuple(made)


def _grounds(catalog: Catalog, side: Side, observations: Mapping[str, Observation], *, against: bool) -> list[Ground]:
    found: list[Ground] = []
    for value in side.values:
        entry = catalog.entries[value.item]
        item = entry.value
        assert isinstance(item, Claim | Observation)
        denies = isinstance(item, Claim) and item.direction == "refutes"
        if not (isinstance(item, Claim) and item.direction == "neutral"):
            found += grounds_of(item, value.assertion, value.document, observations, against=against != denies)
    return found


def observations_of(catalog: Catalog) -> dict[str, Observation]:
    """Return the observations that count, by id."""
    return {e.id: e.value for e in catalog.by_kind.get("observation", ()) if isinstance(e.value, Observation)}


def authors_in(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """Return the authors of every work that is known."""
    works = (*catalog.by_kind.get("document", ()), *catalog.by_kind.get("reference", ()))
    return authors_of(e.value for e in works)
