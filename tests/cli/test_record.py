"""Releases, watches, history, differences and the past, on the shell."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mechkg.cli import main
from mechkg.curation.accept import accept
from mechkg.curation.change_set import subject_of
from mechkg.curation.comment import comment
from mechkg.curation.enrol import enrol
from mechkg.model.ledger_record import Subject
from mechkg.service.sign_off import sign_off
from mechkg.service.workspace import Workspace
from tests.api.changing import SEEN_C, load, opened
from tests.curation.staff import ADA, BEN, proposed, put

Shell = Callable[..., Any]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with opened(tmp_path) as workspace:
        yield workspace


@pytest.fixture
def shell(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Iterator[Shell]:
    """Run a command over the workspace; return what it prints, read when that is JSON, or the error."""
    monkeypatch.setenv("MECHKG_HOME", str(tmp_path))
    monkeypatch.setenv("MECHKG_PERSON", "ada")
    monkeypatch.setattr(Workspace, "open", lambda *_, **__: workspace)
    monkeypatch.setattr(workspace, "close", lambda: None)

    def run(*arguments: str, status: int = 0) -> Any:
        monkeypatch.setattr(sys, "argv", ["mechkg", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        assert int(ended.value.code or 0) == status, printed.err
        if status == 2:
            return printed.err
        return json.loads(printed.out) if "--json" in arguments else printed.out

    threshold = gc.get_threshold()
    yield run
    gc.set_threshold(*threshold)  # the command sets its own
    monkeypatch.undo()


def test_a_release_and_the_past(shell: Shell, workspace: Workspace, tmp_path: Path) -> None:
    assert "There is no release yet" in shell("release", "list")
    made = shell("release", "new", "one", "--note", "the first", "--json")
    assert (made["name"], made["by"], made["note"]) == ("one", "ada", "the first")
    assert [found["name"] for found in shell("release", "list", "--json")] == ["one"]
    assert "the first" in shell("release", "list")
    assert "already, since act" in shell("release", "new", "one", status=2)
    load(workspace.ledger, SEEN_C, tmp_path)
    verdict = {
        when: shell("check", "small", "-c", "both", "--json", *when, status=bool(when))["candidates"][0]["verdict"]
        for when in ((), ("--as-of", "one"))
    }
    assert verdict == {(): "survives", ("--as-of", "one"): "ruled out"}
    assert "absent" in shell("show", "no-c", "--as-of", "one")
    assert "absent" not in shell("show", "no-c")
    for command in (
        ["why", "small", "both"],
        ["report", "small"],
        ["matrix", "small"],
        ["conflicts", "small", "both"],
        ["what-if", "small"],
        ["next", "small"],
    ):
        now, then = (shell(*command, *when) for when in ([], ["--as-of", "one"]))
        assert now != then, command
    rows = shell("ask", "claims-of-paper", "paper=case-small", "--format", "csv", "--as-of", "one")
    assert rows == shell("ask", "claims-of-paper", "paper=case-small", "--format", "csv", "--as-of", str(made["position"]))
    assert "did you mean the release 'one'?" in shell("check", "small", "--as-of", "onee", status=2)


def test_out_and_in(shell: Shell, workspace: Workspace, tmp_path: Path) -> None:
    shell("release", "new", "one")
    folder = tmp_path / "release"
    assert "18 assertions in" in shell("release", "export", "one", str(folder))
    assert "is there already" in shell("release", "export", "one", str(folder), status=2)
    assert "Release one: 0 accepted, 0 superseded, 0 retracted, 18 unchanged." in shell("release", "import", str(folder))
    report = shell("release", "import", str(folder), "--from", "csv", "--json")
    assert (report["batch"], report["unchanged"]) == (None, 18)
    assert "is not a form" in shell("release", "import", str(folder), "--from", "cvs", status=2)
    assert "is not signed" in shell("release", "import", str(folder), "--signed-by", "key", status=2)


def test_watches(shell: Shell, workspace: Workspace, tmp_path: Path) -> None:
    assert "Nothing is watched" in shell("watch", "list")
    made = shell("watch", "add", "small", "both", "--json")
    assert (made["verdicts"], made["by"]) == ({"both": "ruled out"}, "ada")
    own = shell("watch", "add", "small", "--step", "turn", "--without", "kept", "--title", "Mine", "--json")
    assert own["hypothesis"] == {"space": "small", "steps": ["turn"], "without": ["kept"]}
    load(workspace.ledger, SEEN_C, tmp_path)
    listed = shell("watch", "list")  # what came since is looked at
    assert "both went from ruled out to survives, by act" in listed
    assert "Mine" in listed
    assert [len(found["flips"]) for found in shell("watch", "list", "--json")] == [1, 1]
    assert ", ended" in shell("watch", "end", made["id"])
    assert [found["id"] for found in shell("watch", "list", "--json")] == [own["id"]]
    assert len(shell("watch", "list", "--all", "--json")) == 2
    assert "did you mean 'both'?" in shell("watch", "add", "small", "bth", status=2)


def test_history_and_differences(shell: Shell, workspace: Workspace, tmp_path: Path) -> None:
    before = workspace.ledger.position()
    load(workspace.ledger, SEEN_C, tmp_path)
    told = shell("history", "no-c")
    assert told.index("superseded observation no-c") > told.index("accepted observation no-c")  # the last first
    assert "the file changed" in told
    found = shell("history", "--document", "case-small", "--kind", "supersede", "--json")
    assert [(act["item"], act["door"], act["by"]) for act in found["acts"]] == [("no-c", "import", "corpus importer")]
    assert "Older acts are left out" in shell("history", "--most", "3")
    assert "did you mean 'no-c'?" in shell("history", "no-cc", status=2)
    text = shell("diff", str(before))
    assert "0 items added, 1 changed, 0 removed" in text
    assert "kind: absent -> present" in text
    assert "! both of small: ruled out -> survives" in text
    assert shell("diff", str(before), "--no-verdicts", "--json")["verdicts"] == []
    assert shell("diff", "1", "2", "--item", "no-c") == "kind: absent -> present\n"
    assert shell("diff", "1", "2", "--item", "no-c", "--json") == [{"field": "kind", "before": "absent", "after": "present"}]
    assert "give two versions" in shell("diff", "1", "--item", "no-c", status=2)


READING = [
    "curate queue --json",
    "curate show {set} --json",
    "curate impact {set} --json",
    "curate tasks --json",
    "curate signatures --json",
    "curate signatures assertion:{signed} --json",
    "people list --json",
    "history --json",
    "history a-1 --json",
    "history --set {set} --json",
    "release list --json",
    "watch list --json",
    "corpus count --json",
    "belief a-1 --json",
    "disagreements --json",
    "show a-1 --json",
]


def test_the_record_of_the_past_is_printed_as_it_was_then(shell: Shell, workspace: Workspace, tmp_path: Path) -> None:
    ledger = workspace.ledger
    accept(ledger, BEN, proposed(ledger, put("a-1")).id, revision=1)
    counting = ledger.accepted_of("a-1")
    assert counting is not None
    waiting = proposed(ledger, put("a-1", "other words", counting))
    sign_off(workspace, BEN, Subject("assertion", counting.id))
    shell("watch", "add", "small")
    shell("release", "new", "one")
    commands = [command.format(set=waiting.id, signed=counting.id).split() for command in READING]
    then = [shell(*command) for command in commands]
    comment(ledger, BEN, subject_of(waiting.id), "which figure?")
    accept(ledger, BEN, waiting.id, revision=1)
    accept(ledger, BEN, proposed(ledger, put("a-2", "not so", about=["a-1"], direction="refutes")).id, revision=1)
    enrol(ledger, ADA, "eve", name="Eve")
    load(ledger, SEEN_C, tmp_path)
    shell("watch", "end", shell("watch", "list", "--json")[0]["id"])
    shell("release", "new", "two")
    position = str(then[READING.index("history --json")]["acts"][0]["position"])
    for command, before in zip(commands, then, strict=True):
        assert shell(*command, "--as-of", position) == before, command
        if command[0] != "disagreements" and command[1] != "impact":  # there are none; what was decided has none
            assert shell(*command) != before, command
