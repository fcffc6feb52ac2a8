"""Disagreements among what counts: every side, who stands on it, how far it is to be believed, and what was decided."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from mechkg.curation.disagreements import Found, Rules, find_disagreements, shipped_rules, with_decisions
from mechkg.errors import BadInputError, NotFoundError
from mechkg.model.base import Item
from mechkg.model.belief import Belief
from mechkg.model.corpus import ItemKind
from mechkg.model.disagreement import Band, Disagreement, TypedValue
from mechkg.model.ledger_record import Act, Subject
from mechkg.model.quantity import Quantity
from mechkg.service.belief import beliefs_of_sides
from mechkg.service.catalog import Catalog
from mechkg.service.naming import known_subject
from mechkg.service.recorded import Recorded

KINDS: tuple[ItemKind, ...] = ("claim", "observation", "species", "procedure", "chemical", "material", "step")
"""Kinds of items that disagreements hang on: those that give values, and those that say what the values are of."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A disagreement, with how far each of its sides is to be believed, in their order."""

    disagreement: Disagreement
    beliefs: tuple[Belief, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON content."""
        found = self.disagreement
        return {
            "id": found.id,
            "title": found.title,
            "subject": found.subject,
            "property": found.property_id,
            "conditions": dict(found.conditions),
            "state": found.state,
            "decision": found.decision,
            "reason": found.reason,
            "decided_by": found.decided_by,
            "holds": found.holds,
            "same_method": found.same_method,
            "band": _band_json(found.band) if found.band else None,
            "looser": [list(pair) for pair in found.looser],
            "sides": [
                {
                    "value": side.value,
                    "values": [_value_json(value) for value in side.values],
                    "belief": belief.as_json(),
                }
                for side, belief in zip(found.sides, self.beliefs, strict=True)
            ],
        }


@dataclass(frozen=True, slots=True)
class Disagreements:
    """The disagreements as of ledger position ``version``, found with bands taken for one within ``tolerance``.

    ``bands`` are those taken for one, whether or not anybody disagrees about them. ``joins`` are bands that this tolerance takes
    for one and the usual one does not, ``parts`` the reverse; both are empty without another tolerance. ``unread`` are values
    that were not compared, each with why.
    """

    version: int
    tolerance: str
    usual: str
    found: tuple[Weighed, ...]
    bands: tuple[Band, ...]
    joins: tuple[Band, ...]
    parts: tuple[Band, ...]
    unread: tuple[tuple[TypedValue, str], ...]

    def as_json(self) -> dict[str, Any]:
        """Return them as plain JSON content."""
        return {
            "version": self.version,
            "tolerance": self.tolerance,
            "usual_tolerance": self.usual,
            "disagreements": [weighed.as_json() for weighed in self.found],
            "bands": [_band_json(band) for band in self.bands],
            "joins": [_band_json(band) for band in self.joins],
            "parts": [_band_json(band) for band in self.parts],
            "unread": [{**_value_json(value), "why": why} for value, why in self.unread],
        }


def disagreements(workspace: Recorded, *, tolerance: str | None = None, open_only: bool = False) -> Disagreements:
    """Find the disagreements among what counts.

    ``tolerance``: how far apart neighbouring bands are still taken for one ("5 nm"), to see what another decision would do.
    Raises BadInputError for what is no length.
    """
    catalog = workspace.catalog
    acts = workspace.ledger.acts_of_kinds(["decide"])
    rules = shipped_rules()
    band = rules.band if tolerance is None else _length(tolerance)
    usual = disagreements_in(catalog, acts, rules)
    found = usual if band == rules.band else disagreements_in(catalog, acts, replace(rules, band=band))
    chosen = [each for each in found.disagreements if each.state == "open" or not open_only]
    return Disagreements(
        catalog.version,
        str(band),
        str(rules.band),
        tuple(Weighed(each, beliefs_of_sides(catalog, each)) for each in chosen),
        _joined(found),
        _without(found, usual),
        _without(usual, found),
        found.unread,
    )


def disagreements_in(catalog: Catalog, decisions: Iterable[Act], rules: Rules | None = None) -> Found:
    """Find the disagreements among the items of a catalogue, with what was decided, oldest first."""
    items = [entry for kind in KINDS for entry in catalog.by_kind.get(kind, ())]
    return find_disagreements([(e.record, e.value) for e in items if isinstance(e.value, Item)], decisions, rules)


def disagreement(workspace: Recorded, name: str, *, tolerance: str | None = None) -> Weighed:
    """Return one disagreement; raise NotFoundError with the nearest name."""
    catalog = workspace.catalog
    if tolerance is None:  # those found among what counts now are kept with it
        acts = workspace.ledger.acts_of_kinds(["decide"])
        found = {each.id: each for each in with_decisions(catalog.models.conflicts.disagreements, acts)}
    else:
        found = {each.disagreement.id: each.disagreement for each in disagreements(workspace, tolerance=tolerance).found}
    if name not in found:
        raise NotFoundError.of("disagreement", name, found)
    return Weighed(found[name], beliefs_of_sides(catalog, found[name]))


def standing_subject(workspace: Recorded, subject: Subject) -> Subject:
    """Return what something is said or done upon; raise NotFoundError, with the nearest name, when there is no such thing now.

    In the record a disagreement is a name alone: whether there is one of that name follows from what counts.
    """
    if subject.kind == "disagreement":
        return Subject("disagreement", disagreement(workspace, subject.name).disagreement.id)
    return known_subject(workspace, subject)


def title_in_words(catalog: Catalog, found: Disagreement) -> str:
    """Return the title of a disagreement with what it is about called as readers call it."""
    entry = catalog.entries.get(found.subject)
    if entry is None:
        return found.title
    if entry.label == found.subject or found.subject not in found.title:
        return found.title
    return re.sub(rf"(?<![\w-]){re.escape(found.subject)}(?![\w-])", lambda _: entry.label, found.title)


def disagreements_in_words(view: Recorded) -> tuple[Disagreement, ...]:
    """Return the disagreements among what counts, sorted by id, with what was decided, under titles in words."""
    models = view.catalog.models.conflicts
    found = models.in_words
    if found is None:
        found = tuple(replace(each, title=title_in_words(view.catalog, each)) for each in models.disagreements)
        models.in_words = found
    return with_decisions(found, view.ledger.acts_of_kinds(["decide"]))


def _length(text: str) -> Quantity:
    try:
        given = Quantity.model_validate(text)
        if given.to("nm") < 0 or given.high is not None:
            raise ValueError
    except ValueError as error:
        raise BadInputError(f"'{text}' is no tolerance of a band", hint="write a length, such as '5 nm'") from error
    return given


def _joined(found: Found) -> tuple[Band, ...]:
    return tuple(band for band in found.bands if len(band.positions) > 1)


def _without(one: Found, other: Found) -> tuple[Band, ...]:
    """Return the bands taken for one there, and not, nor as part of more, in the other."""
    there = [(set(band.positions), set(band.names)) for band in _joined(other)]
    return tuple(
        band
        for band in _joined(one)
        if not any(positions.issuperset(band.positions) and names.issuperset(band.names) for positions, names in there)
    )


def _band_json(band: Band) -> dict[str, Any]:
    return {"positions": list(band.positions), "tolerance": band.tolerance, "names": list(band.names)}


def _value_json(value: TypedValue) -> dict[str, Any]:
    return {
        "item": value.item,
        "assertion": value.assertion,
        "document": value.document,
        "works": list(value.by),
        "value": value.value,
        "method": value.method,
        "locator": value.locator,
        "conditions": dict(value.conditions),
    }
