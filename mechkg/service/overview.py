"""What is in the graph at a glance: counts, last acts, verdicts, open disagreements, and what waits for who asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from mechkg.curation.disagreements import with_decisions
from mechkg.model.corpus import ItemKind
from mechkg.model.disagreement import Disagreement
from mechkg.model.happened import Happened, Wanted
from mechkg.model.ledger_record import Act, ActKind
from mechkg.model.person import Caller
from mechkg.service.disagreements import title_in_words
from mechkg.service.history import find
from mechkg.service.pinned import Pinned
from mechkg.service.tasks import Task, tasks
from mechkg.service.verdict_board import Board, verdict_board
from mechkg.service.workspace import Workspace

_ACTS: Final = 500

DISAGREEMENTS: Final = 10
"""So many open disagreements are told of."""


@dataclass(frozen=True, slots=True)
class Deeds:
    """What one person did one after another about what is from one paper: the last act, and how many there are of which kind."""

    last: Happened
    counts: Mapping[ActKind, int]


@dataclass(frozen=True, slots=True)
class Overview:
    """The graph at a glance: ``disagreements`` are the first of those that are open, of which there are ``open``.

    ``tasks`` is None for somebody who is not signed in.
    """

    version: int
    position: int
    counts: Mapping[ItemKind, int]
    deeds: tuple[Deeds, ...]
    disagreements: tuple[Disagreement, ...]
    open: int
    board: Board
    tasks: tuple[Task, ...] | None


def overview(workspace: Workspace, by: Caller | None, most: int = 8) -> Overview:
    """Return the graph at a glance, with up to ``most`` last acts."""
    view = Pinned(workspace)
    catalog = view.catalog
    acts: list[Act] = workspace.ledger.acts_of_kinds(["decide"])
    open_ = [one for one in with_decisions(catalog.models.conflicts.disagreements, acts) if one.state == "open"]
    return Overview(
        catalog.version,
        workspace.ledger.position(),
        {kind: len(entries) for kind, entries in catalog.by_kind.items()},
        _deeds(find(view, Wanted(), newest=True, most=_ACTS).found, most),
        tuple(replace(one, title=title_in_words(catalog, one)) for one in open_[:DISAGREEMENTS]),
        len(open_),
        verdict_board(workspace),
        None if by is None else tuple(tasks(view, by)),
    )


def _deeds(acts: tuple[Happened, ...], most: int) -> tuple[Deeds, ...]:
    """Gather acts, the newest first: what one person did in a row with one paper is told once."""
    found: list[tuple[Happened, Counter[ActKind]]] = []
    for one in acts:
        if found and (one.act.actor, one.document) == (found[-1][0].act.actor, found[-1][0].document) and one.document:
            found[-1][1][one.act.kind] += 1
        elif len(found) == most:
            break
        else:
            found.append((one, Counter([one.act.kind])))
    return tuple(Deeds(last, dict(counts)) for last, counts in found)
