"""Assertions that a paper's sentences suggest, as bodies of items for the curator's queue: few, each with its quote, none final.

A sentence is read by a small set of patterns over what was found in it. What a suggestion does not say, such as the stage of a
procedure at which something was seen, is listed as missing, what of the sentence it leaves out as not understood. Sentences that
suppose, propose or ask are passed over, and so is what a fit check would contradict.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from pydantic import ValidationError

from mechkg.literature.elements import element_names
from mechkg.literature.fit import check_fit
from mechkg.literature.lexicon import Lexicon
from mechkg.literature.mentions import Mention, Proposal, find_mentions
from mechkg.literature.names import is_generic
from mechkg.literature.papers import Paper
from mechkg.literature.polarity import negations
from mechkg.literature.printed import PrintedText
from mechkg.literature.sections import Sections
from mechkg.literature.selectors import Anchor, anchor
from mechkg.model.base import Item
from mechkg.model.corpus import ITEM_TYPES, ItemKind
from mechkg.model.quantity import Quantity

READER = "mechkg sentence patterns"
VERSION = "1"
"""Raised with every change of the patterns, so that what an older one made can be told apart."""
MOST_WORDS = 25
"""Words in a quote, at most."""


@dataclass(frozen=True)
class Suggestion:
    """What a sentence suggests.

    ``body`` is an item as corpus files write it; ``missing`` are fields that the kind needs and the sentence does not give, so
    that it is a draft while there are any. ``not_understood`` is what of the sentence went into nothing. ``reader`` and
    ``version`` say which machine made it. ``start`` and ``end`` are the place of the quote in the text.
    """

    kind: ItemKind
    body: dict[str, Any]
    quote: str
    start: int
    end: int
    why: str
    missing: tuple[str, ...] = ()
    not_understood: tuple[str, ...] = ()
    reader: str = READER
    version: str = VERSION
    machine_made: bool = True

    def anchor(self, paper: Paper) -> Anchor:
        """Return the place of the quote as selectors."""
        return anchor(paper, self.start, self.end)


def suggest(text: str, lexicon: Lexicon, *, prefix: str = "read") -> list[Suggestion]:
    """Return what the text suggests, in its order; ids begin with ``prefix`` and are numbered.

    >>> from mechkg.model.species import Material, Species
    >>> known = [Material(id="x", formula="CdS"), Species(id="x-1", kind="MSC", material="x", names=("CdS MSC-311",))]
    >>> [(s.kind, s.body["kind"], s.body["subject"]) for s in suggest("After 2 h no CdS MSC-311 was seen.", Lexicon.of(known))]
    [('observation', 'absent', ['x-1'])]
    """
    return list(_Reading(text, lexicon, prefix).suggestions())


# --- patterns over a sentence in which each mention is one sign -------------------------------------------------------

_THING = r"⟨[SW]\d+⟩"
_NOUNS = (
    r"(?: ?(?:peak|band|signal|absorption|absorbance|density|strength|population|amount|doublet|singlet|shoulder|concentration"
    r"|sample|position|intensity|species)s?)*"
)
_LIST = rf"(?P<list>{_THING}(?:(?:, ?|, ?and | and | or |/){_THING})*)"
_SUBJECT = rf"{_LIST}{_NOUNS}(?:\([^()]*\))?"
_AMOUNT = r"(?:strength|amount|density|absorbance|signal|population)"
_OF = rf" (?:of|at|in)(?: the| an?| binary)*(?: {_AMOUNT}(?: of| at)?(?: the)?| (?:absorption )?peak(?:ing)? (?:at|around))? ?"
_BE = r"(?:(?:has|have|had) been|was|were|is|are|being)"
_ADVERB = r"(?:[a-z]+ly |also |then |still |initially |only )*"


@lru_cache(maxsize=1)
def _rules() -> list[tuple[str, re.Pattern[str]]]:
    """Return kinds of observation with the patterns that suggest them."""
    seen = r"(?:observed|detected|seen|found|formed|present|produced|evident|visible)"
    making = r"(?:co-?production|formation|emergence|presence|contamination|production|appearance|evolution)"
    written = [
        ("absent", rf"\b[Nn]o (?:[a-z-]+ ){{0,2}}{_SUBJECT} ?(?:{_BE} )?{_ADVERB}(?:{seen}|appeared|evolved|formed)"),
        ("absent", rf"{_SUBJECT} ?{_BE} {_ADVERB}not {_ADVERB}(?:being |been )?{seen}"),
        ("absent", rf"{_SUBJECT} ?(?:did|does|do) not {_ADVERB}(?:appear|form|evolve|develop|seem to be present|occur)"),
        ("absent", rf"(?<!and )without (?:the |any |other )*{making} of {_SUBJECT}"),
        ("absent", rf"without (?:forming|producing|generating) {_SUBJECT}"),
        ("disappears", rf"{_SUBJECT} ?(?:has |had |have )?{_ADVERB}(?:disappear(?:s|ed)|vanish(?:es|ed))"),
        ("disappears", rf"disappearance of (?:the )?{_SUBJECT}"),
        (
            "increases",
            rf"{_SUBJECT} ?{_ADVERB}(?:increase[sd]|grows|grew|rises|rose|raises up|develop(?:s|ed))(?! to ⟨K)",
        ),
        ("increases", rf"\bincrease{_OF}{_SUBJECT}"),
        ("decreases", rf"{_SUBJECT} ?{_ADVERB}(?:decrease[sd]|declined|declines|dropped|drops|fell)(?! to ⟨K)"),
        ("decreases", rf"\bdecrease{_OF}{_SUBJECT}"),
        ("constant", rf"{_SUBJECT} ?(?:\w+ )?remain(?:s|ed) {_ADVERB}(?:constant|unchanged|the same)"),
        ("present", rf"{_SUBJECT} ?{_BE} {_ADVERB}(?:{seen}|obtained)(?! (?:via|that|to) )"),
        ("present", rf"(?:exhibit|display|contain|indicat|show)(?:s|ed|ing)? (?:the )?presence of (?:the )?{_SUBJECT}"),
        ("appears", rf"{_SUBJECT} ?(?:has |had |have )?{_ADVERB}(?:appear(?:s|ed)(?! to )|emerge[sd]|evolve[sd])"),
        ("appears", rf"\b(?:appearance|emergence) of (?:the |an? )?{_SUBJECT}"),
        (
            "peak-position",
            r"\b(?:peak|band|absorption|doublet|singlet|shoulder)s?(?: peak)? (?:[a-z]+ )?(?:at|peaking at"
            r"|cent(?:er|r)ed (?:at|around)|centering at|around) ?(?:about |around )?"
            r"(?P<list>⟨W\d+⟩(?:(?:, ?|,? ?and |/)⟨W\d+⟩)*)",
        ),
        ("no-emission", r"(?P<list>⟨S\d+⟩) ?(?:was|were|is|are) non-?emissive"),
        ("no-emission", r"non-?emissive (?:nature of (?:the )?)?(?P<list>⟨S\d+⟩)"),
        ("isosbestic-point", r"\bisosbestic points? (?:[a-z]+ )?at ?(?P<list>⟨W\d+⟩)"),
        ("red-shift", r"red-?shift(?:s|ed)?(?: [a-z]+)? from ?(?P<list>⟨W\d+⟩ ?to ?⟨W\d+⟩)"),
    ]
    return [(kind, re.compile(pattern)) for kind, pattern in written]


_OF_ITSELF = ("present", "appears", "increases", "decreases", "absent")
_OF_ANOTHER = re.compile(
    r"\b(?:rate|consumption|conversion|yield|transformation|effect|role|increase|decrease|reduction|disappearance|depletion"
    r"|evolution|change)s? (?:of|in|from|among)\b[^,;]*$"
)
"""What is said of the rate of a thing, or of its decrease, is not said of the thing."""
_NOT_OF_SAMPLE = re.compile(r"\bscatter|\bartefact|\bartifact|with time under different")
"""Bands of the instrument, and captions that tell what is plotted."""
_APART = re.compile(r"\band\b|;|\bwhich\b|\bwhile\b|\bits\b|\bthen\b")
_MOST_MENTIONS = 100
"""A stretch with more mentions and no full stop is no sentence but a table or a list."""
_BEFORE = 2000
"""Characters back in which the material is looked for that a bare family is of."""
_SUPPOSED = re.compile(
    r"\b(?:if|whether|may|might|could|should|would|can|hypothesi[sz]e|propos|surmise|suggest|expect|possibl|likely|presum|believe"
    r"|attribut|explain|assum|will|how|why|further|future)",
    re.IGNORECASE,
)
_STOPS = re.compile(r"[.?!][”')\]]*\s*(?=[A-Z(\[“‘'⟨¶])|¶")
_ABBREVIATED = re.compile(
    r"(?:\b(?:Figs?|Eqs?|eqn|Refs?|al|vs|e\.g|i\.e|ca|No|Dr|approx|Nat|Chem|Soc|Ed|Int|Lett|Mater|Phys|Res|Am)|\b[A-Z])$"
)
_WHEN = re.compile(r"\b(?P<word>[Aa]fter|[Aa]t) ?(?:about )?⟨T(?P<time>\d+)⟩")


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence: its place in the text that is read, its mentions, and itself with a sign for each of them."""

    start: int
    end: int
    mentions: tuple[Mention, ...]
    signs: str
    places: tuple[int, ...]
    """Place in the text that is read of each character of ``signs``."""


