"""Killed at any moment, the ledger holds every act it acknowledged, no half batch, and goes on."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest

from mechkg.curation.assertions import accept, propose
from mechkg.curation.import_corpus import import_corpus
from mechkg.curation.ledger import Ledger
from mechkg.model.assertion import Claim
from mechkg.model.corpus import CorpusFile
from mechkg.model.ledger_record import AssertionRecord

ROUNDS = 20
ITEMS = 120  # per file: enough for a kill to fall within the writing of a batch


def _file(number: int, version: int) -> CorpusFile:
    claims = [{"id": f"d{number}-c{n}", "kind": "conclusion", "statement": f"version {version}"} for n in range(ITEMS)]
    return CorpusFile.model_validate({"mechkg": 1, "source": {"id": f"d{number}"}, "claims": claims})


def _work(path: Path, start: int, out: int) -> None:
    """Import and accept until killed; write a line to ``out`` after each commit."""
    with Ledger.open(path) as ledger:
        for number in range(start, start + 10_000):
            for version in (1, 2):
                report = import_corpus(ledger, _file(number, version), f"d{number}.yaml")
                os.write(out, f"batch {report.batch} {report.proposed + report.accepted + report.superseded}\n".encode())
            for n in range(5):
                item = f"lone-{number}-{n}"
                record = AssertionRecord.of("claim", Claim(id=item, kind="role"), item, "by-hand")
                for act in (propose(ledger, record, actor="ana"), accept(ledger, record.id, actor="bo")):
                    os.write(out, f"act {act.position} {act.digest}\n".encode())


def _round(path: Path, start: int, after: float) -> list[list[str]]:
    """Let a child work and kill it ``after`` some seconds; return the acknowledgements that got out."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:  # a fork: the imports of a new interpreter would take longer than the round
        try:
            os.close(reading)
            _work(path, start, writing)
        finally:
            os._exit(1)
    os.close(writing)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL, "the child ended before it was killed"
    with os.fdopen(reading, "rb") as pipe:
        text = pipe.read().decode()
    return [line.split() for line in text.split("\n")[:-1]]  # a line without its end was not acknowledged


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_killed_at_random_moments_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    chance = random.Random(20)
    acknowledged: dict[int, str] = {}
    batches: dict[str, int] = {}
    unfinished = seen = 0
    for number in range(ROUNDS):
        path = tmp_path / f"ledger-{number // 4}.db"  # four kills each: long ledgers would only make the checks slow
        if number % 4 == 0:
            acknowledged, batches = {}, {}
        lines = _round(path, 1000 * number, chance.uniform(0.0, 0.2))
        acknowledged |= {int(position): digest for kind, position, digest in lines if kind == "act"}
        batches |= {name: int(acts) for kind, name, acts in lines if kind == "batch"}
        seen += len(lines)
        if not path.exists():
            continue  # killed before anything began
        with Ledger.open(path) as ledger:
            acts = list(ledger.acts())
            assert [act.position for act in acts] == list(range(1, len(acts) + 1))
            assert ledger.verify_chain() is None
            assert {p: d for p, d in acknowledged.items() if p > len(acts) or acts[p - 1].digest != d} == {}
            kept = {b.id: b.proposed + b.accepted + b.rejected + b.superseded + b.retracted for b in ledger.batches()}
            assert batches.items() <= kept.items()
            held: dict[str, int] = {}
            for act in acts:
                if act.batch:
                    held[act.batch] = held.get(act.batch, 0) + 1
            assert held == kept  # no batch is half there
            # What was in work when the child died is whole in its first or second version, or not there: import it again.
            documents = {record.document for record in ledger.assertions().values()} - {"by-hand"}
            last = max((int(name[1:]) for name in documents), default=1000 * number)
            report = import_corpus(ledger, _file(last, 2), f"d{last}.yaml")
            unfinished += report.batch is not None
            mine = [record for record in ledger.accepted().values() if record.document == f"d{last}"]
            assert len(mine) == ITEMS + 1
            assert all(r.body.get("statement", "version 2") == "version 2" for r in mine)
            assert import_corpus(ledger, _file(last, 2), f"d{last}.yaml").batch is None
    assert min(seen, unfinished) > 0, "no round got far enough to show anything"
