"""Several processes on one ledger and one graph: one feeds it at a time, each sees one version, and whoever dies is replaced."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from mechkg.curation.assertions import accept, propose, retract
from mechkg.curation.ledger import Ledger
from mechkg.errors import BadInputError
from mechkg.graph.ask import as_query, questions
from mechkg.graph.build import bring_up_to_date
from mechkg.graph.canonical import canonical
from mechkg.graph.sparql_server import SparqlServer
from mechkg.graph.steady import Steady
from mechkg.graph.store import Store
from mechkg.model.assertion import Remark
from mechkg.model.ledger_record import AssertionRecord
from mechkg.reasoning.facts import read_facts
from mechkg.reasoning.labels import read_labels
from mechkg.service.describe_dataset import counts
from mechkg.service.projector import projecting
from mechkg.service.rebuild import rebuild
from mechkg.service.workspace import Workspace
from tests.curation import conftest as ledgers
from tests.graph.servers import free_port, oxigraph_server

TEXTS = (
    "SELECT ?text WHERE { ?remark a <https://w3id.org/mechkg/ontology#Remark> ; <https://w3id.org/mechkg/ontology#text> ?text }"
)


postgresql, quick_path, new_place, place = (getattr(ledgers, name) for name in ("postgresql", "quick_path", "new_place", "place"))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with oxigraph_server(tmp_path_factory.mktemp("oxigraph")) as (address, _):
        yield address


@pytest.fixture
def graph(running: str) -> str:
    """Return the address of an empty graph on a server."""
    with SparqlServer.open(running) as server:
        server.clear()
    return running


@pytest.fixture
def opened(place: str, graph: str, tmp_path: Path) -> Iterator[Callable[[str], Workspace]]:
    """Return a function that opens the ledger and the graph in a home of its own."""
    workspaces: list[Workspace] = []

    def open_it(home: str) -> Workspace:
        workspaces.append(Workspace.open(tmp_path / home, ledger=place, graph=graph))
        return workspaces[-1]

    yield open_it
    for workspace in workspaces:
        workspace.close()


def remark(name: str) -> AssertionRecord:
    return AssertionRecord.of("remark", Remark(id=name, kind="note", text=f"text of {name}"), name, "case")


def take_in(ledger: Ledger, name: str) -> AssertionRecord:
    record = remark(name)
    propose(ledger, record, actor="ana")
    accept(ledger, record.id, actor="bo")
    return record


def texts(workspace: Workspace) -> list[str]:
    return sorted(row[0] for row in workspace.store.rows(TEXTS, {}))


def check_equal(workspace: Workspace) -> None:
    """See that the graph on the server is the one that the ledger gives."""
    assert workspace.projector is not None
    with Store.open(None) as fresh:
        bring_up_to_date(fresh, workspace.ledger)
        assert canonical(workspace.projector.server) == canonical(fresh)


def settle(workspace: Workspace) -> None:
    """Follow the ledger, as a process that serves does, until the graph is that of a rebuild and stays so."""
    assert workspace.projector is not None
    until = time.monotonic() + 15
    same = 0
    while same < 3:  # what a killed process asked for may still be done
        assert time.monotonic() < until, "the graph is not that of a rebuild"
        workspace.follow()
        with Store.open(None) as fresh:
            bring_up_to_date(fresh, workspace.ledger)
            same = same + 1 if canonical(workspace.projector.server) == canonical(fresh) else 0
        time.sleep(0.05)


# --- two that read and write ------------------------------------------------------------------------------------------


def test_what_one_process_accepts_the_other_sees(opened: Callable[[str], Workspace]) -> None:
    one, other = opened("one"), opened("other")
    assert one.shared and texts(one) == texts(other) == []
    record = take_in(one.ledger, "a")
    assert texts(other) == ["text of a"] == texts(one)
    assert other.graph_position == other.version == one.version == 2
    retract(other.ledger, record.id, actor="ana", reason="test")
    assert texts(one) == []
    check_equal(one)


def test_a_reading_stays_at_its_version(opened: Callable[[str], Workspace]) -> None:
    one, other = opened("one"), opened("other")
    take_in(one.ledger, "a")
    before = other.reading
    take_in(one.ledger, "b")
    assert texts(one) == ["text of a", "text of b"]
    assert [row[0] for row in before.store.rows(TEXTS, {})] == ["text of a"]
    assert before.catalog.entries.keys() == {"a"}
    assert texts(other) == ["text of a", "text of b"]


def test_readers_see_no_half_while_others_write(opened: Callable[[str], Workspace]) -> None:
    """Three texts are always accepted together: whoever asks twice of one reading finds the same, in threes."""
    one, other = opened("one"), opened("other")
    ended = threading.Event()
    seen: list[int] = []
    failed: list[object] = []

    def read() -> None:
        try:
            while not ended.is_set():
                reading = other.reading
                first, second = (sorted(row[0] for row in reading.store.rows(TEXTS, {})) for _ in range(2))
                counted = [entry.id for entry in reading.catalog.by_kind.get("remark", ())]
                if first != second or len(first) % 3 or len(counted) != len(first):
                    failed.append((first, second, counted))
                seen.append(len(first))
        except BaseException as error:
            failed.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(6):
            with one.ledger.batch(f"b{number}", "ana") as batch:
                for part in "abc":
                    record = remark(f"{part}-{number}")
                    propose(batch, record)
                    accept(batch, record.id)
            one.refresh()
    finally:
        ended.set()
        reader.join()
    assert failed == []
    assert len(set(seen)) > 1
    assert len(texts(other)) == 18


def test_a_process_that_serves_is_told_of_acts_of_others(opened: Callable[[str], Workspace]) -> None:
    one, other = opened("one"), opened("other")
    with projecting(other):
        time.sleep(0.3)
        take_in(one.ledger, "a")
        began = time.monotonic()
        assert other.projector is not None
        while other.projector.current() is None:
            assert time.monotonic() - began < 10
            time.sleep(0.01)
    check_equal(one)


def test_a_failure_that_nobody_expected_does_not_end_it(
    opened: Callable[[str], Workspace], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    one, other = opened("one"), opened("other")
    follow, calls = other.follow, []

    def broken() -> None:
        calls.append(time.monotonic())
        if len(calls) < 3:
            raise RuntimeError("unforeseen")
        follow()

    monkeypatch.setattr(other, "follow", broken)
    with projecting(other):
        take_in(one.ledger, "a")
        until = time.monotonic() + 15
        assert other.projector is not None
        while other.projector.current() is None:
            assert time.monotonic() < until
            time.sleep(0.02)
    assert "unforeseen" in caplog.text
    check_equal(one)


# --- while acts follow each other -------------------------------------------------------------------------------------


def test_while_acts_follow_each_other_graphs_in_memory_are_asked(
    opened: Callable[[str], Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, now, asked = opened("one"), time.monotonic(), []
    original = SparqlServer.rows
    monkeypatch.setattr(SparqlServer, "rows", lambda *given: asked.append(1) or original(*given))
    monkeypatch.setattr("mechkg.service.workspace.time.monotonic", lambda: now)
    take_in(workspace.ledger, "a")
    before = workspace.reading
    assert texts(workspace) == ["text of a"] and len(asked) == 1
    now += 60
    take_in(workspace.ledger, "b")
    assert texts(workspace) == ["text of a", "text of b"] and len(asked) == 2  # it is only now that one follows another
    assert [row[0] for row in before.store.rows(TEXTS, {})] == ["text of a"]
    so_far = len(asked)
    for name in "cd":
        now += 5
        take_in(workspace.ledger, name)
        workspace.follow()
        assert texts(workspace)[-1] == f"text of {name}" and len(asked) == so_far
    now += 11
    take_in(workspace.ledger, "e")
    assert texts(workspace)[-1] == "text of e" and len(asked) == so_far + 1
    check_equal(workspace)


def test_many_threads_read_one_version_each_while_acts_go_on(opened: Callable[[str], Workspace]) -> None:
    """What a reading says of its catalogue is what it says of its graph, whenever it is asked, and none goes back."""
    workspace, ended, wrong, versions = opened("one"), threading.Event(), [], list[list[int]]()

    def read() -> None:
        seen: list[int] = []
        versions.append(seen)
        while not ended.is_set():
            floor = max((v for some in versions for v in some[-1:]), default=0)
            reading = workspace.reading
            seen.append(reading.version)
            items = sorted(f"text of {name}" for name in reading.catalog.entries)
            for _ in range(2):
                found = sorted(row[0] for row in reading.store.rows(TEXTS, {}))
                if found != items or reading.version < floor:
                    wrong.append((floor, reading.version, items, found))

    threads = [threading.Thread(target=read) for _ in range(5)]
    with projecting(workspace):
        for thread in threads:
            thread.start()
        for number in range(12):
            take_in(workspace.ledger, f"r-{number:02}")
            until = time.monotonic() + 20
            while not any(seen[-1:] == [workspace.ledger.settled()] for seen in versions):
                assert time.monotonic() < until
                time.sleep(0.01)
        ended.set()
        for thread in threads:
            thread.join(30)
    assert wrong == []
    assert len({version for seen in versions for version in seen}) >= 12 and all(seen == sorted(seen) for seen in versions)
    check_equal(workspace)


# --- who dies is replaced ---------------------------------------------------------------------------------------------

HOLD = """
import sys, time
from mechkg.service.workspace import Workspace
with Workspace.open(sys.argv[1], ledger=sys.argv[2], graph=sys.argv[3]) as workspace:
    with workspace.ledger.alone(workspace.projector._name) as mine:
        assert mine
        print("open", flush=True)
        time.sleep(600)
