"""What the columns need to know of one item, read from the plain JSON of its assertion.

The value itself, whose quantities are parsed and checked, takes ten times as long to make, and the assertion was checked when it
was proposed. Everything here is read from that one assertion: what hangs on other items is joined when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final, Literal

from mechkg.curation.disagreements import elements_of, identity, property_of, shipped_rules, sightings
from mechkg.model.corpus import ITEM_TYPES, ItemKind
from mechkg.model.filter import UNITS, NumberField
from mechkg.model.quantity import Quantity
from mechkg.service.catalog import Entry

Body = Mapping[str, Any]

SINGLE: Final = (
    "id", "kind", "type", "document", "evidence", "direction", "directness", "status", "method", "flag", "backing", "accepted_by",
)  # fmt: skip
"""Fields with one name at most."""

SEVERAL: Final = ("about", "uses", "cites", "own_material", "at")
"""Fields with any number of names."""

RANGES: Final[tuple[NumberField, ...]] = ("absorption", "emission", "temperature", "duration", "amount", "volume", "mass")

AMOUNTS: Final[tuple[NumberField, ...]] = ("amount", "volume", "mass")

_FROM_BODY: Final = ("evidence", "direction", "directness", "status", "method", "flag", "backing")

ROOM_TEMPERATURE: Final = (20.0, 25.0)
"""Degrees Celsius that "room temperature" stands for: what chemists mean by it when they print no number."""

Range = tuple[float, float]

_NO_NUMBER: Final = (float("nan"), float("nan"))


@dataclass(frozen=True, slots=True)
class StageFacts:
    """A stage of a procedure, or the conditions of a tested zone, which is named as the item is.

    ``charged``: chemical or species -> ranges of the amounts charged, by the field that compares them.
    """

    name: str
    action: str | None
    temperature: Range | None
    duration: Range | None
    charged: tuple[tuple[str, NumberField | None, Range], ...]


@dataclass(frozen=True, slots=True)
class ValueFacts:
    """A value of a property that is compared among sources, of each thing that it may be of.

    ``property`` is its place among the properties that are compared; ``range`` is NaN to NaN for words, and ``text`` then what
    is held against others.
    """

    subjects: tuple[str, ...]
    property: int
    text: str
    range: Range


@dataclass(frozen=True, slots=True)
class SeenFacts:
    """What was seen of a thing, that others could deny: the property by number, under which conditions, what was said.

    ``identity`` is the id of the disagreement that it would be part of.
    """

    subject: str
    property: int
    identity: str
    said: str


@dataclass(frozen=True, slots=True)
class CompositionFacts:
    """A composition reported for a band in nm, of a species if it says so, and the elements in it, as text."""

    species: str | None
    elements: str
    position: float
    formula: str


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What the columns need to know of one item."""

    single: Mapping[str, str | None]
    several: Mapping[str, tuple[str, ...]]
    ranges: Mapping[NumberField, tuple[Range, ...]]
    stages: tuple[StageFacts, ...]
    values: tuple[ValueFacts, ...]
    seen: tuple[SeenFacts, ...]
    compositions: tuple[CompositionFacts, ...]
    year: int | None
    quoted: bool


def facts_of(entry: Entry) -> ItemFacts:
    """Read what the columns need to know of an item."""
    body, kind = entry.record.body, entry.kind
    single: dict[str, str | None] = {name: body.get(name) or _default(kind, name) for name in _FROM_BODY}
    single |= {
        "id": entry.id,
        "kind": kind,
        "type": body.get("kind"),
        "document": entry.record.document,
        "accepted_by": entry.accepted_by,
    }
    stages = tuple(_stages(kind, entry.id, body))
    ranges: dict[NumberField, tuple[Range, ...]] = {
        "absorption": tuple(_positions(kind, body, "absorption")),
        "emission": tuple(_positions(kind, body, "emission")),
        "temperature": tuple(s.temperature for s in stages if s.temperature is not None),
        "duration": tuple(s.duration for s in stages if s.duration is not None),
    }
    for field in AMOUNTS:
        ranges[field] = tuple(given for s in stages for _, of, given in s.charged if of == field)
    several = {
        "about": _unique(_about(kind, body)),
        "uses": _unique(name for s in stages for name, _, _ in s.charged),
        "cites": _unique(body.get("cites", ())),
        "own_material": (entry.id,) if kind == "material" else _unique([body["material"]] if kind == "species" else []),
        "at": _unique(body.get("at", ()) if kind == "observation" else ()),
    }
    compared = kind in ("claim", "observation")
    return ItemFacts(
        single,
        several,
        ranges,
        stages,
        tuple(_values(kind, body)) if compared else (),
        tuple(_seen(body)) if kind == "observation" else (),
        tuple(_compositions(body)) if compared else (),
        body.get("year"),
        bool(body.get("quote")),
    )


def _values(kind: ItemKind, body: Body) -> Iterator[ValueFacts]:
    subjects = tuple(body.get("about" if kind == "claim" else "subject", ()))
    for measured in body.get("measured", ()) if subjects else ():
        place = _compared(measured["what"])
        if place is None:
            continue
        rule = shipped_rules().properties[place]
        text, quantity = measured.get("text"), measured.get("quantity")
        if rule.values == "words":
            if text:
                yield ValueFacts(subjects, place, text.casefold(), _NO_NUMBER)
        elif (found := in_unit(quantity, rule.unit)) is not None:
            yield ValueFacts(subjects, place, quantity, found)


