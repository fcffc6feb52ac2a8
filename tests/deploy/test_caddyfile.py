"""The proxy leads to TLS, tells who asks, keeps to itself what is for who runs it, and writes no secret into its log."""

from __future__ import annotations

import json
import os
import re
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn

from mechkg.api.uploads import SLACK
from mechkg.service import imports, readings
from tests.deploy.composed import FOLDER
from tests.graph.servers import free_port

LARGEST = 48_000_000


class Upstream(BaseHTTPRequestHandler):
    """What stands in for mechkg: it tells what it was asked."""

    protocol_version = "HTTP/1.1"
    pause = threading.Event()

    def do_GET(self) -> None:
        if self.path.startswith("/events"):
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(b"data: first\n\n")
            self.wfile.flush()
            self.pause.wait(20)
            self.wfile.write(b"data: last\n\n")
            self.close_connection = True
            return
        self._tell({"path": self.path, "headers": {name.lower(): value for name, value in self.headers.items()}})

    def do_POST(self) -> None:
        read = 0
        try:
            while True:  # in pieces, each told with its length
                length = int(self.rfile.readline() or b"0", 16)
                read += len(self.rfile.read(length))
                self.rfile.readline()
                if length == 0:
                    break
        except (OSError, ValueError):
            self.close_connection = True
            return
        self._tell({"read": read})

    def _tell(self, what: dict[str, Any]) -> None:
        content = json.dumps(what).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Set-Cookie", "mechkg_session=mkg_cookie_secret")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Proxy:
    """Caddy, with the file as it is, in front of the upstream."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.https, self.http = folder, free_port(), free_port()
        self.upstream = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
        self.upstream.daemon_threads = True
        threading.Thread(target=self.upstream.serve_forever, daemon=True).start()
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "XDG_DATA_HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder),
            "MECHKG_HOST": f"localhost:{self.https}",
            "MECHKG_HTTPS_PORT": str(self.https),
            "MECHKG_HTTP_PORT": str(self.http),
            "MECHKG_UPSTREAM": f"127.0.0.1:{self.upstream.server_port}",
        }
        self.log = folder / "log"
        with self.log.open("wb") as log:
            command = ["caddy", "run", "--config", FOLDER / "Caddyfile", "--adapter", "caddyfile"]
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log, cwd=folder)
        self.authority = folder / "caddy" / "pki" / "authorities" / "local" / "root.crt"
        self.client = httpx2.Client(base_url=f"https://localhost:{self.https}", timeout=30, verify=self._trust())

    def _trust(self) -> ssl.SSLContext:
        until = time.monotonic() + 30
        while True:
            assert self.process.poll() is None and time.monotonic() < until, self.log.read_text()
            if self.authority.exists():
                trust = ssl.create_default_context(cafile=str(self.authority))
                try:
                    httpx2.get(f"https://localhost:{self.https}/", verify=trust)
                    return trust
                except httpx2.HTTPError:
                    pass
            time.sleep(0.05)

    def requests(self) -> list[dict[str, Any]]:
        """What is in its log of requests, once a last one is in it."""
        self.client.get("/last")
        until = time.monotonic() + 10
        while True:
            lines = [json.loads(line) for line in self.log.read_text().splitlines()]
            found = [line["request"] for line in lines if "request" in line]
            if found and found[-1]["uri"] == "/last":
                return found
            assert time.monotonic() < until
            time.sleep(0.02)

    def close(self) -> None:
        Upstream.pause.set()
        self.client.close()
        self.process.terminate()
        self.process.wait(30)
        self.upstream.shutdown()
        self.upstream.server_close()


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    made = Proxy(tmp_path_factory.mktemp("proxy"))
    yield made
    made.close()


def test_it_is_valid_and_well_formed(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "MECHKG_HOST": "mechkg.example.org"}
    file = str(FOLDER / "Caddyfile")
    found = subprocess.run(
        ["caddy", "validate", "--config", file, "--adapter", "caddyfile"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Valid configuration" in found.stdout + found.stderr, found.stderr
    assert not [line for line in found.stderr.splitlines() if '"level":"warn"' in line]
    copy = tmp_path / "Caddyfile"
    shutil.copyfile(file, copy)
    subprocess.run(["caddy", "fmt", "--overwrite", copy], env=environment, check=True)
    assert copy.read_text() == Path(file).read_text()


def test_connections_are_let_go_of_sooner_than_mechkg_does() -> None:
    idle = re.search(r"keepalive (\d+)s", (FOLDER / "Caddyfile").read_text())
    assert idle is not None and int(idle[1]) < uvicorn.Config("").timeout_keep_alive


def test_who_comes_by_http_is_led_to_tls(proxy: Proxy) -> None:
    answer = httpx2.get(f"http://localhost:{proxy.http}/spaces?x=1")
    assert answer.status_code == 308
    assert answer.headers["location"].startswith("https://localhost") and answer.headers["location"].endswith("/spaces?x=1")


def test_upstream_is_told_who_asks_whatever_was_sent(proxy: Proxy) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example"}
    told = proxy.client.get("/", headers=forged).json()["headers"]
    assert (told["x-forwarded-for"], told["x-forwarded-proto"]) == ("127.0.0.1", "https")
    assert told["x-forwarded-host"] == told["host"] == f"localhost:{proxy.https}"


@pytest.mark.parametrize(
    "path", ["/metrics", "/metrics/", "/metrics?x=1", "/METRICS", "//metrics", "/x/../metrics", "/%6detrics"]
)
def test_metrics_are_not_for_the_world(proxy: Proxy, path: str) -> None:
    answer = proxy.client.get(path)
    # either it is answered here, or what goes on is no path of metrics
    assert answer.status_code == 404 or answer.json()["path"].partition("?")[0] not in ("/metrics", "/metrics/")


def test_events_are_passed_on_at_once(proxy: Proxy) -> None:
    Upstream.pause.clear()
    with proxy.client.stream("GET", "/events") as stream:
        lines = stream.iter_lines()
        assert next(lines) == "data: first"
        assert not Upstream.pause.is_set()
        Upstream.pause.set()
        assert "data: last" in list(lines)


def test_the_largest_form_that_mechkg_takes_goes_through(proxy: Proxy) -> None:
    largest = max(2 * readings.LARGEST, imports.LARGEST) + SLACK
    assert largest < LARGEST < 2 * largest
    assert f"max_size {LARGEST // 1_000_000}MB" in (FOLDER / "Caddyfile").read_text()
    assert proxy.client.post("/", content=_pieces(largest)).json() == {"read": largest}


def test_what_is_larger_does_not(proxy: Proxy) -> None:
    try:
        answer = proxy.client.post("/", content=_pieces(LARGEST + 5_000_000))
    except httpx2.HTTPError:
        return  # it was hung up on
    assert answer.status_code in (413, 502)


def _pieces(size: int) -> Iterator[bytes]:
    while size:
        piece = min(size, 1 << 20)
        size -= piece
        yield bytes(piece)


def test_no_secret_is_in_its_log(proxy: Proxy) -> None:
    secrets = ("hunter2", "mkg_abc_verysecret", "codesecret", "statesecret", "refsecret", "cookiesecret", "mkg_cookie_secret")
    headers = {"Authorization": "Bearer hunter2", "Cookie": "mechkg_session=cookiesecret", "Referer": "https://x/?code=refsecret"}
    proxy.client.get("/sign-in/once/mkg_abc_verysecret?next=/spaces", headers=headers)
    proxy.client.get("/sign-in/with/orcid/back?code=codesecret&state=statesecret&x=1")
    uris = [request["uri"] for request in proxy.requests()]
    assert "/sign-in/once/mkg_abc_***?next=/spaces" in uris
    assert "/sign-in/with/orcid/back?code=***&state=***&x=1" in uris
    text = proxy.log.read_text()
    assert [secret for secret in secrets if secret in text] == []
