"""Killed at any moment, nothing acknowledged is lost, and the graph is the one that a rebuild gives."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mechkg.graph.build import bring_up_to_date
from mechkg.graph.canonical import digest
from mechkg.graph.store import Store
from mechkg.service.workspace import Workspace

LOAD = """
import sys
from pathlib import Path
from mechkg.service.load_corpus import load_corpus
from mechkg.service.workspace import Workspace
with Workspace.open(sys.argv[1]) as workspace:
    print("open", flush=True)
    report = load_corpus(workspace)
    print(workspace.ledger.position(), flush=True)
"""

ACCEPT = """
import sys
from mechkg.curation.assertions import accept
from mechkg.curation.assertions import propose
from mechkg.model.assertion import Remark
from mechkg.model.ledger_record import AssertionRecord
from mechkg.service.workspace import Workspace
with Workspace.open(sys.argv[1]) as workspace:
    print("open", flush=True)
    for n in range(10_000):
        name = f"{sys.argv[2]}-{n}"
        record = AssertionRecord.of("remark", Remark(id=name, kind="note", text="a remark"), name, "case")
        propose(workspace.ledger, record, actor="curator")
        accept(workspace.ledger, record.id, actor="curator")
        print(record.id, flush=True)
        if n % 20 == 19:
            workspace.refresh()
"""


def killed(script: str, home: Path, *arguments: str, after: float) -> list[str]:
    """Run a script, kill it ``after`` seconds from when it has opened the workspace, and return what it had acknowledged."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-c", script, str(home), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "open"
        time.sleep(after)
        child.send_signal(signal.SIGKILL)
        return child.stdout.read().splitlines()


def fresh_digest(workspace: Workspace) -> str:
    """Return the digest of a graph built anew from the ledger."""
    with Store.open(None) as store:
        bring_up_to_date(store, workspace.ledger)
        return digest(store)


@pytest.mark.slow
def test_killed_during_import(tmp_path: Path) -> None:
    rng = random.Random(20260101)
    complete = 0
    for _ in range(5):
        killed(LOAD, tmp_path, after=rng.uniform(0.05, 2.0))
        with Workspace.open(tmp_path) as workspace:
            assert workspace.ledger.verify_chain() is None
            documents = {r.document for r in workspace.ledger.accepted().values()}
            # all or nothing per file: a document is there with all its items or not at all
            complete = max(complete, len(documents))
            assert workspace.graph_position == workspace.version
            assert digest(workspace.store) == fresh_digest(workspace)
    assert complete, "no import got far enough to be interrupted after a file"


@pytest.mark.slow
def test_killed_during_accepts(tmp_path: Path) -> None:
    rng = random.Random(7)
    acknowledged: set[str] = set()
    for number in range(5):
        acknowledged.update(killed(ACCEPT, tmp_path, f"r{number}", after=rng.uniform(0.1, 0.6)))
        with Workspace.open(tmp_path) as workspace:
            statuses = workspace.ledger.statuses()
            assert all(statuses[name] == "accepted" for name in acknowledged)
            assert digest(workspace.store) == fresh_digest(workspace)
    assert len(acknowledged) > 20
