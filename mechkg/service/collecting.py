"""No search for garbage while much is read that stays: Python would go through all of it again and again, and find none."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_LOCK = threading.Lock()
_within = 0
_was_on = False


@contextmanager
def not_collecting() -> Iterator[None]:
    """Search for no cycles of values that nobody holds, in the whole process, as long as some block lasts.

    What nobody holds otherwise is let go of at once, as ever.
    """
    global _within, _was_on
    with _LOCK:
        if _within == 0:
            _was_on = gc.isenabled()
            gc.disable()
        _within += 1
    try:
        yield
    finally:
        with _LOCK:
            _within -= 1
            if _within == 0 and _was_on:
                gc.enable()
