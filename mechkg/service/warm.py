"""Make ready what first questions would wait for, while nobody asks yet."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from mechkg.service.impact import prepare
from mechkg.service.workspace import Workspace


@contextmanager
def warming(workspace: Workspace) -> Iterator[None]:
    """Make a workspace ready beside the block, space by space; what is left is given up when the block ends."""
    ended = threading.Event()

    def work() -> None:
        for _ in prepare(workspace):
            if ended.is_set():
                return

    worker = threading.Thread(target=work, name="warming", daemon=True)
    worker.start()
    try:
        yield
    finally:
        ended.set()
        worker.join()
