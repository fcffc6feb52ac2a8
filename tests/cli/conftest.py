"""Runners of the command over the shipped corpus: in this process, which is quick, and in one of its own."""

from __future__ import annotations

import gc
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from mechkg.cli import main
from mechkg.service.workspace import Workspace
from tests.small_case import CASE

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def mechkg(shipped: Workspace) -> Iterator[Run]:
    """Run the command in this process. What it opens as the user's data is the shipped corpus, which stays open."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.setattr(sys, "argv", ["mechkg", *arguments])
            patch.setattr(Workspace, "open", lambda *_, **__: shipped)
            patch.setattr(shipped, "close", lambda: None)
            try:
                main()
                status = 0
            except SystemExit as end:
                status = int(end.code or 0)
        return subprocess.CompletedProcess(arguments, status, out.getvalue(), err.getvalue())

    threshold = gc.get_threshold()
    yield run
    gc.set_threshold(*threshold)  # the command sets its own


@pytest.fixture(scope="session")
def process(shipped: Workspace) -> Run:
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


@pytest.fixture(scope="session")
def case(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of the small case as a file."""
    path = tmp_path_factory.mktemp("case") / "case.yaml"
    path.write_text(CASE, encoding="utf-8")
    return str(path)
