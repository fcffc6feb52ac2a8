"""Values that sources state of things: compositions, measured numbers and words, conditions; each with who states it, and where.

Read from the plain JSON of assertions, once per item: see :mod:`mechkg.service.read_models.item_facts` for why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import nan
from typing import Any, Final

from mechkg.curation.disagreements import elements_of, property_of, shipped_rules, shipped_titles
from mechkg.model.corpus import ItemKind
from mechkg.model.quantity import Quantity
from mechkg.service.catalog import Catalog, Entry
from mechkg.service.read_models.item_facts import element_key, in_unit

COMPOSITION: Final = next(iter(shipped_titles("formulas")))
"""The property whose values are formulas."""

KINDS: Final[tuple[ItemKind, ...]] = ("claim", "observation", "species", "zone")
"""Kinds of items that state values."""

_OF: Final[frozenset[ItemKind]] = frozenset({"species", "step", "material"})
"""Kinds of items that values are of before any other that is named beside them."""

_TITLES: Final[Mapping[str, str]] = shipped_titles()
_KEPT: Final = "stated"


@dataclass(frozen=True, slots=True)
class Stated:
    """One value of one property, of one thing, stated by one item.

    ``subjects``: local names of what it may be of, several where the source does not say of which. ``position``: of the band that
    it is said of, in nm, NaN for none. ``works``: those that the item counts for. ``whole``: it is said of all that the item
    lists, not of this one. ``of_compositions``: the item lists compositions. ``number``: to sort by, NaN for words.
    """

    item: str
    kind: ItemKind
    assertion: str
    document: str
    works: tuple[str, ...]
    property_id: str
    text: str
    number: float
    subjects: tuple[str, ...]
    material: str
    position: float = nan
    printed: str = ""
    method: str = ""
    locator: str = ""
    quotes: tuple[str, ...] = ()
    whole: bool = False
    of_compositions: bool = False

    @property
    def placed(self) -> bool:
        """Whether it is said of a band."""
        return self.position == self.position


def property_title(name: str) -> str:
    """Return a property in words."""
    return _TITLES.get(name, name)


def stated_values(catalog: Catalog, parts: Mapping[str, str] | None = None) -> list[Stated]:
    """Return all values that count, item by item.

    ``parts``: property -> pattern. The statement of a claim that lists compositions is parted at semicolons; each part is a value
    of the first property whose pattern is found in it.
    """
    patterns = tuple((parts or {}).items())
    materials = _materials(catalog)
    return [
        value
        for kind in KINDS
        for entry in catalog.by_kind.get(kind, ())
        for value in _finished(catalog, materials, _of_entry(entry, patterns))
    ]


# --- what one item states ---------------------------------------------------------------------------------------------


def _of_entry(entry: Entry, patterns: tuple[tuple[str, str], ...]) -> list[Stated]:
    """Return what an item states, without what hangs on other items; kept with it, for it never changes."""
    made: dict[object, list[Stated]] = entry.kept.setdefault(_KEPT, {})
    if patterns not in made:
        made[patterns] = list(_read(entry, patterns))
    return made[patterns]


def _read(entry: Entry, patterns: tuple[tuple[str, str], ...]) -> Iterator[Stated]:
    body = entry.record.body
    frame = Stated(
        entry.id,
        entry.kind,
        entry.record.id,
        entry.record.document,
        tuple(body.get("cites", ())) or (entry.record.document,),
        "",
        "",
        nan,
        (),
        "",
        method="" if body.get("method") in (None, "unspecified") else body["method"],
        locator=body.get("locator") or "",
        quotes=_texts(body.get("quote")),
        of_compositions=bool(body.get("entries")),
    )
    if entry.kind == "species":
        yield from _of_species(frame, body)
    elif entry.kind == "zone":
        yield from _of_zone(frame, body)
    else:
        yield from _listed(frame, body, patterns)
        yield from _measured(frame, body)


def _of_species(frame: Stated, body: Mapping[str, Any]) -> Iterator[Stated]:
    of = replace(frame, subjects=(body["id"],))
    for name in ("size", "shape"):
        if body.get(name):
            yield replace(of, property_id=name, text=body[name])
    for band in ("absorption", "emission"):
        for text in _texts((body.get("signature") or {}).get(band)):
            yield replace(of, property_id=band, text=text, number=number_of(text))


def _of_zone(frame: Stated, body: Mapping[str, Any]) -> Iterator[Stated]:
    """What a tested zone gave, under which conditions; one that is not printed for this run is left out."""
    inferred = body.get("inferred", ())
    given = [(name, body.get(name)) for name in ("temperature", "solvent", "ratio")]
    if "amounts" not in inferred:
        given += [(f"amount of {chemical}", amount) for chemical, amount in body.get("amounts", {}).items()]
    for subject in body.get("gave", ()) if "gave" not in inferred else ():
        for name, text in given:
            if text is not None and name not in inferred:
                yield replace(frame, property_id=name, text=text, number=number_of(text), subjects=(subject,))


def _listed(frame: Stated, body: Mapping[str, Any], patterns: tuple[tuple[str, str], ...]) -> Iterator[Stated]:
    entries = body.get("entries", ())
    said = list(_parted(body.get("statement") or "", patterns)) if entries else []
    for entry in entries:
        printed = entry.get("absorption", "")
        of = replace(
            frame,
            subjects=(entry["species"],) if "species" in entry else (),
            position=number_of(printed, "nm"),
            printed=printed,
            material=element_key(elements_of(entry["formula"])),
        )
        yield replace(of, property_id=COMPOSITION, text=entry["formula"])
        for name, text in said:
            yield replace(of, property_id=name, text=text, whole=len(entries) > 1)


def _parted(statement: str, patterns: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str]]:
    for part in filter(None, (each.strip() for each in statement.split(";"))):
        name = next((name for name, pattern in patterns if _pattern(pattern).search(part)), None)
        if name is not None:
            yield name, part


def _measured(frame: Stated, body: Mapping[str, Any]) -> Iterator[Stated]:
    rules = shipped_rules()
    subjects = tuple(body.get("about" if frame.kind == "claim" else "subject", ()))
    for measured in body.get("measured", ()) if subjects else ():
        rule, named = property_of(rules, measured["what"])
        text = measured.get("quantity") or measured["text"]
        unit = rule.unit if rule is not None else ""
        name = rule.id if rule is not None else measured["what"]
        value = replace(frame, property_id=name, text=text, number=number_of(text, unit), subjects=subjects)
        yield value if named is None else replace(value, printed=named)


# --- what hangs on other items ----------------------------------------------------------------------------------------


def _finished(catalog: Catalog, materials: Mapping[str, str], values: Iterable[Stated]) -> Iterator[Stated]:
    for value in values:
        subjects = value.subjects
        if len(subjects) > 1 and value.printed:
            subjects = _meant(catalog, subjects, value.printed) or subjects
        subjects = _told_of(catalog, subjects)
        known = [catalog.entries[name].record.body for name in subjects if name in catalog.entries]
        own = {body["material"] for body in known if "material" in body}
        material = own.pop() if len(own) == 1 else materials.get(value.material, value.material)
        position, printed = value.position, value.printed if value.placed else ""
        if value.property_id != COMPOSITION and not value.of_compositions and len(known) == 1:
            printed = next(iter(_texts((known[0].get("signature") or {}).get("absorption"))), "")
            position = number_of(printed, "nm")
        text, name = value.text, value.property_id
        if value.kind == "zone" and name == "solvent":
            text = _label(catalog, text)
        if name.startswith("amount of "):
            name = f"amount of {_label(catalog, name.removeprefix('amount of '))}"
        if (subjects, material, position, printed, text, name) == (
            value.subjects, value.material, value.position, value.printed, value.text, value.property_id,
        ):  # fmt: skip
            yield value
        else:
            yield replace(
                value, subjects=subjects, material=material, position=position, printed=printed, text=text, property_id=name
            )


def _told_of(catalog: Catalog, subjects: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out what is only mentioned beside a species, a step or a material: the model, the procedure, what was charged."""
    if len(subjects) < 2:
        return subjects
    those = tuple(name for name in subjects if name in catalog.entries and catalog.entries[name].kind in _OF)
    return those or subjects


