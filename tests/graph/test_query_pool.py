"""Queries of strangers: a hopeless one is stopped in its time and memory, and everybody else goes on."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from mechkg.errors import BusyError, QueryError, QueryMemoryError, QueryTimeoutError
from mechkg.graph.query_pool import COPIES, Limits, QueryPool, Stop
from mechkg.graph.query_process import Asked, Told, answered
from mechkg.graph.store import Graphs, Store

HOPELESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
"""A billion billion rows to count, in no memory."""
GREEDY = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?a ?f"
"""A hundred million rows to sort, all in memory."""
LIMITS = Limits(seconds=10.0, memory=256, waiting=0.3)
ASKED = Asked(
    "", "ASK {}", None, "http://base/", {"x": "http://x/"}, "json", "json", "turtle", 1000, 10**6, 1.0, ("http://why/",)
)


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with Store.open(None) as store:
        store.load((f"<http://x/{n}>", "<http://x/p>", f'"{n}"', f"<http://g/{n % 2}>") for n in range(10_000))
        yield store


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[QueryPool]:
    pool = QueryPool(LIMITS, tmp_path)
    yield pool
    pool.close()
    assert list(tmp_path.iterdir()) == []


def asked(query: str, **more: object) -> Asked:
    return replace(ASKED, query=query, **more)  # type: ignore[arg-type]


def counted(pool: QueryPool, store: Store, query: str, **more: object) -> int:
    _, content = pool.ask(1, store.copy_to, asked(query, **more))
    [row] = orjson.loads(content)["results"]["bindings"]
    return int(row["n"]["value"])


def test_a_hopeless_query_is_stopped_in_time_and_others_go_on(pool: QueryPool, store: Store) -> None:
    took: list[float] = []

    def hopeless() -> None:
        started = time.perf_counter()
        with pytest.raises(QueryTimeoutError, match=r"more than 3 s"):
            pool.ask(1, store.copy_to, asked(HOPELESS, seconds=3.0))
        took.append(time.perf_counter() - started)

    thread = threading.Thread(target=hopeless)
    thread.start()
    meanwhile = 0
    while thread.is_alive():
        assert counted(pool, store, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", seconds=20.0) == 10_000
        meanwhile += 1
        time.sleep(0.02)
    thread.join()
    assert 2.9 < took[0] < 6
    assert meanwhile > 2
    assert counted(pool, store, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", seconds=20.0) == 10_000


def test_a_greedy_query_is_stopped_and_the_next_is_answered(pool: QueryPool, store: Store) -> None:
    with pytest.raises(QueryMemoryError, match="256 MB"):
        pool.ask(1, store.copy_to, asked(GREEDY, seconds=30.0))
    assert counted(pool, store, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == 10_000


def test_a_result_that_fills_the_memory_is_no_other_failure(pool: QueryPool, store: Store) -> None:
    """Rows are cheap for the engine here; it is our own list of them that grows."""
    with pytest.raises(QueryMemoryError, match="256 MB"):
        pool.ask(1, store.copy_to, asked("SELECT * { ?a ?b ?c . ?d ?e ?f }", rows=10**9, size=10**12, seconds=30.0))


def test_a_query_is_stopped_from_outside(pool: QueryPool, store: Store) -> None:
    stop = Stop()
    threading.Timer(0.3, stop.stop).start()
    started = time.perf_counter()
    with pytest.raises(QueryError, match="was stopped"):
        pool.ask(1, store.copy_to, asked(HOPELESS, seconds=20.0), stop)
    assert time.perf_counter() - started < 3
    with pytest.raises(QueryError, match="was stopped"):
        pool.ask(1, store.copy_to, ASKED, stop)


def test_who_finds_no_process_free_is_sent_away(pool: QueryPool, store: Store) -> None:
    def hopeless(stop: Stop) -> None:
        with pytest.raises(QueryError, match="was stopped"):
            pool.ask(1, store.copy_to, asked(HOPELESS, seconds=20.0), stop)

    stops = [Stop() for _ in range(LIMITS.processes)]
    threads = [threading.Thread(target=hopeless, args=(stop,)) for stop in stops]
    for thread in threads:
        thread.start()
    while len(pool.processes) < LIMITS.processes:
        time.sleep(0.01)
    with pytest.raises(BusyError, match="2 queries"):
        pool.ask(1, store.copy_to, ASKED)
    for stop in stops:
        stop.stop()
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()
    told, _ = pool.ask(1, store.copy_to, ASKED)
    assert told.kind == "boolean"


def test_a_process_ends_by_itself_when_nobody_waits_for_it(store: Store, tmp_path: Path) -> None:
    """As after a kill of the service in the middle of a query."""
    import subprocess
    import sys

    store.copy_to(tmp_path / "copy")
    process = subprocess.Popen(
        [sys.executable, "-m", "mechkg.graph.query_process", "0"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(asked(HOPELESS, copy=str(tmp_path / "copy"), seconds=0.5).line())
    process.stdin.flush()
    assert process.wait(5) == -14
    process.stdin.close()
    process.stdout.close()


def test_results_are_cut_at_rows_and_at_bytes_and_say_so(pool: QueryPool, store: Store) -> None:
    told, content = pool.ask(1, store.copy_to, asked("SELECT * { ?s ?p ?o }", rows=10))
    assert (told.rows, told.cut) == (10, "rows")
    assert orjson.loads(content)["head"]["link"] == ["http://why/"]
    assert len(orjson.loads(content)["results"]["bindings"]) == 10
    told, content = pool.ask(1, store.copy_to, asked("SELECT * { ?s ?p ?o } LIMIT 10", rows=10))
    assert (told.rows, told.cut) == (10, None)
    assert "link" not in orjson.loads(content)["head"]
    told, content = pool.ask(1, store.copy_to, asked("SELECT * { ?s ?p ?o }", size=1000))
    assert told.cut == "size" and 10 < told.rows < 100
    told, content = pool.ask(1, store.copy_to, asked("CONSTRUCT WHERE { ?s ?p ?o }", rows=7, graph="n-triples"))
    assert (told.kind, told.rows, told.cut, content.count(b" .\n")) == ("graph", 7, "rows", 7)


def test_closing_ends_what_runs(pool: QueryPool, store: Store, tmp_path: Path) -> None:
    failed: list[Exception] = []

    def hopeless() -> None:
        try:
            pool.ask(1, store.copy_to, asked(HOPELESS, seconds=20.0))
        except QueryError as error:
            failed.append(error)

    thread = threading.Thread(target=hopeless)
    thread.start()
    while not pool.processes:
        time.sleep(0.01)
    [process] = pool.processes
    pool.close()
    thread.join(5)
    assert not thread.is_alive()
    assert [str(error) for error in failed] == ["the query was stopped"]
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    assert list(tmp_path.iterdir()) == []
    assert counted(pool, store, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == 10_000  # and it can be used again


def test_which_graphs_are_asked(pool: QueryPool, store: Store) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    named = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert counted(pool, store, count) == 10_000
    assert counted(pool, store, named) == 10_000
    assert counted(pool, store, count.replace("{", "FROM <http://g/1> {", 1)) == 5_000
    assert counted(pool, store, count.replace("{", "FROM NAMED <http://g/1> {", 1)) == 0
    assert counted(pool, store, named.replace("{", "FROM NAMED <http://g/1> {", 1)) == 5_000
    assert counted(pool, store, count, among=Graphs(("http://g/0",), ())) == 5_000
    assert counted(pool, store, named, among=Graphs(("http://g/0",), ())) == 0
    assert counted(pool, store, named, among=Graphs((), ("http://g/0", "http://g/1"))) == 10_000
    assert counted(pool, store, count, among=Graphs((), ("http://g/0",))) == 0
    # what the protocol says goes before what the query says
    assert counted(pool, store, count.replace("{", "FROM <http://g/1> {", 1), among=Graphs(("http://nothing/",), ())) == 0


def test_versions_have_copies_of_their_own(pool: QueryPool, store: Store) -> None:
    count = asked("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    with Store.open(None) as other:
        other.load([("<urn:s>", "<urn:p>", "<urn:o>", "<urn:g>")])
        for version, where, size in ((1, store, 10_000), (2, other, 1), (1, store, 10_000)):
            _, content = pool.ask(version, where.copy_to, count)
            assert f'"value":"{size}"'.encode() in content


def test_a_copy_that_takes_long_holds_up_nobody_who_asks_of_another_version(pool: QueryPool, store: Store) -> None:
    pool.ask(1, store.copy_to, ASKED)
    begun, go_on = threading.Event(), threading.Event()

    def slowly(folder: Path) -> None:
        begun.set()
        assert go_on.wait(10)
        store.copy_to(folder)

    thread = threading.Thread(target=pool.ask, args=(2, slowly, ASKED))
    thread.start()
    assert begun.wait(5)
    told, _ = pool.ask(1, store.copy_to, ASKED)
    assert told.kind == "boolean" and thread.is_alive()
    go_on.set()
    thread.join(10)
    assert not thread.is_alive()


def test_of_many_versions_the_last_few_are_kept(pool: QueryPool, store: Store, tmp_path: Path) -> None:
    for version in range(COPIES + 3):
        pool.ask(version, store.copy_to, ASKED)
    [folder] = tmp_path.glob(".queries-*")
    assert len(list(folder.iterdir())) == COPIES


def test_a_store_on_disk_is_copied_as_it_is_at_that_moment(tmp_path: Path) -> None:
    with Store.open(tmp_path / "graph") as store:
        store.load((f"<http://x/{n}>", "<http://x/p>", f'"{n}"', "<http://g/>") for n in range(100))
        store.copy_to(tmp_path / "copy")
        store.clear()
        with Store.open_copy(tmp_path / "copy") as one, Store.open_copy(tmp_path / "copy") as other:
            assert (len(store), len(one), len(other)) == (0, 100, 100)


def test_copies_of_killed_processes_are_removed(store: Store, tmp_path: Path) -> None:
    (tmp_path / ".queries-999999999-x").mkdir()
    (tmp_path / f".queries-{os.getpid()}-before-x").mkdir()  # in a container, the one before had the same id
    (tmp_path / f".queries-{os.getppid()}-x").mkdir()
    pool = QueryPool(LIMITS, tmp_path)
    pool.ask(1, store.copy_to, ASKED)
    pool.close()
    assert [path.name for path in tmp_path.iterdir()] == [f".queries-{os.getppid()}-x"]


def test_a_process_that_was_forked_keeps_its_copies_under_its_own_id(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mechkg.graph.query_pool.os.getpid", lambda: 888_888_888)  # as in a process forked from this one
    pool = QueryPool(LIMITS, tmp_path)
    pool.ask(1, store.copy_to, ASKED)
    assert [path.name.split("-")[1] for path in tmp_path.iterdir()] == ["888888888"]
    pool.close()


def test_a_pool_that_nobody_closed_leaves_no_process_behind(store: Store, tmp_path: Path) -> None:
    pool = QueryPool(LIMITS, tmp_path)
    pool.ask(1, store.copy_to, ASKED)
    [process] = pool.processes
    os.kill(process, 0)
    del pool
    gc.collect()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_a_process_that_was_ended_before_it_was_asked_says_so(pool: QueryPool, store: Store, tmp_path: Path) -> None:
    """What leads to it is closed by then, which Python tells as a wrong value and not as a failure of the system."""
    process = pool._take("")
    pool.close()
    with pytest.raises(QueryError, match="the query was stopped"):
        process.ask(ASKED)


def test_what_is_wrong_is_told(store: Store) -> None:
    told, content = answered(store, asked("ASK {"))
    assert told.error is not None and "1:6" in told.error and content == b""
    told, _ = answered(store, asked("SELECT (1/0 AS ?x) (STRLEN(?y) AS ?z) {}"))
    assert (told.error, told.rows) == (None, 1)
    for kind, query in (("boolean", "ASK {}"), ("bindings", "SELECT * {}"), ("graph", "DESCRIBE <urn:x>")):
        assert answered(store, asked(query, table=None, truth=None, graph=None)) == (Told(kind), b"")  # type: ignore[arg-type]


def test_lines_are_read_as_they_were_written() -> None:
    given = asked("ASK { 'ü\n' }", among=Graphs(("urn:a",), ()))
    assert Asked.read(given.line()) == given
    assert given.line().count(b"\n") == 1
