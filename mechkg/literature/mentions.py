"""Mentions: where a paper speaks of species, chemicals, wavelengths, conditions and amounts, and what is known of each.

A mention is linked to a known entity where its name, its formula or its band says which one; otherwise it is offered as new or
left open with its candidates. Bands are held against signatures with a tolerance, which the mention shows.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import count, pairwise
from typing import Literal

from mechkg.literature.lexicon import Band, Entity, Lexicon
from mechkg.literature.names import FoundName, find_names
from mechkg.literature.printed import PrintedText
from mechkg.literature.quantities import FoundQuantity, find_quantities
from mechkg.literature.words import words
from mechkg.model.quantity import Quantity

MentionKind = Literal[
    "species", "material", "chemical", "wavelength", "temperature", "time", "amount", "concentration", "ratio", "quantity"
]
NAMES: tuple[MentionKind, ...] = ("species", "material", "chemical")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known entity that a mention may mean. With a band: how far off it lies, and within which tolerance, in nm."""

    entity: str
    position: float | None = None
    distance: float | None = None
    tolerance: float | None = None

    def __str__(self) -> str:
        if self.distance is None:
            return self.entity
        return f"{self.entity} ({self.position:g} nm, {self.distance:g} nm off, tolerance {self.tolerance:g} nm)"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a mention would be entered as, were it accepted as new."""

    id: str
    kind: Literal["species", "chemical"]
    names: tuple[str, ...]
    family: str | None = None
    material: str | None = None
    absorption: str | None = None
    formula: str | None = None

    def body(self) -> dict[str, object]:
        """Return it as the body of an item, as corpus files hold it."""
        found: dict[str, object] = {"id": self.id, "names": list(self.names)}
        if self.kind == "species":
            found |= {"kind": self.family, "material": self.material}
            if self.absorption:
                found["signature"] = {"absorption": self.absorption}
            if self.formula:
                found["compositions"] = [{"formula": self.formula}]
        elif self.formula:
            found["formula"] = self.formula
        return found


@dataclass(frozen=True, slots=True)
class Mention:
    """One place at which the text speaks of something.

    ``start`` and ``end`` are offsets in the original text, ``text`` what is printed there. ``value`` is the quantity, or the
    words of one ("room temperature", "4:1"); of a species named by its band ("449 nm MSC"), the band. ``entity`` is the known
    entity; without one, ``proposal`` offers a new one or ``candidates`` say what it may be. ``why`` gives the reason in a
    sentence. ``of`` names what an amount is of.
    """

    kind: MentionKind
    start: int
    end: int
    text: str
    why: str
    value: Quantity | str | None = None
    entity: str | None = None
    candidates: tuple[Candidate, ...] = ()
    proposal: Proposal | None = None
    family: str | None = None
    material: str | None = None
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A temperature and how long it was held: "130 °C/30 min", "at 50 °C for 2 h"."""

    temperature: Mention
    time: Mention


def find_mentions(text: str | PrintedText, lexicon: Lexicon) -> list[Mention]:
    """Return what the text speaks of, in the order of the print; of readings that overlap the longest is taken."""
    printed = text if isinstance(text, PrintedText) else PrintedText(text)
    found: list[FoundName | FoundQuantity] = [*find_names(printed, lexicon), *find_quantities(printed)]
    chosen = _longest(found)
    linker = _Linker(printed, lexicon)
    mentions = [linker.name(each) if isinstance(each, FoundName) else linker.quantity(each) for each in chosen]
    mentions = _by_bracket(printed.original, mentions)
    mentions = _in_context(printed.original, mentions, lexicon)
    return _amounts_of(printed.original, mentions)


def conditions(text: str, mentions: Sequence[Mention]) -> list[Condition]:
    """Return the temperatures that stand with a time.

    >>> printed = "heated to 130 °C/30 min, at 50 °C for 2 h"
    >>> [(c.temperature.text, c.time.text) for c in conditions(printed, find_mentions(printed, Lexicon.of([])))]
    [('130 °C', '30 min'), ('50 °C', '2 h')]
    """
    found = []
    for one, other in pairwise(mentions):
        between = " ".join(text[one.end : other.start].split())
        if one.kind == "temperature" and other.kind == "time" and between in ("/", "for", ",", "for about", "over"):
            found.append(Condition(one, other))
        elif one.kind == "time" and other.kind == "temperature" and between == "at":
            found.append(Condition(other, one))
    return found


