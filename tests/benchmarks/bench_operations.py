"""What an operator waits for: a server back after kill -9, a backup, a restore, a verification, the cost of being observed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from mechkg.curation.ledger import Ledger
from mechkg.service.back_up import back_up
from mechkg.service.load_corpus import load_corpus
from mechkg.service.restore_backup import restore_backup
from mechkg.service.verify_ledger import verify_ledger
from mechkg.service.workspace import Workspace
from mechkg.tracing import span
from tests.benchmarks.timing import Row, seconds, summary

ROUNDS = 7
REOPEN = 0.5
"""Seconds in which a home is to be open again after a kill."""

# Opens the home, so that everything is as a killed server leaves it; then waits to be killed.
HELD = """
import sys, time
from mechkg.curation.assertions import accept, propose
from mechkg.model.assertion import Remark
from mechkg.model.ledger_record import AssertionRecord
from mechkg.service.workspace import Workspace
with Workspace.open(sys.argv[1]) as workspace:
    for n in range(int(sys.argv[2])):
        name = f"{sys.argv[3]}-{n}"
        record = AssertionRecord.of("remark", Remark(id=name, kind="note", text="a remark"), name, "case")
        propose(workspace.ledger, record, actor="curator")
        accept(workspace.ledger, record.id, actor="curator")
    print("open", flush=True)
    time.sleep(600)
"""


def _killed(home: Path, acts: int, mark: str) -> None:
    """Leave the home as a process leaves it that is killed after so many acts that its graph has not followed."""
    command = [sys.executable, "-c", HELD, str(home), str(acts), mark]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "open\n"
        child.send_signal(signal.SIGKILL)


def _loaded(scratch: Path) -> Path:
    home = scratch / "home"
    with Workspace.open(home) as workspace:
        load_corpus(workspace)
    return home


def bench_reopen_after_kill(scratch: Path) -> Iterator[Row]:
    """Open ledger and graph after kill -9, the graph ten acts behind, until what counts can be read."""
    home = _loaded(scratch)

    def reopen() -> None:
        with Workspace.open(home) as workspace:
            assert workspace.version == workspace.ledger.settled()

    rounds = []
    for number in range(ROUNDS):
        _killed(home, 10, f"r{number}")
        rounds.append(seconds(reopen))
    took = summary(rounds)
    yield {"seconds": took, "rounds": ROUNDS, "goal": {"max": REOPEN}, "met": max(rounds) < REOPEN}


def bench_serve_after_kill(scratch: Path) -> Iterator[Row]:
    """Start the server after kill -9 of it, until its first answer to a query: Python, imports, home, schema."""
    home = _loaded(scratch)
    environment = {**os.environ, "MECHKG_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    body = b'{"query": "{ graphVersion }"}'
    rounds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        command = [sys.executable, "-m", "mechkg", "serve", "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment) as server:
            assert server.stdout is not None
            url = server.stdout.readline().split()[3]
            request = urllib.request.Request(f"{url}/graphql", body, {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=60) as answer:
                assert b"graphVersion" in answer.read()
            rounds.append(time.perf_counter() - start)
            server.send_signal(signal.SIGKILL)
    yield {"seconds": summary(rounds), "rounds": ROUNDS}


def bench_backup_restore_verify(scratch: Path) -> Iterator[Row]:
    """Back up, continue, restore and verify the shipped corpus."""
    home = _loaded(scratch)
    with Ledger.open(home / "ledger.db") as ledger:
        acts = ledger.position()
    target, restored = scratch / "backup", scratch / "restored"
    kinds = {
        "backup": lambda: back_up(target, home),
        "backup continued": lambda: back_up(target, home),
        "verify": lambda: verify_ledger(home),
        "restore": lambda: restore_backup(target, restored),
        "restore of half": lambda: restore_backup(target, restored, at=_half(home, acts)),
    }
    for what, act in kinds.items():
        rounds = []
        for _ in range(3):
            shutil.rmtree(restored, ignore_errors=True)
            if what == "backup":
                shutil.rmtree(target, ignore_errors=True)
            rounds.append(seconds(act))
        yield {"what": what, "acts": acts, "seconds": summary(rounds), "rounds": 3}


def _half(home: Path, acts: int) -> int:
    """Return a position near the middle at which a batch ended."""
    with Ledger.open(home / "ledger.db") as ledger:
        firsts = [int(one.id.removeprefix("batch-")) - 1 for one in ledger.batches()]
    return min(firsts, key=lambda position: abs(position - acts // 2))


def bench_span_that_nobody_collects(scratch: Path) -> Iterator[Row]:
    """A hundred thousand spans where no traces are sent."""

    def many() -> None:
        for _ in range(100_000):
            with span("work"):
                pass

    yield {"seconds": summary([seconds(many) for _ in range(3)]), "rounds": 3}
