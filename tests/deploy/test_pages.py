"""What the pages of deploy/ tell people to type is something that can be typed; what upgrading says is so."""

from __future__ import annotations

import re
import shlex
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mechkg.cli.main import app
from mechkg.curation.ledger import Ledger
from mechkg.errors import LedgerError
from mechkg.graph.canonical import digest
from mechkg.service.workspace import Workspace
from tests.deploy.small_paper import PAPER

DEPLOY = Path(__file__).parents[2] / "deploy"
PAGES = sorted(DEPLOY.glob("*.md"))
OLD = Path(__file__).parents[1] / "curation" / "old" / "schema-2-sqlite.sql"

# A command in a block or between backticks; behind what runs it elsewhere.
COMMAND = re.compile(r"(?:(?<=`)|(?<=    )|bin/|exec mechkg |-- |run --rm |as-)mechkg (?P<said>[a-z][^`\n#&]*)")


def commands(page: Path) -> list[str]:
    return [found["said"].strip() for found in COMMAND.finditer(page.read_text(encoding="utf-8"))]


def run(*command: str) -> str:
    done = CliRunner().invoke(app, list(command))
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_are_those_of_mechkg(page: Path) -> None:
    for said in commands(page):
        arguments = shlex.split(said)
        done = CliRunner().invoke(app, [*arguments, "--help"])
        assert done.exit_code == 0, f"mechkg {said}: {done.output}"


def test_commands_are_found_and_wrong_ones_told(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "    .venv/bin/mechkg start\n\nthen `mechkg upgrade --tp 2`, docker compose exec mechkg mechkg backup /b # x\n"
    )
    assert commands(page) == ["start", "upgrade --tp 2", "backup /b"]
    with pytest.raises(AssertionError, match="--tp"):
        test_commands_are_those_of_mechkg(page)
    assert {len(commands(page)) >= 5 for page in PAGES if page.name in ("README.md", "UPGRADE.md")} == {True}


def test_files_that_are_named_are_there() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert [
            name
            for name in re.findall(r"\bdeploy/[\w./-]+\.(?:lock|yaml|md|conf)\b", text)
            if not (DEPLOY.parent / name).exists()
        ] == []
    units = {"mechkg.service", "mechkg-backup.service", "mechkg-backup.timer", "mechkg.sysusers.conf"}
    assert {file.name for file in (DEPLOY / "systemd").iterdir()} == units


def test_an_upgrade_and_the_way_back(tmp_path: Path) -> None:
    home, backup = tmp_path / "home", tmp_path / "backup"
    home.mkdir()
    with sqlite3.connect(home / "ledger.db") as raw:  # of an earlier version
        raw.executescript(OLD.read_text())
    raw.close()
    at = ("--home", str(home))
    run("backup", str(backup), *at)
    assert "all as written" in run("verify", str(home), "--against", str(backup))
    assert "came from version 2 to 3" in run("upgrade", *at)
    assert "all as written" in run("verify", str(home), "--against", str(backup))
    # what is written since is not lost on the way back
    run("people", "enrol", "newcomer", "--as", _somebody(home), *at)
    assert "came from version 3 to 2" in run("upgrade", "--to", "2", *at)
    with pytest.raises(LedgerError, match="schema version 2"):
        Ledger.open(home / "ledger.db", upgrade=False)
    run("upgrade", *at)
    assert "7 acts" in run("verify", str(home), "--against", str(backup))


def _somebody(home: Path) -> str:
    with sqlite3.connect(home / "ledger.db") as raw:
        (actor,) = raw.execute("SELECT actor FROM act ORDER BY position LIMIT 1").fetchone()
    raw.close()
    return str(actor)


def test_an_earlier_moment_is_restored_beside_the_present(tmp_path: Path) -> None:
    home, backup, then = tmp_path / "home", tmp_path / "backup", tmp_path / "then"
    first, second = tmp_path / "first.yaml", tmp_path / "second.yaml"
    first.write_text(PAPER)
    second.write_text(PAPER.replace("id: paper", "id: other").replace("-claim", "-word"))
    run("corpus", "load", str(first), "--home", str(home))
    with Workspace.open(home) as workspace:
        moment = workspace.ledger.position()
    run("corpus", "load", str(second), "--home", str(home))
    run("backup", str(backup), "--home", str(home))
    run("restore", str(backup), "--to", str(then), "--at", str(moment))
    assert f"{moment} acts" in run("verify", str(then))
    with Workspace.open(home) as now, Workspace.open(then) as before:
        assert (len(now.catalog.by_kind["claim"]), len(before.catalog.by_kind["claim"])) == (4, 2)


def test_what_is_derived_may_be_thrown_away(tmp_path: Path) -> None:
    home, paper = tmp_path / "home", tmp_path / "paper.yaml"
    paper.write_text(PAPER)
    run("corpus", "load", str(paper), "--home", str(home))
    with Workspace.open(home) as workspace:
        before = digest(workspace.store)
    for place in sorted(home.rglob("*"), reverse=True):
        if place.name != "ledger.db" and "ledger.db" not in place.name:
            place.rmdir() if place.is_dir() else place.unlink()
    with Workspace.open(home) as workspace:
        assert digest(workspace.store) == before
    assert "the same as before" in run("rebuild", "--home", str(home))
