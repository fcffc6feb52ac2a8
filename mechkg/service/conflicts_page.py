"""Conflict sets and repairs of one candidate, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from mechkg.model.report import ConflictSets
from mechkg.reasoning.render import cannot_be_set
from mechkg.service.conflicts import Clashes
from mechkg.service.page import Bullet, Bullets, Part, bullets
from mechkg.service.report_page import how_many, returns_if
from mechkg.service.words import Words, capital


def first_of(clashes: Clashes) -> Iterator[Part]:
    """Say the first conflict set, or that there is none."""
    start = clashes.words.candidate(clashes.candidate)
    if clashes.gone:
        yield f"{start} is not covered: {cannot_be_set(clashes.gone)}."
        return
    if clashes.first is None:
        yield f"{start} {'survives' if clashes.verdict == 'survives' else 'is not covered'}: it has no conflict set."
        return
    yield f"{start} is {clashes.verdict}. These cannot hold together:"
    yield bullets(clashes.words.clash(clashes.first))


def all_of(found: ConflictSets, words: Words) -> Iterator[Part]:
    """Say all conflict sets and repairs, smallest first."""
    yield capital(how_many(found))
    if found.repairs:
        yield "Repairs:"
        yield Bullets(
            tuple(Bullet(returns_if(len(repair), found.candidate), tuple(words.gone(repair))) for repair in found.repairs)
        )
    yield "Conflict sets:"
    ordered = sorted(found.sets, key=len)
    yield Bullets(
        tuple(Bullet(f"{place} of {len(ordered)}", tuple(words.clash(one))) for place, one in enumerate(ordered, start=1))
    )
