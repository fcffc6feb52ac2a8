"""A team's server, as compose.yaml describes it, with processes of this machine in the places of containers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.deploy.composed import Ports, Supervisor, compose, postgresql_programs
from tests.deploy.small_paper import PAPER


class Team:
    """The services, and how browsers and people at the machine reach them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = Ports.free()
        self.site = f"https://localhost:{self.ports.https}"
        health = {
            "ledger": lambda: _listens(self.ports.ledger),
            "graph": lambda: _listens(self.ports.graph),
            "mechkg": lambda: _answers(f"http://127.0.0.1:{self.ports.mechkg}/readyz"),
            "proxy": lambda: _listens(self.ports.https),
        }
        self.supervisor = Supervisor(compose(folder, self.ports, health, alone=False))
        self.services = self.supervisor.services

    def client(self) -> httpx2.Client:
        """A browser that trusts the authority of this proxy, and nobody else."""
        authority = self.folder / "certificates" / "caddy" / "pki" / "authorities" / "local" / "root.crt"
        trust = ssl.create_default_context(cafile=str(authority))
        return httpx2.Client(base_url=self.site, verify=trust, timeout=30)

    def run(self, *command: str) -> str:
        """Run a command as ``docker compose exec mechkg`` does."""
        environment = dict(self.services["mechkg"].environment)
        done = subprocess.run(
            [sys.executable, "-P", "-m", "mechkg", *command],
            env=environment,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _answers(address: str) -> bool:
    try:
        return httpx2.get(address, timeout=5).status_code == 200
    except httpx2.HTTPError:
        return False


@pytest.fixture(scope="module")
def team() -> Iterator[Team]:
    folder = Path(tempfile.mkdtemp(prefix="mechkg-team-"))
    folder.chmod(0o711)
    team = Team(folder)
    try:
        with team.supervisor:
            team.supervisor.wait("mechkg")
            team.supervisor.wait("proxy")
            (folder / "paper.yaml").write_text(PAPER)
            team.run("corpus", "load", str(folder / "paper.yaml"))
            yield team
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.slow
def test_people_and_programs_are_answered_through_the_proxy(team: Team) -> None:
    with team.client() as browser:
        assert browser.get("/readyz").json()["status"] == "ready"
        page = browser.get("/")
        assert page.status_code == 200 and "<h1" in page.text
        assert "max-age" in page.headers["strict-transport-security"]
        assert _claims(browser) == 2


@pytest.mark.slow
def test_a_killed_process_is_back_and_who_asked_meanwhile_has_waited(team: Team) -> None:
    mechkg = team.services["mechkg"]
    assert mechkg.process is not None
    before, starts = mechkg.process.pid, mechkg.starts
    os.kill(before, signal.SIGKILL)
    with team.client() as browser:
        start = time.monotonic()
        assert browser.get("/healthz").status_code == 200
        waited = time.monotonic() - start
        team.supervisor.wait("mechkg")
        assert browser.get("/").status_code == 200
    assert (mechkg.starts, mechkg.statuses[-1]) == (starts + 1, -signal.SIGKILL)
    assert mechkg.process.pid != before
    assert waited < 20


@pytest.mark.slow
def test_the_process_that_serves_is_replaced_without_a_start_of_the_service(team: Team) -> None:
    mechkg = team.services["mechkg"]
    assert mechkg.process is not None
    parent, starts = mechkg.process.pid, mechkg.starts
    children = Path(f"/proc/{parent}/task/{parent}/children")
    (before,) = children.read_text().split()
    with team.client() as browser:
        os.kill(int(before), signal.SIGKILL)
        assert _claims(browser) == 2
    assert (mechkg.process.pid, mechkg.starts) == (parent, starts)
    assert before not in children.read_text().split()


@pytest.mark.slow
def test_an_earlier_moment_is_restored_into_another_database_and_the_graph_follows(team: Team) -> None:
    backup, second = str(team.folder / "backup"), team.folder / "second.yaml"
    made = json.loads(team.run("backup", backup, "--json"))
    assert made["database"] == "postgresql" and made["position"] > 0
    second.write_text(PAPER.replace("id: paper", "id: other").replace("-claim", "-word"))
    team.run("corpus", "load", str(second))
    assert json.loads(team.run("backup", backup, "--json"))["new_acts"] > 0
    with team.client() as browser:
        assert _claims(browser) == 4
        mechkg = team.services["mechkg"]
        there = mechkg.environment["MECHKG_LEDGER"].removesuffix("/mechkg") + "/mechkg_then"
        address = ["--host", "127.0.0.1", "--port", str(team.ports.ledger), "--username", "mechkg"]
        subprocess.run([postgresql_programs() / "createdb", *address, "mechkg_then"], env=mechkg.environment, check=True)
        team.run("restore", backup, "--to", there, "--at", str(made["position"]))
        mechkg.environment = {**mechkg.environment, "MECHKG_LEDGER": there}
        assert mechkg.process is not None
        mechkg.process.terminate()
        until = time.monotonic() + 30
        while mechkg.starts < 3 or _claims(browser) != 2:
            assert time.monotonic() < until
            time.sleep(0.1)
        assert mechkg.statuses[-1] == 0
    assert "all as written" in " ".join(team.run("verify", "--against", f"{made['position']}:{made['digest']}").split())


def _claims(browser: httpx2.Client) -> int:
    query = "{ claims(first: 3) { totalCount nodes { statement } } }"
    answer = browser.get("/graphql", params={"query": query}, headers={"Accept": "application/json"}).json()
    found: int = answer["data"]["claims"]["totalCount"]
    return found


@pytest.mark.slow
def test_all_end_when_they_are_told_to(team: Team) -> None:
    statuses = team.supervisor.stop()
    assert next(iter(statuses)) == "proxy"
    assert {name: status for name, status in statuses.items() if name != "graph"} == {"proxy": 0, "mechkg": 0, "ledger": 0}
    # it has nothing to finish: what it has answered for is written
    assert statuses["graph"] in (0, -signal.SIGTERM)
    lines = [json.loads(line) for line in team.services["mechkg"].log.read_text().splitlines() if line.startswith("{")]
    assert [line for line in lines if line["level"] == "error"] == []
    assert "a%secret/of@this:run" not in team.services["mechkg"].log.read_text()
