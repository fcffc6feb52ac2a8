"""Real SPARQL servers, started for a test run on a free port of this machine: Oxigraph's, and Virtuoso where it is installed."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

VIRTUOSO = shutil.which("virtuoso-t")


def oxigraph_program() -> str:
    """Return the program, which pip puts beside this Python."""
    beside = Path(sys.executable).with_name("oxigraph")
    return str(beside) if beside.exists() else shutil.which("oxigraph") or str(beside)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _running(command: list[str], folder: Path, probe: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; it answers at the address ``probe`` when this begins."""
    with (folder / "log").open("ab") as log:
        server = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        until = time.monotonic() + 60
        while True:
            try:
                httpx2.get(probe, params={"query": "ASK { ?s ?p ?o }"}, timeout=5)
                break
            except httpx2.HTTPError:
                assert server.poll() is None, (folder / "log").read_text(errors="replace")[-2000:]
                assert time.monotonic() < until, "the server does not answer"
                time.sleep(0.05)
        yield server
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()


@contextmanager
def oxigraph_server(folder: Path, port: int | None = None) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Yield the address of an Oxigraph server with its data in ``folder``, and its process."""
    chosen = port or free_port()
    command = [oxigraph_program(), "serve", "--location", str(folder / "data"), "--bind", f"127.0.0.1:{chosen}"]
    with _running(command, folder, f"http://127.0.0.1:{chosen}/query") as process:
        yield f"oxigraph+http://127.0.0.1:{chosen}", process


_INI = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
NumberOfBuffers = 4000
MaxDirtyBuffers = 3000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
[SPARQL]
ResultSetMaxRows = {rows}
"""


@contextmanager
def virtuoso_server(folder: Path, rows: int = 0) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Yield the address of a Virtuoso that cuts answers at so many rows (0: at none), and its process."""
    assert VIRTUOSO is not None
    http = free_port()
    (folder / "virtuoso.ini").write_text(_INI.format(sql=free_port(), http=http, rows=rows))
    command = [VIRTUOSO, "+foreground", "+configfile", "virtuoso.ini"]
    with _running(command, folder, f"http://127.0.0.1:{http}/sparql") as process:
        yield f"virtuoso+http://dba:dba@127.0.0.1:{http}", process
