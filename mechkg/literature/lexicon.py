"""Names of what is known: which species, chemicals, materials and classes a printed name may mean."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal

from mechkg.literature.printed import PrintedText, Token
from mechkg.literature.words import words
from mechkg.model.base import Item
from mechkg.model.species import Chemical, Material, Signature, Species, SpeciesKind

EntityKind = Literal["species", "chemical", "material", "class"]

DEFAULT_TOLERANCE = 2.0
"""Nanometres that a band may lie off within one paper, for a species whose signature says nothing of it."""


@dataclass(frozen=True, slots=True)
class Band:
    """Where a species absorbs or emits, in nm, and how far off a band may lie to be still taken for it."""

    position: float
    tolerance: float
    stated: bool
    emission: bool = False


@dataclass(frozen=True)
class Entity:
    """Something known by name: its id, its names as printed, and what else a paper may call it by."""

    id: str
    kind: EntityKind
    names: tuple[str, ...]
    family: SpeciesKind | None = None
    material: str | None = None
    formulas: tuple[str, ...] = ()
    bands: tuple[Band, ...] = ()
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A known name found in a text: its place, and the entities that bear it."""

    start: int
    end: int
    entities: tuple[Entity, ...]


@dataclass(frozen=True, slots=True)
class _Name:
    """A name as tokens; ``loose`` are words, in which case does not count."""

    tokens: tuple[str, ...]
    loose: tuple[bool, ...]
    entity: Entity


@dataclass(frozen=True)
class Lexicon:
    """Everything known by name, ready for finding it in a text.

    >>> from mechkg.model.species import Chemical
    >>> lexicon = Lexicon.of([Chemical(id="tol", names=("toluene", "Tol"))])
    >>> [(n.start, n.end, n.entities[0].id) for n in lexicon.names_in(PrintedText("in Toluene, not in tolane"))]
    [(3, 10, 'tol')]
    """

    entities: tuple[Entity, ...]
    by_first: Mapping[str, Sequence[_Name]] = field(repr=False)

    @classmethod
    def of(cls, items: Iterable[Item], classes: Mapping[str, str] | None = None) -> Lexicon:
        """Build from items (others than species, chemicals and materials are passed over) and classes: local name -> label.

        Classes that the chemicals belong to are known by their local names, whether given or not. Roles are left out.
        """
        found: list[Entity] = []
        labels = dict(classes or {})
        for item in items:
            if isinstance(item, Species):
                formulas = tuple(composition.formula for composition in item.compositions)
                bands = _bands(item.signature)
                found.append(Entity(item.id, "species", item.names, item.kind, item.material, formulas, bands))
            elif isinstance(item, Chemical):
                formulas = (item.formula,) if item.formula else ()
                bands = _bands(item.signature)
                found.append(Entity(item.id, "chemical", item.names, formulas=formulas, bands=bands, classes=item.classes))
                for name in item.classes:
                    labels.setdefault(name, re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())
            elif isinstance(item, Material) and item.formula:
                found.append(Entity(item.id, "material", (item.formula,)))
        roles = set(words().chemicals["roles"])
        for local, label in sorted(labels.items()):
            if not roles & set(label.split()):
                found.append(Entity(local, "class", (label,)))
        by_first: dict[str, list[_Name]] = defaultdict(list)
        for entity in found:
            for name in dict.fromkeys((*entity.names, *entity.formulas)):
                tokens = _tokens(name)
                if tokens:
                    entry = _Name(tokens, tuple(len(t) >= 3 and t.islower() for t in tokens), entity)
                    by_first[tokens[0].lower()].append(entry)
        return cls(tuple(found), dict(by_first))

    @cached_property
    def by_id(self) -> Mapping[str, Entity]:
        """Entities by id."""
        return {entity.id: entity for entity in self.entities}

    @cached_property
    def species(self) -> tuple[Entity, ...]:
        """Entities that are species."""
        return tuple(entity for entity in self.entities if entity.kind == "species")

    @cached_property
    def materials(self) -> Mapping[str, str]:
        """Id of each material by its formula."""
        return {entity.names[0]: entity.id for entity in self.entities if entity.kind == "material"}

    @cached_property
    def general(self) -> Mapping[tuple[str, str], Sequence[Entity]]:
        """Species that stand for a whole family of one material, such as CdSe quantum dots; by family and material."""
        formula_of = {material: formula for formula, material in self.materials.items()}
        forms: dict[str, set[str]] = {family.kind: {*family.short, *family.long} for family in words().families}
        found: dict[tuple[str, str], list[Entity]] = defaultdict(list)
        for entity in self.species:
            formula = formula_of.get(entity.material or "")
            names = {f"{formula} {form}" for form in forms.get(entity.family or "", ())}
            if formula and entity.family and entity.material and names & set(entity.names):
                found[entity.family, entity.material].append(entity)
        return found

    @cached_property
    def formulas(self) -> Mapping[str, Sequence[Entity]]:
        """Species by each composition reported for them."""
        found: dict[str, list[Entity]] = defaultdict(list)
        for entity in self.species:
            for formula in entity.formulas:
                found[formula].append(entity)
        return found

    def called(self, name: str) -> tuple[Entity, ...]:
        """Return the entities that bear ``name``, however it is typeset."""
        text = PrintedText(name)
        whole = (0, len(text.read))
        return next((named.entities for named in self.names_in(text) if (named.start, named.end) == whole), ())

    def near(self, nanometres: float, *, emission: bool | None = None) -> list[tuple[Entity, Band]]:
        """Return entities with a band within its tolerance of a wavelength, the nearest first."""
        found = [
            (entity, band)
            for entity in self.entities
            for band in entity.bands
            if abs(band.position - nanometres) <= band.tolerance and (emission is None or band.emission == emission)
        ]
        return sorted(found, key=lambda pair: (abs(pair[1].position - nanometres), pair[0].id))

    def names_in(self, text: PrintedText) -> Iterator[Named]:
        """Yield every known name at its place, the longest at each; names inside longer ones are yielded too."""
        tokens = text.tokens
        for number, token in enumerate(tokens):
            lower = token.text.lower()
            candidates = [*self.by_first.get(lower, ()), *(self.by_first.get(lower[:-1], ()) if lower.endswith("s") else ())]
            best: dict[int, list[Entity]] = defaultdict(list)
            for name in candidates:
                end = _matched(tokens, number, name, text)
                if end is not None and name.entity not in best[end]:
                    best[end].append(name.entity)
            if best:
                end = max(best)
                # A chemical goes before a class of the same name.
                substances = [entity for entity in best[end] if entity.kind != "class"]
                yield Named(token.start, end, tuple(substances or best[end]))