"""

WRITE = """
import sys
from mechkg.service.workspace import Workspace
from tests.service.test_projector import take_in
with Workspace.open(sys.argv[1], ledger=sys.argv[2], graph=sys.argv[3]) as workspace:
    print("open", flush=True)
    for number in range(10_000):
        print(take_in(workspace.ledger, f"{sys.argv[4]}-{number}").id, flush=True)
        workspace.refresh()
"""


@contextmanager
def another(script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run a script in a process of its own until the block ends, or somebody kills it."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", script, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline().strip() == "open"
            yield child
        finally:
            child.send_signal(signal.SIGKILL)


def test_who_is_killed_while_it_feeds_is_replaced_at_once(
    opened: Callable[[str], Workspace], place: str, graph: str, tmp_path: Path
) -> None:
    one = opened("one")
    with another(HOLD, str(tmp_path / "two"), place, graph) as holder:
        take_in(one.ledger, "a")
        assert one.projector is not None
        with pytest.raises(Exception, match="another process has been writing"):
            one.projector.bring(patience=0.3)
        assert texts(one) == ["text of a"]  # derived from the ledger meanwhile
        holder.send_signal(signal.SIGKILL)
        killed = time.monotonic()
        one.projector.bring(patience=10)
        taken_over = time.monotonic() - killed
    print(f"taken over after {taken_over:.3f} s")
    assert taken_over < 5
    one.follow()
    assert one._revision is not None and texts(one) == ["text of a"]
    check_equal(one)


def test_killed_at_random_moments_nothing_is_lost_and_the_graph_is_that_of_a_rebuild(
    opened: Callable[[str], Workspace], place: str, graph: str, tmp_path: Path
) -> None:
    chance = random.Random(7)
    one = opened("one")
    acknowledged: set[str] = set()
    for number in range(2):
        with another(WRITE, str(tmp_path / f"w{number}"), place, graph, f"r{number}") as writer:
            time.sleep(chance.uniform(0.2, 1.0))
            writer.send_signal(signal.SIGKILL)
            assert writer.stdout is not None
            acknowledged.update(line.strip() for line in writer.stdout if line.endswith("\n"))
        assert len(texts(one)) == len(one.ledger.accepted())
        statuses = one.ledger.statuses()
        assert all(statuses[name] == "accepted" for name in acknowledged)
        settle(one)
    assert acknowledged
    assert one.ledger.verify_chain() is None


# --- what is asked of it ----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_reasoning_and_pages_read_of_the_corpus_is_the_same(shipped: Workspace, graph: str, tmp_path: Path) -> None:
    assert shipped.home is not None
    with Workspace.open(tmp_path, ledger=str(shipped.home / "ledger.db"), graph=graph) as workspace:
        here, there = shipped.store, workspace.store
        assert canonical(there) == canonical(here)
        assert read_labels(there) == read_labels(here)
        for space in [entry.id for entry in shipped.catalog.by_kind["space"]][::9]:
            assert read_facts(there, space) == read_facts(here, space)
        for question in questions():
            try:
                query = as_query(question, here)
            except BadInputError:
                continue  # has no default
            assert sorted(map(str, there.select(query).rows)) == sorted(map(str, here.select(query).rows)), question.name
        assert counts(there, 0) == counts(here, 0)
        assert isinstance(there, Steady) and not there.moved


def test_the_service_runs_on_both(place: str, graph: str, tmp_path: Path) -> None:
    port = free_port()
    environment = {**os.environ, "MECHKG_LEDGER": place, "MECHKG_GRAPH": graph}
    with Ledger.open(place) as ledger:
        command = [sys.executable, "-m", "mechkg", "serve", "--home", str(tmp_path / "serve"), "--port", str(port)]
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as service:
            try:
                assert _ready(port)["graph_version"] == 0
                take_in(ledger, "a")
                assert _ready(port)["graph_version"] == 2
            finally:
                service.terminate()
        assert service.returncode in (0, -signal.SIGTERM)


def _ready(port: int) -> dict[str, int]:
    """Return what a service says of itself once it is ready."""
    until = time.monotonic() + 60
    while True:
        try:
            answer = httpx2.get(f"http://127.0.0.1:{port}/readyz", timeout=10)
            if answer.status_code == 200:
                found: dict[str, int] = answer.json()
                return found
        except httpx2.TransportError:
            pass
        assert time.monotonic() < until, "the service is not ready"
        time.sleep(0.1)


# --- the server goes away and comes back ------------------------------------------------------------------------------


def test_without_the_server_what_counts_is_derived_from_the_ledger(tmp_path: Path) -> None:
    port, folder = free_port(), tmp_path / "server"
    folder.mkdir()
    with oxigraph_server(folder, port) as (address, _):
        workspace = Workspace.open(tmp_path / "home", graph=address)
        take_in(workspace.ledger, "a")
        assert texts(workspace) == ["text of a"]
    with workspace:
        reading = workspace.reading
        assert texts(workspace) == ["text of a"]
        take_in(workspace.ledger, "b")
        assert texts(workspace) == ["text of a", "text of b"]
        assert workspace.graph_position == workspace.version == 4
        workspace.follow()
        assert workspace._revision is None
        with oxigraph_server(folder, port):
            workspace.follow()
            assert workspace._revision is not None
            assert texts(workspace) == ["text of a", "text of b"]
            check_equal(workspace)
        assert [row[0] for row in reading.store.rows(TEXTS, {})] == ["text of a"]


def test_a_rebuild_makes_the_same_graph_anew(
    opened: Callable[[str], Workspace], place: str, graph: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = opened("one")
    take_in(one.ledger, "a")
    one.refresh()
    monkeypatch.setenv("MECHKG_LEDGER", place)
    monkeypatch.setenv("MECHKG_GRAPH", graph)
    report = rebuild(tmp_path / "two")
    assert (report.position, report.same) == (2, True)
    assert one.projector is not None
    one.projector.server.change(remove=one.projector.server.quads_with(None, None, '"text of a"'))
    assert not rebuild(tmp_path / "two").same
    check_equal(one)
    assert texts(one) == ["text of a"]
