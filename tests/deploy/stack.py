"""A team's server to be killed and loaded: what compose.yaml describes, with as many web processes as wanted and no proxy.

Each web process has a home of its own, as on a machine of its own; ledger and graph are shared. All are kept running by the
supervisor. Who reads and writes shows an address in ``X-Forwarded-For``, as the proxy would tell it.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import quote

import httpx2
import psycopg

from mechkg.curation import tokens
from mechkg.curation.enrol import enrol, grant
from mechkg.curation.ledger import Ledger
from mechkg.model.person import Caller, Grant
from tests.deploy.composed import Ports, Service, Supervisor, compose
from tests.graph.servers import free_port

VICTIMS: Final = ("web", "projector", "ledger", "graph")
"""Who is killed: a web process, the one that is just bringing the graph up to the ledger, PostgreSQL, the SPARQL server."""

PATIENCE: Final = 60.0
"""Seconds within which all is back after a kill."""

_FEEDING: Final = """
SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND application_name LIKE 'web-%%'
AND (classid::bigint << 32) | objid::bigint = hashtextextended(current_schema() || ' graph ' || %s, 0)
"""


@dataclass(frozen=True, slots=True)
class Kill:
    """What was killed: as whom it was sought, the service that was hit, the process, and when (monotonic seconds)."""

    victim: str
    service: str
    process: int
    at: float


class Stack:
    """PostgreSQL, the SPARQL server and web processes, under a supervisor."""

    def __init__(self, folder: Path, *, webs: int = 2, synced: bool = False) -> None:
        """``synced``: PostgreSQL waits for its disk, as it does where nobody tells it otherwise."""
        self.folder = folder
        self.ports = Ports.free()
        described = {
            service.name: service
            for service in compose(
                folder,
                self.ports,
                {
                    "ledger": self.ledger_answers,
                    "graph": self.graph_answers,
                    "mechkg": lambda: False,
                    "proxy": lambda: False,
                },
                alone=False,
            )
        }
        ledger, graph = described["ledger"], described["graph"]
        if synced:
            ledger.command += ["-c", "fsync=on", "-c", "full_page_writes=on"]
        self.web_ports = [free_port() for _ in range(webs)]
        self.webs = [self._web(described["mechkg"], number, port) for number, port in enumerate(self.web_ports)]
        self.urls = [f"http://127.0.0.1:{port}" for port in self.web_ports]
        self.supervisor = Supervisor([ledger, graph, *self.webs])
        self.services = self.supervisor.services
        told = self.webs[0].environment
        password = quote(told["PGPASSWORD"], safe="")
        self.ledger = told["MECHKG_LEDGER"].replace("mechkg@", f"mechkg:{password}@", 1)
        """Address of the ledger, with its password."""
        self.graph = told["MECHKG_GRAPH"]

    def _web(self, described: Service, number: int, port: int) -> Service:
        name, home = f"web-{number}", self.folder / f"home-{number}"
        home.mkdir(mode=0o700)
        command = [str(port) if part == str(self.ports.mechkg) else part for part in described.command]
        # PostgreSQL tells by this name which process holds a lock
        environment = {**described.environment, "MECHKG_HOME": str(home), "PGAPPNAME": name}
        log = self.folder / f"{name}.log"
        return replace(
            described, name=name, command=command, environment=environment, log=log, statuses=[],
            healthy=lambda: ready(f"http://127.0.0.1:{port}"),
        )  # fmt: skip

    # --- whether all is there

    def ledger_answers(self) -> bool:
        """Say whether PostgreSQL answers."""
        try:
            with psycopg.connect(self.ledger, connect_timeout=2) as connection:
                return connection.execute("SELECT 1").fetchone() == (1,)
        except psycopg.Error:
            return False

    def graph_answers(self) -> bool:
        """Say whether the SPARQL server answers."""
        try:
            address = f"http://127.0.0.1:{self.ports.graph}/query"
            return httpx2.get(address, params={"query": "ASK { ?s ?p ?o }"}, timeout=5).status_code == 200
        except httpx2.HTTPError:
            return False

    def wait(self, within: float = PATIENCE) -> None:
        """Wait until all answer, and all web processes are ready."""
        until = time.monotonic() + within
        waiting: dict[str, Callable[[], bool]] = {"ledger": self.ledger_answers, "graph": self.graph_answers}
        waiting |= {web.name: web.healthy for web in self.webs}
        while waiting:
            name, answers = next(iter(waiting.items()))
            if answers():
                del waiting[name]
                continue
            assert time.monotonic() < until, f"{name} is not back after {within:g} s\n{self.last_words(name)}"
            time.sleep(0.05)

    # --- killing

    def kill(self, victim: str, chance: random.Random) -> Kill:
        """Kill (SIGKILL) one of ``VICTIMS`` and return what was hit.

        As projector whoever is just writing the graph, if that can be seen within some seconds, else any web process, as "web".
        """
        name = victim
        if victim == "projector":
            found = self._projector(within=5)
            victim, name = ("web", f"web-{chance.randrange(len(self.webs))}") if found is None else (victim, found)
        elif victim == "web":
            name = f"web-{chance.randrange(len(self.webs))}"
        process = self.pid(name)
        os.kill(process, signal.SIGKILL)
        return Kill(victim, name, process, time.monotonic())

    def _projector(self, within: float) -> str | None:
        """Return the process that holds the turn to write the graph, as soon as one does."""
        update = f"http://127.0.0.1:{self.ports.graph}/update"
        until = time.monotonic() + within
        with psycopg.connect(self.ledger, autocommit=True) as connection:
            while time.monotonic() < until:
                row = connection.execute(_FEEDING, [update], prepare=True).fetchone()
                if row is not None:
                    return str(row[0])
                time.sleep(0.001)
        return None

    def wait_until_back(self, kill: Kill, within: float = PATIENCE) -> float:
        """Wait until what was killed runs again, all answer, and web processes are ready; return the seconds since the kill."""
        until = kill.at + within
        while self._pid(kill.service) in (None, kill.process):
            assert time.monotonic() < until, f"{kill.service} was not started again\n{self.last_words(kill.service)}"
            time.sleep(0.01)
        self.wait(until - time.monotonic())
        return time.monotonic() - kill.at

    # --- what it says and takes

    def pid(self, name: str) -> int:
        """Return the id of the process of a service; of a web process, not that of the parent which replaces it."""
        until = time.monotonic() + PATIENCE
        while (found := self._pid(name)) is None:
            assert time.monotonic() < until, f"{name} does not run\n{self.last_words(name)}"
            time.sleep(0.01)
        return found

    def _pid(self, name: str) -> int | None:
        process = self.services[name].process
        if process is None or process.returncode is not None:
            return None
        if not name.startswith("web-"):
            return process.pid
        return next(iter(children(process.pid)), None)

    def last_words(self, name: str, lines: int = 12) -> str:
        """Return the end of the log of a service, without lines about requests that were answered; long lines are cut inside."""
        text = [line for line in self._log(name) if '"level":"info"' not in line][-lines:]
        shown = [line if len(line) < 1000 else f"{line[:400]} ... {line[-500:]}" for line in text]
        return f"--- the last lines of {self.services[name].log}\n" + "\n".join(shown)

    def serious(self) -> list[str]:
        """Return what the logs of web processes tell of failures that nobody expected."""
        found = []
        for web in self.webs:
            lines = self._log(web.name)
            for number, line in enumerate(lines):
                if '"level":"error"' in line or line.startswith("Traceback"):
                    found.append(f"{web.name}: " + "\n".join(lines[number : number + 60 if line.startswith("T") else number + 1]))
        return found

    def _log(self, name: str) -> list[str]:
        log = self.services[name].log
        return log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []

    # --- people

    def employ(self, number: int) -> dict[str, str]:
        """Enrol so many reviewers, and return a token of each."""
        found = {}
        ada = Caller("ada", "shell")
        with Ledger.open(self.ledger) as ledger:
            enrol(ledger, ada, "ada", name="Ada")
            for n in range(number):
                name = f"curator-{n}"
                enrol(ledger, ada, name, name=f"Curator {n}")
                grant(ledger, ada, name, Grant("reviewer"))
                text, _ = tokens.issue(ledger, Caller(name, "shell"), "of the load", Grant("reviewer"))
                found[name] = text.reveal()
        return found


def children(process: int) -> list[int]:
    """Return the ids of the processes that a process started, and that still run."""
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            with suppress(OSError):
                found += [int(each) for each in (task / "children").read_text().split()]
    return found


def ready(url: str) -> bool:
    """Say whether a web process is ready."""
    try:
        return httpx2.get(f"{url}/readyz", timeout=10).status_code == 200
    except httpx2.HTTPError:
        return False


@contextmanager
def running(*, webs: int = 2, synced: bool = False, within: Path | None = None) -> Iterator[Stack]:
    """Run a stack while the block lasts. When the block fails, the logs are kept, and their last lines told."""
    folder = Path(tempfile.mkdtemp(prefix="mechkg-stack-", dir=within))
    folder.chmod(0o711)  # PostgreSQL runs as another user
    stack = Stack(folder, webs=webs, synced=synced)
    try:
        with stack.supervisor:
            stack.wait()
            yield stack
    except BaseException:
        keep_logs(stack)
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def keep_logs(stack: Stack, names: Sequence[str] = ()) -> Path:
    """Copy the logs to where they stay, and tell where and what they said last."""
    kept = Path(tempfile.mkdtemp(prefix="mechkg-stack-logs-"))
    for name, service in stack.services.items():
        if service.log.exists():
            shutil.copy(service.log, kept)
        if not names or name in names:
            print(stack.last_words(name), file=sys.stderr)
    print(f"the logs are in {kept}", file=sys.stderr, flush=True)
    return kept
