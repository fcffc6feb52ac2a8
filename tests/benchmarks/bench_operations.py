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
from contextlib import contextmanager
from pathlib import Path

from mechkg.cli.workers import SETTLED
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
"""Seconds in which a home is to be open again after a kill, and a server to answer again whose parent is alive."""

COLD = 3.0
"""Seconds in which a server is to answer that is started from nothing, on a machine that has nothing else to do."""

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


@contextmanager
def _served(home: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start the server; yield it, and its address as soon as it listens. It is killed afterwards."""
    environment = {**os.environ, "MECHKG_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installation has it
    command = [sys.executable, "-m", "mechkg", "serve", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment) as server:
        assert server.stdout is not None
        try:
            yield server, server.stdout.readline().split()[3]
        finally:
            server.send_signal(signal.SIGKILL)


def _ask(url: str) -> None:
    """Wait for the answer to a query."""
    body = b'{"query": "{ graphVersion }"}'
    request = urllib.request.Request(f"{url}/graphql", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert b"graphVersion" in answer.read()


def bench_serve_from_nothing(scratch: Path) -> Iterator[Row]:
    """Start the server after kill -9 of it, until its first answer to a query: Python, imports, home, schema."""
    home = _loaded(scratch)
    with _served(home) as (_, url):  # compiles what was changed
        _ask(url)
    for what, options in (("alone", ()), ("with a parent", ("--workers", "1"))):
        rounds, processor = [], []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            with _served(home, *options) as (server, url):
                _ask(url)
                rounds.append(time.perf_counter() - start)
                processes = [server.pid, *_children(server.pid)]
                processor.append(sum(_processor_seconds(process) for process in processes))
        yield {"what": what, **_told(rounds, processor, COLD)}


def bench_serve_after_kill(scratch: Path) -> Iterator[Row]:
    """Kill -9 the process that serves below a parent, until the answer of the one in its place to who asks at once."""
    home = _loaded(scratch)
    rounds, processor = [], []
    with _served(home, "--workers", "1") as (server, url):
        _ask(url)
        for _ in range(ROUNDS):
            time.sleep(SETTLED + 1)  # a process that serves only for moments is replaced with a pause
            (before,) = _children(server.pid)
            start = time.perf_counter()
            os.kill(before, signal.SIGKILL)
            _ask(url)
            rounds.append(time.perf_counter() - start)
            (after,) = _children(server.pid)
            assert after != before
            processor.append(_processor_seconds(after))
    yield _told(rounds, processor, REOPEN)


def _told(rounds: list[float], processor: list[float], most: float) -> Row:
    """Return a row of which no round may take longer than ``most`` seconds."""
    return {
        "seconds": summary(rounds),
        "processor_seconds": summary(processor),
        "rounds": len(rounds),
        "goal": {"max": most},
        "met": max(rounds) < most,
    }


def _children(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def _processor_seconds(process: int) -> float:
    """Return how long a process has worked; what waits for a processor that others have does not count."""
    told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


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
