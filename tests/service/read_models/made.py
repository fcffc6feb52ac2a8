"""Items made at random, catalogues of them that follow each other, and filters, with a plain reading of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from mechkg.model.assertion import Claim, Remark, RivalModel, Zone
from mechkg.model.corpus import ITEM_TYPES, ItemKind
from mechkg.model.filter import (
    UNITS,
    Accepted,
    And,
    AtStage,
    Between,
    Filter,
    Is,
    Not,
    NumberField,
    Or,
    Says,
    YesNo,
)
from mechkg.model.hypothesis import HypothesisSpace
from mechkg.model.ledger_record import Act, AssertionRecord
from mechkg.model.observation import Observation
from mechkg.model.procedure import Component, Procedure
from mechkg.model.quantity import Quantity
from mechkg.model.source import Document, Reference
from mechkg.model.species import Chemical, Material, Species
from mechkg.model.step import Step
from mechkg.service.catalog import Catalog, Entry
from mechkg.service.disagreements import disagreements_in
from mechkg.service.read_models.folded import folded, sought

START = datetime(2024, 1, 1, tzinfo=UTC)

DOCUMENTS = ("paper-1", "paper-2")
MATERIALS = ("m-1", "m-2")
SPECIES = ("sp-1", "sp-2", "sp-3")
CHEMICALS = ("ch-1", "ch-2")
PROCEDURES = ("pr-1", "pr-2")
STAGES = ("pr-1/a", "pr-1/b", "pr-2/a")
THINGS = (*SPECIES, *CHEMICALS, *MATERIALS)


def some(*values: str, most: int = 2) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), max_size=most, unique=True)


lengths = st.sampled_from(["371 nm", "399 to 405 nm", "~ 350 nm", "> 420 nm", "410 +- 5 nm", "0.38 um", "3.1 eV"])
temperatures = st.sampled_from(["room temperature", "25 degC", "300 K", "< 80 degC", "100 to 120 degC"])
durations = st.sampled_from(["30 min", "~ 2 h", "0.5 h", "> 1 d"])
amounts = st.sampled_from(["1.2 mmol", "0.5 mol", "30 mL", "> 2 g", "50 uL", "3"])
words = st.sampled_from(
    ["alpha beta", "Beta–gamma", "(AB)₁₃ clusters", "A₂B at 130 °C", "ab", "β-phase", "“solely” via PCs", "É a"]
)
formulas = st.sampled_from(["Cd2Te", "CdTe", "Cd4Te2", "ZnSe", "(CdTe)13"])
measured = st.sampled_from(
    [
        {"what": "band gap", "value": "2.1 eV"},
        {"what": "band gap", "value": "2.5 +- 0.1 eV"},
        {"what": "band gap", "value": "> 2.4 eV"},
        {"what": "band gap", "value": "340 kJ"},
        {"what": "radius of gyration", "value": "1.2 nm"},
        {"what": "radius of gyration of sp-2", "value": "12.1 angstrom"},
        {"what": "radius of gyration of sp-2", "value": "2 nm"},
        {"what": "rate constant k", "value": "0.1 1/min"},
        {"what": "rate constant k", "value": "0.5 1/min"},
        {"what": "absorbance at 371 nm", "value": "0.2 absorbance"},
        {"what": "optical density", "value": "0.5 absorbance"},
        {"what": "peak position", "text": "unchanged"},
        {"what": "shape", "text": "cube"},
        {"what": "shape", "text": "Sphere"},
        {"what": "colour", "text": "red"},
    ]
).map(lambda given: {("quantity" if name == "value" else name): value for name, value in given.items()})


def given(optional: Mapping[str, st.SearchStrategy[Any]], **needed: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(dict(needed), optional=dict(optional))


ITEM = {
    "quote": st.lists(words, max_size=2),
    "flag": st.sampled_from(["stated", "inferred"]),
    "locator": st.just("p. 3"),
}
SIGNATURE = given({}, absorption=st.lists(lengths, max_size=2), emission=st.lists(lengths, max_size=1))
COMPONENTS = st.lists(given({"amount": amounts}, of=st.sampled_from((*CHEMICALS, "sp-1"))), max_size=2)

BODIES: dict[ItemKind, tuple[tuple[str, ...], st.SearchStrategy[dict[str, Any]]]] = {
    "document": (DOCUMENTS, given({"title": words, "year": st.sampled_from([1999, 2010])})),
    "reference": (("ref-1", "ref-2"), given({**ITEM, "title": words, "year": st.sampled_from([1999, 2020])})),
    "material": (MATERIALS, given({**ITEM, "formula": st.sampled_from(["CdTe", "ZnSe"])})),
    "chemical": (CHEMICALS, given({**ITEM, "formula": formulas}, names=st.lists(words, min_size=1, max_size=2))),
    "species": (
        SPECIES,
        given(
            {**ITEM, "signature": SIGNATURE, "statements": st.lists(words, max_size=1)},
            kind=st.sampled_from(["PC", "MSC"]),
            material=st.sampled_from(MATERIALS),
            names=st.lists(words, min_size=1, max_size=3),
        ),
    ),
    "step": (
        ("st-1", "st-2"),
        given(
            {**ITEM, "status": st.sampled_from(["rejected", "implied"]), "label": words},
            kind=st.sampled_from(["growth", "assembly"]),
            reactants=some(*SPECIES),
            products=some(*SPECIES),
        ),
    ),
    "procedure": (
        PROCEDURES,
        given(
            ITEM,
            title=words,
            stages=st.lists(
                given(
                    {"temperature": temperatures, "duration": durations, "medium": COMPONENTS, "charge": COMPONENTS},
                    action=st.sampled_from(["mix", "heat"]),
                ),
                min_size=1,
                max_size=2,
            ).map(lambda stages: [{"id": "ab"[n], **stage} for n, stage in enumerate(stages)]),
        ),
    ),
    "observation": (
        ("ob-1", "ob-2", "ob-3"),
        given(
            {
                **ITEM,
                "measured": st.lists(measured, max_size=2),
                "method": st.sampled_from(["absorption", "emission", "mass"]),
                "statement": words,
                "window": st.sampled_from(["1 min", "60 s", {"start": "0 min", "end": "5 min"}, {"start": "5 min"}]),
                "comparison": st.sampled_from(["more", "less"]),
                "than": some(*STAGES),
            },
            at=st.lists(st.sampled_from(STAGES), min_size=1, max_size=2, unique=True),
            kind=st.sampled_from(["present", "absent", "increases", "constant", "amount-comparison"]),
            subject=some(*SPECIES, "st-1"),
        ),
    ),
    "claim": (
        ("cl-1", "cl-2", "cl-3", "cl-4"),
        given(
            {
                **ITEM,
                "statement": words,
                "direction": st.sampled_from(["refutes", "neutral"]),
                "evidence": st.sampled_from(["experiment", "citation"]),
                "method": st.sampled_from(["mass", "xps", "absorption"]),
                "measured": st.lists(measured, max_size=3),
                "cites": some("ref-1", "ref-2"),
                "entries": st.lists(
                    given(
                        {"species": st.sampled_from(SPECIES), "absorption": lengths.filter(lambda t: "eV" not in t)},
                        formula=formulas,
                    ),
                    max_size=2,
                ),
            },
            kind=st.sampled_from(["composition", "property"]),
            about=some(*THINGS),
        ),
    ),
    "zone": (
        ("zo-1",),
        given(
            {
                **ITEM,
                "temperature": temperatures.filter(lambda t: t != "room temperature"),
                "solvent": st.sampled_from(CHEMICALS),
            },
            procedure=st.sampled_from(PROCEDURES),
            varied=st.just("ratio"),
            outcome=st.just("mixture"),
            gave=some(*SPECIES),
            amounts=st.dictionaries(st.sampled_from(CHEMICALS), amounts, max_size=2),
            peaks=st.lists(given({}, absorption=st.lists(lengths, max_size=1)), max_size=1),
        ),
    ),
    "remark": (("re-1",), given(ITEM, kind=st.just("gap"), about=some(*SPECIES, "cl-1"), text=words)),
}


def record(kind: ItemKind, name: str, document: str, body: Mapping[str, Any]) -> AssertionRecord:
    model = Document if kind == "document" else ITEM_TYPES[kind]
    item = model.model_validate({"id": name, **body})
    return AssertionRecord.of(kind, item, name, name if kind == "document" else document)


def _records(kind: ItemKind) -> st.SearchStrategy[AssertionRecord]:
    names, bodies = BODIES[kind]
    return st.builds(record, st.just(kind), st.sampled_from(names), st.sampled_from(DOCUMENTS), bodies)


records = st.one_of([_records(kind) for kind in BODIES])
changes = st.lists(
    st.tuples(
        st.lists(records, max_size=6), st.lists(st.sampled_from([n for names, _ in BODIES.values() for n in names]), max_size=3)
    ),
    min_size=1,
    max_size=4,
)
"""What comes and what goes, time after time."""


def histories(steps: list[tuple[list[AssertionRecord], list[str]]]) -> Iterator[Catalog]:
    """Yield the catalogue after each step."""
    catalog = Catalog(0, {})
    position = 0
    for come, gone in steps:
        last = {each.item: each for each in come}
        acts = []
        for each in last.values():
            position += 1
            acts.append(
                (
                    each,
                    Act(
                        position,
                        "accept",
                        each.id,
                        "ana" if position % 3 else "ben",
                        START + timedelta(days=position),
                        None,
                        None,
                        "",
                    ),
                )
            )
        going = [catalog.entries[name].record for name in gone if name in catalog.entries and name not in last]
        catalog = catalog.after(position, going, acts)
        yield catalog


# --- filters ------------------------------------------------------------------------------------------------------------

NAMES = {
    "id": ("cl-1", "sp-1", "paper-1"),
    "kind": ("species", "claim", "procedure", "zone"),
    "type": ("PC", "present", "growth", "property"),
    "species_kind": ("PC", "MSC", "QD"),
    "material": MATERIALS,
    "document": DOCUMENTS,
    "about": THINGS,
    "uses": CHEMICALS,
    "cites": ("ref-1", "ref-2"),
    "evidence": ("experiment", "citation"),
    "direction": ("supports", "refutes"),
    "directness": ("direct",),
    "status": ("proposed", "rejected"),
    "method": ("mass", "unspecified", "absorption"),
    "flag": ("stated", "inferred"),
    "backing": ("cited",),
    "accepted_by": ("ana", "ben", "nobody"),
}
ITEM_NAMES = ("id", "material", "document", "about", "uses", "cites")

BOUNDS: dict[NumberField, tuple[tuple[float, ...], tuple[str, ...]]] = {
    "absorption": ((350, 371, 400, 415), ("", "nm")),
    "emission": ((350, 400), ("nm",)),
    "temperature": ((20, 27, 100, 130), ("", "degC")),
    "duration": ((0.25, 0.5, 2, 24), ("h",)),
    "amount": ((1.2, 500), ("mmol", "")),
    "volume": ((0.05, 30), ("mL",)),
    "mass": ((1, 2), ("g",)),
    "year": ((1999, 2010), ("",)),
}


def between(*fields: NumberField) -> st.SearchStrategy[Between]:
    def of(field: NumberField) -> st.SearchStrategy[Between]:
        numbers, units = BOUNDS[field]
        ends = st.tuples(st.none() | st.sampled_from(numbers), st.none() | st.sampled_from(numbers))
        ordered = ends.map(lambda e: (min(e), max(e)) if None not in e else e)  # type: ignore[type-var]
        return st.builds(lambda e, unit: Between(field, e[0], e[1], unit), ordered, st.sampled_from(units))

    return st.one_of([of(field) for field in fields])


queries = st.sampled_from(
    ["beta", "cdte", "CdTe", "ab", "130°C", "130 °C", "beta gamma", '"solely" via', "(ab)13", "β", "zzz", "É"]
)


def _is(there: set[str]) -> st.SearchStrategy[Is]:
    """Conditions on names; of items, those that there are."""

    def of(field: str) -> st.SearchStrategy[Is]:
        names = [name for name in NAMES[field] if field not in ITEM_NAMES or name in there]
        return st.builds(Is, st.just(field), st.lists(st.sampled_from(names), max_size=2).map(tuple) if names else st.just(()))

    return st.one_of([of(field) for field in NAMES])


def filters(catalog: Catalog) -> st.SearchStrategy[Filter]:
    there = set(catalog.entries)
    chemicals = [name for name in CHEMICALS if name in there]
    times = st.none() | st.sampled_from([START + timedelta(days=n) for n in (1, 3, 8)])
    leaves = st.one_of(
        _is(there),
        between(*BOUNDS),
        st.builds(Accepted, times, times),
        st.builds(
            Says, queries, st.lists(st.sampled_from(["label", "name", "formula", "statement", "quote"]), max_size=2).map(tuple)
        ),
        st.builds(YesNo, st.sampled_from(["disagreement", "quoted"]), st.booleans()),
        st.builds(
            AtStage,
            st.lists(st.sampled_from(["mix", "heat"]), max_size=1).map(tuple),
            st.none() | between("temperature"),
            st.none() | between("duration"),
            st.lists(st.sampled_from(chemicals), max_size=1).map(tuple) if chemicals else st.just(()),
            st.none() | between("amount", "volume", "mass"),
        ),
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(lambda of: And(tuple(of))),
            st.lists(inner, max_size=3).map(lambda of: Or(tuple(of))),
            inner.map(Not),
        ),
        max_leaves=5,
    )


# --- a plain reading, item by item, of the values -----------------------------------------------------------------------


class Plain:
    """Answers by going through all items."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.sides = {v.item for d in disagreements_in(catalog, ()).disagreements for side in d.sides for v in side.values}

    def matching(self, given: Filter) -> set[str]:
        return {entry.id for entry in self.catalog.entries.values() if self.meets(entry, given)}

    def meets(self, entry: Entry, given: Filter) -> bool:
        match given:
            case And(of):
                return all(self.meets(entry, each) for each in of)
            case Or(of):
                return any(self.meets(entry, each) for each in of)
            case Not(of):
                return not self.meets(entry, of)
            case Is(field, of):
                return bool(self.names(entry, field) & set(of))
            case Between(field, low, high, unit):
                return any(allowed(each, low, high, unit or UNITS[field]) for each in self.numbers(entry, field))
            case Accepted(since, before):
                return (since is None or entry.accepted_at >= since) and (before is None or entry.accepted_at < before)
            case Says(text, fields):
                texts = [folded(said) for field, said in texts_of(entry) if not fields or field in fields]
                return all(any(word in said for said in texts) for word in sought(text))
            case YesNo(field, holds):
                found = bool(getattr(entry.value, "quote", ())) if field == "quoted" else entry.id in self.sides
                return found == holds
            case AtStage():
                return any(meets_stage(stage, given) for stage in self.stages(entry))

    def names(self, entry: Entry, field: str) -> set[str]:
        value = entry.value
        if field == "id":
            return {entry.id}
        if field == "kind":
            return {entry.kind}
        if field == "type":
            return {value.kind} if hasattr(value, "kind") else set()
        if field in ("material", "species_kind"):
            own = self.own(entry, field)
            for name in self.about(entry):
                if name in self.catalog.entries:
                    own |= self.own(self.catalog.entries[name], field)
            return own
        if field == "document":
            return {entry.record.document}
        if field == "accepted_by":
            return {entry.accepted_by}
        if field == "about":
            return self.about(entry)
        if field == "uses":
            return {name for _, _, _, charged in own_stages(entry) for name, _ in charged}
        found = getattr(value, field, None)
        return set(found) if isinstance(found, tuple) else {found} - {None}  # type: ignore[arg-type]

    def own(self, entry: Entry, field: str) -> set[str]:
        value = entry.value
        if isinstance(value, Material):
            return {value.id} if field == "material" else set()
        if isinstance(value, Species):
            return {value.material if field == "material" else value.kind}
        return set()

    def about(self, entry: Entry) -> set[str]:
        match entry.value:
            case Step() as step:
                return {p.of for p in (*step.reactants, *step.products)}
            case Observation() as seen:
                return set(seen.subject)
            case Claim() as claim:
                return {*claim.about, *(e.species for e in claim.entries if e.species)}
            case Zone() as zone:
                return {zone.procedure, *zone.gave}
            case Remark() as remark:
                return set(remark.about)
            case RivalModel() as model:
                return set(model.steps)
            case HypothesisSpace() as space:
                return {*space.background, *space.optional}
        return set()

    def numbers(self, entry: Entry, field: NumberField) -> list[Quantity]:
        value = entry.value
        if field == "year":
            document = self.catalog.entries.get(entry.record.document)
            of = value if isinstance(value, Reference) else document.value if document else None
            year = getattr(of, "year", None)
            return [] if year is None else [Quantity(value=year)]
        if field in ("absorption", "emission"):
            found: list[Quantity] = []
            if isinstance(value, Species | Chemical) and value.signature:
                found += getattr(value.signature, field)
            if isinstance(value, Claim) and field == "absorption":
                found += [e.absorption for e in value.entries if e.absorption]
            if isinstance(value, Zone):
                found += [q for peak in value.peaks for q in getattr(peak, field)]
            if isinstance(value, Claim | Observation) and value.method == field:
                found += [m.quantity for m in value.measured if m.quantity]
            return found
        stages = own_stages(entry)
        if field == "temperature":
            return [t for _, t, _, _ in stages if t is not None]
        if field == "duration":
            return [d for _, _, d, _ in stages if d is not None]
        charged = [q for _, _, _, charged in stages for _, q in charged if q is not None]
        return [q for q in charged if dimension(q) == field]

    def stages(self, entry: Entry) -> list[Any]:
        if isinstance(entry.value, Observation):
            found = []
            for at in entry.value.at:
                procedure, _, name = at.partition("/")
                if (other := self.catalog.entries.get(procedure)) and isinstance(other.value, Procedure):
                    found += [own_stages(other)[n] for n, stage in enumerate(other.value.stages) if stage.id == name]
            return found
        return own_stages(entry)


