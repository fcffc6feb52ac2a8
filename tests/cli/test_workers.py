"""Workers that end are replaced at once, with real processes: callers wait meanwhile, and nobody is left behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from mechkg.curation.ledger import Ledger
from tests.cli.conftest import Run
from tests.cli.served import Served, slow
from tests.curation.conftest import PROGRAMS, new_place, place, postgresql, quick_path  # noqa: F401 - fixtures
from tests.graph.servers import oxigraph_server

# A parent whose workers tell who they are, and may fail on purpose.
SMALL = """
import json, os, signal, socket, sys, time
from mechkg.cli import workers
kind, count = sys.argv[1], int(sys.argv[2])
workers.SLACK = 0.3
if kind == "no-memory":
    fork, refused = os.fork, [OSError(12, "Cannot allocate memory")]
    def scarce():
        if refused:
            raise refused.pop()
        return fork()
    os.fork = scarce
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
worker = workers.watch(count, 0.5, pauses=(0.05, 0.1, 0.4))
if isinstance(worker, int):
    sys.exit(worker)
print(time.monotonic(), flush=True)
if kind.isdigit():
    sys.exit(int(kind))
if kind == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
worker.ready()
if kind == "short-lived":
    sys.exit(0)
while True:
    caller, _ = listener.accept()
    caller.sendall(json.dumps([os.getpid(), worker.number, worker.starts]).encode())
    caller.close()
"""


class Small:
    """A parent of small workers."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self.process = process
        self.port = int(process.stdout.readline())

    def ask(self) -> tuple[int, int, int]:
        """Return process, number and start of the worker that answers."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as caller:
            told = b"".join(iter(lambda: caller.recv(1000), b""))
        process, number, starts = json.loads(told)
        return process, number, starts

    def all(self, count: int) -> dict[int, int]:
        """Return the processes of all workers, by number."""
        found: dict[int, int] = {}
        until = time.monotonic() + 10
        while len(found) < count:
            assert time.monotonic() < until
            with suppress(OSError, ValueError):  # one that is told to stop while it answers leaves that, unlike a server
                process, number, _ = self.ask()
                found[number] = process
        return found


@contextmanager
def small(kind: str = "serves", count: int = 1) -> Iterator[Small]:
    command = [sys.executable, "-c", SMALL, kind, str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield Small(process)
        finally:
            process.kill()


def runs(process: int) -> bool:
    """Whether there is such a process, and not only what is left of it until somebody asks how it ended."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def wait_until(holds: Callable[[], bool], within: float = 10) -> None:
    until = time.monotonic() + within
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_worker_that_is_killed_is_replaced_while_callers_wait() -> None:
    with small() as parent:
        before, _, starts = parent.ask()
        assert starts == 1
        parent.process.send_signal(signal.SIGSTOP)  # so that somebody asks while nobody is there to answer
        os.kill(before, signal.SIGKILL)
        wait_until(lambda: not runs(before))
        with socket.create_connection(("127.0.0.1", parent.port), timeout=10) as caller:
            parent.process.send_signal(signal.SIGCONT)
            after, number, starts = json.loads(caller.recv(1000))
        assert after != before and (number, starts) == (1, 2)


def test_only_the_one_that_ended_is_replaced() -> None:
    with small(count=2) as parent:
        before = parent.all(2)
        os.kill(before[2], signal.SIGKILL)
        wait_until(lambda: parent.all(2)[2] != before[2])
        assert parent.all(2)[1] == before[1]


def test_no_worker_outlives_a_parent_that_is_killed() -> None:
    with small(count=2) as parent:
        workers = parent.all(2).values()
        parent.process.kill()
        wait_until(lambda: not any(runs(worker) for worker in workers))
        with pytest.raises(ConnectionRefusedError):
            parent.ask()


@pytest.mark.parametrize(("kind", "status"), [("3", 3), ("short-lived", 1)])
def test_starts_that_come_to_nothing_get_rarer_and_are_given_up(kind: str, status: int) -> None:
    with small(kind) as parent:
        out, err = parent.process.communicate(timeout=20)
    begun = [float(line) for line in out.split()]
    waits = [after - before for before, after in pairwise(begun)]
    assert len(begun) == 4
    assert waits[1] >= 0.1 and waits[2] >= 0.4
    assert parent.process.returncode == status
    assert "gave up: a process that serves ended 4 times in a row" in err


def test_a_fork_that_the_system_refuses_is_tried_again() -> None:
    with small("no-memory") as parent:
        _, number, starts = parent.ask()
        assert (number, starts) == (1, 2)


def test_what_is_set_wrongly_is_not_tried_again() -> None:
    with small("2") as parent:
        out, _ = parent.process.communicate(timeout=20)
    assert (len(out.split()), parent.process.returncode) == (1, 2)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_parent_that_is_told_to_stop_stops_its_workers(number: signal.Signals) -> None:
    with small(count=2) as parent:
        workers = parent.all(2).values()
        parent.process.send_signal(number)
        assert parent.process.wait(10) == 0
        assert not any(runs(worker) for worker in workers)


