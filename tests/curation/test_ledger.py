"""The ledger: what is appended is there, in order, as of any position, and a failure says what failed."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from mechkg.curation.assertions import accept, propose, retract
from mechkg.curation.batch import NewAct
from mechkg.curation.ledger import Ledger
from mechkg.errors import LedgerError, NotFoundError, RefusedActError
from mechkg.model.ledger_record import AssertionRecord, content_id
from tests.curation.staff import employ

Maker = Callable[..., AssertionRecord]


def test_acts_are_read_back_as_written_after_reopening(place: str, claim: Maker) -> None:
    with Ledger.open(place) as ledger:
        assert ledger.position() == 0
        written = [propose(ledger, claim(), actor="ana", reason="seen in a table"), accept(ledger, claim().id, actor="bo")]
    with Ledger.open(place) as ledger:
        assert list(ledger.acts()) == written == ledger.history("a-1")
        assert list(ledger.acts(after=1)) == written[1:]
        assert list(ledger.acts(until=1)) == written[:1]
        assert [(a.position, a.kind, a.actor, a.reason, a.batch) for a in written] == [
            (1, "propose", "ana", "seen in a table", None),
            (2, "accept", "bo", None, None),
        ]
        assert written[0].at.tzinfo is not None
        assert abs(datetime.now(UTC) - written[0].at) < timedelta(minutes=5)
        assert ledger.assertion(claim().id) == claim()
        assert ledger.history("nothing") == []


def test_answers_as_of_a_position_stay_the_same(ledger: Ledger, claim: Maker) -> None:
    record = claim()
    propose(ledger, record, actor="ana")
    accepted = accept(ledger, record.id, actor="ana")
    before = ledger.accepted(), ledger.statuses(), ledger.accepted_of("a-1")
    retract(ledger, record.id, reason="misread", actor="ana")
    assert (ledger.accepted(), ledger.status(record.id), ledger.accepted_of("a-1")) == ({}, "retracted", None)
    assert (ledger.accepted(2), ledger.statuses(2), ledger.accepted_of("a-1", 2)) == before
    assert before == ({record.id: record}, {record.id: "accepted"}, record)
    assert ledger.accepted_with_acts(2) == [(record, accepted)]
    assert [ledger.status(record.id, at) for at in (1, 2, 3)] == ["proposed", "accepted", "retracted"]
    assert ledger.statuses(0) == {}


def test_numbers_of_many_digits_are_read_as_they_were_written(ledger: Ledger, claim: Maker) -> None:
    record = claim("a-1", "12345678901234567890 of them")
    body = {**record.body, "number": 123456789012345678901234567890, "real": 0.1234567890123456789}
    name = content_id({"kind": "claim", "document": record.document, "body": body})
    long = AssertionRecord(name, "claim", "a-1", record.document, body)
    propose(ledger, long, actor="ana")
    assert ledger.assertion(long.id) == long


def test_acts_upon_all_of_a_kind(ledger: Ledger, claim: Maker) -> None:
    propose(ledger, claim(), actor="ana")
    employ(ledger)
    upon = [act for act in ledger.acts() if act.subject is not None and act.subject.kind == "person"]
    assert len(upon) > 3
    assert ledger.acts_upon_all("person", ledger.position()) == upon
    assert ledger.acts_upon_all("person", upon[1].position) == upon[:2]
    assert ledger.acts_upon_all("set", ledger.position()) == []


def test_accepted_come_in_the_order_of_acceptance(ledger: Ledger, claim: Maker) -> None:
    records = [claim(f"a-{n}") for n in range(5)]
    for record in records:
        propose(ledger, record, actor="ana")
    for record in reversed(records):
        accept(ledger, record.id, actor="ana")
    assert list(ledger.accepted()) == [record.id for record in reversed(records)]
    assert list(ledger.assertions()) == [record.id for record in records]
    assert set(ledger.assertions([records[0].id, "RAunknown"])) == {records[0].id}
    assert ledger.states()[records[0].id].position == 10


def test_what_is_not_there_is_named(ledger: Ledger) -> None:
    with pytest.raises(NotFoundError, match="no assertion RAx"):
        ledger.assertion("RAx")
    with pytest.raises(NotFoundError, match="no assertion RAx at position 3"):
        ledger.status("RAx", at=3)


def test_append_writes_all_or_nothing(ledger: Ledger, claim: Maker) -> None:
    one, two = claim("a-1"), claim("a-2")
    new = [NewAct("propose", one.id, "ana", record=one), NewAct("accept", two.id, "ana")]
    with pytest.raises(RefusedActError, match="does not know it"):
        ledger.append(new)
    assert ledger.position() == 0
    assert ledger.assertions() == {}
    acts = ledger.append([new[0], NewAct("propose", two.id, "ana", record=two), new[1]])
    assert list(ledger.acts()) == acts
    assert [act.position for act in acts] == [1, 2, 3]


def test_many_acts_are_read_page_by_page(ledger: Ledger, claim: Maker) -> None:
    records = [claim(f"a-{n}") for n in range(1203)]
    ledger.append([NewAct("propose", r.id, "ana", record=r) for r in records])
    assert [act.assertion for act in ledger.acts()] == [r.id for r in records]
    assert ledger.assertions(r.id for r in records) == {r.id: r for r in records}


def test_reading_goes_on_while_a_batch_is_open(ledger: Ledger, claim: Maker) -> None:
    propose(ledger, claim("a-1"), actor="ana")
    with ledger.batch("two", "ana") as batch:
        propose(batch, claim("a-2"))
        assert ledger.position() == 1  # not yet
    assert ledger.position() == 2


def test_writing_to_the_ledger_within_a_batch_is_refused_at_once(ledger: Ledger, claim: Maker) -> None:
    with pytest.raises(LedgerError, match="give the batch"), ledger.batch("two", "ana"):
        propose(ledger, claim(), actor="ana")
    propose(ledger, claim(), actor="ana")  # and the ledger is free again


def test_writers_in_threads_and_of_two_openings_take_turns(place: str, claim: Maker) -> None:
    with Ledger.open(place) as first, Ledger.open(place) as second:

        def write(ledger: Ledger, who: int) -> None:
            for n in range(12):
                record = claim(f"a-{who}-{n}")
                with ledger.batch("pair", f"writer {who}") as batch:
                    propose(batch, record)
                    accept(batch, record.id)

        threads = [threading.Thread(target=write, args=(ledger, who)) for who, ledger in enumerate([first, second] * 2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        acts = list(first.acts())
        assert [act.position for act in acts] == list(range(1, 4 * 12 * 2 + 1))
        assert all(a.assertion == b.assertion and a.batch == b.batch for a, b in zip(acts[::2], acts[1::2], strict=True))
        assert len(first.accepted()) == 48
        assert second.verify_chain() is None


def test_two_accepts_of_one_proposal_at_once_give_one_acceptance(place: str, claim: Maker) -> None:
    with Ledger.open(place) as ledger:
        propose(ledger, claim(), actor="ana")
        refused: list[str] = []
        start = threading.Barrier(4)

        def decide(who: str) -> None:
            with Ledger.open(place) as own:
                start.wait()
                try:
                    accept(own, claim().id, actor=who)
                except RefusedActError as error:
                    refused.append(str(error))

        threads = [threading.Thread(target=decide, args=(f"curator {n}",)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert ledger.position() == 2
        assert len(refused) == 3
        assert all("already accepted" in text for text in refused)


def test_two_openings_of_a_new_place_at_once_make_one_ledger(place: str) -> None:
    failed: list[BaseException] = []
    start = threading.Barrier(4)

    def make() -> None:
        start.wait()
        try:
            Ledger.open(place).close()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with Ledger.open(place, create=False) as ledger:
        assert ledger.position() == 0


# --- what cannot be opened or written ---------------------------------------------------------------------------------


def test_a_missing_ledger_is_not_made_unasked(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no ledger at"):
        Ledger.open(tmp_path / "none.db", create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are my notes, not a ledger\n" * 200)
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="not a ledger: the file is not an SQLite database"):
        Ledger.open(path)
    assert path.read_bytes() == before


def test_another_database_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE samples (name TEXT)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="not a ledger of mechkg"):
        Ledger.open(path)
    assert path.read_bytes() == before


def test_a_ledger_of_another_schema_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    Ledger.open(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE meta SET value = '99' WHERE name = 'schema'")
    raw.close()
    with pytest.raises(LedgerError, match="schema version 99"):
        Ledger.open(path)


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("sqlite://", "not in memory"),
        ("mysql://somewhere/db", "SQLite or PostgreSQL"),
        ("://", "not a database URL"),
    ],
)
def test_a_url_that_cannot_hold_a_ledger_is_refused(where: str, words: str) -> None:
    with pytest.raises(LedgerError, match=words):
        Ledger.open(where)


def test_a_place_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match=r"folder of .*/file/ledger\.db cannot be made"):
        Ledger.open(tmp_path / "file" / "ledger.db")
    with pytest.raises(LedgerError, match="is a folder, not a ledger"):
        Ledger.open(tmp_path)


def test_a_server_that_is_away_is_named_without_the_password() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(LedgerError, match="cannot be reached") as caught:
        Ledger.open("postgresql://ana:secret@127.0.0.1:1/ledger?connect_timeout=2")
    assert "secret" not in str(caught.value)


def test_a_read_only_ledger_can_be_read_and_says_why_it_cannot_be_written(tmp_path: Path, claim: Maker) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        propose(ledger, claim(), actor="ana")
    with Ledger.open(f"sqlite:///file:{tmp_path}/ledger.db?mode=ro&uri=true") as ledger:
        assert ledger.position() == 1
        with pytest.raises(LedgerError, match="is read-only") as caught:
            accept(ledger, claim().id, actor="ana")
        assert not isinstance(caught.value, RefusedActError)
        assert ledger.position() == 1


def test_a_full_disk_is_named_and_nothing_is_half_written(tmp_path: Path, claim: Maker) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        propose(ledger, claim(), actor="ana")

        def limit(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute("PRAGMA max_page_count = 30")

        event.listen(ledger._engine, "connect", limit)
        ledger.close()  # so that the next connection is a limited one
        records = [claim(f"b-{n}", "many words " * 50) for n in range(500)]
        with pytest.raises(LedgerError, match="the disk is full"):
            ledger.append([NewAct("propose", r.id, "ana", record=r) for r in records])
        assert ledger.position() == 1
        assert ledger.verify_chain() is None
        accept(ledger, claim().id, actor="ana")  # what fits can still be written


def test_a_writer_that_does_not_end_is_named(tmp_path: Path, claim: Maker) -> None:
    path = tmp_path / "ledger.db"
    with Ledger.open(f"sqlite:///{path}?timeout=0.05") as ledger:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="being written to by another process"):
            propose(ledger, claim(), actor="ana")
        other.execute("ROLLBACK")
        other.close()
        assert propose(ledger, claim(), actor="ana").position == 1


def test_sqlite_keeps_a_write_ahead_log_and_syncs_every_commit(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger, ledger._read() as connection:
        settings = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
        assert settings == ["wal", 2, 1]


def test_a_file_that_another_process_keeps_busy_cannot_become_a_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mechkg.curation.tables._PATIENCE", 0.05)
    other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerError, match="being written to by another process"):
        Ledger.open(f"sqlite:///{tmp_path}/ledger.db?timeout=0.05")
    other.execute("ROLLBACK")
    other.close()
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        assert ledger.position() == 0


def test_what_counts_is_known_at_once_whoever_wrote(place: str, claim: Maker) -> None:
    with Ledger.open(place) as one, Ledger.open(place) as other:
        assert one.settled() == other.settled() == 0
        for n, writer in enumerate((one, other, other, one)):
            record = claim(f"a-{n}")
            propose(writer, record, actor="ana")
            accepted = accept(writer, record.id, actor="bo")
            assert one.settled() == other.settled() == accepted.position
            propose(writer, claim(f"b-{n}"), actor="ana")  # counts for nothing yet
            assert one.settled() == other.settled() == accepted.position == one.settled(accepted.position)


def test_what_counts_is_not_asked_again_of_a_file_that_nobody_wrote_to(tmp_path: Path, claim: Maker) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        propose(ledger, claim(), actor="ana")
        accept(ledger, claim().id, actor="bo")
        asked: list[str] = []
        event.listen(
            ledger._engine, "before_cursor_execute", lambda *given: asked.append(given[2]) if "max" in given[2] else None
        )
        assert [ledger.settled() for _ in range(5)] == [2] * 5
        assert len(asked) == 1
        propose(ledger, claim("a-2"), actor="ana")
        asked.clear()
        assert [ledger.settled() for _ in range(5)] == [2] * 5
        assert len(asked) == 1
