"""Make ready what first questions would wait for, while nobody asks yet."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from mechkg.errors import MechkgError
from mechkg.service.collecting import not_collecting
from mechkg.service.describe_dataset import counts
from mechkg.service.impact import prepare
from mechkg.service.pinned import Pinned
from mechkg.service.queue import change_sets
from mechkg.service.workspace import Workspace

_log = logging.getLogger(__name__)

FIRST: Final = 0.3
"""Seconds after the beginning in which those callers are answered alone who waited for it."""

LAST: Final = 2.0
"""Seconds for which the end waits for what is in work; it changes nothing, and may be left where it is."""


@dataclass(slots=True)
class Warmth:
    """Whether all is ready that first questions would wait for; what cannot be made ready is waited for no longer."""

    done: bool = False


@contextmanager
def warming(workspace: Workspace, warmth: Warmth | None = None) -> Iterator[None]:
    """Make a workspace ready beside the block, part by part; what is left is given up when the block ends."""
    ended = threading.Event()

    def work() -> None:
        try:
            if ended.wait(FIRST):
                return
            for _ in parts(workspace):
                if ended.is_set():
                    return
            # what was made stays: without this, each search for garbage stops all answers for as long as it goes through it
            gc.collect()
            gc.freeze()
        except MechkgError as error:  # whoever asks is told so then
            _log.warning("not everything was made ready: %s", error)
        finally:
            if warmth is not None:
                warmth.done = True

    worker = threading.Thread(target=work, name="warming", daemon=True)
    worker.start()
    try:
        yield
    finally:
        ended.set()
        worker.join(LAST)


def parts(workspace: Workspace) -> Iterator[str]:
    """Make a workspace ready, and yield each part that is: what pages and lists are made from, then the hypothesis spaces."""
    view = Pinned(workspace)
    catalog = view.catalog
    models = catalog.models
    with not_collecting():
        _ = catalog.by_name, catalog.referring, catalog.unmet
    yield "items"
    _ = models.columns.year, models.relations
    yield "columns"
    models.search("...")
    yield "texts"
    with not_collecting():
        _ = models.conflicts.touching
    yield "disagreements"
    change_sets(workspace.ledger)
    yield "change sets"
    yield from prepare(workspace)
    counts(view.store, view.version)
    yield "dataset"
