"""Curation on the shell, from a file to what counts, over a copy of the shipped corpus."""

from __future__ import annotations

import gc
import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from mechkg.cli import main
from mechkg.service.workspace import Workspace

Run = Callable[..., "subprocess.CompletedProcess[str]"]

LIMIT = "detection-limit-of-absorption"
REMARK = "w-05"


@pytest.fixture
def mechkg(curated: Workspace) -> Iterator[Run]:
    """Run the command in this process over a workspace that stays open, as the person that is given."""

    def run(*arguments: str, person: str | None = None, command: str = "curate") -> subprocess.CompletedProcess[str]:
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.setattr(sys, "argv", ["mechkg", command, *arguments])
            patch.setattr(Workspace, "open", lambda *_, **__: curated)
            patch.setattr(curated, "close", lambda: None)
            patch.setenv("MECHKG_PERSON", person or "cleo")
            try:
                main()
                status = 0
            except SystemExit as end:
                status = int(end.code or 0)
        return subprocess.CompletedProcess(arguments, status, out.getvalue(), err.getvalue())

    threshold = gc.get_threshold()
    yield run
    gc.set_threshold(*threshold)  # the command sets its own


def content(done: subprocess.CompletedProcess[str], status: int = 0) -> Any:
    assert done.returncode == status, done.stderr
    return json.loads(done.stdout)


def said(done: subprocess.CompletedProcess[str], status: int = 0) -> str:
    assert done.returncode == status and "Traceback" not in done.stderr, done
    return " ".join((done.stdout if status < 2 else done.stderr).split())


def proposal(tmp_path: Path, text: str) -> str:
    path = tmp_path / "change.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_from_a_file_to_what_counts(mechkg: Run, curated: Workspace, tmp_path: Path) -> None:
    file = proposal(tmp_path, f"title: No limit\nchange:\n  {LIMIT}: {{effects: null}}\n")
    seen = content(mechkg("impact", file, "--json"))
    [flip] = [v for v in seen["verdicts"] if v["flips"] and v["candidate"] == "back-to-pc-and-on"]
    assert (flip["before"], flip["after"], flip["appear"]) == ("ruled out", "survives", []) and flip["vanish"]
    conclusions = {c["conclusion"]: (c["before"], c["after"]) for c in seen["conclusions"]}
    assert conclusions["c-z-16"] == ("derived with assumptions", "tied")
    made = content(mechkg("propose", file, "--reason", "nobody printed it", "--json"))
    assert made["title"] == "No limit" and made["authors"] == ["cleo"] and made["status"] == "open"
    name = made["id"]
    assert name in said(mechkg("queue")) and "No limit" in said(mechkg("queue", "--material", "cdse"))
    assert "No change set waits" in said(mechkg("queue", "--material", "inp"))
    shown = said(mechkg("show", name))
    assert "because: nobody printed it" in shown and f"change assumption {LIMIT}" in shown and "- effects: [{" in shown
    told = said(mechkg("impact", name))
    assert told.startswith("If it is accepted: 8 verdicts flip; 7 verdicts stay on other grounds; 10 steps and claims change")
    assert "msc-399-in-toluene back-to-pc-and-on flips: ruled out -> survives" in told
    assert "cdtese-msc399 eq2 stays ruled out, with less against it" in told
    assert "- CdTe MSC-371 seen where none can be: z-f1-o6, z-f1-o15, z-f1-o7, z-f1-o8 and 4 more" in told
    assert "pc-399-was-there would be possible, now required" in told
    assert "c-z-28 would be contradicted, now derived with assumptions" in told
    assert "cleo may not accept" in said(mechkg("accept", name), 2)
    assert "review" in said(mechkg("tasks", person="ben")) and "No limit" in said(mechkg("tasks", person="ben"))
    assert "accepted" in said(mechkg("accept", name, "--revision", "1", person="ben"))
    assert "effects" not in curated.catalog.entries[LIMIT].record.body
    assert "already accepted" in said(mechkg("accept", name, person="ben"), 2)


def test_review(mechkg: Run, tmp_path: Path) -> None:
    wrong = proposal(tmp_path, f"change: {{{REMARK}: {{about: [nothing-like-it]}}}}\n")
    name = content(mechkg("propose", wrong, "--title", "T", "--json"))["id"]
    assert "'about' of 'w-05' names 'nothing-like-it'" in said(mechkg("impact", name), 1)
    assert content(mechkg("impact", name, "--json"), 1)["acceptable"] is False
    assert "cannot be accepted: 'about' of" in said(mechkg("accept", name, person="ben"), 2)
    said(mechkg("request-changes", name, "--reason", "there is no such thing", person="ben"))
    assert "ben asks for changes of 'T': there is no such thing" in said(mechkg("tasks"))
    said(mechkg("comment", name, "I will see"))
    right = proposal(tmp_path, f"title: T2\nchange: {{{REMARK}: {{note: ours}}}}\n")
    assert content(mechkg("revise", name, right, "--json"))["revision"] == 2
    other = content(mechkg("propose", proposal(tmp_path, f"title: O\nchange: {{{REMARK}: {{note: theirs}}}}\n"), "--json"))["id"]
    assert "accepted" in said(mechkg("accept", other, person="ben"))
    assert name in said(mechkg("queue", "--stale"))
    assert "both changed note: --choose w-05:note:ours" in said(mechkg("rebase", name, "--preview"))
    assert "both sides changed 'w-05': note" in said(mechkg("rebase", name), 2)
    assert "did you mean 'ours'" in said(mechkg("rebase", name, "--choose", "w-05:note:our"), 2)
    assert "revision 3: open" in said(mechkg("rebase", name, "--choose", "w-05:note:ours"))
    shown = said(mechkg("show", name))
    assert "- note: theirs + note: ours" in shown and "I will see" in shown
    assert "withdrawn" in said(mechkg("withdraw", name, "--reason", "said already"))
    last = proposal(tmp_path, f"title: L\nchange: {{{REMARK}: {{note: last}}}}\n")
    again = content(mechkg("propose", last, "--json"))["id"]
    assert "rejected" in said(mechkg("reject", again, "--reason", "no", person="ben"))


