"""A backup holds what the ledger held at one moment, is continued by what came since, and gives each moment back, anywhere."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mechkg.service.restore_backup as restoring
from mechkg.curation import tokens
from mechkg.curation.draft import save
from mechkg.curation.glance import SCHEMA_VERSION
from mechkg.curation.ledger import Ledger
from mechkg.curation.snapshot import filling, settle_file
from mechkg.errors import BadInputError, LedgerError, MechkgError
from mechkg.graph.canonical import digest
from mechkg.model.person import Caller, Grant
from mechkg.service.as_of import read_at, together
from mechkg.service.back_up import back_up
from mechkg.service.backup_folder import read_manifest
from mechkg.service.restore_backup import restore_backup
from mechkg.service.verify_ledger import verify_ledger
from mechkg.service.workspace import Workspace
from tests.curation.busy_curators import employ_many, work
from tests.curation.conftest import new_place, place, postgresql, quick_path  # noqa: F401 - fixtures
from tests.curation.forger import flip, forge
from tests.curation.staff import ADA, CLEO, employ, proposed, put


def everything(ledger: Ledger, until: int | None = None) -> dict[str, object]:
    """All that a ledger says of itself, or said at a position that ends what was done at once."""
    end = ledger.position() if until is None else until
    acts = list(ledger.acts(until=end))
    upon = {act.assertion for act in acts}
    return {
        "acts": acts,
        "assertions": {name: record for name, record in ledger.assertions().items() if name in upon},
        "states": ledger.states(end),
        "accepted": ledger.accepted(end),
        "batches": [one for one in ledger.batches() if one.id in {act.batch for act in acts}],
    }


def ends(ledger: Ledger) -> list[int]:
    """Positions at which a transaction ended."""
    acts = list(ledger.acts())
    return [0, *(a.position for a, b in zip(acts, [*acts[1:], None], strict=True) if b is None or together(a) != together(b))]


@pytest.fixture
def home(tmp_path: Path, new_place: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> Path:  # noqa: F811
    """A home folder whose ledger is in SQLite or on a server, with people and some work."""
    folder = tmp_path / "home"
    folder.mkdir()
    where = new_place()
    if "://" in where:
        monkeypatch.setenv("MECHKG_LEDGER", where)
    else:
        monkeypatch.delenv("MECHKG_LEDGER", raising=False)
        where = str(folder / "ledger.db")
    with Ledger.open(where) as ledger:
        employ(ledger)
        save(ledger, CLEO, {"begun": True})
        tokens.issue(ledger, ADA, "script", Grant("curator"))
        proposed(ledger, put("n-1"), by=CLEO)
        save(ledger, CLEO, {"later": True})
        proposed(ledger, put("n-2"), by=CLEO)
    return folder


@pytest.fixture
def opened(home: Path) -> Iterator[Ledger]:
    import os

    with Ledger.open(os.environ.get("MECHKG_LEDGER") or home / "ledger.db") as ledger:
        yield ledger


def test_a_backup_restores_to_the_same_ledger_in_either_database(
    home: Path,
    opened: Ledger,
    tmp_path: Path,
    postgresql: str,  # noqa: F811
) -> None:
    (paper := home / "papers" / "ab" / ("ab" * 32)).mkdir(parents=True)
    (paper / "text.txt").write_text("A text.")
    report = back_up(tmp_path / "backup", home)
    held = everything(opened)
    last = held["acts"][-1]  # type: ignore[index]
    assert report.manifest.position == report.new_acts == last.position
    assert report.manifest.digest == last.digest
    assert (report.manifest.tokens, report.new_papers, report.manifest.drafts.count) == (1, 1, 2)
    assert verify_ledger(tmp_path / "backup").broken is None

    found = restore_backup(tmp_path / "backup", tmp_path / "restored", tokens=True)
    assert (found.head, found.tokens, found.papers) == (report.manifest.head, 1, 1)
    assert (tmp_path / "restored" / "papers" / "ab" / ("ab" * 32) / "text.txt").read_text() == "A text."
    server = _schema(postgresql)
    restore_backup(tmp_path / "backup", server)
    for place, kept in ((tmp_path / "restored" / "ledger.db", 1), (server, 0)):  # noqa: F402
        with Ledger.open(place) as ledger:
            assert everything(ledger) == held
            assert ledger.drafts_of("cleo") == opened.drafts_of("cleo")
            assert len(tokens.listed(ledger)) == kept
            proposed(ledger, put("n-9"), by=CLEO)  # it goes on
            assert ledger.verify_chain() is None
    # and out of there again, the other way round
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MECHKG_LEDGER", server)
        back_up(tmp_path / "of server", tmp_path / "empty")
    restore_backup(tmp_path / "of server", tmp_path / "back", at=last.position)
    with Ledger.open(tmp_path / "back" / "ledger.db") as ledger:
        assert everything(ledger) == held


def _schema(server: str) -> str:
    """A new schema on a server, and so a place for a ledger."""
    import os

    from sqlalchemy import create_engine, text

    name = f"t{os.urandom(6).hex()}"
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    engine.dispose()
    return f"{server}&options=-csearch_path%3D{name}"


def test_a_backup_is_continued_by_what_came_since(home: Path, opened: Ledger, tmp_path: Path) -> None:
    first = back_up(tmp_path / "backup", home)
    assert back_up(tmp_path / "backup", home).new_acts == 0
    proposed(opened, put("n-3"), by=CLEO)
    save(opened, CLEO, {"third": True})
    again = back_up(tmp_path / "backup", home)
    assert again.new_acts == opened.position() - first.manifest.position == 2
    assert again.manifest.drafts.count == 3
    restore_backup(tmp_path / "backup", tmp_path / "restored")
    with Ledger.open(tmp_path / "restored" / "ledger.db") as ledger:
        assert everything(ledger) == everything(opened)


def test_a_backup_that_was_not_finished_is_finished_by_the_next(home: Path, opened: Ledger, tmp_path: Path) -> None:
    into = tmp_path / "backup"
    back_up(into, home)
    before = (into / "manifest.json").read_bytes()
    proposed(opened, put("n-3"), by=CLEO)
    back_up(into, home)
    (into / "manifest.json").write_bytes(before)  # killed after the acts were written, and before the manifest was
    assert verify_ledger(into).broken is None
    restore_backup(into, tmp_path / "restored")
    with Ledger.open(tmp_path / "restored" / "ledger.db") as ledger:
        assert ledger.position() == read_manifest(into).position == opened.position() - 2
    assert back_up(into, home).manifest.position == opened.position()
    (into / "ledger.db").rename(into / "ledger.db.new")  # killed in the midst of the first
    with pytest.raises(LedgerError, match="not made to its end"):
        restore_backup(into, tmp_path / "other")
    assert back_up(into, home).manifest.position == opened.position()
    assert sorted(path.name for path in into.iterdir()) == ["ledger.db", "manifest.json"]


@pytest.mark.parametrize("change", ["cut off", "rewritten", "another"])
def test_a_backup_is_not_continued_by_another_ledger(home: Path, opened: Ledger, tmp_path: Path, change: str) -> None:
    back_up(tmp_path / "backup", home)
    before = (tmp_path / "backup" / "ledger.db").read_bytes()
    url = opened._engine.url.render_as_string(hide_password=False)
    where = url if "postgresql" in url else str(home / "ledger.db")
    last = opened.position()
    if change == "cut off":
        forge(where, f"DELETE FROM act WHERE position >= {last - 1}", "DELETE FROM assertion WHERE item = 'n-2'")
    elif change == "rewritten":
        forge(where, f"DELETE FROM act WHERE position >= {last - 1}", "DELETE FROM assertion WHERE item = 'n-2'")
        proposed(opened, put("n-2"), by=CLEO)
        proposed(opened, put("n-4"), by=CLEO)
    else:
        with Ledger.open(tmp_path / "home" / "other.db") as other:
            employ(other)
            proposed(other, *(put(f"x-{n}") for n in range(9)), by=CLEO)
    with pytest.MonkeyPatch.context() as patch:
        if change == "another":
            patch.setenv("MECHKG_LEDGER", str(tmp_path / "home" / "other.db"))
        with pytest.raises(LedgerError, match="does not go on from there"):
            back_up(tmp_path / "backup", home)
    assert (tmp_path / "backup" / "ledger.db").read_bytes() == before


def test_a_backup_of_a_damaged_ledger_is_refused(home: Path, opened: Ledger, tmp_path: Path) -> None:
    url = opened._engine.url.render_as_string(hide_password=False)
    forge(url if "postgresql" in url else str(home / "ledger.db"), "UPDATE act SET actor = 'eve' WHERE position = 3")
    with pytest.raises(LedgerError, match="not what was once written: act 3"):
        back_up(tmp_path / "backup", home)


def test_backups_while_acts_are_written_are_each_a_moment_of_the_ledger(home: Path, opened: Ledger, tmp_path: Path) -> None:
    stop = threading.Event()

    def curate() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            proposed(opened, put(f"w-{number}"), put(f"v-{number}"), by=CLEO)

    writer = threading.Thread(target=curate)
    writer.start()
    try:
        seen = []
        for number in range(4):
            time.sleep(0.1)
            seen.append(back_up(tmp_path / f"backup-{number // 2}", home).manifest.position)
    finally:
        stop.set()
        writer.join()
    assert seen == sorted(set(seen)) and seen[0] > 9, "each holds more than the one before"
    allowed = set(ends(opened))
    for position in seen:
        assert position in allowed, "what was done at once is in it or not"
    for number in range(2):
        assert verify_ledger(tmp_path / f"backup-{number}").broken is None


# --- an earlier moment ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Ledger]]:
    """A backup, and the ledger that it was made of, after some curators were busy upon a few items."""
    home = tmp_path_factory.mktemp("busy")
    with Ledger.open(home / "ledger.db") as ledger:
        employ_many(ledger, 3)
        for number in range(3):
            work(ledger, f"c-{number}", random.Random(number), time.monotonic() + 0.4)
            save(ledger, Caller(f"c-{number}", "python"), {"number": number})
        back_up(home / "backup", home)
        yield home / "backup", ledger


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), as_time=st.booleans())
def test_a_restored_moment_is_the_ledger_as_it_was_then(
    busy: tuple[Path, Ledger], tmp_path: Path, data: st.DataObject, as_time: bool
) -> None:
    folder, ledger = busy
    position = data.draw(st.sampled_from(ends(ledger)))
    acts = list(ledger.acts(until=position))
    at = acts[-1].at if acts and as_time else position
    home = tmp_path / f"{position}-{as_time}"
    shutil.rmtree(home, ignore_errors=True)
    report = restore_backup(folder, home, at=at)
    with Ledger.open(home / "ledger.db") as restored:
        assert report.head.position == restored.position() == position
        assert everything(restored) == everything(ledger, position)
        moment = acts[-1].at if acts else None
        for person in ("c-0", "c-1", "c-2"):
            then = [one for one in ledger.drafts_of(person) if moment is not None and one.at <= moment]
            assert restored.drafts_of(person) == then


def test_the_graph_of_a_restored_moment_is_that_of_then(busy: tuple[Path, Ledger], tmp_path: Path) -> None:
    folder, ledger = busy
    position = ends(ledger)[len(ends(ledger)) // 2]
    restore_backup(folder, tmp_path / "then", at=str(position))
    with Workspace.open(folder.parent) as now, Workspace.open(tmp_path / "then") as then:
        assert then.version == now.at(position).version
        assert digest(then.store) == digest(read_at(ledger, position).store)


def test_a_position_in_the_midst_of_what_was_done_at_once_is_refused(busy: tuple[Path, Ledger], tmp_path: Path) -> None:
    folder, ledger = busy
    allowed = ends(ledger)
    midst = next(position for position in range(1, ledger.position()) if position not in allowed)
    end = next(position for position in allowed if position > midst)
    with pytest.raises(BadInputError, match=f"that ends at position {end}"):
        restore_backup(folder, tmp_path / "midst", at=midst)
    for at, said in ((ledger.position() + 1, "has no position"), ("sometime", "names no release, time or position")):
        with pytest.raises(BadInputError, match=said):
            restore_backup(folder, tmp_path / "midst", at=at)
    with pytest.raises(BadInputError, match="tokens are those of when the backup was made"):
        restore_backup(folder, tmp_path / "midst", at=1, tokens=True)
    assert not list((tmp_path / "midst").glob("*"))


# --- nothing over, nothing half ---------------------------------------------------------------------------------------


@pytest.fixture
def backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A backup of an SQLite ledger."""
    monkeypatch.delenv("MECHKG_LEDGER", raising=False)
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        employ(ledger)
        proposed(ledger, put("n-1"), by=CLEO)
    return back_up(tmp_path / "backup", tmp_path).manifest and tmp_path / "backup"


