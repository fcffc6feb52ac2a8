"""Sweeps against what is worked out in one go, whatever is killed meanwhile; and which folders and questions are refused."""

from __future__ import annotations

import builtins
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechkg.errors import BadInputError, BusyError, MissingExtraError, NotFoundError, TooLargeError, UnreachableError
from mechkg.reasoning import sweep as reasoning
from mechkg.reasoning.blocks import Counts
from mechkg.reasoning.check import check
from mechkg.reasoning.problem import Problem
from mechkg.service import sweep_run as module
from mechkg.service import sweep_work
from mechkg.service.executors import on_dask, on_processes
from mechkg.service.sweep import Progress, Swept, Wanted, sweep
from mechkg.service.sweep_cases import cases_of
from mechkg.service.sweep_folder import SweepFolder
from mechkg.service.sweep_work import packed
from mechkg.service.workspace import Workspace
from tests.reasoning.random_spaces import random_facts, random_program
from tests.reasoning.spaces_of_facts import problem_of, random_candidates
from tests.service.sweeping import REPOSITORY, WANTED, Noting, cluster, until
from tests.service.sweeping import problem as generated

BLOCKS = 16


@pytest.fixture(scope="module")
def space() -> Problem:
    return generated()


@pytest.fixture(scope="module")
def whole(space: Problem) -> reasoning.Sweep:
    """The same in one go."""
    found = reasoning.sweep(space.program, space.space)
    assert 100 < found.survivors.bit_count() < 2**15
    return found


