"""The commands that keep the ledger safe: what they print, and with which status they end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mechkg.cli.main import app
from mechkg.curation.ledger import Ledger
from tests.curation.forger import forge
from tests.curation.staff import CLEO, employ, proposed, put


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("MECHKG_LEDGER", raising=False)
    monkeypatch.setenv("MECHKG_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    with Ledger.open(tmp_path / "home" / "ledger.db") as ledger:
        employ(ledger)
        proposed(ledger, put("n-1"), by=CLEO)
    return tmp_path / "home"


def run(*arguments: object) -> tuple[int, str]:
    found = CliRunner().invoke(app, [str(one) for one in arguments])
    return found.exit_code, found.output


def test_back_up_verify_restore(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup"
    status, told = run("backup", target)
    assert status == 0
    assert "10 acts, 10 of them new" in told
    status, told = run("backup", target, "--json")
    found = json.loads(told)
    assert (found["new_acts"], found["position"], found["database"]) == (0, 10, "sqlite")
    head = f"{found['position']}:{found['digest']}"
    for arguments in ((), (target,), (home,), (home / "ledger.db",), ("--against", target, "--against", head)):
        status, told = run("verify", *arguments)
        assert status == 0, told
        assert head in told
    status, told = run("restore", target, "--to", tmp_path / "new", "--at", "8")
    assert status == 0
    assert "8 acts restored" in told
    status, told = run("verify", tmp_path / "new", "--json")
    assert (status, json.loads(told)["ok"], json.loads(told)["head"]["position"]) == (0, True, 8)


def test_what_is_not_as_written_is_status_1_and_names_the_act(home: Path, tmp_path: Path) -> None:
    run("backup", tmp_path / "backup")
    forge(str(home / "ledger.db"), "UPDATE act SET actor = 'eve' WHERE position = 4")
    status, told = run("verify", "--json")
    found = json.loads(told)
    assert (status, found["ok"], found["broken"]["position"], found["head"]["position"]) == (1, False, 4, 3)
    assert len(found["broken"]["expected"]) == len(found["broken"]["found"]) == 64
    assert run("verify", tmp_path / "backup")[0] == 0


def test_what_was_cut_off_is_named_against_a_backup_only(home: Path, tmp_path: Path) -> None:
    run("backup", tmp_path / "backup")
    forge(str(home / "ledger.db"), "DELETE FROM act WHERE position >= 9", "DELETE FROM assertion")
    assert run("verify")[0] == 0
    status, told = run("verify", "--against", tmp_path / "backup", "--json")
    assert (status, json.loads(told)["broken"]["position"]) == (1, 9)


def test_what_is_no_head_of_a_ledger_is_refused(home: Path) -> None:
    from mechkg.errors import BadInputError, LedgerError

    for arguments, error in ((("--against", "12:abc"), BadInputError), ((home / "none.db",), LedgerError)):
        found = CliRunner().invoke(app, ["verify", *map(str, arguments)])
        assert isinstance(found.exception, error)