@pytest.mark.parametrize("name", ["ledger.db", "ledger.db-wal"])
def test_nothing_is_written_over(backup: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / name).write_text("mine")
    with pytest.raises(BadInputError, match="is there already"):
        restore_backup(backup, tmp_path / "other")
    assert [path.name for path in (tmp_path / "other").iterdir()] == [name]
    assert (tmp_path / "other" / name).read_text() == "mine"


def test_a_server_with_acts_is_not_written_to(backup: Path, postgresql: str) -> None:  # noqa: F811
    server = _schema(postgresql)
    with Ledger.open(server) as ledger:
        employ(ledger)
        before = everything(ledger)
        with pytest.raises(BadInputError, match="holds acts already"):
            restore_backup(backup, server)
        assert everything(ledger) == before


def test_a_backup_is_not_made_into_a_folder_of_something_else(tmp_path: Path, backup: Path) -> None:
    with pytest.raises(BadInputError, match=r"holds .*ledger.db.*, and no backup"):
        back_up(tmp_path, tmp_path)
    with pytest.raises(BadInputError, match=r"there is no backup in .*did you mean"):
        restore_backup(tmp_path / "backp", tmp_path / "other")


@pytest.mark.parametrize("server", [False, True])
def test_what_fails_on_the_way_leaves_nothing(
    backup: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    server: bool,
    postgresql: str,  # noqa: F811
) -> None:
    to = _schema(postgresql) if server else tmp_path / "other"

    def fails(*_: object) -> None:
        raise LedgerError("stopped on the way")

    with monkeypatch.context() as patch:
        patch.setattr(restoring, "_verify", fails)
        with pytest.raises(LedgerError, match="stopped on the way"):
            restore_backup(backup, to)
    if not server:
        assert list((tmp_path / "other").iterdir()) == []
    restore_backup(backup, to)  # as if nothing had been
    with Ledger.open(to if server else tmp_path / "other" / "ledger.db") as ledger:
        assert ledger.position() == read_manifest(backup).position


