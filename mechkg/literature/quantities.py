"""Quantities in a printed text: numbers with units, lists and ranges that share one, ratios, and how exact the print is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, cast

from mechkg.literature.dimensions import has_dimension
from mechkg.literature.printed import PrintedText
from mechkg.literature.words import any_of, words
from mechkg.model.quantity import Quantity, Relation

QuantityKind = Literal["wavelength", "temperature", "time", "amount", "concentration", "ratio", "quantity"]

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:×10\^?-?\d+)?"
_SIGNS: dict[str, Relation] = {"~": "~", "<": "<", ">": ">", "≤": "<=", "≥": ">="}
_TAG = r"(?:\([a-z]\d?\))?"
_OPTICAL = (150.0, 2500.0)
"""Nanometres: a length outside is no place in a spectrum of these methods."""


@dataclass(frozen=True, slots=True)
class FoundQuantity:
    """A quantity and its place in the text that is read; ``value`` is a word where the print gives no number, or a ratio."""

    kind: QuantityKind
    start: int
    end: int
    value: Quantity | str
    of: str | None = None


@dataclass(frozen=True, slots=True)
class _Unit:
    """A printed unit: what it measures, and how the model writes it."""

    kind: QuantityKind
    unit: str


@dataclass(frozen=True, slots=True)
class _Term:
    """One number of a list: place of its sign or first digit, end, what joins it to the next, value, relation."""

    start: int
    end: int
    value: float
    relation: Relation
    joined: str = ""


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    known = words()
    simple = any_of(known.units)
    powered = rf"(?:{simple})(?:\^?-[1-3]|\^[1-3])"
    unit = rf"(?:{powered}|{simple})(?:[/·](?:{powered}|{simple})|[· ]?{powered})*"
    long_units = any_of(tuple(u for u, (kind, _) in known.units.items() if kind == "time" and len(u) > 2))
    number_words = any_of(known.numbers)
    return {
        "anchor": re.compile(rf"(?<![\w^])(?<!\d[.,])(?P<number>{_NUMBER})(?P<tag>{_TAG})[ -]?(?P<unit>{unit})(?![A-Za-z])"),
        "before": re.compile(
            rf"(?P<number>(?<![\w^])(?<!\d[.,]){_NUMBER}){_TAG}"
            rf"(?P<joint>\s*(?:,\s?(?:and|or)?|and|or|to|-|/|±|\+-)\s*)(?P<sign>[~<>≤≥]?)$"
        ),
        "worded": re.compile(rf"\b(?P<number>{number_words})[ -](?P<unit>{long_units})(?![A-Za-z])", re.IGNORECASE),
        "temperature": re.compile(
            "|".join(rf"(?<!\w){re.escape(w).replace(chr(92) + ' ', '[ -]')}(?!\w)" for w in known.temperatures)
        ),
        "prefixed": re.compile(
            rf"(?<!\w)(?P<prefix>{any_of(known.prefixes)})\s*(?P<sign>[~<>≤≥]?)(?P<number>{_NUMBER})(?![\w/])"
        ),
        "ratio": re.compile(rf"(?<![\w.:/]){_NUMBER}(?:: ?{_NUMBER}){{1,3}}(?![\w:/])"),
        "parts": re.compile(
            r"(?<![\w(.])(?P<one>\d+(?:\.\d+)?)[A-Z][A-Za-z]{0,9}(?:-to-| to )(?P<other>\d+(?:\.\d+)?)[A-Z][A-Za-z]{0,9}(?![\w(])"
        ),
        "in_words": re.compile(
            rf"\bratios? of (?P<both>(?P<one>{number_words}|{_NUMBER})(?: to |-to-)(?P<other>{number_words}|{_NUMBER}))(?!\w)"
        ),
        "unit": re.compile(rf"(?P<unit>{simple})(?:\^?(?P<power>-?[1-3]))?(?P<slash>/?)"),
        "relation": re.compile(rf"(?<!\w)(?P<words>{any_of(known.before)}) ?$", re.IGNORECASE),
        "after": re.compile(rf" (?P<words>{any_of(known.after)})(?!\w)"),
        "of": re.compile(r"\[(?P<of>[A-Z][A-Za-z]?)\]=$"),
    }


def find_quantities(text: PrintedText) -> list[FoundQuantity]:
    """Return the quantities of a text, in no particular order; they may overlap where two readings are possible.

    >>> found = find_quantities(PrintedText("bands at 399 and ~415 nm after 20–30 min at room temperature; Cd:Te of 0.2:1"))
    >>> [(q.kind, str(q.value)) for q in sorted(found, key=lambda q: q.start)]
    [('wavelength', '399 nm'), ('wavelength', '~ 415 nm'), ('time', '20 to 30 min'), ('temperature', 'room temperature'),
    ('ratio', '0.2:1')]
    """
    return [*_with_units(text), *_in_words(text), *_prefixed(text), *_ratios(text)]


def number(printed: str) -> float:
    """Return the value of a printed number.

    >>> number("1,200"), number("3×10^-4")
    (1200.0, 0.0003)
    """
    mantissa, _, power = printed.replace(",", "").partition("×10")
    return float(f"{mantissa}e{power.lstrip('^')}") if power else float(mantissa)


# --- numbers with units -----------------------------------------------------------------------------------------------


def _with_units(text: PrintedText) -> Iterator[FoundQuantity]:
    read = text.read
    for match in _patterns()["anchor"].finditer(read):
        unit = _unit(match["unit"])
        decade = match["unit"] == "s" and re.fullmatch(r"(?:1[6-9]|20)\d0s", match.group()) is not None
        if unit is None or decade or _is_initial(read, match) or _part_of_name(text, match.start()):
            continue
        terms = _terms(text, match, unit)
        last = match.end()
        of = _patterns()["of"].search(read, 0, terms[0].start)
        between = len(terms) == 2 and re.search(r"\bbetween ?$", read[: terms[0].start]) is not None
        if between and terms[0].joined == "and":
            terms[0] = replace(terms[0], joined="to")
        for index, (first, end, given) in enumerate(_joined(terms)):
            stop = last if end == terms[-1].end else end
            value = _value(read, given, unit, first, stop, whole=index == 0)
            kind = _kind(read, unit, value, first, stop)
            yield FoundQuantity(kind, first, stop, value, of["of"] if of else None)


def _terms(text: PrintedText, match: re.Match[str], unit: _Unit) -> list[_Term]:
    """Return the numbers that share the unit of ``match``, in the order of the print."""
    read, start = text.read, match.start()
    sign, start = _sign(text, start)
    value = number(match["number"])
    negative = sign == "-"
    terms = [_Term(start, match.end("number"), -value if negative else value, _SIGNS.get(sign, "="))]
    while before := _patterns()["before"].search(read, max(0, start - 40), start):
        joint, first = before["joint"].strip(), before.start("number")
        if joint == "/" and unit.kind != "wavelength":
            break
        if _is_label(read, first) or _part_of_name(text, first) or _is_year(before["number"], joint):
            break
        sign, begin = _sign(text, first)
        previous = number(before["number"])
        mark = before["sign"]
        if mark:  # the sign belongs to the number after it
            terms[0] = _Term(before.start("sign"), terms[0].end, terms[0].value, _SIGNS[mark], terms[0].joined)
        relation = _SIGNS.get(sign, "=")
        terms.insert(0, _Term(begin, before.end("number"), -previous if sign == "-" else previous, relation, joint))
        start = begin
    return terms


def _sign(text: PrintedText, start: int) -> tuple[str, int]:
    """Return the relation or minus that belongs to the number at ``start``, and where it begins."""
    before = text.read[start - 1 : start]
    if before in _SIGNS and before:
        return before, start - 1
    # A minus is set apart from the word before it and touches its number; a hyphen or a dash of a range does not.
    if (
        before == "-"
        and not text.apart(start)
        and (text.apart(start - 1) or text.read[start - 2 : start - 1] in ("", "(", "=", "~"))
    ):
        return "-", start - 1
    return "", start


def _joined(terms: list[_Term]) -> Iterator[tuple[int, int, list[_Term]]]:
    """Yield place and numbers of each quantity: two numbers for a range or an uncertainty, else one."""
    number_of = 0
    while number_of < len(terms):
        term = terms[number_of]
        if term.joined in ("to", "-", "±", "+-") and number_of + 1 < len(terms):
            yield term.start, terms[number_of + 1].end, [term, terms[number_of + 1]]
            number_of += 2
        else:
            yield term.start, term.end, [term]
            number_of += 1


def _value(read: str, terms: list[_Term], unit: _Unit, start: int, end: int, *, whole: bool) -> Quantity:
    relation = terms[0].relation
    if relation == "=":
        if whole and (before := _patterns()["relation"].search(read, max(0, start - 24), start)):
            relation = words().before[before["words"].lower()]
        elif after := _patterns()["after"].match(read, end):
            relation = words().after[after["words"]]
    error = terms[0].value and terms[1].value if len(terms) == 2 and terms[0].joined in ("±", "+-") else None
    high = terms[1].value if len(terms) == 2 and error is None else None
    return Quantity(value=terms[0].value, unit=unit.unit, high=high, uncertainty=error, relation=relation)


def _kind(read: str, unit: _Unit, value: Quantity, start: int, end: int) -> QuantityKind:
    if unit.kind != "wavelength":
        return unit.kind
    near = set(re.findall(r"[a-z]+", read[max(0, start - 30) : start].lower())[-4:])
    near |= set(re.findall(r"[a-z]+", read[end : end + 20].lower())[:1])
    optical = _OPTICAL[0] <= value.value <= _OPTICAL[1] and not near & words().sizes
    return "wavelength" if optical else "quantity"


@lru_cache(maxsize=512)
def _unit(printed: str) -> _Unit | None:
    """Return what a printed unit means: ``kJ mol-1`` is kJ/mol, ``min-1`` is 1/min; None when it means nothing."""
    known = words().units
    if printed in known:
        kind, unit = known[printed]
        return _Unit(cast(QuantityKind, kind), unit)  # a test holds the kinds of the file
    above: list[str] = []
    below: list[str] = []
    divided = False
    for part in _patterns()["unit"].finditer(printed):
        _, unit = known[part["unit"]]
        power = int(part["power"] or 1) * (-1 if divided else 1)
        (above if power > 0 else below).extend([unit] * abs(power))
        divided = bool(part["slash"])
    written = "/".join(["*".join(above) or "1", *below])
    try:
        Quantity(value=1.0, unit=written)
    except ValueError:
        return None
    return _Unit("concentration" if has_dimension(written, "concentration") else "quantity", written)


# --- what is not a quantity -------------------------------------------------------------------------------------------


def _is_label(read: str, start: int) -> bool:
    """Say whether the number at ``start`` is the number of a figure, step, sample or the like."""
    before = re.search(r"([A-Za-z]+)[.\s]*\(?$", read[max(0, start - 16) : start])
    return before is not None and before[1].lower() in words().labels


def _is_year(printed: str, joint: str) -> bool:
    return joint.startswith(",") and re.fullmatch(r"(?:19|20)\d\d", printed) is not None


def _is_initial(read: str, match: re.Match[str]) -> bool:
    """Say whether what looks like a unit is the initial of a name ("31 K. Yu") or the mark of a panel ("Fig. 4 g")."""
    if match["unit"] not in words().initials:
        return False
    before = re.search(r"([a-z]+)\s?$", read[max(0, match.start() - 12) : match.start()])
    if before is not None and before[1] in words().before_initials:
        return False
    initial = match["unit"].isupper() and re.match(r"\.(?:$|[A-Z-])", read[match.end() : match.end() + 2]) is not None
    return initial or _is_label(read, match.start())


def _part_of_name(text: PrintedText, start: int) -> bool:
    """Say whether the number follows a hyphen that ties it to a word: the label of a name, not a quantity."""
    read = text.read
    if read[start - 1 : start] != "-" or start < 2:
        return False
    return read[start - 2].isalpha() and not text.apart(start - 1)


# --- words, prefixes, ratios ------------------------------------------------------------------------------------------


def _in_words(text: PrintedText) -> Iterator[FoundQuantity]:
    known = words()
    for match in _patterns()["worded"].finditer(text.read):
        unit = known.units[match["unit"].lower()][1]
        value = Quantity(value=float(known.numbers[match["number"].lower()]), unit=unit)
        yield FoundQuantity("time", match.start(), match.end(), value)
    for match in _patterns()["temperature"].finditer(text.read):
        yield FoundQuantity("temperature", match.start(), match.end(), known.temperatures[0])


def _prefixed(text: PrintedText) -> Iterator[FoundQuantity]:
    for match in _patterns()["prefixed"].finditer(text.read):
        unit = words().prefixes[match["prefix"]]
        value = Quantity(value=number(match["number"]), unit=unit, relation=_SIGNS.get(match["sign"], "="))
        # A prefix of words tells what the number is; one of signs (m/z) is its unit.
        start = match.start() if " " not in match["prefix"] else match.start("sign")
        yield FoundQuantity("quantity", start, match.end("number"), value)


def _ratios(text: PrintedText) -> Iterator[FoundQuantity]:
    known = words().numbers
    for match in _patterns()["ratio"].finditer(text.read):
        yield FoundQuantity("ratio", match.start(), match.end(), match.group().replace(" ", ""))
    for match in _patterns()["parts"].finditer(text.read):
        yield FoundQuantity("ratio", match.start(), match.end(), f"{match['one']}:{match['other']}")
    for match in _patterns()["in_words"].finditer(text.read):
        one, other = (str(known.get(match[side], match[side])) for side in ("one", "other"))
        yield FoundQuantity("ratio", match.start("both"), match.end("both"), f"{one}:{other}")
