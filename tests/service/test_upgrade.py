"""The tables of the ledger are brought to those of this mechkg by a command; settings say where the ledger is."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mechkg.cli.main import app
from mechkg.curation.ledger import Ledger
from mechkg.errors import BadInputError, LedgerError
from mechkg.service.home import open_ledger
from mechkg.service.upgrade import upgrade
from mechkg.service.workspace import Workspace

OLD = Path(__file__).parents[1] / "curation" / "old" / "schema-2-sqlite.sql"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return a home with a ledger of schema version 2, of five acts."""
    with sqlite3.connect(tmp_path / "ledger.db") as raw:
        raw.executescript(OLD.read_text())
    raw.close()
    return tmp_path


def test_a_command_upgrades_and_gives_back(old: Path) -> None:
    run = CliRunner()
    up = run.invoke(app, ["upgrade", "--home", str(old)])
    assert up.exit_code == 0
    assert "came from version 2 to 3; it holds 5 acts" in " ".join(up.output.split())
    assert "are those of version 3" in " ".join(run.invoke(app, ["upgrade", "--home", str(old)]).output.split())
    down = run.invoke(app, ["upgrade", "--to", "2", "--home", str(old)])
    assert down.exit_code == 0 and "came from version 3 to 2." in " ".join(down.output.split())
    with pytest.raises(LedgerError, match="schema version 2"):
        Ledger.open(old / "ledger.db", upgrade=False)


def test_an_old_home_opens(old: Path) -> None:
    with Workspace.open(old) as workspace:
        assert workspace.ledger.position() == 5
        assert workspace.ledger.verify_chain() is None


def test_there_must_be_something_to_upgrade(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no ledger"):
        upgrade(tmp_path)
    assert not (tmp_path / "ledger.db").exists()


def test_a_changed_act_is_found(old: Path) -> None:
    with sqlite3.connect(old / "ledger.db") as raw:
        raw.execute("DROP TRIGGER act_no_update")
        raw.execute("UPDATE act SET actor = 'eve' WHERE position = 2")
    raw.close()
    with pytest.raises(LedgerError, match="act 2: its digest"):
        upgrade(old)


def test_the_setting_for_servers_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MECHKG_UPGRADE", "yes")
    with pytest.raises(BadInputError, match="on-start"):
        open_ledger(tmp_path)
    monkeypatch.setenv("MECHKG_UPGRADE", "on-start")
    open_ledger(tmp_path).close()


@pytest.mark.parametrize(
    "place",
    [
        "postgresql://ana:hunter2@127.0.0.1:1/ledger",
        "postgresql://ana:hunter2@127.0.0.1:port/ledger",
        "postgresql://ana:hunt@er2@127.0.0.1:1/ledger",
        "postgresql://ana@127.0.0.1:1/ledger?password=hunter2",
        "mysql://ana:hunter2@127.0.0.1/ledger",
    ],
)
def test_no_message_shows_a_password(tmp_path: Path, place: str) -> None:
    with pytest.raises(LedgerError) as caught:
        open_ledger(tmp_path, place)
    told = [str(caught.value)]
    cause: BaseException | None = caught.value
    while (cause := cause.__cause__) is not None:
        told.append(str(cause))
    assert not any(word in text for text in told for word in ("hunter2", "hunt@", "er2@"))
