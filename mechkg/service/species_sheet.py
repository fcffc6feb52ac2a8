"""What a reader wants to see of a species: how it shows itself, what is claimed of it, where sources disagree, its steps."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from mechkg.curation.disagreements import with_decisions
from mechkg.model.disagreement import Disagreement
from mechkg.model.quantity import Quantity
from mechkg.model.species import Chemical, Signature, Species
from mechkg.service.browse import short_title
from mechkg.service.catalog import Entry
from mechkg.service.describe_item import title_of
from mechkg.service.disagreements import title_in_words
from mechkg.service.equation import Equation, equation_of
from mechkg.service.recorded import Recorded


@dataclass(frozen=True, slots=True)
class Line:
    """Something said elsewhere: the item, what to call it, its kind within its kind, more about it, its paper, and its words."""

    id: str
    title: str
    type: str
    about: str
    paper: str
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step that something takes part in."""

    id: str
    title: str
    equation: Equation
    status: str
    paper: str


@dataclass(frozen=True, slots=True)
class Reported:
    """A position of a band that a claim gives, in nm, as printed, with who says so."""

    nm: float
    text: str
    claim: str
    paper: str


@dataclass(frozen=True, slots=True)
class SpeciesSheet:
    """A species or chemical. ``elsewhere`` are positions that claims of tables give for it."""

    signature: Signature | None
    elsewhere: tuple[Reported, ...]
    disagreements: tuple[Disagreement, ...]
    claims: tuple[Line, ...]
    made_by: tuple[StepLine, ...]
    used_by: tuple[StepLine, ...]
    observations: tuple[Line, ...]
    sources: Mapping[str, str]
    """What to call the papers and references that the disagreements name."""


def species_sheet(view: Recorded, entry: Entry) -> SpeciesSheet:
    """Return what is known around a species or chemical."""
    value = entry.value
    assert isinstance(value, Species | Chemical)
    models = view.catalog.models
    about = models.relations.about(entry.id)
    decisions = view.ledger.acts_of_kinds(["decide"])
    touching = models.conflicts.touching
    near = {d.id: d for name in (entry.id, *(each.id for each in about)) for d in touching.get(name, ())}
    disputed = [d for _, d in sorted(near.items()) if _concerns(d, entry.id, about)]
    steps = [each for each in about if each.kind == "step"]
    values = [value for each in disputed for side in each.sides for value in side.values]
    sources = {name for value in values for name in (value.document, *value.by)} & view.catalog.entries.keys()
    return SpeciesSheet(
        value.signature,
        tuple(_reported(view, entry.id, about)),
        tuple(replace(each, title=title_in_words(view.catalog, each)) for each in with_decisions(disputed, decisions)),
        tuple(line(view, each) for each in about if each.kind == "claim"),
        tuple(step_line(view, each) for each in steps if _takes_part(each, entry.id, "products")),
        tuple(step_line(view, each) for each in steps if _takes_part(each, entry.id, "reactants")),
        tuple(line(view, each) for each in about if each.kind == "observation"),
        {name: short_title(view, view.catalog.entries[name]) for name in sources},
    )


def line(view: Recorded, entry: Entry) -> Line:
    """Return an item as a line of a list."""
    body = entry.record.body
    about = body.get("evidence") or body.get("method") or ""
    where = f"{body.get('locator', '')}"
    more = ", ".join(part for part in (about if about != "unspecified" else "", where) if part)
    return Line(entry.id, title_of(view, entry), body.get("kind", ""), more, paper_of(view, entry), tuple(body.get("quote", ())))


def step_line(view: Recorded, entry: Entry) -> StepLine:
    """Return a step as a line of a list."""
    body = entry.record.body
    equation = equation_of(view.catalog, body)
    return StepLine(entry.id, title_of(view, entry), equation, body.get("status", "proposed"), paper_of(view, entry))


def paper_of(view: Recorded, entry: Entry) -> str:
    """Return what to call the paper of an item where there is little room."""
    document = view.catalog.entries.get(entry.record.document)
    return entry.record.document if document is None else short_title(view, document)


def _concerns(found: Disagreement, name: str, about: Collection[Entry]) -> bool:
    """Say whether a disagreement is about a species: itself, a claim about it, or its own entry in a row of a table."""
    if found.subject == name:
        return True
    values = {(value.item, value.value) for side in found.sides for value in side.values}
    items = {item for item, _ in values}
    if name in items:
        return True
    for each in about:
        rows = each.record.body.get("entries", ())
        if not rows and each.id in items:
            return True
        # a row of a table is about many species
        if any(row.get("species") == name and (each.id, row["formula"]) in values for row in rows):
            return True
    return False


def _takes_part(step: Entry, name: str, side: str) -> bool:
    return any(name == (each if isinstance(each, str) else each["of"]) for each in step.record.body.get(side, ()))


def _reported(view: Recorded, name: str, about: Iterable[Entry]) -> Iterable[Reported]:
    for each in about:
        for row in each.record.body.get("entries", ()) if each.kind == "claim" else ():
            if row.get("species") == name and row.get("absorption"):
                position = Quantity.model_validate(row["absorption"])
                yield Reported(position.to("nm"), str(position), each.id, paper_of(view, each))
