"""Names of chemicals that nobody gave: by how they end, by the groups in a formula, by what a text does with a short name.

A chemist writes "0.7 mL OTA" or "dispersed in Tol" and means a substance, whatever the letters stand for. Such a name is
taken for one wherever it stands in the text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from mechkg.literature.elements import element_symbols, elements_of
from mechkg.literature.printed import PrintedText
from mechkg.literature.words import any_of, words


@dataclass(frozen=True, slots=True)
class FoundChemical:
    """A name of a chemical and its place in the text that is read; ``formula`` when it is one."""

    start: int
    end: int
    formula: str | None = None


def find_chemicals(text: PrintedText) -> Iterator[FoundChemical]:
    """Yield what is a name of a chemical by its own form, or by what the text does with it; they may overlap.

    >>> text = PrintedText("hexadecylamine and 2 mL of Abc; then Abc and HPPh2 were mixed")
    >>> sorted({text.read[each.start : each.end] for each in find_chemicals(text)})
    ['Abc', 'HPPh2', 'hexadecylamine']
    """
    yield from _by_form(text)
    yield from _elements(text)
    yield from _by_use(text)


def is_charged(text: PrintedText, start: int, end: int) -> bool:
    """Say whether the symbol of an element stands for the element charged: in a sum, with a coefficient, as a powder."""
    read, charged = text.read, words().charged
    before, after = read[max(0, start - 12) : start], read[end : end + 12]
    if after[:1] in ("-", ":", ".", "]"):
        return False
    in_sum = re.search(r"\+ ?\d*(?:\.\d+)?$", before) or re.match(r" ?\+", after)
    as_such = re.match(rf" (?:{any_of(charged['after'])})\b", after) or re.search(rf"\b(?:{any_of(charged['before'])}) $", before)
    return bool(in_sum or as_such)


# --- by form ----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    known = words().chemicals
    endings, prefixes = any_of(known["endings"]), any_of((*known["prefixes"], *known["same"]))
    heads, tails, acids = (any_of(known[key]) for key in ("heads", "tails", "acids"))
    elements = any_of(tuple(name for name in element_symbols().values() if len(name) > 3))
    bracketed = rf"(?:{any_of(known['prefixes'])})\([a-z,\d-]{{3,40}}\)[- ]?"
    stem = rf"(?:{bracketed})?(?:(?:{prefixes}|\d(?:,\d){{0,5}})-)*(?i:[a-z]*)"
    inside = r"(?:[^()\s]|\([^()\s]{1,40}\)\d*){1,80}"
    # Groups in capitals alone, such as OA, are told from other abbreviations only inside brackets.
    groups = any_of(tuple(group for group in known["groups"] if re.fullmatch(r"O?[A-Z][a-z]+", group)))
    return {
        "head": re.compile(rf"(?<![\w-]){stem}(?:{heads}) (?:{tails})(?![\w])"),
        "salt": re.compile(rf"(?<![\w-])(?i:{elements})(?: |\([IV]+\) ?)(?:{stem})(?:{endings}|[a-z]{{4,}}ate)(?!\w)"),
        "ionic": re.compile(rf"(?<![\w-])[A-Z][a-z]?\([IV]+\) ?(?:{stem})(?:{endings})(?!\w)"),
        "acid": re.compile(rf"(?<![\w-])(?:\d(?:,\d){{0,5}}-)?[a-z]{{3,}}ic (?:{acids})(?!\w)", re.IGNORECASE),
        "word": re.compile(rf"(?<![\w-]){stem}(?:{endings})s?(?![\w])"),
        "groups": re.compile(rf"(?<![A-Za-z])(?P<metal>[A-Z][a-z]?) ?\((?P<inside>{inside})\)\d(?:\([^()\s]{{1,40}}\)\d)*"),
        "group": re.compile(rf"{any_of(known['groups'])}|[A-Z][a-z]?\d|[a-z]{{3}}"),
        "joined_groups": re.compile(rf"(?<![\w-])(?:[A-Z][a-z]?\d*){{1,3}}(?:{groups})\d?(?!\w|\)\d)"),
        "salt_formula": re.compile(r"(?<![\w(])(?:[A-Z][a-z]?\d*){2,5}(?![\w(])"),
        "oxide": re.compile(r"(?<![\w(-])(?P<metal>[A-Z][a-z])O(?![\w(-])"),
        "gas": re.compile(r"(?<![\w(-])(?P<element>[A-Z][a-z]?)2(?![\w(-])"),
        "phosphine": re.compile(r"(?<!\w)R'?\d?P=[A-Z][a-z]?(?!\w)"),
        "chain": re.compile(r"(?<!\w)C\d+H\d+(?:[A-Za-z0-9=-]|\([A-Z][A-Za-z]?\d\))*(?:[A-Z]\w*|\)\d?)(?![\w(])"),
    }


_FORMULAS = ("groups", "joined_groups", "salt_formula", "oxide", "gas", "phosphine", "chain")


def _by_form(text: PrintedText) -> Iterator[FoundChemical]:
    """Names that end as names of chemicals do, and formulas with groups of atoms."""
    for key, pattern in _patterns().items():
        if key == "group":
            continue  # tells a group of atoms inside brackets from other marks there
        for match in pattern.finditer(text.read):
            if _is_chemical(text, key, match):
                formula = match.group().replace(" ", "") if key in _FORMULAS else None
                yield FoundChemical(match.start(), match.end(), formula)


def _is_chemical(text: PrintedText, key: str, match: re.Match[str]) -> bool:
    """Say whether what one of the patterns found is a chemical after all."""
    printed = match.group()
    if key == "word":
        return printed.lower().removesuffix("s").removesuffix("d") not in words().chemicals["not"]
    if key == "groups":
        return match["metal"] in element_symbols() and _patterns()["group"].search(match["inside"]) is not None
    if key == "joined_groups":
        return bool(elements_of(re.sub(r"O?[A-Z][a-z]+\d?$", "", printed)))
    if key == "oxide":
        return match["metal"] in element_symbols()
    if key == "gas":
        # "N2" may be the second of the Ns, too, unless the 2 is set low or the words are those for a gas.
        lowered = "₂" in text.original[slice(*text.span(match.start(), match.end()))]
        beside = re.search(
            rf"\b(?:{any_of(words().charged['before_gas'])}) $", text.read[max(0, match.start() - 20) : match.start()]
        )
        return match["element"] in words().chemicals["gases"] and (lowered or beside is not None)
    if key == "salt_formula":
        elements = elements_of(printed)
        return len(elements) >= 2 and re.search(r"\d", printed) is not None and any(len(each) > 1 for each in elements)
    return True


# --- by use -----------------------------------------------------------------------------------------------------------

_SHORT = r"[A-Z][a-z]{0,4}[A-Z][A-Za-z]{0,4}\d?"
"""At least two capitals, as in an abbreviation."""
_CAPITAL = r"[A-Z][A-Za-z]{1,5}\d?"
_AFTER_NAME = r"(?![\w\])]|-\d)"


@lru_cache(maxsize=1)
def _uses() -> tuple[re.Pattern[str], ...]:
    """Return what is said of a substance only, with the group ``name``; a capital alone is enough beside an amount."""
    charged = words().charged
    number = r"(?<![\w.])\d+(?:\.\d+)?[ -]?"
    amounts = any_of(tuple(unit for unit, (kind, _) in words().units.items() if kind in ("amount", "concentration")))
    both = rf"(?:{_CAPITAL}(?:,| and | or |/|-| ))?"
    return (
        re.compile(rf"{number}(?:{amounts}) of (?P<name>{_CAPITAL}){_AFTER_NAME}"),
        re.compile(rf"{number}(?:{amounts}) (?P<name>{_SHORT}){_AFTER_NAME}"),
        re.compile(rf"(?<![\w-])(?P<name>{_CAPITAL}) ?\({number}(?:{amounts})\b"),
        re.compile(rf"\b(?:{any_of(charged['dispersed'])}) in (?P<name>{_CAPITAL}){_AFTER_NAME}"),
        re.compile(rf"(?<![\w-])in (?P<name>{_SHORT})(?:,| at)? ?{number}°C"),
        re.compile(rf"\b(?:{any_of(charged['short_before'])}) (?:the |an? )?(?P<name>{_SHORT}){_AFTER_NAME}"),
        re.compile(rf"(?<![\w-])(?P<name>{_SHORT}) (?:{any_of(charged['short_after'])})\b"),
        re.compile(rf"(?<![\w-]){both}(?P<name>{_SHORT}) (?:{any_of(charged['medium'])})\b"),
    )


def _by_use(text: PrintedText) -> Iterator[FoundChemical]:
    """Short names that the text uses as those of substances, wherever they stand in it."""
    names: set[str] = set()
    for pattern in _uses():
        names.update(match["name"] for match in pattern.finditer(text.read))
    names = {name for name in names if _may_be_short(text, name)}
    for name in sorted(names):
        names |= {other for other in _joined(text, name) if _may_be_short(text, other)}
    for name in names:
        for match in re.finditer(rf"(?<![\w\])]){name}{_AFTER_NAME}", text.read):
            yield FoundChemical(match.start(), match.end())


def _may_be_short(text: PrintedText, name: str) -> bool:
    """Say whether a short name may be one of a substance: no family, element, method or compound of two elements, no label."""
    forms = {form for family in words().families for form in (*family.short, *family.letters)}
    elements = elements_of(name)
    compound = len(elements) == 2 and re.match(r"[A-Z][a-z]", name) is not None
    other = name in forms or name.removesuffix("s") in forms or name in words().charged["no_substance"]
    labelled = re.search(rf"(?<!\w){name}-\d", text.read) is not None
    return not (other or compound or labelled or name in element_symbols())


def _joined(text: PrintedText, name: str) -> Iterator[str]:
    """Names that one sentence joins to that of a substance: "Tol and OTA", "Tol-OTA"."""
    for match in re.finditer(rf"(?<=[a-z,(] )(?P<other>{_CAPITAL})(?: and |-|/|\+){name}(?![\w-])", text.read):
        yield match["other"]
    for match in re.finditer(rf"(?<![\w-]){name}(?: and |-|/|\+)(?P<other>{_SHORT}){_AFTER_NAME}", text.read):
        yield match["other"]


def _elements(text: PrintedText) -> Iterator[FoundChemical]:
    """Elements that are charged: weighed, in a sum with a formula, as a powder."""
    amounts = any_of(tuple(unit for unit, (kind, _) in words().units.items() if kind == "amount"))
    weighed = re.compile(rf"(?<![\w.])\d+(?:\.\d+)?[ -]?(?:{amounts}) (?:of )?$")
    for match in re.finditer(r"(?<![A-Za-z)\]-])[A-Z][a-z]?(?![\w\[(=-])", text.read):
        if match.group() not in element_symbols() or match.group() in words().chemicals["no_elements"]:
            continue
        before, after = text.read[max(0, match.start() - 20) : match.start()], text.read[match.end() : match.end() + 12]
        in_sum = re.search(r"[)\d] ?\+ ?\d*(?:\.\d+)?$", before) or re.match(r" ?\+ ?\d*[A-Z][a-z]?\(", after)
        charged = len(match.group()) > 1 and is_charged(text, match.start(), match.end())
        if weighed.search(before) or in_sum or charged:
            yield FoundChemical(match.start(), match.end())


def defined(text: PrintedText, names: Collection[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], list[tuple[int, int]]]]:
    """Yield each of the names that the text gives a short form, "octylamine (OTA)", with the places of that form.

    The letters of a short form stand in the name, in their order.
    """
    for start, end in names:
        match = _DEFINED.match(text.read, end)
        if match is None:
            continue
        letters = iter(text.read[start:end].lower())
        if all(letter in letters for letter in match["short"].lower()):
            yield (start, end), [m.span() for m in re.finditer(rf"(?<![\w]){match['short']}(?!\w)", text.read)]


_DEFINED = re.compile(r" ?\((?P<short>[A-Z][A-Za-z]{1,6})\)")
