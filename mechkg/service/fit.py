"""Doubts about edits: what their own quotes contradict. Whoever accepts such an edit has to say why, doubt by doubt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from mechkg.errors import NotFoundError, RefusedActError
from mechkg.graph.ontology import label_of, subclasses_of
from mechkg.literature.fit import FitFinding, check_fit
from mechkg.literature.lexicon import Lexicon
from mechkg.model.base import Item
from mechkg.model.change_set import Edit
from mechkg.model.corpus import ItemKind
from mechkg.model.finding import Finding
from mechkg.model.source import Reference
from mechkg.service.catalog import Catalog, Entry


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that the quote of an item contradicts. ``code`` names it, so that a reviewer can say why it is no obstacle."""

    code: str
    item: str
    found: FitFinding

    @property
    def sentence(self) -> str:
        """What is doubted, in a sentence."""
        printed = f" ('{' '.join(self.found.printed.split())}')" if self.found.printed else ""
        return f"'{self.item}' says {self.found.claimed} ({self.found.path}), and {self.found.reason}{printed}"

    @property
    def finding(self) -> Finding:
        """The doubt as a finding."""
        return Finding("warning", "fit.contradicted", self.sentence, hint=f"to accept it, say why in spite of '{self.code}'")


_LEXICON: Final = "_lexicon"
"""Where a catalogue keeps its names."""


def lexicon_of(catalog: Catalog, *, without: str | None = None) -> Lexicon:
    """Return the names of what counts; of the document ``without``, those of its materials alone.

    Those of everything are kept with the catalogue, which never changes.
    """
    if without is None and _LEXICON in vars(catalog):
        kept: Lexicon = vars(catalog)[_LEXICON]
        return kept
    kinds: tuple[ItemKind, ...] = ("material", "chemical", "species")
    counting = (entry for kind in kinds for entry in catalog.by_kind.get(kind, ()))
    known = (entry.value for entry in counting if entry.kind == "material" or entry.record.document != without)
    found = Lexicon.of((item for item in known if isinstance(item, Item)), class_labels())
    if without is None:
        vars(catalog)[_LEXICON] = found
    return found


@cache
def class_labels() -> dict[str, str]:
    """Return the classes of chemicals with their labels."""
    return {name: label_of(name) for name in subclasses_of("Chemical")}


def doubts(now: Catalog, then: Catalog, edits: Iterable[Edit]) -> list[Doubt]:
    """Return what the quotes of edited items contradict with ``then``, what would count, and did not contradict before."""
    changed = [then.entries[edit.item] for edit in edits if edit.op != "remove" and edit.item in then.entries]
    quoted = [entry for entry in changed if _is_checked(entry)]
    if not quoted:
        return []
    lexicon = lexicon_of(then)
    found = []
    for entry in quoted:
        before = {(f.path, f.claimed, f.printed) for f in _contradicted(now.entries.get(entry.id), lexicon)}
        for each in _contradicted(entry, lexicon):
            if (each.path, each.claimed, each.printed) not in before:
                found.append(Doubt(f"fit:{entry.id}:{each.path}:{each.what}", entry.id, each))
    return found


def refuse_doubted(change_set: str, found: Iterable[Doubt], despite: Mapping[str, str] | None) -> None:
    """Raise RefusedActError, naming each doubt that no reason is given for; NotFoundError for a reason against no doubt."""
    found = list(found)
    for code in despite or ():
        if code not in {doubt.code for doubt in found}:
            error = NotFoundError.of(f"doubt about {change_set}", code, [doubt.code for doubt in found])
            known = f"doubts: {', '.join(doubt.code for doubt in found)}" if found else "no quote contradicts it: leave it out"
            raise NotFoundError(error.message, hint=error.hint or known)
    given = {code for code, why in (despite or {}).items() if why.strip()}
    left = [doubt for doubt in found if doubt.code not in given]
    if left:
        told = "; ".join(f"{doubt.sentence} [{doubt.code}]" for doubt in left)
        what = "its quote contradicts it" if len(left) == 1 else f"quotes contradict it in {len(left)} places"
        raise RefusedActError(
            f"{change_set} cannot be accepted as it is: {what}: {told}", hint="revise it, or say why in spite of each"
        )


def _is_checked(entry: Entry) -> bool:
    value = entry.value
    return isinstance(value, Item) and bool(value.quote) and not isinstance(value, Reference)


def _contradicted(entry: Entry | None, lexicon: Lexicon) -> Iterator[FitFinding]:
    if entry is not None and _is_checked(entry) and isinstance(entry.value, Item):
        yield from check_fit(entry.value.quote, entry.value, lexicon).of("contradicted")
