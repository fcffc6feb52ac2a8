"""What it costs to accept a change set for good: held against one INSERT and a commit of PostgreSQL that waits for the disk.

The ledger's part of it is to write the acts and to commit; before that, the act reads what it decides about, and is held to the
rules. Both are reported, the goal is about the ledger's part.

The server is a throw-away one beside the SQLite file, on the same disk, with ``fsync`` and ``synchronous_commit`` on.
"""

from __future__ import annotations

import os
import pwd
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import event

from mechkg.curation.accept import accept
from mechkg.curation.enrol import enrol
from mechkg.curation.ledger import Ledger
from tests.benchmarks.timing import Row, goal, in_turns, summary
from tests.curation.staff import ADA, BEN, employ, proposed, put

ROUNDS = 200
PEOPLE, OLDER = 50, 1000
"""Others who are known, and change sets that were accepted before the clock starts: a ledger that is in use."""


def bench_durable_accept(scratch: Path) -> Iterator[Row]:
    """Accept a change set with one edit on either database, and commit one bare row, in turns."""
    with server() as url, psycopg.connect(url, autocommit=True) as raw:
        raw.execute("CREATE TABLE bare (position integer PRIMARY KEY, digest text NOT NULL)")
        settings = {name: raw.execute(f"SHOW {name}").fetchone() for name in ("fsync", "synchronous_commit", "wal_sync_method")}
        ledgers = {
            "postgresql": Ledger.open(url.replace("postgresql://", "postgresql+psycopg://")),
            "sqlite": Ledger.open(scratch / "l.db"),
        }
        parts: dict[str, list[float]] = {name: [] for name in ledgers}
        accepts = [_accepting(ledger, parts[name]) for name, ledger in ledgers.items()]
        count = iter(range(10**6))

        def bare() -> None:
            raw.execute("INSERT INTO bare VALUES (%s, %s)", (next(count), "d" * 64), prepare=True)

        def file() -> None:
            os.write(handle, b"\0" * 4096)
            os.fsync(handle)

        handle = os.open(scratch / "bare", os.O_WRONLY | os.O_CREAT)
        for call in (bare, *accepts):
            call()  # once outside of the clock
        times = in_turns([bare, *accepts, file], ROUNDS)
        os.close(handle)
        floor = statistics.median(times[0])
        for (name, ledger), rounds in zip(ledgers.items(), times[1:3], strict=True):
            assert ledger.verify_chain() is None
            part = parts[name][1:]
            ratio = statistics.median(part) / floor
            yield {
                "ledger": name,
                "seconds_of_the_ledgers_part": summary(part),
                "bare_insert_and_commit_seconds": summary(times[0]),
                "times_slower": round(ratio, 2),
                **goal("the ledger's part at most twice a bare INSERT with a synchronous commit of PostgreSQL", met=ratio <= 2),
                "seconds_of_the_whole_accept": summary(rounds),
                "whole_times_slower": round(statistics.median(rounds) / floor, 2),
                "write_and_fsync_of_4_kB_seconds": summary(times[3]),
                "rounds": len(rounds),
                "timed": "accept of a change set with one edit, in turns with the bare commit on the same disk",
                "people": PEOPLE + 4,
                "accepted_before": OLDER,
                "postgresql": {name: row[0] for name, row in settings.items() if row},
                "sqlite": "journal_mode WAL, synchronous FULL",
            }
            ledger.close()


def _accepting(ledger: Ledger, parts: list[float]) -> Callable[[], None]:
    """Fill a ledger, propose as many change sets as there are rounds, and return what accepts the next of them.

    Each adds to ``parts`` the seconds from the first statement that writes to the end, when the commit is on disk.
    """
    employ(ledger)
    for n in range(PEOPLE):
        enrol(ledger, ADA, f"p-{n}", name=f"Person {n}")
    for n in range(0, OLDER, 100):
        found = proposed(ledger, *(put(f"old-{n + k}") for k in range(100)))
        accept(ledger, BEN, found.id, revision=1)
    waiting = iter([proposed(ledger, put(f"new-{n}")).id for n in range(ROUNDS + 1)])
    began: list[float] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("INSERT"):
            began.append(time.perf_counter())

    event.listen(ledger._engine, "before_cursor_execute", note)

    def next_one() -> None:
        began.clear()
        done = accept(ledger, BEN, next(waiting), revision=1)
        parts.append(time.perf_counter() - began[0])
        assert done.status == "accepted"

    return next_one


@contextmanager
def server() -> Iterator[str]:
    """Yield the URL of a throw-away server on a socket in a temporary folder, set up as servers are by default."""
    config = shutil.which("pg_config")
    if config is None:
        raise SystemExit("the server programs of PostgreSQL are not installed")
    programs = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=True).stdout.strip()
    folder = Path(tempfile.mkdtemp(prefix="mechkg-pg-"))
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 and pwd.getpwnam("postgres") else []
    if as_user:
        shutil.chown(folder, "postgres")

    def run(*command: str) -> None:
        subprocess.run([*as_user, *command], check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)

    data = str(folder / "data")
    try:
        run(f"{programs}/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8")
        options = f"-k {folder} -c listen_addresses='' -c fsync=on -c synchronous_commit=on"
        run(f"{programs}/pg_ctl", "-D", data, "-l", str(folder / "log"), "-w", "-o", options, "start")
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            run(f"{programs}/pg_ctl", "-D", data, "-m", "fast", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
