"""A glance at a ledger: it tells what the ledger tells, or nothing."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mechkg.curation.batch import NewAct
from mechkg.curation.enrol import enrol
from mechkg.curation.glance import Settled, glance
from mechkg.curation.ledger import Ledger
from mechkg.curation.release import release
from mechkg.errors import BadInputError
from mechkg.model.person import Caller
from mechkg.service.as_of import position_of
from mechkg.service.load_corpus import load_corpus
from mechkg.service.workspace import Workspace
from tests.small_case import CASE


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The ledger of a home with the small case."""
    case = tmp_path / "case.yaml"
    case.write_text(CASE, encoding="utf-8")
    with Workspace.open(tmp_path / "home") as workspace:
        load_corpus(workspace, [case])
    return tmp_path / "home" / "ledger.db"


def told(file: Path) -> Settled:
    with Ledger.open(file) as ledger:
        position = ledger.settled()
        [last] = ledger.acts(position - 1, position)
        return Settled(position, last.digest)


def test_it_tells_what_the_ledger_tells(file: Path) -> None:
    assert glance(file) == told(file)


def test_it_sees_what_another_connection_wrote_just_now(file: Path) -> None:
    with Ledger.open(file) as ledger:
        before = glance(file)
        [*_, last] = ledger.accepted()
        ledger.append([NewAct("retract", last, "somebody", "a mistake")])
        after = glance(file)
    assert before is not None
    assert after == told(file)
    assert after.position == before.position + 1


def test_it_leaves_the_file_as_it_was(file: Path) -> None:
    before = file.read_bytes()
    glance(file)
    assert file.read_bytes() == before
    assert sorted(path.name for path in file.parent.glob("ledger.db*")) == ["ledger.db"]


def test_of_a_ledger_without_acts_it_tells_nothing(tmp_path: Path) -> None:
    Ledger.open(tmp_path / "ledger.db").close()
    assert glance(tmp_path / "ledger.db") is None


def test_it_makes_no_file(tmp_path: Path) -> None:
    assert glance(tmp_path / "ledger.db") is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + bytes(500)])
def test_of_what_is_no_ledger_it_tells_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ledger.db").write_bytes(content)
    assert glance(tmp_path / "ledger.db") is None


def test_it_tells_of_the_past_what_the_ledger_tells(file: Path) -> None:
    with Ledger.open(file) as ledger:
        ada = Caller("ada", "python")
        enrol(ledger, ada, "ada", name="Ada")
        release(ledger, ada, "first")
        middle, moment = ledger.settled(), datetime.now(UTC)
        [*_, last] = ledger.accepted()
        ledger.append([NewAct("retract", last, "somebody", "a mistake")])
        [before] = ledger.acts(middle - 1, middle)
        then = Settled(middle, before.digest)
        for as_of in ("first", " first", middle, str(middle), moment, moment.isoformat(), datetime(2001, 1, 1), "2001-01-01", 0):
            expected = ledger.settled(position_of(ledger, as_of))
            assert glance(file, as_of) == (then if expected else None)
        today = datetime.now(UTC).date().isoformat()
        assert glance(file, today) == glance(file) == told(file)


@pytest.mark.parametrize("as_of", ["fist", "2999-01-01", "100000", -1, "", 3, "3"])
def test_what_is_no_moment_is_refused_in_the_words_of_the_ledger(file: Path, as_of: int | str) -> None:
    with Ledger.open(file) as ledger:
        ada = Caller("ada", "python")
        enrol(ledger, ada, "ada", name="Ada")
        release(ledger, ada, "first")
        with pytest.raises(BadInputError) as of_ledger:
            position_of(ledger, as_of)
    with pytest.raises(BadInputError) as seen:
        glance(file, as_of)
    assert str(seen.value) == str(of_ledger.value)


@pytest.mark.parametrize("name", ["format", "schema"])
def test_of_a_ledger_of_another_version_it_tells_nothing(file: Path, name: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE meta SET value = 'other' WHERE name = ?", [name])
        connection.commit()
    assert glance(file) is None


def test_it_does_not_load_what_opens_a_ledger() -> None:
    script = "import sys, mechkg.curation.glance; print('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "False\n"
