"""Names of species, materials and chemicals in a printed text, by the grammar of this field and by the names that are known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from mechkg.literature.chemical_names import defined, find_chemicals, is_charged
from mechkg.literature.elements import element_symbols, elements_of
from mechkg.literature.lexicon import Entity, Lexicon
from mechkg.literature.printed import PrintedText
from mechkg.literature.words import Family, any_of, words
from mechkg.model.species import SpeciesKind

NameKind = Literal["species", "material", "chemical"]


@dataclass(frozen=True)
class FoundName:
    """A name and its place in the text that is read, taken apart as far as the grammar goes.

    ``label`` is the number in "MSC-371", ``wavelength`` the one in "449 nm MSC". ``entities`` bear exactly this name.
    """

    kind: NameKind
    start: int
    end: int
    family: SpeciesKind | None = None
    material: str | None = None
    label: str | None = None
    wavelength: float | None = None
    formula: str | None = None
    entities: tuple[Entity, ...] = field(default=())


def _phrase(form: str) -> str:
    """Return a pattern for a name of several words, however joined, in any number."""
    return r"[- ]?".join(re.escape(part) for part in re.split(r"[- ]", form)) + "s?"


@lru_cache(maxsize=1)
def _families() -> dict[str, Family]:
    """Return the family of each form, long ones in lower case without blanks and hyphens."""
    found: dict[str, Family] = {}
    for family in words().families:
        for form in (*family.short, *family.letters):
            found[form] = family
        for form in (*family.long, *family.named):
            found[_plain(form)] = family
    return found


def _plain(form: str) -> str:
    return re.sub(r"[- ]", "", form).lower()


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    families = words().families
    short = any_of(tuple(form for family in families for form in family.short))
    letters = any_of(tuple(form for family in families for form in family.letters))
    long = "|".join(_phrase(f) for f in sorted((f for family in families for f in family.long), key=len, reverse=True))
    named = "|".join(_phrase(f) for f in sorted((f for family in families for f in family.named), key=len, reverse=True))
    material = r"(?P<material>(?:[A-Z][a-z]?){2,6})[ -]"
    number = r"\d{2,4}(?:/\d{2,4})?|\d?x{2,3}"
    return {
        "family": re.compile(
            rf"(?:(?<![\w-]){material})?(?<![A-Za-z0-9])(?:(?P<short>{short})s?(?:-(?P<label>{number})(?!\w)|\((?P<bracketed>\d{{3}})\))?"
            rf"|(?P<long>(?i:{long})))(?![A-Za-z\d])"
        ),
        "with_material": re.compile(rf"(?<![\w-]){material}(?:(?P<letter>{letters})s?|(?P<named>(?i:{named})))(?![A-Za-z\d])"),
        "by_band": re.compile(
            rf"(?:~|(?<![\w.]))(?P<wavelength>\d{{3,4}}(?:\.\d+)?)[ -]nm[ -](?:{material})?"
            rf"(?:(?P<short>{short})s?|(?P<long>(?i:{long}))|(?P<named>(?i:{named})))(?![A-Za-z-])"
        ),
        "letter": re.compile(rf"(?<![\w-])(?P<letter>{letters})s?(?![\w-])"),
        "units": re.compile(r"\((?P<unit>(?:[A-Z][a-z]?\d?){2,4})\)(?P<count>\d+(?:/\d+)?)"),
        "atoms": re.compile(r"(?<!\w)(?:[A-Z][a-z]?\d+){2,4}(?!\w)"),
        "more": re.compile(r"(?:,\s?(?:and |or )?| and | or |, ?and-| and-|/)-?(?P<label>\d{3}(?:/\d{3})?)(?![\w.:])"),
        "ellipsis": re.compile(r",\s?…(?=,)"),
    }


def find_names(text: PrintedText, lexicon: Lexicon) -> list[FoundName]:
    """Return the names in a text, in no particular order; shorter readings inside longer ones are among them."""
    found = [*_known(text, lexicon), *_species(text), *_formulas(text, lexicon)]
    found += (FoundName("chemical", each.start, each.end, formula=each.formula) for each in find_chemicals(text))
    found += _letters(text, found)
    found += _abbreviations(text, found)
    return [*found, *_listed(text, found)]


# --- species ----------------------------------------------------------------------------------------------------------


def _species(text: PrintedText) -> Iterator[FoundName]:
    for match in _patterns()["family"].finditer(text.read):
        family = _family(match["short"] or match["long"])
        start, material = _material(match)
        yield FoundName("species", start, match.end(), family.kind, material, match["label"] or match["bracketed"])
    for match in _patterns()["with_material"].finditer(text.read):
        start, material = _material(match)
        if material is not None:
            family = _family(match["letter"] or match["named"])
            yield FoundName("species", start, match.end(), family.kind, material)
    for match in _patterns()["by_band"].finditer(text.read):
        family = _family(match["short"] or match["long"] or match["named"])
        yield FoundName(
            "species", match.start(), match.end(), family.kind, match["material"], wavelength=float(match["wavelength"])
        )


def _family(form: str) -> Family:
    """Return the family of a printed form, in the singular or plural."""
    families = _families()
    return families.get(form) or families.get(_plain(form)) or families[_plain(form).removesuffix("s")]


def _material(match: re.Match[str]) -> tuple[int, str | None]:
    """Return where the name begins and its material; a word that is no formula does not belong to it."""
    printed = match["material"]
    if printed is None:
        return match.start(), None
    if elements_of(printed) or is_generic(printed):
        return match.start("material"), printed
    return match.end("material") + 1, None


def is_generic(printed: str) -> bool:
    """Say whether a formula stands for several: a metal or M with a chalcogen or E."""
    parts = re.findall(r"[A-Z][a-z]?", printed)
    return len(parts) == 2 and parts[1] == "E" and (parts[0] == "M" or parts[0] in element_symbols())


def _formulas(text: PrintedText, lexicon: Lexicon) -> Iterator[FoundName]:
    """Formulas of known materials with numbers: (CdSe)34, Cd35Se20."""
    made_of = {elements_of(formula): formula for formula in lexicon.materials if elements_of(formula)}
    for match in _patterns()["units"].finditer(text.read):
        inside = text.read[match.start() - 1 : match.start()].isalnum() and not text.apart(match.start())
        if elements_of(match["unit"]) in made_of and not inside:
            material = made_of[elements_of(match["unit"])]
            yield FoundName("species", match.start(), match.end(), "composition", material, formula=match.group())
    for match in _patterns()["atoms"].finditer(text.read):
        material = made_of.get(elements_of(match.group()), "")
        if material:
            yield FoundName("species", match.start(), match.end(), "composition", material, formula=match.group())


def _letters(text: PrintedText, found: list[FoundName]) -> Iterator[FoundName]:
    """Single letters that stand for a family, beside another name of a species: "monomers (Ms)", "PC, M, and F"."""
    ends = {name.end for name in found if name.kind == "species"}
    for match in _patterns()["letter"].finditer(text.read):
        before = re.search(r"(?:\(|,|, ?and | and |/)$", text.read[max(0, match.start() - 6) : match.start()])
        if before is not None and match.start() - len(before.group()) in ends:
            ends.add(match.end())
            yield FoundName("species", match.start(), match.end(), _families()[match["letter"]].kind)


def _listed(text: PrintedText, found: list[FoundName]) -> Iterator[FoundName]:
    """Numbers that go on after a labelled name: MSC-380, 408, …, 528/523, and 554. Not those with a unit."""
    more, ellipsis = _patterns()["more"], _patterns()["ellipsis"]
    for name in found:
        if name.kind != "species" or name.label is None or not name.label[:1].isdigit():
            continue
        pieces: list[FoundName] = []
        end = name.end
        while True:
            if skipped := ellipsis.match(text.read, end):
                end = skipped.end()
            match = more.match(text.read, end)
            if match is None:
                break
            if re.match(r"[ -]?(?:nm|mL|min|h|%|°)", text.read[match.end() :]):
                pieces = []  # a list of quantities, of which the label was no part
                break
            pieces.append(FoundName("species", match.start("label"), match.end(), name.family, name.material, match["label"]))
            end = match.end()
        yield from pieces


# --- known names ------------------------------------------------------------------------------------------------------


def _known(text: PrintedText, lexicon: Lexicon) -> Iterator[FoundName]:
    letters = {letter for family in words().families for letter in family.letters}
    for named in lexicon.names_in(text):
        first = named.entities[0]
        kind: NameKind = "chemical" if first.kind == "class" else first.kind
        printed = text.read[named.start : named.end]
        if printed in letters or printed.removesuffix("s") in letters:
            continue  # read only beside another name of a species
        if printed in element_symbols() and not is_charged(text, named.start, named.end):
            continue
        start = _with_prefix(text.read, named.start) if kind == "chemical" and printed[0].islower() else named.start
        entities = named.entities if start == named.start or _same(text.read[start : named.start]) else ()
        yield FoundName(kind, start, named.end, first.family, first.material if kind == "species" else None, entities=entities)


def _with_prefix(read: str, start: int) -> int:
    """Return where a name begins with a prefix that is tied to it: n-octylamine, 2-methyl..., di-tert-..."""
    known = words().chemicals
    prefixes = any_of((*known["same"], *known["prefixes"]))
    before = re.search(rf"(?<![\w)\]-])(?:(?:{prefixes}|\d(?:,\d){{0,5}})-)+$", read[max(0, start - 16) : start])
    return start - len(before.group()) if before else start


def _same(prefix: str) -> bool:
    return prefix.rstrip("-") in words().chemicals["same"]


def _abbreviations(text: PrintedText, found: list[FoundName]) -> Iterator[FoundName]:
    """Abbreviations that the text itself defines, "octylamine (OTA)", wherever they stand."""
    named: dict[tuple[int, int], FoundName] = {}
    for name in found:
        if name.kind == "chemical":
            named.setdefault((name.start, name.end), name)
    known = {(name.start, name.end) for name in found if name.entities}
    given: set[str] = set()
    for name_at, places in defined(text, named):
        short = text.read[slice(*places[0])]
        if short in given:
            continue
        given.add(short)
        for start, end in places:
            if (start, end) not in known:
                yield FoundName("chemical", start, end, entities=named[name_at].entities)
