"""What a user waits for: the command line, the first table of verdicts, a check on loaded data."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

from mechkg.service.kept import FOLDER

MECHKG = str(Path(sys.executable).with_name("mechkg"))
SPACE, CANDIDATE = "cdtese-msc399", "eq2"


def _run(*command: str, home: Path) -> None:
    environment = os.environ | {"MECHKG_HOME": str(home)}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)


def bench_import(scratch: Path) -> Callable[[], object]:
    """Start Python and import the package."""
    return lambda: _run(sys.executable, "-c", "import mechkg", home=scratch)


def bench_help(scratch: Path) -> Callable[[], object]:
    """Start the command line and let it print its help."""
    return lambda: _run(MECHKG, "--help", home=scratch)


def bench_first_verdicts(scratch: Path) -> Callable[[], object]:
    """From nothing: ledger, corpus, graph, verdicts, each time in a new folder."""
    homes = (scratch / str(number) for number in count())
    return lambda: _run(MECHKG, "start", "--no-serve", home=next(homes))


def bench_check(scratch: Path) -> Callable[[], object]:
    """Check a space on loaded data, from the shell; it was checked before, and what it starts from was kept."""
    _run(MECHKG, "start", "--no-serve", home=scratch)
    _run(MECHKG, "check", SPACE, "--json", home=scratch)
    return lambda: _run(MECHKG, "check", SPACE, "--json", home=scratch)


def bench_first_check(scratch: Path) -> Callable[[], object]:
    """The same with nothing kept: the graph is read, and clingo grounds the rules."""
    _run(MECHKG, "start", "--no-serve", home=scratch)

    def check() -> None:
        shutil.rmtree(scratch / FOLDER, ignore_errors=True)
        _run(MECHKG, "check", SPACE, "--json", home=scratch)

    return check


def bench_why(scratch: Path) -> Callable[[], object]:
    """Prove the verdict on one candidate, from the shell; what the space starts from was kept."""
    _run(MECHKG, "start", "--no-serve", home=scratch)
    _run(MECHKG, "why", SPACE, CANDIDATE, home=scratch)
    return lambda: _run(MECHKG, "why", SPACE, CANDIDATE, home=scratch)
