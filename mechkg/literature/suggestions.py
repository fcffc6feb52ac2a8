"""Assertions that a paper's sentences suggest, as bodies of items for the curator's queue: few, each with its quote, none final.

What a suggestion does not say is listed as missing, such as the stage of a procedure at which something was seen, unless the
sentence fits one stage of a known procedure only. What of the sentence it leaves out is listed as not understood, and what a fit
check would contradict is not suggested.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from mechkg.literature.elements import element_names
from mechkg.literature.fit import check_fit
from mechkg.literature.lexicon import Lexicon
from mechkg.literature.mentions import Mention, Proposal, find_mentions
from mechkg.literature.names import is_generic
from mechkg.literature.observing import ADVERB, BE, SUBJECT, Seen, method_of, moment_of, seen_in
from mechkg.literature.papers import Paper
from mechkg.literature.placing import Placed, Stages
from mechkg.literature.polarity import negations
from mechkg.literature.printed import PrintedText
from mechkg.literature.sections import Sections
from mechkg.literature.selectors import Anchor, anchor
from mechkg.literature.sentences import MOST_WORDS, Sentence, Sentences
from mechkg.model.base import Item
from mechkg.model.corpus import ITEM_TYPES, ItemKind
from mechkg.model.procedure import Procedure
from mechkg.model.quantity import Quantity

READER = "mechkg sentence patterns"
VERSION = "2"
"""Raised with every change of the patterns, so that what an older one made can be told apart."""


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


def suggest(text: str, lexicon: Lexicon, *, prefix: str = "read", procedures: Iterable[Procedure] = ()) -> list[Suggestion]:
    """Return what the text suggests, in its order; ids begin with ``prefix`` and are numbered.

    ``procedures``: those known of this paper. An observation that fits one of their stages only is put there.

    >>> from mechkg.model.species import Material, Species
    >>> known = [Material(id="x", formula="CdS"), Species(id="x-1", kind="MSC", material="x", names=("CdS MSC-311",))]
    >>> [(s.kind, s.body["kind"], s.body["subject"]) for s in suggest("After 2 h no CdS MSC-311 was seen.", Lexicon.of(known))]
    [('observation', 'absent', ['x-1'])]
    """
    return list(_Reading(text, lexicon, prefix, Stages(procedures)).suggestions())


_BEFORE = 2000
"""Characters back in which the material is looked for that a bare family is of."""
_IN_A_TABLE = 12
"""A stretch with more mentions is no sentence but a table, where only the words nearby belong to a cell."""
_NEARBY = 3
"""Words on each side of what is read in a table."""
_MADE_AT = re.compile(
    rf"{SUBJECT} ?(?:{BE}|can be|could be) {ADVERB}(?:synthesi[sz]ed|obtained|prepared|produced|achieved)\b"
    r"[^;]{0,90}?(?:at|from) ?⟨K(?P<at>\d+)⟩(?P<and> and ⟨K)?"
)


class _Reading:
    """One text under reading."""

    def __init__(self, text: str, lexicon: Lexicon, prefix: str, stages: Stages) -> None:
        self.text = PrintedText(text)
        self.lexicon, self.prefix, self.stages = lexicon, prefix, stages
        self.mentions = find_mentions(self.text, lexicon)
        self.sections = Sections(text)
        self.sentences = Sentences(self.text, self.mentions, self.sections)
        self._made = 0

    def suggestions(self) -> Iterator[Suggestion]:
        seen: set[str] = set()
        for sentence in self.sentences:
            for made in (*self._observations(sentence), *self._compositions(sentence), *self._conditions(sentence)):
                said = {name: value for name, value in made.body.items() if name not in ("id", "measured", "method")}
                key = f"{made.kind} {said}"
                if key not in seen:
                    seen.add(key)
                    yield made
        yield from self._new_entities()

    # --- observations -----------------------------------------------------------------------------------------------

    def _observations(self, sentence: Sentence) -> Iterator[Suggestion]:
        told: set[tuple[str, int]] = set()
        for seen in seen_in(sentence):
            said = {kind for kind, number in told if number in seen.numbers}
            # A band that was seen, or grew, need not be said to stand where it stands as well.
            if said & {seen.kind, "absent"} or (said and seen.kind == "peak-position"):
                continue
            if seen.kind in ("present", "appears", "increases") and self._denied(sentence, seen.numbers):
                continue
            if made := self._observation(sentence, seen):
                told |= {(seen.kind, number) for number in seen.numbers}
                yield made

    def _denied(self, sentence: Sentence, numbers: Sequence[int]) -> bool:
        first = self.text.offset(sentence.start)
        printed = self.text.original[first : self.text.offset(sentence.end)]
        chosen = [sentence.mentions[n] for n in numbers]
        return any(n.denies(m.start - first, m.end - first) for n in negations(printed) if not n.later for m in chosen)

    def _observation(self, sentence: Sentence, seen: Seen) -> Suggestion | None:
        chosen = [sentence.mentions[n] for n in seen.numbers]
        shown = [sentence.mentions[n] for n in seen.shown_by]
        meant = [self._entity(mention) for mention in shown or chosen]
        subjects = list(dict.fromkeys(entity for entity in meant if entity and not self._is_generic(entity)))
        waves = [m for m in chosen if m.kind == "wavelength" and isinstance(m.value, Quantity)]
        if len(waves) > 1 and len(set(meant)) > 1:
            subjects = []  # bands of several things, or of one that the words do not tell
        if not subjects and not (waves and seen.kind in ("isosbestic-point", "red-shift", "peak-position")):
            return None
        if seen.kind == "isosbestic-point":
            subjects = []
        method = method_of(sentence, seen, band=bool(waves))
        body: dict[str, Any] = {"id": self._next(), "kind": seen.kind, "subject": subjects, "method": method}
        used = [*chosen, *(mention for mention in shown if subjects)]
        if waves:
            body["measured"] = [{"what": "wavelength", "quantity": str(m.value)} for m in waves]
        moment = moment_of(sentence, seen)
        when = None if moment is None else sentence.mentions[moment]
        if when is not None and isinstance(when.value, Quantity):
            body["window"] = {"start": str(when.value), "end": str(when.value)}
            used.append(when)
        words = self.sentences.words(sentence, seen.start, seen.end)
        why = f"'{seen.kind}' by the words '{words}'"
        placed = self._placed(sentence) if not re.search(r"\bhad\b", words) else None  # what had been was so at an earlier stage
        if placed is not None:
            body["at"] = [placed.stage]
            why += f"; {placed.why}"
        return self._made_of("observation", body, sentence, used, why)

    def _placed(self, sentence: Sentence) -> Placed | None:
        """Return the one stage that fits what the sentence prints."""
        printed = " ".join(self.sentences.printed(sentence).split())
        return self.stages.place(printed, sentence.mentions, self.sections.around(self.text.offset(sentence.start)))

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

    # --- claims -----------------------------------------------------------------------------------------------------

    def _compositions(self, sentence: Sentence) -> Iterator[Suggestion]:
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

    def _conditions(self, sentence: Sentence) -> Iterator[Suggestion]:
        """Clusters said to be made at a temperature."""
        for match in _MADE_AT.finditer(sentence.signs):
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
            if re.search(r"[A-Za-z]1(?!\d)", proposal.formula or ""):
                continue  # a ratio of elements, such as Zn2Se1
            if proposal.kind == "chemical" and not _is_one_chemical(proposal):
                continue
            seen.add(proposal.id)
            sentence = next((s for s in self.sentences if mention in s.mentions), None)
            if sentence and (made := self._made_of(proposal.kind, proposal.body(), sentence, [mention], mention.why)):
                yield made

    # --- making -----------------------------------------------------------------------------------------------------

    def _next(self) -> str:
        self._made += 1
        return f"{self.prefix}-{self._made}"

    def _made_of(
        self, kind: ItemKind, body: dict[str, Any], sentence: Sentence, used: Sequence[Mention], why: str
    ) -> Suggestion | None:
        """Return the suggestion with its quote; None when no quote holds it, or what it says does not fit its own quote."""
        table = len(sentence.mentions) > _IN_A_TABLE
        place = self.sentences.quote(sentence, used, _NEARBY if table else MOST_WORDS)
        if place is None:
            return None
        quote = " ".join(self.text.original[slice(*place)].split())
        body = {**{key: value for key, value in body.items() if value not in ([], None)}, "quote": [quote], "flag": "stated"}
        missing, item = _validated(kind, body)
        if item is None or (kind in ("observation", "claim") and check_fit(quote, item, self.lexicon).of("contradicted")):
            return None
        left = tuple(f"'{' '.join(m.text.split())}' ({m.kind})" for m in sentence.mentions if m not in used)
        return Suggestion(kind, body, quote, *place, why=why, missing=missing, not_understood=left)


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