def _longest(found: list[FoundName | FoundQuantity]) -> list[FoundName | FoundQuantity]:
    """Return readings that do not overlap: the longest first, then those with known names."""

    def rank(each: FoundName | FoundQuantity) -> tuple[int, int, int]:
        known = isinstance(each, FoundName) and bool(each.entities)
        return -(each.end - each.start), 0 if known else 1, each.start

    taken: list[FoundName | FoundQuantity] = []
    covered: set[int] = set()
    for each in sorted(found, key=rank):
        places = range(each.start, each.end)
        if covered.isdisjoint(places):
            covered.update(places)
            taken.append(each)
    return sorted(taken, key=lambda each: each.start)


class _Linker:
    """Says which known entity each reading means."""

    def __init__(self, text: PrintedText, lexicon: Lexicon) -> None:
        self._text, self._lexicon = text, lexicon
        self._last: dict[tuple[str | None, str | None], str] = {}

    def name(self, found: FoundName) -> Mention:
        start, end = self._text.span(found.start, found.end)
        mention = Mention(
            found.kind, start, end, self._text.original[start:end], "", family=found.family, material=found.material
        )
        if found.kind == "species":
            mention = self._species(found, mention)
        elif found.entities:
            mention = self._named(mention, found.entities)
        else:
            mention = self._unknown(mention, found)
        if found.kind == "species" and mention.entity and found.label:
            self._last[found.family, found.label] = mention.entity
        return mention

    def quantity(self, found: FoundQuantity) -> Mention:
        start, end = self._text.span(found.start, found.end)
        mention = Mention(
            found.kind, start, end, self._text.original[start:end], "a number with its unit", found.value, of=found.of
        )
        if found.kind != "wavelength" or not isinstance(found.value, Quantity):
            return mention
        if found.value.relation in ("<", ">", "<=", ">=") or found.value.high is not None:
            return replace(mention, why="a range of wavelengths, not one band")
        if re.search(r"(?i)excit|illuminat|light|lamp|laser", self._around(found)):
            return replace(mention, why="light that is sent in, not a band of the sample")
        emission = True if re.search(r"(?i)\bemi|photolum|\bPL\b", self._around(found)) else None
        return self._by_band(mention, found.value.value, self._lexicon.near(found.value.value, emission=emission))

    def _around(self, found: FoundQuantity) -> str:
        return self._text.read[max(0, found.start - 40) : found.start].rsplit(".", 1)[-1]

    def _named(self, mention: Mention, entities: Sequence[Entity]) -> Mention:
        if len(entities) == 1:
            return replace(mention, entity=entities[0].id, why="its name is known")
        candidates = tuple(Candidate(entity.id) for entity in entities)
        return replace(mention, candidates=candidates, why=f"{len(entities)} known entities bear this name")

    def _unknown(self, mention: Mention, found: FoundName) -> Mention:
        """Offer a name as new, and say which known one it looks like: it may be misprinted."""
        printed = self._text.read[found.start : found.end]
        if found.formula and (same := self._lexicon.called(_abbreviated(found.formula))):
            return replace(self._named(mention, same), why="the formula of a known name, with a group written in full")
        names = {name: entity for entity in self._lexicon.entities if entity.kind == found.kind for name in entity.names}
        alike = get_close_matches(printed.lower(), names, n=1, cutoff=0.88) if len(printed) > 5 else []
        candidates = tuple(Candidate(names[name].id) for name in alike)
        why = "no known name; offered as new" + (f"; it looks like '{alike[0]}'" if alike else "")
        return replace(mention, candidates=candidates, proposal=self._new(found), why=why)

    def _species(self, found: FoundName, mention: Mention) -> Mention:
        if found.wavelength is not None:
            about = self._text.read[found.start] == "~"
            mention = replace(mention, value=Quantity(value=found.wavelength, unit="nm", relation="~" if about else "="))
        exact = found.entities or self._lexicon.called(self._text.read[found.start : found.end])
        exact = tuple(entity for entity in exact if entity.kind == "species")
        if exact:
            return self._named(mention, exact)
        if found.formula:
            return self._by_formula(found, mention)
        if found.wavelength is not None:
            near = [(entity, band) for entity, band in self._lexicon.near(found.wavelength) if self._fits(entity, found)]
            linked = self._by_band(mention, found.wavelength, near)
            return linked if linked.candidates else replace(mention, proposal=self._new(found), why=linked.why)
        if found.label:
            return self._by_label(found, mention)
        general = self._lexicon.general.get((found.family or "", self._lexicon.materials.get(found.material or "", "")), ())
        if len(general) == 1:
            return replace(mention, entity=general[0].id, why="the known family of species of this material")
        if found.material:
            return replace(
                mention, proposal=self._new(found), why="a family of species of one material; none known has this name"
            )
        return replace(mention, why="a family of species")

    def _by_label(self, found: FoundName, mention: Mention) -> Mention:
        alike = [
            entity
            for entity in self._lexicon.species
            if entity.family == found.family
            and any(name.endswith(f"-{found.label}") for name in entity.names)
            and self._fits(entity, found)
        ]
        if len(alike) == 1:
            return replace(mention, entity=alike[0].id, why="the only known species of its family with this label")
        before = self._last.get((found.family, found.label))
        if before and before in {entity.id for entity in alike}:
            return replace(mention, entity=before, why="as named in full before")
        if alike:
            candidates = tuple(Candidate(entity.id) for entity in alike)
            return replace(mention, candidates=candidates, why=f"{len(alike)} known species of its family have this label")
        return replace(mention, proposal=self._new(found), why="no known species of its family has this label; offered as new")

    def _by_formula(self, found: FoundName, mention: Mention) -> Mention:
        reported = self._lexicon.formulas.get(found.formula or "", ())
        if not reported:
            return replace(mention, proposal=self._new(found), why="no known species has this composition; offered as new")
        if len(reported) == 1:
            return replace(mention, entity=reported[0].id, why="the only known species with this composition")
        candidates = tuple(Candidate(entity.id) for entity in reported)
        return replace(mention, candidates=candidates, why=f"reported as the composition of {len(reported)} known species")

    def _by_band(self, mention: Mention, nanometres: float, near: Sequence[tuple[Entity, Band]]) -> Mention:
        found: dict[str, Candidate] = {}
        for entity, band in near:
            distance = abs(band.position - nanometres)
            found.setdefault(entity.id, Candidate(entity.id, band.position, distance, band.tolerance))
        candidates = tuple(found.values())
        if not candidates:
            return replace(mention, why=f"no known species has a band within its tolerance of {nanometres:g} nm")
        if len(candidates) == 1 and mention.kind == "species":
            return replace(mention, entity=candidates[0].entity, candidates=candidates, why=f"by its band: {candidates[0]}")
        why = f"{len(candidates)} known species have a band within their tolerance of {nanometres:g} nm"
        return replace(mention, candidates=candidates, why=why)

    def _fits(self, entity: Entity, found: FoundName) -> bool:
        """Say whether family and material allow that ``found`` means ``entity``."""
        material = self._lexicon.materials.get(found.material or "")
        family = found.wavelength is None or found.family in (entity.family, "magic-size species")
        return family and (found.material is None or entity.material == material)

    def _new(self, found: FoundName) -> Proposal:
        printed = self._text.read[found.start : found.end]
        material = self._lexicon.materials.get(found.material or "")
        if found.kind != "species":
            return Proposal(self._free(_identifier(printed)), "chemical", (printed,), formula=found.formula)
        parts = [found.material or "", found.family or "", found.label or (f"{found.wavelength:g}" if found.wavelength else "")]
        named = self._free(_identifier(found.formula or "-".join(part for part in parts if part)))
        position = found.label if found.label and found.label.isdigit() else None
        nanometres = found.wavelength or (float(position) if position and len(position) == 3 else None)
        absorption = f"{nanometres:g} nm" if nanometres else None
        return Proposal(named, "species", (printed,), found.family, material, absorption, found.formula)

    def _free(self, name: str) -> str:
        """Return a local name like ``name`` that nothing known has."""
        numbered = (name if n == 1 else f"{name}-{n}" for n in count(1))
        return next(each for each in numbered if each not in self._lexicon.by_id)


