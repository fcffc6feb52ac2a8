"""What a request to the GraphQL door costs, beside servers that anybody may have instead.

One query for all (20 species, 5 assertions upon each, the source of each: 860 values), over data of the same content, which
each server holds in its own way; every answer is compared with that of mechkg before the clock starts. A server runs in one
process on one core, the generator of requests on the other; rounds are in turns, so that what slows the machine slows every
peer. What is compared is how many requests a server answers in a second of processor time, all its threads together: it is what
the core gives when nobody else wants it, and says the same when somebody does. Requests in a second of the clock are told beside.

The generator is ``wrk`` (https://github.com/wg/wrk), where it is installed, else a loop over raw sockets in Python. graphql-yoga
is installed by npm, in the versions of ``peers/package-lock.json``, into the scratch folder.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks.species_data import ASSERTIONS, QUERY, SPECIES, load
from tests.benchmarks.timing import Row, goal

PEERS = Path(__file__).parent / "peers"
ROUNDS, SECONDS, CONNECTIONS = 5, 3, 8
SERVER_CORE, GENERATOR_CORE = "0", "1"
BODY = json.dumps({"query": QUERY, "variables": {"first": SPECIES}})
UNLIMITED = {"MECHKG_GRAPHQL_RATE": "0"}


@dataclass
class Server:
    """A server to be measured."""

    name: str
    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    rounds: list[float] = field(default_factory=list)
    """Requests a second of processor time, round by round."""
    by_clock: list[float] = field(default_factory=list)
    """Requests a second of the clock."""
    latencies: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    @property
    def rate(self) -> float:
        return statistics.median(self.rounds)

    def processor_seconds(self) -> float:
        """Return the processor time that the server has used, in all its threads."""
        assert self.process is not None
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def answer(self) -> Any:
        request = urllib.request.Request(
            self.url, BODY.encode(), {"Content-Type": "application/json", "Accept": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            found = json.load(response)
        assert "errors" not in found, found
        return found["data"]


def bench_response_cache(scratch: Path) -> Iterator[Row]:
    """An answer that was kept, against Strawberry and FastAPI as they come, over data in memory."""
    home = scratch / "home"
    with ExitStack() as stack:
        data = _data(home, scratch)
        ours = Server("mechkg, the answer kept", _uvicorn("mechkg_served"), {"MECHKG_HOME": str(home), **UNLIMITED})
        peer = Server("strawberry + fastapi, in memory", _uvicorn("strawberry_in_memory"), {"MECHKG_BENCHMARK_DATA": str(data)})
        _measure(stack, [ours, peer], scratch)
        yield _row(ours, peer, 100, "a kept answer at least 100 times as fast as Strawberry and FastAPI as they come")


def bench_query(scratch: Path) -> Iterator[Row]:
    """The same query answered anew each time: against Strawberry with DataLoaders on pyoxigraph, and graphql-yoga in memory."""
    home = scratch / "home"
    with ExitStack() as stack:
        data = _data(home, scratch)
        environment = {"MECHKG_HOME": str(home), "MECHKG_GRAPHQL_KEPT": "1", **UNLIMITED}  # no answer is smaller than that
        ours = Server("mechkg, nothing kept", _uvicorn("mechkg_served"), environment)
        loaders = Server(
            "strawberry + DataLoader on pyoxigraph", _uvicorn("strawberry_on_pyoxigraph"), {"MECHKG_BENCHMARK_DATA": str(data)}
        )
        command = ["node", str(_yoga(scratch)), str(data), "{port}"]
        yoga = Server("graphql-yoga, in memory", command, {"NODE_ENV": "production"})
        _measure(stack, [ours, loaders, yoga], scratch)
        yield _row(ours, loaders, 5, "a query on the store at least 5 times as fast as Strawberry with DataLoaders on pyoxigraph")
        yield _row(ours, yoga, 1, "a query on the store not slower than graphql-yoga on data in memory")


# --- peers ------------------------------------------------------------------------------------------------------------


def _data(home: Path, scratch: Path) -> Path:
    """Fill a home folder, and write what it answers to a file, for the peers to hold."""
    home.mkdir()
    load(home).close()
    with ExitStack() as stack:
        ours = Server("mechkg", _uvicorn("mechkg_served"), {"MECHKG_HOME": str(home), **UNLIMITED})
        stack.enter_context(_running(ours))
        nodes = ours.answer()["allSpecies"]["nodes"]
    assert len(nodes) == SPECIES
    assert all(len(node["observations"]["nodes"]) == ASSERTIONS for node in nodes)
    documents = {o["source"]["document"]["id"]: o["source"]["document"] for node in nodes for o in node["observations"]["nodes"]}
    content = {
        "species": [{key: node[key] for key in ("id", "label", "kind")} for node in nodes],
        "observations": [
            {**{key: o[key] for key in ("id", "label", "kind", "acceptedBy")}, **_source(o["source"]), "subject": node["id"]}
            for node in nodes
            for o in node["observations"]["nodes"]
        ],
        "documents": list(documents.values()),
    }
    file = scratch / "data.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def _source(source: Mapping[str, Any]) -> dict[str, Any]:
    return {"locator": source["locator"], "flag": source["flag"], "document": source["document"]["id"]}


def _uvicorn(module: str) -> list[str]:
    options = ["--app-dir", str(PEERS), "--port", "{port}", "--log-level", "warning", "--no-access-log"]
    return [sys.executable, "-m", "uvicorn", f"{module}:app", *options, "--loop", "uvloop", "--http", "httptools"]


def _yoga(scratch: Path) -> Path:
    folder = scratch / "yoga"
    shutil.copytree(PEERS, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return folder / "yoga.mjs"


@contextmanager
def _running(server: Server) -> Iterator[None]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server.port = free.getsockname()[1]
    root = str(Path(__file__).parents[2])
    environment = os.environ | {"PYTHONPATH": root} | dict(server.environment)
    command = ["taskset", "-c", SERVER_CORE, *(part.replace("{port}", str(server.port)) for part in server.command)]
    # the generator breaks off in the midst of requests, and servers complain about it
    process = server.process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                server.answer()
                break
            except OSError:
                assert process.poll() is None, f"{server.name} did not start"
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(30)


# --- measuring --------------------------------------------------------------------------------------------------------


def _measure(stack: ExitStack, servers: list[Server], scratch: Path) -> None:
    """Measure servers in turns, each after a round outside of the clock."""
    for server in servers:
        stack.enter_context(_running(server))
    expected = servers[0].answer()
    for server in servers:
        assert server.answer() == expected, server.name
    generate = _wrk(scratch) if shutil.which("wrk") else _in_python
    for turn in range(ROUNDS + 1):
        for server in servers:
            before = server.processor_seconds()
            requests, latency = generate(server.url)
            used = server.processor_seconds() - before
            if turn:
                server.rounds.append(requests / used)
                server.by_clock.append(requests / SECONDS)
                server.latencies.append(latency)
    for server in servers:
        assert server.answer() == expected, server.name


def _wrk(scratch: Path) -> Callable[[str], tuple[int, str]]:
    script = scratch / "post.lua"
    escaped = json.dumps(BODY)
    script.write_text(
        f'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = {escaped}\n', encoding="utf-8"
    )

    def generate(url: str) -> tuple[int, str]:
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", "-s", str(script), url]
        found = subprocess.run(["taskset", "-c", GENERATOR_CORE, *command], check=True, capture_output=True, text=True).stdout
        assert "Non-2xx" not in found, found
        requests = re.search(r"(\d+) requests in", found)
        median = re.search(r"50%\s+(\S+)", found)
        assert requests is not None
        assert median is not None
        return int(requests[1]), median[1]

    return generate


def _in_python(url: str) -> tuple[int, str]:
    """Ask over raw sockets, all connections in one loop, in a process on the other core."""
    command = [
        "taskset",
        "-c",
        GENERATOR_CORE,
        sys.executable,
        str(PEERS.parent / "raw_client.py"),
        url,
        str(CONNECTIONS),
        str(SECONDS),
    ]
    found = subprocess.run(command, input=BODY, check=True, capture_output=True, text=True).stdout.split()
    return int(found[0]), found[1]


def _row(ours: Server, peer: Server, times: float, says: str) -> Row:
    ratio = ours.rate / peer.rate
    return {
        "peer": peer.name,
        "requests_per_processor_second": {server.name: [round(rate) for rate in server.rounds] for server in (ours, peer)},
        "requests_per_second": {server.name: round(statistics.median(server.by_clock)) for server in (ours, peer)},
        "median_latency": {server.name: statistics.median_low(server.latencies) for server in (ours, peer)},
        "times_as_fast": round(ratio, 2),
        **goal(says, met=ratio >= times),
        "timed": f"{CONNECTIONS} connections, rounds of {SECONDS} s in turns, server on one core, generator on the other; "
        "medians of requests in a second of processor time are compared",
        "generator": "wrk" if shutil.which("wrk") else "a loop over raw sockets in Python",
        "answer": f"{SPECIES} species x {ASSERTIONS} assertions x source, the same from all",
    }
