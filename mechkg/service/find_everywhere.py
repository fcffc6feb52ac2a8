"""Search over everything that counts: the best of each kind, or all of one kind in pages, with how many there are of which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, get_args

from mechkg.errors import BadInputError, NotFoundError
from mechkg.model.corpus import ItemKind
from mechkg.model.filter import And, Filter, Is, Says
from mechkg.service.browse import Choice, Choices, short_title
from mechkg.service.describe_item import title_of
from mechkg.service.read_models.text_index import Hit
from mechkg.service.recorded import Recorded

PER_KIND: Final = 5
"""So many of each kind are shown together."""

PAPERS: Final = 20
"""So many papers can be chosen, those with most of what was found."""

PAGE: Final = 50
MOST: Final = 500
"""So many of what was found can be paged through; the rest is told to be there."""

_KINDS: Final[tuple[ItemKind, ...]] = (
    "species", "chemical", "material", "step", "space", "procedure", "observation", "claim", "assumption", "model", "zone",
    "document", "reference", "remark",
)  # fmt: skip
"""Kinds in the order in which readers seek them."""


@dataclass(frozen=True, slots=True)
class Found:
    """An item that was found, what to call it, its paper, and where the words were found."""

    hit: Hit
    title: str
    kind: ItemKind
    paper: str


@dataclass(frozen=True, slots=True)
class Results:
    """What a search found: the hits by kind, how many there are of each, facets, and the cursor to go on from."""

    total: int
    groups: tuple[tuple[ItemKind, int, tuple[Found, ...]], ...]
    facets: tuple[Choices, ...]
    after: str | None = None
    cut: bool = False


def find_everywhere(
    view: Recorded, text: str, *, kind: str | None = None, paper: str | None = None, after: str | None = None
) -> Results:
    """Return what a search finds, the best first; of one kind or paper where these are given.

    Raise BadInputError for a text in which nothing is sought, NotFoundError for an unknown kind or paper.
    """
    if kind is not None and kind not in get_args(ItemKind):
        raise NotFoundError.of("kind", kind, get_args(ItemKind))
    catalog = view.catalog
    models = catalog.models
    words = Says(text)
    of_kind: Filter | None = None if kind is None else Is("kind", (kind,))
    of_paper: Filter | None = None if paper is None else Is("document", (paper,))
    counts = dict(models.facet("kind", _all(words, of_paper)).values)
    papers, rarer = models.facet("document", _all(words, of_kind)).values, 0
    if len(papers) > PAPERS:
        chosen = tuple(each for each in papers[PAPERS:] if each[0] == paper)
        papers, rarer = (*papers[:PAPERS], *chosen), len(papers) - PAPERS - len(chosen)
    facets = (
        Choices("kind", "Kind", tuple(Choice(k, k, counts[k], k == kind) for k in _KINDS if k in counts), 0),
        Choices("paper", "Paper", tuple(Choice(p, _paper(view, p), n, p == paper) for p, n in papers), rarer),
    )
    groups: list[tuple[ItemKind, int, tuple[Found, ...]]] = []
    shown = [k for k in _KINDS if k in counts and kind in (None, k)]
    last, cut = None, False
    for each in shown:
        most = PER_KIND if kind is None else MOST
        found = models.search(text, kind=each, given=of_paper, most=most)
        hits = found.hits
        if kind is not None:
            hits = _from(hits, after)
            cut = found.total > MOST and len(hits) <= PAGE
            if len(hits) > PAGE:
                hits = hits[:PAGE]
                last = cursor(hits[-1])
        entries = catalog.entries
        rows = [Found(h, title_of(view, entries[h.item]), each, _paper(view, entries[h.item].record.document)) for h in hits]
        groups.append((each, found.total, tuple(rows)))
    if kind is None:  # the kinds with the nearest first
        groups.sort(key=lambda group: min((row.hit.rank for row in group[2]), default=9))
    return Results(sum(counts.values()) if kind is None else counts.get(kind, 0), tuple(groups), facets, last, cut)


def cursor(hit: Hit) -> str:
    """Return the place of a hit among the hits of one search."""
    return f"{hit.rank}.{hit.item}"


def _from(hits: tuple[Hit, ...], after: str | None) -> tuple[Hit, ...]:
    """Return the hits that follow a place; those of a higher rank where the item that was there is gone."""
    if after is None:
        return hits
    rank, dot, item = after.partition(".")
    if not dot or not rank.isdecimal():
        raise BadInputError("this is no cursor of a page", hint="give one as a page told it")
    for place, hit in enumerate(hits):
        if hit.item == item:
            return hits[place + 1 :]
    return tuple(hit for hit in hits if hit.rank > int(rank))


def _all(*those: Filter | None) -> Filter:
    return And(tuple(one for one in those if one is not None))


def _paper(view: Recorded, name: str) -> str:
    entry = view.catalog.entries.get(name)
    return name if entry is None else short_title(view, entry)