def _abbreviated(formula: str) -> str:
    """Return a formula with its groups as abbreviations: Cd(acetate)2 is Cd(OAc)2."""
    for pair in words().chemicals["in_full"]:
        name, _, group = pair.partition("=")
        formula = formula.replace(f"({name})", f"({group})")
    return formula


def _identifier(printed: str) -> str:
    """Return a local name made of what is printed."""
    return re.sub(r"[^a-z0-9.]+", "-", printed.lower()).strip("-.")[:80] or "unnamed"


def _by_bracket(text: str, mentions: list[Mention]) -> list[Mention]:
    """Take a new chemical for the known one whose name stands in brackets after it, or before its brackets."""
    found = list(mentions)
    for number, (one, other) in enumerate(pairwise(mentions)):
        if one.kind != "chemical" or other.kind not in ("chemical", "material") or text[one.end : other.start].strip() != "(":
            continue
        if text[other.end :].lstrip()[:1] not in (")", ","):
            continue
        if one.entity is None and other.entity:
            found[number] = replace(one, entity=other.entity, proposal=None, why="known by the name in brackets after it")
        elif other.entity is None and one.entity:
            found[number + 1] = replace(other, entity=one.entity, proposal=None, why="stands in brackets after a known name")
    return found


_SENTENCE_END = re.compile(r"[.?!][\])]*\s+(?=[A-Z(\[])")


