"""A runner of the command over the shipped corpus."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mechkg.service.workspace import Workspace

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def mechkg(shipped: Workspace) -> Run:
    """Run the command as a user would, in a process of its own, over the shipped corpus.

    The fixture holds that graph, so these processes derive theirs in memory: as the shell does while the service runs.
    """

    def run(*arguments: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "MECHKG_HOME": str(home or shipped.home)}
        return subprocess.run(
            [sys.executable, "-m", "mechkg", *arguments],
            capture_output=True,
            text=True,
            env=environment,
            timeout=120,
            check=False,
        )

    return run