@pytest.fixture
def thread() -> Iterator[Executor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


def counts_of(whole: reasoning.Sweep) -> Counts:
    on = tuple((whole.survivors & whole.pattern(k)).bit_count() for k in range(len(whole.choices)))
    hits = {name: row.bit_count() for name, row in whole.hits.items()}
    return Counts(whole.size, whole.survivors.bit_count(), on, hits)


def rows(found: Swept, table: str) -> list[dict[str, Any]]:
    return pq.read_table(found.folder / f"{table}.parquet").to_pylist()


def is_the_whole(found: Swept, whole: reasoning.Sweep) -> None:
    """Hold a sweep of one case, and its files, against the same worked out in one go."""
    [case] = found.cases
    expected = counts_of(whole)
    assert (found.complete, found.stopped, found.given_up) == (True, False, ())
    assert case.counts == expected
    assert case.standing == whole.standing
    [row] = rows(found, "cases")
    assert (row["candidates"], row["survivors"], row["complete"]) == (expected.candidates, expected.survivors, True)
    assert {hit["observation"]: hit["count"] for hit in row["ruled_out_by"]} == expected.hits
    blocks = rows(found, "blocks")
    assert len(blocks) == found.blocks
    for column in ("candidates", "survivors"):
        assert sum(block[column] for block in blocks) == getattr(expected, column)
    listed = [survivor["candidate"] for survivor in rows(found, "survivors")]
    assert listed == whole.places(whole.survivors, found.question["most survivors"])


# --- the result --------------------------------------------------------------------------------------------------------------


def test_the_files_say_what_the_evaluator_does(space: Problem, whole: reasoning.Sweep, thread: Executor, tmp_path: Path) -> None:
    told: list[Progress] = []
    found = sweep([space], tmp_path, thread, WANTED, progress=told.append)
    is_the_whole(found, whole)
    assert (found.blocks, found.ran, found.kept, found.again) == (BLOCKS, BLOCKS, 0, 0)
    assert told[0] == Progress(BLOCKS, 0, 0, 0, 0)
    assert told[-1] == Progress(BLOCKS, BLOCKS, 0, 2**16, whole.survivors.bit_count())
    [case] = rows(found, "cases")
    assert case["choices"] == [list(choice.members) for choice in whole.choices]
    assert {m["member"]: m["count"] for m in case["members"]} == {
        m: on for choice, on in zip(whole.choices, counts_of(whole).on, strict=True) for m in choice.members
    }
    blocks = rows(found, "blocks")
    assert [block["first"] for block in blocks] == [n << 12 for n in range(BLOCKS)]
    for block in blocks:
        here = whole.survivors >> block["first"] & ((1 << (1 << 12)) - 1)
        assert block["survivors"] == here.bit_count()


def test_every_file_says_what_was_asked_and_every_column_what_it_means(space: Problem, thread: Executor, tmp_path: Path) -> None:
    found = sweep([space], tmp_path, thread, WANTED)
    assert set(found.files) == {"blocks.parquet", "cases.parquet", "survivors.parquet", "verdicts.parquet"}
    for name in found.files:
        schema = pq.read_schema(found.folder / name)
        about = {key.decode(): value.decode() for key, value in schema.metadata.items() if key.startswith(b"mechkg.")}
        assert json.loads(about["mechkg.question"]) == found.question
        assert about["mechkg.digest"] == found.digest
        assert (about["mechkg.complete"], about["mechkg.most_survivors"], about["mechkg.given_up"]) == ("true", "10000", "[]")
        for column in schema:
            assert column.metadata[b"description"], column
            if column.name in ("candidates", "survivors", "seconds", "listed"):
                assert column.metadata[b"unit"] in (b"candidates", b"s")


@pytest.mark.parametrize("most", [0, 7])
def test_a_list_of_survivors_that_is_cut_says_so(
    space: Problem, whole: reasoning.Sweep, thread: Executor, tmp_path: Path, most: int
) -> None:
    found = sweep([space], tmp_path, thread, replace(WANTED, most_survivors=most))
    is_the_whole(found, whole)
    [case] = rows(found, "cases")
    assert case["listed"] == most < case["survivors"]
    kept = sum(len(done) for (done,) in _kept_survivors(tmp_path))
    assert kept <= most * 9, "not more than the blocks in flight may add is kept"


def _kept_survivors(folder: Path) -> list[tuple[list[int]]]:
    import zlib

    with sqlite3.connect(folder / "progress.db") as progress:
        found = progress.execute("SELECT found FROM done").fetchall()
    progress.close()
    return [(json.loads(zlib.decompress(row))["first"],) for (row,) in found]


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 40), bits=st.integers(0, 8), in_flight=st.integers(1, 9), data=st.data())
def test_any_cutting_comes_to_the_same(
    tmp_path_factory: pytest.TempPathFactory, seed: int, bits: int, in_flight: int, data: st.DataObject
) -> None:
    facts = random_facts(seed, 5, observations=8)
    problem = problem_of(facts, candidates=random_candidates(facts, seed))
    without = tuple(data.draw(st.lists(st.sampled_from(problem.space.assumptions), max_size=2, unique=True)))
    wanted = Wanted(without=without, bits=bits, most_survivors=9)
    folder = tmp_path_factory.mktemp("cut")
    with ThreadPoolExecutor(2) as executor:
        found = sweep([problem], folder, executor, wanted, in_flight=lambda: in_flight)
    is_the_whole(found, reasoning.sweep(problem.program, problem.space, without))


def test_verdicts_of_every_setting_are_those_of_a_check(thread: Executor, tmp_path: Path) -> None:
    facts = random_facts(3, 4)
    problem = problem_of(facts, candidates=random_candidates(facts, 3))
    found = sweep([problem], tmp_path, thread, Wanted(withdraw_up_to=1, ignore_up_to=1, ignoring=tuple(problem.observations[:1])))
    verdicts = rows(found, "verdicts")
    many = (1 + len(problem.space.assumptions)) * len(problem.observations)
    assert len(found.cases) == len(rows(found, "cases")) == many
    assert len(verdicts) == many * len(problem.space.candidates)
    seen = set()
    for number in range(0, many, 7):
        here = [row for row in verdicts if row["case"] == number]
        without, ignoring = here[0]["withdrawn"], here[0]["ignored"]
        assert problem.observations[0] in ignoring
        expected = check(problem, without=without, ignoring=ignoring)
        for row, verdict in zip(here, expected.candidates, strict=True):
            assert (row["candidate"], row["verdict"]) == (verdict.id, verdict.verdict)
            assert row["ruled_out_by"] == sorted({conflict.observation for conflict in verdict.conflicts})
            assert row["explained"] == list(verdict.explained)
            seen.add(row["verdict"])
        assert found.cases[number].counts == counts_of(reasoning.sweep(problem.program, problem.space, without, ignoring))
    assert len(seen) > 1


