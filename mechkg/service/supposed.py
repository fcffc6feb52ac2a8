"""What would count if a change set were accepted, worked out without changing anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from mechkg.errors import BadInputError
from mechkg.graph.build import supposed as supposed_graph
from mechkg.graph.terms import Triple
from mechkg.model.change_set import Edit
from mechkg.model.ledger_record import Act, AssertionRecord
from mechkg.service.catalog import Catalog, Entry
from mechkg.service.reading import Reading
from mechkg.service.recorded import Recorded

SOMEBODY = "a reviewer"
"""Stands for who would accept."""


class Supposed(NamedTuple):
    """What counts ``now``, what would count ``then``, and the triples of the graph that come and go."""

    now: Reading
    then: Reading
    triples: frozenset[Triple]


@contextmanager
def supposed(workspace: Recorded, edits: Sequence[Edit], records: Mapping[str, AssertionRecord]) -> Iterator[Supposed]:
    """Yield what would count with ``edits``; ``records`` holds their new assertions, by id.

    One preview at a time uses the graph that is kept for this.
    """
    with workspace.shadow() as (now, store):
        accepted = [(records[e.assertion], _act(now.version, e.assertion)) for e in edits if e.assertion is not None]
        gone = [e.base for e in edits if e.base is not None]
        then = supposed_catalog(now.catalog, edits, records)
        with supposed_graph(store, gone, accepted) as triples:
            yield Supposed(now, Reading(now.version, store, then), triples)


def supposed_catalog(now: Catalog, edits: Sequence[Edit], records: Mapping[str, AssertionRecord]) -> Catalog:
    """Return the items that would count with ``edits``."""
    entries = dict(now.entries)
    for edit in edits:
        if edit.assertion is None:
            entries.pop(edit.item, None)
        elif edit.assertion in records:
            entries[edit.item] = Entry(records[edit.assertion], datetime.now(UTC), SOMEBODY)
        else:
            raise BadInputError(f"the new content of '{edit.item}' is not given")
    return replace(now, entries=entries)


def _act(version: int, assertion: str) -> Act:
    return Act(version, "accept", assertion, SOMEBODY, datetime.now(UTC), None, None, "")