def _in_context(text: str, mentions: list[Mention], lexicon: Lexicon) -> list[Mention]:
    """Settle which species a band belongs to by what else is named; all candidates within tolerance stay visible.

    A band is linked to a species that is named in the same sentence, else in the text, else to one of a family and material that
    the sentence speaks of ("CdTe MSCs at ~420 nm"), where that leaves one and no other candidate lies nearer.
    """
    sentence = [*_sentences(text, mentions)]
    named: dict[int, set[str]] = defaultdict(set)
    families: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for mention, place in zip(mentions, sentence, strict=True):
        if mention.kind == "species" and mention.entity:
            named[place].add(mention.entity)
        if mention.kind == "species" and mention.family and mention.material in lexicon.materials:
            families[place].add((mention.family, lexicon.materials[mention.material or ""]))
    in_text = {entity for entities in named.values() for entity in entities}
    settled = []
    for mention, place in zip(mentions, sentence, strict=True):
        if mention.kind == "wavelength" and mention.candidates:
            alike = {e.id for e in lexicon.species if (e.family or "", e.material or "") in families[place]}
            mention = _settled(mention, ((named[place], "sentence"), (in_text, "text"), (alike, "sentence, by its family")))
        settled.append(mention)
    return settled


def _sentences(text: str, mentions: Sequence[Mention]) -> Iterator[int]:
    """Yield the number of the sentence of each mention."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    for mention in mentions:
        yield bisect_right(ends, mention.start)


def _settled(mention: Mention, contexts: Sequence[tuple[set[str], str]]) -> Mention:
    within = f"{len(mention.candidates)} known species within tolerance"
    nearest = min(candidate.distance or 0.0 for candidate in mention.candidates)
    for named, place in contexts:
        left = [c for c in mention.candidates if c.entity in named and (c.distance or 0.0) <= nearest]
        if len(left) == 1:
            why = f"by its band: {left[0]}; of the nearest among {within} the only one named in this {place}"
            return replace(mention, entity=left[0].entity, why=why)
    reason = "none is named here, or several are, or another lies nearer"
    return replace(mention, entity=None, why=f"{within}: {', '.join(map(str, mention.candidates))}; {reason}")


def _amounts_of(text: str, mentions: list[Mention]) -> list[Mention]:
    """Say of each amount and concentration what it is of, where the print joins the two: "2.3 mL of Tol", "Tol (2.3 mL)"."""
    found = list(mentions)
    for number, mention in enumerate(mentions):
        if mention.kind not in ("amount", "concentration") or mention.of is not None:
            continue
        for other in _beside(text, mentions, number):
            if other.kind in NAMES and (other.entity or other.proposal):
                found[number] = replace(mention, of=other.entity or (other.proposal.id if other.proposal else None))
                break
    return found


def _beside(text: str, mentions: Sequence[Mention], number: int) -> Iterator[Mention]:
    here = mentions[number]
    if number + 1 < len(mentions):
        after = mentions[number + 1]
        if re.fullmatch(r"\s*(?:of\s*(?:the\s*)?)?", text[here.end : after.start]):
            yield after
    if number:
        before = mentions[number - 1]
        if re.fullmatch(r"\s*\(\s*", text[before.end : here.start]):
            yield before
