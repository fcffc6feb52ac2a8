"""A server whose disk is full, or read-only, says so to who writes, and goes on answering who reads; nothing is damaged."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mechkg.curation import tokens
from mechkg.curation.ledger import Ledger
from mechkg.errors import LedgerError
from mechkg.graph.build import bring_up_to_date
from mechkg.graph.canonical import digest
from mechkg.graph.store import Store
from mechkg.model.person import Grant
from mechkg.service.workspace import Workspace
from tests.curation.staff import ADA, CLEO, claim, employ, proposed, put

SIZE = 24 << 20
READING = "{ graphVersion }"
COMMENT = 'mutation { comment(upon: "item:a-1", text: "%s") { ... on Act { position } ... on NotDone { code message } } }'


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home with people and one item that counts, on a small disk of its own where such a thing can be made."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", place], capture_output=True, check=False)
    folder = place / "home"
    with Workspace.open(folder) as workspace:
        employ(workspace.ledger)
        _accept(workspace.ledger, "a-1")
    yield folder
    if mounted.returncode == 0:
        subprocess.run(["umount", "-l", place], check=True)


def _accept(ledger: Ledger, item: str) -> None:
    from mechkg.curation.assertions import accept, propose

    record = claim(item)
    propose(ledger, record, actor="ana")
    accept(ledger, record.id, actor="ana")


def _accept_many(ledger: Ledger) -> None:
    for number in range(200):  # the log has room for some
        _accept(ledger, f"b-{number}")


def _mounted(home: Path) -> bool:
    return os.path.ismount(home.parent)


@pytest.fixture
def full(home: Path) -> Callable[..., None]:
    """What fills the disk up to some free bytes, and what makes room again: ``full(0)``, ``full(None)``."""
    filler = home.parent / "filler"

    def fill(free: int | None) -> None:
        filler.unlink(missing_ok=True)
        if free is None:
            return
        handle = os.open(filler, os.O_WRONLY | os.O_CREAT)
        try:
            while True:
                os.write(handle, bytes(4096))
        except OSError:
            size = os.fstat(handle).st_size
            os.ftruncate(handle, max(0, size - free))
        finally:
            os.close(handle)

    return fill


def test_when_nothing_can_be_written_what_counts_can_be_read_and_all_goes_on_when_there_is_room(
    home: Path, full: Callable[..., None]
) -> None:
    """Where no disk can be mounted, a limit on the size of files stands for a full disk: the ledger then fails at once."""
    with Workspace.open(home) as workspace:
        before, here = workspace.version, digest(workspace.store)
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        if _mounted(home):
            full(0)
        else:
            resource.setrlimit(resource.RLIMIT_FSIZE, (1, limits[1]))
        try:
            with pytest.raises(LedgerError) as failed:
                _accept_many(workspace.ledger)
            last = workspace.ledger.position()
            assert "disk" in failed.value.message
            assert workspace.version >= before
            assert "a-1" in {record.item for record in workspace.ledger.accepted().values()}
            assert workspace.ledger.verify_chain() is None
        finally:
            full(None)
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        _accept(workspace.ledger, "c-1")
        assert workspace.version == workspace.ledger.settled() > last
        now = digest(workspace.store)
        assert now != here
    with Workspace.open(home) as again, Store.open(None) as fresh:
        assert again.graph_position == again.version
        bring_up_to_date(fresh, again.ledger)
        assert digest(again.store) == digest(fresh) == now


def test_an_acknowledged_act_is_followed_though_the_graph_cannot_be_written(
    home: Path, full: Callable[..., None], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from mechkg.errors import GraphError

    with Workspace.open(home) as workspace:
        _accept(workspace.ledger, "b-1")
        assert workspace.store.where is not None  # type: ignore[union-attr]
        with monkeypatch.context() as patch:
            if _mounted(home):
                ledger = home / "ledger.db-wal"
                full(0)
                assert ledger.exists()
            else:

                def refuses(*_: object, **__: object) -> None:
                    raise GraphError("the graph cannot be written: No space left on device")

                patch.setattr(workspace.store, "change", refuses)
            assert workspace.version == workspace.ledger.settled()
        assert workspace.graph_position == workspace.version
        assert "goes on in memory" in caplog.text


# --- a server ---------------------------------------------------------------------------------------------------------


def _ask(url: str, query: str, token: str | None = None) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(f"{url}/graphql", json.dumps({"query": query}).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def _serve(home: Path) -> tuple[subprocess.Popen[str], str]:
    environment = {**os.environ, "MECHKG_HOME": str(home), "PYTHONUNBUFFERED": "1", "MECHKG_LOG_LEVEL": "warning"}
    environment.pop("MECHKG_LEDGER", None)
    command = [sys.executable, "-m", "mechkg", "serve", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    return process, process.stdout.readline().split()[3]


@pytest.mark.slow
def test_a_server_on_a_full_disk_answers_who_reads_and_tells_who_writes(home: Path, full: Callable[..., None]) -> None:
    if not _mounted(home):
        pytest.skip("a disk of its own needs the right to mount one; what the service does is tested above")
    with Ledger.open(home / "ledger.db") as ledger:
        text, _ = tokens.issue(ledger, ADA, "script", Grant("administrator"))
    process, url = _serve(home)
    try:
        version = _ask(url, READING)["data"]["graphVersion"]
        written = _ask(url, COMMENT % "one", text.reveal())
        assert written["data"]["comment"]["position"] > 0, written
        full(0)
        refused = None
        for number in range(40):
            refused = _ask(url, COMMENT % (f"{number} " * 800), text.reveal())
            if "errors" in refused:
                break
        assert refused is not None
        assert refused["errors"][0]["extensions"]["code"] == "mechkg.ledger"
        assert "the disk is full" in refused["errors"][0]["message"]
        assert _ask(url, READING)["data"]["graphVersion"] == version
        assert _ask(url, "{ claims(first: 1) { totalCount } }", text.reveal())["data"]["claims"]["totalCount"] == 1
        with urllib.request.urlopen(f"{url}/feeds/acts.atom", timeout=60) as answer:
            assert answer.status == 200
        with urllib.request.urlopen(f"{url}/sparql?query=ASK%7B?s%20?p%20?o%7D&format=json", timeout=60) as answer:
            assert json.load(answer)["boolean"] is True
        full(None)
        assert _ask(url, COMMENT % "again", text.reveal())["data"]["comment"]["position"] > 0
        process.terminate()
        assert process.wait(40) == 0
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
    finally:
        process.kill()
        process.communicate()
    with Ledger.open(home / "ledger.db") as ledger:
        assert ledger.verify_chain() is None


@pytest.mark.slow
def test_a_home_that_is_read_only_is_served_for_reading(home: Path, tmp_path: Path) -> None:
    with Ledger.open(home / "ledger.db") as ledger:
        text, _ = tokens.issue(ledger, ADA, "script", Grant("administrator"))
        proposed(ledger, put("n-1"), by=CLEO)
    place, owner = home, None
    if _mounted(home):
        subprocess.run(["mount", "-o", "remount,ro", home.parent], check=True)
    elif os.geteuid() != 0:
        for path in (home / "ledger.db", home):
            path.chmod(path.stat().st_mode & ~0o222)
        owner = home
    else:
        pytest.skip("root may write to everything here, and may not mount")
    content = (home / "ledger.db").read_bytes()
    process, url = _serve(place)
    try:
        end = time.monotonic() + 60
        while True:
            try:
                found = _ask(url, READING)
                break
            except OSError:
                assert time.monotonic() < end
                time.sleep(0.1)
        assert found["data"]["graphVersion"] > 0
        refused = _ask(url, COMMENT % "one", text.reveal())
        assert refused["errors"][0]["extensions"]["code"] == "mechkg.ledger"
        assert "is read-only" in refused["errors"][0]["message"]
        assert _ask(url, "{ claims(first: 1) { totalCount } }", text.reveal())["data"]["claims"]["totalCount"] == 1
        request = urllib.request.Request(f"{url}/sparql?query=ASK%7B?s%20?p%20?o%7D", headers={"Accept": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert json.load(answer)["boolean"] is True
    finally:
        process.terminate()
        process.communicate(timeout=60)
        if owner is not None:
            home.chmod(0o700)
    assert process.returncode == 0
    assert (home / "ledger.db").read_bytes() == content


def test_what_a_killed_process_left_in_the_log_is_not_lost_to_who_reads_alone(home: Path, tmp_path: Path) -> None:
    """The log beside a ledger holds acts: it is read, or the ledger is not opened, but never is it passed over."""
    if not _mounted(home):
        pytest.skip("needs a disk that can be made read-only")
    child = os.fork()
    if child == 0:  # dies with its connection open, so that nothing is moved from the log into the file
        ledger = Ledger.open(home / "ledger.db")
        _accept(ledger, "late")
        os._exit(0)
    os.waitpid(child, 0)
    assert (home / "ledger.db-wal").stat().st_size > 0
    shutil.copytree(home, tmp_path / "copy")
    with Ledger.open(tmp_path / "copy" / "ledger.db") as whole:
        last = whole.position()
    subprocess.run(["mount", "-o", "remount,ro", home.parent], check=True)
    with Ledger.open(home / "ledger.db") as ledger:
        assert ledger.position() == last
