"""The service does with a home folder and one for what is temporary: all else may be read-only, and it needs no rights."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.deploy.small_paper import PAPER
from tests.small_case import CASE

ROOT = Path(__file__).parents[2]
CONFINED = Path(__file__).with_name("confined.py")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A home folder, and one for what is temporary."""
    below = tmp_path_factory.mktemp("confined")
    made = below / "home", below / "tmp"
    for folder in made:
        folder.mkdir()
    tried = subprocess.run(confined(made, "true"), capture_output=True, text=True, check=False)
    if tried.returncode == 125:
        pytest.skip(f"this system lets nobody be confined: {tried.stderr.strip()}")
    return made


def confined(folders: tuple[Path, Path], *command: str) -> list[str]:
    """The command, so that it may write nothing but the folders."""
    return [sys.executable, str(CONFINED), *map(str, folders), "--", *command]


def variables(folders: tuple[Path, Path]) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "MECHKG_HOME": str(folders[0]), "TMPDIR": str(folders[1])}


def run(folders: tuple[Path, Path], *command: str, status: int = 0) -> str:
    """Run a command of mechkg, confined; return what it prints."""
    program = confined(folders, sys.executable, "-P", "-m", "mechkg", *command)
    done = subprocess.run(program, env=variables(folders), cwd="/", capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def address(folders: tuple[Path, Path]) -> Iterator[str]:
    server = subprocess.Popen(
        confined(folders, sys.executable, "-P", "-m", "mechkg", "serve", "--port", "0", "--workers", "1"),
        env=variables(folders),
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None and server.stderr is not None
    line = server.stdout.readline()
    assert line, server.stderr.read()
    yield line.split()[3]
    server.send_signal(signal.SIGTERM)
    _, log = server.communicate(timeout=60)
    assert server.returncode == 0, log
    assert [line for line in map(json.loads, log.splitlines()) if line["level"] in ("warning", "error")] == []


def test_nothing_but_the_folders_can_be_written(folders: tuple[Path, Path], tmp_path: Path) -> None:
    places = [*folders, ROOT / "mechkg", Path(sys.prefix), Path.home(), tmp_path, Path("/dev/shm"), Path("/var/tmp")]
    code = (
        "import os, sys\n"
        "def may(place):\n"
        "    try:\n"
        "        open(os.path.join(place, '.tried'), 'w').close()\n"
        "    except OSError:\n"
        "        return False\n"
        "    os.unlink(os.path.join(place, '.tried'))\n"
        "    return True\n"
        "said = open('/proc/self/status').read()\n"
        "print([may(place) for place in sys.argv[1:]], 'CapEff:\\t' + 16 * '0' in said, 'NoNewPrivs:\\t1' in said)\n"
    )
    command = confined(folders, sys.executable, "-c", code, *map(str, places))
    found = subprocess.run(command, env=variables(folders), capture_output=True, text=True, check=False)
    assert found.stdout.strip() == f"{[True, True] + [False] * (len(places) - 2)} True True", found.stderr


def test_people_load_reason_write_and_make_backups(folders: tuple[Path, Path]) -> None:
    home, scratch = folders
    (scratch / "paper.yaml").write_text(PAPER)
    (scratch / "case.yaml").write_text(CASE)
    assert "3 accepted" in run(folders, "corpus", "load", str(scratch / "paper.yaml"))
    assert json.loads(run(folders, "check", str(scratch / "case.yaml"), "--json"))["candidates"]
    before = json.loads(run(folders, "verify", "--json"))["head"]["position"]
    run(folders, "people", "enrol", "ada", "--name", "Ada")
    made = json.loads(run(folders, "backup", str(home / "backup"), "--json"))
    assert made["position"] > before


def test_the_service_gets_ready_and_answers_of_every_kind(address: str) -> None:
    until = time.monotonic() + 60
    while httpx2.get(f"{address}/readyz", timeout=20).status_code != 200:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert httpx2.get(f"{address}/", timeout=20).status_code == 200
    asked = httpx2.post(f"{address}/graphql", json={"query": "{ claims(first: 1) { totalCount } }"}, timeout=20).json()
    assert asked["data"]["claims"]["totalCount"] == 2
    # of a copy of the graph, by a process that bounds itself
    counted = httpx2.get(f"{address}/sparql", params={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"}, timeout=30).json()
    assert int(counted["results"]["bindings"][0]["n"]["value"]) > 1000
    assert httpx2.get(f"{address}/metrics", timeout=20).status_code == 200
