"""Does a quote carry what is typed from it? Numbers with units, names, negation, direction, bounds and uncertainty are compared.

A quote of at most 25 words seldom holds all of a claim. So three things are told apart: what of the claim stands in the quote,
what is not said there, and what the quote contradicts: another number, another species, a denial, the reverse of a bound. A
reviewer who accepts a contradicted claim has to say why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal

from pydantic import BaseModel

from mechkg.literature.lexicon import Entity, Lexicon
from mechkg.literature.mentions import NAMES, Mention, find_mentions
from mechkg.literature.places import Path
from mechkg.literature.polarity import Negation, negations
from mechkg.literature.printed import PrintedText
from mechkg.literature.quantities import number
from mechkg.literature.words import any_of, words
from mechkg.model.assertion import Claim
from mechkg.model.base import Item
from mechkg.model.observation import Observation
from mechkg.model.quantity import Quantity
from mechkg.model.species import Chemical, Material, Species

Status = Literal["said", "not said", "contradicted"]
What = Literal["quantity", "name", "formula", "negation", "direction"]
BETWEEN = " ¶ "
"""Stands between the quotes of one item, so that no reading runs from one into the next."""

_BARE = re.compile(r"(?<![\w.^])\d+(?:,\d{3})*(?:\.\d+)?(?!\w)")
_BELOW, _ABOVE = ("<", "<="), (">", ">=")
_DENYING = ("absent", "no-reaction", "no-emission", "no-change")
_SAYING = ("present", "appears", "increases", "peak-position", "emission", "maximum")
_ALONE = re.compile(r"\b(?:only|pure|alone|solely|single|single-ensemble)\b", re.IGNORECASE)
_WAYS = (("by name",), ("by its band", "as one of several it may be"), ("by its family", "by its class"), ("by its material",))
"""How a quote may mean something, the surest first."""
_REFERENCES = frozenset(("id", "at", "than", "procedure", "observations", "cites", "rests_on", "assumes", "reported_in", "uses"))
_PRIMARY = re.compile(r"subject|about|gave|reactants|products|entries|of$|id$")
_LEADING = re.compile(r"measured|signature|rate_constant|limit|band_gap|absorption_onset|entries|mass_to_charge|isosbestic")


@dataclass(frozen=True, slots=True)
class FitFinding:
    """One part of the claim held against the quote.

    ``path`` is its place in the item, ``claimed`` what is typed there, ``printed`` what the quote says to it, if anything.
    """

    status: Status
    what: What
    path: str
    claimed: str
    printed: str | None
    reason: str


@dataclass(frozen=True)
class Fit:
    """What of a claim its quote carries."""

    findings: tuple[FitFinding, ...]

    def of(self, status: Status) -> list[FitFinding]:
        """Return the findings of one status."""
        return [finding for finding in self.findings if finding.status == status]

    @property
    def verdict(self) -> Literal["fits", "fits in part", "contradicted", "says nothing"]:
        """Return the worst that was found; a claim of which the quote says nothing at all fits no better than in part."""
        if self.of("contradicted"):
            return "contradicted"
        if not self.of("not said"):
            return "fits"
        return "fits in part" if self.of("said") else "says nothing"


def check_fit(quotes: str | Sequence[str], item: Item, lexicon: Lexicon) -> Fit:
    """Hold the typed values of ``item`` against its quotes.

    >>> from mechkg.model.observation import Observation
    >>> claim = Observation(id="o", at=("p/s",), kind="present", measured=({"what": "band", "quantity": "399 nm"},))
    >>> [(f.status, f.reason) for f in check_fit("no peak at 415 nm was seen", claim, Lexicon.of([])).findings]
    [('contradicted', 'the quote gives another number'), ('contradicted', 'the quote denies it')]
    """
    given = (quotes,) if isinstance(quotes, str) else tuple(quotes)
    check = _Check(BETWEEN.join(given), item, lexicon)
    return Fit((*check.quantities(), *check.names(), *check.formulas(), *check.negation(), *check.direction()))


class _Check:
    """One item against its quotes."""

    def __init__(self, text: str, item: Item, lexicon: Lexicon) -> None:
        self.text = PrintedText(text)
        self.item, self.lexicon = item, lexicon
        self.mentions = find_mentions(self.text, lexicon)

    # --- quantities -------------------------------------------------------------------------------------------------

    @cached_property
    def _printed(self) -> list[Mention]:
        return [mention for mention in self.mentions if isinstance(mention.value, Quantity)]

    @cached_property
    def _bare(self) -> set[float]:
        """Numbers of the quote, with or without unit, in digits or in words."""
        read = self.text.read
        found = {number(match.group()) for match in _BARE.finditer(read)}
        return found | {float(words().numbers[m.lower()]) for m in re.findall(rf"(?i)\b(?:{any_of(words().numbers)})\b", read)}

    def quantities(self) -> Iterator[FitFinding]:
        pairs = [(path, quantity, self._match(quantity)) for path, quantity in _quantities(self.item)]
        used = {id(mention) for _, _, mention in pairs if mention is not None}
        open_ones: list[tuple[str, Quantity]] = []
        for path, quantity, mention in pairs:
            if mention is not None:
                yield self._compared(path, quantity, mention)
            elif quantity.value in self._bare and (quantity.high is None or quantity.high in self._bare):
                yield _finding("said", "quantity", path, quantity, None, "the number is there, its unit is not beside it")
            else:
                open_ones.append((path, quantity))
        matched = [mention for _, _, mention in pairs if mention is not None]
        for path, quantity in open_ones:
            yield self._unmatched(path, quantity, used, matched, [other for _, other in open_ones])

    def _match(self, quantity: Quantity) -> Mention | None:
        """Return the mention with the same number, in whatever unit; of several the one with the same relation."""
        alike = [mention for mention in self._printed if _same_number(quantity, mention.value)]
        return min(alike, key=lambda m: getattr(m.value, "relation", "=") != quantity.relation, default=None)

    def _compared(self, path: str, quantity: Quantity, mention: Mention) -> FitFinding:
        printed = mention.value
        assert isinstance(printed, Quantity)
        said, shown = quantity.relation, printed.relation
        status: Status = "said"
        reason = "the same number" if quantity.unit == printed.unit else "the same, in another unit"
        if (said in _BELOW and shown in _ABOVE) or (said in _ABOVE and shown in _BELOW):
            status, reason = "contradicted", "the quote gives the opposite bound"
        elif said in ("=", "~") and shown in (*_BELOW, *_ABOVE):
            # Times are spoken of by their ends ("for up to 196 min", "after 120 min"): the end is the value.
            strict = shown in ("<", ">") and not _alike(quantity, _a_second())
            status, reason = "contradicted" if strict else "not said", "the quote gives a bound, not a value"
        elif said in (*_BELOW, *_ABOVE) and shown in ("=", "~"):
            status, reason = "not said", "the number is there, that it is a bound is not"
        elif said == "=" and shown == "~":
            status, reason = "not said", "the quote says about"
        elif quantity.uncertainty is not None and printed.uncertainty is None:
            status, reason = "not said", "the number is there, its uncertainty is not"
        elif quantity.uncertainty is not None and not _close(quantity.uncertainty, printed.uncertainty or 0.0):
            status, reason = "contradicted", "the quote gives another uncertainty"
        return _finding(status, "quantity", path, quantity, mention.text, reason)

    def _unmatched(
        self, path: str, quantity: Quantity, used: set[int], matched: list[Mention], unmatched: list[Quantity]
    ) -> FitFinding:
        """Say whether the quote gives another number for the same thing, or none.

        It gives another when what it prints of that sort is all left over, or as many numbers are left over as the claim lacks. A
        time may be that of another stage and a temperature that of another sample, so these never count as another number.
        """
        if self.item.flag == "derived":
            return _finding("not said", "quantity", path, quantity, None, "computed by the curator")
        kind = "wavelength" if _is_wavelength(quantity) else None
        left = [m for m in self._printed if id(m) not in used and _alike(quantity, m.value) and kind in (None, m.kind)]
        owner = re.fullmatch(r"amounts\.(.+)", path)
        if owner is not None:
            left = [mention for mention in left if mention.of == owner[1]]
        elif not _LEADING.search(path) or _alike(quantity, _a_second()):
            left = []
        some = any(_alike(quantity, mention.value) for mention in matched)
        if not left or (some and len(left) != sum(_alike(quantity, other) for other in unmatched)):
            return _finding("not said", "quantity", path, quantity, None, "the number is not in the quote")
        return _finding("contradicted", "quantity", path, quantity, left[0].text, "the quote gives another number")

    # --- names ------------------------------------------------------------------------------------------------------

    @cached_property
    def _claimed(self) -> list[tuple[str, Entity]]:
        return list(_entities(self.item, self.lexicon))

    def names(self) -> Iterator[FitFinding]:
        claimed = {entity.id for _, entity in self._claimed}
        primary = [entity for path, entity in self._claimed if _PRIMARY.search(path)]
        some = any(self._said(entity) for entity in primary)
        # That something is not there may be said by naming what is there alone.
        denying = isinstance(self.item, Observation) and self.item.kind in (*_DENYING, "disappears")
        for path, entity in self._claimed:
            if found := self._said(entity):
                mention, how = found
                yield _finding("said", "name", path, entity.id, mention.text, how)
                continue
            other = None if some or denying or not _PRIMARY.search(path) else self._other(entity, claimed)
            if other is None:
                yield _finding("not said", "name", path, entity.id, None, "the quote does not name it")
            else:
                yield _finding("contradicted", "name", path, entity.id, other.text, f"the quote speaks of '{other.entity}'")

    def _said(self, entity: Entity) -> tuple[Mention, str] | None:
        """Return the mention that means the entity, and in which way; None when none does."""
        means = [(self._means(mention, entity), mention) for mention in self.mentions]
        return next(((m, way) for ways in _WAYS for way in ways for given, m in means if given == way), None)

    def _means(self, mention: Mention, entity: Entity) -> str | None:
        """Return in which way a mention means the entity; None when it does not."""
        candidates = {candidate.entity for candidate in mention.candidates}
        if mention.kind in NAMES and mention.entity == entity.id:
            return "by name"
        if mention.kind == "wavelength" and (mention.entity == entity.id or (mention.entity is None and entity.id in candidates)):
            return "by its band"
        if mention.entity is None and entity.id in candidates:
            return "as one of several it may be"
        if self._of_family(mention, entity):
            return "by its family"
        if mention.kind == "chemical" and mention.entity in entity.classes:
            return "by its class"
        if mention.kind == "material" and mention.entity == entity.material:
            return "by its material"
        return None

    def _of_family(self, mention: Mention, entity: Entity) -> bool:
        """Say whether a mention names the family of the entity, with its material or none, and no other member of it."""
        if mention.kind != "species" or entity.kind != "species" or mention.family is None:
            return False
        families = {mention.family, "M/F"} if mention.family in ("M", "F") else {mention.family}
        if mention.family == "MSC":
            families |= {"dMSC", "magic-size species"}
        linked = self.lexicon.by_id.get(mention.entity or "")
        member = linked is not None and bool(linked.bands or linked.formulas) and linked.id != entity.id
        material = self.lexicon.materials.get(mention.material or "")
        return entity.family in families and not member and material in (None, entity.material)

    def _other(self, entity: Entity, claimed: set[str]) -> Mention | None:
        """Return a mention of another member of the entity's family that the item does not speak of."""
        for mention in self.mentions:
            other = self.lexicon.by_id.get(mention.entity or "")
            if mention.kind != "species" or other is None or other.id in claimed or not other.bands:
                continue
            if other.family == entity.family and entity.bands:
                return mention
        return None

    def formulas(self) -> Iterator[FitFinding]:
        for path, formula in _formulas(self.item):
            inside = _plain(formula) in _plain(self.text.read)
            reason = "the formula is printed" if inside else "the formula is not in the quote"
            yield _finding("said" if inside else "not said", "formula", path, formula, formula if inside else None, reason)

    # --- negation and direction --------------------------------------------------------------------------------------

    @cached_property
    def _negations(self) -> list[Negation]:
        return negations(self.text.original)

    def negation(self) -> Iterator[FitFinding]:
        item = self.item
        if not isinstance(item, Observation):
            return
        spoken = self._spoken(item)
        if item.kind in _DENYING:
            yield self._denial(item, spoken)
        elif item.kind in _SAYING:
            ever = [negation for negation in self._negations if not negation.later]
            denied = [n for m in spoken for n in ever if n.denies(m.start, m.end)]
            if spoken and all(any(n.denies(m.start, m.end) for n in ever) for m in spoken):
                yield _finding("contradicted", "negation", "kind", item.kind, denied[0].word, "the quote denies it")

    def _denial(self, item: Observation, spoken: list[Mention]) -> FitFinding:
        """Say whether the quote denies what the observation says is not there."""
        words_used = [n for n in self._negations if not spoken or any(n.denies(m.start, m.end) for m in spoken)]
        if words_used:
            reason = "the quote denies it" if spoken else "the quote denies something, without naming it"
            return _finding("said", "negation", "kind", item.kind, words_used[0].word, reason)
        alone = _ALONE.search(self.text.read)
        if alone and not self._named(item):
            return _finding("said", "negation", "kind", item.kind, alone.group(), "the quote names what is there alone")
        if spoken and not self._negations:
            return _finding(
                "contradicted", "negation", "kind", item.kind, spoken[0].text, "the quote speaks of it and denies nothing"
            )
        return _finding("not said", "negation", "kind", item.kind, None, "nothing in the quote denies it")

    def _subjects(self, item: Observation) -> list[Entity]:
        return [entity for name in item.subject if (entity := self.lexicon.by_id.get(name))]

    def _named(self, item: Observation) -> bool:
        subjects = {entity.id for entity in self._subjects(item)}
        return any(mention.entity in subjects for mention in self.mentions)

    def _spoken(self, item: Observation) -> list[Mention]:
        """Return the mentions of what the observation is about, by name, band or family; of a whole sample, those of bands."""
        subjects = self._subjects(item)
        if not subjects:
            return [mention for mention in self.mentions if mention.kind in ("wavelength", "species")]
        for ways in _WAYS:
            found = [m for m in self.mentions if any(self._means(m, entity) in ways for entity in subjects)]
            if found:
                return found
        return []

    def direction(self) -> Iterator[FitFinding]:
        item = self.item
        if not isinstance(item, Observation):
            return
        for path, said in (("kind", item.kind), ("comparison", item.comparison)):
            changes, reverse = words().changes, words().opposites.get(said or "")
            if said is None or said not in changes or reverse is None:
                continue
            own, opposite = changes[said].search(self.text.read), changes[reverse].search(self.text.read)
            if own:
                yield _finding("said", "direction", path, said, own.group(), "a word of the quote says so")
            elif opposite and not self._negations and self._spoken(item):
                yield _finding("contradicted", "direction", path, said, opposite.group(), "a word of the quote says the reverse")
            else:
                yield _finding("not said", "direction", path, said, None, "no word of the quote says so")


