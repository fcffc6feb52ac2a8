"""Make ready what first questions would wait for, while nobody asks yet."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from mechkg.service.impact import prepare
from mechkg.service.workspace import Workspace

LAST: Final = 2.0
"""Seconds for which the end waits for what is in work; it changes nothing, and may be left where it is."""


@dataclass(slots=True)
class Warmth:
    """Whether all is ready that first questions would wait for; what cannot be made ready is waited for no longer."""

    done: bool = False


@contextmanager
def warming(workspace: Workspace, warmth: Warmth | None = None) -> Iterator[None]:
    """Make a workspace ready beside the block, space by space; what is left is given up when the block ends."""
    ended = threading.Event()

    def work() -> None:
        try:
            for _ in prepare(workspace):
                if ended.is_set():
                    return
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
