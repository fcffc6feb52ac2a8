"""A home that need not be opened answers, and raises, as an open one does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mechkg.errors import BadInputError, LedgerError, NotFoundError
from mechkg.service.check import check
from mechkg.service.load_corpus import load_corpus
from mechkg.service.unopened import Unopened
from mechkg.service.why import why
from mechkg.service.words import Words
from mechkg.service.workspace import Workspace
from tests.small_case import CASE, SPACE


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with the small case, asked of it before."""
    case = tmp_path / "case.yaml"
    case.write_text(CASE, encoding="utf-8")
    with Workspace.open(tmp_path / "home") as workspace:
        load_corpus(workspace, [case])
        check(workspace, SPACE)
    return tmp_path / "home"


def test_what_was_kept_answers(home: Path) -> None:
    with Unopened(home) as view, Workspace.open(home) as workspace:
        assert view.version == workspace.version
        assert why(view, SPACE, "strays") == why(workspace, SPACE, "strays")
        assert Words.of(view, view.problem(SPACE)).stored == Words.of(workspace, workspace.problem(SPACE)).stored
        assert "workspace" not in vars(view)


@pytest.fixture
def changed(home: Path, tmp_path: Path) -> int:
    """The position before the small case was changed; that state was asked of, and kept."""
    case = tmp_path / "case.yaml"
    with Workspace.open(home) as workspace:
        before = workspace.ledger.position()
        case.write_text(CASE.replace("names: B,", "names: B new,"), encoding="utf-8")
        load_corpus(workspace, [case])
    return before


def test_the_past_is_answered_from_what_was_kept(home: Path, changed: int) -> None:
    with Unopened(home, changed) as view:
        assert view.version == changed
        assert view.problem(SPACE).labels.names["b"] == "B"
        assert view.assumption("prompt")["backing"] == "cited"
        assert "workspace" not in vars(view)
    with Unopened(home) as now:
        assert now.problem(SPACE).labels.names["b"] == "B new"
        assert now.version > changed


def test_the_past_is_worked_out_once(home: Path, changed: int) -> None:
    for file in (home / "kept").iterdir():
        file.unlink()
    for opened in (True, False):
        with Unopened(home, str(changed)) as view:
            assert (view.version, view.problem(SPACE).version) == (changed, changed)
            assert view.problem(SPACE).labels.names["b"] == "B"
            assert ("workspace" in vars(view)) is opened
            if opened:
                assert view.catalog.version == changed and view.labels.names["b"] == "B"
                view.problem(SPACE).program  # noqa: B018 - is kept too


@pytest.mark.parametrize("as_of", ["fist", "2999-01-01", 100_000])
def test_what_is_no_moment_is_refused(home: Path, as_of: str | int) -> None:
    with pytest.raises(BadInputError):
        Unopened(home, as_of)


ASKED = """
import sys
from mechkg.service.check import check, whole
from mechkg.service.conflicts import conflicts, first_conflict
from mechkg.service.matrix import matrix
from mechkg.service.next_experiment import next_experiment
from mechkg.service.report import report
from mechkg.service.unopened import Unopened
from mechkg.service.what_if import what_if
from mechkg.service.whole_space import whole_space
from mechkg.service.why import why
from mechkg.service.why_not import why_not

with Unopened(sys.argv[1], *sys.argv[2:]) as view:
    for ask in (check, whole, matrix, what_if, next_experiment, report, whole_space):
        ask(view, "small")
    for ask in (why, first_conflict, conflicts):
        ask(view, "small", "strays")
    why_not(view, "small", "strays", about="c", at="run/watch")
print(*sorted({"pyoxigraph", "sqlalchemy", "mechkg.service.workspace"} & sys.modules.keys()))
"""


@pytest.mark.parametrize("past", [False, True])
def test_whatever_is_asked_of_a_space_loads_neither_graph_nor_ledger(home: Path, changed: int, past: bool) -> None:
    with Workspace.open(home) as workspace:
        check(workspace, SPACE)
    when = [str(changed)] if past else []
    ran = subprocess.run([sys.executable, "-c", ASKED, str(home), *when], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "\n", "")


def test_it_is_opened_for_what_was_not_kept(home: Path) -> None:
    with Unopened(home) as view:
        assert view.catalog.space("A small space").id == SPACE
        assert "workspace" in vars(view)
        assert view.problem(SPACE).version == view.version == view.workspace.version
        assert view.labels.names["turn"] == "turning"
        assert len(view.store) > 0


def test_a_title_names_a_space_too(home: Path) -> None:
    with Unopened(home) as view:
        assert view.problem("A small space").space.id == SPACE


def test_an_unknown_space_is_answered_with_the_nearest(home: Path) -> None:
    with Unopened(home) as view, pytest.raises(NotFoundError) as raised:
        check(view, "smal")
    assert "did you mean 'small'?" in str(raised.value)


def test_a_home_that_is_not_there_is_made(tmp_path: Path) -> None:
    with Unopened(tmp_path / "new") as view:
        assert view.version == 0
        with pytest.raises(NotFoundError):
            view.problem(SPACE)


def test_what_is_no_ledger_is_said_to_be_none(home: Path) -> None:
    (home / "ledger.db").write_bytes(b"no database at all, and long enough to be looked at" * 20)
    with Unopened(home) as view, pytest.raises(LedgerError, match="is not a ledger"):
        view.problem(SPACE)


def test_a_ledger_elsewhere_is_not_told_by_the_file_in_the_home(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.db"
    monkeypatch.setenv("MECHKG_LEDGER", str(other))
    with Unopened(home) as view, pytest.raises(NotFoundError):
        view.problem(SPACE)


def test_a_ledger_elsewhere_finds_what_was_kept_of_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MECHKG_LEDGER", str(home / "ledger.db"))
    with Unopened(home) as view:
        assert view.problem(SPACE).space.id == SPACE
        assert len(list((home / "kept").glob("space-*"))) == 1