_LETTER = {"species": "S", "material": "C", "wavelength": "W", "time": "T", "temperature": "K", "amount": "A"}


class _Reading:
    """One text under reading."""

    def __init__(self, text: str, lexicon: Lexicon, prefix: str) -> None:
        self.text = PrintedText(text)
        self.lexicon, self.prefix = lexicon, prefix
        self.mentions = find_mentions(self.text, lexicon)
        self.sections = Sections(text)
        self._made = 0

    def suggestions(self) -> Iterator[Suggestion]:
        seen: set[str] = set()
        for sentence in self._all:
            for made in (*self._observations(sentence), *self._compositions(sentence), *self._conditions(sentence)):
                said = {name: value for name, value in made.body.items() if name not in ("id", "measured", "method")}
                key = f"{made.kind} {said}"
                if key not in seen:
                    seen.add(key)
                    yield made
        yield from self._new_entities()

    @cached_property
    def _all(self) -> list[_Sentence]:
        return list(self._sentences())

    # --- sentences --------------------------------------------------------------------------------------------------

    def _sentences(self) -> Iterator[_Sentence]:
        """Yield sentences with mentions, reference lists left out."""
        back = {self.text.offset(n): n for n in range(len(self.text.read) - 1, -1, -1)}
        placed = [(back[m.start], m) for m in self.mentions if m.start in back]
        ends = [match.end() for match in _STOPS.finditer(self.text.read) if not self._abbreviated(match.start())]
        start, next_one = 0, 0
        for end in [*ends, len(self.text.read)]:
            inside: list[tuple[int, Mention]] = []
            while next_one < len(placed) and placed[next_one][0] < end:
                inside.append(placed[next_one])
                next_one += 1
            if inside and len(inside) <= _MOST_MENTIONS and self.sections.around(inside[0][1].start).section != "references":
                yield self._signed(start, end, inside)
            start = end

    def _abbreviated(self, stop: int) -> bool:
        return _ABBREVIATED.search(self.text.read[max(0, stop - 8) : stop]) is not None

    def _signed(self, start: int, end: int, inside: Sequence[tuple[int, Mention]]) -> _Sentence:
        signs: list[str] = []
        places: list[int] = []
        done = start
        for index, (place, mention) in enumerate(inside):
            stop = place
            while stop < end and self.text.offset(stop) < mention.end:
                stop += 1
            sign = f"⟨{_LETTER.get(mention.kind, 'X')}{index}⟩"
            signs += [self.text.read[done:place], sign]
            places += [*range(done, place), *[place] * len(sign)]
            done = stop
        signs.append(self.text.read[done:end])
        places += range(done, end)
        return _Sentence(start, end, tuple(mention for _, mention in inside), "".join(signs), (*places, end))

    # --- observations -----------------------------------------------------------------------------------------------

    def _observations(self, sentence: _Sentence) -> Iterator[Suggestion]:
        taken: set[tuple[str, int]] = set()
        for kind, pattern in _rules():
            for match in pattern.finditer(sentence.signs):
                if _SUPPOSED.search(sentence.signs[: match.end()].rsplit(";", 1)[-1]):
                    continue
                numbers = [int(n) for n in re.findall(r"⟨\w(\d+)⟩", match["list"])]
                if _NOT_OF_SAMPLE.search(sentence.signs):
                    continue
                if any((opposite, n) in taken for n in numbers for opposite in ("absent", kind)):
                    continue
                own = re.match(r"(?:increase|decrease|appearance|emergence|without)", match.group())
                if kind in _OF_ITSELF and not own and _OF_ANOTHER.search(sentence.signs[: match.start("list")]):
                    continue
                if kind in ("present", "appears", "increases") and self._denied(sentence, numbers):
                    continue
                made = self._observation(sentence, kind, numbers, match)
                if made is not None:
                    taken |= {(kind, n) for n in numbers}
                    yield made

    def _denied(self, sentence: _Sentence, numbers: Sequence[int]) -> bool:
        first = self.text.offset(sentence.start)
        printed = self.text.original[first : self.text.offset(sentence.end)]
        chosen = [sentence.mentions[n] for n in numbers]
        return any(n.denies(m.start - first, m.end - first) for n in negations(printed) if not n.later for m in chosen)

    def _observation(self, sentence: _Sentence, kind: str, numbers: Sequence[int], match: re.Match[str]) -> Suggestion | None:
        chosen = [sentence.mentions[n] for n in numbers]
        meant = [self._entity(mention) for mention in chosen]
        subjects = list(dict.fromkeys(entity for entity in meant if entity and not self._is_generic(entity)))
        waves = [m for m in chosen if m.kind == "wavelength" and isinstance(m.value, Quantity)]
        if len(waves) > 1 and len(set(meant)) > 1:
            subjects = []  # bands of several things, or of one that the words do not tell
        if not subjects and not (waves and kind in ("isosbestic-point", "red-shift", "peak-position")):
            return None
        if kind == "isosbestic-point":
            subjects = []
        body: dict[str, Any] = {"id": self._next(), "kind": kind, "subject": subjects, "method": self._method(sentence, waves)}
        used = list(chosen)
        if waves:
            body["measured"] = [{"what": "wavelength", "quantity": str(m.value)} for m in waves]
        if when := self._when(sentence, match):
            body["window"] = {"start": str(when.value), "end": str(when.value)}
            used.append(when)
        why = f"'{kind}' by the words '{self._words(sentence, match)}'"
        return self._made_of("observation", body, sentence, used, why)

    def _entity(self, mention: Mention) -> str | None:
        """Return what a mention means; for a bare family, that of the material mostly spoken of before."""
        entity = self.lexicon.by_id.get(mention.entity or "")
        general = (
            mention.kind == "species" and mention.material is None and (entity is None or not (entity.bands or entity.formulas))
        )
        if not general or mention.family is None:
            return mention.entity
        spoken: Counter[str] = Counter()
        for other in self.mentions:
            if mention.start - _BEFORE < other.start <= mention.start:
                known = self.lexicon.by_id.get(other.entity or "")
                if known is not None and known.kind in ("species", "material"):
                    spoken[known.material or known.id] += 1
        for generic in self._generic:
            spoken.pop(generic, None)
        material, count = next(iter(spoken.most_common(1)), ("", 0))
        alike = self.lexicon.general.get((mention.family, material), ())
        return alike[0].id if len(alike) == 1 and 3 * count >= 2 * spoken.total() else mention.entity

    @cached_property
    def _generic(self) -> set[str]:
        """Materials that stand for any one of a kind, such as ME."""
        return {material for formula, material in self.lexicon.materials.items() if is_generic(formula)}

    def _is_generic(self, entity: str) -> bool:
        """Say whether an entity is of no material in particular: what is said of it is said in general."""
        known = self.lexicon.by_id.get(entity)
        return known is not None and known.kind == "species" and known.material in self._generic

    def _when(self, sentence: _Sentence, match: re.Match[str]) -> Mention | None:
        """Return the moment that the sentence gives, if it gives one and no other time."""
        found = [
            when
            for when in _WHEN.finditer(sentence.signs)
            if not _APART.search(sentence.signs[min(when.end(), match.end()) : max(when.start(), match.start())])
        ]
        times = [mention for mention in sentence.mentions if mention.kind == "time"]
        if len(found) != 1 or len(times) != 1 or not isinstance(times[0].value, Quantity):
            return None
        return sentence.mentions[int(found[0]["time"])]

    def _method(self, sentence: _Sentence, waves: Sequence[Mention]) -> str:
        if re.search(r"(?i)emission|emissive|photoluminescence|\bPL\b", sentence.signs):
            return "emission" if not re.search(r"(?i)absor", sentence.signs) else "unspecified"
        if waves or re.search(r"(?i)absor|spectr", sentence.signs):
            return "absorption"
        return "unspecified"

    def _words(self, sentence: _Sentence, match: re.Match[str]) -> str:
        first, last = sentence.places[match.start()], sentence.places[match.end()]
        printed = self.text.original[self.text.offset(first) : self.text.offset(last)]
        return " ".join(printed.split())

    # --- claims -----------------------------------------------------------------------------------------------------

    def _compositions(self, sentence: _Sentence) -> Iterator[Suggestion]:
        """Formulas beside a band ("350-Cd35Se20") or said to be those of a cluster."""
        for index, mention in enumerate(sentence.mentions):
            formula = PrintedText(mention.text).read
            if mention.kind != "species" or (mention.family != "composition" and formula not in self.lexicon.formulas):
                continue
            sign = f"⟨S{index}⟩"
            before = sentence.signs[: sentence.signs.index(sign)]
            band = re.search(r"(?<![\w.])(?P<nm>\d{3}) ?- ?$", before)
            owner = re.search(
                r"⟨(?P<letter>[SW])(?P<owner>\d+)⟩[^⟨⟩.;]{0,40}\b(?:reported|assigned|determined|identified|found)[^⟨⟩.;]{0,20}"
                r"(?:to|as|be)(?: (?:be|have))? ?(?:⟨S\d+⟩(?:, ?|,? and ))*$",
                before,
            )
            if band is None and owner is None:
                continue
            entry: dict[str, Any] = {"formula": formula}
            about: list[str] = []
            used = [mention]
            if band is not None:
                entry["absorption"] = f"{band['nm']} nm"
            elif owner is not None:
                used.append(sentence.mentions[int(owner["owner"])])
                if entity := self._entity(used[-1]):
                    entry["species"] = entity
                    about.append(entity)
            body = {"id": self._next(), "kind": "composition", "about": about, "entries": [entry]}
            if made := self._made_of("claim", body, sentence, used, "a formula given for a band or a cluster"):
                yield made

    def _conditions(self, sentence: _Sentence) -> Iterator[Suggestion]:
        """Clusters said to be made at a temperature."""
        made_at = re.compile(
            rf"{_SUBJECT} ?(?:{_BE}|can be|could be) {_ADVERB}(?:synthesi[sz]ed|obtained|prepared|produced|achieved)\b"
            r"[^;]{0,90}?(?:at|from) ?⟨K(?P<at>\d+)⟩(?P<and> and ⟨K)?"
        )
        for match in made_at.finditer(sentence.signs):
            numbers = [int(n) for n in re.findall(r"⟨\w(\d+)⟩", match["list"])]
            temperature = sentence.mentions[int(match["at"])]
            subjects = [entity for n in numbers if (entity := self._entity(sentence.mentions[n]))]
            if not subjects or match["and"] or self._denied(sentence, numbers) or not isinstance(temperature.value, Quantity):
                continue
            measured = [{"what": "temperature", "quantity": str(temperature.value)}]
            body = {"id": self._next(), "kind": "synthesis-condition", "about": subjects, "measured": measured}
            used = [temperature, *(sentence.mentions[n] for n in numbers)]
            if made := self._made_of("claim", body, sentence, used, "said to be made at a temperature"):
                yield made

    # --- what is new ------------------------------------------------------------------------------------------------

    def _new_entities(self) -> Iterator[Suggestion]:
        """Species and chemicals that no known name fits, once each, at their first mention."""
        seen: set[str] = set()
        for mention in self.mentions:
            proposal = mention.proposal
            if proposal is None or proposal.id in seen or mention.candidates:
                continue
            if self.sections.around(mention.start).section == "references":
                continue
            if proposal.kind == "species" and not (proposal.material and (proposal.absorption or proposal.formula)):
                continue
            if proposal.kind == "chemical" and not _is_one_chemical(proposal):
                continue
            seen.add(proposal.id)
            sentence = next((s for s in self._all if mention in s.mentions), None)
            if sentence and (made := self._made_of(proposal.kind, proposal.body(), sentence, [mention], mention.why)):
                yield made

    # --- making -----------------------------------------------------------------------------------------------------

    def _next(self) -> str:
        self._made += 1
        return f"{self.prefix}-{self._made}"

    def _made_of(
        self, kind: ItemKind, body: dict[str, Any], sentence: _Sentence, used: Sequence[Mention], why: str
    ) -> Suggestion | None:
        """Return the suggestion with its quote; None when no quote holds it, or what it says does not fit its own quote."""
        place = self._quote(sentence, used)
        if place is None:
            return None
        quote = " ".join(self.text.original[slice(*place)].split())
        body = {**{key: value for key, value in body.items() if value not in ([], None)}, "quote": [quote], "flag": "stated"}
        missing, item = _validated(kind, body)
        if item is None or (kind in ("observation", "claim") and check_fit(quote, item, self.lexicon).of("contradicted")):
            return None
        left = tuple(f"'{' '.join(m.text.split())}' ({m.kind})" for m in sentence.mentions if m not in used)
        return Suggestion(kind, body, quote, *place, why=why, missing=missing, not_understood=left)

    def _quote(self, sentence: _Sentence, used: Sequence[Mention]) -> tuple[int, int] | None:
        """Return the place of at most 25 words of the sentence that hold all of ``used``: the whole sentence, or its middle."""
        first, last = self.text.span(sentence.start, sentence.end)
        words = [(first + m.start(), first + m.end()) for m in re.finditer(r"\S+", self.text.original[first:last])]
        inside = [n for n, (start, end) in enumerate(words) if any(start < m.end and m.start < end for m in used)]
        if not inside or inside[-1] - inside[0] >= MOST_WORDS:
            return None
        low, high = inside[0], inside[-1]
        while high - low + 1 < min(MOST_WORDS, len(words)):
            # Grow to the right first: what is said of a thing mostly follows it.
            if high + 1 < len(words) and (low == 0 or (high - inside[-1]) <= (inside[0] - low) + 4):
                high += 1
            elif low > 0:
                low -= 1
            else:
                high += 1
        return words[low][0], words[high][1]


def _is_one_chemical(proposal: Proposal) -> bool:
    """Say whether a new name is that of one chemical: a formula without R, or a salt named by its metal; not a class."""
    if proposal.formula:
        return re.search(r"R(?![a-z])", proposal.formula) is None
    first, _, rest = proposal.names[0].partition(" ")
    return bool(rest) and first.lower() in element_names()


_PLACEHOLDERS: dict[str, Any] = {
    "at": ["stage"],
    "procedure": "procedure",
    "outcome": "outcome",
    "varied": "?",
    "material": "material",
}


def _validated(kind: ItemKind, body: dict[str, Any]) -> tuple[tuple[str, ...], Item | None]:
    """Return which fields are missing, and the item with something put in for those; None when anything else is wrong."""
    model = ITEM_TYPES[kind]
    missing: tuple[str, ...] = ()
    try:
        return missing, model.model_validate(body)
    except ValidationError as error:
        found = error.errors()
        missing = tuple(str(each["loc"][0]) for each in found if each["type"] == "missing")
        if len(missing) != len(found):
            return missing, None
    try:
        return missing, model.model_validate({**body, **{name: _PLACEHOLDERS.get(name, "?") for name in missing}})
    except ValidationError:
        return missing, None