ROOM = Quantity.model_validate("20 to 25 degC")


def own_stages(entry: Entry) -> list[Any]:
    """Action, temperature, duration, and what is charged, of each stage."""
    value = entry.value
    if isinstance(value, Procedure):
        return [
            (
                s.action,
                ROOM if s.temperature == "room temperature" else s.temperature,
                s.duration,
                [(c.of, c.amount) for c in (*s.medium, *s.charge) if isinstance(c, Component)],
            )
            for s in value.stages
        ]
    if isinstance(value, Zone):
        charged: list[tuple[str, Quantity | None]] = [*value.amounts.items()]
        charged += [(value.solvent, None)] if value.solvent else []
        return [(None, value.temperature, None, charged)]
    return []


def dimension(quantity: Quantity) -> str | None:
    for field in ("amount", "volume", "mass"):
        try:
            quantity.to(UNITS[field])  # type: ignore[index]
        except ValueError:
            continue
        return field
    return None


def meets_stage(stage: Any, given: AtStage) -> bool:
    action, temperature, duration, charged = stage
    for bounds, quantity in ((given.temperature, temperature), (given.duration, duration)):
        if bounds and (quantity is None or not allowed(quantity, bounds.low, bounds.high, bounds.unit or UNITS[bounds.field])):
            return False
    if given.actions and action not in given.actions:
        return False
    if not given.uses and not given.amount:
        return True
    for name, quantity in charged:
        if given.uses and name not in given.uses:
            continue
        if (bounds := given.amount) is None:
            return True
        right_kind = quantity is not None and dimension(quantity) == bounds.field
        if right_kind and allowed(quantity, bounds.low, bounds.high, bounds.unit or UNITS[bounds.field]):
            return True
    return False


def allowed(quantity: Quantity | None, low: float | None, high: float | None, unit: str) -> bool:
    assert quantity is not None
    try:
        start, end = quantity.interval(unit)
    except ValueError:
        return False
    start, end = (float(f"{number:.12g}") for number in (start, end))
    return (low is None or end >= low) and (high is None or start <= high)


def texts_of(entry: Entry) -> list[tuple[str, str]]:
    """The texts of an item, read from its value."""
    value = entry.value
    found = [("label", entry.label), *(("name", name) for name in entry.names if name != entry.label)]
    if getattr(value, "formula", None):
        found.append(("formula", value.formula))  # type: ignore[union-attr]
    found += [("formula", e.formula) for e in (*getattr(value, "entries", ()), *getattr(value, "compositions", ()))]
    for field in ("statement", "question", "text", "critique", "reading", "mechanism_claim", "thermodynamics"):
        if isinstance(said := getattr(value, field, None), str):
            found.append(("statement", said))
    for field in ("statements", "claims"):
        found += [("statement", said) for said in getattr(value, field, ())]
    found += [("quote", said) for said in getattr(value, "quote", ())]
    return found
