"""Marks of the database: the same as long as nothing was committed, another one after every commit, whoever did it."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from mechkg.curation import tokens
from mechkg.curation.draft import save
from mechkg.curation.ledger import Ledger
from mechkg.curation.mark import Mark, SqliteMarks
from mechkg.model.person import Caller
from tests.curation.staff import ADA, employ, proposed, put


def test_the_same_as_long_as_nothing_is_written(ledger: Ledger) -> None:
    employ(ledger)
    before = ledger.marks.now()
    ledger.position()
    list(ledger.acts())
    assert ledger.marks.now() == before
    assert before.position == ledger.position()


def test_every_commit_has_a_mark_of_its_own(ledger: Ledger) -> None:
    employ(ledger)
    seen: list[Mark] = [ledger.marks.now()]
    for number in range(5):
        proposed(ledger, put(f"a-{number}"))
        seen.append(ledger.marks.now())
        save(ledger, Caller("ada", "web"), {"text": number})  # no act
        seen.append(ledger.marks.now())
        tokens.issue(ledger, ADA, f"token {number}", ADA.within)
        seen.append(ledger.marks.now())
    assert len({mark.state for mark in seen}) == len(seen)
    assert seen[-1].position == ledger.position()


def test_a_draft_moves_the_state_and_not_the_position(ledger: Ledger) -> None:
    employ(ledger)
    before = ledger.marks.now()
    save(ledger, Caller("ada", "web"), {"text": "words"})
    after = ledger.marks.now()
    assert after.state != before.state
    assert after.position == before.position


def test_what_another_process_commits_is_noticed(place: str, ledger: Ledger) -> None:
    employ(ledger)
    before = ledger.marks.now()
    script = "import sys; from mechkg.curation.ledger import Ledger; from tests.curation.staff import *\n"
    script += "with Ledger.open(sys.argv[1]) as ledger: proposed(ledger, put('elsewhere'))"
    subprocess.run([sys.executable, "-c", script, place], check=True, cwd=Path(__file__).parents[2])
    after = ledger.marks.now()
    assert after.state != before.state
    assert after.position == ledger.position() > before.position


def test_who_reads_after_a_mark_sees_at_least_what_it_marks(ledger: Ledger) -> None:
    employ(ledger)
    marks, done = ledger.marks, threading.Event()

    def write() -> None:
        for number in range(40):
            proposed(ledger, put(f"w-{number}"))
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    last: dict[bytes, int] = {}
    try:
        while not done.is_set():
            mark = marks.now()
            position = ledger.position()
            assert position >= mark.position
            if marks.now() == mark:  # nothing was committed meanwhile, so all that see this mark see the same
                assert last.setdefault(mark.state, position) == position
    finally:
        writer.join()
    assert marks.now().position == ledger.position()


def test_the_header_in_shared_memory_tells_what_the_pragma_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.db"
    with Ledger.open(path) as ledger:
        employ(ledger)
        by_header = SqliteMarks(str(path))
        monkeypatch.setattr("mechkg.curation.mark._WalIndex.open", lambda _path: None)
        by_pragma = SqliteMarks(str(path))
        assert by_header.reads_header
        assert not by_pragma.reads_header
        acts: list[Callable[[], object]] = [
            ledger.position,
            lambda: proposed(ledger, put("a")),
            lambda: save(ledger, Caller("ada", "web"), {"text": "words"}),
            lambda: _checkpoint(path),
            lambda: proposed(ledger, put("b")),
            lambda: list(ledger.acts()),
        ]
        for number, act in enumerate(acts):
            before = by_header.now(), by_pragma.now()
            act()
            after = by_header.now(), by_pragma.now()
            if number != 3:  # a checkpoint changes nothing, but may well end in other marks
                assert (after[0] == before[0]) is (after[1] == before[1]) is (number in (0, 5))
            assert after[0].position == after[1].position == ledger.position()
        by_header.close()
        by_pragma.close()


def _checkpoint(path: Path) -> None:
    import sqlite3

    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