@pytest.mark.parametrize("what", ["act", "batch", "draft", "cut", "file", "manifest", "empty"])
def test_a_backup_that_was_changed_is_refused(backup: Path, tmp_path: Path, what: str) -> None:
    file = backup / "ledger.db"
    match what:
        case "act":
            forge(str(file), "UPDATE act SET actor = 'eve' WHERE position = 3")
        case "batch":
            forge(str(file), "INSERT INTO batch VALUES ('batch-1', 'x', NULL, NULL, 'eve', 'then', 0, 0, 0, 0, 0, 1)")
        case "draft":
            forge(str(file), "INSERT INTO draft VALUES ('d', 1, 'eve', '2020-01-01T00:00:00.000000Z', '{}')")
            told = json.loads((backup / "manifest.json").read_text()) | {"drafts_until": "2021-01-01T00:00:00.000000Z"}
            (backup / "manifest.json").write_text(json.dumps(told))
        case "cut":
            forge(str(file), "DELETE FROM act WHERE position > 8", "DELETE FROM assertion WHERE first_seen > 8")
        case "file":
            content = file.read_bytes()
            file.write_bytes(content[: len(content) // 2])
        case "manifest":
            flip(backup / "manifest.json", b'"digest": "')
        case "empty":
            (backup / "manifest.json").write_text("{}")
    with pytest.raises(MechkgError):
        restore_backup(backup, tmp_path / "other")
    assert not (tmp_path / "other" / "ledger.db").exists()


def test_a_backup_of_older_tables_is_restored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MECHKG_LEDGER", raising=False)
    old = Path(__file__).parents[1] / "curation" / "old" / "schema-2-sqlite.sql"
    with sqlite3.connect(tmp_path / "ledger.db") as raw:
        raw.executescript(old.read_text())
    raw.close()
    manifest = back_up(tmp_path / "backup", tmp_path).manifest
    assert (manifest.schema, manifest.position) == (SCHEMA_VERSION, 5)
    restore_backup(tmp_path / "backup", tmp_path / "new")
    with Ledger.open(tmp_path / "new" / "ledger.db") as ledger:
        assert ledger.verify_chain() is None
        assert ledger.position() == 5


def test_a_backup_is_for_its_owner_alone(backup: Path) -> None:
    assert (backup.stat().st_mode & 0o777, (backup / "ledger.db").stat().st_mode & 0o777) == (0o700, 0o600)


def test_a_ledger_that_is_served_is_not_touched_by_what_reads_it(tmp_path: Path, backup: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        mark = ledger.marks.now()
        verify_ledger(tmp_path)
        back_up(backup, tmp_path)
        assert ledger.marks.now() == mark
    settle_file(tmp_path / "ledger.db")
    with filling(backup / "ledger.db"):
        pass