def test_acts_upon_what_counts(mechkg: Run, curated: Workspace) -> None:
    def shown() -> str:
        return said(mechkg(REMARK, command="show"))

    act = content(mechkg("dispute", REMARK, "--reason", "not so", "--rests-on", "z-f4-o6", "--json"))
    assert act["kind"] == "dispute" and act["content"] == {"rests_on": ["z-f4-o6"]}
    position = str(act["position"])
    assert "disputes remark 'w-05': not so" in said(mechkg("tasks", person="ben"))
    assert f"disputed by cleo: not so (z-f4-o6 speaks against it) (act {position})" in shown()
    done = mechkg("settle", REMARK, "--act", position, "--outcome", "dismised", "--reason", "it is", person="ben")
    assert "did you mean 'dismissed'" in said(done, 2)
    said(mechkg("settle", REMARK, "--act", position, "--outcome", "dismissed", "--reason", "it is", person="ben"))
    assert "Nothing waits for you" in said(mechkg("tasks", person="ben")) and "disputed" not in shown()
    assert "holds" in said(mechkg("sign-off", REMARK, person="ben")) and "holds" in said(mechkg("signatures"))
    retracted = content(mechkg("retract", REMARK, "--code", "misread", "--reason", "not there", "--json", person="ben"))
    assert REMARK not in curated.catalog.entries and retracted["content"] == {"code": "misread"}
    assert "stale" in said(mechkg("signatures"))
    said(mechkg("restore", REMARK, "--reason", "it is there", person="ben"))
    assert REMARK in curated.catalog.entries and content(mechkg("signatures", "--json"))[0]["stale"] is False
    said(mechkg("supersede", REMARK, "--by", "w-06", "--reason", "says the same", person="ben"))
    assert REMARK not in curated.catalog.entries
    said(mechkg("assign", "w-06", "--to", "cleo", person="ada"))
    assert "ada assigned item w-06 to you" in said(mechkg("tasks"))
    said(mechkg("decide", "cdse-434-composition", "by method", "--reason", "mass", person="ben"))
    said(mechkg("declare", "cdse", "--reason", "makes them", "--until", "2099-01-01", person="ben"))
    assert "conflict of interest about cdse" in said(
        mechkg("decide", "cdse-434-composition", "open", "--reason", "x", person="ben"), 2
    )


def test_drafts(mechkg: Run, tmp_path: Path) -> None:
    half = proposal(tmp_path, "title: Half\nchang: {}\n")
    saved = content(mechkg("draft", "save", half, "--json"))
    name = saved["id"]
    assert saved["version"] == 1 and "did you mean 'change'" in said(mechkg("draft", "propose", name), 2)
    whole = proposal(tmp_path, f"title: Whole\nchange: {{{REMARK}: {{note: n}}}}\n")
    assert f"{name}, version 2" in said(mechkg("draft", "save", whole, "--draft", name))
    assert "Whole" in said(mechkg("draft", "list")) and "There is no draft" in said(mechkg("draft", "list", person="ben"))
    assert [d["version"] for d in content(mechkg("draft", "history", name, "--json"))] == [1, 2]
    assert "discarded" in said(mechkg("draft", "discard", name))
    assert "version 4" in said(mechkg("draft", "restore", name, "2"))
    assert content(mechkg("draft", "show", name, "--version", "2"))["content"]["title"] == "Whole"
    assert content(mechkg("draft", "propose", name, "--json"))["title"] == "Whole"


def test_what_cannot_be_read_says_where(mechkg: Run, tmp_path: Path) -> None:
    assert "change.yaml:2" in said(mechkg("propose", proposal(tmp_path, "title: T\ntitle: U\n")), 2)
    assert "none.yaml cannot be read: No such file or directory [" in said(mechkg("propose", str(tmp_path / "none.yaml")), 2)
    (tmp_path / "latin.yaml").write_bytes(b"title: \xff\n")
    assert "no text in UTF-8 (byte 8)" in said(mechkg("propose", str(tmp_path / "latin.yaml")), 2)
    assert "there is no change set called 'set-1'" in said(mechkg("show", "set-1"), 2)
    assert "did you mean 'rejected'" in said(mechkg("queue", "--status", "reject"), 2)
    assert "without edits" in said(mechkg("propose", proposal(tmp_path, "title: T\n")), 2)