def _meant(catalog: Catalog, subjects: Sequence[str], named: str) -> tuple[str, ...]:
    """Return the one of several things whose name, or the end of it, is meant; none when that is not clear."""
    wanted = named.casefold()
    known = [catalog.entries[name] for name in subjects if name in catalog.entries]
    meant = [e.id for e in known if any(n == wanted or n.endswith(f" {wanted}") for n in map(str.casefold, e.names))]
    return tuple(meant) if len(meant) == 1 else ()


def _materials(catalog: Catalog) -> dict[str, str]:
    """Return the material of some elements, as text."""
    bodies = (entry.record.body for entry in catalog.by_kind.get("material", ()))
    return {element_key(elements_of(body["formula"])): body["id"] for body in bodies if body.get("formula")}


def _label(catalog: Catalog, name: str) -> str:
    return catalog.entries[name].label if name in catalog.entries else name


def _texts(given: Any) -> tuple[str, ...]:
    return () if not given else (given,) if isinstance(given, str) else tuple(given)


@lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


@lru_cache(maxsize=1 << 14)
def number_of(text: str, unit: str = "") -> float:
    """Return the number that a printed quantity begins with, in a unit if one is given; NaN for words, or another dimension.

    >>> number_of("~2 h", "min"), number_of("350 nm"), number_of("disc")
    (120.0, 350.0, nan)
    """
    try:
        quantity = Quantity.model_validate(text)
    except ValueError:
        return nan
    if not unit:
        return quantity.value
    found = in_unit(f"{quantity.value!r} {quantity.unit}", unit)
    return nan if found is None else found[0]