def test_spaces_of_the_corpus_together(shipped: Workspace, thread: Executor, tmp_path: Path) -> None:
    problems = [shipped.problem(entry.id) for entry in shipped.catalog.by_kind["space"][-8:]]
    found = sweep(problems, tmp_path, thread)
    for problem, case in zip(problems, found.cases, strict=True):
        assert case.counts == counts_of(reasoning.sweep(problem.program, problem.space))
    assert [row["space"] for row in rows(found, "cases")] == [problem.space.id for problem in problems]
    assert {row["version"] for row in rows(found, "cases")} == {shipped.version}


# --- whatever is killed ------------------------------------------------------------------------------------------------------


@contextmanager
def killing(noting: Noting, place: int) -> Iterator[list[int]]:
    """Kill the worker that begins a block, by SIGKILL, while it is at it; yield what will hold its process."""
    noting.let_hang(place)
    killed: list[int] = []

    def kill() -> None:
        process = noting.hanging()
        os.kill(process, signal.SIGKILL)
        killed.append(process)

    killer = threading.Thread(target=kill)
    killer.start()
    yield killed
    killer.join()


def test_a_process_that_is_killed_costs_its_block_alone(space: Problem, whole: reasoning.Sweep, tmp_path: Path) -> None:
    with on_processes(2) as (executor, in_flight):
        noting = Noting(executor, tmp_path / "notes")
        with killing(noting, 5) as killed:
            found = sweep([space], tmp_path / "sweep", noting, WANTED, in_flight=in_flight)
    is_the_whole(found, whole)
    assert noting.begun() == {place: 1 + (place == 5) for place in range(BLOCKS)}
    assert noting.begun_by(killed[0]) - noting.ended_by(killed[0]) == {5}
    assert (found.ran, found.again) == (BLOCKS, 1)
    workers = {block["worker"].rpartition(":")[2] for block in rows(found, "blocks")}
    assert len(workers) >= 2, "another process took the place"


def test_a_block_that_kills_its_workers_is_given_up_and_told(space: Problem, whole: reasoning.Sweep, tmp_path: Path) -> None:
    folder = tmp_path / "sweep"
    with on_processes(1) as (executor, in_flight):
        noting = Noting(executor, tmp_path / "notes")
        noting.poison(3)
        found = sweep([space], folder, noting, WANTED, in_flight=in_flight, tries=2)
    assert noting.begun() == {place: 1 + (place == 3) for place in range(BLOCKS)}
    assert (found.complete, found.stopped, found.ran, found.again) == (False, False, BLOCKS - 1, 1)
    [lost] = found.given_up
    assert (lost.place, lost.block, lost.tries) == (3, 3, 2)
    assert lost.reason.startswith("BrokenProcessPool: A process in the process pool was terminated abruptly")
    assert found.cases[0].standing == {}, "nothing is said of a space of which a part is missing"
    assert [row["complete"] for row in rows(found, "cases")] == [False]
    about = pq.read_schema(folder / "cases.parquet").metadata
    assert about[b"mechkg.complete"] == b"false"
    assert json.loads(about[b"mechkg.given_up"])[0][1] == 3
    # the same again tries it again, and it alone
    with ThreadPoolExecutor(1) as executor:
        again = sweep([space], folder, executor, WANTED)
    is_the_whole(again, whole)
    assert (again.ran, again.kept) == (1, BLOCKS - 1)