def _finding(status: Status, what: What, path: str, claimed: object, printed: str | None, reason: str) -> FitFinding:
    return FitFinding(status, what, path, str(claimed), printed, reason)


# --- walking an item --------------------------------------------------------------------------------------------------


def _values(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield path and value of everything in an item that has no parts; a quantity counts as one."""
    if isinstance(value, BaseModel) and not isinstance(value, Quantity):
        for name in type(value).model_fields:
            yield from _values(getattr(value, name), (*path, name))
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from _values(member, (*path, key))
    elif isinstance(value, tuple | list):
        for index, member in enumerate(value):
            yield from _values(member, (*path, index))
    elif value is not None:
        yield path, value


def _dotted(path: Path) -> str:
    return ".".join(map(str, path))


def _quantities(item: Item) -> Iterator[tuple[str, Quantity]]:
    for path, value in _values(item):
        # What a curator adds as a reading aid, such as how far a band may lie off, is not taken from the words.
        if isinstance(value, Quantity) and path[-1] != "tolerance":
            yield _dotted(path), value


def _entities(item: Item, lexicon: Lexicon) -> Iterator[tuple[str, Entity]]:
    """Yield what the item refers to and the lexicon knows; of a species or chemical, itself."""
    seen: set[str] = set()
    itself = isinstance(item, Species | Chemical | Material)
    if itself and item.id in lexicon.by_id:
        yield "id", lexicon.by_id[item.id]
        return
    for path, value in _values(item):
        names = [value] if isinstance(value, str) else []
        if path[0] == "amounts":
            names.append(str(path[1]))
        for name in names:
            if path[0] not in _REFERENCES and name in lexicon.by_id and name not in seen:
                seen.add(name)
                yield _dotted(path), lexicon.by_id[name]


def _formulas(item: Item) -> Iterator[tuple[str, str]]:
    if isinstance(item, Species):
        yield from ((f"compositions.{n}.formula", each.formula) for n, each in enumerate(item.compositions))
    elif isinstance(item, Claim):
        yield from ((f"entries.{n}.formula", each.formula) for n, each in enumerate(item.entries))
    elif isinstance(item, Chemical | Material) and item.formula:
        yield "formula", item.formula


# --- comparing --------------------------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", PrintedText(text).read)


def _close(one: float, other: float, slack: float = 0.0) -> bool:
    return abs(one - other) <= max(1e-6 * max(abs(one), abs(other)), slack)


@cache
def _a_second() -> Quantity:
    return Quantity(value=1, unit="s")  # made when it is needed: the first unit costs a quarter of a second


def _alike(quantity: Quantity, other: object) -> bool:
    """Say whether two quantities are of one dimension."""
    if not isinstance(other, Quantity):
        return False
    try:
        other.to(quantity.unit or "dimensionless")
    except ValueError:
        return False
    return True


def _same_number(quantity: Quantity, other: object) -> bool:
    """Say whether the numbers agree in the unit of the print; where the units differ, to the digits that are printed.

    A single value agrees with an end of a range.
    """
    if not isinstance(other, Quantity) or not _alike(quantity, other):
        return False
    unit = other.unit or "dimensionless"
    claimed = [quantity.to(unit)]
    if quantity.high is not None:
        claimed.append(quantity.model_copy(update={"value": quantity.high}).to(unit))
    printed = [other.value] if other.high is None else [other.value, other.high]
    slack = 0.0 if quantity.unit == other.unit else min(0.5 * 10.0 ** -_decimals(other.value), 0.005 * abs(other.value))
    if len(claimed) == 1:
        return any(_close(claimed[0], end, slack) for end in printed)
    return len(printed) == 2 and all(_close(one, end, slack) for one, end in zip(claimed, printed, strict=True))


def _is_wavelength(quantity: Quantity) -> bool:
    return quantity.unit == "nm" and quantity.value >= 150


def _decimals(value: float) -> int:
    return len(f"{value:.10g}".partition(".")[2])
