"""What was written is on the disk, whenever the machine stops."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def sync(folder: Path) -> None:
    """Have the names in a folder written to disk, where its file system has that, and the system lets a folder be opened."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
