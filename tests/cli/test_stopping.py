"""A server that is told to stop finishes what it does, lets go of who listens, closes all, and ends with status 0."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from mechkg.curation.ledger import Ledger
from tests.cli.served import Served, slow

SUBSCRIPTION = "subscription { acts { position } }"


class Logging(Served):
    """A server whose log is read when it has ended."""

    def __init__(self, home: Path, *command: str, **variables: str) -> None:
        given = command or slow(cold=True)
        super().__init__(home, *given, stderr=subprocess.PIPE, **{"MECHKG_LOG_LEVEL": "info", **variables})

    def wait_ready(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=20):
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the server did not come up")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Tell it to stop; return how many seconds that took."""
        start = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(40)
        return time.monotonic() - start

    def log(self) -> list[dict[str, object]]:
        assert self.process.stderr is not None
        return [json.loads(line) for line in self.process.stderr.read().splitlines()]


@pytest.fixture
def serve(staffed_home: Path, tmp_path: Path) -> Iterator[Callable[..., Logging]]:
    started: list[Logging] = []

    def start(*command: str, **variables: str) -> Logging:
        home = tmp_path / "home"
        if not home.exists():
            shutil.copytree(staffed_home, home)
        server = Logging(home, *command, **variables)
        started.append(server)
        server.wait_ready()
        return server

    yield start
    for server in started:
        server.end()


@pytest.mark.slow
def test_requests_streams_and_sockets_end_as_they_should(serve: Callable[..., Logging]) -> None:
    server = serve()
    answers: list[object] = []
    events: list[str] = []

    def ask() -> None:
        with urllib.request.urlopen(f"{server.url}/slow/3", timeout=30) as answer:
            answers.append(json.load(answer))

    def listen() -> None:
        headers = {"Accept": "text/event-stream"}
        with httpx2.stream("POST", f"{server.url}/graphql", json={"query": SUBSCRIPTION}, headers=headers, timeout=30) as stream:
            events.extend(stream.iter_lines())  # raises unless the stream ends as HTTP says

    async def socket() -> tuple[int | None, str]:
        address = f"{server.url.replace('http', 'ws')}/graphql"
        async with connect(address, subprotocols=["graphql-transport-ws"]) as opened:  # type: ignore[list-item]
            try:
                await opened.send('{"type": "connection_init"}')
                await opened.recv()
                await opened.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": SUBSCRIPTION}}))
                while True:
                    await opened.recv()
            except ConnectionClosed as closed:
                return (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (None, "it broke")

    def hold() -> None:
        answers.append(asyncio.run(socket()))

    def wait_for(*lines: str) -> None:
        told, end = "", time.monotonic() + 20
        while not all(f"\n{line}\n" in told for line in lines):
            assert time.monotonic() < end, told
            with urllib.request.urlopen(f"{server.url}/metrics", timeout=20) as answer:
                told = answer.read().decode()

    threads = [threading.Thread(target=target) for target in (listen, hold, ask)]
    for thread in threads[:2]:
        thread.start()
    wait_for("mechkg_websockets 1.0", "mechkg_http_requests_in_flight 2.0")  # the other one is that which asks for this
    threads[2].start()
    wait_for("mechkg_http_requests_in_flight 3.0")
    took = server.stop()
    for thread in threads:
        thread.join(20)
    assert server.process.returncode == 0
    assert took < 15
    assert {"slept": 3.0} in answers, "a request in flight is answered"
    assert (1001, "the server stops") in answers
    assert [line for line in events if line.startswith("event")][-2:] == ["event: next", "event: complete"]
    assert '"code":"mechkg.stopping"' in "".join(events)
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"{server.url}/healthz", timeout=5)
    assert not list(server.home.glob("ledger.db-*")), "the ledger was closed"
    slow = [line for line in server.log() if line.get("route") == "/slow/{seconds}"]
    assert [line["status"] for line in slow] == [200]
    with Ledger.open(server.home / "ledger.db", create=False) as ledger:
        assert ledger.verify_chain() is None


@pytest.mark.slow
def test_what_takes_too_long_is_given_up_and_the_end_is_still_orderly(serve: Callable[..., Logging]) -> None:
    server = serve(MECHKG_GRACE="0.5")
    failed: list[object] = []

    def ask() -> None:
        try:
            urllib.request.urlopen(f"{server.url}/slow/6", timeout=30).read()
        except urllib.error.HTTPError as error:
            with error:
                failed.append(error.code)
        except OSError as error:
            failed.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.5)
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(40)
    asking.join(20)
    assert server.process.returncode == 0
    assert len(failed) == 1


@pytest.mark.slow
def test_the_command_is_stopped_while_it_warms_up(serve: Callable[..., Logging]) -> None:
    server = serve("-m", "mechkg", "serve", "--port", "0")
    with urllib.request.urlopen(f"{server.url}/metrics", timeout=20) as answer:
        assert b"mechkg_info" in answer.read()
    assert server.stop(signal.SIGINT) < 12
    assert server.process.returncode == 0
    assert all(line["level"] != "error" for line in server.log())