@pytest.mark.parametrize("signals", [[signal.SIGTERM], [signal.SIGINT, signal.SIGINT]])
def test_a_worker_that_does_not_stop_is_killed(signals: list[signal.Signals]) -> None:
    with small("stubborn") as parent:
        worker, _, _ = parent.ask()
        start = time.monotonic()
        for number in signals:
            parent.process.send_signal(number)
            time.sleep(0.2)
        assert parent.process.wait(10) == 0
        assert not runs(worker)
        assert (time.monotonic() - start >= 0.8) == (len(signals) == 1)


def test_workers_are_renewed_one_after_the_other() -> None:
    with small(count=2) as parent:
        before = parent.all(2)
        parent.process.send_signal(signal.SIGUSR1)
        wait_until(lambda: not set(parent.all(2).values()) & set(before.values()))
        assert parent.process.poll() is None


def test_what_a_terminal_sends_to_all_is_for_the_parent() -> None:
    with small() as parent:
        worker, _, _ = parent.ask()
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
            os.kill(worker, number)
        time.sleep(0.1)
        assert parent.ask()[0] == worker


# --- the command ------------------------------------------------------------------------------------------------------


class Working(Served):
    """The command, with workers."""

    def __init__(self, home: Path, count: int, **variables: str) -> None:
        super().__init__(home, *slow("--workers", str(count)), **variables)

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"{self.url}{path}", timeout=60) as answer:
            text: str = answer.read().decode()
        return text

    def workers(self) -> set[int]:
        process = self.process.pid
        return {int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()}

    def version(self) -> Any:
        return json.loads(self.get("/graphql?query={graphVersion}"))["data"]["graphVersion"]


@pytest.mark.slow
def test_a_killed_server_answers_again_and_one_that_stops_answers_first(staffed_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(staffed_home, home)
    server = Working(home, 1)
    try:
        version = server.version()
        (before,) = server.workers()
        of_parent = Path(f"/proc/{server.process.pid}")
        assert len(list((of_parent / "task").iterdir())) == 1, "no thread that a fork would leave behind"
        assert not [file for file in (of_parent / "fd").iterdir() if str(home) in str(file.readlink())], "nothing is open"
        os.kill(before, signal.SIGKILL)
        assert server.version() == version
        (after,) = server.workers()
        assert after != before
        assert 'mechkg_worker_starts{worker="1"} 2.0' in server.get("/metrics")
        # this one has the graph on disk, as a single process would
        assert f"{home}/graph" in "".join(str(file.readlink()) for file in Path(f"/proc/{after}/fd").iterdir())

        answers: list[str] = []
        asking = threading.Thread(target=lambda: answers.append(server.get("/slow/1.5")))
        asking.start()
        wait_until(lambda: "mechkg_http_requests_in_flight 2.0" in server.get("/metrics"))
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0
        asking.join(10)
        assert answers == ['{"slept":1.5}']
        assert not runs(after)
        assert not list(home.glob("ledger.db-*")), "the ledger was closed"
        with Ledger.open(home / "ledger.db", create=False) as ledger:
            assert ledger.verify_chain() is None
    finally:
        server.end()


@pytest.mark.slow
@pytest.mark.skipif(PROGRAMS is None, reason="the PostgreSQL server programs are not installed")
@pytest.mark.parametrize("new_place", ["postgresql"], indirect=True)
def test_several_share_a_ledger_and_a_graph_on_servers(new_place: Callable[[], str], tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "graph").mkdir()
    with oxigraph_server(tmp_path / "graph") as (graph, _):
        server = Working(tmp_path / "home", 2, MECHKG_LEDGER=new_place(), MECHKG_GRAPH=graph)
        try:
            assert server.version() == 0
            told = ""

            def both() -> bool:
                nonlocal told
                told = server.get("/metrics")
                return all(f'mechkg_worker_answering{{worker="{number}"}} 1.0' in told for number in (1, 2))

            wait_until(both, 30)
            assert all(f'mechkg_ledger_reachable{{worker="{number}"}} 1.0' in told for number in (1, 2))
            assert told.count("# TYPE mechkg_http_request_seconds histogram") == 1
            workers = server.workers()
            os.kill(min(workers), signal.SIGKILL)
            assert server.version() == 0
            wait_until(lambda: both() and 'mechkg_worker_starts{worker="1"} 2.0' in told, 30)
            assert len(server.workers() & workers) == 1
            server.process.send_signal(signal.SIGTERM)
            assert server.process.wait(40) == 0
        finally:
            server.end()


@pytest.mark.parametrize(
    ("variables", "missing"),
    [
        ({}, "MECHKG_LEDGER"),
        ({"MECHKG_GRAPH": "oxigraph+http://localhost:7878"}, "MECHKG_LEDGER"),
        ({"MECHKG_LEDGER": "postgresql://mechkg@localhost/mechkg"}, "MECHKG_GRAPH"),
    ],
)
def test_several_are_refused_where_one_holds_what_there_is(
    mechkg: Run, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], missing: str
) -> None:
    for name in ("MECHKG_LEDGER", "MECHKG_GRAPH"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    done = mechkg("serve", "--workers", "2", "--port", "0")
    assert done.returncode == 2
    assert f"set {missing} to" in done.stderr and "give --workers 1" in done.stderr