def _seen(body: Body) -> Iterator[SeenFacts]:
    rules = shipped_rules()
    said = sightings(
        rules,
        body["kind"],
        body.get("comparison"),
        body["at"],
        body.get("than", ()),
        body.get("method") or "unspecified",
        [measured["what"] for measured in body.get("measured", ())],
    )
    for rule, conditions, what in said:
        for subject in body.get("subject", ()):
            yield SeenFacts(subject, rules.properties.index(rule), identity(subject, rule.id, conditions), what)


@lru_cache(maxsize=4096)
def _compared(what: str) -> int | None:
    """Return the place among the properties that are compared of the one that some words speak of."""
    rules = shipped_rules()
    found, _ = property_of(rules, what)
    return None if found is None else rules.properties.index(found)


def _compositions(body: Body) -> Iterator[CompositionFacts]:
    for entry in body.get("entries", ()):
        if "absorption" in entry and (elements := elements_of(entry["formula"])):
            position = Quantity.model_validate(entry["absorption"]).to("nm")
            yield CompositionFacts(entry.get("species"), element_key(elements), position, entry["formula"])


def element_key(elements: Iterable[str]) -> str:
    """Return elements as one text, which is what a material without a name is called."""
    return "".join(sorted(elements))


@cache
def _default(kind: ItemKind, field: str) -> str | None:
    """Return what a field says that an assertion leaves out."""
    info = None if kind == "document" else ITEM_TYPES[kind].model_fields.get(field)
    return info.default if info is not None and isinstance(info.default, str) else None


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _about(kind: ItemKind, body: Body) -> Iterator[str]:
    if kind == "step":
        yield from (p["of"] for side in ("reactants", "products") for p in body.get(side, ()))
    elif kind == "observation":
        yield from body.get("subject", ())
    elif kind == "zone":
        yield from (body["procedure"], *body.get("gave", ()))
    elif kind == "model":
        yield from body.get("steps", ())
    elif kind == "space":
        yield from (*body.get("background", ()), *body.get("optional", ()))
    else:
        yield from body.get("about", ())
        yield from (e["species"] for e in body.get("entries", ()) if "species" in e)


def _positions(kind: ItemKind, body: Body, of: Literal["absorption", "emission"]) -> Iterator[Range]:
    texts: list[str] = [*(body.get("signature") or {}).get(of, ())]
    texts += [e[of] for e in body.get("entries", ()) if of in e]
    texts += [text for peak in body.get("peaks", ()) for text in peak.get(of, ())]
    if body.get("method") == of:
        texts += [m["quantity"] for m in body.get("measured", ()) if "quantity" in m]
    for text in texts:
        if (found := in_unit(text, UNITS[of])) is not None:
            yield found


def _stages(kind: ItemKind, item: str, body: Body) -> Iterator[StageFacts]:
    if kind == "procedure":
        for stage in body["stages"]:
            components = [*stage.get("medium", ()), *stage.get("charge", ())]
            charged = [(c["of"], c.get("amount")) for c in components]
            yield _stage(f"{item}/{stage['id']}", stage["action"], stage, charged)
    elif kind == "zone":
        solvent = [(body["solvent"], None)] if "solvent" in body else []
        yield _stage(item, None, body, [*body.get("amounts", {}).items(), *solvent])


def _stage(name: str, action: str | None, body: Body, charged: Iterable[tuple[str, str | None]]) -> StageFacts:
    temperature = body.get("temperature")
    found = [(of, *_amount(amount)) for of, amount in charged]
    return StageFacts(
        name,
        action,
        ROOM_TEMPERATURE if temperature == "room temperature" else in_unit(temperature, UNITS["temperature"]),
        in_unit(body.get("duration"), UNITS["duration"]),
        tuple(found),
    )


def _amount(text: str | None) -> tuple[NumberField | None, Range]:
    """Return by which field an amount is compared, and its range there; None when there is none."""
    for field in AMOUNTS if text is not None else ():
        if (found := in_unit(text, UNITS[field])) is not None:
            return field, found
    return None, (0.0, 0.0)


@lru_cache(maxsize=1 << 16)
def in_unit(text: str | None, unit: str) -> Range | None:
    """Return what a printed quantity allows in a unit; None for another dimension, or for none."""
    if text is None:
        return None
    try:
        quantity = Quantity.model_validate(text)
        factor, offset = conversion(quantity.unit, unit)
    except ValueError:
        return None
    low, high = quantity.bounds
    return plain(low * factor + offset), plain(high * factor + offset)


@cache
def conversion(unit: str, to: str) -> Range:
    """Return factor and offset from one unit to another; raise ValueError when the dimensions differ."""
    zero = Quantity(value=0.0, unit=unit).to(to or "dimensionless")
    return Quantity(value=1.0, unit=unit).to(to or "dimensionless") - zero, zero


def plain(number: float) -> float:
    """Return a number without the noise of its conversion, so that 0.1 h is 360 s and not 360.00000000000006 s."""
    return float(f"{number:.12g}")
