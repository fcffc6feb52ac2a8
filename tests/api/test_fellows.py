"""Whoever of several processes is asked for metrics tells those of all, and who did not answer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from mechkg.api.fellows import Fellows
from mechkg.api.metrics import _ALONE, Together, _Starts


def registry(asked: int) -> CollectorRegistry:
    found = CollectorRegistry()
    Counter("asked", "Questions.", ("kind",), registry=found).labels("a").inc(asked)
    Histogram("took", "Seconds.", buckets=(1.0,), registry=found).observe(0.5)
    Gauge("waiting", "Who waits.", registry=found).set(asked)
    return found


@pytest.fixture
def sockets(tmp_path: Path) -> Iterator[dict[int, Path]]:
    """Three processes: this one, one that answers, and one that is just being replaced, so that nobody answers at its socket."""
    places = {number: tmp_path / str(number) for number in (1, 2, 3)}
    opened = []
    for number in (2, 3):
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(places[number]))
        listener.listen()
        opened.append(listener)

    def answer() -> None:
        caller, _ = opened[0].accept()
        with caller:
            assert caller.recv(1000).startswith(f"GET {_ALONE} HTTP/1.1".encode())
            content = generate_latest(registry(5))
            caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(content), content))

    thread = threading.Thread(target=answer)
    thread.start()
    yield places
    thread.join(10)
    for listener in opened:
        listener.close()


def test_all_are_told_by_one(sockets: dict[int, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mechkg.api.fellows._PATIENCE", 0.3)
    own = registry(2)
    own.register(_Starts(Fellows(1, 4, sockets)))
    lines = generate_latest(Together(Fellows(1, 4, sockets), own)).decode().splitlines()  # type: ignore[arg-type]
    assert 'asked_total{kind="a",worker="1"} 2.0' in lines
    assert 'asked_total{kind="a",worker="2"} 5.0' in lines
    assert 'took_bucket{le="1.0",worker="2"} 1.0' in lines
    assert 'waiting{worker="1"} 2.0' in lines
    assert 'mechkg_worker_starts{worker="1"} 4.0' in lines
    answering = [line for line in lines if line.startswith("mechkg_worker_answering{")]
    assert answering == [
        f'mechkg_worker_answering{{worker="{number}"}} {said}' for number, said in ((1, 1.0), (2, 1.0), (3, 0.0))
    ]
    # each metric is described once, whoever tells it
    types = [line for line in lines if line.startswith("# TYPE")]
    assert len(types) == len(set(types)) == 5