def test_a_block_that_fails_is_tried_again(
    space: Problem, whole: reasoning.Sweep, thread: Executor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = [MemoryError("no room"), OSError(5, "a disk")]
    genuine = module.work

    def work(task: Any, parcel: Any = None) -> Any:
        if task.number == 2 and failing:
            raise failing.pop()
        return genuine(task, parcel)

    monkeypatch.setattr(module, "work", work)
    found = sweep([space], tmp_path, thread, WANTED)
    is_the_whole(found, whole)
    assert found.again == 2


def test_the_driver_is_killed_and_its_workers_end_and_it_goes_on(
    space: Problem, whole: reasoning.Sweep, thread: Executor, tmp_path: Path
) -> None:
    folder, notes = tmp_path / "sweep", tmp_path / "notes"
    notes.mkdir()
    (notes / "slow").touch()
    driver = subprocess.Popen([sys.executable, "-m", "tests.service.sweeping", str(folder), str(notes)], cwd=REPOSITORY)
    try:
        until(lambda: len(list(notes.glob("ended-*"))) >= 4)
        with pytest.raises(BusyError, match="another process works on the sweep"):
            sweep([space], folder, thread, WANTED)
    finally:
        driver.kill()
        driver.wait()
    noting = Noting(thread, notes)
    workers = {int(note.name.split("-")[2]) for note in notes.glob("begun-*")}
    until(lambda: not any(map(alive, workers)))
    before = noting.begun()
    assert 4 <= len(before) < BLOCKS
    found = sweep([space], folder, noting, WANTED)
    is_the_whole(found, whole)
    assert found.kept >= 2, "what had come in is there"
    assert found.kept + found.ran == BLOCKS
    twice = {place for place, many in noting.begun().items() if many > 1}
    assert len(twice) <= 4, "only what was in flight, or had just ended, is done again"
    assert (sweep([space], folder, noting, WANTED).kept, found.digest) == (BLOCKS, found.digest)


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_sweep_that_is_stopped_goes_on_and_does_nothing_twice(
    space: Problem, whole: reasoning.Sweep, thread: Executor, tmp_path: Path
) -> None:
    folder, noting, stop = tmp_path / "sweep", Noting(thread, tmp_path / "notes"), threading.Event()

    def tell(progress: Progress) -> None:
        if progress.done >= 3:
            stop.set()

    first = sweep([space], folder, noting, WANTED, progress=tell, stop=stop)
    assert (first.stopped, first.complete, first.files) == (True, False, ())
    assert 3 <= first.ran < BLOCKS
    assert not list(folder.glob("*.parquet"))
    assert sum(found.counts.candidates for found in first.cases) == first.ran << 12
    second = sweep([space], folder, noting, WANTED)
    is_the_whole(second, whole)
    assert (second.kept, second.ran) == (first.ran, BLOCKS - first.ran)
    assert set(noting.begun().values()) == {1}


def test_an_interrupt_loses_nothing_that_was_done(
    space: Problem, whole: reasoning.Sweep, thread: Executor, tmp_path: Path
) -> None:
    def interrupt(progress: Progress) -> None:
        if progress.done >= 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep([space], tmp_path, thread, WANTED, progress=interrupt)
    found = sweep([space], tmp_path, thread, WANTED)
    is_the_whole(found, whole)
    assert found.kept >= 3


# --- a cluster ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Dask scheduler and three workers, each a process of its own; yields the address."""
    with cluster(tmp_path_factory.mktemp("dask"), 3) as address:
        yield address


def test_on_dask_a_worker_that_is_killed_costs_its_blocks_alone(
    scheduler: str, space: Problem, whole: reasoning.Sweep, tmp_path: Path
) -> None:
    with on_dask(scheduler, patience=30) as (executor, in_flight):
        assert in_flight() == 6, "two blocks for each worker"
        noting = Noting(executor, tmp_path / "notes")
        (noting.notes / "slow").touch()
        with killing(noting, 6) as killed:
            found = sweep([space], tmp_path / "sweep", noting, WANTED, in_flight=in_flight)
    is_the_whole(found, whole)
    unfinished = noting.begun_by(killed[0]) - noting.ended_by(killed[0])
    assert 6 in unfinished
    twice = {place for place, many in noting.begun().items() if many > 1}
    assert unfinished <= twice <= noting.begun_by(killed[0]), "what others did is not done again"
    assert len(twice) <= 2
    assert sum(noting.begun().values()) == BLOCKS + len(twice)
    assert len({block["worker"] for block in rows(found, "blocks")}) >= 2


def test_no_scheduler_answers() -> None:
    with (
        pytest.raises(UnreachableError, match=r"no Dask scheduler answers at 'tcp://127\.0\.0\.1:9'"),
        on_dask("tcp://127.0.0.1:9", 0.5),
    ):
        pass


# --- any other executor ------------------------------------------------------------------------------------------------------


def test_an_ordinary_pool_of_processes_will_do(space: Problem, whole: reasoning.Sweep, tmp_path: Path) -> None:
    with ProcessPoolExecutor(2, get_context("spawn")) as executor:
        is_the_whole(sweep([space], tmp_path, executor, WANTED), whole)


class Broken(Executor):
    """Takes nothing."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        raise RuntimeError("cannot schedule new futures after shutdown")


class Failing(Executor):
    """Everything it is handed fails."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(OSError("no worker"))
        return future


def test_an_executor_that_takes_or_ends_nothing_is_told(space: Problem, tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="take no more blocks: RuntimeError: cannot schedule new futures"):
        sweep([space], tmp_path, Broken(), WANTED)
    with pytest.raises(UnreachableError, match="no worker ends a block: OSError: no worker"):
        sweep([space], tmp_path, Failing(), WANTED)


def test_a_program_travels_once_to_a_worker(
    space: Problem, thread: Executor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[bool] = []
    genuine = module.work

    def work(task: Any, parcel: Any = None) -> Any:
        sent.append(parcel is not None)
        return genuine(task, parcel)

    monkeypatch.setattr(module, "work", work)
    monkeypatch.setattr(sweep_work, "_programs", type(sweep_work._programs)())
    sweep([space], tmp_path, thread, WANTED, in_flight=lambda: 1)
    assert sent == [False, True] + [False] * (BLOCKS - 1)
    monkeypatch.setattr(sweep_work, "MOST_PROGRAMS", 1)
    other = problem_of(random_facts(1, 3))
    for each in (other, space, other):
        found = sweep_work.work(_task(each), packed(each))
        assert isinstance(found, sweep_work.Done)
        assert len(sweep_work._programs) == 1


def _task(problem: Problem) -> sweep_work.Task:
    return sweep_work.Task(0, packed(problem).digest, 0, 12, 0, (), (), sweep_work.made_by())


# --- what is refused ---------------------------------------------------------------------------------------------------------


def test_the_folder_of_another_sweep(space: Problem, thread: Executor, tmp_path: Path) -> None:
    sweep([space], tmp_path, thread, WANTED)
    other = replace(space, version=2)
    with pytest.raises(BadInputError, match=r"holds another sweep: the ledger version of 'random' was 1, and is now 2"):
        sweep([other], tmp_path, thread, WANTED)
    with pytest.raises(BadInputError, match=r"bits was 12, and is now 13"):
        sweep([space], tmp_path, thread, replace(WANTED, bits=13))
    with pytest.raises(BadInputError, match=r'without was \[\], and is now \["a-detects"\]'):
        sweep([space], tmp_path, thread, replace(WANTED, without=("a-detects",)))
    renamed = replace(space, space=space.space.model_copy(update={"id": "another"}))
    with pytest.raises(BadInputError, match="the list of spaces was random, and is now another"):
        sweep([renamed], tmp_path, thread, WANTED)
    first = space.rulebook.rules[0]
    fewer = replace(space, rulebook=replace(space.rulebook, rules=space.rulebook.rules[1:]))
    assert first
    with pytest.raises(BadInputError, match="the rules of 'random' was"):
        sweep([fewer], tmp_path, thread, WANTED)


def test_a_folder_that_is_none(space: Problem, thread: Executor, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(BadInputError, match=r"holds no sweep, and is not empty: thesis.txt"):
        sweep([space], tmp_path, thread, WANTED)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    with pytest.raises(BadInputError, match="cannot be read or written: File exists"):
        sweep([space], tmp_path / "thesis.txt", thread, WANTED)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"question": 1, "asked": 2}'])
def test_a_question_that_cannot_be_read(space: Problem, thread: Executor, tmp_path: Path, content: str) -> None:
    (tmp_path / "sweep.json").write_text(content)
    with pytest.raises(BadInputError, match="does not say what is asked"):
        sweep([space], tmp_path, thread, WANTED)


def test_progress_that_is_damaged(space: Problem, thread: Executor, tmp_path: Path) -> None:
    sweep([space], tmp_path, thread, WANTED)
    (tmp_path / "progress.db").write_bytes(b"not a database, whatever its name says" * 100)
    with pytest.raises(BadInputError, match="file is not a database"):
        sweep([space], tmp_path, thread, WANTED)


def test_a_disk_that_is_full_loses_nothing(
    space: Problem, whole: reasoning.Sweep, thread: Executor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine, wanted = SweepFolder.open, replace(WANTED, bits=9)

    def full(*arguments: Any) -> SweepFolder:
        found = genuine(*arguments)
        found._progress.execute("PRAGMA max_page_count = 3")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(SweepFolder, "open", full)
        with pytest.raises(BadInputError, match=r"database or disk is full \(what was done before is kept"):
            sweep([space], tmp_path, thread, wanted)
    found = sweep([space], tmp_path, thread, wanted)
    is_the_whole(found, whole)
    assert 0 < found.kept < found.blocks


def test_names_that_nobody_knows(space: Problem, thread: Executor, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="did you mean 'a-detects'"):
        sweep([space], tmp_path, thread, Wanted(without=("a-detect",)))
    with pytest.raises(NotFoundError, match="there is no observation considered here called 'o99'"):
        sweep([space], tmp_path, thread, Wanted(ignoring=("o99",)))
    with pytest.raises(BadInputError, match="'random' is named twice"):
        sweep([space, space], tmp_path, thread)
    with pytest.raises(BadInputError, match="no hypothesis space is named"):
        sweep([], tmp_path, thread)
    assert list(tmp_path.iterdir()) == []


def test_what_is_too_large(space: Problem) -> None:
    with pytest.raises(TooLargeError, match="more than 1048576 cases"):
        cases_of([space], Wanted(ignore_up_to=16))
    wide = problem_of(random_program(0, 40))
    with pytest.raises(TooLargeError, match=r"more than 1048576 blocks of 2\^10 candidates"):
        cases_of([wide], Wanted(bits=10))
    assert [case.blocks for case in cases_of([wide], Wanted(bits=32))] == [256]


def test_a_case_that_is_too_large_is_given_up_at_once_and_the_others_are_done(
    space: Problem, thread: Executor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = module.work

    def work(task: Any, parcel: Any = None) -> Any:
        if task.withdrawn:
            raise TooLargeError("too many order choices")
        return genuine(task, parcel)

    monkeypatch.setattr(module, "work", work)
    found = sweep([space], tmp_path, thread, Wanted(withdraw_up_to=1))
    assert len(found.given_up) == len(space.space.assumptions)
    assert {(lost.tries, lost.reason) for lost in found.given_up} == {(1, "too many order choices")}
    assert [case.complete for case in found.cases] == [True] + [False] * len(space.space.assumptions)


def test_a_worker_of_another_version(space: Problem, thread: Executor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep_work, "made_by", lambda: "99")
    with pytest.raises(BadInputError, match=r"runs mechkg 99, and the sweep is of 0\."):
        sweep([space], tmp_path, thread, WANTED)


@pytest.mark.parametrize(("package", "extra"), [("pyarrow", "sweep"), ("distributed", "dask")])
def test_an_extra_that_is_not_installed(
    space: Problem, thread: Executor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, extra: str
) -> None:
    genuine = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == package:
            raise ImportError(name)
        return genuine(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)

    def begin() -> None:
        with nullcontext() if package == "pyarrow" else on_dask("tcp://127.0.0.1:9"):
            sweep([space], tmp_path / "none", thread, WANTED)

    with pytest.raises(MissingExtraError, match=rf"pip install 'mechkg\[{extra}\]'"):
        begin()
    assert not (tmp_path / "none").exists()