def _bands(signature: Signature | None) -> tuple[Band, ...]:
    if signature is None:
        return ()
    stated = signature.tolerance is not None
    tolerance = signature.tolerance.to("nm") if signature.tolerance else DEFAULT_TOLERANCE
    return tuple(
        Band(quantity.to("nm"), tolerance, stated, emission)
        for emission, quantities in ((False, signature.absorption), (True, signature.emission))
        for quantity in quantities
        if quantity.high is None
    )


@lru_cache(maxsize=8192)
def _tokens(name: str) -> tuple[str, ...]:
    variants = words().variants
    return tuple(variants.get(token.text, token.text) for token in PrintedText(name).tokens)


def _matched(tokens: Sequence[Token], number: int, name: _Name, text: PrintedText) -> int | None:
    """Return where ``name`` ends if it stands at token ``number``; a plural is the same name."""
    size, variants = len(name.tokens), words().variants
    if number + size > len(tokens):
        return None
    for offset, (wanted, loose) in enumerate(zip(name.tokens, name.loose, strict=True)):
        token = tokens[number + offset]
        if offset and tokens[number + offset - 1].end != token.start and not _bridged(text, tokens[number + offset - 1], token):
            return None
        if token.text == wanted or (loose and variants.get(token.text.lower(), token.text.lower()) == wanted):
            continue
        plural = offset == size - 1 and token.text[-1] == "s" and len(token.text) > 2
        if not (plural and (token.text[:-1] == wanted or (loose and token.text[:-1].lower() == wanted))):
            return None
    start, end = tokens[number].start, tokens[number + size - 1].end
    before, after = text.read[start - 1 : start], text.read[end : end + 1]
    if before.isalnum() and tokens[number].text in "([" and text.apart(start):
        before = ""
    if before.isalpha() or (before.isdigit() and not _is_coefficient(text.read, start)):
        return None
    if after.isalnum() and (after.isalpha() or text.read[end - 1].isdigit() or text.read[end - 1].isalpha()):
        return None
    return end


def _bridged(text: PrintedText, one: Token, other: Token) -> bool:
    """Say whether only blanks and hyphens stand between two tokens."""
    return not text.read[one.end : other.start].strip(" -")


def _is_coefficient(read: str, start: int) -> bool:
    """Say whether the digits before ``start`` are a number of their own: the coefficient in "4Cd(OA)2"."""
    before = re.search(r"(?<![\w)\]])\d+(?:\.\d+)?$", read[max(0, start - 8) : start])
    return before is not None
